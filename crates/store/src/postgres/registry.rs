//! `id_registry`.

use std::collections::HashMap;

use deadpool_postgres::ClientWrapper;
use loam_app::changes::{IdName, NewId};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::ids::Key;
use loam_book::loan::refusal::IdKind;

use super::pipeline::{Query, Writes, read_all, select};
use crate::cells::{Cell, Row};
use crate::rows::book::{id_row, name_cells, read_address, read_name, read_named};
use crate::rows::{SCOPE, id_kind_name, key_kind_name};

/// Registers ids; which of them are taken, [`select_taken`] says afterwards.
pub(super) fn insert_ids<'a>(writes: &mut Writes<'a>, ids: &'a [NewId]) {
    insert_rows(writes, ids.iter().map(id_row).collect(), StoreError::Duplicate(Vec::new()));
}

/// Registers keys without Loam's mark.
pub(super) fn insert_foreign_keys<'a>(writes: &mut Writes<'a>, rows: Vec<Row<'a>>) {
    insert_rows(writes, rows, StoreError::VersionConflict);
}

fn insert_rows<'a>(writes: &mut Writes<'a>, rows: Vec<Row<'a>>, otherwise: StoreError) {
    let sql = "insert into id_registry (scope, kind, id, entity_key, part)
               select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
               on conflict (scope, kind, id) do nothing";
    writes.all_or(sql, rows, otherwise);
}

/// Frees ids, each only if it still names what it named.
pub(super) fn delete_ids<'a>(writes: &mut Writes<'a>, ids: &'a [NewId]) {
    let sql = "delete from id_registry
                where (scope, kind, id, entity_key, part) in
                      (select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]))";
    writes.all(sql, ids.iter().map(id_row).collect());
}

/// Those of the ids that name something else.
pub(super) async fn select_taken(client: &ClientWrapper, ids: &[NewId]) -> Result<Vec<IdName>, StoreError> {
    let sql = "select t.scope, t.kind, t.id
                 from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
                        as t (scope, kind, id, entity_key, part)
                 join id_registry on id_registry.scope = t.scope and id_registry.kind = t.kind
                                 and id_registry.id = t.id
                where id_registry.entity_key <> t.entity_key";
    let rows = select(client, Query::many(sql, ids.iter().map(id_row).collect())).await?;
    read_all(&rows, |row| read_name(row, ids))
}

/// Finds what bears a name.
pub(super) async fn select_name(
    client: &ClientWrapper,
    name: &IdName,
) -> Result<Option<Address>, StoreError> {
    let sql = "select part, entity_key from id_registry where scope = $1 and kind = $2 and id = $3";
    let rows = select(client, Query::one(sql, name_cells(name).into())).await?;
    rows.first().map(read_address).transpose()
}

/// Finds an account or client by its id, otherwise by its key.
pub(super) async fn select_address(
    client: &ClientWrapper,
    kind: IdKind,
    id_or_key: &str,
) -> Result<Option<Address>, StoreError> {
    let sql = "select part, entity_key from id_registry
                where scope = $1 and id = $2 and kind in ($3, $4)
                order by case when kind = $3 then 0 else 1 end";
    let row = vec![
        Cell::text(SCOPE),
        Cell::text(id_or_key),
        Cell::text(id_kind_name(kind)),
        Cell::text(key_kind_name(kind)),
    ];
    let rows = select(client, Query::one(sql, row)).await?;
    rows.first().map(read_address).transpose()
}

/// The same for many, by what was asked for; an id goes before a key.
pub(super) async fn select_addresses(
    client: &ClientWrapper,
    kind: IdKind,
    ids_or_keys: &[&str],
) -> Result<HashMap<String, Address>, StoreError> {
    let sql = "select part, entity_key, kind, id from id_registry
                where (scope, kind, id) in (select * from unnest($1::text[], $2::text[], $3::text[]))";
    let kinds = [id_kind_name(kind), key_kind_name(kind)];
    let asked = ids_or_keys.iter().flat_map(|id| {
        // Most are ids, and what is no key bears none.
        let possible = if id.parse::<Key>().is_ok() { &kinds[..] } else { &kinds[..1] };
        let row =
            |kind: &&'static str| -> Row<'_> { vec![Cell::text(SCOPE), Cell::text(kind), Cell::text(id)] };
        possible.iter().map(row).collect::<Vec<_>>()
    });
    let rows = select(client, Query::many(sql, asked.collect())).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for (address, kind, id) in read_all(&rows, read_named)? {
        if kind == kinds[0] || !found.contains_key(&id) {
            found.insert(id, address);
        }
    }
    Ok(found)
}
