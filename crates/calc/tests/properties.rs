//! What holds for all terms, and a tampered case for each to show that it can fail.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use loam_calc::allocation::{
    Allocation, AllocationOrder, Component, Components, allocate_horizontal, allocate_vertical,
};
use loam_calc::calendar::{Calendar, Period, PeriodUnit};
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::{DueDateMethod, DueDateTerms, NonWorkingDays, ShortMonth, count_until, due_dates};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{
    Accrual, ChargeFrequency, Grace, Installment, InstallmentRounding, InterestMethod, InterestTerms,
    Remainder, ScheduleTerms, schedule_accruing,
};

const ROUNDINGS: [Rounding; 4] = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down];

fn principal_adds_up(rows: &[Installment], principal: Amount) -> bool {
    rows.iter().map(|row| row.principal).sum::<Amount>() == principal
}

fn nothing_is_negative(rows: &[Installment]) -> bool {
    rows.iter().all(|row| !row.principal.is_negative() && !row.interest.is_negative())
}

fn dates_increase_after(start: Date, dates: &[Date]) -> bool {
    dates.first().is_none_or(|&first| first > start) && dates.is_sorted_by(|one, next| one < next)
}

fn no_cent_is_lost(amount: Amount, allocation: &Allocation) -> bool {
    allocation.parts.iter().map(|part| part.total()).sum::<Amount>() + allocation.excess == amount
}

fn nobody_is_overpaid(owed: &[Components], allocation: &Allocation) -> bool {
    let within = |owed: Amount, paid: Amount| !paid.is_negative() && paid <= owed;
    owed.iter().zip(&allocation.parts).all(|(owed, paid)| {
        Component::ALL.into_iter().all(|component| within(owed.get(component), paid.get(component)))
    })
}

/// Down ≤ value ≤ up in size, they are at most one apart, and the others are one of the two.
fn roundings_bracket(value: Exact, rounded: [Amount; 4]) -> bool {
    let [half_up, half_even, up, down] = rounded;
    let size = |amount: Amount| Amount::from_minor(amount.minor().abs());
    let value_size = if value.is_negative() { -value } else { value };
    Exact::from_amount(size(down)) <= value_size
        && value_size <= Exact::from_amount(size(up))
        && size(up) - size(down) <= Amount::from_minor(1)
        && [half_up, half_even].iter().all(|rounded| [up, down].contains(rounded))
}

fn any_terms() -> impl Strategy<Value = ScheduleTerms> {
    let interest = (
        prop_oneof![
            Just(InterestMethod::Flat),
            Just(InterestMethod::DecliningBalance),
            Just(InterestMethod::DecliningBalanceDiscounted),
        ],
        0_i64..200_000,
        prop_oneof![
            Just(ChargeFrequency::Annualized),
            Just(ChargeFrequency::EveryMonth),
            Just(ChargeFrequency::EveryFourWeeks),
            Just(ChargeFrequency::EveryXDays(45)),
        ],
        prop_oneof![
            Just(DayCount::Actual365Fixed),
            Just(DayCount::Actual360),
            Just(DayCount::ThirtyE360),
            Just(DayCount::ThirtyUs360),
            Just(DayCount::ActualActualIsda),
            Just(DayCount::ActualActualYearOfEnd),
        ],
        any::<bool>(),
    )
        .prop_map(|(method, rate, charge_frequency, day_count, nominal)| InterestTerms {
            method,
            rate: Rate::from_ratio(rate, 100_000),
            charge_frequency,
            day_count,
            days_method: if nominal { DaysMethod::RepaymentPeriodicity } else { DaysMethod::ActualDays },
        });
    let remainder = prop_oneof![
        Just(Remainder::None),
        Just(Remainder::First),
        Just(Remainder::Last),
        Just(Remainder::PrincipalAndInterestIntoLast),
    ];
    let grace = prop_oneof![
        Just(Grace::None),
        (0_u32..4).prop_map(Grace::PayInterestOnly),
        (0_u32..4).prop_map(Grace::InterestForgiveness),
    ];
    let multiple = prop_oneof![
        Just(InstallmentRounding::None),
        (1_i64..10_000).prop_map(|minor| InstallmentRounding::ToNearest(Amount::from_minor(minor))),
        (1_i64..10_000).prop_map(|minor| InstallmentRounding::UpTo(Amount::from_minor(minor))),
    ];
    // Small principals meet the corners of rounding, large ones those of the range.
    let principal = prop_oneof![1_i64..100, 1_i64..100_000_000, 1_i64..1_000_000_000_000];
    (principal, interest, grace, 1_u32..5, remainder, multiple, 0_usize..4).prop_map(
        |(principal, interest, grace, interval, remainder, installment_rounding, rounding)| ScheduleTerms {
            principal: Amount::from_minor(principal),
            interest,
            period: Period::months(1),
            grace,
            principal_repayment_interval: interval,
            remainder,
            installment_rounding,
            rounding: ROUNDINGS[rounding],
        },
    )
}

