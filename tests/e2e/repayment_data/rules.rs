//! Each row of the contract's table of ambiguities, over real HTTP.

use loam_tests::http::Answer;
use serde_json::{Value, json};

use super::lender::{Lender, assert_refused, on_both, paid, put, report, unpaid};
use crate::book::with;

fn send(lender: &Lender, body: &Value) -> Answer {
    put(&lender.secret, body)
}

#[test]
fn a_loan_that_is_reported_again_is_replaced_wholly_and_a_new_one_is_appended() {
    on_both(|lender| {
        let client = lender.client("A");
        let first = lender.reports(&report(&client));
        let changed = with(
            report(&client),
            &json!({"amount": 5000, "dateLoanWasGranted": null, "installmentRepayments": []}),
        );
        let second = lender.reports(&changed);
        assert_eq!(second["loans"].as_array().map(Vec::len), Some(1));
        let (before, after) = (&first["loans"][0], &second["loans"][0]);
        assert_eq!(after["_id"], before["_id"]);
        assert_eq!(
            json!([after["amount"], after["dateLoanWasGranted"], after["installmentRepayments"]]),
            json!([5000, null, []])
        );
        let other = lender.reports(&with(report(&client), &json!({"loanReferenceId": "loan_2"})));
        let references: Vec<&Value> =
            other["loans"].as_array().expect("a list").iter().map(|loan| &loan["loanReferenceId"]).collect();
        assert_eq!(references, ["loan_12345", "loan_2"]);
        // Another client may have a loan of the same reference.
        let neighbour = lender.client("B");
        let third = lender.reports(&report(&neighbour));
        assert_eq!(third["loans"].as_array().map(Vec::len), Some(1));
        assert_ne!(third["loans"][0]["_id"], before["_id"]);
        assert_eq!(third["loans"][0]["client"], json!(neighbour));
    });
}

#[test]
fn a_client_is_named_by_either_id_and_by_both_only_if_they_agree() {
    on_both(|lender| {
        let client = lender.client("A-1");
        lender.client("B-1");
        let named = |names: Value| {
            let mut body = report("");
            body.as_object_mut().expect("an object").remove("clientId");
            with(body, &names)
        };
        for names in [
            json!({"clientId": client}),
            json!({"clientId": client.to_uppercase()}),
            json!({"externalClientId": "A-1"}),
            json!({"clientId": client, "externalClientId": "A-1"}),
            json!({"clientId": "", "externalClientId": "A-1"}),
        ] {
            let shown = lender.reports(&named(names.clone()));
            assert_eq!(shown["clientId"], json!(client), "{names}");
        }
        let both = "externalClientId must name the same client as clientId";
        let disagreeing = named(json!({"clientId": client, "externalClientId": "B-1"}));
        lender.refuses(&disagreeing, both, &["externalClientId"]);
        let half_unknown = named(json!({"clientId": client, "externalClientId": "nobody"}));
        lender.refuses(&half_unknown, both, &["externalClientId"]);
        let neither = "clientId is required if externalClientId is not given";
        lender.refuses(&named(json!({})), neither, &["clientId"]);

        let before = lender.snapshot();
        for names in [
            json!({"clientId": "60d21b4667d0d8992e610c85"}),
            json!({"clientId": "A-1"}),
            json!({"externalClientId": "nobody"}),
            json!({"clientId": "60d21b4667d0d8992e610c85", "externalClientId": "A-1"}),
        ] {
            assert_refused(&send(lender, &named(names)), 404, "Client not found", &[]);
        }
        assert_eq!(lender.snapshot(), before, "nobody is created by a report");
    });
}

