//! What a loan may agree on besides the usual figures: a due day, a maturity date, a capitalized
//! fee, interest through the due date.

use jiff::civil::{Date, date};
use loam_book::loan::command::{Disburse, LoanCommand, LoanEdit, LoanFigures};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::refusal::TermsRefusal;
use loam_book::loan::transaction::TransactionKind;
use loam_book::product::{DailyAccrual, Product, ProductDueDates};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::Components;
use loam_calc::calendar::PeriodUnit;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::ShortMonth;
use loam_calc::money::Amount;
use loam_calc::schedule::{ChargeFrequency, InterestMethod};

use crate::auditor::Auditor;
use crate::support::{TestBook, cents, figures, product};

/// Equal installments, 30/360, once a month.
fn monthly() -> Product {
    Product {
        interest_method: InterestMethod::DecliningBalanceDiscounted,
        charge_frequency: ChargeFrequency::Annualized,
        day_count: DayCount::ThirtyE360,
        days_method: DaysMethod::RepaymentPeriodicity,
        ..product()
    }
}

/// The same product, with interest by the days.
fn by_days() -> Product {
    Product { day_count: DayCount::Actual360, days_method: DaysMethod::ActualDays, ..monthly() }
}

fn due_dates(book: &TestBook) -> Vec<Date> {
    book.loan().servicing.installments.iter().map(|row| row.due_date).collect()
}

fn interest(book: &TestBook) -> Vec<i64> {
    book.loan().servicing.installments.iter().map(|row| row.expected.interest.minor()).collect()
}

fn on_day(day: u8, installments: u32) -> LoanFigures {
    LoanFigures { due_day: Some(day), installments: Some(installments), ..figures("1000") }
}

fn refused(product: Product, figures: LoanFigures) -> Refusal {
    let mut book = TestBook::new(product, date(2014, 6, 23));
    book.create_with(figures).expect_err("it is refused")
}

#[test]
fn a_due_day_of_31_keeps_its_day_over_february_of_a_common_year() {
    let book = TestBook::active(monthly(), date(2014, 12, 5), on_day(31, 4));
    let expected = [date(2015, 1, 31), date(2015, 2, 28), date(2015, 3, 31), date(2015, 4, 30)];
    assert_eq!(due_dates(&book), expected);
}

#[test]
fn a_due_day_of_31_keeps_its_day_over_february_of_a_leap_year() {
    let book = TestBook::active(monthly(), date(2016, 1, 31), on_day(31, 3));
    assert_eq!(due_dates(&book), [date(2016, 2, 29), date(2016, 3, 31), date(2016, 4, 30)]);
}

#[test]
fn the_first_due_day_lies_in_the_month_after_the_disbursement() {
    for (paid_out, first) in [
        (date(2014, 6, 1), date(2014, 7, 15)),
        (date(2014, 6, 15), date(2014, 7, 15)),
        (date(2014, 6, 30), date(2014, 7, 15)),
        (date(2014, 12, 31), date(2015, 1, 15)),
    ] {
        let book = TestBook::active(monthly(), paid_out, on_day(15, 2));
        assert_eq!(due_dates(&book)[0], first, "paid out on {paid_out}");
    }
}

#[test]
fn a_first_due_date_wins_over_the_due_days_own_month_but_not_over_its_day() {
    let later = LoanFigures { first_due_date: Some(Some(date(2014, 9, 15))), ..on_day(15, 2) };
    let book = TestBook::active(monthly(), date(2014, 6, 23), later);
    assert_eq!(due_dates(&book), [date(2014, 9, 15), date(2014, 10, 15)]);
    let elsewhere = LoanFigures { first_due_date: Some(Some(date(2014, 7, 16))), ..on_day(15, 2) };
    let first_due_date = date(2014, 7, 16);
    assert_eq!(refused(monthly(), elsewhere), TermsRefusal::NotAFixedDay { first_due_date }.into());
}

#[test]
fn a_due_day_that_no_month_has_is_refused() {
    for day in [0, 32, 255] {
        let refusal = refused(monthly(), on_day(day, 3));
        assert!(matches!(refusal, Refusal::InvalidDueDay { value, .. } if value == i64::from(day)));
    }
}

#[test]
fn only_a_loan_repaid_once_a_month_has_a_due_day() {
    let every = |count, unit| ProductDueDates::Interval { count: Some(count), unit: Some(unit) };
    let fixed = |days: Vec<u8>| ProductDueDates::FixedDaysOfMonth {
        days,
        short_month: ShortMonth::FirstDayOfNextMonth,
    };
    for due_dates in [
        every(2, PeriodUnit::Months),
        every(1, PeriodUnit::Weeks),
        every(30, PeriodUnit::Days),
        every(1, PeriodUnit::Years),
        fixed(vec![1, 15]),
    ] {
        let refusal = refused(Product { due_dates, ..monthly() }, on_day(10, 3));
        assert!(matches!(refusal, Refusal::InvalidDueDay { value: 10, .. }), "{refusal}");
    }
    let book =
        TestBook::active(Product { due_dates: fixed(vec![1]), ..monthly() }, date(2015, 1, 5), on_day(30, 2));
    assert_eq!(due_dates(&book), [date(2015, 2, 28), date(2015, 3, 30)]);
}

