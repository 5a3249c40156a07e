//! `calendar_work`: parts whose loans are to follow days off that were changed.

use loam_app::changes::RecordChange;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{CalendarWork, Listed, WrittenKey};
use rusqlite::Connection;

use super::rows::{execute_any, execute_each, select};
use crate::cells::Cell;
use crate::rows::book::{accounts_to_follow, days_off_row, work_cells};
use crate::rows::listed::{Found, listed, read_to_follow, read_work};

/// Every part with loans that the change is about is to be worked on.
pub(super) fn insert_work(connection: &Connection, change: &RecordChange) -> Result<(), StoreError> {
    let sql = "insert into calendar_work (part, branch_key, catalog_version)
               select distinct part, ?1, ?2 from loan_account
                where closed_at is null and (?1 = '' or branch_key = ?1)
               on conflict (part, branch_key) do update set catalog_version = excluded.catalog_version";
    let Some(row) = days_off_row(change) else { return Ok(()) };
    // Where there is no loan, there is nothing to do.
    execute_any(connection, sql, row).map(|_| ())
}

pub(super) fn select_work(connection: &Connection) -> Result<Vec<Found<CalendarWork>>, StoreError> {
    let sql = "select part, branch_key, catalog_version from calendar_work order by part, branch_key";
    select(connection, sql, vec![], |row| read_work(row))
}

pub(super) fn select_accounts(
    connection: &Connection,
    work: &CalendarWork,
    after: Option<WrittenKey>,
    limit: i64,
) -> Result<Listed<Address, WrittenKey>, StoreError> {
    let [part, branch] = work_cells(work);
    let sql = accounts_to_follow(after.is_some(), '?');
    let after = after.map_or(Cell::text(""), Cell::written);
    let row = vec![part, branch, after, Cell::int(limit)];
    select(connection, &sql, row, |row| read_to_follow(row)).map(listed)
}

/// Work that was raised again meanwhile has another version, and stays.
pub(super) fn delete_work(connection: &Connection, work: &CalendarWork) -> Result<(), StoreError> {
    let sql = "delete from calendar_work where part = ?1 and branch_key = ?2 and catalog_version = ?3";
    let [part, branch] = work_cells(work);
    let _stays = execute_each(connection, sql, [vec![part, branch, Cell::int(work.catalog_version)]])?;
    Ok(())
}
