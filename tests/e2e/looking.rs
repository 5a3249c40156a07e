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

/// What multiplies out of a figure's parts, in minor units, by plain fractions.
fn multiplied_out(figure: &Value) -> i128 {
    let cents = |text: &Value| -> i128 {
        let text = text.as_str().expect("an amount");
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{part:0<2}").parse().expect("a plain amount")
    };
    let number = |text: &Value| text.as_str().expect("a number").parse::<i128>().expect("a whole number");
    let (mut top, mut bottom) = (0, 1);
    for part in figure["parts"].as_array().expect("a list") {
        let (mut over, mut under) = (cents(&part["amount"]), 1);
        for ratio in [&part["rateRatio"], &part["share"]] {
            if ratio.is_object() {
                over *= number(&ratio["numerator"]);
                under *= number(&ratio["denominator"]);
            }
        }
        (top, bottom) = (top * under + over * bottom, bottom * under);
    }
    (top * 2 + bottom) / (bottom * 2)
}

#[test]
fn every_figure_says_what_it_was_worked_out_on() {
    on_both(|book| {
        lent(book);
        book.act("OHNP076", "type=FEE&amount=5&repayment=4");
        let explained = book.read("/loam/v1/loans/OHNP076/explain");
        assert_shows(&explained, &json!({"id": "OHNP076", "asOf": "2012-09-10", "currencyCode": "USD"}));
        let figures = explained["figures"].as_array().expect("a list");
        let of = |name: &str| figures.iter().filter(|one| one["figure"] == name).collect::<Vec<_>>();
        let interest = of("INSTALLMENT_INTEREST");
        let rows = book.repayments("OHNP076");
        assert_eq!(interest.len(), rows.len());
        for (figure, row) in interest.iter().zip(&rows) {
            assert_eq!(figure["amount"], row["interestDue"]);
            let amount = multiplied_out(figure);
            assert_eq!(
                format!("{}.{:02}", amount / 100, amount % 100),
                figure["amount"].as_str().expect("text")
            );
            assert!(!figure["entries"].as_array().expect("a list").is_empty());
        }
        assert_shows(
            interest[0],
            &json!({"installment": 1, "rounding": "HALF_UP", "entries": [3],
                "formula": "950.00 × 2.5 % × 30/28 = 25.44642857142857142857, rounded half up to 25.45",
                "counting": {"interestChargeFrequency": "EVERY_FOUR_WEEKS"}}),
        );
        assert_shows(
            &interest[0]["parts"][0],
            &json!({"base": "ORIGINAL_PRINCIPAL", "amount": "950", "rate": "2.5", "from": "2012-06-28",
                "to": "2012-07-28", "days": 30, "share": {"numerator": "30", "denominator": "28"}}),
        );
        let applied: Vec<&Value> =
            of("INTEREST_APPLIED").into_iter().map(|one| &one["transactionId"]).collect();
        for row in book.transactions("OHNP076").iter().filter(|row| row["type"] == "INTEREST_APPLIED") {
            assert!(applied.contains(&&row["transactionId"]), "{row}");
        }
        assert_shows(of("FEE")[0], &json!({"amount": "5", "installment": 4, "working": "STATED"}));
        let before = book.read("/loam/v1/loans/OHNP076/explain?knownOn=2012-07-28");
        let before = before["figures"].as_array().expect("a list").len();
        assert!(before < figures.len());
    });
}

#[test]
fn a_quote_closes_the_loan_on_its_day() {
    on_both(|book| {
        lent(book);
        let quote = |query: &str| book.read(&format!("/loam/v1/loans/OHNP076/quote{query}"));
        assert_shows(
            &quote(""),
            &json!({"on": "2012-09-10", "principal": "686.29", "interest": "78.03", "amount": "764.32"}),
        );
        let later = quote("?on=2012-10-05");
        book.close_days("2012-10-05");
        book.act("OHNP076", &format!("type=REPAYMENT&amount={}", later["amount"].as_str().expect("text")));
        assert_eq!(book.loan("OHNP076")["accountState"], "CLOSED");
        assert_eq!(quote("")["amount"], "0");
        let past = book.admin.get("/loam/v1/loans/OHNP076/quote?on=2012-10-04");
        assert_eq!((past.status, past.json()["error"]["field"].as_str()), (400, Some("on")));
    });
}

#[test]
fn what_a_loan_costs_in_a_year_counts_the_fee_that_was_kept() {
    on_both(|book| {
        let monthly = json!({"id": "APR", "interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED",
            "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED"},
            "scheduleInterestDaysCountMethod": "USING_REPAYMENT_PERIODICITY"});
        let product = crate::book::with(crate::book::agriculture(), &monthly);
        let product = crate::book::record(&book.admin, "loan-products", &product);
        book.apply_with(
            "A",
            &json!({"productTypeKey": product, "interestRate": "12", "repaymentInstallments": 12}),
        );
        let rates = book.read("/loam/v1/loans/A/apr");
        // (1 + 0.12/12)^12 − 1, and the same back from the schedule, which is rounded to cents.
        assert_shows(
            &rates,
            &json!({"beginsOn": "2012-06-28", "advanced": "950", "effectiveInterestRate": "12.68"}),
        );
        let percent = |name: &str| rates[name].as_str().and_then(|text| text[..2].parse::<u32>().ok());
        assert_eq!(
            (percent("annualPercentageRate"), percent("annualPercentageRateOfCharge")),
            (Some(12), Some(12))
        );
    });
}
