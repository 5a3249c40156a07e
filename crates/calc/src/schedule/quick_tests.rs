//! What is found quickly is what the straightforward way finds, and it is found quickly nearly always.

use std::cell::Cell;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};

use super::changes::Chain;
use super::charge::Charge;
use super::options::{BalanceTier, DayTier, Payments, RateTiers, ScheduleOptions};
use super::plan_guess::Quick;
use super::spread::Plan;
use super::varied::{equal_total, quick_equal_total, unit_of, wide_equal_total};
use super::{
    Accrual, ChargeFrequency, Grace, InstallmentRounding, InterestMethod, InterestTerms, Remainder,
    ScheduleTerms, optimized, plan_rate,
};
use crate::calendar::Period;
use crate::day_count::{DayCount, DaysMethod};
use crate::money::Amount;
use crate::rate::Rate;
use crate::rounding::Rounding;

const START: Date = date(2023, 12, 31);
const CASES: u32 = 500;

fn months(count: u32) -> Vec<Date> {
    (1..=count).map(|times| Period::months(1).add_times(START, times).expect("a near date")).collect()
}

fn any_terms() -> impl Strategy<Value = ScheduleTerms> {
    let day_count = prop_oneof![
        Just(DayCount::Actual365Fixed),
        Just(DayCount::ThirtyE360),
        Just(DayCount::ActualActualIsda)
    ];
    let rounding = prop_oneof![
        Just(Rounding::HalfUp),
        Just(Rounding::HalfEven),
        Just(Rounding::Up),
        Just(Rounding::Down)
    ];
    let multiple = prop_oneof![
        3 => Just(InstallmentRounding::None),
        1 => (1_i64..200).prop_map(|minor| InstallmentRounding::ToNearest(Amount::from_minor(minor))),
        1 => (1_i64..200).prop_map(|minor| InstallmentRounding::UpTo(Amount::from_minor(minor))),
    ];
    let grace = prop_oneof![
        3 => Just((Grace::None, 1)),
        1 => (0_u32..3, 1_u32..4).prop_map(|(grace, every)| (Grace::PayInterestOnly(grace), every)),
        1 => (0_u32..3, 1_u32..4).prop_map(|(grace, every)| (Grace::InterestForgiveness(grace), every)),
    ];
    let remainder = prop_oneof![
        4 => Just(Remainder::Last), 1 => Just(Remainder::PrincipalAndInterestIntoLast)
    ];
    let principal = prop_oneof![200_i64..100_000, 1_000_i64..100_000_000, 1_000_i64..1_000_000_000_000];
    let interest = (0_i64..60_000, day_count, any::<bool>());
    (principal, interest, rounding, multiple, (grace, remainder)).prop_map(
        |(principal, (rate, day_count, nominal), rounding, installment_rounding, (grace, remainder))| {
            ScheduleTerms {
                principal: Amount::from_minor(principal),
                interest: InterestTerms {
                    method: InterestMethod::DecliningBalanceDiscounted,
                    rate: Rate::from_ratio(rate, 100_000),
                    charge_frequency: ChargeFrequency::Annualized,
                    day_count,
                    days_method: if nominal {
                        DaysMethod::RepaymentPeriodicity
                    } else {
                        DaysMethod::ActualDays
                    },
                },
                period: Period::months(1),
                grace: grace.0,
                principal_repayment_interval: grace.1,
                remainder,
                installment_rounding,
                rounding,
            }
        },
    )
}

/// One to three bounds in parts of the principal, or in days, with a rate for each and one after them.
fn any_tiers() -> impl Strategy<Value = Vec<(i64, i64)>> {
    proptest::collection::vec((1_i64..1_000, 0_i64..60_000), 1..4).prop_map(|mut tiers| {
        tiers.sort_unstable();
        tiers.dedup_by_key(|tier| tier.0);
        tiers
    })
}

fn by_balance(principal: Amount, tiers: &[(i64, i64)]) -> Vec<BalanceTier> {
    let part = |thousandths: i64| Amount::from_minor(principal.minor() / 1_000 * thousandths + thousandths);
    let last = tiers.len() - 1;
    let bound = |index: usize, thousandths: i64| (index < last).then(|| part(thousandths));
    let rate = |rate: i64| Rate::from_ratio(rate, 100_000);
    tiers
        .iter()
        .enumerate()
        .map(|(i, tier)| BalanceTier { up_to: bound(i, tier.0), rate: rate(tier.1) })
        .collect()
}

fn by_day(tiers: &[(i64, i64)]) -> Vec<DayTier> {
    let last = tiers.len() - 1;
    let day =
        |index: usize, day: i64| (index < last).then(|| u32::try_from(day * 3).expect("a small number"));
    let rate = |rate: i64| Rate::from_ratio(rate, 100_000);
    tiers
        .iter()
        .enumerate()
        .map(|(i, tier)| DayTier { through_day: day(i, tier.0), rate: rate(tier.1) })
        .collect()
}

