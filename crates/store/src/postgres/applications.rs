//! `application`.

use loam_app::changes::ApplicationChange;
use loam_app::command::Address;

use super::pipeline::{Query, Writes};
use crate::cells::Cell;
use crate::rows::application::application_row;

/// Writes the applications, each only if nobody else did since it was read.
pub(super) fn save_applications<'a>(writes: &mut Writes<'a>, changes: &'a [ApplicationChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    update_applications(writes, &known);
    insert_applications(writes, &new);
}

fn update_applications<'a>(writes: &mut Writes<'a>, changes: &[&'a ApplicationChange]) {
    let sql = "update application as a
                  set application_key = t.application_key, version = t.version,
                      borrower_key = t.borrower_key, borrower_account = t.borrower_account,
                      stage = t.stage, loan_account_no = t.loan_account_no, created_at = t.created_at,
                      body = t.body, expires_on = t.expires_on
                 from unnest(
                      $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[],
                      $7::text[], $8::bigint[], $9::bigint[], $10::text[], $11::bigint[],
                      $12::bigint[])
                   as t (part, number, application_key, version, borrower_key, borrower_account, stage,
                      loan_account_no, created_at, body, expires_on, version_read)
                where a.part = t.part and a.number = t.number and a.version = t.version_read";
    let row = |change: &&'a ApplicationChange| {
        let mut row = application_row(&change.application);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, changes.iter().map(row).collect());
}

fn insert_applications<'a>(writes: &mut Writes<'a>, changes: &[&'a ApplicationChange]) {
    let sql = "insert into application (part, number, application_key, version, borrower_key,
                 borrower_account, stage, loan_account_no, created_at, body, expires_on)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[],
                 $7::text[], $8::bigint[], $9::bigint[], $10::text[], $11::bigint[])";
    writes.all(sql, changes.iter().map(|change| application_row(&change.application)).collect());
}

pub(super) fn select_named<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = "select body from application
                where (part, application_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, addresses.iter().map(row).collect())
}
