//! Values in the contract's forms.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// An amount as a JSON number, written digit by digit: `833.33`, `10000`.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Decimal(pub(in super::super) Amount, pub(in super::super) Currency);

/// An instant in UTC, to the millisecond: `2024-07-20T12:37:40.506Z`. Written once for all the places
/// in which an answer shows it.
#[derive(Debug, Clone)]
pub(in super::super) struct Instant(Arc<str>);

/// An instant in a time zone, to the second: `2024-07-20T13:37:40+01:00`.
#[derive(Debug, Clone)]
pub(in super::super) struct Local {
    pub(in super::super) at: Timestamp,
    pub(in super::super) zone: TimeZone,
    /// Prints the seconds twice, as a formatter of the vendor's once did: `13:37:4040+01:00`.
    pub(in super::super) doubles_seconds: bool,
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.to_text(self.1);
        let number: &RawValue = serde_json::from_str(&text).expect("a plain decimal is a JSON number");
        number.serialize(serializer)
    }
}

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Instant {
        const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
        Instant(PRINTER.timestamp_to_string(&at).into())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Serialize for Local {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.zone.to_offset(self.at);
        let local = offset.to_datetime(self.at);
        let (hour, minute, second) = (local.hour(), local.minute(), local.second());
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}", local.date())?;
        if self.doubles_seconds {
            write!(f, "{second:02}")?;
        }
        let (sign, minutes) = (if offset.is_negative() { '-' } else { '+' }, offset.seconds().abs() / 60);
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

fn time_schema(example: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples([serde_json::Value::from(example)]);
    RefOr::T(Schema::Object(text.build()))
}

impl PartialSchema for Decimal {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("An amount in major units, with no more decimals than the currency has."));
        RefOr::T(Schema::Object(number.build()))
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        time_schema("2024-07-20T12:37:40.506Z")
    }
}

impl PartialSchema for Local {
    fn schema() -> RefOr<Schema> {
        // No format: with doubled seconds it is none.
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("In the time zone of the business"))
            .examples([serde_json::Value::from("2024-07-20T13:37:40+01:00")]);
        RefOr::T(Schema::Object(text.build()))
    }
}

impl ToSchema for Decimal {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("repayment_data.Decimal")
    }
}

impl ToSchema for Instant {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("repayment_data.Instant")
    }
}

impl ToSchema for Local {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("repayment_data.Local")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: Serialize>(value: T) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn amounts_are_numbers_with_exactly_their_digits() {
        let naira = Currency::from_code("NGN").unwrap();
        assert_eq!(written(Decimal(Amount::from_minor(83_333), naira)), "833.33");
        assert_eq!(written(Decimal(Amount::from_minor(1_000_000), naira)), "10000");
        assert_eq!(written(Decimal(Amount::MAX, naira)), "10000000000000");
        assert_eq!(written(Decimal(Amount::from_minor(1), Currency::from_code("JPY").unwrap())), "1");
    }

    #[test]
    fn instants_end_in_milliseconds_and_z() {
        let at: Timestamp = "2024-07-20T12:37:40.506999Z".parse().unwrap();
        assert_eq!(written(Instant::from(at)), "\"2024-07-20T12:37:40.506Z\"");
        assert_eq!(written(Instant::from(Timestamp::UNIX_EPOCH)), "\"1970-01-01T00:00:00.000Z\"");
    }

    #[test]
    fn local_times_are_those_of_the_contract_with_their_seconds_once_or_twice() {
        let written_as = |at: &str, zone: &str, doubles_seconds: bool| {
            let zone = TimeZone::get(zone).unwrap();
            written(Local { at: at.parse().unwrap(), zone, doubles_seconds })
        };
        let (loan, client) = ("2024-07-20T12:37:40.506Z", "2024-07-20T12:34:35.459Z");
        assert_eq!(written_as(loan, "Africa/Lagos", false), "\"2024-07-20T13:37:40+01:00\"");
        assert_eq!(written_as(loan, "Africa/Lagos", true), "\"2024-07-20T13:37:4040+01:00\"");
        assert_eq!(written_as(client, "Africa/Lagos", true), "\"2024-07-20T13:34:3535+01:00\"");
        assert_eq!(written_as(loan, "UTC", true), "\"2024-07-20T12:37:4040+00:00\"");
        assert_eq!(written_as(loan, "America/Caracas", false), "\"2024-07-20T08:37:40-04:00\"");
    }
}
