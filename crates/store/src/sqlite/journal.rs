//! `journal_transfer` and `evening_log`.

use loam_app::error::StoreError;
use loam_book::journal::Transfer;
use rusqlite::Connection;

use super::rows::{insert_all, select, select_of_each};
use crate::cells::Row;
use crate::numbers::FirstNumbers;
use crate::rows::transfer::{Log, read_transfer, transfer_rows, transfers_between, transfers_brought};

pub(super) fn insert_transfers(
    connection: &Connection,
    transfers: &[Transfer],
    numbers: &FirstNumbers,
) -> Result<(), StoreError> {
    let sql = "insert into evening_log (part, account_no, seq, log_no) values (?1, ?2, ?3, ?4)";
    insert_all(connection, sql, numbers.log.evening_rows())?;
    let sql = "insert into journal_transfer (part, account_no, seq, n, debit, credit, amount_minor, currency,
                 value_date, booking_date, branch_key, product_key, entry_no, log_no)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    insert_all(connection, sql, transfer_rows(transfers, numbers))
}

/// The transfers that entries brought, by the numbers of those.
pub(super) fn select_brought(connection: &Connection, numbers: &[i64]) -> Result<Vec<Transfer>, StoreError> {
    select_of_each(connection, &transfers_brought('?'), numbers, |row| read_transfer(row))
}

/// The transfers that a log brought to the accounts between two, both included.
pub(super) fn select_transfers_between(
    connection: &Connection,
    log: Log,
    bounds: &Row<'_>,
) -> Result<Vec<Transfer>, StoreError> {
    select(connection, &transfers_between(log, '?'), bounds.clone(), |row| read_transfer(row))
}
