//! Payments: made, changed, returned; under either path.

use serde_json::{Value, json};

use super::lender::{CUSTOMERS, customer, loan, on_both, payment, with};

#[test]
fn a_payment_is_made_and_changed_under_either_path() {
    on_both(|lender| {
        lender.open();
        lender.report("/1/payments", &payment("P", "A"), 201);
        lender.report("/1/payments", &payment("P", "A"), 200);
        lender.report("/1/loans/A/payments", &payment("P", "A"), 200);
        lender.report("/1/loans/A/payments", &with(payment("Q", "A"), json!({"loan_id": null})), 201);
        let ids = |path: &str| -> Vec<Value> {
            let shown = lender.shown(path);
            shown.as_array().expect("a list").iter().map(|payment| payment["payment_id"].clone()).collect()
        };
        assert_eq!(ids("/1/payments"), ["P", "Q"]);
        assert_eq!(ids("/1/loans/A/payments"), ["P", "Q"]);
        assert_eq!(lender.shown("/1/loans/A")["payment_count"], 2);
        // The same payment id on another loan is another payment.
        lender.report("/1/loans", &loan("B"), 201);
        lender.report("/1/payments", &payment("P", "B"), 201);
        assert_eq!(ids("/1/payments"), ["P", "Q", "P"]);
    });
}

#[test]
fn every_word_of_the_contract_is_taken_and_given_back() {
    on_both(|lender| {
        lender.open();
        let types = [
            "Funding Payment",
            "First Payment",
            "Payment",
            "Additional Payment",
            "Makeup Payment",
            "Payoff",
            "Other",
        ];
        let modes = [
            "ACH",
            "ACH Collection",
            "Cashier Check",
            "Personal Check",
            "Cash",
            "Credit Card",
            "Debit Card",
            "Money Order",
            "Money Gram",
            "Loan Transfer",
            "Wire Transfer",
            "Western Union",
            "Other",
        ];
        let statuses = ["Pending", "Paid", "Partially Paid", "Late", "Returned", "Failed", "Other"];
        lender.report("/1/payments", &payment("P", "A"), 201);
        for (member, words) in
            [("payment_type", &types[..]), ("payment_mode", &modes[..]), ("payment_status", &statuses[..])]
        {
            for word in words {
                lender.report("/1/payments", &with(payment("P", "A"), json!({member: word})), 200);
                assert_eq!(lender.shown("/1/payments")[0][member], *word);
            }
        }
    });
}

#[test]
fn a_returned_payment_keeps_what_was_paid() {
    on_both(|lender| {
        lender.open();
        let paid = with(
            payment("P", "A"),
            json!({"payment_amount": 5000, "principal": 4000, "payment_status": "Paid",
            "bank_account_number": "000123456789"}),
        );
        lender.report("/1/payments", &paid, 201);
        let returned = with(
            payment("P", "A"),
            json!({"payment_status": "Returned", "return_code": "R01",
            "returned_at": "2021-10-25T04:01:57Z", "principal": null}),
        );
        lender.report("/1/payments", &returned, 200);
        let shown = lender.shown("/1/payments")[0].clone();
        let kept = [
            "payment_amount",
            "principal",
            "payment_status",
            "return_code",
            "returned_at",
            "bank_account_number",
        ]
        .map(|member| shown[member].clone());
        let expected = [
            json!(5000),
            Value::Null,
            json!("Returned"),
            json!("R01"),
            json!("2021-10-25T04:01:57Z"),
            json!("********6789"),
        ];
        assert_eq!(kept, expected);
        lender.report("/1/payments", &with(payment("P", "A"), json!({"bank_account_number": null})), 200);
        assert_eq!(lender.shown("/1/payments")[0]["bank_account_number"], Value::Null);
        lender.report(
            "/1/payments",
            &with(payment("P", "A"), json!({"bank_account_number": "12345678"})),
            200,
        );
        assert_eq!(lender.shown("/1/payments")[0]["bank_account_number"], "********");
    });
}

#[test]
fn a_payment_needs_a_loan_of_the_customer() {
    on_both(|lender| {
        lender.open();
        let not_found = json!({"message": "Not Found"});
        for number in 2..8 {
            lender.report("", &customer(&number.to_string(), &format!("B{number}")), 201);
            // Another's loan is no loan of this customer, wherever it is kept.
            let path = format!("/{number}");
            let errors = json!({"loan_id": ["The selected loan id is invalid."]});
            lender.invalid(&format!("{path}/payments"), &payment("P", "A"), &errors);
            lender.refuses(&format!("{path}/loans/A/payments"), &payment("P", "A"), (404, &not_found));
        }
        let errors = json!({"loan_id": ["The selected loan id is invalid."]});
        lender.invalid("/1/payments", &payment("P", "Z"), &errors);
        lender.invalid("/1/loans/A/payments", &payment("P", "Z"), &errors);
        lender.refuses("/1/loans/Z/payments", &payment("P", "Z"), (404, &not_found));
        lender.refuses("/9/payments", &payment("P", "A"), (404, &not_found));
        lender.refuses("/9/loans/A/payments", &payment("P", "A"), (404, &not_found));
    });
}

#[test]
fn a_payment_that_names_another_lead_is_noted_with_the_loan() {
    on_both(|lender| {
        lender.open();
        lender.report("/1/payments", &with(payment("P", "A"), json!({"lead_id": 8})), 201);
        let shown = lender.shown("/1/loans/A");
        assert_eq!((&shown["lead_id"], &shown["anomalies"][0]["kind"]), (&json!(7), &json!("lead_anomaly")));
    });
}

#[test]
fn a_repeated_payment_with_a_key_is_taken_once() {
    on_both(|lender| {
        lender.open();
        let once = lender.caller.clone().with_header("idempotency-key", "p");
        let body = with(payment("P", "A"), json!({"bank_account_number": "000123456789"}));
        for _ in 0..3 {
            assert_eq!(once.post(&format!("{CUSTOMERS}/1/payments"), &body).expect(201).text, "null");
        }
        let other = with(payment("P", "A"), json!({"bank_account_number": "000123456780"}));
        once.post(&format!("{CUSTOMERS}/1/payments"), &other).expect(409);
        assert_eq!(lender.shown("/1/loans/A")["payment_count"], 1);
        assert_eq!(lender.database.number("select version from reported_loan"), 2);
    });
}

#[test]
fn payments_of_many_loans_are_walked_as_one_list() {
    on_both(|lender| {
        lender.open();
        lender.report("/1/loans", &loan("B"), 201);
        for number in 0..5 {
            lender.report(
                "/1/payments",
                &payment(&number.to_string(), if number < 3 { "A" } else { "B" }),
                201,
            );
        }
        let first = lender.caller.get(&format!("{CUSTOMERS}/1/payments?per_page=2")).expect(200).json();
        assert_eq!(first["links"]["prev"], Value::Null);
        let follow = |page: &Value, link: &str| {
            let path = page["links"][link].as_str().unwrap_or_else(|| panic!("no {link}: {page}"));
            lender
                .caller
                .get(path.strip_prefix(&lender.server.base).expect("it leads back here"))
                .expect(200)
                .json()
        };
        let second = follow(&first, "next");
        let third = follow(&second, "next");
        let ids = |page: &Value| {
            page["data"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|p| p["payment_id"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!([ids(&first), ids(&second), ids(&third)], [vec!["0", "1"], vec!["2", "3"], vec!["4"]]);
        assert_eq!(third["links"]["next"], Value::Null);
        assert_eq!(follow(&third, "prev"), second);
        assert_eq!(ids(&follow(&second, "prev")), ["0", "1"]);
    });
}