#[test]
fn payments_of_what_is_not_paid_may_be_left_out() {
    on_both(|lender| {
        let client = lender.client("A");
        let with_installment = |row: &Value| with(report(&client), &json!({"installmentRepayments": [row]}));
        for row in [
            unpaid("2023-02-01"),
            with(unpaid("2023-02-01"), &json!({"datePaid": null, "amountPaid": null})),
            with(unpaid("2023-02-01"), &json!({"amountPaid": {"amount": 0, "currency": "NGN"}})),
        ] {
            let shown = lender.reports(&with_installment(&row));
            assert_eq!(shown["loans"][0]["installmentRepayments"][0]["datePaid"], Value::Null);
        }
        let something =
            with(unpaid("2023-02-01"), &json!({"amountPaid": {"amount": 0.01, "currency": "NGN"}}));
        lender.refuses(
            &with_installment(&something),
            "installmentRepayments[0].amountPaid.amount must be 0 or absent while the status is not_paid",
            &["installmentRepayments[0].amountPaid.amount"],
        );
        for status in ["fully_paid", "incomplete_payment", "paid_early", "paid_late"] {
            let silent = with(unpaid("2023-02-01"), &json!({ "status": status }));
            lender.refuses(
                &with_installment(&silent),
                "installmentRepayments[0].datePaid is required unless the status is not_paid",
                &["installmentRepayments[0].datePaid", "installmentRepayments[0].amountPaid"],
            );
        }
    });
}

#[test]
fn installments_are_present_perhaps_empty_and_never_too_many() {
    on_both(|lender| {
        let client = lender.client("A");
        let pending = json!({"applicationStatus": "pending", "dateLoanWasGranted": null,
            "installmentRepayments": [], "loanRepaymentStatus": "not_settled"});
        lender.reports(&with(report(&client), &pending));
        let mut missing = report(&client);
        missing.as_object_mut().expect("an object").remove("installmentRepayments");
        lender.refuses(&missing, "installmentRepayments is required", &["installmentRepayments"]);
        let two = json!([paid("2023-02-01", "2023-02-01"), unpaid("2023-03-01")]);
        let exact = json!({"totalInstallments": 2, "installmentRepayments": two});
        lender.reports(&with(report(&client), &exact));
        let too_many = json!({"totalInstallments": 1, "installmentRepayments": two});
        lender.refuses(
            &with(report(&client), &too_many),
            "installmentRepayments has 2 installments, more than the 1 of the loan",
            &["installmentRepayments"],
        );
    });
}

#[test]
fn sums_may_differ_from_the_amount_of_the_loan() {
    on_both(|lender| {
        let client = lender.client("A");
        let rows: Vec<Value> = (1..=12).map(|month| unpaid(&format!("2023-{month:02}-01"))).collect();
        let shown = lender.reports(&with(report(&client), &json!({ "installmentRepayments": rows })));
        assert_eq!(shown["loans"][0]["amount"], json!(10000));
    });
}

#[test]
fn amounts_are_positive_numbers_with_the_decimals_of_their_currency() {
    on_both(|lender| {
        let client = lender.client("A");
        for (amount, reason) in [
            (json!("10000"), "must be a number"),
            (json!(null), "is required"),
            (json!(0), "must be more than 0"),
            (json!(-5), "must not be negative"),
            (json!(0.001), "must have at most 2 decimals"),
            (json!(1e15), "must be a plain decimal number"),
        ] {
            let body = with(report(&client), &json!({ "amount": amount }));
            // serde_json writes 1e15 so, which no caller of money should.
            let text = body.to_string().replace("1000000000000000.0", "1e15");
            let before = lender.snapshot();
            let answer = lender.secret.send("PUT", "/v1/api/clients/loans", None, &text);
            assert_refused(&answer, 400, &format!("amount {reason}"), &["amount"]);
            assert_eq!(lender.snapshot(), before);
        }
        let yen = report(&client).to_string().replace("NGN", "JPY");
        let answer = lender.secret.send("PUT", "/v1/api/clients/loans", None, &yen);
        let field = "installmentRepayments[0].amountDue.amount";
        let paid = "installmentRepayments[0].amountPaid.amount";
        assert_refused(&answer, 400, &format!("{field} must have at most 0 decimals"), &[field, paid]);
    });
}

#[test]
fn currencies_are_three_capitals_and_the_same_throughout() {
    on_both(|lender| {
        let client = lender.client("A");
        for wrong in ["ngn", "NAIRA", "XQQ", ""] {
            let body = with(report(&client), &json!({ "currency": wrong }));
            let message = "currency must be a currency code of three capital letters";
            lender.refuses(&body, message, &["currency"]);
        }
        let mut mixed = report(&client);
        mixed["installmentRepayments"][0]["amountPaid"]["currency"] = json!("USD");
        let field = "installmentRepayments[0].amountPaid.currency";
        lender.refuses(&mixed, &format!("{field} must be NGN, the currency of the loan"), &[field]);
    });
}

