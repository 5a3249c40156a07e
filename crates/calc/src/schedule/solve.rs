//! The equal total where no formula gives it: the one after which nothing is left, found by trying.
//!
//! Standard schedules at one rate have the formula of `annuity.rs` and never come by here.

use super::ScheduleError;
use super::charge::Charge;
use super::fixed_point::{BALANCE_BITS, BALANCE_LIMIT, balance_of, factor_of, interest};
use super::spread::Kind;
use crate::money::Amount;
use crate::rounding::Rounding;

/// How near a total must be to a half or a whole to be taken for it: 2^-30 minor units.
const NEAR: i128 = 1 << (BALANCE_BITS - 30);

/// One repaying step: the bound of each tier and the factor of the part of the balance up to it.
struct Factors(Vec<(Option<i128>, u128)>);

/// The equal total, rounded to a multiple of `unit`: the one with which the last installment repays
/// the rest. Found exactly up to 2^-30 minor units; a total nearer than that to a half is one.
///
/// # Errors
/// A factor beyond 2^16 for a period.
pub(super) fn equal_total(
    charge: &Charge<'_>,
    unit: Amount,
    rounding: Rounding,
) -> Result<Amount, ScheduleError> {
    let too_large = ScheduleError::InstallmentTooLarge { number: charge.plan.count };
    let steps = factors(charge).ok_or_else(|| too_large.clone())?;
    let principal = balance_of(charge.plan.terms.principal);
    let half = balance_of(unit) / 2;
    // A first payment of the principal with its interest leaves nothing, so no total is more.
    let first = steps.first().ok_or_else(|| too_large.clone())?;
    let most = grown(principal, first);
    if most >= BALANCE_LIMIT {
        return Err(too_large);
    }
    let reaches = |halves: i128| remains(principal, &steps, halves * half - NEAR) >= 0;
    let (mut low, mut high) = (0, most / half + 2);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if reaches(middle) { low = middle } else { high = middle }
    }
    let is_met = remains(principal, &steps, low * half + NEAR) <= 0;
    let units = i64::try_from(rounded(low, is_met, rounding)).map_err(|_| too_large.clone())?;
    let total = units.checked_mul(unit.minor()).filter(|minor| *minor <= Amount::MAX.minor());
    total.map(Amount::from_minor).ok_or(too_large)
}

/// Half units, of which the value is the last one reached, to whole units. `is_met`: no more than that.
fn rounded(halves: i128, is_met: bool, rounding: Rounding) -> i128 {
    let (whole, has_half) = (halves / 2, halves % 2 == 1);
    match rounding {
        Rounding::Down => whole,
        Rounding::Up => whole + i128::from(has_half || !is_met),
        Rounding::HalfUp => whole + i128::from(has_half),
        Rounding::HalfEven => whole + i128::from(has_half && (!is_met || whole % 2 == 1)),
    }
}

/// The factors of all steps that repay; what is charged in others is paid with them.
fn factors(charge: &Charge<'_>) -> Option<Vec<Factors>> {
    let repaying = charge.plan.steps().filter(|step| step.kind == Kind::Repaying);
    repaying
        .map(|step| {
            let parts = charge.rates(step).into_iter().map(|part| {
                let factors = part.rates.into_iter().map(|(rate, time)| factor_of(rate, time));
                Some((part.up_to.map(balance_of), factors.sum::<Option<u128>>()?))
            });
            parts.collect::<Option<Vec<_>>>().map(Factors)
        })
        .collect()
}

/// The balance with its interest.
fn grown(balance: i128, step: &Factors) -> i128 {
    let (mut below, mut sum) = (0, balance);
    for &(bound, factor) in &step.0 {
        let to = bound.map_or(balance, |bound| bound.min(balance));
        sum += interest(to - below, factor);
        if to == balance {
            return sum;
        }
        below = to;
    }
    sum
}

/// What is left after paying this total at each step; below zero as soon as nothing is left to pay,
/// endless once the balance outgrows what can be kept.
fn remains(principal: i128, steps: &[Factors], total: i128) -> i128 {
    let mut balance = principal;
    for step in steps {
        if balance < 0 {
            return balance;
        }
        balance = grown(balance, step) - total;
        if balance >= BALANCE_LIMIT {
            return balance;
        }
    }
    balance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_units_round_as_the_strategy_says() {
        let check = |halves: i128, is_met: bool, expected: [i128; 4]| {
            let modes = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down];
            assert_eq!(modes.map(|mode| rounded(halves, is_met, mode)), expected, "{halves} {is_met}");
        };
        check(4, true, [2, 2, 2, 2]);
        check(4, false, [2, 2, 3, 2]);
        check(5, true, [3, 2, 3, 2]);
        check(5, false, [3, 3, 3, 2]);
        check(7, true, [4, 4, 4, 3]);
    }
}
