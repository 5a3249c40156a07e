//! `journal_transfer`.

use loam_app::error::StoreError;
use loam_book::journal::Transfer;
use rusqlite::Connection;

use super::rows::{insert_all, select};
use crate::cells::Row;
use crate::rows::transfer::{read_transfer, transfer_columns, transfer_rows};

pub(super) fn insert_transfers(
    connection: &Connection,
    transfers: &[Transfer],
    first: i64,
) -> Result<(), StoreError> {
    let sql = "insert into journal_transfer (part, account_no, seq, n, debit, credit, amount_minor, currency,
                 value_date, booking_date, branch_key, product_key, entry_no)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    insert_all(connection, sql, transfer_rows(transfers, first))
}

/// The transfers of the accounts between two, both included.
pub(super) fn select_transfers_between(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<Transfer>, StoreError> {
    let sql = concat!(
        "select ",
        transfer_columns!(),
        " from journal_transfer where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)
          order by part, account_no, seq, n"
    );
    select(connection, sql, bounds.clone(), |row| read_transfer(row))
}
