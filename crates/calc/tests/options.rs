//! What holds for all schedules with tiers, agreed and optimized payments, and rounded elements.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use loam_calc::calendar::Period;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{
    Accrual, BalanceTier, ChargeFrequency, DayTier, Grace, Installment, InstallmentRounding, InterestMethod,
    InterestTerms, Payments, RateTiers, Remainder, RoundedElements, ScheduleError, ScheduleOptions,
    ScheduleTerms, payment_plan_rate, schedule, schedule_with,
};

const START: Date = date(2023, 12, 31);

fn months(count: u32) -> Vec<Date> {
    (1..=count).map(|times| Period::months(1).add_times(START, times).expect("a near date")).collect()
}

fn any_terms(method: InterestMethod) -> impl Strategy<Value = ScheduleTerms> {
    let day_count = prop_oneof![
        Just(DayCount::Actual365Fixed),
        Just(DayCount::ThirtyE360),
        Just(DayCount::ActualActualIsda)
    ];
    let rounding = prop_oneof![Just(Rounding::HalfUp), Just(Rounding::HalfEven), Just(Rounding::Down)];
    let multiple = prop_oneof![
        Just(InstallmentRounding::None),
        (1_i64..200).prop_map(|minor| InstallmentRounding::ToNearest(Amount::from_minor(minor))),
        (1_i64..200).prop_map(|minor| InstallmentRounding::UpTo(Amount::from_minor(minor))),
    ];
    let grace = prop_oneof![
        Just(Grace::None),
        (0_u32..3).prop_map(Grace::PayInterestOnly),
        (0_u32..3).prop_map(Grace::InterestForgiveness),
    ];
    let principal = prop_oneof![1_000_i64..100_000_000, 1_000_i64..1_000_000_000_000];
    let interest = (0_i64..60_000, day_count, any::<bool>());
    (principal, interest, rounding, multiple, grace).prop_map(
        move |(principal, (rate, day_count, nominal), rounding, installment_rounding, grace)| ScheduleTerms {
            principal: Amount::from_minor(principal),
            interest: InterestTerms {
                method,
                rate: Rate::from_ratio(rate, 100_000),
                charge_frequency: ChargeFrequency::Annualized,
                day_count,
                days_method: if nominal { DaysMethod::RepaymentPeriodicity } else { DaysMethod::ActualDays },
            },
            period: Period::months(1),
            grace,
            principal_repayment_interval: 1,
            remainder: Remainder::Last,
            installment_rounding,
            rounding,
        },
    )
}

fn any_method() -> impl Strategy<Value = InterestMethod> {
    prop_oneof![
        Just(InterestMethod::Flat),
        Just(InterestMethod::DecliningBalance),
        Just(InterestMethod::DecliningBalanceDiscounted),
    ]
}

fn adds_up(rows: &[Installment], principal: Amount) -> bool {
    rows.iter().map(|row| row.principal).sum::<Amount>() == principal
        && rows.iter().all(|row| !row.principal.is_negative() && !row.interest.is_negative())
}

/// None of the totals that repay is more than one step from another.
fn totals_are_within(step: i64, rows: &[Installment]) -> bool {
    let totals = || rows.iter().filter(|row| !row.principal.is_zero()).map(|row| row.total().minor());
    totals().max().zip(totals().min()).is_none_or(|(most, least)| most - least <= step)
}

