//! Values in the contract's forms (§1.6). Written straight into the answer, without a text of
//! their own where that is possible.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use loam_book::ids::Key;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// An amount as plain decimal text without trailing zeros: `"950"`, `"25.45"`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Money(pub(crate) Amount, pub(crate) Currency);

/// A rate in percent as plain decimal text: `"2.5"`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Percent(pub(crate) Rate);

/// A day as the contract writes it: midnight, with a zone that has no colon.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub(crate) Date);

/// An instant, to the second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instant(pub(crate) Timestamp);

/// 32 hexadecimal digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EncodedKey(pub(crate) Key);

/// `"0"`: a figure that is always nothing in this version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zero;

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_zero() {
            return serializer.serialize_str("0");
        }
        serializer.serialize_str(&self.0.to_text(self.1))
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_percent_text())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}T00:00:00+0000", self.0))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Seconds(Offset::UTC.to_datetime(self.0)))
    }
}

impl Serialize for EncodedKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for Zero {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("0")
    }
}

/// A date and time of UTC without its fraction of a second.
struct Seconds(DateTime);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0;
        write!(f, "{}T{:02}:{:02}:{:02}+0000", at.date(), at.hour(), at.minute(), at.second())
    }
}

const DECIMAL: &str = r"^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$";

fn text_schema(description: &str, pattern: &str, example: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .pattern(Some(pattern))
        .examples([serde_json::Value::from(example)]);
    RefOr::T(Schema::Object(text.build()))
}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        text_schema("An amount: plain decimal without trailing zeros.", DECIMAL, "25.45")
    }
}

impl PartialSchema for Percent {
    fn schema() -> RefOr<Schema> {
        text_schema("A rate in percent: plain decimal without trailing zeros.", DECIMAL, "2.5")
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        let pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00\+0000$";
        text_schema("A day: midnight, with a zone that has no colon.", pattern, "2012-07-28T00:00:00+0000")
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        let pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+0000$";
        text_schema("An instant of UTC, with a zone that has no colon.", pattern, "2012-06-28T11:03:28+0000")
    }
}

impl PartialSchema for EncodedKey {
    fn schema() -> RefOr<Schema> {
        text_schema(
            "32 hexadecimal digits, unique in the whole book.",
            "^[0-9a-f]{32}$",
            "0a110a18f2b1c0000d5e6f708192a3b4",
        )
    }
}

impl PartialSchema for Zero {
    fn schema() -> RefOr<Schema> {
        text_schema("Always nothing in this version.", "^0$", "0")
    }
}

impl ToSchema for Money {}
impl ToSchema for Percent {}
impl ToSchema for Day {}
impl ToSchema for Instant {}
impl ToSchema for EncodedKey {}
impl ToSchema for Zero {}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn written<T: Serialize>(value: T) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn money_and_rates_are_texts_without_trailing_zeros() {
        assert_eq!(written(Money(Amount::from_minor(95_000), Currency::USD)), "\"950\"");
        assert_eq!(written(Money(Amount::from_minor(-2_545), Currency::USD)), "\"-25.45\"");
        assert_eq!(written(Money(Amount::ZERO, Currency::USD)), "\"0\"");
        assert_eq!(written(Percent(Rate::from_ratio(25, 1_000))), "\"2.5\"");
    }

    #[test]
    fn days_and_instants_end_in_plus_four_zeros() {
        assert_eq!(written(Day(date(2012, 7, 28))), "\"2012-07-28T00:00:00+0000\"");
        let instant: Timestamp = "2012-06-28T11:03:28.987+02:00".parse().unwrap();
        assert_eq!(written(Instant(instant)), "\"2012-06-28T09:03:28+0000\"");
    }
}
