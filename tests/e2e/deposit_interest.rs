//! Interest of deposit accounts, from the product to the end of the day and back into the past. A rate of
//! 3.65 percent is a ten-thousandth a day.

use serde_json::{Value, json};

use crate::book::{Book, on_both, text};
use crate::savings::{act, filled, open_with, refuses, savings, savings_product, try_act};
use crate::subset::assert_shows;

fn with_interest(book: &Book) -> String {
    let rates = json!({"defaultInterestRate": "3.65", "minInterestRate": "1", "maxInterestRate": 5});
    savings_product(
        book,
        &json!({"interestRateSettings": rates, "interestPaymentPoint": "FIRST_DAY_OF_MONTH"}),
    )
}

fn kinds(book: &Book, id: &str) -> Vec<(String, String)> {
    let rows = book.list(&format!("/api/savings/{id}/transactions"));
    rows.iter().map(|row| (text(&row["type"]), text(&row["amount"]))).collect()
}

fn figures(account: &Value) -> [String; 2] {
    [text(&account["balance"]), text(&account["accruedInterest"])]
}

#[test]
fn interest_grows_by_day_and_is_applied_at_the_end_of_the_month() {
    on_both(|book| {
        let product = with_interest(book);
        let shown = book.read("/api/savingsproducts/DSAV");
        assert_shows(
            &shown,
            &json!({"interestPaymentPoint": "FIRST_DAY_OF_MONTH", "interestRateSettings":
                {"defaultInterestRate": "3.65", "minInterestRate": "1", "maxInterestRate": "5"}}),
        );
        let account = filled(book, "S1", &product, "1000");
        assert_shows(
            &account,
            &json!({"accruedInterest": "0", "interestPaymentPoint": "FIRST_DAY_OF_MONTH",
                "interestSettings": {"interestRate": "3.65"}, "lastInterestCalculationDate": null}),
        );
        book.close_days("2012-06-30");
        assert_eq!(figures(&savings(book, "S1")), ["1000", "0.2"], "two nights");
        book.close_days("2012-07-01");
        let account = savings(book, "S1");
        assert_eq!(figures(&account), ["1000.3", "0"]);
        assert_eq!(account["lastInterestCalculationDate"], "2012-07-01T00:00:00+0000");
        let applied = book.list("/api/savings/S1/transactions")[0].clone();
        assert_shows(
            &applied,
            &json!({"type": "INTEREST_APPLIED", "amount": "0.3", "interestPaid": "0.3", "balance": "1000.3"}),
        );
        let rows = [book.rows("savings_log"), book.rows("audit")];
        book.close_days("2012-07-01");
        assert_eq!([book.rows("savings_log"), book.rows("audit")], rows, "run twice, it comes once");
        book.close_days("2012-08-01");
        // 31 nights of 1,000.30: 3.10093.
        assert_eq!(figures(&savings(book, "S1")), ["1003.4", "0"]);
    });
}

#[test]
fn a_deposit_of_an_earlier_day_makes_good_what_was_applied() {
    on_both(|book| {
        let product = with_interest(book);
        filled(book, "S1", &product, "1000");
        book.close_days("2012-07-05");
        let deposit = act(book, "S1", "type=DEPOSIT&amount=500&date=2012-06-29");
        assert_eq!((&deposit["type"], &deposit["amount"]), (&json!("DEPOSIT"), &json!("500")));
        // A night of 1,000.00 and two of 1,500.00.
        let expected = [
            ("INTEREST_APPLIED", "0.4"),
            ("INTEREST_APPLIED_ADJUSTMENT", "-0.3"),
            ("DEPOSIT", "500"),
            ("INTEREST_APPLIED", "0.3"),
            ("DEPOSIT", "1000"),
        ];
        let expected = expected.map(|(kind, amount)| (kind.to_owned(), amount.to_owned()));
        assert_eq!(kinds(book, "S1"), expected);
        // Four nights of 1,500.40: 0.60016.
        assert_eq!(figures(&savings(book, "S1")), ["1500.4", "0.6"]);
        let id = deposit["transactionId"].to_string();
        act(book, "S1", &format!("type=DEPOSIT_ADJUSTMENT&originalTransactionId={id}"));
        assert_eq!(figures(&savings(book, "S1")), ["1000.3", "0.4"]);
        open_with(book, "S2", &product, &json!({}));
        act(book, "S2", "type=APPROVAL");
        let transfer = "type=TRANSFER&amount=1&toSavingsAccount=S2&date=2012-06-30";
        refuses(book, "S1", transfer, (400, 404, "BACKDATE_BEFORE_OTHER_OPERATION"));
    });
}

