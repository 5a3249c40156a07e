//! `book_state` and `id_block`.

use loam_app::changes::BusinessDateChange;
use loam_app::error::StoreError;
use loam_app::ports::BookState;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select_one};
use crate::cells::{Cell, Columns, Cursor};
use crate::rows::book::{read_state, state_columns};
use crate::store::NewBook;

pub(super) fn insert_state(connection: &Connection, book: &NewBook) -> Result<(), StoreError> {
    let sql = "insert into book_state (id, business_date, currency, time_zone, catalog_version, created_at)
               values (1, ?1, ?2, ?3, 0, ?4)";
    insert_all(connection, sql, [book.row()])
}

pub(super) fn select_state(connection: &Connection) -> Result<BookState, StoreError> {
    let sql = concat!("select ", state_columns!(), " from book_state where id = 1");
    let state = select_one(connection, sql, vec![], |row| read_state(row))?;
    state.ok_or_else(|| StoreError::Unreadable("book_state has no row".to_owned()))
}

/// Moves the business date if nobody else did.
pub(super) fn update_business_date(
    connection: &Connection,
    change: &BusinessDateChange,
) -> Result<(), StoreError> {
    let sql = "update book_state set business_date = ?2 where id = 1 and business_date = ?1";
    let row = vec![Cell::date(change.from), Cell::date(change.to)];
    let stale = execute_each(connection, sql, [row])?;
    if stale.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

/// One up, if the catalog is the one on which a record was decided.
pub(super) fn update_catalog_version(connection: &Connection, version: i64) -> Result<(), StoreError> {
    let sql = "update book_state set catalog_version = ?1 + 1 where id = 1 and catalog_version = ?1";
    let stale = execute_each(connection, sql, [vec![Cell::int(version)]])?;
    if stale.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

/// Takes `count` numbers; gives the first.
pub(super) fn take_block(connection: &Connection, name: &str, count: i64) -> Result<i64, StoreError> {
    let sql = "insert into id_block (name, next_value) values (?1, 1 + ?2)
               on conflict (name) do update set next_value = id_block.next_value + ?2
               returning next_value - ?2";
    let row = vec![Cell::text(name), Cell::int(count)];
    let first = select_one(connection, sql, row, |row| read_first(row))?;
    Ok(first.expect("an upsert returns its row"))
}

fn read_first(row: &impl Columns) -> Result<i64, StoreError> {
    Cursor::new("id_block", row).int()
}
