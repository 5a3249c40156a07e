//! Deposit accounts that are kept for a term, and those that nobody moves.

use serde_json::json;

use crate::book::{Book, on_both};
use crate::savings::{act, filled, open_with, refuses, savings, savings_product, try_act};
use crate::subset::assert_shows;

fn fixed_deposits(book: &Book) -> String {
    savings_product(
        book,
        &json!({"id": "FIXED", "productType": "FIXED_DEPOSIT", "interestPaymentPoint": "ON_ACCOUNT_MATURITY",
            "interestRateSettings": {"defaultInterestRate": "3.65"}, "termUnit": "DAYS",
            "defaultTermLength": "10", "minTermLength": 5, "maxTermLength": 20}),
    )
}

/// The ids of the accounts in a state, from a list and from a search.
fn in_state(book: &Book, state: &str) -> Vec<String> {
    let listed = book.list(&format!("/api/savings?accountState={state}"));
    let asked = json!({"filterConstraints": [
        {"filterSelection": "ACCOUNT_STATE", "filterElement": "EQUALS", "value": state}]});
    let found = book.admin.post("/api/savings/search", &asked).expect(200).json();
    let ids = |rows: &[serde_json::Value]| -> Vec<String> {
        rows.iter().map(|row| crate::book::text(&row["id"])).collect()
    };
    assert_eq!(ids(&listed), ids(found.as_array().expect("a list")));
    ids(&listed)
}

#[test]
fn a_fixed_deposit_matures_with_its_interest() {
    on_both(|book| {
        let product = fixed_deposits(book);
        assert_shows(
            &book.read("/api/savingsproducts/FIXED"),
            &json!({"interestPaymentPoint": "ON_ACCOUNT_MATURITY", "termUnit": "DAYS",
                "defaultTermLength": 10, "minTermLength": 5, "maxTermLength": 20}),
        );
        filled(book, "S1", &product, "1000");
        let invalid = (400, 4, "INVALID_PARAMETERS");
        refuses(book, "S1", "type=START_MATURITY&maturityDate=2012-07-01", invalid);
        refuses(book, "S1", "type=START_MATURITY&maturityDate=2012-07-20", invalid);
        let started = act(book, "S1", "type=START_MATURITY&notes=for ten days");
        assert_shows(
            &started,
            &json!({"accountState": "ACTIVE", "maturityDate": "2012-07-08T00:00:00+0000",
                "interestPaymentPoint": "ON_ACCOUNT_MATURITY"}),
        );
        let kept = (400, 407, "INVALID_DEPOSIT_ACCOUNT_STATE");
        refuses(book, "S1", "type=WITHDRAWAL&amount=1", kept);
        refuses(book, "S1", "type=DEPOSIT&amount=1", kept);
        refuses(book, "S1", "type=FEE&amount=1", kept);
        let again = (400, 416, "INVALID_SAVINGS_ACCOUNT_STATE_TRANSITION");
        refuses(book, "S1", "type=START_MATURITY", again);
        refuses(book, "S1", "type=CLOSE", again);
        book.close_days("2012-07-07");
        assert_shows(&savings(book, "S1"), &json!({"accountState": "ACTIVE", "accruedInterest": "0.9"}));
        book.close_days("2012-07-12");
        assert_shows(
            &savings(book, "S1"),
            &json!({"accountState": "MATURED", "balance": "1001", "accruedInterest": "0",
                "maturityDate": "2012-07-08T00:00:00+0000",
                "lastInterestCalculationDate": "2012-07-08T00:00:00+0000"}),
        );
        assert_eq!(in_state(book, "MATURED"), ["S1"]);
        let applied = &book.list("/api/savings/S1/transactions")[0];
        assert_shows(
            applied,
            &json!({"type": "INTEREST_APPLIED", "amount": "1",
            "entryDate": "2012-07-08T00:00:00+0000"}),
        );
        refuses(book, "S1", "type=DEPOSIT&amount=1", kept);
        act(book, "S1", "type=WITHDRAWAL&amount=1001");
        assert_eq!(act(book, "S1", "type=CLOSE")["accountState"], "CLOSED");
        assert_eq!(act(book, "S1", "type=UNDO_CLOSE")["accountState"], "MATURED");
        book.assert_proven();
    });
}

