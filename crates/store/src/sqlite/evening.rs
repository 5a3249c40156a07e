//! `income_account` and `provision_account`.

use loam_app::changes::EveningChange;
use loam_app::error::StoreError;
use loam_book::journal::evening::EveningAccount;
use rusqlite::Connection;

use super::journal;
use super::rows::{execute_each, select};
use crate::rows::evening::{
    KeptKind, Posted, account_row, evening_accounts, known_and_new, known_row, only, read_evening,
};
use crate::rows::transfer::Log;

/// Writes the accounts, each only if nobody else did since it was read.
pub(super) fn save_evening<K: KeptKind>(
    connection: &Connection,
    changes: &[EveningChange<K>],
) -> Result<(), StoreError> {
    let (known, new) = known_and_new(changes);
    let sql = format!(
        "update {} set version = ?3, name = ?4, body = ?5
          where part = ?1 and account_no = ?2 and version = ?6",
        K::TABLE
    );
    let mut without_effect = execute_each(connection, &sql, known.into_iter().map(known_row))?;
    let sql = format!(
        "insert into {} (part, account_no, version, name, body) values (?1, ?2, ?3, ?4, ?5)
         on conflict (part, name) do nothing",
        K::TABLE
    );
    without_effect.extend(execute_each(connection, &sql, new.into_iter().map(account_row))?);
    if without_effect.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

pub(super) fn select_evening<K: KeptKind>(
    connection: &Connection,
) -> Result<Vec<EveningAccount<K>>, StoreError> {
    select(connection, &evening_accounts::<K>(), vec![], |row| read_evening(row))
}

/// The accounts with what was posted for each.
pub(super) fn select_posted<K: KeptKind>(connection: &Connection) -> Result<Posted<K>, StoreError> {
    let with_transfers = |account: EveningAccount<K>| {
        let bounds = only((account.part, account.account_no));
        let transfers = journal::select_transfers_between(connection, Log::Evening, &bounds)?;
        Ok((account, transfers))
    };
    select_evening(connection)?.into_iter().map(with_transfers).collect()
}
