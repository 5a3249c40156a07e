//! `subject`.

use loam_app::changes::SubjectChange;
use loam_app::command::Address;

use super::pipeline::{Query, Writes};
use crate::cells::Cell;
use crate::rows::subject::subject_row;

/// Writes the subjects, each only if nobody else did since it was read.
pub(super) fn save_subjects<'a>(writes: &mut Writes<'a>, changes: &'a [SubjectChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    update_subjects(writes, &known);
    insert_subjects(writes, &new);
}

fn update_subjects<'a>(writes: &mut Writes<'a>, changes: &[&'a SubjectChange]) {
    let sql = "update subject as a
                  set version = t.version, scheme = t.scheme, organization = t.organization, id = t.id,
                      reference = t.reference, client_key = t.client_key, score = t.score,
                      evolution = t.evolution, loan_count = t.loan_count, created_at = t.created_at,
                      body = t.body
                 from unnest(
                      $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                      $7::text[], $8::text[], $9::bigint[], $10::text[], $11::bigint[], $12::bigint[],
                      $13::text[], $14::bigint[])
                   as t (part, subject_key, version, scheme, organization, id, reference, client_key,
                      score, evolution, loan_count, created_at, body, version_read)
                where a.part = t.part and a.subject_key = t.subject_key and a.version = t.version_read";
    let row = |change: &&'a SubjectChange| {
        let mut row = subject_row(&change.subject);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, changes.iter().map(row).collect());
}

fn insert_subjects<'a>(writes: &mut Writes<'a>, changes: &[&'a SubjectChange]) {
    let sql = "insert into subject (part, subject_key, version, scheme, organization, id, reference, client_key, score,
                 evolution, loan_count, created_at, body)
               select * from unnest(
                 $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                 $8::text[], $9::bigint[], $10::text[], $11::bigint[], $12::bigint[], $13::text[])";
    writes.all(sql, changes.iter().map(|change| subject_row(&change.subject)).collect());
}

pub(super) fn select_named<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = "select body from subject
                where (part, subject_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, addresses.iter().map(row).collect())
}
