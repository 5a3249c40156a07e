//! `client_group`.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::{Deleted, GroupChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::views::{GroupFilter, GroupView, Page};

use super::clients::{must_guarantee_nothing, select_held};
use super::pipeline::{Query, Rows, Writes, list, read_all, select, snapshot};
use crate::cells::Cell;
use crate::lists::group_list;
use crate::rows::book::deleted_row;
use crate::rows::client::read_held;
use crate::rows::group::{group_row, group_view, read_group};

/// Writes the groups, each only if nobody else did since it was read.
pub(super) fn save_groups<'a>(writes: &mut Writes<'a>, changes: &'a [GroupChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update client_group as a
                  set id = t.id, version = t.version, name = t.name, branch_key = t.branch_key,
                      centre_key = t.centre_key, user_key = t.user_key, created_at = t.created_at, body = t.body
                 from unnest(
                      $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[],
                      $7::text[], $8::text[], $9::bigint[], $10::text[], $11::bigint[])
                   as t (part, group_key, id, version, name, branch_key, centre_key, user_key, created_at, body,
                      version_read)
                where a.part = t.part and a.group_key = t.group_key and a.version = t.version_read";
    let row = |change: &&'a GroupChange| {
        let mut row = group_row(&change.group);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, known.iter().map(row).collect());
    let sql =
        "insert into client_group (part, group_key, id, version, name, branch_key, centre_key, user_key,
                 created_at, body)
               select * from unnest(
                 $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                 $8::text[], $9::bigint[], $10::text[])";
    writes.all(sql, new.iter().map(|change| group_row(&change.group)).collect());
}

/// Deletes groups, each only if nobody else changed it since it was read or opened an account for it.
pub(super) fn delete_groups<'a>(writes: &mut Writes<'a>, deleted: &'a [Deleted]) {
    let sql = "select 1 from client_group
                where (part, group_key) in (select * from unnest($1::bigint[], $2::text[]))
                  for update";
    let key = |deleted: &Deleted| vec![Cell::part(deleted.part), Cell::key(deleted.key)];
    writes.any(sql, deleted.iter().map(key).collect());
    let sql = "delete from client_group as a
                using unnest($1::bigint[], $2::text[], $3::bigint[]) as t (part, group_key, version_read)
                where a.part = t.part and a.group_key = t.group_key and a.version = t.version_read
                  and not exists (
                      select 1 from loan_account as l where l.part = t.part and l.holder_key = t.group_key)
                  and not exists (
                      select 1 from savings_account as s where s.part = t.part and s.holder_key = t.group_key)
                  and not exists (
                      select 1 from line_of_credit as c where c.part = t.part and c.holder_key = t.group_key)";
    writes.all(sql, deleted.iter().map(deleted_row).collect());
    must_guarantee_nothing(writes, deleted);
}

pub(super) fn select_named<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = "select body from client_group
                where (part, group_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, addresses.iter().map(row).collect())
}

/// A group with what its loans say.
pub(super) async fn select_view(
    client: &ClientWrapper,
    address: Address,
) -> Result<Option<GroupView>, StoreError> {
    let [found, held] = snapshot(client, [select_named(&[address]), select_held(vec![address])]).await?;
    let held = read_all(&held, read_held)?;
    Ok(read_all(&found, read_group)?.pop().map(|found| group_view(found, &held)))
}

/// Groups in the order in which they were entered.
pub(super) async fn select_views(
    client: &ClientWrapper,
    filter: &GroupFilter,
    page: Page,
) -> Result<Vec<GroupView>, StoreError> {
    viewed(client, &list(client, &group_list(filter, page, '$')).await?).await
}

/// Groups that were found, with what their loans say.
pub(super) async fn viewed(client: &ClientWrapper, found: &Rows) -> Result<Vec<GroupView>, StoreError> {
    let found = read_all(found, read_group)?;
    let holders = found.iter().map(|group| Address { part: group.part, key: group.key }).collect();
    let held = read_all(&select(client, select_held(holders)).await?, read_held)?;
    Ok(found.into_iter().map(|group| group_view(group, &held)).collect())
}