fn plain_terms() -> ScheduleTerms {
    ScheduleTerms {
        principal: Amount::from_minor(100_000),
        interest: InterestTerms {
            method: InterestMethod::Flat,
            rate: Rate::from_ratio(1, 10),
            charge_frequency: ChargeFrequency::Annualized,
            day_count: DayCount::Actual365Fixed,
            days_method: DaysMethod::ActualDays,
        },
        period: Period::months(1),
        grace: Grace::None,
        principal_repayment_interval: 1,
        remainder: Remainder::Last,
        installment_rounding: InstallmentRounding::None,
        rounding: Rounding::HalfUp,
    }
}

fn any_due_date_terms() -> impl Strategy<Value = DueDateTerms> {
    let unit = prop_oneof![
        Just(PeriodUnit::Days),
        Just(PeriodUnit::Weeks),
        Just(PeriodUnit::Months),
        Just(PeriodUnit::Years),
    ];
    let short_month = prop_oneof![Just(ShortMonth::LastDayInMonth), Just(ShortMonth::FirstDayOfNextMonth)];
    let method = prop_oneof![
        (1_u32..5, unit).prop_map(|(count, unit)| DueDateMethod::Interval(Period::new(count, unit))),
        (proptest::collection::vec(1_u8..=31, 1..5), short_month)
            .prop_map(|(days, short_month)| DueDateMethod::FixedDaysOfMonth { days, short_month }),
    ];
    let non_working = prop_oneof![
        Just(NonWorkingDays::None),
        Just(NonWorkingDays::NextWorkingDay),
        Just(NonWorkingDays::PreviousWorkingDay),
    ];
    (method, any_day(), 0_u32..40, 1_u32..80, non_working).prop_map(
        |(method, start, first_offset_days, count, non_working)| DueDateTerms {
            method,
            start,
            first_due_date: None,
            first_offset_days,
            count,
            non_working,
        },
    )
}

fn any_day() -> impl Strategy<Value = Date> {
    (1990_i16..2100, 1_i8..=12, 1_i8..=31).prop_map(|(year, month, day)| {
        let first = date(year, month, 1);
        date(year, month, day.min(first.days_in_month()))
    })
}

fn any_owed() -> impl Strategy<Value = Vec<Components>> {
    let amount = || (0_i64..1_000).prop_map(Amount::from_minor);
    let owed = (amount(), amount(), amount(), amount()).prop_map(|(principal, interest, fees, penalties)| {
        Components { principal, interest, fees, penalties }
    });
    proptest::collection::vec(owed, 0..8)
}

