//! `reported_loan` and `loan_report`.

use loam_app::changes::{ReportRow, ReportedLoanChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::views::{Page, ReportedLoanFilter, SettlementCount, StoredReport};
use loam_book::reporting::loan::ReportedLoan;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_count, select_one};
use crate::cells::Cell;
use crate::lists::{reported_loan_count, reported_loan_list, settlements_by_day};
use crate::rows::check::Account;
use crate::rows::reported_loan::{
    read_report, read_reported_loan, read_settlement_count, report_row, reported_loan_row,
};

/// Writes the loans, each only if nobody else did since it was read.
pub(super) fn save_reported_loans(
    connection: &Connection,
    changes: &[ReportedLoanChange],
) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    update_reported_loans(connection, &known)?;
    insert_reported_loans(connection, &new)
}

fn update_reported_loans(connection: &Connection, changes: &[&ReportedLoanChange]) -> Result<(), StoreError> {
    let sql = "update reported_loan
                  set loan_key = ?3, version = ?4, scheme = ?5, organization = ?6, id = ?7, subject_key = ?8,
                      same_as = ?9, status = ?10, settled_on = ?11, last_due_on = ?12, created_at = ?13,
                      body = ?14
                where part = ?1 and account_no = ?2 and version = ?15";
    let rows = changes.iter().map(|change| {
        let mut row = reported_loan_row(&change.loan);
        row.push(Cell::Int(change.version_read));
        row
    });
    let stale = execute_each(connection, sql, rows)?;
    if stale.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

fn insert_reported_loans(connection: &Connection, changes: &[&ReportedLoanChange]) -> Result<(), StoreError> {
    let sql = "insert into reported_loan (part, account_no, loan_key, version, scheme, organization, id,
                 subject_key, same_as, status, settled_on, last_due_on, created_at, body)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    insert_all(connection, sql, changes.iter().map(|change| reported_loan_row(&change.loan)))
}

pub(super) fn insert_reports(connection: &Connection, reports: &[ReportRow]) -> Result<(), StoreError> {
    let sql =
        "insert into loan_report (part, account_no, seq, recorded_at, actor, door, request_id, report, told)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    insert_all(connection, sql, reports.iter().map(report_row))
}

pub(super) fn select_reported_loan(
    connection: &Connection,
    address: Address,
) -> Result<Option<ReportedLoan>, StoreError> {
    let sql = "select body from reported_loan where part = ?1 and loan_key = ?2";
    let row = vec![Cell::part(address.part), Cell::key(address.key)];
    select_one(connection, sql, row, |row| read_reported_loan(row))
}

pub(super) fn select_reported_loans(
    connection: &Connection,
    filter: &ReportedLoanFilter,
    page: Page,
) -> Result<Vec<ReportedLoan>, StoreError> {
    let (sql, row) = reported_loan_list(filter, page, '?');
    select(connection, &sql, row, |row| read_reported_loan(row))
}

pub(super) fn count_reported_loans(
    connection: &Connection,
    filter: &ReportedLoanFilter,
) -> Result<i64, StoreError> {
    select_count(connection, reported_loan_count(filter, '?'))
}

pub(super) fn select_settlements_by_day(
    connection: &Connection,
    filter: &ReportedLoanFilter,
) -> Result<Vec<SettlementCount>, StoreError> {
    let (sql, row) = settlements_by_day(filter, '?');
    select(connection, &sql, row, |row| read_settlement_count(row))
}

/// The newest first.
pub(super) fn select_reports(
    connection: &Connection,
    (part, account_no): Account,
    page: Page,
) -> Result<Vec<StoredReport>, StoreError> {
    let sql = "select seq, recorded_at, door, report, told from loan_report
                where part = ?1 and account_no = ?2 order by seq desc limit ?3 offset ?4";
    let row = vec![Cell::part(part), Cell::int(account_no), Cell::int(page.limit), Cell::int(page.offset)];
    select(connection, sql, row, |row| read_report(row))
}
