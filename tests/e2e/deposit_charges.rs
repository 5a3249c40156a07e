//! What an overdraft costs, what is withheld of interest, and interest that is taken back. 3.65 percent is a
//! ten-thousandth a day.

use serde_json::{Value, json};

use crate::book::{Book, on_both, record, text, transaction_id, with};
use crate::savings::{act, daily_savings, filled, open_with, refuses, savings, savings_product, try_act};
use crate::subset::assert_shows;

pub(crate) fn tax(book: &Book, kind: &str) -> String {
    let source = json!({"id": kind, "name": "Tax", "type": kind,
        "indexRates": [{"startDate": "2012-01-01", "rate": "25"}]});
    record(&book.admin, "index-rate-sources", &source)
}

pub(crate) fn current_accounts(book: &Book) -> String {
    savings_product(
        book,
        &json!({"id": "CURRENT", "productType": "CURRENT_ACCOUNT", "allowOverdraft": true,
            "maxOverdraftLimit": "500", "interestPaymentPoint": "EVERY_WEEK", "withholdingTaxEnabled": "true",
            "interestRateSettings": {"defaultInterestRate": "3.65"},
            "overdraftInterestSettings": {"defaultInterestRate": 36.5, "minInterestRate": "10", "maxInterestRate": "50"}}),
    )
}

fn kinds(book: &Book, id: &str) -> Vec<(String, String)> {
    let rows = book.list(&format!("/api/savings/{id}/transactions"));
    rows.iter().map(|row| (text(&row["type"]), text(&row["amount"]))).collect()
}

fn rows(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, amount)| ((*kind).to_owned(), (*amount).to_owned())).collect()
}

#[test]
fn an_overdraft_costs_interest_and_a_tax_is_withheld_of_what_is_earned() {
    on_both(|book| {
        let product = current_accounts(book);
        let source = tax(book, "WITHHOLDING_TAX_RATE");
        assert_shows(
            &book.read("/api/savingsproducts/CURRENT"),
            &json!({"overdraftInterestSettings": {"defaultInterestRate": "36.5", "minInterestRate": "10",
                "maxInterestRate": "50"}, "withholdingTaxEnabled": true}),
        );
        let made = open_with(book, "S1", &product, &json!({"withholdingTaxSourceKey": source}));
        assert_shows(
            &made,
            &json!({"withholdingTaxSourceKey": source, "overdraftInterestAccrued": "0",
                "overdraftInterestSettings": {"interestRate": "36.5"}}),
        );
        act(book, "S1", "type=APPROVAL");
        act(book, "S1", "type=DEPOSIT&amount=1000");
        book.close_days("2012-07-02");
        act(book, "S1", "type=WITHDRAWAL&amount=1100");
        book.close_days("2012-07-04");
        // Four nights of 1,000.00 earned; two of 100.00 overdrawn cost.
        assert_shows(
            &savings(book, "S1"),
            &json!({"accruedInterest": "0.4", "overdraftInterestAccrued": "0.2"}),
        );
        book.close_days("2012-07-05");
        let expected = [
            ("INTEREST_APPLIED", "-0.3"),
            ("WITHHOLDING_TAX", "-0.1"),
            ("INTEREST_APPLIED", "0.4"),
            ("WITHDRAWAL", "-1100"),
            ("DEPOSIT", "1000"),
        ];
        assert_eq!(kinds(book, "S1"), rows(&expected));
        assert_shows(&savings(book, "S1"), &json!({"balance": "-100", "overdraftInterestAccrued": "0"}));
        let entries = book.list("/api/gljournalentries?from=2012-07-05&to=2012-07-05");
        let lines: Vec<(String, String)> =
            entries.iter().map(|row| (text(&row["glAccount"]["name"]), text(&row["amount"]))).collect();
        for expected in [("Interest income", "0.3"), ("Interest expense", "0.4"), ("Taxes payable", "0.1")] {
            assert!(
                lines.contains(&(expected.0.to_owned(), expected.1.to_owned())),
                "{expected:?} in {lines:?}"
            );
        }
        let search = |kind: &str| {
            let asked = json!({"filterConstraints": [
                {"filterSelection": "TYPE", "filterElement": "EQUALS", "value": kind}]});
            book.admin.post("/api/savings/transactions/search", &asked).expect(200).json()
        };
        assert_eq!(search("WITHHOLDING_TAX").as_array().map(Vec::len), Some(1));
        assert_eq!(search("INTEREST_APPLIED").as_array().map(Vec::len), Some(2));
        book.assert_proven();
    });
}

