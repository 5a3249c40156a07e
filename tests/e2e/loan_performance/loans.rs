//! Customers and their loans: made, changed, kept, cleared; in order and out of order.

use serde_json::{Value, json};

use super::lender::{CUSTOMERS, customer, loan, on_both, payment, with};

#[test]
fn an_upsert_makes_and_then_changes() {
    on_both(|lender| {
        lender.report("", &customer("1", "A"), 201);
        lender.report("", &customer("1", "A"), 200);
        lender.report("/1/loans", &loan("A"), 200);
        lender.report("/1/loans", &loan("B"), 201);
        // A known customer with a new lead loan is no new customer.
        lender.report("", &customer("1", "C"), 200);
        let shown = lender.shown("/1");
        assert_eq!((&shown["customer_id"], &shown["loan_count"]), (&json!("1"), &json!(3)));
        let ids: Vec<Value> = lender
            .shown("/1/loans")
            .as_array()
            .expect("a list")
            .iter()
            .map(|loan| loan["loan_id"].clone())
            .collect();
        assert_eq!(ids, ["A", "B", "C"]);
        let lead_loans =
            ["A", "B", "C"].map(|id| lender.shown(&format!("/1/loans/{id}"))["is_lead_loan"].clone());
        assert_eq!(lead_loans, [json!(true), json!(false), json!(true)]);
    });
}

#[test]
fn what_is_left_out_stays_and_null_clears() {
    on_both(|lender| {
        lender.open();
        let full = with(
            loan("A"),
            json!({"application_type": "New", "loan_type": "Payday", "loan_status": "Approved",
            "funded_amount": 35000, "management_system_id": 3, "first_payment_date": "2021-10-25",
            "esigned_at": "2021-09-26T04:01:57.5+02:00"}),
        );
        lender.report("/1/loans", &full, 200);
        lender.report("/1/loans", &with(loan("A"), json!({"loan_amount": "76000"})), 200);
        let shown = lender.shown("/1/loans/A");
        let expected = with(full, json!({"loan_amount": 76000, "esigned_at": "2021-09-26T02:01:57Z"}));
        for (member, value) in expected.as_object().expect("an object") {
            assert_eq!(shown[member], *value, "{member}");
        }
        let cleared = json!({"application_type": null, "loan_type": "", "funded_amount": null,
            "first_payment_date": null, "esigned_at": null, "management_system_id": null});
        lender.report("/1/loans", &with(loan("A"), cleared.clone()), 200);
        let shown = lender.shown("/1/loans/A");
        for member in cleared.as_object().expect("an object").keys() {
            assert_eq!(shown[member], Value::Null, "{member}");
        }
        assert_eq!(shown["loan_status"], "Approved");
        lender.report("/1/loans", &with(loan("A"), json!({"loan_status": null})), 200);
        assert_eq!(lender.shown("/1/loans/A")["loan_status"], "Pending");
    });
}

#[test]
fn every_word_of_the_contract_is_taken_and_given_back() {
    on_both(|lender| {
        lender.open();
        let statuses = [
            "Pending",
            "Expired",
            "Withdrawn",
            "Denied",
            "Approved",
            "Originated",
            "Reversed",
            "Past Due",
            "Written Off",
            "Current",
            "Paid In Full",
        ];
        for (member, words) in [
            ("loan_status", &statuses[..]),
            ("application_type", &["New", "Returning", "Refinanced"]),
            ("loan_type", &["Payday", "Installment", "Line Of Credit"]),
        ] {
            for word in words {
                lender.report("/1/loans", &with(loan("A"), json!({member: word})), 200);
                assert_eq!(lender.shown("/1/loans/A")[member], *word);
            }
        }
    });
}

