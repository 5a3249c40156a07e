//! `savings_account`, `savings_log` and `savings_transaction`.

use jiff::civil::Date;
use loam_app::changes::{SavingsChange, SavingsLogRow, SavingsTransactionRow, SettlementChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{Listed, RowPlace};
use loam_app::views::{Page, SavingsFilter};
use loam_book::ids::Part;
use loam_book::savings::Savings;
use loam_book::savings::event::SavingsEntry;
use loam_book::savings::transaction::SavingsTransaction;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_one};
use crate::cells::{Cell, Row};
use crate::lists::{self, savings_list};
use crate::numbers::LogNumbers;
use crate::rows::check::Account;
use crate::rows::listed::{listed, read_numbered};
use crate::rows::savings::{
    SavingsWrites, due_row, gone_savings_row, known_savings_row, read_savings, read_savings_entry,
    read_savings_transaction, savings_log_columns, savings_log_row, savings_reversal_row, savings_row,
    savings_transaction_row, settlement_place, settlement_row,
};

/// Writes the accounts, each only if nobody else did since it was read.
pub(super) fn save_savings(connection: &Connection, changes: &[SavingsChange]) -> Result<(), StoreError> {
    let writes = SavingsWrites::new(changes);
    update_savings(connection, &writes.known)?;
    insert_savings(connection, &writes.new)?;
    delete_savings(connection, &writes.deleted)
}

fn update_savings(connection: &Connection, changes: &[&SavingsChange]) -> Result<(), StoreError> {
    let sql = "update savings_account
                  set savings_key = ?3, id = ?4, version = ?5, holder_kind = ?6, holder_key = ?7,
                      product_key = ?8, branch_key = ?9, centre_key = ?10, user_key = ?11, status = ?12,
                      name = ?13, balance_minor = ?14, created_at = ?15, body = ?16,
                      next_action_on = ?17
                where part = ?1 and account_no = ?2 and version = ?18";
    must_all(execute_each(connection, sql, changes.iter().map(|change| known_savings_row(change)))?)
}

fn insert_savings(connection: &Connection, changes: &[&SavingsChange]) -> Result<(), StoreError> {
    let sql =
        "insert into savings_account (part, account_no, savings_key, id, version, holder_kind, holder_key,
                 product_key, branch_key, centre_key, user_key, status, name, balance_minor, created_at, body,
                 next_action_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
    insert_all(connection, sql, changes.iter().map(|change| savings_row(&change.account)))
}

fn delete_savings(connection: &Connection, changes: &[&SavingsChange]) -> Result<(), StoreError> {
    let sql = "delete from savings_account where part = ?1 and account_no = ?2 and version = ?3";
    must_all(execute_each(connection, sql, changes.iter().map(|change| gone_savings_row(change)))?)
}

fn must_all(without_effect: Vec<usize>) -> Result<(), StoreError> {
    if without_effect.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

/// Writes anew from which day on the loans have something to settle.
pub(super) fn save_settlements(
    connection: &Connection,
    changes: &[SettlementChange],
) -> Result<(), StoreError> {
    let delete = "delete from settlement where part = ?1 and account_no = ?2";
    execute_each(connection, delete, changes.iter().map(settlement_place))?;
    let insert = "insert into settlement (part, account_no, loan_key, settles_on) values (?1, ?2, ?3, ?4)";
    insert_all(connection, insert, changes.iter().filter_map(settlement_row))
}

pub(super) fn select_to_settle(
    connection: &Connection,
    (day, after, limit): (Date, RowPlace, i64),
) -> Result<Listed<Address, RowPlace>, StoreError> {
    let sql = "select part, account_no, loan_key from settlement
                where settles_on <= ?1 and (part, account_no) > (?2, ?3)
                order by part, account_no limit ?4";
    select(connection, sql, due_row(day, after, limit), |row| read_numbered("settlement", row)).map(listed)
}

pub(super) fn select_with_work(
    connection: &Connection,
    (day, after, limit): (Date, RowPlace, i64),
) -> Result<Listed<Address, RowPlace>, StoreError> {
    let sql = "select part, account_no, savings_key from savings_account
                where next_action_on <= ?1 and (part, account_no) > (?2, ?3)
                order by part, account_no limit ?4";
    let row = due_row(day, after, limit);
    select(connection, sql, row, |row| read_numbered("savings_account", row)).map(listed)
}

pub(super) fn insert_entries(
    connection: &Connection,
    rows: &[SavingsLogRow],
    numbers: &LogNumbers,
) -> Result<(), StoreError> {
    let sql =
        "insert into savings_log (part, account_no, seq, event, value_date, booking_date, recorded_at, actor,
                 door, request_id, event_version, rules_version, body, log_no)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    insert_all(connection, sql, rows.iter().map(|row| savings_log_row(row, numbers)))
}

