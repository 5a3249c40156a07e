//! `investor_share`.

use jiff::civil::Date;
use loam_app::changes::CreditedShare;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::ids::Key;
use loam_book::savings::Savings;
use loam_book::savings::share::{Credit, InvestorShare};
use loam_book::savings::statement::AccountSince;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select};
use super::{failed, savings};
use crate::cells::Row;
use crate::lists::{self, Asking};
use crate::rows::share::{
    self as rows, credited_row, investors, read_credit, read_share, read_waiting, share_columns, share_row,
};

pub(super) fn insert_shares(connection: &Connection, shares: &[InvestorShare]) -> Result<(), StoreError> {
    let sql = concat!(
        "insert into investor_share (",
        share_columns!(),
        ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    );
    insert_all(connection, sql, shares.iter().map(share_row))
}

/// Marks shares that were credited, each only if it still waits.
pub(super) fn save_credited(connection: &Connection, credited: &[CreditedShare]) -> Result<(), StoreError> {
    let sql = "update investor_share set credited_by = ?5
                where part = ?1 and account_no = ?2 and fund_key = ?3 and transaction_id = ?4 and credited_by is null";
    let without_effect = execute_each(connection, sql, credited.iter().map(credited_row))?;
    if without_effect.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

pub(super) fn select_shares(
    connection: &Connection,
    (sql, row): Asking<'_>,
) -> Result<Vec<InvestorShare>, StoreError> {
    select(connection, &sql, row, |row| read_share(row))
}

/// Those of the loans between two, both included.
pub(super) fn select_shares_between(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<InvestorShare>, StoreError> {
    let sql = concat!(
        "select ",
        share_columns!(),
        " from investor_share where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)"
    );
    select(connection, sql, bounds.clone(), |row| read_share(row))
}

/// What shares say was credited to accounts.
pub(super) fn select_credits(
    connection: &Connection,
    accounts: &[Key],
) -> Result<Vec<(Key, Credit)>, StoreError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, row) = lists::credited(accounts, '?');
    select(connection, &sql, row, |row| read_credit(row))
}

/// The accounts with what waits for them, both of one instant.
pub(super) fn counted(connection: &Connection, accounts: Vec<Savings>) -> Result<Vec<Savings>, StoreError> {
    let investors = investors(&accounts);
    if investors.is_empty() {
        return Ok(accounts);
    }
    let (now, waiting) = of_one_instant(connection, |connection| {
        let now: Result<Vec<Option<Savings>>, StoreError> =
            investors.iter().map(|account| savings::select_savings(connection, *account)).collect();
        let (sql, row) = lists::waiting(&investors, '?');
        Ok((now?, select(connection, &sql, row, |row| read_waiting(row))?))
    })?;
    Ok(rows::counted(accounts, now.into_iter().flatten().collect(), waiting))
}

/// The account with all that moved it from a day on.
pub(super) fn select_since(
    connection: &Connection,
    address: Address,
    from: Date,
) -> Result<Option<AccountSince>, StoreError> {
    of_one_instant(connection, |connection| {
        let Some(account) = savings::select_savings(connection, address)? else { return Ok(None) };
        let (sql, row) = lists::waiting(&[address], '?');
        let waiting = select(connection, &sql, row, |row| read_waiting(row))?;
        let movements = savings::select_movements(connection, (account.part, account.account_no), from)?;
        let shares = select_shares(connection, lists::shares_since(address, from, '?'))?;
        let account = account.counting(waiting.first().map(|(_, waits)| *waits).unwrap_or_default());
        Ok(Some(AccountSince { account, movements, shares }))
    })
}

/// Reads in the transaction that runs already, or in one of its own.
fn of_one_instant<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if !connection.is_autocommit() {
        return read(connection);
    }
    let tx = connection.unchecked_transaction().map_err(failed)?;
    let found = read(&tx)?;
    tx.commit().map_err(failed)?;
    Ok(found)
}
