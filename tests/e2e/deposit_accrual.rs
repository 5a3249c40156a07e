//! Interest of deposits that is posted while it grows. 10,000.00 at 3.65 percent earn 1.00 a day, and 100.00 that are overdrawn
//! at 36.5 percent cost ten cents.

use serde_json::{Value, json};

use crate::book::{Book, on_both, record, text, with};
use crate::savings::{act, filled, savings, savings_product};

fn growing(book: &Book, changes: &Value) -> String {
    let rates = json!({"defaultInterestRate": "3.65", "minInterestRate": "1", "maxInterestRate": "5"});
    let of_overdrafts = json!({"defaultInterestRate": "36.5"});
    let terms = json!({"accountingMethod": "ACCRUAL", "interestAccruedAccountingMethod": "DAILY",
        "interestRateSettings": rates, "interestPaymentPoint": "FIRST_DAY_OF_MONTH",
        "allowOverdraft": true, "maxOverdraftLimit": "500", "overdraftInterestSettings": of_overdrafts});
    savings_product(book, &with(terms, changes))
}

fn balance(book: &Book, account: &str) -> String {
    text(&book.read(&format!("/api/glaccounts/{account}"))["balance"])
}

/// Interest payable, accrued interest, interest expense and interest income.
fn ledger(book: &Book) -> [String; 4] {
    ["2110", "1240", "5200", "4100"].map(|account| balance(book, account))
}

/// Closes days through one; gives which accounts failed on the last of them.
fn failed(book: &Book, through: &str) -> Vec<String> {
    let report = book.close_days(through);
    let day = report["days"].as_array().expect("days").last().expect("a day").clone();
    let mut failed: Vec<String> =
        day["failed"].as_array().expect("a list").iter().map(|failure| text(&failure["account"])).collect();
    // It fails again where its interest is applied.
    failed.dedup();
    failed
}

#[test]
fn what_has_grown_is_owed_to_depositors_each_evening() {
    on_both(|book| {
        let product = growing(book, &json!({}));
        let served = book.read("/loam/v1/savings-products/DSAV");
        assert_eq!(
            (&served["accountingMethod"], &served["interestAccruedAccountingMethod"]),
            (&json!("ACCRUAL"), &json!("DAILY"))
        );
        filled(book, "FULL", &product, "10000");
        filled(book, "LOW", &product, "50");
        act(book, "LOW", "type=WITHDRAWAL&amount=150");
        let [payable, ..] = ledger(book);
        assert_eq!(payable, "0");
        // The evening of June 30th: two nights of both.
        book.close_days("2012-07-01");
        assert_eq!(text(&savings(book, "FULL")["balance"]), "10003");
        let posted = book.list("/api/gljournalentries?from=2012-06-30&to=2012-06-30&limit=100");
        assert!(posted.iter().any(|entry| entry["glAccount"]["glCode"] == "2110"), "{posted:?}");
        // Three nights were applied in the morning: the evening takes back what was posted, so that they are counted once.
        book.close_days("2012-07-02");
        assert_eq!(ledger(book), ["0", "0", "3", "0.3"]);
        book.close_days("2012-07-04");
        // Two nights of 10,003.00 and of 100.30, by July 3rd.
        assert_eq!(ledger(book), ["2", "0.2", "5", "0.5"]);
        let rows = book.rows("journal_transfer");
        book.close_days("2012-07-04");
        assert_eq!(book.rows("journal_transfer"), rows, "closed twice, nothing is posted twice");
        // A deposit of the past: it has earned since, and the next evening knows.
        act(book, "FULL", "type=DEPOSIT&amount=10000&date=2012-07-02");
        book.close_days("2012-07-05");
        // By July 4th three nights, two of them of 20,003.00.
        let [payable, ..] = ledger(book);
        assert_eq!(payable, "5");
        let income = book.list("/loam/v1/reports/income?to=2012-07-04");
        let of_product = |code: &str| {
            let found = income.iter().find(|row| row["glCode"] == code && row["productId"] == "DSAV");
            found.map(|row| text(&row["amount"]))
        };
        assert_eq!([of_product("5200"), of_product("4100")], [Some("8".to_owned()), Some("0.6".to_owned())]);
        book.assert_proven();
    });
}