#[test]
fn a_term_is_undone_and_started_again_by_whoever_may() {
    on_both(|book| {
        let product = fixed_deposits(book);
        filled(book, "S1", &product, "1000");
        book.close_days("2012-07-02");
        let json = json!({"type": "START_MATURITY", "date": "2012-06-30T00:00:00+0000",
            "maturityDate": "2012-07-05", "notes": null});
        let started = book.admin.post("/api/savings/S1/transactions", &json).expect(201).json();
        assert_eq!(started["maturityDate"], "2012-07-05T00:00:00+0000");
        book.close_days("2012-07-06");
        assert_eq!(savings(book, "S1")["accountState"], "MATURED");
        let undone = act(book, "S1", "type=UNDO_MATURITY");
        assert_shows(&undone, &json!({"accountState": "ACTIVE", "maturityDate": null}));
        act(book, "S1", "type=DEPOSIT&amount=1");
        refuses(book, "S1", "type=UNDO_MATURITY", (400, 416, "INVALID_SAVINGS_ACCOUNT_STATE_TRANSITION"));
        let teller = book.user_with("teller", &["VIEW_SAVINGS_ACCOUNT_DETAILS", "ACTIVATE_MATURITY"]);
        let path = "/api/savings/S1/transactions";
        teller.form(path, "type=START_MATURITY").expect(201);
        teller.form(path, "type=UNDO_MATURITY").expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let plain = savings_product(book, &json!({"id": "PLAIN"}));
        filled(book, "S2", &plain, "1000");
        refuses(book, "S2", "type=START_MATURITY", (400, 2120, "ACCOUNT_TYPE_DOES_NOT_ALLOW_FIELD"));
        let refused = book
            .admin
            .post("/loam/v1/savings-products", &json!({"id": "X", "name": "X", "termUnit": "DAYS"}));
        assert!((400..500).contains(&refused.status), "{} {}", refused.status, refused.text);
        book.assert_proven();
    });
}

#[test]
fn an_account_that_nobody_moves_becomes_dormant_and_a_deposit_wakes_it() {
    on_both(|book| {
        let product = savings_product(book, &json!({"dormancyPeriodDays": "30"}));
        assert_eq!(book.read("/api/savingsproducts/DSAV")["dormancyPeriodDays"], 30);
        filled(book, "S1", &product, "1000");
        book.close_days("2012-07-27");
        open_with(book, "S2", &product, &json!({}));
        act(book, "S2", "type=APPROVAL");
        assert_eq!(savings(book, "S1")["accountState"], "ACTIVE");
        book.close_days("2012-07-28");
        assert_eq!(savings(book, "S1")["accountState"], "DORMANT");
        assert_eq!(in_state(book, "DORMANT"), ["S1"]);
        act(book, "S1", "type=FEE&amount=1");
        assert_eq!(savings(book, "S1")["accountState"], "DORMANT");
        act(book, "S1", "type=TRANSFER&amount=10&toSavingsAccount=S2");
        assert_eq!(savings(book, "S1")["accountState"], "ACTIVE");
        book.close_days("2012-08-27");
        assert_eq!(in_state(book, "DORMANT"), ["S1", "S2"]);
        act(book, "S1", "type=DEPOSIT&amount=1");
        assert_eq!(in_state(book, "DORMANT"), ["S2"]);
        let refused = try_act(book, "S2", "type=UNLOCK");
        refused.expect_refusal(400, 416, "INVALID_SAVINGS_ACCOUNT_STATE_TRANSITION");
        book.assert_proven();
    });
}
