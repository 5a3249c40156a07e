//! `line_of_credit`.

use loam_app::changes::LineChange;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::views::{LineFilter, Page};
use loam_book::line_of_credit::LineOfCredit;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_one};
use crate::cells::Cell;
use crate::lists::line_list;
use crate::rows::line_of_credit::{line_row, read_line};

/// Writes the lines, each only if nobody else did since it was read.
pub(super) fn save_lines(connection: &Connection, changes: &[LineChange]) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update line_of_credit
                  set id = ?3, version = ?4, holder_key = ?5, status = ?6, branch_key = ?7, centre_key = ?8,
                      user_key = ?9, created_at = ?10, body = ?11
                where part = ?1 and line_key = ?2 and version = ?12";
    let rows = known.iter().map(|change| {
        let mut row = line_row(&change.line);
        row.push(Cell::Int(change.version_read));
        row
    });
    if !execute_each(connection, sql, rows)?.is_empty() {
        return Err(StoreError::VersionConflict);
    }
    let sql = "insert into line_of_credit (part, line_key, id, version, holder_key, status, branch_key,
                 centre_key, user_key, created_at, body)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    insert_all(connection, sql, new.iter().map(|change| line_row(&change.line)))
}

pub(super) fn select_line(
    connection: &Connection,
    address: Address,
) -> Result<Option<LineOfCredit>, StoreError> {
    let sql = "select body from line_of_credit where part = ?1 and line_key = ?2";
    let row = vec![Cell::part(address.part), Cell::key(address.key)];
    select_one(connection, sql, row, |row| read_line(row))
}

pub(super) fn select_lines(
    connection: &Connection,
    filter: &LineFilter,
    page: Page,
) -> Result<Vec<LineOfCredit>, StoreError> {
    let (sql, row) = line_list(filter, page, '?');
    select(connection, &sql, row, |row| read_line(row))
}
