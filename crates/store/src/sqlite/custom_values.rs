//! `custom_owner` and `custom_value`.

use loam_app::changes::CustomValuesChange;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::custom_field::value::CustomValues;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select};
use crate::cells::Cell;
use crate::rows::custom_value::{gathered, gone_rows, owner_row, put_rows, read_value, value_columns};

/// Writes the values of each owner, only if nobody else did since they were read.
pub(super) fn save_values(connection: &Connection, changes: &[CustomValuesChange]) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update custom_owner set version = ?3, kind = ?4
                where part = ?1 and owner_key = ?2 and version = ?5";
    let rows = known.iter().map(|change| {
        let mut row = owner_row(change);
        row.push(Cell::Int(change.version_read));
        row
    });
    let stale = execute_each(connection, sql, rows)?;
    let sql = "insert into custom_owner (part, owner_key, version, kind) values (?1, ?2, ?3, ?4)
               on conflict do nothing";
    let there = execute_each(connection, sql, new.iter().map(|change| owner_row(change)))?;
    if !stale.is_empty() || !there.is_empty() {
        return Err(StoreError::VersionConflict);
    }
    let sql = "delete from custom_value
                where part = ?1 and owner_key = ?2 and field_key = ?3 and group_index = ?4";
    execute_each(connection, sql, changes.iter().flat_map(gone_rows))?;
    let sql =
        "insert into custom_value (part, owner_key, field_key, group_index, value_key, content, comparable)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               on conflict (part, owner_key, field_key, group_index) do update
                  set value_key = excluded.value_key, content = excluded.content,
                      comparable = excluded.comparable";
    insert_all(connection, sql, changes.iter().flat_map(put_rows))
}

/// The values of these owners, as far as they have any.
pub(super) fn select_values(
    connection: &Connection,
    owners: &[Address],
) -> Result<Vec<CustomValues>, StoreError> {
    let sql = concat!(
        "select ",
        value_columns!(),
        " from custom_owner as o
           left join custom_value as v on v.part = o.part and v.owner_key = o.owner_key
          where o.part = ?1 and o.owner_key = ?2
          order by v.group_index, v.field_key"
    );
    let mut all = Vec::new();
    for owner in owners {
        let row = vec![Cell::part(owner.part), Cell::key(owner.key)];
        all.extend(gathered(select(connection, sql, row, |row| read_value(row))?));
    }
    Ok(all)
}
