//! `paper`, `document_piece`, and what is read of `audit`.

use loam_app::changes::{PaperChange, PaperWrite};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::views::{ActivityFilter, Page, PaperFilter, StoredActivity};
use loam_book::paper::{DocumentContent, Paper};
use rusqlite::{Connection, params_from_iter};

use super::rows::{execute_any, execute_each, insert_all, select, select_one};
use crate::cells::Cell;
use crate::lists::{activity_list, paper_list};
use crate::rows::answer::read_activity;
use crate::rows::paper::{content_of, emptied, paper_row, piece_rows, read_paper, read_piece};

/// Writes papers, each only if nobody else did since it was read.
pub(super) fn save_papers(connection: &Connection, changes: &[PaperChange]) -> Result<(), StoreError> {
    delete_pieces(connection, changes)?;
    for change in changes {
        let missed = match (&change.write, change.version_read) {
            (PaperWrite::Put { paper, .. }, None) => execute_each(connection, INSERT, [paper_row(paper)])?,
            (PaperWrite::Put { paper, .. }, Some(version)) => {
                let mut row = paper_row(paper);
                row.push(Cell::int(version));
                execute_each(connection, UPDATE, [row])?
            }
            (PaperWrite::Delete, version) => {
                let Address { part, key } = change.address;
                let row = vec![Cell::part(part), Cell::key(key), Cell::Int(version)];
                execute_each(connection, DELETE, [row])?
            }
        };
        if !missed.is_empty() {
            return Err(StoreError::VersionConflict);
        }
    }
    let sql = "insert into document_piece (part, paper_key, n, piece) values (?1, ?2, ?3, ?4)";
    insert_all(connection, sql, piece_rows(changes))
}

/// Deletes all papers about what is there no longer, with what stands in them.
pub(super) fn delete_about(connection: &Connection, subjects: &[Address]) -> Result<(), StoreError> {
    let pieces = "delete from document_piece where part = ?1 and paper_key in
                    (select paper_key from paper where part = ?1 and subject_key = ?2)";
    let papers = "delete from paper where part = ?1 and subject_key = ?2";
    for subject in subjects {
        for sql in [pieces, papers] {
            execute_any(connection, sql, vec![Cell::part(subject.part), Cell::key(subject.key)])?;
        }
    }
    Ok(())
}

/// How many pieces a document had is not asked.
fn delete_pieces(connection: &Connection, changes: &[PaperChange]) -> Result<(), StoreError> {
    let sql = "delete from document_piece where part = ?1 and paper_key = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(super::failed)?;
    for row in emptied(changes) {
        statement.execute(params_from_iter(row)).map_err(super::failed)?;
    }
    Ok(())
}

const INSERT: &str =
    "insert into paper (part, paper_key, number, version, kind, subject_key, author_key, assignee_key,
                        task_status, due_on, body)
                      values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                      on conflict do nothing";
const UPDATE: &str = "update paper
                         set number = ?3, version = ?4, kind = ?5, subject_key = ?6, author_key = ?7,
                             assignee_key = ?8, task_status = ?9, due_on = ?10, body = ?11
                       where part = ?1 and paper_key = ?2 and version = ?12";
const DELETE: &str = "delete from paper where part = ?1 and paper_key = ?2 and version = ?3";

pub(super) fn select_paper(connection: &Connection, address: Address) -> Result<Option<Paper>, StoreError> {
    let sql = "select body from paper where part = ?1 and paper_key = ?2";
    let row = vec![Cell::part(address.part), Cell::key(address.key)];
    select_one(connection, sql, row, |row| read_paper(row))
}

pub(super) fn select_numbered(connection: &Connection, number: i64) -> Result<Option<Paper>, StoreError> {
    let sql = "select body from paper where number = ?1";
    select_one(connection, sql, vec![Cell::int(number)], |row| read_paper(row))
}

pub(super) fn select_papers(
    connection: &Connection,
    filter: &PaperFilter,
    page: Page,
) -> Result<Vec<Paper>, StoreError> {
    let (sql, row) = paper_list(filter, page, '?');
    select(connection, &sql, row, |row| read_paper(row))
}

pub(super) fn select_activities(
    connection: &Connection,
    filter: &ActivityFilter,
    page: Page,
) -> Result<Vec<StoredActivity>, StoreError> {
    let (sql, row) = activity_list(filter, page, '?');
    select(connection, &sql, row, |row| read_activity(row))
}

pub(super) fn select_content(
    connection: &Connection,
    document: Address,
) -> Result<Option<DocumentContent>, StoreError> {
    let sql = "select piece from document_piece where part = ?1 and paper_key = ?2 order by n";
    let row = vec![Cell::part(document.part), Cell::key(document.key)];
    select(connection, sql, row, |row| read_piece(row)).map(content_of)
}
