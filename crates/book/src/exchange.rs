//! Exchange rates of foreign currencies: what one unit is bought and sold for in the book's currency.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use serde::{Deserialize, Serialize};

use crate::ids::{Key, Name, Part};

/// What one unit of a foreign currency costs, from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRate {
    pub start_date: Date,
    /// What the organization gives for one unit.
    pub buy: Exact,
    /// What the organization takes for one unit.
    pub sell: Exact,
}

/// The rates of one foreign currency so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRates {
    pub key: Key,
    /// The code of the currency.
    pub id: String,
    pub currency: Currency,
    /// In the order of their days, no two on one day.
    pub rates: Vec<ExchangeRate>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// A rate that a currency cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeRateError {
    #[error("the book's own currency has no rate")]
    OwnCurrency,
    #[error("a rate is more than nothing")]
    NotPositive,
    #[error("one unit would be bought for more than it is sold for")]
    BuyAboveSell,
    #[error("{start_date} is after the business date {business_date}")]
    InTheFuture { start_date: Date, business_date: Date },
    #[error("{start_date} is before {last}, from which the last rate counts")]
    BeforeLast { start_date: Date, last: Date },
    #[error("there is a rate from {start_date} on already")]
    OnLast { start_date: Date },
}

impl ExchangeRates {
    /// A currency without rates.
    pub fn none(currency: Currency, at: Timestamp) -> ExchangeRates {
        let name = Name::of(&["exchange rates", currency.code()]);
        ExchangeRates {
            key: Key::named(Part::new(0), &name),
            id: currency.code().to_owned(),
            currency,
            rates: Vec::new(),
            created_at: at,
            last_modified_at: at,
        }
    }

    /// The rate that counts on a day: the last one that has begun by then.
    pub fn rate_on(&self, date: Date) -> Option<ExchangeRate> {
        self.rates.iter().rev().find(|rate| rate.start_date <= date).copied()
    }

    /// The currency with one more rate, which begins after those before it and not in the future.
    ///
    /// # Errors
    /// A rate of the book's own currency, one that is not positive or out of order, and one that begins
    /// too early or too late.
    pub fn with_rate(
        &self,
        rate: ExchangeRate,
        (own, business_date): (Currency, Date),
    ) -> Result<ExchangeRates, ExchangeRateError> {
        let start_date = rate.start_date;
        if self.currency == own {
            return Err(ExchangeRateError::OwnCurrency);
        }
        if rate.buy <= Exact::ZERO || rate.sell <= Exact::ZERO {
            return Err(ExchangeRateError::NotPositive);
        }
        if rate.buy > rate.sell {
            return Err(ExchangeRateError::BuyAboveSell);
        }
        if start_date > business_date {
            return Err(ExchangeRateError::InTheFuture { start_date, business_date });
        }
        match self.rates.last().map(|last| last.start_date) {
            Some(last) if start_date < last => Err(ExchangeRateError::BeforeLast { start_date, last }),
            Some(last) if start_date == last => Err(ExchangeRateError::OnLast { start_date }),
            Some(_) | None => {
                let mut changed = self.clone();
                changed.rates.push(rate);
                Ok(changed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn rate(start_date: Date, buy: &str, sell: &str) -> ExchangeRate {
        let exact = |text| Exact::parse_decimal_text(text).unwrap();
        ExchangeRate { start_date, buy: exact(buy), sell: exact(sell) }
    }

    #[test]
    fn rates_follow_one_another_and_the_last_that_has_begun_counts() {
        let here = (Currency::USD, date(2024, 1, 31));
        let none = ExchangeRates::none(Currency::EUR, Timestamp::UNIX_EPOCH);
        let first = rate(date(2024, 1, 1), "1.08", "1.1");
        let one = none.with_rate(first, here).unwrap();
        let second = rate(date(2024, 1, 31), "1.09", "1.09");
        let two = one.with_rate(second, here).unwrap();
        assert_eq!(two.rate_on(date(2024, 1, 30)), Some(first));
        assert_eq!(two.rate_on(date(2024, 2, 5)), Some(second));
        assert_eq!(two.rate_on(date(2023, 12, 31)), None);
        let early = date(2024, 1, 30);
        let before = ExchangeRateError::BeforeLast { start_date: early, last: date(2024, 1, 31) };
        assert_eq!(two.with_rate(rate(early, "1", "1"), here), Err(before));
        let on = ExchangeRateError::OnLast { start_date: date(2024, 1, 31) };
        assert_eq!(two.with_rate(second, here), Err(on));
    }

    #[test]
    fn a_rate_that_is_not_possible_is_refused() {
        let here = (Currency::USD, date(2024, 1, 31));
        let none = ExchangeRates::none(Currency::EUR, Timestamp::UNIX_EPOCH);
        let refused = |buy, sell| none.with_rate(rate(date(2024, 1, 31), buy, sell), here).unwrap_err();
        assert_eq!(refused("0", "1"), ExchangeRateError::NotPositive);
        assert_eq!(refused("-1", "1"), ExchangeRateError::NotPositive);
        assert_eq!(refused("1.1", "1.09"), ExchangeRateError::BuyAboveSell);
        let (start_date, business_date) = (date(2024, 2, 1), date(2024, 1, 31));
        let future = ExchangeRateError::InTheFuture { start_date, business_date };
        assert_eq!(none.with_rate(rate(start_date, "1", "1"), here), Err(future));
        let own = ExchangeRates::none(Currency::USD, Timestamp::UNIX_EPOCH);
        let same = own.with_rate(rate(business_date, "1", "1"), here);
        assert_eq!(same, Err(ExchangeRateError::OwnCurrency));
    }
}
