//! `custom_owner` and `custom_value`.

use loam_app::changes::CustomValuesChange;
use loam_app::command::Address;

use super::pipeline::{Query, Writes};
use crate::cells::Cell;
use crate::rows::custom_value::{gone_rows, owner_row, put_rows, value_columns};

/// Writes the values of each owner, only if nobody else did since they were read.
pub(super) fn save_values<'a>(writes: &mut Writes<'a>, changes: &'a [CustomValuesChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update custom_owner as a
                  set version = t.version, kind = t.kind
                 from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[])
                   as t (part, owner_key, version, kind, version_read)
                where a.part = t.part and a.owner_key = t.owner_key and a.version = t.version_read";
    let row = |change: &&'a CustomValuesChange| {
        let mut row = owner_row(change);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, known.iter().map(row).collect());
    let sql = "insert into custom_owner (part, owner_key, version, kind)
               select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[])
               on conflict do nothing";
    writes.all(sql, new.iter().map(|change| owner_row(change)).collect());
    let sql = "delete from custom_value
                where (part, owner_key, field_key, group_index) in
                      (select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]))";
    writes.all(sql, changes.iter().flat_map(gone_rows).collect());
    let sql =
        "insert into custom_value (part, owner_key, field_key, group_index, value_key, content, comparable)
               select * from unnest(
                 $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
               on conflict (part, owner_key, field_key, group_index) do update
                  set value_key = excluded.value_key, content = excluded.content,
                      comparable = excluded.comparable";
    writes.all(sql, changes.iter().flat_map(put_rows).collect());
}

/// The values of these owners, as far as they have any.
pub(super) fn select_named<'a>(owners: &[Address]) -> Query<'a> {
    let sql = concat!(
        "select ",
        value_columns!(),
        " from custom_owner as o
           left join custom_value as v on v.part = o.part and v.owner_key = o.owner_key
          where (o.part, o.owner_key) in (select * from unnest($1::bigint[], $2::text[]))
          order by o.part, o.owner_key, v.group_index, v.field_key"
    );
    let row = |owner: &Address| vec![Cell::part(owner.part), Cell::key(owner.key)];
    Query::many(sql, owners.iter().map(row).collect())
}
