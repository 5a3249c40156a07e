//! The factor of a payment plan found by Newton's method in 64 bits, and a quick look at whether a
//! factor is too much.
//!
//! Nothing of it decides what 64 bits cannot: then the wide arithmetic of `plan_rate.rs` is asked.

use crate::money::Amount;

/// Bits of the principal with its binary places.
const PRINCIPAL_BITS: u32 = 60;
/// More places would be finer than the wide arithmetic is.
const MOST_PLACES: u32 = 40;
/// Balances stay within 2^61, so that adding interest of less than a whole one cannot overflow.
const LIMIT: i64 = 1 << 61;
/// Binary places by which a slope is less fine than a balance.
const SLOPE_SHIFT: u32 = 16;
/// How often a factor is made better.
const TRIALS: u32 = 40;

/// A principal and its payments as balances.
pub(super) struct Quick {
    principal: i64,
    payments: Vec<i64>,
    /// The sum of the payments ÷ the principal, and ÷ the sum of the payments times their numbers; of
    /// 32 binary places each.
    ratios: (u64, u64),
}

/// After all payments.
struct Left {
    balance: i64,
    /// How much more it is for a larger factor.
    slope: i64,
    /// What truncation can have made of it.
    error: i64,
}

impl Quick {
    /// `None` where 64 bits are not enough.
    pub(super) fn of(principal: Amount, payments: &[Amount]) -> Option<Quick> {
        let bits = u64::BITS - principal.minor().unsigned_abs().leading_zeros();
        let places = PRINCIPAL_BITS.checked_sub(bits)?.min(MOST_PLACES);
        let (mut scaled, mut sum, mut weighed) = (Vec::with_capacity(payments.len()), 0_i64, 0_i128);
        for (number, payment) in (1_i64..).zip(payments) {
            if payment.is_negative() || payment.minor() >= LIMIT >> places {
                return None;
            }
            scaled.push(payment.minor() << places);
            sum = sum.checked_add(payment.minor())?;
            weighed += i128::from(payment.minor()) * i128::from(number);
        }
        let ratio = |divisor: i128| u64::try_from((i128::from(sum) << 32) / divisor.max(1)).ok();
        let ratios = (ratio(i128::from(principal.minor()))?, ratio(weighed)?);
        Some(Quick { principal: principal.minor() << places, payments: scaled, ratios })
    }

    /// Whether something is left of the principal with this factor for each period; `None` when 64 bits
    /// do not tell.
    pub(super) fn is_too_much(&self, (numerator, denominator): (u128, u128)) -> Option<bool> {
        if numerator >> u64::BITS != 0 {
            return None;
        }
        let factor = u64::try_from((numerator << u64::BITS) / denominator).ok()?;
        let left = self.after(factor)?;
        (left.balance.abs() > left.error).then_some(left.balance > 0)
    }

    /// The factor for each period with 64 binary places, about.
    ///
    /// Payments that are discounted to the beginning fall along a curve that is bent one way only, so
    /// Newton's method on their sum comes to it from one side, whatever it began with.
    pub(super) fn factor(&self) -> Option<u64> {
        let interest = u128::from(self.ratios.0.checked_sub(1 << 32)?);
        let mut factor = u64::try_from(interest * u128::from(self.ratios.1)).unwrap_or(1 << 63).max(1);
        let count = i128::try_from(self.payments.len()).ok()?;
        for _ in 0..TRIALS {
            // Beyond the limit it was too much by far.
            let Some(left) = self.after(factor) else {
                factor /= 2;
                continue;
            };
            // d(balance ÷ growth) = (slope − count × balance ÷ (1 + factor)) ÷ growth
            let discounted =
                ((count * i128::from(left.balance)) << 32) / i128::from((1 << 32) + (factor >> 32));
            let slope = (i128::from(left.slope) << SLOPE_SHIFT) - discounted;
            let change = (i128::from(left.balance) << u64::BITS) / slope.max(1);
            let better = u64::try_from((i128::from(factor) - change).max(1)).ok()?;
            if better.abs_diff(factor) < 1 << 12 {
                return Some(better);
            }
            factor = better;
        }
        Some(factor)
    }

    /// Walks over the payments. Below zero it goes on with interest that is below zero.
    fn after(&self, factor: u64) -> Option<Left> {
        let mut left = Left { balance: self.principal, slope: 0, error: 0 };
        for payment in &self.payments {
            left.slope += product(left.slope, factor) + (left.balance >> SLOPE_SHIFT);
            left.error += product(left.error, factor) + 2;
            left.balance += product(left.balance, factor) - payment;
            if left.balance.abs() >= LIMIT || left.slope.abs() >= LIMIT || left.error >= LIMIT {
                return None;
            }
        }
        Some(left)
    }
}

/// `value` × `factor` ÷ 2^64, to the next whole number below.
#[inline]
fn product(value: i64, factor: u64) -> i64 {
    let product = (i128::from(value) * i128::from(factor)) >> u64::BITS;
    i64::try_from(product).unwrap_or(i64::MAX)
}
