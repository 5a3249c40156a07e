//! What a dynamic loan spreads anew, what stays then, and time without interest.

use jiff::civil::date;
use loam_book::loan::command::{ChangeInterestRate, LoanCommand};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::product::payments::{PrepaymentRecalculation, ScheduleEdit};
use loam_book::product::{GracePeriodType, Product};
use loam_book::stated::StatedPercent;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::schedule::InterestMethod;

use crate::dynamic::{agreed, dynamic, is_repaid, rows};
use crate::support::TestBook;

/// 1000.00 at 12 % by actual days of a year of 365.
fn by_days() -> Product {
    let mut kind = dynamic();
    kind.day_count = DayCount::Actual365Fixed;
    kind.days_method = DaysMethod::ActualDays;
    kind
}

/// The first two months are free of interest: whoever pays in them pays principal only.
#[test]
fn an_early_payment_pays_no_interest_for_time_that_is_forgiven() {
    let mut kind = by_days();
    kind.grace_period_type = GracePeriodType::InterestForgiveness;
    kind.grace_period.default = Some(2);
    assert_eq!(kind.contradiction(), None);
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 6));
    book.move_to(date(2024, 1, 16));
    assert_eq!(book.loan().payoff_on(book.business_date).total().minor(), 1_000_00);
    assert_eq!(book.loan().accrued_on(book.business_date).minor(), 0);
    let refused = book.command(&LoanCommand::ApplyInterest { value_date: None, notes: None });
    assert!(matches!(refused, Err(Refusal::NoAccruedInterest { .. })));
    let posted = book.repay("105").expect("prepayments are accepted");
    assert_eq!(posted.len(), 1, "no interest is applied");
    assert_eq!(book.outstanding().principal.minor(), 895_00);
    assert_eq!(book.findings(), []);
    // From the third month on there is interest again: 895.00 × 12 % × 15 ÷ 365.
    book.move_to(date(2024, 3, 16));
    assert_eq!(book.loan().accrued_on(book.business_date).minor(), 4_41);
}

fn new_rate(book: &mut TestBook, percent: &str) {
    let rate = StatedPercent(percent.into());
    let change = ChangeInterestRate { rate, value_date: None, notes: None };
    book.command(&LoanCommand::ChangeInterestRate(change)).expect("it is a dynamic loan");
    assert_eq!(book.findings(), []);
}

/// 1200.00 in twelve months, principal in every third of them, whenever the rate changes.
#[test]
fn a_new_rate_does_not_move_the_installments_that_repay_principal() {
    for method in [InterestMethod::DecliningBalance, InterestMethod::DecliningBalanceDiscounted] {
        let mut kind = dynamic();
        kind.interest_method = method;
        kind.principal_repayment_interval = 3;
        let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1200", "12", 12));
        let repaying = |book: &TestBook| -> Vec<usize> {
            let rows = rows(book).into_iter().enumerate();
            rows.filter(|(_, row)| row.0 > 0).map(|(index, _)| index + 1).collect()
        };
        for (month, percent) in [(2, "13"), (3, "14"), (4, "11"), (6, "9"), (8, "12")] {
            book.move_to(date(2024, month, 1));
            let due = book.loan().due_by(book.business_date).total();
            book.repay(&due.to_fixed_text(book.loan().terms.currency)).expect("it is due");
            new_rate(&mut book, percent);
            assert_eq!(repaying(&book), [3, 6, 9, 12], "{method:?} in month {month}");
        }
        if method == InterestMethod::DecliningBalance {
            let principal: i64 = rows(&book).iter().map(|row| row.0).max().expect("there are rows");
            assert_eq!(principal, 300_00, "they are equal shares");
        }
    }
}

