use jiff::civil::{Date, date};

use super::*;
use crate::calendar::Period;
use crate::day_count::{DayCount, DaysMethod};
use crate::rate::Rate;
use crate::rounding::Rounding;
use crate::schedule::{
    BalanceTier, ChargeFrequency, DayTier, Grace, Installment, InstallmentRounding, InterestMethod,
    InterestTerms, RateTiers, Remainder, ScheduleOptions, ScheduleTerms, schedule, schedule_with,
};

fn terms(percent: i64) -> InterestTerms {
    InterestTerms {
        method: InterestMethod::DecliningBalanceDiscounted,
        rate: Rate::from_ratio(percent, 100),
        charge_frequency: ChargeFrequency::Annualized,
        day_count: DayCount::ThirtyE360,
        days_method: DaysMethod::RepaymentPeriodicity,
    }
}

fn growth(percent: i64) -> Growth<'static> {
    Growth {
        terms: terms(percent),
        period: Period::months(1),
        rates: &[],
        tiers: &[],
        pauses: &[],
        rounding: Rounding::HalfEven,
    }
}

fn month(number: u32) -> Date {
    Period::months(1).add_times(date(2024, 1, 1), number).expect("a near date")
}

fn cents(minor: i64) -> Amount {
    Amount::from_minor(minor)
}

/// Rows from the month with this number on, each with the same total.
fn rows(first: u32, last: u32, total: i64) -> Vec<Row> {
    let row = |number: u32| Row {
        time: Span { from: month(number - 1), to: month(number) },
        keep: Keep::Total(cents(total)),
        paid_principal: Amount::ZERO,
        applied_interest: Amount::ZERO,
    };
    (first..=last).map(row).collect()
}

fn figures(projected: &[Projected]) -> Vec<(i64, i64)> {
    projected.iter().map(|row| (row.principal.minor(), row.interest.minor())).collect()
}

#[test]
fn on_its_first_day_a_loan_is_projected_as_it_was_scheduled() {
    for percent in [0, 7, 26] {
        let terms = ScheduleTerms {
            principal: cents(1_000_00),
            interest: terms(percent),
            period: Period::months(1),
            grace: Grace::None,
            principal_repayment_interval: 1,
            remainder: Remainder::Last,
            installment_rounding: InstallmentRounding::None,
            rounding: Rounding::HalfEven,
        };
        let dates: Vec<Date> = (1..=6).map(month).collect();
        let scheduled = schedule(&terms, month(0), &dates).expect("the terms are valid");
        let total = scheduled[0].total().minor();
        let balances = [Balance { from: month(0), principal: cents(1_000_00) }];
        let standing = Standing {
            on: month(0),
            balances: &balances,
            scheduled: cents(1_000_00),
            late: Amount::ZERO,
            carried: Amount::ZERO,
        };
        let projected = project(&growth(percent), &rows(1, 6, total), &standing);
        let expected: Vec<(i64, i64)> =
            scheduled.iter().map(|row| (row.principal.minor(), row.interest.minor())).collect();
        assert_eq!(figures(&projected), expected, "{percent} %");
    }
}

/// 100.00 at 7 % in six months of 17.01, the first of them unpaid and seen in the middle of the
/// second month: the overdue principal bears interest up to that day.
#[test]
fn overdue_principal_bears_interest_up_to_the_day() {
    let balances = [Balance { from: month(1), principal: cents(100_00) }];
    let standing = Standing {
        on: date(2024, 2, 15),
        balances: &balances,
        scheduled: cents(83_57),
        late: Amount::ZERO,
        carried: Amount::ZERO,
    };
    let projected = project(&growth(7), &rows(2, 6, 17_01), &standing);
    let expected = [(16_48, 53), (16_62, 39), (16_72, 29), (16_81, 20), (16_94, 10)];
    assert_eq!(figures(&projected), expected);
    let to_the_end = Standing { late: cents(16_43), ..standing };
    assert_eq!(figures(&project(&growth(7), &rows(2, 6, 17_01), &to_the_end))[0], (16_43, 58));
}

/// A payment fills the first row before its time: the interest of the rest of its time goes on.
#[test]
fn a_row_paid_ahead_carries_its_interest_on() {
    let mut rows = rows(2, 6, 17_01);
    rows[0].paid_principal = cents(16_73);
    rows[0].applied_interest = cents(28);
    let balances = [
        Balance { from: month(1), principal: cents(100_00) },
        Balance { from: date(2024, 2, 15), principal: cents(66_84) },
    ];
    let standing = Standing {
        on: date(2024, 2, 15),
        balances: &balances,
        scheduled: cents(66_84),
        late: Amount::ZERO,
        carried: cents(-28),
    };
    let projected = project(&growth(7), &rows, &standing);
    let expected = [(16_73, 28), (16_42, 59), (16_72, 29), (16_81, 20), (16_89, 10)];
    assert_eq!(figures(&projected), expected);
}

