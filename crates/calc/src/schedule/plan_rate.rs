//! The rate of a payment plan: the one at which the agreed payments repay the loan.
//!
//! Only nominal periods are known here: with dates the rate would change with the day of the disbursement.

use crate::calendar::Period;
use crate::day_count::DaysMethod;
use crate::money::Amount;
use crate::rate::Rate;

use super::factor::{Day, Measure};
use super::fixed_point::{BALANCE_LIMIT, balance_of, interest, quotient};
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
    let factor = |half_steps: u128| {
        quotient(
            half_steps * u128::from(time.numerator.unsigned_abs()),
            HALF_STEPS * u128::from(time.denominator.unsigned_abs()),
        )
    };
    // Beyond 2^16 for a period the first payment is interest alone, as it would be with any more.
    let is_too_much =
        |half_steps: u128| factor(half_steps).is_none_or(|factor| remains(principal, payments, factor) >= 0);
    if is_too_much(0) || !is_too_much(MOST) {
        return Err(ScheduleError::NoRate);
    }
    let (mut low, mut high) = (0, MOST);
    while high - low > 1 {
        let middle = u128::midpoint(low, high);
        if is_too_much(middle) { high = middle } else { low = middle }
    }
    // The rate lies between two half steps; the whole step between or beside them is the nearest.
    let steps = i64::try_from(high / 2).map_err(|_| ScheduleError::NoRate)?;
    let whole = i64::try_from(HALF_STEPS / 2).map_err(|_| ScheduleError::NoRate)?;
    Ok(Rate::from_ratio(steps, whole))
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
