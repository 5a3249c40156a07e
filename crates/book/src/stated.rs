//! Figures as a caller stated them: text, until the book knows the currency that gives it meaning.

use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::loan::refusal::Refusal;

/// An amount as the caller wrote it, such as `"950"` or `"25.45"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedAmount(pub String);

impl StatedAmount {
    /// The amount in minor units of `currency`.
    ///
    /// # Errors
    /// Refuses what is no plain decimal, is too precise for the currency, or too large.
    pub fn in_currency(&self, currency: Currency) -> Result<Amount, Refusal> {
        Amount::parse(&self.0, currency)
            .map_err(|error| Refusal::InvalidAmount { value: self.0.clone(), reason: error.to_string() })
    }

    /// The amount, which must be more than zero.
    ///
    /// # Errors
    /// As [`StatedAmount::in_currency`], and for zero and negative amounts.
    pub fn positive_in(&self, currency: Currency) -> Result<Amount, Refusal> {
        let amount = self.in_currency(currency)?;
        if amount.is_positive() {
            return Ok(amount);
        }
        Err(Refusal::InvalidAmount { value: self.0.clone(), reason: "it must be more than zero".to_owned() })
    }
}

/// A rate in percent as the caller wrote it, such as `"2.5"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedPercent(pub String);

impl StatedPercent {
    /// The rate as a ratio of one.
    ///
    /// # Errors
    /// Refuses what is no plain decimal or is negative.
    pub fn to_rate(&self) -> Result<Rate, Refusal> {
        Rate::parse_percent(&self.0).map_err(|error| Refusal::InvalidInterestRate {
            value: self.0.clone(),
            reason: error.to_string(),
        })
    }
}