/// 1000.00 at 12 % in five months, of which the second becomes a holiday, so that there are six.
fn with_a_holiday(mut kind: Product) -> TestBook {
    kind.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustNumberOfInstallments];
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 5));
    let row = StatedRow { number: Some(2), is_payment_holiday: true, ..StatedRow::default() };
    book.command(&LoanCommand::EditSchedule { rows: vec![row] }).expect("it is not due");
    assert_eq!(book.loan().servicing.installments.len(), 6);
    book
}

#[test]
fn what_is_spread_anew_leaves_payment_holidays_out() {
    let totals = |book: &TestBook| -> Vec<i64> { rows(book).iter().map(|row| row.0 + row.1).collect() };
    let mut book = with_a_holiday(dynamic());
    new_rate(&mut book, "12.5");
    let after = totals(&book);
    // Five times 206.34 would be the installments of five months; one month more costs about 2.10 each.
    assert!((206_00..209_00).contains(&after[0]), "{after:?}");
    assert_eq!((after[1], &after[2..5]), (0, [after[0]; 3].as_slice()), "{after:?}");
    assert!((after[5] - after[0]).abs() < 12_00, "no second installment comes with the last one: {after:?}");
    for month in 2..=7 {
        book.move_to(date(2024, month, 1));
        assert_eq!(totals(&book), after, "paid on time it stays");
        let due = book.loan().due_by(book.business_date).total();
        if due.is_positive() {
            book.repay(&due.to_fixed_text(book.loan().terms.currency)).expect("it is due");
        }
        assert_eq!(book.findings(), []);
    }
    assert!(is_repaid(&book));
}

#[test]
fn prepayments_leave_payment_holidays_out_by_every_method() {
    use PrepaymentRecalculation as Method;
    for method in [
        Method::ReduceAmountPerInstallment,
        Method::RecalculateScheduleKeepSamePrincipalAmount,
        Method::RecalculateScheduleKeepSameTotalRepaymentAmount,
    ] {
        for evens in [false, true] {
            let mut kind = dynamic();
            kind.payment_rules.prepayment_recalculation = method;
            kind.payment_rules.evens_installments = evens;
            let mut book = with_a_holiday(kind);
            book.move_to(date(2024, 1, 11));
            book.repay("300").expect("prepayments are accepted");
            let stored = book.loan().servicing.installments[1].expected;
            assert!(stored.is_zero(), "{method:?}: {stored:?}");
            let shown = rows(&book);
            let last = shown[5].0 + shown[5].1;
            assert!(last < 206_34 + 12_00, "{method:?}: no second installment comes with it: {shown:?}");
            if method == Method::ReduceAmountPerInstallment {
                assert!((last - shown[4].0 - shown[4].1).abs() < 12_00, "{shown:?}");
            }
            book.move_to(date(2024, 2, 1));
            assert_eq!(rows(&book), shown, "{method:?}");
            assert_eq!(book.findings(), []);
        }
    }
}

/// 1000.00 at 12 % in five months up to June 30, of which nothing is paid, due again on January 30.
#[test]
fn a_matured_loan_that_is_re_aged_has_interest_for_the_time_since_maturity_only_where_it_grows_there() {
    for (grows, interest) in [(false, 10_19), (true, 70_36)] {
        let mut kind = by_days();
        kind.interest_rules.accrues_after_maturity = grows;
        let mut book = TestBook::active(kind, date(2024, 1, 30), agreed("1000", "12", 5));
        assert_eq!(book.loan().servicing.installments[4].due_date, date(2024, 6, 30));
        book.move_to(date(2024, 12, 30));
        let re_age = ReAge { first_due_date: date(2025, 1, 30), installments: 1, period: None, notes: None };
        book.command(&LoanCommand::ReAge(re_age)).expect("everything is overdue");
        let row = &book.loan().servicing.installments[5];
        assert_eq!(row.interest_to_apply().minor(), interest);
        assert_eq!(book.findings(), []);
        book.move_to(date(2025, 1, 30));
        assert_eq!(book.loan().servicing.installments[5].interest_to_apply().minor(), 0);
        assert_eq!(book.findings(), []);
    }
}
