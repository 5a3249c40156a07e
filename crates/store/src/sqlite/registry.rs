//! `id_registry`.

use loam_app::changes::{IdName, NewId};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::loan::refusal::IdKind;
use rusqlite::Connection;

use super::rows::{execute_each, select_one};
use crate::cells::{Cell, Row};
use crate::rows::book::{id_row, name_cells, read_address};
use crate::rows::{SCOPE, id_kind_name, key_kind_name};

/// Registers ids; when some name something else, these are the error. One that names the same was
/// registered by somebody else meanwhile.
pub(super) fn insert_ids(connection: &Connection, ids: &[NewId]) -> Result<(), StoreError> {
    let there = insert_rows(connection, ids.iter().map(id_row))?;
    if there.is_empty() {
        return Ok(());
    }
    let mut taken = Vec::new();
    for id in there.into_iter().map(|at| &ids[at]) {
        if select_name(connection, &id.name)?.is_some_and(|named| named.key != id.key) {
            taken.push(id.name.clone());
        }
    }
    Err(if taken.is_empty() { StoreError::VersionConflict } else { StoreError::Duplicate(taken) })
}

/// Registers keys without Loam's mark.
pub(super) fn insert_foreign_keys(connection: &Connection, rows: &[Row<'_>]) -> Result<(), StoreError> {
    let taken = insert_rows(connection, rows.iter().cloned())?;
    if taken.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

fn insert_rows<'a>(
    connection: &Connection,
    rows: impl Iterator<Item = Row<'a>>,
) -> Result<Vec<usize>, StoreError> {
    let sql = "insert into id_registry (scope, kind, id, entity_key, part) values (?1, ?2, ?3, ?4, ?5)
               on conflict (scope, kind, id) do nothing";
    execute_each(connection, sql, rows)
}

/// Frees ids, each only if it still names what it named.
pub(super) fn delete_ids(connection: &Connection, ids: &[NewId]) -> Result<(), StoreError> {
    let sql = "delete from id_registry
                where scope = ?1 and kind = ?2 and id = ?3 and entity_key = ?4 and part = ?5";
    let gone = execute_each(connection, sql, ids.iter().map(id_row))?;
    if gone.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

/// Finds what bears a name.
pub(super) fn select_name(connection: &Connection, name: &IdName) -> Result<Option<Address>, StoreError> {
    let sql = "select part, entity_key from id_registry where scope = ?1 and kind = ?2 and id = ?3";
    select_one(connection, sql, name_cells(name).into(), |row| read_address(row))
}

/// Finds an account or client by its id, otherwise by its key.
pub(super) fn select_address(
    connection: &Connection,
    kind: IdKind,
    id_or_key: &str,
) -> Result<Option<Address>, StoreError> {
    let sql = "select part, entity_key from id_registry where scope = ?1 and kind = ?2 and id = ?3";
    for kind in [id_kind_name(kind), key_kind_name(kind)] {
        let row = vec![Cell::text(SCOPE), Cell::text(kind), Cell::text(id_or_key)];
        if let Some(address) = select_one(connection, sql, row, |row| read_address(row))? {
            return Ok(Some(address));
        }
    }
    Ok(None)
}