#[test]
fn growing_interest_stands_where_the_product_says_and_comes_back_after_the_end_of_a_month() {
    on_both(|book| {
        for (code, kind) in [("2111", "LIABILITY"), ("1241", "ASSET")] {
            record(&book.admin, "gl-accounts", &json!({"glCode": code, "name": code, "type": kind}));
        }
        let rule =
            |resource: &str, code: &str| json!({"financialResource": resource, "account": {"glCode": code}});
        let rules = json!([rule("INTEREST_PAYABLE", "2111"), rule("OVERDRAFT_INTEREST_RECEIVABLE", "1241")]);
        let product = growing(
            book,
            &json!({"interestAccruedAccountingMethod": "END_OF_MONTH", "savingsProductRules": rules}),
        );
        filled(book, "FULL", &product, "10000");
        filled(book, "LOW", &product, "50");
        act(book, "LOW", "type=WITHDRAWAL&amount=150");
        let both = |book: &Book| [balance(book, "2111"), balance(book, "1241")];
        book.close_days("2012-06-30");
        assert_eq!(both(book), ["0", "0"], "no month is over");
        book.close_days("2012-07-01");
        assert_eq!(both(book), ["2", "0.2"]);
        let close = || book.admin.patch("/loam/v1/gl-accounts/2111", &json!({"activated": false}));
        assert_eq!(close().json()["error"]["code"], "booked_by_product");
        let place = "/loam/v1/savings-products/DSAV";
        book.admin.patch(place, &json!({"savingsProductRules": []})).expect(200);
        assert_eq!(close().json()["error"]["code"], "booked_by_account");
        book.database.execute("update savings_account set status = 'withdrawn'");
        let refused = close().json();
        let named = refused["error"]["message"].as_str().is_some_and(|message| message.contains("DSAV"));
        assert!(refused["error"]["code"] == "stands_until_evening" && named, "{refused}");
        book.database.execute("update savings_account set status = 'active'");
        book.close_days("2012-07-02");
        assert_eq!(both(book), ["0", "0"]);
        assert_eq!([balance(book, "2110"), balance(book, "1240")], ["0", "0"]);
        book.assert_proven();
    });
}

#[test]
fn a_deposit_that_cannot_be_read_is_left_out_and_told() {
    on_both(|book| {
        let product = growing(book, &json!({}));
        filled(book, "ONE", &product, "10000");
        let other = filled(book, "OTHER", &product, "10000");
        book.close_days("2012-06-30");
        assert_eq!(balance(book, "2110"), "2", "a night of both");
        let damage = "where id = 'OTHER'";
        book.database.execute(&format!("update savings_account set body = '!' || body {damage}"));
        assert_eq!(failed(book, "2012-07-01"), [text(&other["encodedKey"])]);
        assert_eq!(balance(book, "2110"), "2", "two nights of one of them");
        book.database.execute(&format!("update savings_account set body = substr(body, 2) {damage}"));
        assert!(failed(book, "2012-07-04").is_empty());
        assert_eq!(balance(book, "2110"), "4");
        book.database.execute("update deposit_interest_account set body = '!' || body");
        assert_eq!(failed(book, "2012-07-05"), ["deposit_interest_account"]);
        assert_eq!(balance(book, "2110"), "4", "nobody knows what stands");
        book.database.execute("update deposit_interest_account set body = substr(body, 2)");
        assert!(failed(book, "2012-07-06").is_empty());
        assert_eq!(balance(book, "2110"), "8");
        book.assert_proven();
    });
}

#[test]
fn growing_interest_is_posted_on_accrual_basis_alone() {
    on_both(|book| {
        growing(book, &json!({}));
        let place = "/loam/v1/savings-products/DSAV";
        for method in ["CASH", "NONE"] {
            let answer = book.admin.patch(place, &json!({"accountingMethod": method}));
            let error = &answer.json()["error"];
            assert_eq!(
                (answer.status, error["field"].as_str()),
                (400, Some("interestAccruedAccountingMethod"))
            );
        }
        let cash = json!({"accountingMethod": "CASH", "interestAccruedAccountingMethod": "NONE"});
        book.admin.patch(place, &cash).expect(200);
        let weekly = book.admin.patch(place, &json!({"interestAccruedAccountingMethod": "WEEKLY"}));
        assert_eq!(weekly.json()["error"]["field"], "interestAccruedAccountingMethod", "{}", weekly.text);
    });
}
