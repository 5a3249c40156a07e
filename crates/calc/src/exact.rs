//! Unrounded money: what is calculated but not yet booked.
//!
//! A value is a ratio of two integers, so multiplying and dividing lose nothing. It is never money
//! that somebody owes; [`Exact::round`] makes that of it.

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use crate::decimal;
use crate::money::{Amount, MoneyError};
use crate::rounding::Rounding;

/// Decimals of the text form and of values that became too wide for a ratio.
const DECIMALS: u32 = 20;
const DECIMALS_U8: u8 = 20;
/// 10^20, the denominator of such values.
const UNIT: i128 = 10_i128.pow(DECIMALS);

/// An unrounded value in minor units.
///
/// **Range.** Every value up to 10^18 minor units fits with 20 decimals; that is a thousand times
/// [`Amount::MAX`]. Beyond that the operators panic.
///
/// **Exactness.** The value is a ratio of two 128-bit integers, and sums and products are exact
/// while they fit. One that no longer fits even in lowest terms is brought to 20 decimals
/// (half-even at the 20th), so each such step is off by at most half of 10^-20 minor units.
///
/// Written and read by serde as decimal text with up to 20 decimals.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Exact {
    numerator: i128,
    /// Always positive; not necessarily in lowest terms with the numerator.
    denominator: i128,
}

impl Exact {
    /// Nothing.
    pub const ZERO: Exact = Exact { numerator: 0, denominator: 1 };

    /// `numerator` ÷ `denominator` minor units.
    ///
    /// # Panics
    /// When `denominator` is not positive.
    #[inline]
    #[must_use]
    pub const fn ratio(numerator: i128, denominator: i128) -> Exact {
        assert!(denominator > 0, "the denominator of a ratio is positive");
        Exact { numerator, denominator }
    }

    /// The same value as the amount.
    #[must_use]
    pub fn from_amount(amount: Amount) -> Exact {
        Exact { numerator: i128::from(amount.minor()), denominator: 1 }
    }

    /// This value times an integer.
    ///
    /// # Panics
    /// When the product is beyond 10^18 minor units and does not fit a ratio.
    #[must_use]
    pub fn times(self, factor: i128) -> Exact {
        let product = |value: Exact| {
            let numerator = value.numerator.checked_mul(factor)?;
            Some(Exact { numerator, denominator: value.denominator })
        };
        let cancelled = |value: Exact| {
            let shared = gcd(factor.unsigned_abs(), value.denominator.unsigned_abs());
            let shared = i128::try_from(shared).expect("it divides the denominator");
            let numerator = value.numerator.checked_mul(factor / shared)?;
            Some(Exact { numerator, denominator: value.denominator / shared })
        };
        product(self)
            .or_else(|| cancelled(self.reduced()))
            .or_else(|| product(self.at_20_decimals()))
            .expect("values stay below 10^18 minor units")
    }

    /// This value divided by a positive integer.
    ///
    /// # Panics
    /// When `divisor` is not positive.
    #[must_use]
    pub fn divided_by(self, divisor: i128) -> Exact {
        assert!(divisor > 0, "the divisor of a value is positive");
        let quotient = |value: Exact| {
            let denominator = value.denominator.checked_mul(divisor)?;
            Some(Exact { numerator: value.numerator, denominator })
        };
        let cancelled = |value: Exact| {
            let shared = gcd(value.numerator.unsigned_abs(), divisor.unsigned_abs());
            let shared = i128::try_from(shared).expect("it divides the divisor");
            let denominator = value.denominator.checked_mul(divisor / shared)?;
            Some(Exact { numerator: value.numerator / shared, denominator })
        };
        quotient(self).or_else(|| cancelled(self.reduced())).unwrap_or_else(|| {
            let scaled = self.at_20_decimals().numerator;
            Exact { numerator: Rounding::HalfEven.divide(scaled, divisor), denominator: UNIT }
        })
    }

