//! What is sent wrongly: every rule, every sentence, all of them at once, and nothing written.

use serde_json::{Value, json};

use super::lender::{customer, loan, on_both, payment, with};

/// A member, values that break a rule of it, and what is said then.
type Broken = (&'static str, Vec<Value>, &'static str);

fn ids_and_words() -> Vec<Broken> {
    let (none, empty) = (Value::Null, json!(""));
    vec![
        ("loan_id", vec![none, empty, json!(" "), json!([])], "The loan id field is required."),
        (
            "loan_id",
            vec![json!(5), json!(true), json!(["A"]), json!({"a": 1})],
            "The loan id must be a string.",
        ),
        ("loan_id", vec![json!("x".repeat(256))], "The loan id must not be greater than 255 characters."),
        ("loan_id", vec![json!("A\u{0}"), json!("A\nB")], "The loan id format is invalid."),
        (
            "lead_id",
            vec![json!("seven"), json!(7.5), json!(true), json!([7])],
            "The lead id must be an integer.",
        ),
        (
            "management_system_id",
            vec![json!("1.5"), json!({"id": 1})],
            "The management system id must be an integer.",
        ),
        (
            "application_type",
            vec![json!("new"), json!("NewReturning"), json!(1)],
            "The selected application type is invalid.",
        ),
        ("loan_type", vec![json!("Line of Credit"), json!(["Payday"])], "The selected loan type is invalid."),
        (
            "loan_status",
            vec![json!("PastDue"), json!("pending"), json!(false)],
            "The selected loan status is invalid.",
        ),
    ]
}

fn amounts_and_dates() -> Vec<Broken> {
    let (none, empty) = (Value::Null, json!(""));
    vec![
        ("loan_amount", vec![none, empty], "The loan amount field is required."),
        (
            "loan_amount",
            vec![
                json!(750.5),
                json!("750.50"),
                json!("abc"),
                json!(true),
                json!("075000"),
                json!(9223372036854775808u64),
            ],
            "The loan amount must be an integer.",
        ),
        ("loan_amount", vec![json!(-1), json!("-1")], "The loan amount must be at least 0."),
        ("funded_amount", vec![json!("1e3"), json!([1])], "The funded amount must be an integer."),
        ("funded_amount", vec![json!(-1)], "The funded amount must be at least 0."),
        (
            "first_payment_date",
            vec![
                json!("2021-02-30"),
                json!("2021-9-25"),
                json!("25/09/2021"),
                json!(20210925),
                json!("2021-09-25T00:00:00Z"),
            ],
            "The first payment date does not match the format Y-m-d.",
        ),
        ("applied_at", vec![Value::Null], "The applied at field is required."),
        (
            "applied_at",
            vec![
                json!("2021-09-25"),
                json!("2021-02-30T04:01:57Z"),
                json!("2021-09-25T24:00:00Z"),
                json!("2021-09-25T04:01:57"),
                json!(1632542517),
            ],
            "The applied at is not a valid date.",
        ),
        ("esigned_at", vec![json!("yesterday")], "The esigned at is not a valid date."),
        ("withdrawn_at", vec![json!("2021-09-25 04:01:57Z")], "The withdrawn at is not a valid date."),
        ("originated_at", vec![json!("2021-09-25T04:01:57+25:00")], "The originated at is not a valid date."),
    ]
}

#[test]
fn each_rule_of_a_loan_is_told_in_its_own_words() {
    on_both(|lender| {
        lender.open();
        for (member, values, sentence) in ids_and_words().into_iter().chain(amounts_and_dates()) {
            for value in values {
                let body = with(loan("B"), json!({member: value}));
                lender.invalid("/1/loans", &body, &json!({member: [sentence]}));
            }
        }
        let both = with(loan("B"), json!({"loan_amount": -750.5}));
        let sentences = ["The loan amount must be an integer.", "The loan amount must be at least 0."];
        lender.invalid("/1/loans", &both, &json!({"loan_amount": sentences}));
    });
}

#[test]
fn a_loan_names_its_lead_or_its_system() {
    on_both(|lender| {
        lender.open();
        let neither = json!({
            "lead_id": ["The lead id field is required when management system id is not present."],
            "management_system_id": ["The management system id field is required when lead id is not present."],
        });
        for changes in [json!({"lead_id": null}), json!({"lead_id": "", "management_system_id": null})] {
            lender.invalid("/1/loans", &with(loan("B"), changes), &neither);
        }
        lender.report("/1/loans", &with(loan("B"), json!({"lead_id": null, "management_system_id": 3})), 201);
        lender.report("/1/loans", &with(loan("C"), json!({"management_system_id": "3"})), 201);
        let shown = lender.shown("/1/loans/B");
        assert_eq!((&shown["lead_id"], &shown["management_system_id"]), (&Value::Null, &json!(3)));
    });
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    on_both(|lender| {
        lender.open();
        let body = json!({"loan_type": "Mortgage", "loan_amount": "x", "first_payment_date": "soon"});
        lender.invalid("/1/loans", &body, &json!({
            "loan_id": ["The loan id field is required."],
            "lead_id": ["The lead id field is required when management system id is not present."],
            "management_system_id": ["The management system id field is required when lead id is not present."],
            "loan_type": ["The selected loan type is invalid."],
            "loan_amount": ["The loan amount must be an integer."],
            "first_payment_date": ["The first payment date does not match the format Y-m-d."],
            "applied_at": ["The applied at field is required."],
        }));
    });
}

