//! A loan on any day, as known on any other: what was, what will be, and why.

use serde_json::{Value, json};

use crate::book::{Book, on_both};
use crate::subset::assert_shows;

fn seen(book: &Book, query: &str) -> Value {
    book.read(&format!("/loam/v1/loans/OHNP076{query}"))
}

/// The loan of the sample account: 950, repaid once in time and once late, on the 10th of September.
fn lent(book: &Book) {
    book.lend("OHNP076");
    book.close_days("2012-07-28");
    book.act("OHNP076", "type=REPAYMENT&amount=215.45");
    book.close_days("2012-09-10");
    book.act("OHNP076", "type=REPAYMENT&amount=100");
}

#[test]
fn a_loan_is_seen_as_it_was() {
    on_both(|book| {
        lent(book);
        let today = seen(book, "");
        assert_shows(
            &today,
            &json!({"asOf": "2012-09-10", "knownOn": "2012-09-10", "businessDate": "2012-09-10",
                "id": "OHNP076", "accountState": "ACTIVE_IN_ARREARS", "currencyCode": "USD",
                "loanAmount": "950", "disbursementDate": "2012-06-28", "principalBalance": "686.29",
                "interestBalance": "0", "daysLate": 13, "daysInArrears": 13, "lateSince": "2012-08-28"}),
        );
        assert_eq!(today["repayments"].as_array().map(Vec::len), Some(5));
        assert_shows(&today["repayments"][1], &json!({"state": "LATE", "principalPaid": "73.71"}));
        // Name by name the figures of today are those of the account.
        let account = book.loan("OHNP076");
        for name in
            ["principalDue", "principalPaid", "interestDue", "interestPaid", "feesBalance", "daysLate"]
        {
            assert_eq!(today[name], account[name], "{name}");
        }
        assert_eq!(seen(book, "?asOf=2012-09-10"), today);

        let before = seen(book, "?asOf=2012-07-28&knownOn=2012-07-27");
        assert_shows(&before, &json!({"principalBalance": "950", "interestBalance": "25.45", "daysLate": 0}));
        assert_shows(&before["repayments"][0], &json!({"state": "PENDING", "interestApplied": "25.45"}));
        let paid = seen(book, "?asOf=2012-07-28");
        assert_shows(&paid, &json!({"principalBalance": "760", "interestBalance": "0"}));
        // Known before the late repayment was made, the loan is as late on a day to come.
        let foreseen = seen(book, "?asOf=2012-09-30&knownOn=2012-09-09");
        assert_shows(
            &foreseen,
            &json!({"principalBalance": "760", "daysLate": 33, "lateSince": "2012-08-28"}),
        );
        let applied = seen(book, "?asOf=2012-06-28&knownOn=2012-06-28");
        assert_shows(&applied, &json!({"accountState": "ACTIVE", "principalBalance": "950"}));
    });
}

#[test]
fn a_loan_is_seen_as_it_will_be_if_nobody_does_anything() {
    on_both(|book| {
        lent(book);
        let snapshot = book.snapshot();
        let ahead = seen(book, "?asOf=2012-11-28");
        assert_shows(
            &ahead,
            &json!({"asOf": "2012-11-28", "businessDate": "2012-09-10", "principalBalance": "686.29",
                "interestBalance": "78.03", "principalDue": "686.29", "daysLate": 92, "accountState": "ACTIVE_IN_ARREARS"}),
        );
        assert_eq!(book.snapshot(), snapshot, "nothing was written");
        // What was foreseen comes to be, when nobody does anything.
        book.close_days("2012-11-28");
        let came = seen(book, "");
        for name in
            ["principalBalance", "interestBalance", "interestDue", "daysLate", "daysInArrears", "repayments"]
        {
            assert_eq!(came[name], ahead[name], "{name}");
        }
        let never = book.admin.get("/loam/v1/loans/OHNP076?asOf=2112-11-29");
        assert_eq!((never.status, never.json()["error"]["field"].as_str()), (400, Some("asOf")));
    });
}

#[test]
fn accrued_interest_is_exact_and_a_schedule_shows_before_the_loan_is_paid_out() {
    on_both(|book| {
        let product = crate::book::with(
            crate::book::agriculture(),
            &json!({"id": "DECL", "interestCalculationMethod": "DECLINING_BALANCE"}),
        );
        let product = crate::book::record(&book.admin, "loan-products", &product);
        book.apply_with("D1", &json!({"productTypeKey": product}));
        let planned = book.read("/loam/v1/loans/D1");
        assert_shows(&planned, &json!({"accountState": "PENDING_APPROVAL", "principalBalance": "0"}));
        assert_eq!(planned["repayments"][0]["interestDue"], "25.45");
        book.act("D1", "type=APPROVAL");
        book.act("D1", "type=DISBURSEMENT");
        // 25.45 × 7 ÷ 30
        let week = book.read("/loam/v1/loans/D1?asOf=2012-07-05");
        assert_eq!(week["accruedInterest"], "5.93833333333333333333");
    });
}

#[test]
fn what_cannot_be_seen_is_refused_in_this_doors_way() {
    on_both(|book| {
        let created = book.lend("OHNP076");
        let refused = |path: &str| {
            let answer = book.admin.get(&format!("/loam/v1/loans/{path}"));
            let error = answer.json()["error"].clone();
            (answer.status, error["code"].as_str().map(str::to_owned), error["field"].clone())
        };
        let not_found = (404, Some("not_found".to_owned()), Value::Null);
        assert_eq!(refused("NOBODY"), not_found);
        assert_eq!(refused("OHNP076?asOf=2012-06-27"), not_found);
        assert_eq!(refused("OHNP076?knownOn=2012-06-27"), not_found);
        let no_date = |field: &str| (400, Some("invalid_member".to_owned()), json!(field));
        assert_eq!(refused("OHNP076?asOf=soon"), no_date("asOf"));
        assert_eq!(refused("OHNP076?knownOn=2012-02-30"), no_date("knownOn"));
        assert_eq!(refused("NOBODY/explain"), not_found);
        let key = created["encodedKey"].as_str().expect("a key");
        assert_eq!(book.read(&format!("/loam/v1/loans/{key}")), seen(book, ""));
        let teller = book.user_with("teller", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        assert_eq!(teller.get("/loam/v1/loans/OHNP076").status, 403);
    });
}