/// Runs the cases and demands that at least so many in a hundred were found quickly. They are the same
/// cases in every run: a share of others would be another one.
fn run<S: Strategy>(quick_at_least: u32, cases: &S, check: impl Fn(S::Value) -> Result<bool, TestCaseError>) {
    let (quick, all) = (Cell::new(0_u32), Cell::new(0_u32));
    let config = Config { cases: CASES, ..Config::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let outcome = runner.run(cases, |case| {
        quick.set(quick.get() + u32::from(check(case)?));
        all.set(all.get() + 1);
        Ok(())
    });
    outcome.expect("it is the same either way");
    assert!(quick.get() * 100 >= all.get() * quick_at_least, "{} of {}", quick.get(), all.get());
}

#[test]
fn equal_totals_under_tiers_are_those_of_the_wide_search() {
    run(90, &(any_terms(), any_tiers(), 3_u32..400, any::<bool>()), |(terms, tiers, count, through)| {
        let (dates, accrual) =
            (months(count), if through { Accrual::ThroughDueDate } else { Accrual::ToDueDate });
        let plan = Plan::try_new(&terms, START, &dates, accrual).expect("the terms are valid");
        let (balance, day) = (by_balance(terms.principal, &tiers), by_day(&tiers));
        let mut is_quick = true;
        for tiers in [RateTiers::ByBalance(&balance), RateTiers::ByDay(&day)] {
            let options = ScheduleOptions { tiers, ..ScheduleOptions::default() };
            let charge = Charge::try_new(&plan, &options).expect("the tiers are in order");
            let quick = quick_equal_total(&charge);
            is_quick &= quick.is_some();
            if let Some(quick) = quick {
                prop_assert_eq!(Ok(quick), wide_equal_total(&charge));
            }
        }
        Ok(is_quick)
    });
}

#[test]
fn interest_under_tiers_is_the_rounded_sum_of_its_parts() {
    run(0, &(any_terms(), any_tiers(), 3_u32..40, 0_i64..2_000), |(terms, tiers, count, part)| {
        let dates = months(count);
        let plan = Plan::try_new(&terms, START, &dates, Accrual::ToDueDate).expect("the terms are valid");
        let (balance, day) = (by_balance(terms.principal, &tiers), by_day(&tiers));
        let outstanding = Amount::from_minor(terms.principal.minor() / 1_000 * part);
        for tiers in [RateTiers::ByBalance(&balance), RateTiers::ByDay(&day)] {
            let options = ScheduleOptions { tiers, ..ScheduleOptions::default() };
            let charge = Charge::try_new(&plan, &options).expect("the tiers are in order");
            for step in plan.steps() {
                let exact = charge.exact(step, outstanding);
                prop_assert_eq!(charge.rounded(step, outstanding), Ok(exact.round(terms.rounding)));
            }
        }
        Ok(true)
    });
}

#[test]
fn payments_are_optimized_as_if_every_step_were_tried() {
    run(60, &(any_terms(), any_tiers(), 3_u32..130, any::<bool>()), |(terms, tiers, count, has_tiers)| {
        let dates = months(count);
        let plan = Plan::try_new(&terms, START, &dates, Accrual::ToDueDate).expect("the terms are valid");
        let day = by_day(&tiers);
        let tiers = if has_tiers { RateTiers::ByDay(&day) } else { RateTiers::None };
        let options = ScheduleOptions { tiers, payments: Payments::Optimized, ..ScheduleOptions::default() };
        let charge = Charge::try_new(&plan, &options).expect("the tiers are in order");
        let (mut quick, mut tried) = (Vec::new(), Vec::new());
        optimized::optimized(&charge, &mut quick).expect("the terms are valid");
        let total = equal_total(&charge).expect("the terms are valid");
        optimized::by_trying(&charge, total, &mut tried).expect("the terms are valid");
        prop_assert_eq!(&quick, &tried);
        let unit = unit_of(&plan).minor();
        let chain = Chain::of(&charge);
        Ok(chain.and_then(|chain| optimized::handed_out(chain, total, unit)).is_some())
    });
}

#[test]
fn the_rate_of_a_plan_is_the_one_that_halving_finds() {
    let payments = proptest::collection::vec(0_i64..10_000_000, 1..130);
    run(90, &(any_terms(), 1_i64..1_050, payments), |(terms, thousandths, payments)| {
        let sum: i64 = payments.iter().sum();
        let payments: Vec<Amount> = payments.into_iter().map(Amount::from_minor).collect();
        let principal = Amount::from_minor(sum / 1_000 * thousandths + 1);
        let quick = Quick::of(principal, &payments);
        let find = |quick| plan_rate::solved(&terms.interest, terms.period, (principal, &payments), quick);
        prop_assert_eq!(find(quick.as_ref()), find(None));
        Ok(quick.and_then(|quick| quick.factor()).is_some() || principal.minor() >= sum || thousandths < 200)
    });
}