/// Adds transactions and marks those that they take back.
pub(super) fn save_transactions(
    connection: &Connection,
    rows: &[SavingsTransactionRow],
) -> Result<(), StoreError> {
    let insert = "insert into savings_transaction (part, account_no, transaction_id, kind, seq, value_date,
                    booking_date, recorded_at, amount_minor, balance_minor, reversed_by, body)
                  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    insert_all(connection, insert, rows.iter().map(savings_transaction_row))?;
    let mark = "update savings_transaction set reversed_by = ?4
                 where part = ?1 and account_no = ?2 and transaction_id = ?3";
    must_all(execute_each(connection, mark, rows.iter().filter_map(savings_reversal_row))?)
}

pub(super) fn select_savings(
    connection: &Connection,
    address: Address,
) -> Result<Option<Savings>, StoreError> {
    let sql = "select body from savings_account where part = ?1 and savings_key = ?2";
    let row = vec![Cell::part(address.part), Cell::key(address.key)];
    select_one(connection, sql, row, |row| read_savings(row))
}

pub(super) fn list_savings(
    connection: &Connection,
    filter: &SavingsFilter,
    page: Page,
) -> Result<Vec<Savings>, StoreError> {
    let (sql, row) = savings_list(filter, page, '?');
    select(connection, &sql, row, |row| read_savings(row))
}

pub(super) fn select_entries(
    connection: &Connection,
    part: Part,
    account_no: i64,
) -> Result<Vec<SavingsEntry>, StoreError> {
    let sql = concat!(
        "select ",
        savings_log_columns!(),
        " from savings_log where part = ?1 and account_no = ?2 order by seq"
    );
    let row = vec![Cell::part(part), Cell::int(account_no)];
    select(connection, sql, row, |row| read_savings_entry(row).map(|(_, entry)| entry))
}

/// The newest first.
pub(super) fn select_transactions(
    connection: &Connection,
    (part, account_no): (Part, i64),
    page: Page,
) -> Result<Vec<SavingsTransaction>, StoreError> {
    let sql = "select part, account_no, reversed_by, body from savings_transaction
                where part = ?1 and account_no = ?2
                order by seq desc, transaction_id desc limit ?3 offset ?4";
    let row = vec![Cell::part(part), Cell::int(account_no), Cell::int(page.limit), Cell::int(page.offset)];
    select(connection, sql, row, |row| read_savings_transaction(row).map(|(_, transaction)| transaction))
}

/// What moved an account from a day on, the oldest first.
pub(super) fn select_movements(
    connection: &Connection,
    account: (Part, i64),
    from: Date,
) -> Result<Vec<SavingsTransaction>, StoreError> {
    let (sql, row) = lists::movements_since(account, from, '?');
    select(connection, &sql, row, |row| read_savings_transaction(row).map(|(_, transaction)| transaction))
}

/// Accounts with a log, after the given one.
pub(super) fn select_logged(connection: &Connection, after: Row<'_>) -> Result<Vec<Account>, StoreError> {
    let sql = "select distinct part, account_no from savings_log where (part, account_no) > (?1, ?2)
                order by part, account_no limit ?3";
    select(connection, sql, after, |row| crate::rows::check::read_account(row))
}

/// The logs of the accounts between two, both included.
pub(super) fn select_entries_between(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<(Account, SavingsEntry)>, StoreError> {
    let sql = concat!(
        "select ",
        savings_log_columns!(),
        " from savings_log where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)
          order by part, account_no, seq"
    );
    select(connection, sql, bounds.clone(), |row| read_savings_entry(row))
}

/// The transactions of the accounts between two, both included, the oldest first.
pub(super) fn select_transactions_between(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<(Account, SavingsTransaction)>, StoreError> {
    let sql = "select part, account_no, reversed_by, body from savings_transaction
                where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)
                order by part, account_no, seq, transaction_id";
    select(connection, sql, bounds.clone(), |row| read_savings_transaction(row))
}
