//! Money that can be booked: whole minor units, with or without a currency.
//!
//! Unrounded values are not here; they are [`crate::exact::Exact`] until somebody rounds them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::decimal::{self, DecimalError};

/// A number of minor units (cents, yen, fils), positive or negative.
///
/// Which currency it counts is a fact of the loan, not of the amount. Sums are checked: a sum that
/// does not fit 64 bits panics, and [`Amount::MAX`] leaves a factor of nine thousand before that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(i64);

/// A text that is not an amount, or a code that is not a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a plain decimal: empty, an exponent, a separator, a sign other than a leading minus.
    #[error("{text:?} is not a plain decimal number")]
    Malformed {
        /// What was given.
        text: String,
    },
    /// More decimals than can be kept without loss.
    #[error("{text} has more than {digits} decimals")]
    TooPrecise {
        /// What was given.
        text: String,
        /// How many decimals would have been accepted.
        digits: u8,
    },
    /// Larger than the largest value the book keeps.
    #[error("{text} is beyond the largest amount")]
    BeyondLargest {
        /// What was given.
        text: String,
    },
    /// Not an active ISO 4217 code.
    #[error("{code:?} is not a currency code")]
    UnknownCurrency {
        /// What was given.
        code: String,
    },
}

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);
    /// The largest amount the book accepts: 10^15 minor units, ten trillion dollars.
    pub const MAX: Amount = Amount(1_000_000_000_000_000);

    /// An amount of this many minor units.
    #[must_use]
    pub const fn from_minor(minor: i64) -> Amount {
        Amount(minor)
    }

    /// The number of minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Whether it is exactly zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether it is more than zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether it is less than zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Reads a plain decimal in major units: "950", "25.45", "-4.5".
    ///
    /// Nothing is rounded. Zeros behind the last decimal of the currency are accepted ("950.000").
    ///
    /// # Errors
    /// [`MoneyError::Malformed`], [`MoneyError::TooPrecise`] for the currency, or
    /// [`MoneyError::BeyondLargest`] when it is larger than [`Amount::MAX`] either way.
    ///
    /// ```
    /// use loam_calc::{currency::Currency, money::Amount};
    ///
    /// let amount = Amount::parse("25.45", Currency::USD).expect("two decimals are fine for dollars");
    /// assert_eq!(amount, Amount::from_minor(2545));
    /// ```
    pub fn parse(text: &str, currency: Currency) -> Result<Amount, MoneyError> {
        let digits = currency.digits();
        let scaled = decimal::parse(text, u32::from(digits))
            .map_err(|error| MoneyError::from_decimal(error, text, digits))?;
        match i64::try_from(scaled) {
            Ok(minor) if (-Amount::MAX.0..=Amount::MAX.0).contains(&minor) => Ok(Amount(minor)),
            _ => Err(MoneyError::BeyondLargest { text: text.to_owned() }),
        }
    }

    /// Plain decimal in major units without trailing zeros: "950", "25.45", "-4.5".
    #[must_use]
    pub fn to_text(self, currency: Currency) -> String {
        decimal::to_short_text(i128::from(self.0), u32::from(currency.digits()))
    }

    /// Plain decimal in major units with all decimals of the currency: "950.00".
    #[must_use]
    pub fn to_fixed_text(self, currency: Currency) -> String {
        decimal::to_fixed_text(i128::from(self.0), u32::from(currency.digits()))
    }
}

impl MoneyError {
    pub(crate) fn from_decimal(error: DecimalError, text: &str, digits: u8) -> MoneyError {
        let text = text.to_owned();
        match error {
            DecimalError::Malformed => MoneyError::Malformed { text },
            DecimalError::TooPrecise => MoneyError::TooPrecise { text, digits },
            DecimalError::TooLarge => MoneyError::BeyondLargest { text },
        }
    }
}

impl Add for Amount {
    type Output = Amount;
    #[inline]
    fn add(self, other: Amount) -> Amount {
        Amount(self.0 + other.0)
    }
}

impl Sub for Amount {
    type Output = Amount;
    #[inline]
    fn sub(self, other: Amount) -> Amount {
        Amount(self.0 - other.0)
    }
}

impl Neg for Amount {
    type Output = Amount;
    fn neg(self) -> Amount {
        Amount(-self.0)
    }
}

impl AddAssign for Amount {
    #[inline]
    fn add_assign(&mut self, other: Amount) {
        *self = *self + other;
    }
}

impl SubAssign for Amount {
    #[inline]
    fn sub_assign(&mut self, other: Amount) {
        *self = *self - other;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Amount> for Amount {
    fn sum<I: Iterator<Item = &'a Amount>>(amounts: I) -> Amount {
        amounts.copied().sum()
    }
}

/// An amount together with its currency, for edges and the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// How much, in minor units of `currency`.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// Puts an amount and its currency together.
    #[must_use]
    pub const fn new(amount: Amount, currency: Currency) -> Money {
        Money { amount, currency }
    }
}

/// "120.00 USD".
impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.amount.to_fixed_text(self.currency), self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).expect("it is valid")
    }

    #[test]
    fn text_follows_the_digits_of_the_currency() {
        let check = |code: &str, minor: i64, short: &str, fixed: &str| {
            let amount = Amount::from_minor(minor);
            assert_eq!(amount.to_text(currency(code)), short);
            assert_eq!(amount.to_fixed_text(currency(code)), fixed);
            assert_eq!(Amount::parse(short, currency(code)), Ok(amount));
            assert_eq!(Amount::parse(fixed, currency(code)), Ok(amount));
        };
        check("USD", 95_000, "950", "950.00");
        check("USD", -450, "-4.5", "-4.50");
        check("USD", -5, "-0.05", "-0.05");
        check("JPY", 950, "950", "950");
        check("JOD", 25_450, "25.45", "25.450");
        check("USD", 0, "0", "0.00");
    }

    #[test]
    fn a_refused_text_is_named_in_the_message() {
        let check = |text: &str, code: &str, message: &str| {
            assert_eq!(Amount::parse(text, currency(code)).expect_err("it is refused").to_string(), message);
        };
        check("1e3", "USD", "\"1e3\" is not a plain decimal number");
        check("1.005", "USD", "1.005 has more than 2 decimals");
        check("1.5", "JPY", "1.5 has more than 0 decimals");
        check("10000000000000.01", "USD", "10000000000000.01 is beyond the largest amount");
    }

    #[test]
    fn the_largest_amount_is_accepted_both_ways() {
        assert_eq!(Amount::parse("10000000000000", Currency::USD), Ok(Amount::MAX));
        assert_eq!(Amount::parse("-10000000000000", Currency::USD), Ok(-Amount::MAX));
    }

    #[test]
    fn money_is_shown_with_its_currency() {
        assert_eq!(Money::new(Amount::from_minor(12_000), Currency::USD).to_string(), "120.00 USD");
    }
}
