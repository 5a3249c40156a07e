//! `application`.

use loam_app::changes::ApplicationChange;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::views::{ApplicationFilter, Page};
use loam_book::application::Application;
use loam_book::ids::Part;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_one};
use crate::cells::Cell;
use crate::lists::{application_list, application_numbered, application_place};
use crate::rows::application::{application_row, read_application};
use crate::rows::book::read_address;

/// Writes the applications, each only if nobody else did since it was read.
pub(super) fn save_applications(
    connection: &Connection,
    changes: &[ApplicationChange],
) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    update_applications(connection, &known)?;
    insert_applications(connection, &new)
}

fn update_applications(connection: &Connection, changes: &[&ApplicationChange]) -> Result<(), StoreError> {
    let sql = "update application
                  set application_key = ?3, version = ?4, borrower_key = ?5, borrower_account = ?6,
                      stage = ?7, loan_account_no = ?8, created_at = ?9, body = ?10,
                      expires_on = ?11
                where part = ?1 and number = ?2 and version = ?12";
    let rows = changes.iter().map(|change| {
        let mut row = application_row(&change.application);
        row.push(Cell::Int(change.version_read));
        row
    });
    let stale = execute_each(connection, sql, rows)?;
    if stale.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

fn insert_applications(connection: &Connection, changes: &[&ApplicationChange]) -> Result<(), StoreError> {
    let sql = "insert into application (part, number, application_key, version, borrower_key,
                 borrower_account, stage, loan_account_no, created_at, body, expires_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    insert_all(connection, sql, changes.iter().map(|change| application_row(&change.application)))
}

pub(super) fn select_application(
    connection: &Connection,
    address: Address,
) -> Result<Option<Application>, StoreError> {
    let sql = "select body from application where part = ?1 and application_key = ?2";
    let row = vec![Cell::part(address.part), Cell::key(address.key)];
    select_one(connection, sql, row, |row| read_application(row))
}

pub(super) fn select_numbered(
    connection: &Connection,
    part: Option<Part>,
    number: i64,
) -> Result<Option<Application>, StoreError> {
    let (sql, row) = application_numbered(part, number, '?');
    select_one(connection, &sql, row, |row| read_application(row))
}

pub(super) fn select_place(
    connection: &Connection,
    part: Option<Part>,
    number: i64,
) -> Result<Option<Address>, StoreError> {
    let (sql, row) = application_place(part, number, '?');
    select_one(connection, &sql, row, |row| read_address(row))
}

pub(super) fn select_applications(
    connection: &Connection,
    filter: &ApplicationFilter,
    page: Page,
) -> Result<Vec<Application>, StoreError> {
    let (sql, row) = application_list(filter, page, '?');
    select(connection, &sql, row, |row| read_application(row))
}