/// The contract's table, from its first row to its last: what stands below wins.
#[test]
fn whether_a_lead_originated_follows_from_status_and_dates() {
    on_both(|lender| {
        lender.open();
        let at = json!("2021-09-25T04:01:57Z");
        for (status, withdrawn, originated, expected) in [
            ("Current", Value::Null, at.clone(), "Originated"),
            ("Pending", Value::Null, at.clone(), "Originated"),
            ("Current", Value::Null, Value::Null, "Not Originated"),
            ("Pending", at.clone(), at.clone(), "Not Originated"),
            ("Reversed", Value::Null, at.clone(), "Not Originated"),
        ] {
            let changes =
                json!({"loan_status": status, "withdrawn_at": withdrawn, "originated_at": originated});
            lender.report("/1/loans", &with(loan("A"), changes.clone()), 200);
            assert_eq!(lender.shown("/1/loans/A")["origination"], expected, "{changes}");
        }
    });
}

#[test]
fn reports_out_of_order_are_taken_and_noted() {
    on_both(|lender| {
        lender.open();
        let at = "2021-09-25T04:01:57Z";
        for status in ["Approved", "Originated", "Current", "Past Due", "Current", "Written Off"] {
            let changes =
                json!({"loan_status": status, "originated_at": (status != "Approved").then_some(at)});
            lender.report("/1/loans", &with(loan("A"), changes), 200);
        }
        assert_eq!(lender.shown("/1/loans/A")["anomalies"], json!([]));
        for status in ["Paid In Full", "Past Due"] {
            lender.report("/1/loans", &with(loan("A"), json!({"loan_status": status})), 200);
        }
        let shown = lender.shown("/1/loans/A");
        assert_eq!(shown["loan_status"], "Past Due");
        let notes: Vec<(&Value, &Value)> = shown["anomalies"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|anomaly| (&anomaly["kind"], &anomaly["note"]))
            .collect();
        let expected = [
            json!("the loan was paid in full after it had been written off"),
            json!("Past Due was reported after Paid In Full"),
        ];
        let kind = json!("status_anomaly");
        assert_eq!(notes, [(&kind, &expected[0]), (&kind, &expected[1])]);
        // More handed over than lent is noted too, and once.
        for _ in 0..2 {
            lender.report("/1/loans", &with(loan("A"), json!({"funded_amount": 80000})), 200);
        }
        let shown = lender.shown("/1/loans/A");
        let last = shown["anomalies"].as_array().expect("a list").last().expect("notes").clone();
        assert_eq!(
            (shown["anomalies"].as_array().map(Vec::len), &last["kind"]),
            (Some(3), &json!("amount_anomaly"))
        );
    });
}

#[test]
fn a_representation_is_given_to_who_prefers_it() {
    on_both(|lender| {
        let prefers = lender.caller.clone().with_header("prefer", "return=representation");
        let post = |path: &str, body: &Value| prefers.post(&format!("{CUSTOMERS}{path}"), body);
        let opened = post("", &customer("1", "A")).expect(201);
        assert_eq!(opened.header("preference-applied"), Some("return=representation"));
        assert_eq!(opened.json()["data"], lender.shown("/1"));
        let lent = post("/1/loans", &loan("B")).expect(201).json();
        assert_eq!(lent["data"], lender.shown("/1/loans/B"));
        let paid = post("/1/payments", &payment("P", "B")).expect(201).json();
        assert_eq!(paid["data"], lender.shown("/1/payments")[0]);
        let minimal = lender.caller.clone().with_header("prefer", "return=minimal");
        assert_eq!(minimal.post(&format!("{CUSTOMERS}/1/loans"), &loan("B")).expect(200).text, "null");
    });
}

#[test]
fn a_loan_id_belongs_to_one_customer() {
    on_both(|lender| {
        lender.open();
        let message = json!({"message": "The loan id belongs to another customer."});
        // Wherever in the book the others are kept.
        for number in 2..12 {
            let id = number.to_string();
            lender.refuses("", &customer(&id, "A"), (409, &message));
            lender.report("", &customer(&id, &format!("A{id}")), 201);
            lender.refuses(&format!("/{id}/loans"), &loan("A"), (409, &message));
        }
        lender.report("/1/loans", &loan("A"), 200);
    });
}

