//! The rate of a payment plan: the one at which the agreed payments repay the loan.
//!
//! Only nominal periods are known here: with dates the rate would change with the day of the disbursement.

use crate::calendar::Period;
use crate::day_count::DaysMethod;
use crate::money::Amount;
use crate::rate::Rate;

use super::factor::{Day, Measure};
use super::fixed_point::{BALANCE_LIMIT, balance_of, interest, quotient};
use super::plan_guess::Quick;
use super::{InterestTerms, ScheduleError};

/// Half steps of a rate in one: a rate is kept as a percentage with ten decimals.
const HALF_STEPS: u128 = 2 * 1_000_000_000_000;
/// The largest rate in half steps: 1,000,000 %.
const MOST: u128 = HALF_STEPS * 10_000;

/// The rate, in the charge frequency of the terms, at which the payments repay the principal:
/// the r with Σ payment_i ÷ (1 + r·t)^i = principal, t being the time of one nominal period.
///
/// It is the nearest percentage with ten decimals. Trying it out loses less than 2^-50 of a minor
/// unit with each payment, so a rate is off by a last decimal at most where two are equally near.
/// The rate in `terms` is not looked at, and time is nominal whatever its method says.
///
/// # Errors
/// No payments, a principal that is not positive, a period or frequency of zero; and
/// [`ScheduleError::NoRate`] when the payments are not more than the principal together, or when the
/// rate would be beyond 1,000,000 %.
///
/// ```
/// use loam_calc::calendar::Period;
/// use loam_calc::day_count::{DayCount, DaysMethod};
/// use loam_calc::money::Amount;
/// use loam_calc::rate::Rate;
/// use loam_calc::schedule::*;
///
/// let terms = InterestTerms {
///     method: InterestMethod::DecliningBalanceDiscounted,
///     rate: Rate::ZERO,
///     charge_frequency: ChargeFrequency::EveryMonth,
///     day_count: DayCount::Actual365Fixed,
///     days_method: DaysMethod::RepaymentPeriodicity,
/// };
/// let payments = [Amount::from_minor(60_00), Amount::from_minor(60_00)];
/// let rate = payment_plan_rate(&terms, Period::months(1), Amount::from_minor(100_00), &payments);
/// assert_eq!(rate.map(Rate::to_percent_text), Ok("13.0662386292".to_owned()));
/// ```
pub fn payment_plan_rate(
    terms: &InterestTerms,
    period: Period,
    principal: Amount,
    payments: &[Amount],
) -> Result<Rate, ScheduleError> {
    let quick = Quick::of(principal, payments);
    solved(terms, period, (principal, payments), quick.as_ref())
}

/// The rate, with what tells quickly about it; without, everything is found in wide arithmetic.
pub(super) fn solved(
    terms: &InterestTerms,
    period: Period,
    (principal, payments): (Amount, &[Amount]),
    quick: Option<&Quick>,
) -> Result<Rate, ScheduleError> {
    if payments.is_empty() {
        return Err(ScheduleError::NoInstallments);
    }
    if !principal.is_positive() {
        return Err(ScheduleError::PrincipalNotPositive { principal });
    }
    let terms = InterestTerms { days_method: DaysMethod::RepaymentPeriodicity, ..*terms };
    let measure = Measure::try_new(&terms, period)?;
    // A nominal measure does not look at dates.
    let nowhere = Day::of(jiff::civil::Date::ZERO);
    let time = measure.between(nowhere, nowhere);
    let numerator = u128::from(time.numerator.unsigned_abs());
    let denominator = u128::from(time.denominator.unsigned_abs());
    let is_too_much = |half_steps: u128| {
        let ratio = (half_steps * numerator, HALF_STEPS * denominator);
        if let Some(is_too_much) = quick.and_then(|quick| quick.is_too_much(ratio)) {
            return is_too_much;
        }
        // Beyond 2^16 for a period the first payment is interest alone, as it would be with any more.
        quotient(ratio.0, ratio.1).is_none_or(|factor| remains(principal, payments, factor) >= 0)
    };
    if is_too_much(0) || !is_too_much(MOST) {
        return Err(ScheduleError::NoRate);
    }
    let guess = quick.and_then(Quick::factor).and_then(|factor| {
        let half_steps = u128::from(factor).checked_mul(HALF_STEPS * denominator)? / numerator.max(1);
        Some(half_steps >> u64::BITS)
    });
    let high = smallest((0, MOST), guess.unwrap_or(MOST / 2), is_too_much);
    // The rate lies between two half steps; the whole step between or beside them is the nearest.
    let steps = i64::try_from(high / 2).map_err(|_| ScheduleError::NoRate)?;
    let whole = i64::try_from(HALF_STEPS / 2).map_err(|_| ScheduleError::NoRate)?;
    Ok(Rate::from_ratio(steps, whole))
}

/// The smallest number above the first bound that is too much, as the second one is; the search begins
/// around the guess.
fn smallest((mut low, mut high): (u128, u128), guess: u128, is_too_much: impl Fn(u128) -> bool) -> u128 {
    let (mut next, mut width) = (guess.clamp(low + 1, high - 1), 1);
    let (mut knows_low, mut knows_high) = (false, false);
    while high - low > 1 {
        if is_too_much(next) {
            (high, knows_high) = (next, true);
        } else {
            (low, knows_low) = (next, true);
        }
        // Further and further away from the guess, until it lies between two that were tried.
        next = match (knows_low, knows_high) {
            (true, false) => low.saturating_add(width).min(high - 1),
            (false, true) => high.saturating_sub(width).max(low + 1),
            (true, true) | (false, false) => u128::midpoint(low, high),
        };
        width *= 2;
    }
    high
}

/// What is left of the principal after the payments, with interest at this factor for each period;
/// below zero as soon as nothing is left to pay, and endless once it outgrows what can be kept.
fn remains(principal: Amount, payments: &[Amount], factor: u128) -> i128 {
    let mut balance = balance_of(principal);
    for &payment in payments {
        if balance < 0 {
            return balance;
        }
        balance += interest(balance, factor) - balance_of(payment);
        if balance >= BALANCE_LIMIT {
            return balance;
        }
    }
    balance
}
