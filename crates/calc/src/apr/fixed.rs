//! Numbers with 62 binary digits after the point, for rates and discount factors.

use crate::day_count::Fraction;
use crate::money::Amount;
use crate::rounding::Rounding;

const BITS: u32 = 62;
const ONE: u128 = 1 << BITS;
/// The natural logarithm of two, rounded down.
const LN_2: u128 = 3_196_577_161_300_663_914;
/// Terms of the exponential series: 0.7^20 ÷ 20! is below 2^-62.
const TERMS: u128 = 20;

/// A number from zero to about sixteen thousand, off by at most 2^-62 for each operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fixed(u128);

impl Fixed {
    pub(super) const ZERO: Fixed = Fixed(0);
    pub(super) const SIXTEENTH: Fixed = Fixed(ONE / 16);

    pub(super) fn whole(value: u32) -> Fixed {
        Fixed(u128::from(value) << BITS)
    }

    pub(super) fn middle(self, other: Fixed) -> Fixed {
        Fixed(self.0.midpoint(other.0))
    }

    /// The product of two numbers, one of them not above one.
    pub(super) fn times(self, other: Fixed) -> Fixed {
        let (large, small) = (self.0.max(other.0), self.0.min(other.0));
        let (whole, part) = (large >> BITS, large & (ONE - 1));
        Fixed(whole * small + ((part * small) >> BITS))
    }

    pub(super) fn times_whole(self, factor: u32) -> Fixed {
        Fixed(self.0 * u128::from(factor))
    }

    /// Times a fraction that is not negative; both of its parts are brought below 2^48.
    pub(super) fn times_ratio(self, ratio: Fraction) -> Fixed {
        let (mut numerator, mut denominator) =
            (ratio.numerator.unsigned_abs(), ratio.denominator.unsigned_abs());
        while numerator.max(denominator) >> 48 != 0 {
            (numerator, denominator) = (numerator >> 1, denominator >> 1);
        }
        let (whole, rest) = (self.0 / denominator, self.0 % denominator);
        Fixed(whole * numerator + rest * numerator / denominator)
    }

    /// 1 ÷ (1 + self)
    pub(super) fn discount(self) -> Fixed {
        Fixed(ONE + self.0).reciprocal()
    }

    /// 1 ÷ self; the number is not zero.
    pub(super) fn reciprocal(self) -> Fixed {
        Fixed(ONE * ONE / self.0)
    }

    /// Nothing when the number is below one.
    pub(super) fn minus_one(self) -> Fixed {
        Fixed(self.0.saturating_sub(ONE))
    }

    /// A number not above one, so many times with itself.
    pub(super) fn power(self, exponent: u32) -> Fixed {
        let (mut result, mut base, mut left) = (Fixed(ONE), self, exponent);
        while left > 0 {
            if left & 1 == 1 {
                result = result.times(base);
            }
            base = base.times(base);
            left >>= 1;
        }
        result
    }

    /// e^-self: whole powers of two and a series for the rest.
    pub(super) fn exp_negative(self) -> Fixed {
        let halvings = u32::try_from(self.0 / LN_2).unwrap_or(u32::MAX);
        let rest = self.0 % LN_2;
        let series = (1..=TERMS).rev().fold(ONE, |sum, term| ONE - ((rest * sum) >> BITS) / term);
        Fixed(series.checked_shr(halvings).unwrap_or(0))
    }

    /// The number times `unit`, half-even.
    pub(super) fn to_scaled(self, unit: i64) -> i64 {
        let (whole, part) = (self.0 >> BITS, self.0 & (ONE - 1));
        let signed = |value: u128| i128::try_from(value).expect("both parts are far below 2^127");
        let part = Rounding::HalfEven.divide(signed(part) * i128::from(unit), signed(ONE));
        i64::try_from(signed(whole) * i128::from(unit) + part).expect("rates stay below a hundred million")
    }
}

/// An amount times a discount factor, with as many binary digits after the point as fit beside it.
pub(super) fn scaled(amount: Amount, discount: Fixed) -> u128 {
    u128::from(amount.minor().max(0).unsigned_abs()) * discount.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_known_to_fifteen_digits() {
        // e^-1 and e^-10, from any table.
        assert_eq!(Fixed::whole(1).exp_negative().to_scaled(10_i64.pow(15)), 367_879_441_171_442);
        assert_eq!(Fixed::whole(10).exp_negative().to_scaled(10_i64.pow(18)), 45_399_929_762_485);
        assert_eq!(Fixed::ZERO.exp_negative(), Fixed(ONE));
        assert_eq!(Fixed::whole(1000).exp_negative(), Fixed::ZERO);
    }

    #[test]
    fn powers_and_reciprocals_of_one_half() {
        let half = Fixed(ONE / 2);
        assert_eq!(half.power(10).reciprocal(), Fixed::whole(1024));
        assert_eq!(Fixed::whole(1).discount(), half);
        assert_eq!(half.power(0), Fixed(ONE));
    }
}
