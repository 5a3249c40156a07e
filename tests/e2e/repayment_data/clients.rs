//! Clients: created, found by either id, created once however often it is asked.

use serde_json::{Value, json};

use super::lender::{assert_refused, create, on_both, put, report};
use crate::book::text;

#[test]
fn a_client_is_created_and_found_by_either_id() {
    on_both(|lender| {
        let body = json!({"externalClientId": "Kunde Nr. 7/ü"});
        let answer = lender.secret.post("/v1/api/clients", &body).expect(201).json();
        assert_eq!(
            json!([answer["success"], answer["statusCode"], answer["message"], answer["links"]]),
            json!([true, 201, "Client created successfully!", []])
        );
        let client = &answer["data"];
        let id = text(&client["clientId"]);
        assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        let expected = json!({"loans": [], "phones": [], "latestDigitalCreditInfo": null,
            "digitalCreditInfoHistory": [], "digitalCreditScoreEvolution": null, "dataType": "production",
            "datasetsCountAllFromIp": 0, "externalReferenceId": "Kunde Nr. 7/ü", "businessId": lender.id,
            "id": id});
        for (member, value) in expected.as_object().expect("an object") {
            assert_eq!(&client[member], value, "{member}");
        }
        assert_eq!(&lender.read(&format!("/v1/api/clients/{id}")), client);
        assert_eq!(&lender.read(&format!("/v1/clients/{}", id.to_uppercase())), client);
        assert_eq!(&lender.read("/v1/api/clients/Kunde%20Nr.%207%2F%C3%BC"), client);
        for unknown in ["60d21b4667d0d8992e610c85", "Kunde", "%ff", "%00"] {
            let answer = lender.secret.get(&format!("/v1/api/clients/{unknown}"));
            assert_eq!(answer.status, 404, "{unknown}: {}", answer.text);
        }
    });
}

#[test]
fn a_client_may_keep_the_id_that_it_had() {
    on_both(|lender| {
        let body = json!({"externalClientId": "A", "clientId": "60D21B4667d0d8992e610c85"});
        let first = lender.secret.post("/v1/api/clients", &body).expect(201).json();
        assert_eq!(first["data"]["clientId"], "60d21b4667d0d8992e610c85");
        let second = lender.secret.post("/v1/api/clients", &body).expect(200).json();
        assert_eq!(second["data"], first["data"]);
        let taken = "A client with this clientId or externalClientId exists already";
        for other in [
            json!({"externalClientId": "B", "clientId": "60d21b4667d0d8992e610c85"}),
            json!({"externalClientId": "A", "clientId": "60d21b4667d0d8992e610c86"}),
            json!({"externalClientId": "A"}),
        ] {
            let before = lender.snapshot();
            assert_refused(&lender.secret.post("/v1/api/clients", &other), 409, taken, &[]);
            assert_eq!(lender.snapshot(), before);
        }
    });
}

#[test]
fn a_client_needs_an_external_id() {
    on_both(|lender| {
        let before = lender.snapshot();
        for (body, message) in [
            (json!({}), "externalClientId is required"),
            (json!({"externalClientId": null}), "externalClientId is required"),
            (json!({"externalClientId": " "}), "externalClientId must not be empty"),
            (json!({"externalClientId": 7}), "externalClientId must be a string"),
            (json!({"externalClientId": "a\u{0}"}), "externalClientId must not have control characters"),
        ] {
            assert_refused(
                &lender.secret.post("/v1/api/clients", &body),
                400,
                message,
                &["externalClientId"],
            );
        }
        let both = lender.secret.post("/v1/api/clients", &json!({"clientId": "7"}));
        let message = "clientId must be 24 hexadecimal digits";
        assert_refused(&both, 400, message, &["clientId", "externalClientId"]);
        assert_eq!(lender.snapshot(), before);
    });
}