    /// The one way from calculated to bookable: a whole number of minor units.
    ///
    /// # Panics
    /// When the result does not fit an amount, far beyond [`Amount::MAX`].
    ///
    /// ```
    /// use loam_calc::{exact::Exact, money::Amount, rounding::Rounding};
    ///
    /// assert_eq!(Exact::ratio(5, 2).round(Rounding::HalfUp), Amount::from_minor(3));
    /// assert_eq!(Exact::ratio(5, 2).round(Rounding::HalfEven), Amount::from_minor(2));
    /// ```
    #[inline]
    #[must_use]
    pub fn round(self, rounding: Rounding) -> Amount {
        let minor = rounding.divide(self.numerator, self.denominator);
        Amount::from_minor(i64::try_from(minor).expect("values stay near the largest amount"))
    }

    /// Like [`Exact::round`], but `None` when the result is beyond [`Amount::MAX`] either way.
    #[inline]
    #[must_use]
    pub fn round_within_range(self, rounding: Rounding) -> Option<Amount> {
        let minor = i64::try_from(rounding.divide(self.numerator, self.denominator)).ok()?;
        (minor.unsigned_abs() <= Amount::MAX.minor().unsigned_abs()).then(|| Amount::from_minor(minor))
    }

    /// The value half-even at so many decimals, at most 20.
    ///
    /// ```
    /// use loam_calc::exact::Exact;
    ///
    /// let thirds = Exact::parse_decimal_text("0.16666666666666666666").expect("a decimal").times(3);
    /// assert_eq!(thirds.to_decimals(15), Exact::ratio(1, 2));
    /// ```
    #[must_use]
    pub fn to_decimals(self, decimals: u32) -> Exact {
        let dropped = 10_i128.pow(DECIMALS.saturating_sub(decimals));
        let numerator = Rounding::HalfEven.divide(self.at_20_decimals().numerator, dropped);
        Exact { numerator, denominator: UNIT / dropped }
    }

    /// Plain decimal in minor units with up to 20 decimals, half-even at the 20th, no trailing zeros.
    #[must_use]
    pub fn to_decimal_text(self) -> String {
        decimal::to_short_text(self.at_20_decimals().numerator, DECIMALS)
    }

    /// Reads what [`Exact::to_decimal_text`] wrote.
    ///
    /// # Errors
    /// [`MoneyError::Malformed`], [`MoneyError::TooPrecise`] for more than 20 decimals, or
    /// [`MoneyError::BeyondLargest`] beyond 10^18 minor units.
    pub fn parse_decimal_text(text: &str) -> Result<Exact, MoneyError> {
        let scaled = decimal::parse(text, DECIMALS)
            .map_err(|error| MoneyError::from_decimal(error, text, DECIMALS_U8))?;
        if scaled.unsigned_abs() > 10_u128.pow(38) {
            return Err(MoneyError::BeyondLargest { text: text.to_owned() });
        }
        Ok(Exact { numerator: scaled, denominator: UNIT }.reduced())
    }

    /// Whether it is exactly zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// Whether it is less than zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// The sum while it fits a ratio.
    fn exact_sum(self, other: Exact) -> Option<Exact> {
        if self.denominator == other.denominator {
            let numerator = self.numerator.checked_add(other.numerator)?;
            return Some(Exact { numerator, denominator: self.denominator });
        }
        let shared = gcd(self.denominator.unsigned_abs(), other.denominator.unsigned_abs());
        let shared = i128::try_from(shared).expect("it divides a denominator");
        let left = self.numerator.checked_mul(other.denominator / shared)?;
        let right = other.numerator.checked_mul(self.denominator / shared)?;
        let denominator = self.denominator.checked_mul(other.denominator / shared)?;
        Some(Exact { numerator: left.checked_add(right)?, denominator })
    }

    /// The same value in lowest terms.
    fn reduced(self) -> Exact {
        let divisor = gcd(self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).expect("it divides the denominator");
        Exact { numerator: self.numerator / divisor, denominator: self.denominator / divisor }
    }

