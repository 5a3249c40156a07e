//! Accounting: products say when and where their loans are booked, and the ledger follows.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, text, with};

fn balance(book: &Book, account: &str) -> String {
    text(&book.read(&format!("/api/glaccounts/{account}"))["balance"])
}

fn gl_account(book: &Book, code: &str, kind: &str) -> String {
    record(&book.admin, "gl-accounts", &json!({"glCode": code, "name": code, "type": kind}))
}

/// A product whose rules name these accounts.
fn product_with(book: &Book, id: &str, changes: &Value) -> String {
    record(&book.admin, "loan-products", &with(with(agriculture(), &json!({"id": id})), changes))
}

fn rule(resource: &str, code: &str) -> Value {
    json!({"financialResource": resource, "account": {"glCode": code}})
}

#[test]
fn loans_are_booked_where_their_product_says() {
    on_both(|book| {
        let own = gl_account(book, "1101", "ASSET");
        gl_account(book, "4101", "INCOME");
        let rules = json!([rule("PORTFOLIO_CONTROL", "1101"), rule("INTEREST_INCOME", "4101")]);
        let product = product_with(book, "RULED", &json!({"loanProductRules": rules}));
        let served = book.read("/api/loanproducts/RULED");
        let first = &served["loanProductRules"][0];
        assert_eq!(first["financialResource"], "PORTFOLIO_CONTROL");
        assert_eq!(
            (&first["account"]["glCode"], &first["account"]["encodedKey"]),
            (&json!("1101"), &json!(own))
        );
        book.lend("PLAIN");
        book.lend_with("RULED", &json!({"productTypeKey": product}));
        assert_eq!((balance(book, "1100"), balance(book, "1101")), ("950".to_owned(), "950".to_owned()));
        assert_eq!(balance(book, "1000"), "0", "what is lent was cash");
        assert_eq!(text(&book.read("/api/indicators/GROSS_LOAN_PORTFOLIO")["GROSS_LOAN_PORTFOLIO"]), "1900");

        // Rules that change count for new loans; the old ones stay where they are.
        let none = json!({"loanProductRules": []});
        book.admin.patch("/loam/v1/loan-products/RULED", &none).expect(200);
        book.close_days("2012-08-01");
        book.act("RULED", "type=REPAYMENT&amount=215.45");
        assert_eq!((balance(book, "1101"), balance(book, "4101")), ("760".to_owned(), "25.45".to_owned()));
        let entries = book.list("/api/gljournalentries?from=2012-06-28&to=2012-08-01");
        let on_own = entries.iter().filter(|entry| entry["glAccount"]["glCode"] == "1101").count();
        assert_eq!(on_own, 2, "paid out and repaid");
        book.assert_proven();
    });
}

#[test]
fn income_counts_when_it_is_paid_or_not_at_all() {
    on_both(|book| {
        let cash = product_with(book, "CASH", &json!({"accountingMethod": "CASH"}));
        let none = product_with(book, "NONE", &json!({"accountingMethod": "NONE"}));
        book.lend_with("C1", &json!({"productTypeKey": cash}));
        book.lend_with("N1", &json!({"productTypeKey": none}));
        book.close_days("2012-08-01");
        assert_eq!((balance(book, "1210"), balance(book, "4100")), ("0".to_owned(), "0".to_owned()));
        book.act("C1", "type=REPAYMENT&amount=100");
        book.act("N1", "type=REPAYMENT&amount=100");
        assert_eq!((balance(book, "1210"), balance(book, "4100")), ("0".to_owned(), "25.45".to_owned()));
        assert_eq!(balance(book, "1100"), "875.45");
        book.assert_proven();
    });
}

#[test]
fn branches_owe_each_other_what_goes_between_them() {
    on_both(|book| {
        let hill = record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        let product = crate::savings::savings_product(book, &json!({}));
        crate::savings::filled(book, "S1", &product, "300");
        book.lend_with("HERE", &json!({}));
        book.lend_with("HILL", &json!({"assignedBranchKey": hill}));
        for (loan, amount) in [("HERE", "40"), ("HILL", "70")] {
            let form = format!("type=TRANSFER&amount={amount}&toLoanAccount={loan}");
            crate::savings::act(book, "S1", &form);
        }
        assert_eq!((balance(book, "1910"), balance(book, "1930")), ("0".to_owned(), "0".to_owned()));
        let all = book.list("/api/gljournalentries?from=2012-06-28&to=2012-06-28");
        let between: Vec<(&Value, &Value, &Value)> = all
            .iter()
            .filter(|entry| entry["glAccount"]["glCode"] == "1930")
            .map(|entry| (&entry["assignedBranchKey"], &entry["type"], &entry["amount"]))
            .collect();
        for part in ["44.55", "25.45"] {
            assert!(between.contains(&(&json!(hill), &json!("DEBIT"), &json!(part))), "{between:?}");
        }
        assert!(between.contains(&(&json!(book.branch), &json!("CREDIT"), &json!("70"))), "{between:?}");
        assert_eq!(between.len(), 3, "within a branch nothing goes over it: {between:?}");
        book.assert_proven();
    });
}

#[test]
fn rules_that_cannot_be_are_refused_and_change_nothing() {
    on_both(|book| {
        gl_account(book, "4101", "INCOME");
        let header = json!({"glCode": "4900", "name": "More", "type": "INCOME", "usage": "HEADER"});
        record(&book.admin, "gl-accounts", &header);
        let place = "/loam/v1/loan-products/AGRL";
        let before = book.snapshot();
        for (rules, code, field) in [
            (json!([rule("INTEREST_INCOME", "9999")]), "invalid_member", "account.glCode"),
            (json!([rule("INTEREST_INCOME", "4900")]), "refused", ""),
            (json!([rule("PORTFOLIO_CONTROL", "4101")]), "accounting_rule", ""),
            (json!([rule("ACCOUNT_TRANSFERS", "1100")]), "contradicting_members", "loanProductRules"),
            (json!([{"financialResource": "INTEREST_INCOME"}]), "missing_member", "account.glCode"),
            (json!([rule("CASH_BOX", "4101")]), "not_supported", "financialResource"),
            (
                json!([rule("FEE_INCOME", "4101"), rule("FEE_INCOME", "4200")]),
                "contradicting_members",
                "loanProductRules",
            ),
        ] {
            let answer = book.admin.patch(place, &json!({"loanProductRules": rules}));
            let error = &answer.json()["error"];
            println!("{error}");
            assert_eq!((answer.status, error["code"].as_str()), (400, Some(code)), "{error}");
            assert!(error["field"].as_str().unwrap_or_default().ends_with(field), "{error}");
        }
        assert_eq!(book.snapshot(), before);
        book.admin.patch(place, &json!({"loanProductRules": [rule("FEE_INCOME", "4101")]})).expect(200);
        let closed = book.admin.patch("/loam/v1/gl-accounts/4101", &json!({"activated": false}));
        assert_eq!(closed.json()["error"]["code"], "booked_by_product", "{}", closed.text);
    });
}