#[test]
fn interest_is_applied_when_asked_for_before_an_account_is_closed() {
    on_both(|book| {
        let product = with_interest(book);
        filled(book, "S1", &product, "1000");
        book.close_days("2012-06-30");
        act(book, "S1", "type=WITHDRAWAL&amount=1000");
        refuses(book, "S1", "type=CLOSE", (400, 513, "ACCOUNT_HAS_REMAINING_BALANCE"));
        let applied = act(book, "S1", "type=INTEREST_APPLIED&notes=before closing");
        assert_shows(
            &applied,
            &json!({"type": "INTEREST_APPLIED", "amount": "0.2", "comment": "before closing"}),
        );
        refuses(book, "S1", "type=INTEREST_APPLIED", (400, 133, "ACCOUNT_HAS_NO_ACCRUED_INTEREST"));
        act(book, "S1", "type=WITHDRAWAL&amount=0.2");
        act(book, "S1", "type=CLOSE");
        book.close_days("2012-07-02");
        assert_eq!(kinds(book, "S1").len(), 4);
        let teller = book.user_with("teller", &["VIEW_SAVINGS_ACCOUNT_DETAILS", "MAKE_DEPOSIT"]);
        let refused = teller.form("/api/savings/S1/transactions", "type=INTEREST_APPLIED");
        refused.expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn rates_are_agreed_within_what_the_product_allows() {
    on_both(|book| {
        let product = with_interest(book);
        let plain = savings_product(book, &json!({"id": "PLAIN"}));
        let unnamed = json!({"id": "OWN", "interestPaymentPoint": "EVERY_WEEK", "interestRateSettings": {}});
        let unnamed = savings_product(book, &unnamed);
        let open = |product: &str, changes: Value| {
            let account =
                json!({"accountHolderKey": "8", "accountHolderType": "CLIENT", "productTypeKey": product});
            let account = crate::book::with(account, &changes);
            book.admin.post("/api/savings", &json!({"savingsAccount": account}))
        };
        let own = open(&unnamed, json!({"interestSettings": {"interestRate": "2"}})).expect(201).json();
        assert_eq!(own["savingsAccount"]["interestSettings"]["interestRate"], "2");
        let refused = open(&unnamed, json!({}));
        refused.expect_refusal(400, 420, "MISSING_INTEREST_RATE_FROM_SAVINGS_PRODUCT");
        let refused = open(&plain, json!({"interestRate": "2"}));
        refused.expect_refusal(400, 532, "INTEREST_RATE_SHOULD_BE_ZERO_OR_EMPTY");
        open(&plain, json!({"interestRate": "0.0"})).expect(201);
        let outside = (400, 120, "INVALID_INTEREST_RATE");
        open(&product, json!({"interestRate": "5.01"})).expect_refusal(outside.0, outside.1, outside.2);
        let rows = book.rows("savings_account");
        assert_eq!(rows, 2);

        filled(book, "S1", &product, "1000");
        let patch = |rate: Value| {
            let body = json!({"savingsAccount": {"interestRate": rate}});
            book.admin.patch("/api/savings/S1", &body)
        };
        patch(json!("x")).expect_refusal(outside.0, outside.1, outside.2);
        patch(json!(0.5)).expect_refusal(outside.0, outside.1, outside.2);
        book.close_days("2012-06-30");
        patch(json!("1.825")).expect(200);
        book.close_days("2012-07-02");
        // Two nights of ten cents and one of five; then one of 1,000.25 at half the rate: 0.0500125.
        assert_eq!(figures(&savings(book, "S1")), ["1000.25", "0.05"]);
        let spread = json!({"savingsAccount": {"interestSpread": "1"}});
        book.admin.patch("/api/savings/S1", &spread).expect_refusal(403, 19, "FEATURE_DISABLED");
    });
}

#[test]
fn interest_comes_before_loans_are_paid_and_a_locked_account_gets_it_too() {
    on_both(|book| {
        let product = with_interest(book);
        filled(book, "S1", &product, "1000");
        act(book, "S1", "type=LOCK");
        book.close_days("2012-07-01");
        assert_eq!(figures(&savings(book, "S1")), ["1000.3", "0"]);
        assert_eq!(savings(book, "S1")["accountState"], "LOCKED");
        let refused = try_act(book, "S1", "type=DEPOSIT&amount=1");
        refused.expect_refusal(400, 407, "INVALID_DEPOSIT_ACCOUNT_STATE");
    });
}

#[test]
fn a_product_that_contradicts_itself_is_refused() {
    on_both(|book| {
        let refused = |changes: Value| {
            let product = crate::book::with(crate::savings::daily_savings(), &changes);
            let answer = book.admin.post("/loam/v1/savings-products", &product);
            assert!((400..500).contains(&answer.status), "{} {}", answer.status, answer.text);
        };
        refused(json!({"interestRateSettings": {"minInterestRate": "3", "maxInterestRate": "2"}}));
        refused(json!({"interestPaymentPoint": "EVERY_YEAR"}));
        refused(json!({"interestPaymentPoint": "ON_FIXED_DATES"}));
        refused(
            json!({"interestPaymentPoint": "EVERY_WEEK", "interestPaymentDates": [{"dayOfMonth": 1, "monthOfYear": 4}]}),
        );
        refused(
            json!({"interestPaymentPoint": "ON_FIXED_DATES", "interestPaymentDates": [{"dayOfMonth": 31, "monthOfYear": 4}]}),
        );
        let dates = json!({"interestPaymentPoint": "ON_FIXED_DATES", "interestRateSettings": {"defaultInterestRate": "2"},
            "interestPaymentDates": [{"dayOfMonth": "1", "monthOfYear": 4}], "daysInYear": "ACTUAL_360"});
        let product = savings_product(book, &dates);
        let kept = book.admin.get(&format!("/loam/v1/savings-products/{product}")).expect(200).json();
        assert_shows(&kept, &json!({"interestPaymentDates": [{"dayOfMonth": 1, "monthOfYear": 4}]}));
        let without = json!({"interestPaymentPoint": null, "interestRateSettings": null,
            "interestPaymentDates": null, "daysInYear": null});
        let path = format!("/loam/v1/savings-products/{product}");
        book.admin.patch(&path, &json!({"name": "Other"})).expect(200);
        assert_shows(
            &book.admin.get(&path).expect(200).json(),
            &json!({"interestPaymentPoint": "ON_FIXED_DATES"}),
        );
        book.admin.patch(&path, &without).expect(200);
        assert_eq!(book.admin.get(&path).expect(200).json()["interestPaymentPoint"], Value::Null);
    });
}
