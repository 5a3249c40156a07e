//! Many customers at once: what is wrong is left out, the rest is taken.

use loam_tests::http::Answer;
use serde_json::{Value, json};

use super::lender::{CUSTOMERS, Lender, customer, loan, on_both, with};

fn item(customer: &str, loans: Vec<Value>) -> Value {
    json!({"customer_id": customer, "loans": loans})
}

fn lead_loan(id: &str) -> Value {
    with(loan(id), json!({"is_lead_loan": true}))
}

fn send(lender: &Lender, customers: &[Value]) -> Answer {
    let caller = lender.caller.clone().with_header("prefer", "return=representation");
    caller.post(&format!("{CUSTOMERS}/batch"), &json!({"customers": customers}))
}

/// What became of a batch.
#[track_caller]
fn result(lender: &Lender, customers: &[Value]) -> Value {
    let answer = send(lender, customers).expect(200);
    assert_eq!(answer.header("preference-applied"), Some("return=representation"));
    answer.json()
}

#[test]
fn of_a_thousand_with_three_bad_ones_997_are_stored() {
    on_both(|lender| {
        let mut customers: Vec<Value> =
            (0..1000).map(|n| item(&format!("C{n}"), vec![lead_loan(&format!("L{n}"))])).collect();
        customers[3] = json!("no customer");
        customers[500]["loans"][0]["loan_amount"] = json!("750.5");
        customers[999]["customer_id"] = json!(999);
        assert_eq!(
            result(lender, &customers),
            json!({"processed": 997, "skipped": [
                {"index": 3, "errors": {"customers.3": ["The customers.3 must be an array."]}},
                {"index": 500, "errors": {"customers.500.loans.0.loan_amount":
                    ["The customers.500.loans.0.loan amount must be an integer."]}},
                {"index": 999, "errors": {"customers.999.customer_id":
                    ["The customers.999.customer id must be a string."]}},
            ]})
        );
        assert_eq!([lender.count("subject"), lender.count("reported_loan")], [997, 997]);
        assert_eq!(lender.shown("/C998/loans/L998")["loan_amount"], 75000);
        lender.caller.get(&format!("{CUSTOMERS}/C500")).expect(404);
    });
}

#[test]
fn a_batch_that_is_too_long_or_none_stores_nothing() {
    on_both(|lender| {
        let too_long: Vec<Value> =
            (0..1001).map(|n| item(&format!("C{n}"), vec![lead_loan(&format!("L{n}"))])).collect();
        let sentence = |text: &str| json!({"customers": [text]});
        lender.invalid(
            "/batch",
            &json!({"customers": too_long}),
            &sentence("The customers must not have more than 1000 items."),
        );
        for nothing in [json!({}), json!({"customers": []}), json!({"customers": null})] {
            lender.invalid("/batch", &nothing, &sentence("The customers field is required."));
        }
        for other in
            [json!({"customers": "all"}), json!({"customers": {"a": item("1", vec![lead_loan("A")])}})]
        {
            lender.invalid("/batch", &other, &sentence("The customers must be an array."));
        }
        assert_eq!(lender.count("subject"), 0);
    });
}

#[test]
fn the_answer_is_null_unless_more_is_preferred() {
    on_both(|lender| {
        let batch = json!({"customers": [item("1", vec![lead_loan("A")]), "bad"]});
        lender.report("/batch", &batch, 200);
        lender.report("/batch", &batch, 200);
        assert_eq!(lender.shown("/1")["loan_count"], 1);
    });
}

#[test]
fn the_smallest_thing_that_is_wrong_is_left_out() {
    on_both(|lender| {
        let loans = vec![
            with(
                lead_loan("A"),
                json!({"payments": [
                    {"payment_id": "P1", "payment_amount": 5000, "bank_account_number": "000123456789"},
                    {"payment_id": "P2", "payment_status": "Lost"},
                    "payment",
                    {"payment_id": "P3", "return_code": "R01"},
                    {"payment_id": "P4", "loan_id": "A", "management_system_id": 1},
                ]}),
            ),
            with(loan("B"), json!({"is_lead_loan": false, "loan_status": "Lost"})),
            loan("C"),
            with(lead_loan("D"), json!({"payments": "many"})),
            with(loan("E"), json!({"is_lead_loan": 0, "lead_id": null, "management_system_id": 2})),
        ];
        let expected = json!({"processed": 1, "skipped": [{"index": 1, "errors": {
            "customers.1.loans.0.payments.1.payment_status": ["The selected customers.1.loans.0.payments.1.payment status is invalid."],
            "customers.1.loans.0.payments.2": ["The customers.1.loans.0.payments.2 must be an array."],
            "customers.1.loans.0.payments.3.returned_at":
                ["The customers.1.loans.0.payments.3.returned at field is required when customers.1.loans.0.payments.3.return code is present."],
            "customers.1.loans.1.loan_status": ["The selected customers.1.loans.1.loan status is invalid."],
            "customers.1.loans.2.is_lead_loan": ["The customers.1.loans.2.is lead loan field is required."],
            "customers.1.loans.3.payments": ["The customers.1.loans.3.payments must be an array."],
        }}, {"index": 0, "errors": {
            "customers.0.loans": ["The customers.0.loans field is required."],
        }}]});
        let got = result(lender, &[item("none", vec![]), item("1", loans)]);
        assert_eq!(got["processed"], expected["processed"]);
        let errors = |index: usize| got["skipped"][index]["errors"].clone();
        assert_eq!(errors(0), expected["skipped"][1]["errors"]);
        assert_eq!(errors(1), expected["skipped"][0]["errors"]);
        let loans = lender.shown("/1/loans");
        let ids: Vec<&Value> =
            loans.as_array().expect("a list").iter().map(|loan| &loan["loan_id"]).collect();
        assert_eq!(ids, ["A", "E"]);
        let paid = lender.shown("/1/loans/A/payments");
        let ids: Vec<&Value> =
            paid.as_array().expect("a list").iter().map(|payment| &payment["payment_id"]).collect();
        assert_eq!(ids, ["P1", "P4"]);
        assert_eq!(paid[0]["bank_account_number"], "********6789");
        lender.caller.get(&format!("{CUSTOMERS}/none")).expect(404);
    });
}

