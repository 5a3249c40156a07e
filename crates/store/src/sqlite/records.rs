//! `record`.

use loam_app::changes::{IdName, RecordChange};
use loam_app::error::StoreError;
use loam_book::catalog::Catalog;
use loam_book::loan::refusal::IdKind;
use rusqlite::Connection;

use super::calendar_work::insert_work;
use super::rows::{execute_each, insert_all, select};
use super::state::{select_state, update_catalog_version};
use crate::rows::book::{chart_rows, read_record, record_row};
use crate::store::NewBook;

/// Writes records, each only on the catalog on which it was decided.
pub(super) fn save_records(connection: &Connection, changes: &[RecordChange]) -> Result<(), StoreError> {
    for change in changes {
        update_catalog_version(connection, change.catalog_version)?;
        if change.is_new {
            insert_record(connection, change)?;
        } else {
            update_record(connection, change)?;
        }
        insert_work(connection, change)?;
    }
    Ok(())
}

fn insert_record(connection: &Connection, change: &RecordChange) -> Result<(), StoreError> {
    let sql = "insert into record (kind, record_key, id, version, body) values (?1, ?2, ?3, ?4, ?5)
               on conflict do nothing";
    let taken = execute_each(connection, sql, [record_row(change)])?;
    if taken.is_empty() {
        return Ok(());
    }
    Err(StoreError::Duplicate(vec![IdName::of_book(IdKind::Record, change.record.id())]))
}

/// The chart of a new book.
pub(super) fn insert_chart(connection: &Connection, book: &NewBook) -> Result<(), StoreError> {
    let sql = "insert into record (kind, record_key, id, version, body) values (?1, ?2, ?3, ?4, ?5)";
    insert_all(connection, sql, chart_rows(book))
}

fn update_record(connection: &Connection, change: &RecordChange) -> Result<(), StoreError> {
    let sql = "update record set id = ?3, version = ?4, body = ?5 where kind = ?1 and record_key = ?2";
    let gone = execute_each(connection, sql, [record_row(change)])?;
    if gone.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

/// All records at the version of the book's state.
pub(super) fn select_catalog(connection: &Connection) -> Result<Catalog, StoreError> {
    let version = select_state(connection)?.catalog_version;
    let records = select(connection, "select body from record", vec![], |row| read_record(row))?;
    Ok(Catalog::new(version, records))
}
