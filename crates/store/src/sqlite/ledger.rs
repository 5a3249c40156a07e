//! `manual_entry`, `manual_line` and `ledger_day`.

use loam_app::changes::Changes;
use loam_app::error::StoreError;
use loam_app::ports::WrongSum;
use loam_app::search::entries::{EntryQuery, LedgerSum, StoredEntry, SumFilter};
use loam_app::views::Page;
use loam_book::ids::Part;
use loam_book::journal::manual::{ManualEntry, ManualLine};
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select};
use crate::cells::Cell;
use crate::rows::check::after_row;
use crate::rows::ledger::{
    WRONG_SUMS, ledger_day_rows, manual_entry_row, manual_line_rows, read_entry_row, read_manual_entry,
    read_manual_line, read_sum, read_wrong_sum, with_lines,
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
) -> Result<Vec<(ManualEntry, Vec<ManualLine>)>, StoreError> {
    let sql = "select body from manual_entry where (part, number) > (?1, ?2) order by part, number limit ?3";
    let entries = select(connection, sql, after_row(after, limit), |row| read_manual_entry(row))?;
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(Vec::new()) };
    let sql = "select part, number, side, account, account_key, amount_minor from manual_line
                where (part, number) >= (?1, ?2) and (part, number) <= (?3, ?4) order by part, number, n";
    let bounds =
        vec![Cell::part(first.part), Cell::int(first.number), Cell::part(last.part), Cell::int(last.number)];
    let lines = select(connection, sql, bounds, |row| read_manual_line(row))?;
    Ok(with_lines(entries, lines))
}
