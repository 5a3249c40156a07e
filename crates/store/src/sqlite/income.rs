//! `income_account`.

use loam_app::changes::IncomeChange;
use loam_app::error::StoreError;
use loam_book::journal::Transfer;
use loam_book::journal::income::IncomeAccount;
use rusqlite::Connection;

use super::journal;
use super::rows::{execute_each, select};
use crate::cells::Cell;
use crate::rows::income::{INCOME_ACCOUNTS, income_row, read_income};

/// Writes the accounts, each only if nobody else did since it was read.
pub(super) fn save_income(connection: &Connection, changes: &[IncomeChange]) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update income_account set version = ?3, name = ?4, body = ?5
                where part = ?1 and account_no = ?2 and version = ?6";
    let rows = known.iter().map(|change| {
        let mut row = income_row(&change.account);
        row.push(Cell::Int(change.version_read));
        row
    });
    let mut without_effect = execute_each(connection, sql, rows)?;
    let sql = "insert into income_account (part, account_no, version, name, body) values (?1, ?2, ?3, ?4, ?5)
               on conflict (part, name) do nothing";
    without_effect.extend(execute_each(
        connection,
        sql,
        new.iter().map(|change| income_row(&change.account)),
    )?);
    if without_effect.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

pub(super) fn select_income(connection: &Connection) -> Result<Vec<IncomeAccount>, StoreError> {
    select(connection, INCOME_ACCOUNTS, vec![], |row| read_income(row))
}

/// The accounts with what was posted for each.
pub(super) fn select_posted_income(
    connection: &Connection,
) -> Result<Vec<(IncomeAccount, Vec<Transfer>)>, StoreError> {
    let with_transfers = |account: IncomeAccount| {
        let place = || [Cell::part(account.part), Cell::int(account.account_no)];
        let bounds = place().into_iter().chain(place()).collect();
        let transfers = journal::select_transfers_between(connection, &bounds)?;
        Ok((account, transfers))
    };
    select_income(connection)?.into_iter().map(with_transfers).collect()
}
