//! What a credit costs in a year, fees included: the actuarial rate of the United States, the
//! effective rate of the European Union, and the way from a nominal to an effective one.
//!
//! A rate is found by halving an interval of 62-bit fractions; there are no floats. Where advances
//! and payments alternate, more than one rate may balance them; one of them is found.

mod dates;
mod fixed;

use jiff::civil::Date;

use crate::day_count::Fraction;
use crate::money::Amount;
use crate::rate::Rate;
use crate::rounding::Rounding;
use fixed::Fixed;

pub use dates::{UnitPeriod, unit_periods_between, years_between};

/// An amount so many unit periods after the first advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitFlow {
    /// What is advanced or paid, in any minor unit.
    pub amount: Amount,
    /// Full unit periods.
    pub periods: u32,
    /// The part of a unit period beside them, from zero to less than one.
    pub fraction: Fraction,
}

/// An amount so many years after the first advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearFlow {
    /// What is advanced or paid, in any minor unit.
    pub amount: Amount,
    /// Years, not negative.
    pub years: Fraction,
}

/// An amount on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedFlow {
    /// What is advanced or paid, in any minor unit.
    pub amount: Amount,
    /// When.
    pub on: Date,
}

/// Why there is no annual rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AprError {
    /// Nothing is advanced, or nothing on the first day.
    #[error("a credit begins with an advance")]
    NoAdvance,
    /// Less is paid than was advanced.
    #[error("less is paid back than was advanced")]
    PaidBackLess,
    /// No rate up to a million percent balances them.
    #[error("the rate is beyond one million percent")]
    BeyondLargest,
    /// A payment or an advance before the first advance.
    #[error("{0} lies before the first advance")]
    BeforeFirstAdvance(Date),
}

/// The largest rate that is looked for: 10,000 times the advance in a year.
const LARGEST: u32 = 10_000;
/// Halvings of the interval in which a rate lies. Of a rate below one they leave less than 10^-15,
/// of the largest less than 10^-11 of it.
const HALVINGS: u32 = 54;

/// The annual percentage rate of Regulation Z, Appendix J, by the actuarial method: the rate of one
/// unit period at which advances and payments balance, times the unit periods of a year.
///
/// An amount at `n` unit periods and a fraction `f` is discounted by (1 + f·i)·(1 + i)^n. The rate is
/// exact to ten decimals of a percent.
///
/// # Errors
/// [`AprError`]: nothing advanced, less paid back than advanced, or a rate beyond all measure.
///
/// ```
/// use loam_calc::{apr::{UnitFlow, actuarial_rate, published}, day_count::Fraction, money::Amount};
///
/// let whole = Fraction { numerator: 0, denominator: 1 };
/// let flow = |minor, periods| UnitFlow { amount: Amount::from_minor(minor), periods, fraction: whole };
/// let payments: Vec<_> = (1..=24).map(|month| flow(230_00, month)).collect();
/// let rate = actuarial_rate(&[flow(5000_00, 0)], &payments, 12).expect("it is paid back");
/// assert_eq!(published(rate, 2).to_percent_text(), "9.69");
/// ```
pub fn actuarial_rate(
    advances: &[UnitFlow],
    payments: &[UnitFlow],
    unit_periods_per_year: u32,
) -> Result<Rate, AprError> {
    let amount = |flow: &UnitFlow| flow.amount;
    check(advances.iter().map(amount).sum(), payments.iter().map(amount).sum())?;
    let value = |flows: &[UnitFlow], rate: Fixed| -> u128 {
        flows.iter().map(|flow| fixed::scaled(flow.amount, unit_discount(flow, rate))).sum()
    };
    let owes = |rate: Fixed| value(payments, rate) > value(advances, rate);
    let per_period = halve(Fixed::whole(LARGEST), owes)?;
    Ok(to_rate(per_period.times_whole(unit_periods_per_year)))
}

/// The annual percentage rate of charge of the European Union (directive 2008/48/EC, Annex I): the
/// effective rate of a year at which drawdowns and payments balance.
///
/// An amount after `t` years is discounted by (1 + X)^t. The rate is exact to ten decimals of a
/// percent.
///
/// # Errors
/// As for [`actuarial_rate`].
///
/// ```
/// use loam_calc::{apr::{YearFlow, effective_rate, published}, day_count::Fraction, money::Amount};
///
/// let flow = |minor, days| YearFlow {
///     amount: Amount::from_minor(minor),
///     years: Fraction { numerator: days, denominator: 365 },
/// };
/// let rate = effective_rate(&[flow(1000_00, 0)], &[flow(1200_00, 546)]).expect("it is paid back");
/// assert_eq!(published(rate, 2).to_percent_text(), "12.96");
/// ```
pub fn effective_rate(drawdowns: &[YearFlow], payments: &[YearFlow]) -> Result<Rate, AprError> {
    let amount = |flow: &YearFlow| flow.amount;
    check(drawdowns.iter().map(amount).sum(), payments.iter().map(amount).sum())?;
    let value = |flows: &[YearFlow], force: Fixed| -> u128 {
        flows
            .iter()
            .map(|flow| fixed::scaled(flow.amount, force.times_ratio(flow.years).exp_negative()))
            .sum()
    };
    let owes = |force: Fixed| value(payments, force) > value(drawdowns, force);
    // e^9.21 is the 10,001 of the largest rate.
    let force = halve(Fixed::whole(10), owes)?;
    Ok(to_rate(force.exp_negative().reciprocal().minus_one()))
}

