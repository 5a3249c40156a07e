//! `line_of_credit`.

use loam_app::changes::LineChange;
use loam_app::command::Address;

use super::pipeline::{Query, Writes};
use crate::cells::Cell;
use crate::rows::line_of_credit::line_row;

/// Writes the lines, each only if nobody else did since it was read.
pub(super) fn save_lines<'a>(writes: &mut Writes<'a>, changes: &'a [LineChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update line_of_credit as a
                  set id = t.id, version = t.version, holder_key = t.holder_key, status = t.status,
                      branch_key = t.branch_key, centre_key = t.centre_key, user_key = t.user_key,
                      created_at = t.created_at, body = t.body
                 from unnest(
                      $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[],
                      $7::text[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::bigint[])
                   as t (part, line_key, id, version, holder_key, status, branch_key, centre_key, user_key,
                      created_at, body, version_read)
                where a.part = t.part and a.line_key = t.line_key and a.version = t.version_read";
    let row = |change: &&'a LineChange| {
        let mut row = line_row(&change.line);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, known.iter().map(row).collect());
    let sql = "insert into line_of_credit (part, line_key, id, version, holder_key, status, branch_key,
                 centre_key, user_key, created_at, body)
               select * from unnest(
                 $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                 $8::text[], $9::text[], $10::bigint[], $11::text[])";
    writes.all(sql, new.iter().map(|change| line_row(&change.line)).collect());
}

pub(super) fn select_named<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = "select body from line_of_credit
                where (part, line_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, addresses.iter().map(row).collect())
}
