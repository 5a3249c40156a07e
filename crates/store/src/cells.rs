//! Values on their way into and out of rows. Both databases know three types only, 64-bit integers, text and bytes,
//! so a row is a list of cells and every mapping in [`crate::rows`] is written once.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use loam_app::error::StoreError;
use loam_book::ids::{Key, Part};
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One value to be stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell<'a> {
    Int(Option<i64>),
    Text(Option<Cow<'a, str>>),
    Bytes(Option<Cow<'a, [u8]>>),
    /// Where text should stand and none does. A file may be damaged like that; PostgreSQL takes nothing but text.
    NoText(Vec<u8>),
}

/// The values of one row, in the order of the table's columns.
pub(crate) type Row<'a> = Vec<Cell<'a>>;

impl<'a> Cell<'a> {
    pub(crate) fn int(value: i64) -> Cell<'a> {
        Cell::Int(Some(value))
    }

    pub(crate) fn part(part: Part) -> Cell<'a> {
        Cell::int(i64::from(part.number()))
    }

    pub(crate) fn amount(amount: Amount) -> Cell<'a> {
        Cell::int(amount.minor())
    }

    pub(crate) fn date(date: Date) -> Cell<'a> {
        Cell::int(epoch_day(date))
    }

    pub(crate) fn maybe_date(date: Option<Date>) -> Cell<'a> {
        Cell::Int(date.map(epoch_day))
    }

    pub(crate) fn instant(instant: Timestamp) -> Cell<'a> {
        Cell::int(instant.as_microsecond())
    }

    pub(crate) fn maybe_instant(instant: Option<Timestamp>) -> Cell<'a> {
        Cell::Int(instant.map(Timestamp::as_microsecond))
    }

    pub(crate) fn text(text: &'a str) -> Cell<'a> {
        Cell::Text(Some(Cow::Borrowed(text)))
    }

    pub(crate) fn maybe_text(text: Option<&'a str>) -> Cell<'a> {
        Cell::Text(text.map(Cow::Borrowed))
    }

    pub(crate) fn key(key: Key) -> Cell<'a> {
        Cell::Text(Some(Cow::Owned(key.to_string())))
    }

    pub(crate) fn maybe_key(key: Option<Key>) -> Cell<'a> {
        Cell::Text(key.map(|key| Cow::Owned(key.to_string())))
    }

    /// A text as it is written, to go on after it.
    pub(crate) fn written<'b>(text: Vec<u8>) -> Cell<'b> {
        match String::from_utf8(text) {
            Ok(text) => Cell::Text(Some(Cow::Owned(text))),
            Err(error) => Cell::NoText(error.into_bytes()),
        }
    }

    pub(crate) fn json<T: Serialize>(value: &T) -> Cell<'a> {
        let text = serde_json::to_string(value).expect("the book's types have only text as map keys");
        Cell::Text(Some(Cow::Owned(text)))
    }

    /// The same value, borrowed from nobody.
    pub(crate) fn into_owned(self) -> Cell<'static> {
        match self {
            Cell::Int(value) => Cell::Int(value),
            Cell::Text(text) => Cell::Text(text.map(|text| Cow::Owned(text.into_owned()))),
            Cell::Bytes(bytes) => Cell::Bytes(bytes.map(|bytes| Cow::Owned(bytes.into_owned()))),
            Cell::NoText(bytes) => Cell::NoText(bytes),
        }
    }

    /// Principal, interest, fees, penalties.
    pub(crate) fn components(components: Components) -> [Cell<'a>; 4] {
        let Components { principal, interest, fees, penalties } = components;
        [principal, interest, fees, penalties].map(Cell::amount)
    }
}

/// A row as one of the databases gives it.
pub(crate) trait Columns {
    fn int_at(&self, at: usize) -> Result<Option<i64>, StoreError>;
    fn text_at(&self, at: usize) -> Result<Option<&str>, StoreError>;
    fn bytes_at(&self, at: usize) -> Result<Option<&[u8]>, StoreError>;
    /// What stands where text should.
    fn written_at(&self, at: usize) -> Result<Option<&[u8]>, StoreError>;
}

/// Reads the columns of a row one after the other.
pub(crate) struct Cursor<'r, C> {
    row: &'r C,
    /// What stands in the message when a column cannot be read.
    table: &'static str,
    at: usize,
}

