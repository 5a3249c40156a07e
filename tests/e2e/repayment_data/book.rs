//! Loans of the book in the words of the repayment data contract, for a business that may read it.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use super::lender::assert_refused;
use crate::book::{Book, on_both, text};

/// A business of a book that services loans.
fn business(book: &Book, reads_book: bool) -> (String, Caller) {
    let body = json!({"name": "Reader", "readsBook": reads_book});
    let business = book.admin.post("/loam/v1/businesses", &body).expect(201).json();
    let key = text(&business["liveKeys"]["secretKey"]);
    (text(&business["id"]), Caller::anonymous(&book.server.base).with_header("x-api-key", &key))
}

#[test]
fn a_business_that_may_read_the_book_sees_its_loans() {
    on_both(|book| {
        book.lend("L1");
        book.close_days("2012-07-28");
        book.act("L1", "type=REPAYMENT&amount=215.45");
        let (_, reader) = business(book, true);
        let client = reader.get("/v1/api/clients/8").expect(200).json()["data"].clone();
        assert_eq!(client["externalReferenceId"], "8");
        assert_eq!(client["clientId"].as_str().map(str::len), Some(24));
        let loan = &client["loans"][0];
        let expected = json!({"loanReferenceId": "L1", "dateLoanWasGranted": "2012-06-28",
            "applicationStatus": "approved", "amount": 950, "currency": "USD", "totalInstallments": 5,
            "loanRepaymentStatus": "in_progress", "derived": {"loanRepaymentStatus": "in_progress"}});
        for (member, value) in expected.as_object().expect("an object") {
            assert_eq!(&loan[member], value, "{member}");
        }
        let first = &loan["installmentRepayments"][0];
        let shown =
            json!([first["dueDate"], first["datePaid"], first["amountPaid"]["amount"], first["status"]]);
        assert_eq!(shown, json!(["2012-07-28", "2012-07-28", 215.45, "fully_paid"]));
        assert_eq!(reader.get("/v1/api/clients/8").expect(200).json()["data"]["loans"], client["loans"]);

        let (_, stranger) = business(book, false);
        assert_refused(&stranger.get("/v1/api/clients/8"), 404, "Client not found", &[]);
    });
}

#[test]
fn a_linked_client_has_the_loans_of_both_and_none_of_them_twice() {
    on_both(|book| {
        book.lend("L1");
        book.lend("L2");
        let (organization, reader) = business(book, true);
        let created = reader.post("/v1/api/clients", &json!({"externalClientId": "A"})).expect(201).json();
        let id = text(&created["data"]["clientId"]);
        let mut report = super::lender::report(&id);
        report["loanReferenceId"] = json!("theirs");
        super::lender::put(&reader, &report).expect(200);
        let named = json!({"scheme": "repayment_client", "organization": organization, "id": id});
        let link = |changes: Value| {
            book.admin.post("/loam/v1/links", &crate::book::with(named.clone(), &changes)).expect(200);
        };
        let references = || {
            let client = reader.get("/v1/api/clients/A").expect(200).json();
            let loans = client["data"]["loans"].as_array().expect("a list").clone();
            loans.iter().map(|loan| text(&loan["loanReferenceId"])).collect::<Vec<_>>()
        };
        assert_eq!(references(), ["theirs"]);
        link(json!({"client": "8"}));
        assert_eq!(references(), ["theirs", "L1", "L2"]);
        link(json!({"loanId": "theirs", "loan": "L1"}));
        assert_eq!(references(), ["theirs", "L2"]);
    });
}