#[test]
fn a_loan_of_another_customer_is_left_out_and_opens_nobody() {
    on_both(|lender| {
        lender.report("", &customer("1", "A"), 201);
        let taken = "The loan id belongs to another customer.";
        for number in 2..8 {
            let id = number.to_string();
            let loans = vec![lead_loan("A"), lead_loan(&format!("B{id}"))];
            let got = result(lender, &[item(&format!("only-{id}"), vec![lead_loan("A")]), item(&id, loans)]);
            assert_eq!(
                got,
                json!({"processed": 1, "skipped": [
                    {"index": 0, "errors": {"customers.0.loans.0.loan_id": [taken]}},
                    {"index": 1, "errors": {"customers.1.loans.0.loan_id": [taken]}},
                ]})
            );
            lender.caller.get(&format!("{CUSTOMERS}/only-{id}")).expect(404);
        }
        assert_eq!(lender.count("reported_loan"), 7);
    });
}

#[test]
fn of_two_that_name_one_loan_the_first_gets_it_and_of_two_reports_the_last_counts() {
    on_both(|lender| {
        let status = |status: &str| with(lead_loan("A"), json!({"loan_status": status}));
        let got = result(
            lender,
            &[
                item("1", vec![status("Pending"), status("Approved")]),
                item("2", vec![lead_loan("A")]),
                item("1", vec![status("Denied")]),
            ],
        );
        assert_eq!((&got["processed"], &got["skipped"][0]["index"]), (&json!(2), &json!(1)));
        assert_eq!(lender.shown("/1/loans/A")["loan_status"], "Denied");
        assert_eq!(lender.database.number("select version from reported_loan"), 3);
    });
}

#[test]
fn a_repeated_batch_with_a_key_does_nothing_twice() {
    on_both(|lender| {
        let once = lender.caller.clone().with_header("idempotency-key", "b");
        let batch = |status: &str| {
            let loan = |id: &str| with(lead_loan(id), json!({"loan_status": status}));
            json!({"customers": [item("1", vec![loan("A"), loan("B")]), item("2", vec![loan("C")])]})
        };
        let path = format!("{CUSTOMERS}/batch");
        once.post(&path, &batch("Pending")).expect(200);
        lender.report("/1/loans", &with(loan("A"), json!({"loan_status": "Approved"})), 200);
        once.post(&path, &batch("Pending")).expect(200);
        assert_eq!(lender.shown("/1/loans/A")["loan_status"], "Approved", "nothing was put back");
        let other = once.post(&path, &batch("Denied"));
        let message = "The Idempotency-Key was used with another request.";
        assert_eq!((other.status, other.json()), (409, json!({"message": message})));
        assert_eq!(lender.database.number("select cast(sum(version) as bigint) from reported_loan"), 4);
    });
}

#[test]
fn a_whole_history_of_payments_comes_with_its_loan() {
    on_both(|lender| {
        let payments: Vec<Value> =
            (0..5_000).map(|n| json!({"payment_id": format!("P{n}"), "payment_amount": n})).collect();
        let full = with(lead_loan("A"), json!({"payments": payments}));
        assert_eq!(result(lender, &[item("1", vec![full])]), json!({"processed": 1, "skipped": []}));
        assert_eq!(lender.shown("/1/loans/A")["payment_count"], 5_000);
        let sentence = "The loan must not have more than 5000 payments.";
        let more = with(lead_loan("A"), json!({"payments": [{"payment_id": "one more"}]}));
        let got = result(lender, &[item("1", vec![more])]);
        assert_eq!(got["skipped"][0]["errors"], json!({"customers.0.loans.0.payments": [sentence]}));
        let one = json!({"payment_id": "one more", "loan_id": "A", "lead_id": 7});
        lender.invalid("/1/payments", &one, &json!({"payment_id": [sentence]}));
    });
}