impl<'r, C: Columns> Cursor<'r, C> {
    pub(crate) fn new(table: &'static str, row: &'r C) -> Cursor<'r, C> {
        Cursor { row, table, at: 0 }
    }

    /// Leaves columns out that somebody else reads.
    pub(crate) fn skip(&mut self, columns: usize) {
        self.at += columns;
    }

    pub(crate) fn maybe_int(&mut self) -> Result<Option<i64>, StoreError> {
        self.at += 1;
        self.row.int_at(self.at - 1)
    }

    pub(crate) fn int(&mut self) -> Result<i64, StoreError> {
        self.maybe_int()?.ok_or_else(|| self.unreadable("it is empty"))
    }

    pub(crate) fn maybe_text(&mut self) -> Result<Option<&'r str>, StoreError> {
        self.at += 1;
        self.row.text_at(self.at - 1)
    }

    pub(crate) fn text(&mut self) -> Result<&'r str, StoreError> {
        self.maybe_text()?.ok_or_else(|| self.unreadable("it is empty"))
    }

    /// The bytes of a column by which nothing stands or falls; none where it holds something else.
    pub(crate) fn maybe_bytes(&mut self) -> Option<&'r [u8]> {
        self.at += 1;
        self.row.bytes_at(self.at - 1).ok().flatten()
    }

    /// What stands where text should, whatever it is.
    pub(crate) fn written(&mut self) -> Result<Vec<u8>, StoreError> {
        self.at += 1;
        Ok(self.row.written_at(self.at - 1)?.unwrap_or_default().to_vec())
    }

    pub(crate) fn maybe_string(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.maybe_text()?.map(str::to_owned))
    }

    pub(crate) fn string(&mut self) -> Result<String, StoreError> {
        self.text().map(str::to_owned)
    }

    pub(crate) fn number(&mut self) -> Result<u32, StoreError> {
        let value = self.int()?;
        u32::try_from(value).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.int()? != 0)
    }

    pub(crate) fn part(&mut self) -> Result<Part, StoreError> {
        let value = self.int()?;
        let number = u16::try_from(value).ok().filter(|number| *number < Part::COUNT);
        number.map(Part::new).ok_or_else(|| self.unreadable(format_args!("{value} is not a part")))
    }

    pub(crate) fn amount(&mut self) -> Result<Amount, StoreError> {
        self.int().map(Amount::from_minor)
    }

    pub(crate) fn components(&mut self) -> Result<Components, StoreError> {
        Ok(Components {
            principal: self.amount()?,
            interest: self.amount()?,
            fees: self.amount()?,
            penalties: self.amount()?,
        })
    }

    pub(crate) fn maybe_date(&mut self) -> Result<Option<Date>, StoreError> {
        let Some(day) = self.maybe_int()? else { return Ok(None) };
        let date = date_of(day);
        date.map(Some).ok_or_else(|| self.unreadable(format_args!("{day} is not a day")))
    }

    pub(crate) fn date(&mut self) -> Result<Date, StoreError> {
        self.maybe_date()?.ok_or_else(|| self.unreadable("it is empty"))
    }

    pub(crate) fn maybe_instant(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let Some(microsecond) = self.maybe_int()? else { return Ok(None) };
        Timestamp::from_microsecond(microsecond).map(Some).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn instant(&mut self) -> Result<Timestamp, StoreError> {
        self.maybe_instant()?.ok_or_else(|| self.unreadable("it is empty"))
    }

    pub(crate) fn maybe_key(&mut self) -> Result<Option<Key>, StoreError> {
        let Some(text) = self.maybe_text()? else { return Ok(None) };
        text.parse().map(Some).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn key(&mut self) -> Result<Key, StoreError> {
        self.maybe_key()?.ok_or_else(|| self.unreadable("it is empty"))
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        let text = self.text()?;
        serde_json::from_str(text).map_err(|error| self.unreadable(error))
    }

    /// Two values that were written beside each other into one; each takes what is its own.
    pub(crate) fn json_twice<T: DeserializeOwned, U: DeserializeOwned>(
        &mut self,
    ) -> Result<(T, U), StoreError> {
        let text = self.text()?;
        let first = serde_json::from_str(text).map_err(|error| self.unreadable(error))?;
        let second = serde_json::from_str(text).map_err(|error| self.unreadable(error))?;
        Ok((first, second))
    }

    /// The default where the column is empty.
    pub(crate) fn json_or_default<T: DeserializeOwned + Default>(&mut self) -> Result<T, StoreError> {
        let Some(text) = self.maybe_text()? else { return Ok(T::default()) };
        serde_json::from_str(text).map_err(|error| self.unreadable(error))
    }

    /// One of a few named values.
    pub(crate) fn named<T>(&mut self, from_name: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let name = self.text()?;
        from_name(name).ok_or_else(|| self.unreadable(format_args!("{name:?} is unknown")))
    }

    /// The column read last, with what is wrong with it.
    pub(crate) fn unreadable(&self, reason: impl std::fmt::Display) -> StoreError {
        StoreError::Unreadable(format!("column {} of {}: {reason}", self.at, self.table))
    }
}

/// Days since 1970-01-01, by the count of days in eras of 400 years that begin on 1 March.
pub(crate) fn epoch_day(date: Date) -> i64 {
    let (month, day) = (i64::from(date.month()), i64::from(date.day()));
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date of an epoch day; `None` outside the years that a [`Date`] knows.
pub(crate) fn date_of(epoch_day: i64) -> Option<Date> {
    let days = epoch_day.checked_add(719_468)?;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era.checked_mul(400)? + year_of_era + i64::from(month <= 2);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    #[test]
    fn days_are_counted_from_1970() {
        let check = |date: Date, day: i64| {
            assert_eq!(epoch_day(date), day);
            assert_eq!(date_of(day), Some(date));
        };
        check(date(1970, 1, 1), 0);
        check(date(1969, 12, 31), -1);
        check(date(2000, 2, 29), 11_016);
        check(date(2024, 3, 1), 19_783);
    }

    #[test]
    fn every_day_of_eight_centuries_goes_there_and_back() {
        let mut day = date(1600, 1, 1);
        let mut expected = epoch_day(day);
        while day < date(2400, 1, 2) {
            assert_eq!((epoch_day(day), date_of(expected)), (expected, Some(day)));
            day = day.checked_add(1.day()).unwrap();
            expected += 1;
        }
    }

    #[test]
    fn a_day_outside_the_calendar_is_none() {
        assert_eq!(date_of(i64::MAX), None);
        assert_eq!(date_of(10_000_000), None);
    }
}
