//! Currencies and how many digits each has after the decimal point.
//!
//! The table is ISO 4217 and lives in `currency_table.rs`; exchange rates are nowhere in this crate.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::currency_table::CURRENCIES;
use crate::money::MoneyError;

/// An active ISO 4217 currency. Written and read as its three-letter code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub struct Currency {
    /// Its place in the table, which is sorted by code.
    row: u8,
}

impl Currency {
    /// The United States dollar.
    pub const USD: Currency = Currency { row: row_of(*b"USD") };
    /// The euro.
    pub const EUR: Currency = Currency { row: row_of(*b"EUR") };

    /// Finds the currency with this code, written in capitals.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`] when the table has no such code.
    ///
    /// ```
    /// use loam_calc::currency::Currency;
    ///
    /// assert_eq!(Currency::from_code("JPY").map(Currency::digits), Ok(0));
    /// ```
    pub fn from_code(code: &str) -> Result<Currency, MoneyError> {
        match CURRENCIES.binary_search_by(|row| row.code.cmp(code)) {
            Ok(row) => Ok(Currency { row: u8::try_from(row).expect("the table has fewer than 256 rows") }),
            Err(_) => Err(MoneyError::UnknownCurrency { code: code.to_owned() }),
        }
    }

    /// The three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        CURRENCIES[usize::from(self.row)].code
    }

    /// How many digits the minor unit has: 2 for the dollar, 0 for the yen, 3 for the Jordanian dinar.
    #[must_use]
    pub fn digits(self) -> u8 {
        CURRENCIES[usize::from(self.row)].digits
    }

    /// The English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        CURRENCIES[usize::from(self.row)].name
    }

    /// The three-digit number of ISO 4217.
    #[must_use]
    pub fn numeric(self) -> u16 {
        CURRENCIES[usize::from(self.row)].numeric
    }

    /// Every currency of the table, by code.
    pub fn all() -> impl Iterator<Item = Currency> {
        (0..CURRENCIES.len())
            .map(|row| Currency { row: u8::try_from(row).expect("the table has fewer than 256 rows") })
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Currency({})", self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(code: String) -> Result<Currency, MoneyError> {
        Currency::from_code(&code)
    }
}

impl From<Currency> for &'static str {
    fn from(currency: Currency) -> &'static str {
        currency.code()
    }
}

/// The row of a code known at compile time; a code that is not in the table does not compile.
const fn row_of(code: [u8; 3]) -> u8 {
    let mut row: u8 = 0;
    loop {
        let candidate = CURRENCIES[row as usize].code.as_bytes();
        if candidate[0] == code[0] && candidate[1] == code[1] && candidate[2] == code[2] {
            return row;
        }
        row += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_codes_are_three_capitals() {
        assert!(CURRENCIES.is_sorted_by(|left, right| left.code < right.code));
        assert!(CURRENCIES.len() < 256);
        for row in CURRENCIES {
            assert!(
                row.code.len() == 3 && row.code.bytes().all(|byte| byte.is_ascii_uppercase()),
                "{}",
                row.code
            );
        }
    }

    #[test]
    fn no_number_is_used_twice() {
        let mut numbers: Vec<u16> = Currency::all().map(Currency::numeric).collect();
        numbers.sort_unstable();
        assert!(numbers.is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn digits_are_those_of_iso_4217() {
        let check = |code: &str, digits: u8| {
            assert_eq!(Currency::from_code(code).map(Currency::digits), Ok(digits), "{code}");
        };
        check("USD", 2);
        check("EUR", 2);
        check("JPY", 0);
        check("JOD", 3);
        check("CLF", 4);
        check("UGX", 0);
    }

    #[test]
    fn an_unknown_code_is_named() {
        let error = Currency::from_code("usd").expect_err("it is refused");
        assert_eq!(error.to_string(), "\"usd\" is not a currency code");
    }
}
