//! What other clients of the contract were seen to send, letter by letter.

use loam_tests::database::BOTH;
use serde_json::json;

use crate::book::{agriculture, book_of, record, text, with};
use crate::samples::play;

#[test]
fn other_clients_are_answered_as_they_expect() {
    for kind in BOTH {
        println!("on {kind:?}");
        let book = book_of(kind, "2018-05-02");
        record(&book.admin, "branches", &json!({"id": "b1", "name": "Hill"}));
        let declining = json!({"id": "P1", "interestCalculationMethod": "DECLINING_BALANCE"});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &declining));
        let set = json!({"id": "FACTS", "name": "Facts", "type": "LOAN_ACCOUNT_INFO"});
        let set = record(&book.admin, "custom-field-sets", &set);
        let field = json!({"id": "Purpose", "name": "Purpose", "customFieldSetKey": set});
        record(&book.admin, "custom-fields", &field);
        let consumer = json!({"id": "java", "name": "Java", "permissions": ["VIEW_LOAN_ACCOUNT_DETAILS"]});
        record(&book.admin, "api-consumers", &consumer);
        let made = book.admin.post("/loam/v1/api-consumers/java/keys", &json!({})).expect(201).json();
        let keys =
            vec![("client", book.client.clone()), ("product", product), ("apikey", text(&made["apiKey"]))];
        play(&book, "other_clients", &keys);
        book.assert_proven();
    }
}
