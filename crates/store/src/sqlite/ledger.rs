//! `manual_entry`, `manual_line` and `ledger_day`.

use loam_app::changes::Changes;
use loam_app::error::StoreError;
use loam_app::ports::{Placed, WrongSum};
use loam_app::search::entries::{EntryQuery, LedgerSum, StoredEntry, SumFilter};
use loam_app::views::Page;
use loam_book::ids::Part;
use rusqlite::Connection;

use super::check::each_readable;
use super::rows::{execute_each, insert_all, select};
use crate::rows::check::{Account, after_row, bounds_row, read_account};
use crate::rows::ledger::{
    EnteredByHand, WRONG_SUMS, ledger_day_rows, manual_entry_row, manual_line_rows, read_entry_row,
    read_manual_entry, read_manual_line, read_sum, read_wrong_sum, with_lines,
};
use crate::schema::Dialect;
use crate::search;

/// There is one writer, so a day's sum stands in one place.
const PLACES: u16 = 1;

/// The entries by hand; their lines are numbered after the transfers of the batch.
pub(super) fn insert_manual_entries(
    connection: &Connection,
    changes: &Changes,
    first: i64,
) -> Result<(), StoreError> {
    let sql = "insert into manual_entry (part, number, entry_key, recorded_at, actor, notes, body)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    insert_all(connection, sql, changes.manual_entries.iter().map(manual_entry_row))?;
    let sql = "insert into manual_line (part, number, n, side, account, account_key, amount_minor, currency,
                 booking_date, branch_key, entry_no)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    insert_all(connection, sql, manual_line_rows(&changes.manual_entries, first))
}

/// Adds what the batch books to the sums of its days.
pub(super) fn add_to_days(connection: &Connection, changes: &Changes) -> Result<(), StoreError> {
    let sql = "insert into ledger_day (account, booking_date, branch_key, currency, part, debits_minor,
                 credits_minor)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               on conflict (account, booking_date, branch_key, currency, part)
               do update set debits_minor = debits_minor + excluded.debits_minor,
                             credits_minor = credits_minor + excluded.credits_minor";
    let without_effect = execute_each(connection, sql, ledger_day_rows(changes, PLACES))?;
    assert!(without_effect.is_empty(), "an upsert without a condition writes its row");
    Ok(())
}

pub(super) fn select_journal(
    connection: &Connection,
    query: &EntryQuery,
    page: Page,
) -> Result<Vec<StoredEntry>, StoreError> {
    let (sql, row) = search::entry_search(query, page, Dialect::Sqlite);
    select(connection, &sql, row, |row| read_entry_row(row))
}

pub(super) fn select_sums(connection: &Connection, filter: &SumFilter) -> Result<Vec<LedgerSum>, StoreError> {
    let (sql, row) = search::ledger_sums(filter, '?');
    select(connection, &sql, row, |row| read_sum(row))
}

pub(super) fn select_wrong_sums(connection: &Connection) -> Result<Vec<WrongSum>, StoreError> {
    select(connection, WRONG_SUMS, vec![], |row| read_wrong_sum(row))
}

/// The next entries by hand, with their lines.
pub(super) fn select_manual_entries(
    connection: &Connection,
    after: Option<(Part, i64)>,
    limit: i64,
) -> Result<Vec<Placed<EnteredByHand>>, StoreError> {
    let sql = "select part, number from manual_entry where (part, number) > (?1, ?2)
                order by part, number limit ?3";
    let places = select(connection, sql, after_row(after, limit), |row| read_account(row))?;
    let entries = |places: &[Account]| select_placed(connection, places);
    each_readable(&places, entries, |place, reason| (place, Err(reason)))
}

/// The entries from the first of these to the last.
fn select_placed(
    connection: &Connection,
    places: &[Account],
) -> Result<Vec<Placed<EnteredByHand>>, StoreError> {
    let Some(bounds) = bounds_row(places) else { return Ok(Vec::new()) };
    let sql = "select part, number, body from manual_entry
                where (part, number) >= (?1, ?2) and (part, number) <= (?3, ?4) order by part, number";
    let entries = select(connection, sql, bounds.clone(), |row| read_manual_entry(row))?;
    let sql = "select part, number, side, account, account_key, amount_minor from manual_line
                where (part, number) >= (?1, ?2) and (part, number) <= (?3, ?4) order by part, number, n";
    let lines = select(connection, sql, bounds, |row| read_manual_line(row))?;
    Ok(with_lines(entries, lines))
}
