//! What is set up over the native door: purposes, accounts of borrowers, the product's fee.

use serde_json::{Value, json};

use super::{ACCOUNT, on_both};
use crate::book::text;

#[test]
fn a_purpose_is_made_with_an_id_of_its_own_or_one_that_is_given() {
    on_both(|market| {
        let admin = &market.book.admin;
        let made = admin.post("/loam/v1/loan-purposes", &json!({"name": "Business"})).expect(201).json();
        let id = text(&made["id"]);
        assert!(id.len() == 18 && id.starts_with("a1h"), "{id}");
        for name in [&id[..15], &id, &text(&made["encodedKey"])] {
            assert_eq!(market.book.read(&format!("/loam/v1/loan-purposes/{name}")), made);
        }
        let changed =
            admin.patch(&format!("/loam/v1/loan-purposes/{id}"), &json!({"name": "Firm"})).expect(200);
        assert_eq!(changed.json()["id"], made["id"]);
        assert_eq!(market.apply(&json!({"purpose": "Firm"}))["peer__Loan_Purpose_1__c"], made["id"]);
        assert_eq!(market.book.list("/loam/v1/loan-purposes").len(), 3);

        let family = market.book.read("/loam/v1/loan-purposes/a1hG0000000JR1t");
        assert_eq!((&family["id"], &family["name"]), (&json!("a1hG0000000JR1tIAG"), &json!("Family")));
        for (body, status) in [
            (json!({"id": "a1hG0000000JR1tIAG", "name": "Again"}), 409),
            (json!({"id": "a1hG0000000JR1tIAA", "name": "Wrong checksum"}), 400),
            (json!({"id": "short", "name": "Short"}), 400),
            (json!({"id": "a1hG0000000JR2t"}), 400),
        ] {
            admin.post("/loam/v1/loan-purposes", &body).expect(status);
        }
    });
}

#[test]
fn an_account_is_one_clients_for_good() {
    on_both(|market| {
        let admin = &market.book.admin;
        let place = "/loam/v1/borrower-accounts";
        let expected = json!({"id": "001G000001KY8byIAD", "client": "8", "clientKey": market.book.client});
        for id in [ACCOUNT, "001G000001KY8byIAD"] {
            assert_eq!(market.book.read(&format!("{place}/{id}")), expected);
            let again = admin.post(place, &json!({"client": "8", "id": id})).expect(201);
            assert_eq!(again.json(), expected, "the client has it already");
        }
        let other = json!({"client": {"id": "9", "firstName": "Bo", "lastName": "Berg"}});
        admin.post("/api/clients", &other).expect(201);
        let taken = admin.post(place, &json!({"client": "9", "id": ACCOUNT})).expect(409).json();
        assert_eq!(taken["error"]["code"], "id_in_use");
        assert_eq!(market.book.read(&format!("{place}/{ACCOUNT}")), expected);
        for (body, status) in [
            (json!({"client": "none"}), 404),
            (json!({}), 400),
            (json!({"client": "9", "id": "001G000001KY8byIAE"}), 400),
        ] {
            admin.post(place, &body).expect(status);
        }
        admin.get(&format!("{place}/001G000001KY8bz")).expect(404);
        admin.get(&format!("{place}/001G000001KY8byIAE")).expect(404);
    });
}

#[test]
fn an_account_without_an_id_gets_one_that_stays_the_same() {
    on_both(|market| {
        let admin = &market.book.admin;
        let made = || admin.post("/loam/v1/borrower-accounts", &json!({"client": "8"})).expect(201);
        let first = made();
        let id = text(&first.json()["id"]);
        assert!(id.len() == 18 && id.starts_with("001"), "{id}");
        assert_eq!(first.header("location"), Some(format!("/loam/v1/borrower-accounts/{id}").as_str()));
        assert_eq!(made().json(), first.json());
        for form in [&id[..15], &id] {
            assert_eq!(market.apply(&json!({"borrowerId": form}))["peer__Borrower__c"], json!(id));
        }
        let of_both = market.listed(&format!("borrowerId={ACCOUNT}"));
        assert_eq!(of_both.len(), 2, "accounts of one client are one borrower");
    });
}

#[test]
fn a_products_fee_is_shown_changed_and_bounded() {
    on_both(|market| {
        let admin = &market.book.admin;
        let path = "/loam/v1/loan-products/Default";
        let terms = || market.book.read(path)["marketplace"].clone();
        let nothing = json!({"maximumInstallments": null, "investorSharePercent": "0", "partOfDisbursal": true,
            "rebateAtWriteOff": false, "rebateAtRefinance": false, "rebateAtPayoff": false,
            "ignoreWaiverForRebate": false});
        assert_eq!(
            terms(),
            json!({"capitalizedFeePercent": "2", "dailyAccrual": "START_OF_DAY", "protect": nothing})
        );
        let patch = |value: Value| admin.patch(path, &json!({"marketplace": value}));
        patch(json!({"dailyAccrual": "END_OF_DAY"})).expect(200);
        assert_eq!(
            terms(),
            json!({"capitalizedFeePercent": "2", "dailyAccrual": "END_OF_DAY", "protect": nothing})
        );
        patch(json!({"capitalizedFeePercent": 0})).expect(200);
        assert_eq!(market.apply(&json!({}))["peer__Requested_Loan_Amount__c"], json!(10000));
        for wrong in [
            json!({"capitalizedFeePercent": "-1"}),
            json!({"capitalizedFeePercent": 101}),
            json!({"dailyAccrual": "NOON"}),
            json!({"protect": {"maximumInstallments": -1}}),
            json!({"protect": {"investorSharePercent": "100.01"}}),
            json!({"protect": {"partOfDisbursal": "maybe"}}),
        ] {
            patch(wrong).expect(400);
        }
        patch(Value::Null).expect(200);
        assert_eq!(
            terms(),
            json!({"capitalizedFeePercent": "0", "dailyAccrual": "START_OF_DAY", "protect": nothing})
        );
    });
}

#[test]
fn only_administrators_set_up() {
    on_both(|market| {
        let clerk = market.book.user_with("clerk", &["CREATE_CLIENT"]);
        clerk.post("/loam/v1/loan-purposes", &json!({"name": "X"})).expect(403);
        clerk.post("/loam/v1/borrower-accounts", &json!({"client": "8"})).expect(403);
        clerk.get(&format!("/loam/v1/borrower-accounts/{ACCOUNT}")).expect(403);
    });
}
