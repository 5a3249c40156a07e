//! What the steps of a day find, with rows that cannot be read: where they stand is told all the same.

use loam_app::error::StoreError;
use loam_app::ports::{ActionPlace, CalendarWork, Listed, RowPlace, UnreadableRow, WrittenKey};
use loam_book::application::Application;
use loam_book::ids::{Address, Key};

use super::book::read_calendar_work;
use crate::cells::{Columns, Cursor};

/// What stands in a row, or by what people find it.
pub(crate) type Found<T> = Result<T, UnreadableRow>;

/// The rows of a page, each with its place.
pub(crate) fn listed<T, P>(page: Vec<(P, Found<T>)>) -> Listed<T, P> {
    let mut listed = Listed { rows: Vec::with_capacity(page.len()), last: None };
    for (place, found) in page {
        listed.rows.push(found);
        listed.last = Some(place);
    }
    listed
}

/// What was read, unless the database failed. A row whose key is none is told by what stands there, and where it is.
pub(crate) fn found<T>(
    read: Result<T, StoreError>,
    key: &[u8],
    place: impl FnOnce() -> String,
) -> Result<Found<T>, StoreError> {
    let reason = match read {
        Ok(read) => return Ok(Ok(read)),
        Err(StoreError::Unreadable(reason)) => reason,
        Err(error) => return Err(error),
    };
    Ok(Err(unreadable(reason, key, place)))
}

/// The row by its key, or by what stands there and where it is.
pub(crate) fn unreadable(reason: String, key: &[u8], place: impl FnOnce() -> String) -> UnreadableRow {
    let account = String::from_utf8_lossy(key).into_owned();
    if account.parse::<Key>().is_ok() {
        return UnreadableRow { account, reason };
    }
    let place = place();
    let reason = format!("{place}: {reason}");
    let account = if account.trim().is_empty() { place } else { account };
    UnreadableRow { account, reason }
}

/// As `check` says it.
pub(crate) fn at((part, account_no): RowPlace) -> String {
    format!("account number {account_no} of part {part}")
}

/// Reads `part, loan_key, next_action_on, account_no`.
pub(crate) fn read_action(row: &impl Columns) -> Result<(ActionPlace, Found<Address>), StoreError> {
    let mut raw = Cursor::new("loan_action", row);
    let (part, key, day, account_no) = (raw.int()?, raw.written()?, raw.int()?, raw.int()?);
    let read = || {
        let mut row = Cursor::new("loan_action", row);
        let address = Address { part: row.part()?, key: row.key()? };
        row.date().map(|_| address)
    };
    let found = found(read(), &key, || at((part, account_no)))?;
    Ok(((part, day, key), found))
}

/// Reads `part`, a number and a key.
pub(crate) fn read_numbered(
    table: &'static str,
    row: &impl Columns,
) -> Result<(RowPlace, Found<Address>), StoreError> {
    let mut raw = Cursor::new(table, row);
    let (place, key) = ((raw.int()?, raw.int()?), raw.written()?);
    let read = || {
        let mut row = Cursor::new(table, row);
        let (part, _) = (row.part()?, row.int()?);
        Ok(Address { part, key: row.key()? })
    };
    Ok((place, found(read(), &key, || at(place))?))
}

/// Reads `part, number, application_key, body`.
pub(crate) fn read_waiting_application(
    row: &impl Columns,
) -> Result<(RowPlace, Found<(Address, Application)>), StoreError> {
    let (place, address) = read_numbered("application", row)?;
    let address = match address {
        Ok(address) => address,
        Err(unreadable) => return Ok((place, Err(unreadable))),
    };
    let mut row = Cursor::new("application", row);
    row.skip(3);
    let read = row.json().map(|application| (address, application));
    Ok((place, found(read, address.key.to_string().as_bytes(), || at(place))?))
}

/// Reads `part, loan_key, account_no`.
pub(crate) fn read_to_follow(row: &impl Columns) -> Result<(WrittenKey, Found<Address>), StoreError> {
    let mut raw = Cursor::new("loan_account", row);
    let (part, key, account_no) = (raw.int()?, raw.written()?, raw.int()?);
    let read = || {
        let mut row = Cursor::new("loan_account", row);
        Ok(Address { part: row.part()?, key: row.key()? })
    };
    let found = found(read(), &key, || at((part, account_no)))?;
    Ok((key, found))
}

/// Reads `part, branch_key, catalog_version`: the loans of a part that follow days off.
pub(crate) fn read_work(row: &impl Columns) -> Result<Found<CalendarWork>, StoreError> {
    let mut raw = Cursor::new("calendar_work", row);
    let (part, key) = (raw.int()?, raw.written()?);
    found(read_calendar_work(row), &key, || format!("days off of a branch in part {part}"))
}

/// Reads `account_key` and how many shares wait for it. The key tells the part.
pub(crate) fn read_shares(row: &impl Columns) -> Result<(WrittenKey, Found<(Address, i64)>), StoreError> {
    let key = Cursor::new("investor_share", row).written()?;
    let read = || {
        let mut row = Cursor::new("investor_share", row);
        let key = row.key()?;
        let part = key.part().ok_or_else(|| row.unreadable("the account's key tells no part"))?;
        Ok((Address { part, key }, row.int()?))
    };
    let found = found(read(), &key, || "shares of an account".to_owned())?;
    Ok((key, found))
}