/// [`actuarial_rate`] of dated flows, counted in unit periods from the first advance.
///
/// # Errors
/// As for [`actuarial_rate`], and a flow before the first advance.
pub fn actuarial_rate_of_dates(
    advances: &[DatedFlow],
    payments: &[DatedFlow],
    unit: UnitPeriod,
) -> Result<Rate, AprError> {
    let start = first_day(advances)?;
    let flow = |flow: &DatedFlow| {
        let (periods, fraction) = unit_periods_between(start, not_before(start, flow.on)?, unit);
        Ok(UnitFlow { amount: flow.amount, periods, fraction })
    };
    let (advances, payments) = (all(advances, flow)?, all(payments, flow)?);
    actuarial_rate(&advances, &payments, unit.per_year())
}

/// [`effective_rate`] of dated flows, counted in years from the first drawdown by [`years_between`].
///
/// # Errors
/// As for [`effective_rate`], and a flow before the first drawdown.
pub fn effective_rate_of_dates(drawdowns: &[DatedFlow], payments: &[DatedFlow]) -> Result<Rate, AprError> {
    let start = first_day(drawdowns)?;
    let flow = |flow: &DatedFlow| {
        let years = years_between(start, not_before(start, flow.on)?);
        Ok(YearFlow { amount: flow.amount, years })
    };
    effective_rate(&all(drawdowns, flow)?, &all(payments, flow)?)
}

/// The effective rate of a year of a nominal one that is charged so many times a year:
/// (1 + r/n)^n − 1, exact to ten decimals of a percent.
///
/// # Errors
/// [`AprError::BeyondLargest`] for a rate beyond a million percent.
///
/// # Panics
/// When `times_per_year` is zero.
pub fn effective_of_nominal(nominal: Rate, times_per_year: u32) -> Result<Rate, AprError> {
    assert!(times_per_year > 0, "interest is charged at least once a year");
    let denominator = nominal.denominator() * i128::from(times_per_year);
    let once = Fixed::whole(1).times_ratio(Fraction { numerator: nominal.numerator(), denominator });
    // By its reciprocal, which never grows.
    let discount = once.discount().power(times_per_year);
    let largest = Fixed::whole(LARGEST).discount();
    if discount < largest {
        return Err(AprError::BeyondLargest);
    }
    Ok(to_rate(discount.reciprocal().minus_one()))
}

/// The nominal rate that is effectively this one when it is charged so many times a year:
/// n·((1 + X)^(1/n) − 1), exact to ten decimals of a percent.
///
/// # Errors
/// [`AprError::BeyondLargest`] for a rate beyond a million percent.
///
/// # Panics
/// When `times_per_year` is zero.
pub fn nominal_of_effective(effective: Rate, times_per_year: u32) -> Result<Rate, AprError> {
    assert!(times_per_year > 0, "interest is charged at least once a year");
    let ratio = Fraction { numerator: effective.numerator(), denominator: effective.denominator() };
    let wanted = Fixed::whole(1).times_ratio(ratio).discount();
    let once = halve(Fixed::whole(LARGEST), |once| once.discount().power(times_per_year) > wanted)?;
    Ok(to_rate(once.times_whole(times_per_year)))
}

/// A rate as it is disclosed: so many decimals of a percent, a half rounded up.
#[must_use]
pub fn published(rate: Rate, decimals: u32) -> Rate {
    let unit = 10_i64.pow(decimals.min(10));
    let scaled = Rounding::HalfUp.divide(rate.numerator() * 100 * i128::from(unit), rate.denominator());
    Rate::from_ratio(i64::try_from(scaled).expect("a million percent with ten decimals is 10^16"), unit * 100)
}

fn check(advanced: Amount, paid: Amount) -> Result<(), AprError> {
    if !advanced.is_positive() {
        return Err(AprError::NoAdvance);
    }
    if paid < advanced { Err(AprError::PaidBackLess) } else { Ok(()) }
}

/// The point between zero and `largest` where `owes` turns from true to false.
fn halve(largest: Fixed, owes: impl Fn(Fixed) -> bool) -> Result<Fixed, AprError> {
    let (mut low, mut high) = (Fixed::ZERO, Fixed::SIXTEENTH);
    while owes(high) {
        if high >= largest {
            return Err(AprError::BeyondLargest);
        }
        (low, high) = (high, high.times_whole(2).min(largest));
    }
    for _ in 0..HALVINGS {
        let middle = low.middle(high);
        if owes(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// 1 ÷ ((1 + f·i)·(1 + i)^n)
fn unit_discount(flow: &UnitFlow, rate: Fixed) -> Fixed {
    rate.discount().power(flow.periods).times(rate.times_ratio(flow.fraction).discount())
}

/// Half-even to ten decimals of a percent.
fn to_rate(value: Fixed) -> Rate {
    let unit = 10_i64.pow(12);
    Rate::from_ratio(value.to_scaled(unit), unit)
}

fn first_day(advances: &[DatedFlow]) -> Result<Date, AprError> {
    advances.iter().map(|flow| flow.on).min().ok_or(AprError::NoAdvance)
}

fn not_before(start: Date, on: Date) -> Result<Date, AprError> {
    if on < start { Err(AprError::BeforeFirstAdvance(on)) } else { Ok(on) }
}

fn all<T>(
    flows: &[DatedFlow],
    place: impl Fn(&DatedFlow) -> Result<T, AprError>,
) -> Result<Vec<T>, AprError> {
    flows.iter().map(place).collect()
}

#[cfg(test)]
mod tests;