#[test]
fn rates_of_overdrafts_and_sources_of_taxes_are_what_the_product_allows() {
    on_both(|book| {
        let product = current_accounts(book);
        let (source, other) = (tax(book, "WITHHOLDING_TAX_RATE"), tax(book, "TAX_RATE"));
        let plain = savings_product(
            book,
            &json!({"id": "PLAIN", "interestRateSettings": {"defaultInterestRate": "1"}}),
        );
        let open = |product: &str, changes: Value| {
            let account =
                json!({"accountHolderKey": "8", "accountHolderType": "CLIENT", "productTypeKey": product});
            book.admin.post("/api/savings", &json!({"savingsAccount": with(account, &changes)}))
        };
        open(&product, json!({"overdraftInterestRate": "51"})).expect_refusal(
            400,
            120,
            "INVALID_INTEREST_RATE",
        );
        let none = open(&plain, json!({"overdraftInterestRate": "1"}));
        none.expect_refusal(400, 532, "INTEREST_RATE_SHOULD_BE_ZERO_OR_EMPTY");
        let untaxed = open(&plain, json!({"withholdingTaxSourceKey": source}));
        untaxed.expect_refusal(400, 412, "PRODUCT_DOESNT_ALLOW_WITHHOLDING_TAXES");
        for wrong in [other.as_str(), "NONE"] {
            let refused = open(&product, json!({"withholdingTaxSourceKey": wrong}));
            refused.expect_refusal(400, 413, "INVALID_WITHHOLDING_TAX_SOURCE_TYPE");
        }
        let spread = open(&product, json!({"overdraftInterestSpread": "1"}));
        spread.expect_refusal(403, 19, "FEATURE_DISABLED");
        assert_eq!(book.rows("savings_account"), 0);
        filled(book, "S1", &product, "5");
        let patch = json!({"savingsAccount": {"overdraftInterestRate": "20"}});
        book.admin.patch("/api/savings/S1", &patch).expect(200);
        assert_eq!(savings(book, "S1")["overdraftInterestSettings"]["interestRate"], "20");
        let no_overdraft = with(
            daily_savings(),
            &json!({"id": "X", "overdraftInterestSettings": {"defaultInterestRate": "1"}}),
        );
        let refused = book.admin.post("/loam/v1/savings-products", &no_overdraft);
        assert!((400..500).contains(&refused.status), "{} {}", refused.status, refused.text);
    });
}

#[test]
fn interest_that_is_taken_back_grows_on() {
    on_both(|book| {
        let product = savings_product(
            book,
            &json!({"interestRateSettings": {"defaultInterestRate": "3.65"}, "interestPaymentPoint": "EVERY_WEEK"}),
        );
        filled(book, "S1", &product, "1000");
        book.close_days("2012-07-05");
        let first = transaction_id(&book.list("/api/savings/S1/transactions")[0]);
        book.close_days("2012-07-12");
        let second = transaction_id(&book.list("/api/savings/S1/transactions")[0]);
        let take_back =
            |id: i64| format!("type=INTEREST_APPLIED_ADJUSTMENT&originalTransactionId={id}&notes=wrong");
        let later = (400, 166, "UNREVERSED_TRANSACTION_LOGGED_AFTER_CURRENT_ONE");
        refuses(book, "S1", &take_back(first), later);
        refuses(book, "S1", &take_back(first - 1), (400, 165, "INVALID_TRANSACTION_TYPE"));
        refuses(
            book,
            "S1",
            "type=INTEREST_APPLIED_ADJUSTMENT",
            (400, 258, "MISSING_ORIGINAL_TRANSACTION_ID"),
        );
        let undone = act(book, "S1", &take_back(second));
        assert_shows(
            &undone,
            &json!({"type": "INTEREST_APPLIED_ADJUSTMENT", "amount": "-0.7", "comment": "wrong",
                "entryDate": "2012-07-12T00:00:00+0000", "balance": "1000.7"}),
        );
        refuses(book, "S1", &take_back(second), (400, 211, "TRANSACTION_ALREADY_REVERSED"));
        assert_shows(
            &savings(book, "S1"),
            &json!({"balance": "1000.7", "accruedInterest": "0.7",
                "lastInterestCalculationDate": "2012-07-05T00:00:00+0000"}),
        );
        book.close_days("2012-07-13");
        assert_eq!(savings(book, "S1")["accruedInterest"], "0.8");
        book.close_days("2012-07-19");
        // Fourteen nights of 1,000.70: 1.40098.
        assert_shows(&savings(book, "S1"), &json!({"balance": "1002.1", "accruedInterest": "0"}));
        book.assert_proven();
        let teller =
            book.user_with("teller", &["VIEW_SAVINGS_ACCOUNT_DETAILS", "APPLY_ACCRUED_SAVINGS_INTEREST"]);
        let refused = teller.form("/api/savings/S1/transactions", &take_back(second));
        refused.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let unknown = try_act(book, "S1", &take_back(777));
        unknown.expect_refusal(400, 212, "INVALID_TRANSACTION_ID");
    });
}
