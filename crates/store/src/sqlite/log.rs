//! `loan_log`, `outbox`, `audit` and `answer`: what is only ever added.

use loam_app::changes::{AnswerRow, AuditRow, LogRow, OutboxRow};
use loam_app::error::StoreError;
use loam_app::ports::StoredAnswer;
use loam_book::ids::Part;
use loam_book::loan::event::Entry;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_one};
use crate::cells::{Cell, Columns, Row};
use crate::numbers::LogNumbers;
use crate::rows::answer::{answer_row, audit_row, read_answer};
use crate::rows::check::Account;
use crate::rows::log::{LOG_COLUMNS, log_columns, log_row, outbox_row, read_entry};

pub(super) fn insert_entries(
    connection: &Connection,
    entries: &[LogRow],
    numbers: &LogNumbers,
) -> Result<(), StoreError> {
    let sql =
        "insert into loan_log (part, account_no, seq, event, value_date, booking_date, recorded_at, actor,
                 door, request_id, event_version, rules_version, step, log_no)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    insert_all(connection, sql, entries.iter().map(|row| log_row(row, numbers)))
}

pub(super) fn select_entries(
    connection: &Connection,
    part: Part,
    account_no: i64,
) -> Result<Vec<Entry>, StoreError> {
    let sql =
        concat!("select ", log_columns!(), " from loan_log where part = ?1 and account_no = ?2 order by seq");
    let row = vec![Cell::part(part), Cell::int(account_no)];
    select(connection, sql, row, |row| read_entry(row).map(|(_, entry)| entry))
}

/// The logs of the accounts between two, both included.
pub(super) fn select_entries_between(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<(Account, Entry)>, StoreError> {
    let sql = concat!(
        "select ",
        log_columns!(),
        " from loan_log where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)
          order by part, account_no, seq"
    );
    select(connection, sql, bounds.clone(), |row| read_entry(row))
}

/// An entry of an account, and its number in the whole book.
type Numbered = ((Account, Entry), i64);

/// The same, each entry with its number in the whole book.
pub(super) fn select_numbered_between(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<Numbered>, StoreError> {
    let sql = concat!(
        "select ",
        log_columns!(),
        ", log_no from loan_log where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)
          order by part, account_no, seq"
    );
    let numbered = |row: &rusqlite::Row<'_>| {
        let number = row.int_at(LOG_COLUMNS)?;
        Ok((read_entry(row)?, number.unwrap_or_default()))
    };
    select(connection, sql, bounds.clone(), numbered)
}

pub(super) fn insert_outbox(connection: &Connection, rows: &[OutboxRow]) -> Result<(), StoreError> {
    let sql = "insert into outbox (recorded_at, part, account_no, seq, event, sent_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)";
    insert_all(connection, sql, rows.iter().map(outbox_row))
}

/// `first_id` is the first of as many numbers as there are rows.
pub(super) fn insert_audit(
    connection: &Connection,
    rows: &[AuditRow],
    first_id: i64,
) -> Result<(), StoreError> {
    let sql =
        "insert into audit (audit_id, part, recorded_at, booking_date, actor, door, request_id, command,
                 entity, was, became, is_logged)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    insert_all(connection, sql, (first_id..).zip(rows).map(|(id, row)| audit_row(row, id)))
}

/// Somebody else may have given an answer under the same key meanwhile; then the batch loads it.
pub(super) fn insert_answers(connection: &Connection, answers: &[AnswerRow]) -> Result<(), StoreError> {
    let sql = "insert into answer (part, idem_key, content, recorded_at, outcome) values (?1, ?2, ?3, ?4, ?5)
               on conflict (part, idem_key) do nothing";
    let given = execute_each(connection, sql, answers.iter().map(answer_row))?;
    if given.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

pub(super) fn select_answer(
    connection: &Connection,
    part: Part,
    key: &str,
) -> Result<Option<(String, StoredAnswer)>, StoreError> {
    let sql = "select idem_key, content, outcome from answer where part = ?1 and idem_key = ?2";
    select_one(connection, sql, vec![Cell::part(part), Cell::text(key)], |row| read_answer(row))
}
