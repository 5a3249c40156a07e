//! `book_property`.

use loam_app::error::StoreError;
use rusqlite::Connection;

use super::rows::{execute_any, select_one};
use crate::cells::{Cell, Cursor};

pub(super) fn select_property(connection: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    let sql = "select value from book_property where name = ?1";
    select_one(connection, sql, vec![Cell::text(name)], |row| Cursor::new("book_property", row).string())
}

/// Keeps a property unless there is one of this name.
pub(super) fn insert_property(connection: &Connection, name: &str, value: &str) -> Result<(), StoreError> {
    let sql = "insert into book_property (name, value) values (?1, ?2) on conflict (name) do nothing";
    execute_any(connection, sql, vec![Cell::text(name), Cell::text(value)]).map(|_| ())
}
