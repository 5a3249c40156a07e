//! `sign_in_failure`.

use std::sync::Arc;

use async_trait::async_trait;
use loam_app::error::StoreError;
use loam_app::ports::SignInStore;
use loam_book::security::{Counting, Failures};
use rusqlite::Connection;

use super::SqliteStore;
use super::aside::Aside;
use super::rows::{execute_any, select_one};
use crate::cells::Cell;
use crate::error::OpenError;
use crate::rows::sign_in::{counting_row, read_failures};

/// Failures are no part of what the lane writes.
pub(crate) struct SqliteSignIns(Aside);

impl SqliteSignIns {
    pub(crate) fn open(store: &Arc<SqliteStore>) -> Result<SqliteSignIns, OpenError> {
        Aside::open(store).map(SqliteSignIns)
    }
}

#[async_trait]
impl SignInStore for SqliteSignIns {
    async fn failures(&self, subject: &str) -> Result<Option<Failures>, StoreError> {
        self.0.store().with_reader(|connection| select_failures(connection, subject))
    }

    async fn failed(&self, subject: &str, counting: &Counting) -> Result<u32, StoreError> {
        let (subject, counting) = (subject.to_owned(), *counting);
        self.0.write(move |tx| count(tx, &subject, &counting)).await
    }

    async fn forget(&self, subject: &str) -> Result<(), StoreError> {
        let subject = subject.to_owned();
        let sql = "delete from sign_in_failure where subject = ?1";
        self.0.write(move |tx| execute_any(tx, sql, vec![Cell::text(&subject)]).map(drop)).await
    }
}

fn select_failures(connection: &Connection, subject: &str) -> Result<Option<Failures>, StoreError> {
    let sql = "select failures, last_at from sign_in_failure where subject = ?1";
    select_one(connection, sql, vec![Cell::text(subject)], |row| read_failures(row))
}

fn count(connection: &Connection, subject: &str, counting: &Counting) -> Result<u32, StoreError> {
    let old = "delete from sign_in_failure where last_at <= ?1 and subject <> ?2";
    execute_any(connection, old, vec![Cell::instant(counting.forgotten_until), Cell::text(subject)])?;
    let sql = "insert into sign_in_failure (subject, failures, last_at) values (?1, 1, ?2)
               on conflict (subject) do update
                  set failures = case when last_at <= ?3 or (failures >= ?4 and last_at <= ?5) then 1
                                      else failures + 1 end,
                      last_at = ?2
               returning failures, last_at";
    let counted = select_one(connection, sql, counting_row(subject, counting), |row| read_failures(row))?;
    Ok(counted.map_or(0, |failures| failures.count))
}
