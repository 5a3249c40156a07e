//! `subject`.

use loam_app::changes::SubjectChange;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::views::{DailyCount, Page, SubjectFilter, SubjectTotals};
use loam_book::reporting::subject::Subject;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_count, select_one};
use crate::cells::Cell;
use crate::lists::{subject_count, subject_list, subject_totals, subjects_by_day};
use crate::rows::subject::{read_daily_count, read_subject, read_totals, subject_row};

/// Writes the subjects, each only if nobody else did since it was read.
pub(super) fn save_subjects(connection: &Connection, changes: &[SubjectChange]) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    update_subjects(connection, &known)?;
    insert_subjects(connection, &new)
}

fn update_subjects(connection: &Connection, changes: &[&SubjectChange]) -> Result<(), StoreError> {
    let sql = "update subject
                  set version = ?3, scheme = ?4, organization = ?5, id = ?6, reference = ?7, client_key = ?8,
                      score = ?9, evolution = ?10, loan_count = ?11, created_at = ?12, body = ?13
                where part = ?1 and subject_key = ?2 and version = ?14";
    let rows = changes.iter().map(|change| {
        let mut row = subject_row(&change.subject);
        row.push(Cell::Int(change.version_read));
        row
    });
    let stale = execute_each(connection, sql, rows)?;
    if stale.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

fn insert_subjects(connection: &Connection, changes: &[&SubjectChange]) -> Result<(), StoreError> {
    let sql =
        "insert into subject (part, subject_key, version, scheme, organization, id, reference, client_key,
                 score, evolution, loan_count, created_at, body)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    insert_all(connection, sql, changes.iter().map(|change| subject_row(&change.subject)))
}

pub(super) fn select_subject(
    connection: &Connection,
    address: Address,
) -> Result<Option<Subject>, StoreError> {
    let sql = "select body from subject where part = ?1 and subject_key = ?2";
    let row = vec![Cell::part(address.part), Cell::key(address.key)];
    select_one(connection, sql, row, |row| read_subject(row))
}

pub(super) fn select_subjects(
    connection: &Connection,
    filter: &SubjectFilter,
    page: Page,
) -> Result<Vec<Subject>, StoreError> {
    let (sql, row) = subject_list(filter, page, '?');
    select(connection, &sql, row, |row| read_subject(row))
}

pub(super) fn count_subjects(connection: &Connection, filter: &SubjectFilter) -> Result<i64, StoreError> {
    select_count(connection, subject_count(filter, '?'))
}

pub(super) fn select_totals(
    connection: &Connection,
    filter: &SubjectFilter,
) -> Result<SubjectTotals, StoreError> {
    let (sql, row) = subject_totals(filter, '?');
    let totals = select_one(connection, &sql, row, |row| read_totals(row))?;
    Ok(totals.expect("an aggregate has one row"))
}

pub(super) fn select_by_day(
    connection: &Connection,
    filter: &SubjectFilter,
) -> Result<Vec<DailyCount>, StoreError> {
    let (sql, row) = subjects_by_day(filter, '?');
    select(connection, &sql, row, |row| read_daily_count(row))
}
