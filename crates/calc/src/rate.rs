//! Interest and penalty rates as exact ratios of one.
//!
//! How long a rate runs (a year, four weeks) is not here; see [`crate::schedule::ChargeFrequency`].

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decimal::{self, DecimalError};
use crate::exact::gcd;
use crate::rounding::Rounding;

/// Decimals of a percentage that are kept.
const PERCENT_DECIMALS: u32 = 10;
/// The largest rate: 1,000,000 %, a ratio of 10,000.
const LARGEST_PERCENT: i128 = 1_000_000;

/// A rate as an exact ratio of one, in lowest terms: 12 % is 3/25.
///
/// It is never negative. Written and read as percent text ("6.25").
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate {
    numerator: i64,
    denominator: i64,
}

/// A text that is not a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Not a plain decimal.
    #[error("{text:?} is not a plain decimal percentage")]
    Malformed {
        /// What was given.
        text: String,
    },
    /// More than ten decimals.
    #[error("rate {text} has more than 10 decimals")]
    TooPrecise {
        /// What was given.
        text: String,
    },
    /// Less than zero.
    #[error("rate {text} is negative")]
    Negative {
        /// What was given.
        text: String,
    },
    /// More than 1,000,000 %.
    #[error("rate {text} is more than 1000000 percent")]
    TooLarge {
        /// What was given.
        text: String,
    },
}

impl Ord for Rate {
    fn cmp(&self, other: &Rate) -> std::cmp::Ordering {
        (self.numerator() * other.denominator()).cmp(&(other.numerator() * self.denominator()))
    }
}

impl PartialOrd for Rate {
    fn partial_cmp(&self, other: &Rate) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Rate {
    /// No interest.
    pub const ZERO: Rate = Rate { numerator: 0, denominator: 1 };

    /// The rate `numerator` ÷ `denominator` of one: 12 % is `from_ratio(12, 100)`.
    ///
    /// # Panics
    /// When `numerator` is negative or `denominator` is not positive; texts from outside go through
    /// [`Rate::parse_percent`].
    #[must_use]
    pub fn from_ratio(numerator: i64, denominator: i64) -> Rate {
        assert!(numerator >= 0 && denominator > 0, "{numerator}/{denominator} is not a rate");
        let divisor = gcd(u128::from(numerator.unsigned_abs()), u128::from(denominator.unsigned_abs()));
        let divisor = i64::try_from(divisor).expect("it divides two values of 64 bits");
        Rate { numerator: numerator / divisor, denominator: denominator / divisor }
    }

    /// Reads a percentage as plain decimal: "6.25" is 6.25 %, that is 1/16.
    ///
    /// # Errors
    /// [`RateError`] for anything else than a plain decimal from 0 to 1,000,000 with up to ten
    /// decimals; each carries the text.
    ///
    /// ```
    /// use loam_calc::rate::Rate;
    ///
    /// assert_eq!(Rate::parse_percent("6.25"), Ok(Rate::from_ratio(625, 10_000)));
    /// ```
    pub fn parse_percent(text: &str) -> Result<Rate, RateError> {
        let owned = || text.to_owned();
        let scaled = decimal::parse(text, PERCENT_DECIMALS).map_err(|error| match error {
            DecimalError::Malformed => RateError::Malformed { text: owned() },
            DecimalError::TooPrecise => RateError::TooPrecise { text: owned() },
            DecimalError::TooLarge => RateError::TooLarge { text: owned() },
        })?;
        let unit = 10_i64.pow(PERCENT_DECIMALS);
        if scaled < 0 {
            return Err(RateError::Negative { text: owned() });
        }
        if scaled > LARGEST_PERCENT * i128::from(unit) {
            return Err(RateError::TooLarge { text: owned() });
        }
        let numerator = i64::try_from(scaled).expect("10^6 with ten decimals is 10^16");
        Ok(Rate::from_ratio(numerator, unit * 100))
    }

    /// Percent as plain decimal without trailing zeros: 1/16 is "6.25".
    ///
    /// Exact for every rate that was read from text; a ratio that is no such decimal (1/3) is
    /// rounded half-even to ten decimals.
    #[must_use]
    pub fn to_percent_text(self) -> String {
        let unit = 100 * 10_i128.pow(PERCENT_DECIMALS);
        let scaled = Rounding::HalfEven.divide(self.numerator() * unit, self.denominator());
        decimal::to_short_text(scaled, PERCENT_DECIMALS)
    }

    /// Both rates together; at most the largest rate.
    ///
    /// ```
    /// use loam_calc::rate::Rate;
    ///
    /// assert_eq!(Rate::from_ratio(3, 100).plus(Rate::from_ratio(1, 40)), Rate::from_ratio(55, 1000));
    /// ```
    #[must_use]
    pub fn plus(self, other: Rate) -> Rate {
        let unit = 100 * 10_i128.pow(PERCENT_DECIMALS);
        let steps = |rate: Rate| Rounding::HalfEven.divide(rate.numerator() * unit, rate.denominator());
        let most = LARGEST_PERCENT * unit / 100;
        let sum = (steps(self) + steps(other)).min(most);
        let narrow = |value: i128| i64::try_from(value).expect("the largest rate with ten decimals is 10^16");
        Rate::from_ratio(narrow(sum), narrow(unit))
    }

    /// The upper part of the ratio in lowest terms.
    #[must_use]
    pub fn numerator(self) -> i128 {
        i128::from(self.numerator)
    }

    /// The lower part of the ratio in lowest terms, always positive.
    #[must_use]
    pub fn denominator(self) -> i128 {
        i128::from(self.denominator)
    }

    /// Both parts in 64 bits, for the fast path of interest.
    #[inline]
    pub(crate) const fn parts(self) -> (i64, i64) {
        (self.numerator, self.denominator)
    }

    /// Whether the rate is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }
}

impl Default for Rate {
    fn default() -> Rate {
        Rate::ZERO
    }
}

/// "6.25 %".
impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} %", self.to_percent_text())
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Rate({}/{})", self.numerator, self.denominator)
    }
}

impl TryFrom<String> for Rate {
    type Error = RateError;
    fn try_from(text: String) -> Result<Rate, RateError> {
        Rate::parse_percent(&text)
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> String {
        rate.to_percent_text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_read_exactly_and_written_the_same() {
        for text in ["0", "12", "6.25", "0.0000000001", "1000000", "3.875", "999999.9999999999"] {
            assert_eq!(Rate::parse_percent(text).expect("it is valid").to_percent_text(), text);
        }
        assert_eq!(Rate::parse_percent("12.500").expect("it is valid").to_percent_text(), "12.5");
    }

    #[test]
    fn equal_rates_are_equal_however_they_were_written() {
        assert_eq!(Rate::from_ratio(12, 100), Rate::parse_percent("12").expect("it is valid"));
        assert_eq!(Rate::from_ratio(0, 7), Rate::ZERO);
    }

    #[test]
    fn a_refused_rate_is_named_in_the_message() {
        let check = |text: &str, message: &str| {
            assert_eq!(Rate::parse_percent(text).expect_err("it is refused").to_string(), message)
        };
        check("-1", "rate -1 is negative");
        check("1.00000000001", "rate 1.00000000001 has more than 10 decimals");
        check("1000000.1", "rate 1000000.1 is more than 1000000 percent");
        check("12%", "\"12%\" is not a plain decimal percentage");
    }

    #[test]
    fn a_ratio_that_is_no_decimal_is_written_to_ten_decimals() {
        assert_eq!(Rate::from_ratio(1, 3).to_percent_text(), "33.3333333333");
    }
}
