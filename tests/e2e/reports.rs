//! Reports over loans and the ledger: what they say agrees with each other on every day, in every form.

use loam_tests::http::Answer;
use serde_json::{Value, json};

use crate::book::{Book, on_both, record, text};

pub(crate) fn report(book: &Book, query: &str) -> Vec<Value> {
    book.list(&format!("/loam/v1/reports/{query}"))
}

/// What stands on an account by the trial balance.
pub(crate) fn closing(rows: &[Value], code: &str) -> String {
    let row = rows.iter().find(|row| row["glCode"] == code);
    row.map_or_else(|| "0".to_owned(), |row| text(&row["closing"]))
}

/// An amount in cents.
pub(crate) fn hundredths(value: &Value) -> i64 {
    let text = text(value);
    let (units, cents) = text.split_once('.').unwrap_or((&text, ""));
    let cents = format!("{cents:0<2}");
    let sign = if units.starts_with('-') { -1 } else { 1 };
    units.parse::<i64>().expect("units") * 100 + sign * cents.parse::<i64>().expect("cents")
}

/// The sum of a column, in cents.
pub(crate) fn sum(rows: &[Value], column: &str) -> i64 {
    rows.iter().map(|row| hundredths(&row[column])).sum()
}

/// Two loans, one paid on time, one late; a repayment is booked a day after its value date.
pub(crate) fn filled(book: &Book) {
    book.lend("GOOD");
    book.lend("LATE");
    book.close_days("2012-07-28");
    book.act("GOOD", "type=REPAYMENT&amount=215.45");
    book.close_days("2012-09-05");
    book.act("LATE", "type=REPAYMENT&amount=100&date=2012-09-04");
    book.close_days("2012-09-10");
}

#[test]
fn the_ledger_and_the_loans_agree_on_every_day() {
    on_both(|book| {
        filled(book);
        for by in ["bookingDate", "valueDate"] {
            for day in ["2012-06-28", "2012-07-28", "2012-08-15", "2012-09-04", "2012-09-05", "2012-09-10"] {
                let ledger = report(book, &format!("trial-balance?to={day}&by={by}"));
                let loans = report(book, &format!("sub-ledger?to={day}&by={by}"));
                assert_eq!(sum(&ledger, "closing"), 0, "{day} {by}");
                assert_eq!(loans.len(), 2, "{day} {by}");
                for (column, code) in [("principal", "1100"), ("interest", "1210"), ("fees", "1220")] {
                    let row = json!({"closing": closing(&ledger, code)});
                    assert_eq!(sum(&loans, column), sum(&[row], "closing"), "{column} on {day} by {by}");
                }
            }
        }
        let of = |by: &str| closing(&report(book, &format!("trial-balance?to=2012-09-04&by={by}")), "1400");
        assert_ne!(of("bookingDate"), of("valueDate"), "a repayment counted before it was booked");
        let month = report(book, "trial-balance?from=2012-07-01&to=2012-07-31");
        let cash = month.iter().find(|row| row["glCode"] == "1400").expect("cash moved");
        let figures = ["opening", "debits", "credits", "closing"].map(|column| text(&cash[column]));
        assert_eq!(figures, ["-1900", "215.45", "0", "-1684.55"]);
    });
}

#[test]
fn a_statement_ends_where_the_account_stands() {
    on_both(|book| {
        filled(book);
        let rows = report(book, "gl-statement?account=1400&from=2012-07-01");
        let balances: Vec<String> = rows.iter().map(|row| text(&row["balance"])).collect();
        assert_eq!(balances.first().map(String::as_str), Some("-1900"));
        let whole = report(book, "trial-balance");
        assert_eq!(balances.last(), Some(&closing(&whole, "1400")));
        assert_eq!(rows[1]["accountId"], "GOOD");
        let income = report(book, "income?from=2012-07-01");
        let interest: Vec<&Value> = income.iter().filter(|row| row["glCode"] == "4100").collect();
        assert_eq!((interest.len(), &interest[0]["productId"]), (1, &json!("AGRL")));
        assert_eq!(text(&interest[0]["amount"]), closing(&whole, "4100").trim_start_matches('-'));
    });
}

