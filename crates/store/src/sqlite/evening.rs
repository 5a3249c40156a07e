//! `income_account`, `provision_account` and `deposit_interest_account`.

use loam_app::changes::EveningChange;
use loam_app::error::StoreError;
use loam_app::ports::Placed;
use loam_book::journal::evening::EveningAccount;
use rusqlite::Connection;

use super::check::each_readable;
use super::journal;
use super::rows::{execute_each, select, select_one};
use crate::cells::Cell;
use crate::rows::check::{Account, read_account};
use crate::rows::evening::{
    KeptKind, Posted, account_row, evening_accounts, evening_places, evening_where, known_and_new, known_row,
    only, read_evening,
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

/// The accounts with what was posted for each, or why it cannot be read.
pub(super) fn select_posted<K: KeptKind>(
    connection: &Connection,
) -> Result<Vec<Placed<Posted<K>>>, StoreError> {
    let places = select(connection, &evening_places::<K>(), vec![], |row| read_account(row))?;
    let posted = |places: &[Account]| {
        let posted = places.iter().map(|place| select_posted_at(connection, *place));
        posted.filter_map(Result::transpose).collect()
    };
    each_readable(&places, posted, |place, reason| (place, Err(reason)))
}

fn select_posted_at<K: KeptKind>(
    connection: &Connection,
    place: Account,
) -> Result<Option<Placed<Posted<K>>>, StoreError> {
    let sql = evening_where::<K>("part = ?1 and account_no = ?2");
    let row = vec![Cell::part(place.0), Cell::int(place.1)];
    let found = select_one(connection, &sql, row, |row| read_evening(row))?;
    let Some(account) = found else { return Ok(None) };
    let transfers = journal::select_transfers_between(connection, Log::Evening, &only(place))?;
    Ok(Some((place, Ok((account, transfers)))))
}
