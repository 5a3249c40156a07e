//! A quick look at the annuity in 64 bits, which decides nearly every installment.
//!
//! Nothing is approximated in the result: when the bounds do not round to the same amount, the wide
//! arithmetic of `annuity.rs` decides.

use super::factor::Time;
use super::spread::{Kind, Plan};
use crate::exact::Exact;
use crate::money::Amount;

/// Binary places of growth and sum at the beginning.
const START_BITS: u32 = 52;
/// Growth and sum stay below 2^62, so doubling them cannot overflow.
const LARGEST_BITS: u32 = 62;
/// Binary places of the bounds.
const RESULT_BITS: u32 = 32;
/// Times above this would let the truncation of the rate grow beyond the error stated below.
const LARGEST_TIME: i64 = 1 << 17;

/// Lower and upper bound of the unrounded equal installment; `None` when 64 bits are not enough.
///
/// The recurrence is that of `annuity.rs`. A step is off by less than 2^-49 for truncation, and by
/// 2^-47 for a rate of 64 binary places times 2^17, so n steps by less than n · 2^-45 of the value.
pub(super) fn bounds(plan: &Plan<'_>) -> Option<(Exact, Exact)> {
    let rate = plan.terms.interest.rate;
    let (mut growth, mut sum, mut unit) = (1_u64 << START_BITS, 0_u64, 1_u64 << START_BITS);
    let (mut denominator, mut unit_rate) = (0, 0);
    for step in plan.steps().filter(|step| step.kind == Kind::Repaying) {
        let time = plan.time(step);
        if time.denominator != denominator {
            denominator = time.denominator;
            unit_rate = scaled_rate(rate.parts(), time)?;
        }
        if time.numerator > LARGEST_TIME {
            return None;
        }
        // A rate of one or more per period does not fit.
        let rate = unit_rate.checked_mul(time.numerator.unsigned_abs())?;
        growth += upper_half(growth, rate);
        sum += upper_half(sum, rate) + unit;
        while (growth | sum) >> LARGEST_BITS != 0 {
            (growth, sum, unit) = (growth >> 1, sum >> 1, unit >> 1);
        }
    }
    Some(around(plan, growth, sum))
}

/// principal × growth ÷ sum, less and more the error.
fn around(plan: &Plan<'_>, growth: u64, sum: u64) -> (Exact, Exact) {
    let sum = u128::from(sum);
    let product = u128::from(plan.terms.principal.minor().unsigned_abs()) * u128::from(growth);
    // The principal is below 2^50: the quotient with its places is below 2^50 × 2 × 2^32.
    let scaled = ((product / sum) << RESULT_BITS) + ((product % sum) << RESULT_BITS) / sum;
    let error = (scaled >> 45) * u128::from(plan.count) + 1;
    let exact = |scaled: u128| {
        let numerator = i128::try_from(scaled).expect("it is below 2^84");
        Exact::ratio(numerator, 1 << RESULT_BITS)
    };
    (exact(scaled.saturating_sub(error)), exact(scaled + error))
}

/// rate ÷ denominator of the time, times 2^64, truncated; `None` when it is one or more.
fn scaled_rate((numerator, denominator): (i64, i64), time: Time) -> Option<u64> {
    let denominator = denominator.checked_mul(time.denominator)?;
    let scaled = (u128::from(numerator.unsigned_abs()) << u64::BITS) / u128::from(denominator.unsigned_abs());
    u64::try_from(scaled).ok()
}

#[inline]
fn upper_half(left: u64, right: u64) -> u64 {
    ((u128::from(left) * u128::from(right)) >> u64::BITS) as u64
}

/// The amount both bounds round to, if it is one.
pub(super) fn agreed(plan: &Plan<'_>, (lower, upper): (Exact, Exact)) -> Option<Amount> {
    let total = plan.rounded_total(lower)?;
    (plan.rounded_total(upper)? == total).then_some(total)
}
