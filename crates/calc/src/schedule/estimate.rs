//! A quick look at the annuity in 64 bits, which decides nearly every installment.
//!
//! Nothing is approximated in the result: when the bounds do not round to the same amount, the wide
//! arithmetic of `annuity.rs` decides.

use super::charge::Charge;
use super::factor::Time;
use super::options::DayTier;
use super::spread::{Kind, Plan};
use crate::exact::Exact;
use crate::money::Amount;
use crate::rate::Rate;

/// Binary places of growth and sum at the beginning.
const START_BITS: u32 = 52;
/// Growth and sum stay below 2^62, so doubling them cannot overflow.
const LARGEST_BITS: u32 = 62;
/// Binary places of the bounds.
const RESULT_BITS: u32 = 32;
/// Times above this would let the truncation of the rate grow beyond the error stated below.
pub(super) const LARGEST_TIME: i64 = 1 << 17;

/// Lower and upper bound of the unrounded equal installment; `None` when 64 bits are not enough.
///
/// The recurrence is that of `annuity.rs`. A step is off by less than 2^-49 for truncation, and by
/// 2^-47 for a rate of 64 binary places times 2^17, so n steps by less than n · 2^-45 of the value.
pub(super) fn bounds(plan: &Plan<'_>) -> Option<(Exact, Exact)> {
    let rate = plan.terms.interest.rate;
    let (mut denominator, mut unit_rate) = (0, 0);
    let mut growth = Growth::new();
    for step in plan.steps().filter(|step| step.kind == Kind::Repaying) {
        let time = plan.time(step);
        if time.denominator != denominator {
            denominator = time.denominator;
            unit_rate = scaled_rate(rate.parts(), time)?;
        }
        growth.grow(times(unit_rate, time.numerator)?);
    }
    Some(growth.around(plan, plan.count))
}

/// [`bounds`] under tiers by day: the rate of a step is the sum of what its tiers come to. Each tier
/// can share one step with the tier before, and be off once more there.
pub(super) fn bounds_by_day(charge: &Charge<'_>, tiers: &[DayTier]) -> Option<(Exact, Exact)> {
    let plan = charge.plan;
    let mut known = (Rate::ZERO, 0, 0);
    let mut unit_rate = |rate: Rate, time: Time| {
        if (known.0, known.1) != (rate, time.denominator) {
            known = (rate, time.denominator, scaled_rate(rate.parts(), time)?);
        }
        times(known.2, time.numerator)
    };
    let mut growth = Growth::new();
    for step in plan.steps().filter(|step| step.kind == Kind::Repaying) {
        let rate = match charge.only_rate(step, tiers) {
            Some(rate) => unit_rate(rate, plan.time(step))?,
            None => charge
                .times(step, tiers)
                .try_fold(0_u64, |sum, (time, rate)| sum.checked_add(unit_rate(rate, time)?))?,
        };
        growth.grow(rate);
    }
    let tiers = u32::try_from(tiers.len()).ok()?;
    Some(growth.around(plan, plan.count.checked_add(tiers)?))
}

/// Growth and sum on one common scale, as in `annuity.rs`.
struct Growth {
    growth: u64,
    sum: u64,
    unit: u64,
}

impl Growth {
    fn new() -> Growth {
        Growth { growth: 1 << START_BITS, sum: 0, unit: 1 << START_BITS }
    }

    #[inline(always)]
    fn grow(&mut self, rate: u64) {
        self.growth += upper_half(self.growth, rate);
        self.sum += upper_half(self.sum, rate) + self.unit;
        while (self.growth | self.sum) >> LARGEST_BITS != 0 {
            (self.growth, self.sum, self.unit) = (self.growth >> 1, self.sum >> 1, self.unit >> 1);
        }
    }

    /// principal × growth ÷ sum, less and more the error of so many rates.
    fn around(&self, plan: &Plan<'_>, rates: u32) -> (Exact, Exact) {
        let sum = u128::from(self.sum);
        let product = u128::from(plan.terms.principal.minor().unsigned_abs()) * u128::from(self.growth);
        // The principal is below 2^50: the quotient with its places is below 2^50 × 2 × 2^32.
        let scaled = ((product / sum) << RESULT_BITS) + ((product % sum) << RESULT_BITS) / sum;
        let error = (scaled >> 45) * u128::from(rates) + 1;
        let exact = |scaled: u128| {
            let numerator = i128::try_from(scaled).expect("it is below 2^84");
            Exact::ratio(numerator, 1 << RESULT_BITS)
        };
        (exact(scaled.saturating_sub(error)), exact(scaled + error))
    }
}

/// A unit rate for the numerator of a time; `None` for a rate of one or more, and for times so large
/// that the truncation of the unit rate would matter.
#[inline(always)]
fn times(unit_rate: u64, time: i64) -> Option<u64> {
    if time > LARGEST_TIME { None } else { unit_rate.checked_mul(time.unsigned_abs()) }
}

/// rate ÷ denominator of the time, times 2^64, truncated; `None` when it is one or more.
pub(super) fn scaled_rate((numerator, denominator): (i64, i64), time: Time) -> Option<u64> {
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
