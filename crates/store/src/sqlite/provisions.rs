//! `provision_account`.

use loam_app::changes::ProvisionChange;
use loam_app::error::StoreError;
use loam_book::journal::Transfer;
use loam_book::journal::provisions::ProvisionAccount;
use rusqlite::Connection;

use super::journal;
use super::rows::{execute_each, select};
use crate::cells::Cell;
use crate::rows::provisions::{PROVISION_ACCOUNTS, provision_row, read_provision};

/// Writes the accounts, each only if nobody else did since it was read.
pub(super) fn save_provisions(
    connection: &Connection,
    changes: &[ProvisionChange],
) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update provision_account set version = ?3, name = ?4, body = ?5
                where part = ?1 and account_no = ?2 and version = ?6";
    let rows = known.iter().map(|change| {
        let mut row = provision_row(&change.account);
        row.push(Cell::Int(change.version_read));
        row
    });
    let mut without_effect = execute_each(connection, sql, rows)?;
    let sql =
        "insert into provision_account (part, account_no, version, name, body) values (?1, ?2, ?3, ?4, ?5)
               on conflict (part, name) do nothing";
    without_effect.extend(execute_each(
        connection,
        sql,
        new.iter().map(|change| provision_row(&change.account)),
    )?);
    if without_effect.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

pub(super) fn select_provisions(connection: &Connection) -> Result<Vec<ProvisionAccount>, StoreError> {
    select(connection, PROVISION_ACCOUNTS, vec![], |row| read_provision(row))
}

/// The accounts with what was posted for each.
pub(super) fn select_posted_provisions(
    connection: &Connection,
) -> Result<Vec<(ProvisionAccount, Vec<Transfer>)>, StoreError> {
    let with_transfers = |account: ProvisionAccount| {
        let place = || [Cell::part(account.part), Cell::int(account.account_no)];
        let bounds = place().into_iter().chain(place()).collect();
        let transfers = journal::select_transfers_between(connection, &bounds)?;
        Ok((account, transfers))
    };
    select_provisions(connection)?.into_iter().map(with_transfers).collect()
}
