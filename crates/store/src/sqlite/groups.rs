//! `client_group`.

use loam_app::changes::{Deleted, GroupChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::views::{GroupFilter, GroupView, Page};
use loam_book::party::group::Group;
use rusqlite::Connection;

use super::clients::select_held;
use super::rows::{execute_each, insert_all, select, select_one};
use crate::cells::Cell;
use crate::lists::{Asking, group_list};
use crate::rows::book::deleted_row;
use crate::rows::group::{group_row, group_view, read_group};

/// Writes the groups, each only if nobody else did since it was read.
pub(super) fn save_groups(connection: &Connection, changes: &[GroupChange]) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update client_group
                  set id = ?3, version = ?4, name = ?5, branch_key = ?6, centre_key = ?7, user_key = ?8,
                      created_at = ?9, body = ?10
                where part = ?1 and group_key = ?2 and version = ?11";
    let rows = known.iter().map(|change| {
        let mut row = group_row(&change.group);
        row.push(Cell::Int(change.version_read));
        row
    });
    if !execute_each(connection, sql, rows)?.is_empty() {
        return Err(StoreError::VersionConflict);
    }
    let sql =
        "insert into client_group (part, group_key, id, version, name, branch_key, centre_key, user_key,
                 created_at, body)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    insert_all(connection, sql, new.iter().map(|change| group_row(&change.group)))
}

/// Deletes groups, each only if nobody else changed it since it was read or opened an account for it.
pub(super) fn delete_groups(connection: &Connection, deleted: &[Deleted]) -> Result<(), StoreError> {
    let sql = "delete from client_group where part = ?1 and group_key = ?2 and version = ?3
                  and not exists (select 1 from loan_account where part = ?1 and holder_key = ?2)
                  and not exists (select 1 from savings_account where part = ?1 and holder_key = ?2)
                  and not exists (select 1 from line_of_credit where part = ?1 and holder_key = ?2)
                  and not exists (select 1 from guarantor where holder_key = ?2)";
    let stale = execute_each(connection, sql, deleted.iter().map(deleted_row))?;
    if stale.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

pub(super) fn select_group(connection: &Connection, address: Address) -> Result<Option<Group>, StoreError> {
    let sql = "select body from client_group where part = ?1 and group_key = ?2";
    let row = vec![Cell::part(address.part), Cell::key(address.key)];
    select_one(connection, sql, row, |row| read_group(row))
}

pub(super) fn select_view(
    connection: &Connection,
    address: Address,
) -> Result<Option<GroupView>, StoreError> {
    let Some(group) = select_group(connection, address)? else { return Ok(None) };
    let held = select_held(connection, address)?;
    Ok(Some(group_view(group, &held)))
}

/// Groups in the order in which they were entered.
pub(super) fn select_views(
    connection: &Connection,
    filter: &GroupFilter,
    page: Page,
) -> Result<Vec<GroupView>, StoreError> {
    select_found(connection, group_list(filter, page, '?'))
}

/// Groups that a question finds, with what their loans say.
pub(super) fn select_found(
    connection: &Connection,
    (sql, row): Asking<'_>,
) -> Result<Vec<GroupView>, StoreError> {
    let groups = select(connection, &sql, row, |row| read_group(row))?;
    let view = |group: Group| {
        let held = select_held(connection, Address { part: group.part, key: group.key })?;
        Ok(group_view(group, &held))
    };
    groups.into_iter().map(view).collect()
}
