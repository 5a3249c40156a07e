//! The equal total where no formula gives it: the one after which nothing is left, found by trying.
//!
//! Standard schedules at one rate have the formula of `annuity.rs` and never come by here.

use super::ScheduleError;
use super::charge::Charge;
use super::factor::Time;
use super::fixed_point::{BALANCE_BITS, BALANCE_LIMIT, balance_of, factor_of, interest};
use super::spread::Kind;
use crate::money::Amount;
use crate::rate::Rate;
use crate::rounding::Rounding;

/// How near a total must be to a half or a whole to be taken for it: 2^-30 minor units.
const NEAR: i128 = 1 << (BALANCE_BITS - 30);

/// All repaying steps: the bounds of the tiers, and for each step the factors of the parts of the
/// balance up to them.
struct Factors {
    /// One less than there are tiers; the last one is open.
    bounds: Vec<i128>,
    /// As many for each step as there are tiers.
    factors: Vec<u128>,
}

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
    let too_large = || ScheduleError::InstallmentTooLarge { number: charge.plan.count };
    let steps = Factors::of(charge).ok_or_else(too_large)?;
    let principal = balance_of(charge.plan.terms.principal);
    let half = balance_of(unit) / 2;
    // A first payment of the principal with its interest leaves nothing, so no total is more.
    let first = steps.each().next().ok_or_else(too_large)?;
    let most = grown(principal, &steps.bounds, first);
    if most >= BALANCE_LIMIT {
        return Err(too_large());
    }
    let left = |total: i128| remains(principal, &steps, total);
    let low = last_reached(most / half + 2, |halves| left(halves * half - NEAR));
    let is_met = left(low * half + NEAR) <= 0;
    let units = i64::try_from(rounded(low, is_met, rounding)).map_err(|_| too_large())?;
    let total = units.checked_mul(unit.minor()).filter(|minor| *minor <= Amount::MAX.minor());
    total.map(Amount::from_minor).ok_or_else(too_large)
}

/// The largest number below `high` for which as much or more than nothing is left. Zero is one.
///
/// What is left falls along a line, or along a few with tiers by balance, so the next number to try
/// is where the line through the last two hits zero; where that helps little, the middle is tried.
fn last_reached(high: i128, left: impl Fn(i128) -> i128) -> i128 {
    let (mut low, mut high) = ((0, left(0)), (high, left(high)));
    let mut by_line = true;
    while high.0 - low.0 > 1 {
        let width = high.0 - low.0;
        let middle = low.0 + width / 2;
        let guess = if by_line { crossing(low, high) } else { middle };
        let guess = guess.clamp(low.0 + 1, high.0 - 1);
        let found = (guess, left(guess));
        let was = width;
        if found.1 >= 0 {
            low = found
        } else {
            high = found
        }
        // Near the end of a line the guess is one off at most: then its neighbor settles it.
        let neighbor = if found.1 >= 0 { guess + 1 } else { guess - 1 };
        if neighbor > low.0 && neighbor < high.0 {
            let found = (neighbor, left(neighbor));
            if found.1 >= 0 { low = found } else { high = found }
        }
        by_line = high.0 - low.0 <= was / 2 || !by_line;
    }
    low.0
}

/// Where the line through two points hits zero, about.
fn crossing((low, above): (i128, i128), (high, below): (i128, i128)) -> i128 {
    let fall = above.saturating_sub(below).max(1);
    // Of both only the leading 62 bits matter for a guess.
    let shift = u128::BITS.saturating_sub(fall.leading_zeros()).saturating_sub(62);
    let (above, fall) = (above >> shift, (fall >> shift).max(1));
    low + ((high - low) / fall).saturating_mul(above) + ((high - low) % fall).saturating_mul(above) / fall
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

impl Factors {
    /// The factors of all steps that repay; what is charged in others is paid with them.
    fn of(charge: &Charge<'_>) -> Option<Factors> {
        let mut found = Factors { bounds: charge.bounds().map(balance_of).collect(), factors: Vec::new() };
        let mut known: Vec<((Rate, Time), u128)> = Vec::new();
        for step in charge.plan.steps().filter(|step| step.kind == Kind::Repaying) {
            for part in charge.rates(step) {
                let mut sum = 0;
                for (rate, time) in part {
                    sum += known_factor(&mut known, rate, time)?;
                }
                found.factors.push(sum);
            }
        }
        Some(found)
    }

    fn each(&self) -> impl Iterator<Item = &[u128]> {
        self.factors.chunks_exact(self.bounds.len() + 1)
    }
}

/// A factor that was divided out before, or a new one. There are few: as many as lengths of a month.
fn known_factor(known: &mut Vec<((Rate, Time), u128)>, rate: Rate, time: Time) -> Option<u128> {
    const KEPT: usize = 16;
    if let Some((_, factor)) = known.iter().find(|(of, _)| *of == (rate, time)) {
        return Some(*factor);
    }
    let factor = factor_of(rate, time)?;
    if known.len() < KEPT {
        known.push(((rate, time), factor));
    }
    Some(factor)
}

/// The balance with its interest.
#[inline]
fn grown(balance: i128, bounds: &[i128], factors: &[u128]) -> i128 {
    let (mut below, mut sum) = (0, balance);
    for (&bound, &factor) in bounds.iter().zip(factors) {
        if bound >= balance {
            return sum + interest(balance - below, factor);
        }
        sum += interest(bound - below, factor);
        below = bound;
    }
    sum + interest(balance - below, factors[bounds.len()])
}

/// What is left after paying this total at each step; below zero as soon as nothing is left to pay,
/// endless once the balance outgrows what can be kept.
fn remains(principal: i128, steps: &Factors, total: i128) -> i128 {
    let mut balance = principal;
    for factors in steps.each() {
        if !(0..BALANCE_LIMIT).contains(&balance) {
            return balance;
        }
        balance = grown(balance, &steps.bounds, factors) - total;
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