proptest! {
    #[test]
    fn the_principal_column_adds_up_and_nothing_is_negative(
        terms in any_terms(),
        start in any_day(),
        count in 5_u32..60,
        through in any::<bool>(),
    ) {
        let dates = monthly(start, count);
        let accrual = if through { Accrual::ThroughDueDate } else { Accrual::ToDueDate };
        let rows = schedule_accruing(&terms, start, &dates, accrual).expect("the terms are valid");
        prop_assert!(principal_adds_up(&rows, terms.principal), "{:?}", rows);
        prop_assert!(nothing_is_negative(&rows), "{:?}", rows);
        prop_assert_eq!(rows.len(), dates.len());
    }

    #[test]
    fn due_dates_increase(terms in any_due_date_terms(), weekends in any::<bool>()) {
        let free = [jiff::civil::Weekday::Saturday, jiff::civil::Weekday::Sunday];
        let free = if weekends { &free[..] } else { &[] };
        let calendar = Calendar::try_new(free, [date(2024, 1, 1)]).expect("five days are worked");
        let dates = due_dates(&terms, &calendar).expect("the terms are valid");
        prop_assert!(dates_increase_after(terms.start, &dates), "{:?}", dates);
        let middle = dates[dates.len() / 2];
        let counted = count_until(&terms, &calendar, middle).expect("the terms are valid");
        prop_assert_eq!(counted as usize, dates.len() / 2 + 1);
        let before = middle.yesterday().expect("a near date");
        let counted = count_until(&terms, &calendar, before).expect("the terms are valid");
        prop_assert_eq!(counted as usize, dates.len() / 2);
    }

    #[test]
    fn flat_interest_through_the_due_dates_is_that_of_one_more_day(
        principal in 1_i64..100_000_000,
        start in any_day(),
        count in 1_u32..60,
    ) {
        let interest = InterestTerms {
            method: InterestMethod::Flat,
            // A rate per day makes every installment a whole number of cents.
            rate: Rate::from_ratio(1, 1),
            charge_frequency: ChargeFrequency::EveryDay,
            day_count: DayCount::Actual365Fixed,
            days_method: DaysMethod::ActualDays,
        };
        let terms = ScheduleTerms { interest, principal: Amount::from_minor(principal), ..plain_terms() };
        let dates = monthly(start, count);
        let sum = |accrual| -> Amount {
            let rows = schedule_accruing(&terms, start, &dates, accrual).expect("the terms are valid");
            rows.iter().map(|row| row.interest).sum()
        };
        prop_assert_eq!(sum(Accrual::ThroughDueDate), sum(Accrual::ToDueDate) + terms.principal);
    }

    #[test]
    fn allocation_loses_no_cent(
        amount in 0_i64..10_000,
        owed in any_owed(),
        order in Just(Component::ALL).prop_shuffle(),
    ) {
        let amount = Amount::from_minor(amount);
        let order = AllocationOrder::try_new(order).expect("each component once");
        for allocate in [allocate_horizontal, allocate_vertical] {
            let allocation = allocate(amount, &order, &owed);
            prop_assert!(no_cent_is_lost(amount, &allocation));
            prop_assert!(nobody_is_overpaid(&owed, &allocation));
            let rest: Amount = owed.iter().map(|owed| owed.total()).sum::<Amount>() - amount;
            prop_assert_eq!(allocation.excess, (-rest).max(Amount::ZERO));
        }
    }

    #[test]
    fn roundings_bracket_the_value(numerator in any::<i64>(), denominator in 1_i64..100_000) {
        let value = Exact::ratio(i128::from(numerator), i128::from(denominator));
        let rounded = ROUNDINGS.map(|rounding| value.round(rounding));
        prop_assert!(roundings_bracket(value, rounded));
    }

    #[test]
    fn sums_of_ratios_are_exact(left in (any::<i32>(), 1_i32..10_000), right in (any::<i32>(), 1_i32..10_000)) {
        let exact = |(top, bottom): (i32, i32)| Exact::ratio(i128::from(top), i128::from(bottom));
        let sum = exact(left) + exact(right);
        prop_assert_eq!(sum - exact(right), exact(left));
        prop_assert_eq!(exact(left).cmp(&exact(right)), (exact(left) - exact(right)).cmp(&Exact::ZERO));
    }
}

#[test]
fn each_property_can_fail() {
    let day = date(2024, 1, 1);
    let row = |principal: i64, interest: i64| Installment {
        number: 1,
        due_date: day,
        principal: Amount::from_minor(principal),
        interest: Amount::from_minor(interest),
        is_grace: false,
    };
    assert!(!principal_adds_up(&[row(50, 1), row(49, 1)], Amount::from_minor(100)));
    assert!(!nothing_is_negative(&[row(101, 1), row(-1, 1)]));
    assert!(!nothing_is_negative(&[row(100, -1)]));
    assert!(!dates_increase_after(day, &[day]));
    assert!(!dates_increase_after(date(2023, 12, 1), &[day, day]));

    let owed = Components { fees: Amount::from_minor(5), ..Components::ZERO };
    let paid = Components { fees: Amount::from_minor(6), ..Components::ZERO };
    let tampered = Allocation { parts: vec![paid], excess: Amount::from_minor(3) };
    assert!(!no_cent_is_lost(Amount::from_minor(10), &tampered));
    assert!(!nobody_is_overpaid(&[owed], &tampered));

    let amounts = |minor: [i64; 4]| minor.map(Amount::from_minor);
    assert!(roundings_bracket(Exact::ratio(5, 2), amounts([3, 2, 3, 2])));
    assert!(!roundings_bracket(Exact::ratio(5, 2), amounts([3, 2, 2, 2])));
    assert!(!roundings_bracket(Exact::ratio(5, 2), amounts([4, 2, 3, 2])));
}

fn monthly(start: Date, count: u32) -> Vec<Date> {
    (1..=count).map(|times| Period::months(1).add_times(start, times).expect("a near date")).collect()
}