#[test]
fn a_loan_repaid_ahead_ends_in_rows_of_nothing() {
    let mut rows = rows(1, 3, 40_00);
    rows[0].paid_principal = cents(90_00);
    let balances = [Balance { from: month(0), principal: cents(10_00) }];
    let standing = Standing {
        on: month(0),
        balances: &balances,
        scheduled: cents(10_00),
        late: Amount::ZERO,
        carried: Amount::ZERO,
    };
    let projected = project(&growth(12), &rows, &standing);
    assert_eq!(figures(&projected), [(90_00, 0), (10_00, 20), (0, 0)]);
}

#[test]
fn nothing_grows_in_a_pause_and_a_new_rate_counts_from_its_day() {
    let pauses = [Span { from: date(2024, 1, 11), to: date(2024, 1, 21) }];
    let rates = [RateFrom { from: date(2024, 1, 21), rate: Rate::from_ratio(24, 100) }];
    let terms = InterestTerms {
        day_count: DayCount::Actual365Fixed,
        days_method: DaysMethod::ActualDays,
        ..terms(12)
    };
    let growth = Growth { terms, rates: &rates, pauses: &pauses, ..growth(12) };
    let time = Span { from: month(0), to: month(1) };
    // Ten days at 12 %, ten without, eleven at 24 %.
    let expected = Exact::ratio(365_00 * (10 * 12 + 11 * 24), 365 * 100);
    assert_eq!(growth.within(time, time, cents(365_00)), expected);
}

/// 83.67 × (1 + 10 % ÷ 12 × 15 ÷ 29) ÷ 5 = 16.806…: ten per cent for fifteen days, then nothing.
#[test]
fn an_equal_installment_counts_the_days_of_each_rate_in_its_first_row() {
    let rates = [RateFrom { from: date(2024, 2, 16), rate: Rate::ZERO }];
    let growth = Growth { rates: &rates, ..growth(10) };
    let terms = ScheduleTerms {
        principal: cents(83_67),
        interest: terms(0),
        period: Period::months(1),
        grace: Grace::None,
        principal_repayment_interval: 1,
        remainder: Remainder::Last,
        installment_rounding: InstallmentRounding::None,
        rounding: Rounding::HalfEven,
    };
    let dates: Vec<Date> = (2..=6).map(month).collect();
    assert_eq!(
        mixed_total(&growth, &terms, month(1), (&dates, &ScheduleOptions::default())),
        Some(cents(16_81))
    );
    let whole = ScheduleTerms { installment_rounding: InstallmentRounding::UpTo(cents(1_00)), ..terms };
    assert_eq!(
        mixed_total(&growth, &whole, month(1), (&dates, &ScheduleOptions::default())),
        Some(cents(17_00))
    );
    let unchanged = Growth { rates: &[], terms: terms.interest, ..growth };
    assert_eq!(mixed_total(&unchanged, &terms, month(1), (&dates, &ScheduleOptions::default())), None);
}

fn balance_tiers() -> [BalanceTier; 2] {
    [
        BalanceTier { up_to: Some(cents(600_00)), rate: Rate::from_ratio(24, 100) },
        BalanceTier { up_to: None, rate: Rate::from_ratio(12, 100) },
    ]
}

/// 600.00 at 24 % and 400.00 at 12 % for a month of thirty days: 12.00 and 4.00; of the 500.00 that
/// are left from the eleventh day on all is in the first tier: 10.00 for twenty days.
#[test]
fn each_part_of_a_balance_grows_at_the_rate_of_its_tier() {
    let tiers = balance_tiers();
    let growth = Growth { tiers: &tiers, ..growth(99) };
    let time = Span { from: date(2024, 4, 1), to: date(2024, 5, 1) };
    assert_eq!(growth.within(time, time, cents(1_000_00)), Exact::ratio(16_00, 1));
    let balances = [
        Balance { from: time.from, principal: cents(1_000_00) },
        Balance { from: date(2024, 4, 11), principal: cents(500_00) },
    ];
    let grown = Exact::ratio(16_00 * 10 + 10_00 * 20, 30);
    assert_eq!(growth.on_balances(time, &balances, time.to), grown);
    let parts = growth.parts_on_balances(time, &balances, time.to);
    let of_part = |part: &GrowthPart| (part.principal.minor(), part.rate.to_percent_text());
    let expected =
        [(600_00, "24"), (400_00, "12"), (500_00, "24")].map(|(minor, rate)| (minor, rate.to_owned()));
    assert_eq!(parts.iter().map(of_part).collect::<Vec<_>>(), expected);
}