#[test]
fn a_due_day_stays_through_an_edit_that_does_not_name_it() {
    let mut book = TestBook::new(monthly(), date(2014, 6, 23));
    book.create_with(on_day(31, 3)).expect("it is within the product");
    let figures = LoanFigures { installments: Some(2), ..LoanFigures::default() };
    book.command(&LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() })))
        .expect("it is not approved");
    assert_eq!((book.loan().terms.due_day, book.loan().terms.installment_count), (Some(31), 2));
}

fn until(last: Date, installments: Option<u32>) -> LoanFigures {
    LoanFigures {
        expected_disbursement_on: Some(Some(date(2014, 6, 23))),
        last_due_date: Some(Some(last)),
        installments,
        ..figures("1000")
    }
}

#[test]
fn a_maturity_date_alone_counts_the_due_dates_up_to_it() {
    for (last, count) in
        [(date(2014, 7, 23), 1), (date(2014, 8, 22), 1), (date(2014, 9, 23), 3), (date(2015, 4, 23), 10)]
    {
        let book = TestBook::active(monthly(), date(2014, 6, 23), until(last, None));
        assert_eq!(due_dates(&book).len(), count, "until {last}");
        assert_eq!(due_dates(&book).last(), Some(&last));
    }
}

#[test]
fn a_maturity_date_before_the_first_due_date_is_refused() {
    let last = date(2014, 7, 22);
    let refusal = refused(monthly(), until(last, None));
    assert!(matches!(refusal, Refusal::InvalidLastDueDate { value, .. } if value == last), "{refusal}");
}

#[test]
fn with_a_maturity_date_and_a_count_the_count_stands() {
    let book = TestBook::active(monthly(), date(2014, 6, 23), until(date(2014, 10, 1), Some(3)));
    assert_eq!(due_dates(&book), [date(2014, 7, 23), date(2014, 8, 23), date(2014, 10, 1)]);
    let last = date(2014, 9, 22);
    let refusal = refused(monthly(), until(last, Some(3)));
    assert!(matches!(refusal, Refusal::InvalidLastDueDate { value, .. } if value == last), "{refusal}");
}

#[test]
fn a_maturity_date_needs_a_day_to_count_from() {
    let nowhere = LoanFigures { expected_disbursement_on: None, ..until(date(2015, 4, 23), None) };
    assert_eq!(
        refused(monthly(), nowhere.clone()),
        Refusal::MissingField { field: "expectedDisbursementDate" }
    );
    let first_due_date = Some(Some(date(2014, 7, 31)));
    let book = TestBook::active(monthly(), date(2014, 6, 23), LoanFigures { first_due_date, ..nowhere });
    assert_eq!(due_dates(&book).len(), 9, "from 31 July to 31 March, which moves to 23 April");
}

#[test]
fn as_many_installments_as_no_loan_has_are_not_counted_for_ever() {
    let refusal = refused(monthly(), until(date(9999, 12, 31), None));
    assert!(matches!(refusal, Refusal::InvalidInstallmentCount { .. }), "{refusal}");
}

#[test]
fn the_longer_last_period_costs_interest_by_the_days_and_none_by_the_nominal_period() {
    let (regular, later) = (date(2014, 8, 23), date(2014, 9, 2));
    let last_interest = |product: Product, last: Date| {
        let book = TestBook::active(product, date(2014, 6, 23), until(last, Some(2)));
        (book.loan().servicing.installments[1].expected, interest(&book)[1])
    };
    assert_eq!(last_interest(monthly(), later), last_interest(monthly(), regular));
    let (expected, interest) = last_interest(by_days(), later);
    // By hand: 41 days instead of 31 at 2.5 % ÷ 360 on what is left.
    let days = i128::from(expected.principal.minor()) * 25 * 41;
    assert_eq!(i128::from(interest), (days + 180_000) / 360_000);
}

#[test]
fn ten_thousand_with_two_percent_of_fee_is_the_loan_of_the_contract() {
    let agreed = LoanFigures {
        capitalized_fee: Some(StatedAmount("200".into())),
        interest_rate: Some(StatedPercent("9".into())),
        installments: Some(10),
        ..figures("10200")
    };
    let book = TestBook::active(monthly(), date(2014, 6, 23), agreed);
    let totals: Vec<i64> =
        book.loan().servicing.installments.iter().map(|row| row.expected.total().minor()).collect();
    assert_eq!(totals, [[1062_55; 9].as_slice(), &[1062_50]].concat());
    assert_eq!(interest(&book), [76_50, 69_10, 61_65, 54_15, 46_58, 38_96, 31_29, 23_55, 15_76, 7_91]);
    assert_eq!(book.outstanding(), Components { principal: cents(10_200_00), ..Components::default() });

    let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
    assert_eq!((auditor.paid_out(), auditor.fee_income()), (cents(10_000_00), cents(200_00)));
    assert_eq!(auditor.outstanding(), book.outstanding());
    assert_eq!(book.findings(), []);
}