#[test]
fn a_customer_comes_with_a_lead_loan_whose_members_are_dotted() {
    on_both(|lender| {
        let all = json!({
            "customer_id": ["The customer id field is required."],
            "lead_loan": ["The lead loan field is required."],
            "lead_loan.loan_id": ["The lead loan.loan id field is required."],
            "lead_loan.lead_id": ["The lead loan.lead id field is required."],
            "lead_loan.loan_amount": ["The lead loan.loan amount field is required."],
            "lead_loan.applied_at": ["The lead loan.applied at field is required."],
        });
        for body in
            [json!({}), json!([]), json!("text"), json!(5), json!({"lead_loan": {}, "customer_id": null})]
        {
            lender.invalid("", &body, &all);
        }
        let text = with(all.clone(), json!({"lead_loan": ["The lead loan must be an array."]}));
        lender.invalid("", &json!({"lead_loan": "loan"}), &text);
        // A management system does not stand in for the lead here.
        let mut body = customer("1", "A");
        body["lead_loan"]["lead_id"] = Value::Null;
        body["lead_loan"]["management_system_id"] = json!(3);
        body["customer_id"] = json!(1);
        lender.invalid(
            "",
            &body,
            &json!({
                "customer_id": ["The customer id must be a string."],
                "lead_loan.lead_id": ["The lead loan.lead id field is required."],
            }),
        );
        for (member, value, sentence) in [
            ("application_type", json!("Old"), "The selected lead loan.application type is invalid."),
            ("loan_type", json!("Old"), "The selected lead loan.loan type is invalid."),
            ("loan_status", json!("Old"), "The selected lead loan.loan status is invalid."),
            ("funded_amount", json!(-1), "The lead loan.funded amount must be at least 0."),
            (
                "first_payment_date",
                json!("x"),
                "The lead loan.first payment date does not match the format Y-m-d.",
            ),
        ] {
            let mut body = customer("1", "A");
            body["lead_loan"][member] = value;
            let attribute = format!("lead_loan.{member}");
            lender.invalid("", &body, &json!({attribute: [sentence]}));
        }
        assert_eq!(lender.count("subject"), 0);
    });
}

#[test]
fn each_rule_of_a_payment_is_told_in_its_own_words() {
    on_both(|lender| {
        lender.open();
        for (member, value, sentence) in [
            ("payment_id", Value::Null, "The payment id field is required."),
            ("payment_id", json!(5), "The payment id must be a string."),
            ("loan_id", Value::Null, "The loan id field is required."),
            ("payment_amount", json!(1.5), "The payment amount must be an integer."),
            ("payment_amount", json!(-1), "The payment amount must be at least 0."),
            ("payment_type", json!("Refund"), "The selected payment type is invalid."),
            ("payment_mode", json!("ach"), "The selected payment mode is invalid."),
            ("payment_status", json!("paid"), "The selected payment status is invalid."),
            ("principal", json!("x"), "The principal must be an integer."),
            ("interest", json!(-1), "The interest must be at least 0."),
            ("fees", json!([]), "The fees must be an integer."),
            ("bank_routing_number", json!(21000021), "The bank routing number must be a string."),
            ("bank_account_number", json!(123456789), "The bank account number must be a string."),
            (
                "bank_account_number",
                json!("1".repeat(256)),
                "The bank account number must not be greater than 255 characters.",
            ),
            ("return_code", json!(1), "The return code must be a string."),
            ("fail_code", json!("a\u{0}b"), "The fail code format is invalid."),
            ("payment_at", json!("2021-09-25"), "The payment at is not a valid date."),
        ] {
            let mut body = with(payment("P", "A"), json!({member: value}));
            if member == "return_code" {
                body["returned_at"] = json!("2021-09-25T04:01:57Z");
            }
            if member == "fail_code" {
                body["failed_at"] = json!("2021-09-25T04:01:57Z");
            }
            lender.invalid("/1/payments", &body, &json!({member: [sentence]}));
        }
        let codes =
            with(payment("P", "A"), json!({"return_code": "R01", "fail_code": "51", "lead_id": null}));
        lender.invalid("/1/payments", &codes, &json!({
            "lead_id": ["The lead id field is required when management system id is not present."],
            "management_system_id": ["The management system id field is required when lead id is not present."],
            "returned_at": ["The returned at field is required when return code is present."],
            "failed_at": ["The failed at field is required when fail code is present."],
        }));
        lender.report(
            "/1/payments",
            &with(payment("P", "A"), json!({"return_code": "", "fail_code": null})),
            201,
        );
    });
}

#[test]
fn what_is_no_json_is_told_apart_from_what_is_wrong() {
    on_both(|lender| {
        lender.open();
        let before = lender.rows();
        let path = format!("{}/1/loans", super::lender::CUSTOMERS);
        for body in ["{", "{\"loan_id\": }", "loan", "{} {}", "{\"loan_id\": \"\\ud800\"}"] {
            let answer = lender.caller.send("POST", &path, Some("application/json"), body);
            assert_eq!(
                (answer.status, answer.json()),
                (400, json!({"message": "The body is not valid JSON."})),
                "{body}"
            );
        }
        assert_eq!(lender.caller.send("POST", &path, Some("application/json"), "").status, 422);
        assert_eq!(lender.rows(), before);
        // JSON under the content type that curl gives it when nobody names one; and a form.
        let form = "application/x-www-form-urlencoded";
        let json = loan("B").to_string();
        assert_eq!(lender.caller.send("POST", &path, Some(form), &json).status, 201);
        let plain = "loan_id=C&lead_id=7&loan_amount=75000&applied_at=2021-09-25T04%3A01%3A57Z";
        assert_eq!(lender.caller.send("POST", &path, Some(form), plain).status, 201);
        assert_eq!(lender.caller.send("POST", &path, None, &json).status, 200);
    });
}