#[test]
fn a_repeated_creation_gets_the_first_answer() {
    on_both(|lender| {
        let retrying = lender.secret.clone().with_header("idempotency-key", "client-1");
        let body = json!({"externalClientId": "A"});
        let first = retrying.post("/v1/api/clients", &body).expect(201);
        let second = retrying.post("/v1/api/clients", &body).expect(201);
        assert_eq!(first.text, second.text);
        let other = retrying.post("/v1/api/clients", &json!({"externalClientId": "B"}));
        assert_refused(&other, 409, "The Idempotency-Key was used with another request", &[]);
        // Another caller's key is another key.
        create(&lender.public.clone().with_header("idempotency-key", "client-2"), "B");
        assert_eq!(lender.database.number("select count(*) from subject"), 2);
    });
}

#[test]
fn a_repeated_report_is_taken_once() {
    on_both(|lender| {
        let client = lender.client("A");
        let retrying = lender.secret.clone().with_header("idempotency-key", "report-1");
        let first = put(&retrying, &report(&client)).expect(200);
        let second = put(&retrying, &report(&client)).expect(200);
        assert_eq!(first.text, second.text);
        assert_eq!(lender.database.number("select count(*) from loan_report"), 1);
        let mut other = report(&client);
        other["amount"] = json!(1);
        let message = "The Idempotency-Key was used with another request";
        assert_refused(&put(&retrying, &other), 409, message, &[]);
        assert_eq!(lender.read("/v1/api/clients/A")["loans"][0]["amount"], json!(10000));
    });
}

#[test]
fn there_are_no_phones() {
    on_both(|lender| {
        let client = lender.client("A");
        let none = json!({"docs": [], "pagination": {"totalDocs": 0, "perPage": 20, "totalPages": 1,
            "currentPage": 1, "serialNo": 1, "hasPrevPage": false, "hasNextPage": false, "prevPage": null,
            "nextPage": null}});
        for path in ["/v1/api/clients/phones", "/v1/clients/phones"] {
            assert_eq!(lender.read(path), none);
            assert_eq!(lender.read(&format!("{path}?clientId={client}")), none);
        }
        let unknown = lender.secret.get("/v1/api/clients/phones?clientId=nobody");
        assert_refused(&unknown, 404, "Client not found", &[]);
        let phone = lender.secret.get(&format!("/v1/api/clients/{client}/phones/1"));
        assert_refused(&phone, 404, "Phone not found", &[]);
        let nobody = lender.secret.get("/v1/api/clients/nobody/phones/1");
        assert_refused(&nobody, 404, "Client not found", &[]);
    });
}

#[test]
fn what_follows_from_dates_and_amounts_stands_beside_what_was_reported() {
    on_both(|lender| {
        let client = lender.client("A");
        let mut body = report(&client);
        body["installmentRepayments"] = json!([
            {"dueDate": "2023-02-01", "datePaid": "2023-02-09", "status": "fully_paid",
                "amountDue": {"amount": 833.33, "currency": "NGN"},
                "amountPaid": {"amount": 833.33, "currency": "NGN"}},
            {"dueDate": "2023-03-01", "datePaid": "2023-03-01", "status": "fully_paid",
                "amountDue": {"amount": 833.33, "currency": "NGN"},
                "amountPaid": {"amount": 833.32, "currency": "NGN"}},
        ]);
        body["loanRepaymentStatus"] = json!("not_settled");
        let reported = lender.reports(&body);
        assert_eq!(reported["loans"][0].get("derived"), None, "reports are answered in the contract's words");
        let loan = lender.read("/v1/api/clients/A")["loans"][0].clone();
        assert_eq!(loan["loanRepaymentStatus"], "not_settled");
        assert_eq!(loan["derived"], json!({"loanRepaymentStatus": "in_progress"}));
        let statuses: Vec<&Value> = loan["installmentRepayments"]
            .as_array()
            .expect("a list")
            .iter()
            .flat_map(|row| [&row["status"], &row["derived"]["status"]])
            .collect();
        assert_eq!(statuses, ["fully_paid", "paid_late", "fully_paid", "incomplete_payment"]);
    });
}