#[test]
fn undoing_the_disbursement_gives_the_capitalized_fee_back() {
    let fee = Some(StatedAmount("200".into()));
    let mut book = TestBook::active(
        monthly(),
        date(2014, 6, 23),
        LoanFigures { capitalized_fee: fee, ..figures("10200") },
    );
    book.move_to(date(2014, 7, 25));
    let undone =
        book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    let reversal = undone.iter().find(|t| t.kind == TransactionKind::DisbursementReversal);
    assert_eq!(reversal.map(|reversal| reversal.amount), Some(cents(-10_200_00)));
    let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
    assert_eq!((auditor.paid_out(), auditor.fee_income()), (Amount::ZERO, Amount::ZERO));
    assert!(book.outstanding().is_zero() && auditor.is_balanced());
    assert_eq!(book.findings(), []);

    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved again");
    let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
    assert_eq!((auditor.paid_out(), auditor.fee_income()), (cents(10_000_00), cents(200_00)));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_capitalized_fee_is_neither_negative_nor_the_whole_loan() {
    for stated in ["-0.01", "1000", "1000.01", "0.001", "two"] {
        let fee = LoanFigures { capitalized_fee: Some(StatedAmount(stated.into())), ..figures("1000") };
        let refusal = refused(monthly(), fee);
        assert!(matches!(refusal, Refusal::InvalidCapitalizedFee { .. }), "{stated}: {refusal}");
    }
    let mut book = TestBook::new(monthly(), date(2014, 6, 23));
    let fee = Some(StatedAmount("500".into()));
    book.create_with(LoanFigures { capitalized_fee: fee, ..figures("1000") }).expect("it is less");
    let smaller = LoanFigures { amount: Some(StatedAmount("500".into())), ..LoanFigures::default() };
    let edit = LoanCommand::Edit(Box::new(LoanEdit { figures: smaller, ..LoanEdit::default() }));
    assert!(matches!(book.command(&edit), Err(Refusal::InvalidCapitalizedFee { .. })));
}

#[test]
fn a_log_without_a_capitalized_fee_does_not_mention_it() {
    let book = TestBook::active(monthly(), date(2014, 6, 23), figures("1000"));
    let log = serde_json::to_string(&book.entries).expect("plain data");
    for name in ["capitalized_fee", "due_day", "last_due_date", "accrues_through"] {
        assert!(!log.contains(name), "{name}");
    }
}

fn through(product: Product, daily_accrual: DailyAccrual) -> TestBook {
    let mut product = product;
    product.marketplace.daily_accrual = daily_accrual;
    let agreed = LoanFigures { accrual_through: true, installments: Some(3), ..figures("9000") };
    TestBook::active(product, date(2014, 6, 23), agreed)
}

#[test]
fn interest_through_the_due_date_gives_the_first_period_a_day() {
    let by_days = Product { interest_method: InterestMethod::DecliningBalance, ..by_days() };
    // By hand: 9000, 6000 and 3000 at 2.5 % for 30, 31 and 31 days; through, 31, 31 and 31.
    assert_eq!(interest(&through(by_days.clone(), DailyAccrual::StartOfDay)), [18_75, 12_92, 6_46]);
    assert_eq!(interest(&through(by_days, DailyAccrual::EndOfDay)), [19_38, 12_92, 6_46]);
    let nominal = Product { interest_method: InterestMethod::DecliningBalance, ..monthly() };
    // By hand: 9000 at 2.5 % for 1/12 of a year, and for 1/12 + 1/360.
    assert_eq!(interest(&through(nominal.clone(), DailyAccrual::StartOfDay))[0], 18_75);
    assert_eq!(interest(&through(nominal, DailyAccrual::EndOfDay))[..2], [19_38, 12_50]);
}

#[test]
fn interest_applied_on_request_counts_the_day_itself_when_it_runs_through_the_due_date() {
    let by_days = Product { interest_method: InterestMethod::DecliningBalance, ..by_days() };
    let mut book = through(by_days, DailyAccrual::EndOfDay);
    let apply = LoanCommand::ApplyInterest { value_date: None, notes: None };
    book.command(&apply).expect("one of 31 days has gone");
    assert_eq!(book.outstanding().interest, cents(62), "19.38 ÷ 31 is 0.62516");
    book.move_to(date(2014, 7, 23));
    assert_eq!(book.outstanding().interest, cents(19_38));
    assert!(matches!(book.command(&apply), Err(Refusal::NoAccruedInterest { .. })), "all of it was");
    book.move_to(date(2014, 7, 24));
    book.command(&apply).expect("one of 31 days has gone");
    assert_eq!(book.outstanding().interest, cents(19_38 + 41), "12.92 ÷ 31 is 0.41677");
    assert_eq!(book.findings(), []);
}