#[test]
fn by_value_date_each_balance_is_that_of_its_day() {
    on_both(|book| {
        filled(book);
        // Counts on a day before others that were booked before it.
        book.act("GOOD", "type=REPAYMENT&amount=50&date=2012-08-20");
        for (by, day) in [("bookingDate", "bookingDate"), ("valueDate", "valueDate")] {
            let rows = report(book, &format!("gl-statement?account=1400&from=2012-07-01&by={by}"));
            let days: Vec<String> = rows[1..].iter().map(|row| text(&row[day])).collect();
            assert!(days.len() >= 3 && days.is_sorted(), "{by}: {days:?}");
            for (place, on) in days.iter().enumerate().filter(|(place, on)| days.get(place + 1) != Some(on)) {
                let ledger = report(book, &format!("trial-balance?to={on}&by={by}"));
                assert_eq!(text(&rows[place + 1]["balance"]), closing(&ledger, "1400"), "{by} {on}");
            }
        }
    });
}

#[test]
fn what_is_to_be_collected_is_told_as_of_a_day_by_either_date() {
    on_both(|book| {
        filled(book);
        let due = |query: &str| report(book, &format!("collections-due?{query}"));
        assert!(due("to=2012-12-31&asOf=2012-06-27").is_empty(), "nothing was lent then");
        assert_eq!(due("to=2012-08-28&asOf=2012-07-27").len(), 4);
        assert_eq!(due("to=2012-08-28&asOf=2012-07-28").len(), 3, "one installment was paid");
        assert_eq!(
            due("asOf=2012-08-28"),
            due("to=2012-08-28&asOf=2012-08-28"),
            "left out, `to` is that day"
        );
        let first = |by: &str, day: &str| sum(&due(&format!("to=2012-07-28&asOf={day}&by={by}")), "total");
        let unpaid = first("bookingDate", "2012-09-04");
        assert_eq!(first("valueDate", "2012-09-04"), unpaid - 100_00, "it counts and is not booked");
        assert_eq!(first("bookingDate", "2012-09-05"), unpaid - 100_00);
        assert_eq!(due("to=2012-12-31"), due("to=2012-12-31&asOf=2012-09-10&by=valueDate"));
        // All principal that is owed falls due some day.
        for by in ["bookingDate", "valueDate"] {
            for day in ["2012-06-28", "2012-07-28", "2012-08-15", "2012-09-04", "2012-09-05", "2012-09-10"] {
                let loans = report(book, &format!("sub-ledger?to={day}&by={by}"));
                let to_come = due(&format!("to=2013-12-31&asOf={day}&by={by}"));
                assert_eq!(sum(&to_come, "principal"), sum(&loans, "principal"), "{day} {by}");
            }
        }
        let paid = |query: &str| sum(&report(book, &format!("schedules{query}")), "principalPaid");
        assert_eq!(paid("?asOf=2012-07-27"), 0);
        assert_eq!(paid("?asOf=2012-09-10"), paid(""));
        assert!(paid("?asOf=2012-09-04&by=valueDate") > paid("?asOf=2012-09-04"));
    });
}

#[test]
fn what_is_late_is_told_by_its_age() {
    on_both(|book| {
        filled(book);
        let at_risk = report(book, "portfolio-at-risk?bands=10,20,30");
        let bands: Vec<(String, String)> =
            at_risk.iter().map(|row| (text(&row["daysPastDue"]), text(&row["principal"]))).collect();
        let late = report(book, "sub-ledger");
        let days: Vec<i64> = late.iter().filter_map(|row| row["daysPastDue"].as_i64()).collect();
        assert_eq!(bands.len(), 2, "{bands:?} {days:?}");
        assert_eq!(at_risk.iter().filter_map(|row| row["loans"].as_i64()).sum::<i64>(), 2);
        assert_eq!(sum(&at_risk, "principal"), sum(&late, "principal"));
        let before = report(book, "portfolio-at-risk?to=2012-07-28");
        assert_eq!(before.len(), 1, "nothing was late then: {before:?}");
        let aging = report(book, "aging?bands=10,20,30");
        assert_eq!(aging.iter().filter_map(|row| row["installments"].as_i64()).sum::<i64>(), 3);
        let due = report(book, "collections-due?from=2012-09-01&to=2012-09-30");
        assert_eq!(due.iter().map(|row| text(&row["dueDate"])).collect::<Vec<_>>(), ["2012-09-28"; 2]);
        assert_eq!(sum(&due, "principal"), 2 * 190_00);
    });
}

