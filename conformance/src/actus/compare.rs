//! Compares what a contract moves and where it stands, day by day.
//!
//! Of the payments of a day, interest is compared on its own, and everything else together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::Result;
use jiff::civil::Date;
use loam_calc::cash_flow::{CashFlow, cash_flows};
use loam_calc::rounding::Rounding;

use super::course::Course;
use super::read::{Case, Outcome, rate};
use crate::text;

/// Minor units of a currency of ten decimals that make 10^-6.
const TOLERANCE: i128 = 10_000;
/// The same of a rate with fifteen decimals.
const RATE_TOLERANCE: i128 = 1_000_000_000;

/// A day: what was paid on it, and where it ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Day {
    interest: i128,
    other: i128,
    balance: i128,
    accrued: i128,
    rate: i128,
}

pub(super) fn first_difference(case: &Case, course: &Course) -> Option<String> {
    match (expected(case), found(course)) {
        (Ok(expected), Ok(found)) => {
            let days: BTreeSet<&Date> = expected.keys().chain(found.keys()).collect();
            days.into_iter().find_map(|day| difference(*day, expected.get(day), found.get(day)))
        }
        (Err(error), _) => Some(error.to_string()),
        (_, Err(error)) => Some(error),
    }
}

pub(super) fn side_by_side(case: &Case, course: &Course) -> String {
    let (expected, found) = match (expected(case), found(course)) {
        (Ok(expected), Ok(found)) => (expected, found),
        (Err(error), _) => return error.to_string(),
        (_, Err(error)) => return error,
    };
    let days: BTreeSet<&Date> = expected.keys().chain(found.keys()).collect();
    let mut text = String::new();
    for day in days {
        let mark = difference(*day, expected.get(day), found.get(day)).map_or("  ", |_| "! ");
        let (expected, found) = (expected.get(day), found.get(day));
        writeln!(text, "{mark}{day} expected {expected:?}\n             found    {found:?}")
            .expect("a string takes everything");
    }
    text
}

fn expected(case: &Case) -> Result<BTreeMap<Date, Day>> {
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    for outcome in &case.results {
        let day = days.entry(outcome.on()?).or_default();
        let paid = scaled(outcome, &outcome.payoff)?;
        if outcome.event_type == "IP" {
            day.interest += paid;
        } else {
            day.other += paid;
        }
        day.balance = scaled(outcome, &outcome.notional_principal)?;
        day.accrued = scaled(outcome, &outcome.accrued_interest)?;
        day.rate = i128::from(rate(&outcome.nominal_interest_rate)?.scaled());
    }
    Ok(days)
}

fn scaled(outcome: &Outcome, value: &serde_json::Value) -> Result<i128> {
    let text = value.as_str().map_or_else(|| value.clone(), |text| text.trim().into());
    text::scaled(&text, text::DECIMALS).map_err(|error| error.context(outcome.event_type.clone()))
}

fn found(course: &Course) -> Result<BTreeMap<Date, Day>, String> {
    let flows = cash_flows(&course.terms, course.start, course.occurrences.iter().cloned());
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    for flow in flows.map_err(|error| error.to_string())? {
        if flow.on >= course.shown_from {
            add(days.entry(flow.on).or_default(), course, &flow);
        }
    }
    Ok(days)
}

fn add(day: &mut Day, course: &Course, flow: &CashFlow) {
    let sign = if course.is_owed { -1 } else { 1 };
    let minor = |amount: loam_calc::money::Amount| sign * i128::from(amount.minor());
    let is_sale = !flow.other.is_zero() && flow.principal.is_zero();
    let is_bought = is_sale && Some(flow.on) != course.sold_on;
    // Seen from the one who has the loan afterwards, a purchase is paid.
    let direction = if is_bought { -1 } else { 1 };
    if is_sale {
        day.other += direction * (minor(flow.other) + minor(flow.interest));
    } else {
        day.other += minor(flow.principal) + minor(flow.other);
        day.interest += minor(flow.interest);
    }
    day.rate = i128::from(flow.after.rate.scaled());
    let is_gone = is_sale && !is_bought;
    day.balance = if is_gone { 0 } else { minor(flow.after.balance) };
    day.accrued = if is_gone { 0 } else { minor(flow.after.accrued.round(Rounding::HalfEven)) };
}

/// A day on which nothing is expected may have nothing but zeros.
fn difference(day: Date, expected: Option<&Day>, found: Option<&Day>) -> Option<String> {
    let Some(expected) = expected else {
        let found = found?;
        let is_quiet = found.interest == 0 && found.other == 0;
        return (!is_quiet).then(|| format!("{day}: a payment that is not expected"));
    };
    let Some(found) = found else { return Some(format!("{day}: nothing happens")) };
    let columns = [
        ("interest", expected.interest, found.interest, TOLERANCE),
        ("principal", expected.other, found.other, TOLERANCE),
        ("balance", expected.balance, found.balance, TOLERANCE),
        ("accrued", expected.accrued, found.accrued, TOLERANCE),
        ("rate", expected.rate, found.rate, RATE_TOLERANCE),
    ];
    let (column, expected, found, _) =
        columns.into_iter().find(|(_, expected, found, tolerance)| (expected - found).abs() > *tolerance)?;
    Some(format!("{day}: {column} {found} instead of {expected} (ten decimals)"))
}