#[test]
fn a_grant_follows_the_application() {
    on_both(|lender| {
        let client = lender.client("A");
        let granted = |day: Value| with(report(&client), &json!({ "dateLoanWasGranted": day }));
        lender.reports(&granted(json!("2023-01-01")));
        lender.reports(&granted(Value::Null));
        lender.refuses(
            &granted(json!("2022-12-31")),
            "dateLoanWasGranted of 2022-12-31 is before the application on 2023-01-01",
            &["dateLoanWasGranted"],
        );
    });
}

#[test]
fn a_settled_loan_has_a_day_and_a_running_one_has_none() {
    on_both(|lender| {
        let client = lender.client("A");
        let settled = |status: &str, day: Value| {
            with(report(&client), &json!({"loanRepaymentStatus": status, "dateLoanIsSettled": day}))
        };
        let field = &["dateLoanIsSettled"];
        for status in ["in_progress", "not_settled"] {
            let message = format!("dateLoanIsSettled of 2023-03-01 contradicts the status {status}");
            lender.refuses(&settled(status, json!("2023-03-01")), &message, field);
        }
        for status in ["settled", "settled_early", "settled_late"] {
            let shown = lender.reports(&settled(status, json!("2023-03-01")));
            assert_eq!(shown["loans"][0]["dateLoanIsSettled"], "2023-03-01");
            // The last payment stands for the day, and what was not said is not shown as said.
            let shown = lender.reports(&settled(status, Value::Null));
            assert_eq!(shown["loans"][0]["dateLoanIsSettled"], Value::Null);
            let without = with(settled(status, Value::Null), &json!({"installmentRepayments": []}));
            let message = format!(
                "dateLoanIsSettled is required while the status is {status} and no installment says when it was paid"
            );
            lender.refuses(&without, &message, field);
        }
    });
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_table() {
    on_both(|lender| {
        let client = lender.client("A");
        let wrong = json!({"applicationDate": "1 January", "tenure": {"value": 0, "interval": "years"},
            "installmentRepayments": [{"dueDate": "2023-02-01", "status": "paid"}],
            "loanRepaymentStatus": "completed", "totalInstallments": "12"});
        lender.refuses(
            &with(report(&client), &wrong),
            "applicationDate must be a date in the form YYYY-MM-DD",
            &[
                "applicationDate",
                "tenure.value",
                "tenure.interval",
                "totalInstallments",
                "installmentRepayments[0].amountDue",
                "installmentRepayments[0].status",
                "loanRepaymentStatus",
            ],
        );
    });
}

#[test]
fn what_is_no_json_object_is_refused() {
    on_both(|lender| {
        let before = lender.snapshot();
        for body in ["", "[]", "null", "{\"amount\":", "amount=1", "{\"amount\":1,\"amount\":2}"] {
            let answer = lender.secret.send("PUT", "/v1/api/clients/loans", Some("application/json"), body);
            assert_eq!(answer.status, 400, "{}", answer.text);
            let message = answer.json()["message"].clone();
            let message = message.as_str().expect("a sentence");
            assert!(message.starts_with("The body is no JSON object: "), "{message}");
            assert_refused(&answer, 400, message, &[]);
        }
        let large = format!("{{\"loanReferenceId\":\"{}\"}}", "x".repeat(10_000_000));
        let answer = lender.secret.send("PUT", "/v1/api/clients/loans", Some("application/json"), &large);
        assert_refused(&answer, 413, "A body must be smaller than 10000000 bytes", &[]);
        assert_eq!(lender.snapshot(), before);
    });
}

#[test]
fn paths_and_methods_that_are_not_there_are_refused_in_this_shape() {
    on_both(|lender| {
        for path in ["/v1", "/v1/api", "/v1/api/client", "/v1/auth/signin", "/v1/api/clients/loans/x"] {
            let nothing = "Nothing is served under this path";
            assert_refused(&lender.secret.get(path), 404, nothing, &[]);
        }
        let refused = "This path does not take that method";
        assert_refused(&lender.secret.get("/v1/api/clients/loans"), 405, refused, &[]);
        assert_refused(&lender.secret.delete("/v1/api/clients"), 405, refused, &[]);
        assert_refused(&lender.secret.post("/v1/clients", &json!({})), 405, refused, &[]);
    });
}