#[test]
fn a_loan_with_tiers_that_pays_on_time_is_projected_as_it_was_scheduled() {
    let (by_balance, start) = (balance_tiers(), month(0));
    let by_day = [
        DayTier { through_day: Some(31), rate: Rate::from_ratio(24, 100) },
        DayTier { through_day: None, rate: Rate::from_ratio(12, 100) },
    ];
    let rates = [
        RateFrom { from: start, rate: Rate::from_ratio(24, 100) },
        RateFrom { from: month(1), rate: Rate::from_ratio(12, 100) },
    ];
    let terms = ScheduleTerms { principal: cents(1_000_00), ..six_months() };
    let dates: Vec<Date> = (1..=6).map(month).collect();
    let of_balance = Growth { tiers: &by_balance, ..growth(24) };
    let of_day = Growth { rates: &rates, ..growth(24) };
    for (tiers, growth) in
        [(RateTiers::ByBalance(&by_balance), of_balance), (RateTiers::ByDay(&by_day), of_day)]
    {
        let options = ScheduleOptions { tiers, ..ScheduleOptions::default() };
        let scheduled = schedule_with(&terms, start, &dates, &options).expect("the terms are valid");
        let balances = [Balance { from: start, principal: cents(1_000_00) }];
        let standing = Standing {
            on: start,
            balances: &balances,
            scheduled: cents(1_000_00),
            late: Amount::ZERO,
            carried: Amount::ZERO,
        };
        let projected = project(&growth, &rows(1, 6, scheduled[0].total().minor()), &standing);
        let expected: Vec<(i64, i64)> =
            scheduled.iter().map(|row| (row.principal.minor(), row.interest.minor())).collect();
        assert_eq!(figures(&projected), expected, "{tiers:?}");
        assert_eq!(mixed_total(&growth, &terms, start, (&dates, &options)), None, "nothing is different");
    }
}

/// Half of the first month is free of interest: the total that leaves the last row like the others.
#[test]
fn an_equal_installment_under_tiers_counts_a_pause_in_its_first_row() {
    let (tiers, start) = (balance_tiers(), month(3));
    let pauses = [Span { from: start, to: date(2024, 4, 16) }];
    let growth = Growth { tiers: &tiers, pauses: &pauses, ..growth(24) };
    let terms = ScheduleTerms { principal: cents(1_000_00), ..six_months() };
    let dates: Vec<Date> = (4..=9).map(month).collect();
    let options = ScheduleOptions { tiers: RateTiers::ByBalance(&tiers), ..ScheduleOptions::default() };
    let total = mixed_total(&growth, &terms, start, (&dates, &options));
    let total = total.expect("the first row is different").minor();
    let balances = [Balance { from: start, principal: cents(1_000_00) }];
    let standing = Standing {
        on: start,
        balances: &balances,
        scheduled: cents(1_000_00),
        late: Amount::ZERO,
        carried: Amount::ZERO,
    };
    let projected = project(&growth, &rows(4, 9, total), &standing);
    assert_eq!(projected[0].interest, cents(8_00));
    let last = projected.last().map_or(0, |last| (last.principal + last.interest).minor());
    assert!((last - total).abs() <= 3, "{last} after {total}");
}

fn six_months() -> ScheduleTerms {
    ScheduleTerms {
        principal: cents(100_00),
        interest: terms(24),
        period: Period::months(1),
        grace: Grace::None,
        principal_repayment_interval: 1,
        remainder: Remainder::Last,
        installment_rounding: InstallmentRounding::None,
        rounding: Rounding::HalfEven,
    }
}

/// Of every third of twelve installments the first two are over: those that are left repay in the
/// first, the fourth, … of them.
#[test]
fn the_rest_of_a_schedule_repays_in_the_installments_in_which_it_did() {
    let terms = ScheduleTerms { principal: cents(1_200_00), principal_repayment_interval: 3, ..six_months() };
    let dates: Vec<Date> = (1..=12).map(month).collect();
    let whole = schedule(&terms, month(0), &dates).expect("the terms are valid");
    let repays: Vec<bool> = whole[2..].iter().map(|row| row.principal.is_positive()).collect();
    let options = ScheduleOptions { repays: Some(&repays), ..ScheduleOptions::default() };
    let rest = schedule_with(&terms, month(2), &dates[2..], &options).expect("the terms are valid");
    let principal = |rows: &[Installment]| rows.iter().map(|row| row.principal).collect::<Vec<_>>();
    assert_eq!(principal(&rest), principal(&whole[2..]));
}