fn content_type(answer: &Answer) -> &str {
    answer.header("content-type").expect("a type")
}

#[test]
fn a_report_comes_in_the_form_that_is_asked_for() {
    on_both(|book| {
        filled(book);
        let csv = book.admin.get("/loam/v1/reports/sub-ledger?format=csv").expect(200);
        assert_eq!(content_type(&csv), "text/csv; charset=utf-8");
        let lines: Vec<&str> = csv.text.lines().collect();
        assert!(lines.len() == 3 && lines[0].starts_with("accountId,encodedKey,productId"), "{lines:?}");
        assert!(csv.header("content-disposition").is_some_and(|name| name.contains("sub-ledger.csv")));
        let transactions = report(book, "transactions?from=2012-09-04&to=2012-09-04&by=valueDate");
        let told: Vec<(String, String)> =
            transactions.iter().map(|row| (text(&row["type"]), text(&row["bookingDate"]))).collect();
        assert!(told.contains(&("REPAYMENT".to_owned(), "2012-09-05".to_owned())), "{told:?}");
        assert_eq!(report(book, "schedules").len(), 10);
    });
}

#[test]
fn what_a_report_cannot_be_is_refused() {
    on_both(|book| {
        filled(book);
        record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        assert!(report(book, "sub-ledger?branch=3").is_empty());
        assert!(report(book, "trial-balance?branch=3").is_empty());
        for (query, code, field) in [
            ("trial-balance?from=2012-08-01&to=2012-07-01", "invalid_member", "from"),
            ("trial-balance?by=day", "not_supported", "by"),
            ("trial-balance?format=parquet", "not_supported", "format"),
            ("sub-ledger?format=pdf", "not_supported", "format"),
            ("sub-ledger?branch=99", "invalid_member", "branch"),
            ("aging?bands=30,10", "invalid_member", "bands"),
            ("trial-balance?asOf=2012-07-01", "not_supported", "asOf"),
            ("income?bands=30", "not_supported", "bands"),
            ("sub-ledger?from=2012-07-01", "not_supported", "from"),
            ("deposit-sub-ledger?from=2012-07-01", "not_supported", "from"),
            ("deposit-sub-ledger?to=2012-09-11", "invalid_member", "to"),
            ("provisions?bands=30", "not_supported", "bands"),
            ("schedules?to=2012-07-01", "not_supported", "to"),
            ("collections-due?bands=30", "not_supported", "bands"),
            ("transactions?knownOn=2012-07-01", "not_supported", "knownOn"),
            ("sub-ledger?to=2012-09-11", "invalid_member", "to"),
            ("collections-due?asOf=2012-09-11", "invalid_member", "asOf"),
            ("gl-statement", "missing_member", "account"),
            ("gl-statement?account=9999", "invalid_member", "account"),
        ] {
            let answer = book.admin.get(&format!("/loam/v1/reports/{query}"));
            let error = &answer.json()["error"];
            let told = (answer.status, error["code"].as_str(), error["field"].as_str());
            assert_eq!(told, (400, Some(code), Some(field)), "{query}");
        }
        let told =
            book.admin.get("/loam/v1/reports/aging?from=2012-07-01").json()["error"]["message"].clone();
        assert_eq!(told, "from is no parameter of aging, which has to, by, branch, bands, format");
        assert!(
            !report(book, "trial-balance?from=2012-09-01&to=2012-09-30").is_empty(),
            "a month that is not over"
        );
        let clerk = book.user_with("clerk", &["VIEW_JOURNAL_ENTRIES"]);
        assert_eq!(clerk.get("/loam/v1/reports/trial-balance").status, 403);
    });
}
