//! The named rounding strategies, and the one integer division that applies them.
//!
//! Nothing here knows about money: see [`crate::exact::Exact::round`] for that.

use serde::{Deserialize, Serialize};

/// How a value between two integers becomes one of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rounding {
    /// To the nearest; a half goes away from zero: 2.5 → 3, −2.5 → −3.
    #[default]
    HalfUp,
    /// To the nearest; a half goes to the even neighbor: 2.5 → 2, 3.5 → 4.
    HalfEven,
    /// Away from zero: 2.1 → 3, −2.1 → −3.
    Up,
    /// Toward zero: 2.9 → 2, −2.9 → −2.
    Down,
}

impl Rounding {
    /// Divides two integers and rounds the quotient by this strategy.
    ///
    /// `denominator` must be positive, as it is in every ratio of this crate; zero panics.
    ///
    /// ```
    /// use loam_calc::rounding::Rounding;
    ///
    /// assert_eq!(Rounding::HalfUp.divide(5, 2), 3);
    /// assert_eq!(Rounding::HalfEven.divide(5, 2), 2);
    /// ```
    #[inline]
    #[must_use]
    pub fn divide(self, numerator: i128, denominator: i128) -> i128 {
        // A 128-bit division costs several times a 64-bit one, and nearly every loan fits the latter.
        match (i64::try_from(numerator), i64::try_from(denominator)) {
            (Ok(numerator), Ok(denominator)) => i128::from(self.divide_small(numerator, denominator)),
            _ => self.divide_large(numerator, denominator),
        }
    }

    #[inline]
    pub(crate) fn divide_small(self, numerator: i64, denominator: i64) -> i64 {
        debug_assert!(denominator > 0, "denominators are positive");
        let quotient = numerator / denominator;
        let rest = (numerator % denominator).unsigned_abs();
        // Half of it, not twice the rest: that cannot overflow.
        let to_next = denominator.unsigned_abs() - rest;
        let away = self.goes_away(rest.cmp(&to_next), rest == 0, quotient & 1 == 1);
        quotient + i64::from(away) * numerator.signum()
    }

    fn divide_large(self, numerator: i128, denominator: i128) -> i128 {
        debug_assert!(denominator > 0, "denominators are positive");
        let quotient = numerator / denominator;
        let rest = (numerator % denominator).unsigned_abs();
        let to_next = denominator.unsigned_abs() - rest;
        let away = self.goes_away(rest.cmp(&to_next), rest == 0, quotient & 1 == 1);
        quotient + i128::from(away) * numerator.signum()
    }

    /// Whether the truncated quotient moves one away from zero.
    #[inline]
    fn goes_away(self, half: std::cmp::Ordering, is_whole: bool, is_odd: bool) -> bool {
        match self {
            Rounding::HalfUp => half.is_ge(),
            Rounding::HalfEven => half.is_gt() || (half.is_eq() && is_odd),
            Rounding::Up => !is_whole,
            Rounding::Down => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tenths in, integers out, for HalfUp, HalfEven, Up, Down.
    fn check(tenths: i128, expected: [i128; 4]) {
        let modes = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down];
        let huge = 10_i128.pow(30);
        for (mode, expected) in modes.into_iter().zip(expected) {
            assert_eq!(mode.divide(tenths, 10), expected, "{mode:?} of {tenths} tenths");
            assert_eq!(mode.divide(tenths * huge, 10 * huge), expected, "{mode:?}, wide");
        }
    }

    #[test]
    fn each_mode_does_what_its_name_says() {
        check(20, [2, 2, 2, 2]);
        check(21, [2, 2, 3, 2]);
        check(25, [3, 2, 3, 2]);
        check(35, [4, 4, 4, 3]);
        check(29, [3, 3, 3, 2]);
        check(5, [1, 0, 1, 0]);
        check(0, [0, 0, 0, 0]);
        check(-21, [-2, -2, -3, -2]);
        check(-25, [-3, -2, -3, -2]);
        check(-29, [-3, -3, -3, -2]);
    }

    #[test]
    fn the_largest_integers_divide_without_overflow() {
        assert_eq!(Rounding::HalfUp.divide(i128::MAX, i128::MAX), 1);
        assert_eq!(Rounding::HalfUp.divide(i128::MAX - 1, i128::MAX), 1);
        assert_eq!(Rounding::Up.divide(i128::from(i64::MIN), 1), i128::from(i64::MIN));
    }
}
