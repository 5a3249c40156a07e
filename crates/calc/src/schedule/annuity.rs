//! The installment of an annuity in fixed-point arithmetic: no float, and no division per period.
//!
//! Rounding to cents is not done here; the result is unrounded.

use super::spread::{Kind, Plan, Step};
use crate::exact::Exact;
use crate::money::Amount;
use crate::rate::Rate;

/// Binary places of a period rate, which leaves 16 bits before them.
const RATE_BITS: u32 = 112;
/// Binary places of growth and sum at the beginning.
const START_BITS: u32 = 100;
/// Growth and sum stay below 2^110, so a factor of up to 1 + 2^16 cannot overflow 128 bits.
const LARGEST_BITS: u32 = 110;
/// Binary places of the result.
const RESULT_BITS: u32 = 32;
/// The last binary places of the result, which only hold what truncation left there.
const NOISE_BITS: u32 = 3;

/// A running annuity: growth G = Π(1+r_i) and sum S = Σ_k Π_{j>k}(1+r_j), on one common scale.
///
/// Each period does G ← G·(1+r) and S ← S·(1+r) + 1, where "1" is `unit`. Only ratios matter, so
/// when they become large all three are shifted down together.
///
/// **Error.** A step truncates G and S by less than 2^-98 of themselves, and a period rate is short
/// by less than 2^-95. Over 600 installments a ratio is off by less than 2^-84, so an installment of
/// up to 10^15 minor units is off by less than 2^-33 of one. Results are brought to multiples of
/// 2^-29: a true half or a true whole number is exactly that, whatever the rounding. Only a value
/// that is neither but within 2^-30 minor units of one of them is taken for it.
pub(super) struct Annuity {
    growth: u128,
    sum: u128,
    unit: u128,
}

/// Period rates as binary fractions: rate ÷ denominator once, then times the days of each period.
struct PeriodRates<'a> {
    plan: &'a Plan<'a>,
    rate: Rate,
    denominator: i64,
    unit_rate: u128,
}

impl Annuity {
    /// Runs through the repaying steps; `None` when a period rate is beyond 2^16 (6,553,600 %).
    ///
    /// A period that repays no principal is left out: its interest is paid at its end, or forgiven,
    /// so the balance neither grows nor shrinks in it.
    pub(super) fn over(plan: &Plan<'_>, steps: impl Iterator<Item = Step>) -> Option<Annuity> {
        let rate = plan.terms.interest.rate;
        let mut rates = PeriodRates { plan, rate, denominator: 0, unit_rate: 0 };
        let unit = 1 << START_BITS;
        let mut annuity = Annuity { growth: unit, sum: 0, unit };
        for step in steps.filter(|step| step.kind == Kind::Repaying) {
            annuity.grow(rates.of(step)?);
        }
        Some(annuity)
    }

    /// The equal installment of a loan: principal × G ÷ S.
    pub(super) fn installment(&self, principal: Amount) -> Exact {
        times_ratio(principal, self.growth, self.sum)
    }

    /// What an amount at the end of the annuity is worth at its beginning: amount ÷ G.
    pub(super) fn discounted(&self, amount: Amount) -> Exact {
        times_ratio(amount, self.unit, self.growth)
    }

    #[inline(always)]
    fn grow(&mut self, rate: u128) {
        self.growth += product(self.growth, rate);
        self.sum += product(self.sum, rate) + self.unit;
        // One comparison in nearly every period; the loop runs once each time the sum has doubled.
        while (self.growth | self.sum) >> LARGEST_BITS != 0 {
            self.growth >>= 1;
            self.sum >>= 1;
            self.unit >>= 1;
        }
    }
}

impl PeriodRates<'_> {
    /// rate × time of the step, times 2^112.
    #[inline(always)]
    fn of(&mut self, step: Step) -> Option<u128> {
        let time = self.plan.time(step);
        if time.denominator != self.denominator {
            let denominator = self.rate.denominator() * i128::from(time.denominator);
            self.unit_rate = binary_fraction(self.rate.numerator(), denominator)?;
            self.denominator = time.denominator;
        }
        times(self.unit_rate, time.numerator.unsigned_abs())
    }
}