#[test]
fn what_is_not_known_is_not_found() {
    on_both(|lender| {
        lender.open();
        lender.report("", &customer("2", "B"), 201);
        for path in [
            "/9",
            "/9/loans",
            "/9/loans/A",
            "/9/payments",
            "/1/loans/B",
            "/1/loans/Z",
            "/1/loans/B/payments",
            "/batch/loans/A",
        ] {
            let answer = lender.caller.get(&format!("{CUSTOMERS}{path}"));
            assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})), "{path}");
        }
        lender.refuses("/9/loans", &loan("C"), (404, &json!({"message": "Not Found"})));
    });
}

#[test]
fn ids_are_whatever_the_lender_made_them() {
    on_both(|lender| {
        let (long, wide) = ("x".repeat(255), "😀".repeat(255));
        for (id, path) in [
            ("a/b c?d#e%", "a%2Fb%20c%3Fd%23e%25"),
            ("Ñandú-客户", "%C3%91and%C3%BA-%E5%AE%A2%E6%88%B7"),
            ("..", "%2E%2E"),
            ("' or 1=1 --", "%27%20or%201%3D1%20--"),
            (&long, &long),
            (&wide, &"%F0%9F%98%80".repeat(255)),
        ] {
            lender.report("", &customer(id, id), 201);
            lender.report(
                &format!("/{path}/loans"),
                &with(loan("x"), json!({"loan_id": format!("{}2", &id[..id.len().min(200)])})),
                201,
            );
            lender.report(
                &format!("/{path}/loans/{path}/payments"),
                &with(payment(id, id), json!({"loan_id": null})),
                201,
            );
            assert_eq!(lender.shown(&format!("/{path}"))["customer_id"], id);
            assert_eq!(lender.shown(&format!("/{path}/loans/{path}"))["loan_id"], id);
        }
    });
}

#[test]
fn a_repeated_report_with_a_key_gets_the_first_answer() {
    on_both(|lender| {
        let once = |key: &str| lender.caller.clone().with_header("idempotency-key", key);
        let path = format!("{CUSTOMERS}/1/loans");
        assert_eq!(once("c").post(CUSTOMERS, &customer("1", "A")).status, 201);
        assert_eq!(once("c").post(CUSTOMERS, &customer("1", "A")).status, 201);
        assert_eq!(once("l").post(&path, &loan("B")).status, 201);
        lender.report("/1/loans", &with(loan("B"), json!({"loan_status": "Approved"})), 200);
        let again =
            once("l").with_header("prefer", "return=representation").post(&path, &loan("B")).expect(201);
        assert_eq!(again.json()["data"]["loan_status"], "Pending", "as it was then");
        assert_eq!(lender.shown("/1/loans/B")["loan_status"], "Approved", "and nothing was put back");
        let other = once("l").post(&path, &loan("C"));
        let message = "The Idempotency-Key was used with another request.";
        assert_eq!((other.status, other.json()), (409, json!({"message": message})));
        // A refusal is not kept.
        assert_eq!(once("r").post(&path, &json!({})).status, 422);
        assert_eq!(once("r").post(&path, &loan("C")).status, 201);
    });
}

#[test]
fn a_long_list_of_loans_is_walked_by_cursors() {
    on_both(|lender| {
        lender.open();
        for number in 0..6 {
            lender.report("/1/loans", &loan(&format!("L{number}")), 201);
        }
        let mut seen = Vec::new();
        let mut next = Some(format!("{CUSTOMERS}/1/loans?per_page=3"));
        while let Some(path) = next {
            let page = lender.caller.get(&path).expect(200).json();
            seen.push(page["data"].as_array().expect("a list").len());
            let link = page["links"]["next"].as_str();
            next = link
                .map(|link| link.strip_prefix(&lender.server.base).expect("it leads back here").to_owned());
        }
        assert_eq!(seen, [3, 3, 1]);
        let errors = json!({"per_page": ["The per page must not be greater than 1000."]});
        let wrong = lender.caller.get(&format!("{CUSTOMERS}/1/loans?per_page=1001")).expect(422);
        assert_eq!(wrong.json()["errors"], errors);
    });
}
