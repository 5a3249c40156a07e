//! `reported_loan` and `loan_report`.

use loam_app::changes::{ReportRow, ReportedLoanChange};
use loam_app::command::Address;
use loam_app::views::Page;

use super::pipeline::{Query, Writes};
use crate::cells::Cell;
use crate::rows::check::Account;
use crate::rows::reported_loan::{report_row, reported_loan_row};

/// Writes the loans, each only if nobody else did since it was read.
pub(super) fn save_reported_loans<'a>(writes: &mut Writes<'a>, changes: &'a [ReportedLoanChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    update_reported_loans(writes, &known);
    insert_reported_loans(writes, &new);
}

fn update_reported_loans<'a>(writes: &mut Writes<'a>, changes: &[&'a ReportedLoanChange]) {
    let sql = "update reported_loan as a
                  set loan_key = t.loan_key, version = t.version, scheme = t.scheme,
                      organization = t.organization, id = t.id, subject_key = t.subject_key,
                      same_as = t.same_as, status = t.status, settled_on = t.settled_on,
                      last_due_on = t.last_due_on, created_at = t.created_at, body = t.body
                 from unnest(
                      $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[],
                      $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::bigint[],
                      $13::bigint[], $14::text[], $15::bigint[])
                   as t (part, account_no, loan_key, version, scheme, organization, id, subject_key,
                      same_as, status, settled_on, last_due_on, created_at, body, version_read)
                where a.part = t.part and a.account_no = t.account_no and a.version = t.version_read";
    let row = |change: &&'a ReportedLoanChange| {
        let mut row = reported_loan_row(&change.loan);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, changes.iter().map(row).collect());
}

fn insert_reported_loans<'a>(writes: &mut Writes<'a>, changes: &[&'a ReportedLoanChange]) {
    let sql = "insert into reported_loan (part, account_no, loan_key, version, scheme, organization, id, subject_key,
                 same_as, status, settled_on, last_due_on, created_at, body)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                 $8::text[], $9::text[], $10::text[], $11::bigint[], $12::bigint[], $13::bigint[],
                 $14::text[])";
    writes.all(sql, changes.iter().map(|change| reported_loan_row(&change.loan)).collect());
}

pub(super) fn insert_reports<'a>(writes: &mut Writes<'a>, reports: &'a [ReportRow]) {
    let sql =
        "insert into loan_report (part, account_no, seq, recorded_at, actor, door, request_id, report, told)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
                 $7::text[], $8::text[], $9::text[])";
    writes.all(sql, reports.iter().map(report_row).collect());
}

pub(super) fn select_named<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = "select body from reported_loan
                where (part, loan_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, addresses.iter().map(row).collect())
}

/// The newest first.
pub(super) fn select_reports<'a>((part, account_no): Account, page: Page) -> Query<'a> {
    let sql = "select seq, recorded_at, door, report, told from loan_report
                where part = $1 and account_no = $2 order by seq desc limit $3 offset $4";
    let page = [Cell::int(page.limit), Cell::int(page.offset)];
    Query::one(sql, [Cell::part(part), Cell::int(account_no)].into_iter().chain(page).collect())
}