/// `numerator` ÷ `denominator` times 2^112, truncated; `None` when the quotient is beyond 2^16.
///
/// Denominators are below 2^100, so a rest can be shifted by 28 bits at a time.
fn binary_fraction(numerator: i128, denominator: i128) -> Option<u128> {
    const CHUNK_BITS: u32 = 28;
    let denominator = denominator.unsigned_abs();
    let mut quotient = numerator.unsigned_abs() / denominator;
    let mut rest = numerator.unsigned_abs() % denominator;
    if quotient >> (u128::BITS - RATE_BITS) != 0 {
        return None;
    }
    for _ in 0..RATE_BITS / CHUNK_BITS {
        rest <<= CHUNK_BITS;
        quotient = (quotient << CHUNK_BITS) | (rest / denominator);
        rest %= denominator;
    }
    Some(quotient)
}

/// `value` × `rate` ÷ 2^112 in halves of 64 bits, truncated by less than three; `value` is below 2^110.
#[inline]
fn product(value: u128, rate: u128) -> u128 {
    let (value_high, value_low) = halves(value);
    let (rate_high, rate_low) = halves(rate);
    // The four parts stay below 2^127 together, see LARGEST_BITS; checking each sum costs a third of the time.
    let upper = wide(value_high, rate_high) << (2 * u64::BITS - RATE_BITS);
    let left = wide(value_high, rate_low) >> (RATE_BITS - u64::BITS);
    let right = wide(value_low, rate_high) >> (RATE_BITS - u64::BITS);
    let lower = wide(value_low, rate_low) >> RATE_BITS;
    upper.wrapping_add(left).wrapping_add(right).wrapping_add(lower)
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "cutting off the upper half is the purpose")]
fn halves(value: u128) -> (u64, u64) {
    ((value >> u64::BITS) as u64, value as u64)
}

/// `value` × `factor`, or `None` beyond 128 bits; a checked 128-bit product is a call, these are two instructions.
#[inline]
fn times(value: u128, factor: u64) -> Option<u128> {
    let (high, low) = halves(value);
    let upper = wide(high, factor);
    if upper >> u64::BITS != 0 {
        return None;
    }
    (upper << u64::BITS).checked_add(wide(low, factor))
}

/// 64 × 64 → 128 bits, one machine instruction.
#[inline]
fn wide(left: u64, right: u64) -> u128 {
    u128::from(left) * u128::from(right)
}

/// `value` × `top` ÷ `bottom`, to the nearest 2^-29; `top` and `bottom` are below 2^110.
fn times_ratio(value: Amount, top: u128, bottom: u128) -> Exact {
    const CHUNK_BITS: u32 = 16;
    let magnitude = value.minor().unsigned_abs();
    let (mut quotient, mut rest): (u128, u128) = (0, 0);
    for place in (0..u64::BITS / CHUNK_BITS).rev() {
        let chunk = u128::from(magnitude >> (place * CHUNK_BITS)) & 0xffff;
        rest = (rest << CHUNK_BITS) + chunk * top;
        quotient = (quotient << CHUNK_BITS) + rest / bottom;
        rest %= bottom;
    }
    for _ in 0..RESULT_BITS / CHUNK_BITS {
        rest <<= CHUNK_BITS;
        quotient = (quotient << CHUNK_BITS) + rest / bottom;
        rest %= bottom;
    }
    let without_noise = ((quotient + (1 << (NOISE_BITS - 1))) >> NOISE_BITS) << NOISE_BITS;
    let scaled = i128::try_from(without_noise).expect("2^64 × 2^17 with 32 binary places is below 2^127");
    Exact::ratio(scaled * i128::from(value.minor().signum()), 1 << RESULT_BITS)
}