proptest! {
    #[test]
    fn one_open_tier_is_the_rate_itself(
        terms in any_method().prop_flat_map(any_terms), count in 3_u32..40, through in any::<bool>()
    ) {
        let by_balance = [BalanceTier { up_to: None, rate: terms.interest.rate }];
        let by_day = [DayTier { through_day: None, rate: terms.interest.rate }];
        let accrual = if through { Accrual::ThroughDueDate } else { Accrual::ToDueDate };
        let with = |tiers| {
            schedule_with(&terms, START, &months(count), &ScheduleOptions { tiers, accrual, ..Default::default() })
        };
        let plain = with(RateTiers::None).expect("the terms are valid");
        prop_assert_eq!(with(RateTiers::ByBalance(&by_balance)).expect("as valid"), plain.clone());
        prop_assert_eq!(with(RateTiers::ByDay(&by_day)).expect("as valid"), plain);
    }

    #[test]
    fn principal_adds_up_whatever_the_tiers(
        terms in any_method().prop_flat_map(any_terms), count in 3_u32..40, bound in 1_i64..1_000_000,
        days in 1_u32..400, rates in (0_i64..60_000, 0_i64..60_000), rounds_all in any::<bool>()
    ) {
        let rate = |part| Rate::from_ratio(part, 100_000);
        let by_balance = [
            BalanceTier { up_to: Some(Amount::from_minor(bound)), rate: rate(rates.0) },
            BalanceTier { up_to: None, rate: rate(rates.1) },
        ];
        let by_day = [
            DayTier { through_day: Some(days), rate: rate(rates.0) },
            DayTier { through_day: None, rate: rate(rates.1) },
        ];
        let elements = if rounds_all { RoundedElements::RoundAll } else { RoundedElements::PaymentDue };
        for tiers in [RateTiers::ByBalance(&by_balance), RateTiers::ByDay(&by_day)] {
            let options = ScheduleOptions { tiers, elements, ..Default::default() };
            let rows = schedule_with(&terms, START, &months(count), &options).expect("the terms are valid");
            prop_assert!(adds_up(&rows, terms.principal), "{:?}", rows);
        }
    }

    #[test]
    fn optimized_payments_differ_by_a_minor_unit_or_two(
        terms in any_terms(InterestMethod::DecliningBalanceDiscounted), count in 3_u32..120
    ) {
        let terms = ScheduleTerms {
            // Amounts so small that rounding rules them, and grace, are no test of this.
            principal: terms.principal + Amount::from_minor(1_000_000),
            interest: InterestTerms { days_method: DaysMethod::RepaymentPeriodicity, ..terms.interest },
            installment_rounding: InstallmentRounding::None,
            ..terms
        };
        let options = ScheduleOptions { payments: Payments::Optimized, ..Default::default() };
        let rows = schedule_with(&terms, START, &months(count), &options).expect("the terms are valid");
        prop_assert!(adds_up(&rows, terms.principal));
        prop_assert!(totals_are_within(2, &rows), "{:?}", rows);
    }

    #[test]
    fn a_payment_plan_is_repaid_at_its_rate(
        principal in 100_000_i64..100_000_000, count in 1_u32..60, more in 1_i64..100, uneven in 0_i64..2_000
    ) {
        let terms = any_plan_terms(principal);
        let share = principal / i64::from(count);
        let payments: Vec<Amount> = (0..count)
            .map(|number| Amount::from_minor(share + share * more / 100 + i64::from(number) * uneven / 60 + 1))
            .collect();
        let rate = payment_plan_rate(&terms.interest, terms.period, terms.principal, &payments).expect("it is more");
        let terms = ScheduleTerms { interest: InterestTerms { rate, ..terms.interest }, ..terms };
        let options = ScheduleOptions { payments: Payments::Agreed(&payments), ..Default::default() };
        let rows = match schedule_with(&terms, START, &months(count), &options) {
            Err(ScheduleError::PaymentBelowInterest { .. }) => return Ok(()),
            rows => rows.expect("the rate was made for it"),
        };
        prop_assert!(adds_up(&rows, terms.principal));
        prop_assert!(rows.iter().zip(&payments).all(|(row, payment)| row.total() == *payment), "{:?}", rows);
    }
}

fn any_plan_terms(principal: i64) -> ScheduleTerms {
    ScheduleTerms {
        principal: Amount::from_minor(principal),
        interest: InterestTerms {
            method: InterestMethod::DecliningBalanceDiscounted,
            rate: Rate::ZERO,
            charge_frequency: ChargeFrequency::Annualized,
            day_count: DayCount::Actual365Fixed,
            days_method: DaysMethod::RepaymentPeriodicity,
        },
        period: Period::months(1),
        grace: Grace::None,
        principal_repayment_interval: 1,
        remainder: Remainder::Last,
        installment_rounding: InstallmentRounding::None,
        rounding: Rounding::HalfUp,
    }
}

#[test]
fn optimizing_makes_what_a_standard_schedule_leaves_over_smaller() {
    let terms = ScheduleTerms {
        interest: InterestTerms { rate: Rate::from_ratio(10, 100), ..any_plan_terms(1).interest },
        ..any_plan_terms(123_457)
    };
    let standard = schedule(&terms, START, &months(120)).expect("the terms are valid");
    assert!(!totals_are_within(1, &standard), "the standard schedule would do: {standard:?}");
    let options = ScheduleOptions { payments: Payments::Optimized, ..Default::default() };
    let optimized = schedule_with(&terms, START, &months(120), &options).expect("the terms are valid");
    assert!(totals_are_within(1, &optimized), "{optimized:?}");
}

#[test]
fn payments_that_cannot_be_are_refused_with_their_installment() {
    let terms = ScheduleTerms {
        interest: InterestTerms { rate: Rate::from_ratio(12, 100), ..any_plan_terms(1).interest },
        ..any_plan_terms(100_000)
    };
    let with = |payments: Payments<'_>| {
        let options = ScheduleOptions { payments, ..Default::default() };
        schedule_with(&terms, START, &months(3), &options).expect_err("it is refused").to_string()
    };
    let minor = Amount::from_minor;
    let below = "installment 1 has interest of 1000 minor units, more than its payment of 999";
    assert_eq!(with(Payments::Balloon(minor(999))), below);
    assert_eq!(with(Payments::Agreed(&[minor(999), minor(1), minor(1)])), below);
    let early = "the payments repay everything with installment 2 of 3";
    assert_eq!(with(Payments::Balloon(minor(60_000))), early);
    assert_eq!(with(Payments::Agreed(&[minor(60_000), minor(60_000), minor(1)])), early);
    assert_eq!(with(Payments::Agreed(&[minor(1)])), "there are 1 agreed payments for 3 installments");
}
