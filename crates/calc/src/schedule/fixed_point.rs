//! Balances and factors as binary fractions of 128 bits, for what can only be found by trying.
//!
//! Nothing of it is booked: it decides between amounts, and says within which distance it is right.

use super::factor::Time;
use crate::money::Amount;
use crate::rate::Rate;

/// Binary places of a balance. The largest amount has 50 places before them.
pub(super) const BALANCE_BITS: u32 = 52;
/// Binary places of a factor.
const FACTOR_BITS: u32 = 96;
/// How many places are divided out at once.
const CHUNK_BITS: u32 = 32;
/// Factors stay below 2^16.
const FACTOR_LIMIT: u128 = 1 << (FACTOR_BITS + 16);
/// Balances beyond 2^54 minor units count as endless; with a factor they stay below 2^123.
pub(super) const BALANCE_LIMIT: i128 = 1 << (BALANCE_BITS + 54);

/// An amount as a balance.
pub(super) fn balance_of(amount: Amount) -> i128 {
    i128::from(amount.minor()) << BALANCE_BITS
}

/// rate × time as a factor, truncated at the 96th place; `None` when it is 2^16 or more.
pub(super) fn factor_of(rate: Rate, time: Time) -> Option<u128> {
    let numerator = rate.numerator().checked_mul(i128::from(time.numerator))?;
    let denominator = rate.denominator().checked_mul(i128::from(time.denominator))?;
    quotient(numerator.unsigned_abs(), denominator.unsigned_abs())
}

/// `numerator` ÷ `denominator` with 96 binary places, truncated; `None` when it is 2^16 or more.
///
/// Denominators below 2^96, as those of all rates and times are, let a rest be shifted by 32 bits at once.
pub(super) fn quotient(numerator: u128, denominator: u128) -> Option<u128> {
    let mut quotient = numerator / denominator;
    let mut rest = numerator % denominator;
    if quotient >= FACTOR_LIMIT >> FACTOR_BITS || denominator >> FACTOR_BITS != 0 {
        return None;
    }
    for _ in 0..FACTOR_BITS / CHUNK_BITS {
        rest <<= CHUNK_BITS;
        quotient = (quotient << CHUNK_BITS) | (rest / denominator);
        rest %= denominator;
    }
    Some(quotient)
}

/// A balance not below zero × a factor; too small by less than three units in the last place.
#[inline]
pub(super) fn interest(balance: i128, factor: u128) -> i128 {
    let (balance_high, balance_low) = halves(balance.unsigned_abs());
    let (factor_high, factor_low) = halves(factor);
    // The balance is below 2^106 and the factor below 2^112, so no part leaves 128 bits.
    let upper = wide(balance_high, factor_high) << (u128::BITS - FACTOR_BITS);
    let middle = FACTOR_BITS - u64::BITS;
    let inner = (wide(balance_high, factor_low) >> middle) + (wide(balance_low, factor_high) >> middle);
    let lower = wide(balance_low, factor_low) >> FACTOR_BITS;
    (upper + inner + lower).cast_signed()
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "cutting off the upper half is the purpose")]
fn halves(value: u128) -> (u64, u64) {
    ((value >> u64::BITS) as u64, value as u64)
}

/// 64 × 64 → 128 bits, one machine instruction.
#[inline]
fn wide(left: u64, right: u64) -> u128 {
    u128::from(left) * u128::from(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interest_is_balance_times_factor() {
        let one_percent = factor_of(Rate::from_ratio(12, 100), Time { numerator: 1, denominator: 12 });
        let factor = one_percent.expect("it is small");
        for minor in [1, 100, 12_345_678, Amount::MAX.minor()] {
            let exact = i128::from(minor) << BALANCE_BITS;
            let found = interest(exact, factor);
            assert!((exact / 100 - found).abs() < 1 << 12, "{minor}");
        }
    }

    #[test]
    fn a_quotient_is_long_division() {
        assert_eq!(quotient(1, 2), Some(1 << 95));
        assert_eq!(quotient(3, 1), Some(3 << 96));
        assert_eq!(quotient((1 << 95) - 1, (1 << 96) - 1), Some((1 << 95) - 1));
        assert_eq!(quotient(1, u128::MAX), None);
        assert_eq!(quotient(1 << 16, 1), None);
    }
}