    /// The value half-even at the 20th decimal, over the denominator 10^20.
    fn at_20_decimals(self) -> Exact {
        let denominator = self.denominator.unsigned_abs();
        let mut scaled = self.numerator.unsigned_abs() / denominator;
        let mut rest = self.numerator.unsigned_abs() % denominator;
        for _ in 0..DECIMALS {
            let (digit, next) = ten_times(rest, denominator);
            scaled = scaled
                .checked_mul(10)
                .and_then(|scaled| scaled.checked_add(digit))
                .expect("values stay below 10^18 minor units");
            rest = next;
        }
        let half = rest.cmp(&(denominator - rest));
        if half.is_gt() || (half.is_eq() && scaled % 2 == 1) {
            scaled += 1;
        }
        let magnitude = i128::try_from(scaled).expect("values stay below 10^18 minor units");
        Exact { numerator: magnitude * self.numerator.signum(), denominator: UNIT }
    }
}

impl Default for Exact {
    fn default() -> Exact {
        Exact::ZERO
    }
}

impl Add for Exact {
    type Output = Exact;
    fn add(self, other: Exact) -> Exact {
        self.exact_sum(other)
            .or_else(|| self.reduced().exact_sum(other.reduced()))
            .or_else(|| self.at_20_decimals().exact_sum(other.at_20_decimals()))
            .expect("values stay below 10^18 minor units")
    }
}

impl Sub for Exact {
    type Output = Exact;
    fn sub(self, other: Exact) -> Exact {
        self + -other
    }
}

impl Neg for Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        Exact { numerator: -self.numerator, denominator: self.denominator }
    }
}

impl AddAssign for Exact {
    fn add_assign(&mut self, other: Exact) {
        *self = *self + other;
    }
}

impl SubAssign for Exact {
    fn sub_assign(&mut self, other: Exact) {
        *self = *self - other;
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(values: I) -> Exact {
        values.fold(Exact::ZERO, Add::add)
    }
}

impl Ord for Exact {
    /// Compares the values themselves: continued fractions, so nothing can overflow.
    fn cmp(&self, other: &Exact) -> Ordering {
        let (mut left, mut right) = (*self, *other);
        loop {
            let wholes = left
                .numerator
                .div_euclid(left.denominator)
                .cmp(&right.numerator.div_euclid(right.denominator));
            let left_rest = left.numerator.rem_euclid(left.denominator);
            let right_rest = right.numerator.rem_euclid(right.denominator);
            if wholes.is_ne() || left_rest == 0 || right_rest == 0 {
                return wholes.then((left_rest != 0).cmp(&(right_rest != 0)));
            }
            // a/b < c/d exactly when d/c < b/a
            let next_left = Exact { numerator: right.denominator, denominator: right_rest };
            right = Exact { numerator: left.denominator, denominator: left_rest };
            left = next_left;
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Exact) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Exact {}

/// The text form, for messages and logs.
impl fmt::Display for Exact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_decimal_text())
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Exact({}/{})", self.numerator, self.denominator)
    }
}

impl TryFrom<String> for Exact {
    type Error = MoneyError;
    fn try_from(text: String) -> Result<Exact, MoneyError> {
        Exact::parse_decimal_text(&text)
    }
}

impl From<Exact> for String {
    fn from(value: Exact) -> String {
        value.to_decimal_text()
    }
}

/// The greatest common divisor; of two zeros it is one, so it can always divide.
pub(crate) fn gcd(left: u128, right: u128) -> u128 {
    let (mut left, mut right) = (left, right);
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left.max(1)
}

/// Ten times `rest` by `denominator`, as digit and new rest; `rest` is less than `denominator`, which is below 2^127.
fn ten_times(rest: u128, denominator: u128) -> (u128, u128) {
    if let Some(product) = rest.checked_mul(10) {
        return (product / denominator, product % denominator);
    }
    let (mut digit, mut next) = (0, 0);
    for bit in [true, false, true, false] {
        digit *= 2;
        next *= 2;
        if next >= denominator {
            (digit, next) = (digit + 1, next - denominator);
        }
        if bit {
            next += rest;
        }
        if next >= denominator {
            (digit, next) = (digit + 1, next - denominator);
        }
    }
    (digit, next)
}

#[cfg(test)]
#[path = "exact_tests.rs"]
mod tests;
