//! `loan_transaction`.

use loam_app::changes::TransactionRow;
use loam_app::error::StoreError;
use loam_app::views::Page;
use loam_book::ids::Part;
use loam_book::loan::transaction::LoanTransaction;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_of_each};
use crate::cells::{Cell, Row};
use crate::numbers::LogNumbers;
use crate::rows::check::Account;
use crate::rows::transaction::{read_transaction, reversal_row, transaction_columns, transaction_row};

/// Adds transactions and marks those that they take back.
pub(super) fn save_transactions(
    connection: &Connection,
    rows: &[TransactionRow],
    numbers: &LogNumbers,
) -> Result<(), StoreError> {
    insert_transactions(connection, rows, numbers)?;
    let originals = rows.iter().filter_map(reversal_row);
    let missing = mark_reversed(connection, originals)?;
    if missing.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

fn insert_transactions(
    connection: &Connection,
    rows: &[TransactionRow],
    numbers: &LogNumbers,
) -> Result<(), StoreError> {
    let sql = "insert into loan_transaction (part, account_no, transaction_id, kind, seq, value_date,
                 booking_date, recorded_at, actor, door, request_id, event_version, rules_version, amount_minor,
                 principal_minor, interest_minor, fees_minor, penalties_minor, principal_balance_minor, details,
                 installment, reverses, reversed_by, log_no)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                 ?20, ?21, ?22, ?23, ?24)";
    insert_all(connection, sql, rows.iter().map(|row| transaction_row(row, numbers)))
}

fn mark_reversed<'a>(
    connection: &Connection,
    rows: impl Iterator<Item = Row<'a>>,
) -> Result<Vec<usize>, StoreError> {
    let sql = "update loan_transaction set reversed_by = ?4
                where part = ?1 and account_no = ?2 and transaction_id = ?3";
    execute_each(connection, sql, rows)
}

/// The newest first.
pub(super) fn select_transactions(
    connection: &Connection,
    (part, account_no): (Part, i64),
    page: Page,
) -> Result<Vec<LoanTransaction>, StoreError> {
    let sql = concat!(
        "select ",
        transaction_columns!(),
        " from loan_log as l join loan_transaction as t on t.part = l.part and t.log_no = l.log_no
          where l.part = ?1 and l.account_no = ?2
          order by l.seq desc, t.transaction_id desc limit ?3 offset ?4"
    );
    let row = vec![Cell::part(part), Cell::int(account_no), Cell::int(page.limit), Cell::int(page.offset)];
    select(connection, sql, row, |row| read_transaction(row).map(|(_, transaction)| transaction))
}

/// The transactions that entries brought, by the numbers of those.
pub(super) fn select_brought(
    connection: &Connection,
    numbers: &[i64],
) -> Result<Vec<(Account, LoanTransaction)>, StoreError> {
    let sql = concat!(
        "select ",
        transaction_columns!(),
        " from loan_transaction as t where t.log_no = ?1 order by t.transaction_id"
    );
    select_of_each(connection, sql, numbers, |row| read_transaction(row))
}

/// The transactions of the accounts between two, both included, the oldest first.
pub(super) fn select_transactions_between(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<(Account, LoanTransaction)>, StoreError> {
    let sql = concat!(
        "select ",
        transaction_columns!(),
        " from loan_log as l join loan_transaction as t on t.part = l.part and t.log_no = l.log_no
          where (l.part, l.account_no) >= (?1, ?2) and (l.part, l.account_no) <= (?3, ?4)
          order by l.part, l.account_no, l.seq, t.transaction_id"
    );
    select(connection, sql, bounds.clone(), |row| read_transaction(row))
}
