//! `book_state`, `record` and `id_registry`.

use loam_app::changes::{NewId, RecordChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::BookState;
use loam_book::ids::{Key, Part};
use loam_book::loan::refusal::IdKind;
use loam_book::record::Record;
use loam_calc::currency::Currency;

use super::{SCOPE, id_kind_name, key_kind_name};
use crate::cells::{Cell, Columns, Cursor, Row};

/// The columns of `book_state` that make a [`BookState`].
macro_rules! state_columns {
    () => {
        "business_date, currency, time_zone, catalog_version, closed_through"
    };
}

pub(crate) use state_columns;

/// Reads [`state_columns`].
pub(crate) fn read_state(row: &impl Columns) -> Result<BookState, StoreError> {
    let mut row = Cursor::new("book_state", row);
    Ok(BookState {
        business_date: row.date()?,
        currency: row.named(|code| Currency::from_code(code).ok())?,
        time_zone: row.string()?,
        catalog_version: row.int()?,
        closed_through: row.maybe_date()?,
    })
}

pub(crate) fn record_row(change: &RecordChange) -> Row<'_> {
    let record = &change.record;
    vec![
        Cell::text(record.kind().name()),
        Cell::key(record.key()),
        Cell::text(record.id()),
        Cell::int(change.catalog_version + 1),
        Cell::json(record),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_record(row: &impl Columns) -> Result<Record, StoreError> {
    Cursor::new("record", row).json()
}

pub(crate) fn id_row(id: &NewId) -> Row<'_> {
    registry_row(id_kind_name(id.kind), Cell::text(&id.id), id.key, id.part)
}

/// The row through which a key without Loam's mark is found; `None` for a key that carries its part.
pub(crate) fn foreign_key_row<'a>(kind: IdKind, key: Key, part: Part) -> Option<Row<'a>> {
    key.part().is_none().then(|| registry_row(key_kind_name(kind), Cell::key(key), key, part))
}

fn registry_row<'a>(kind: &'static str, id: Cell<'a>, key: Key, part: Part) -> Row<'a> {
    vec![Cell::text(SCOPE), Cell::text(kind), id, Cell::key(key), Cell::part(part)]
}

/// Reads `part` and a key.
pub(crate) fn read_address(row: &impl Columns) -> Result<Address, StoreError> {
    let mut row = Cursor::new("an address", row);
    Ok(Address { part: row.part()?, key: row.key()? })
}
