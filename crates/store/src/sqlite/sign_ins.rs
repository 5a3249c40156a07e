//! `sign_in_failure` and `sign_in`.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use loam_app::error::StoreError;
use loam_app::ports::SignInStore;
use loam_book::ids::Key;
use loam_book::security::{Counting, Failures};
use rusqlite::Connection;

use super::SqliteStore;
use super::aside::Aside;
use super::rows::{execute_any, select_one};
use crate::cells::Cell;
use crate::error::OpenError;
use crate::rows::sign_in::{counting_row, read_failures, read_sign_in, sign_in_row};

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

    async fn signed_in(&self, user: Key, at: Timestamp) -> Result<(), StoreError> {
        let sql = "insert into sign_in (user_key, last_at) values (?1, ?2)
                   on conflict (user_key) do update set last_at = max(last_at, ?2)";
        self.0.write(move |tx| execute_any(tx, sql, sign_in_row(user, at)).map(drop)).await
    }

    async fn last_sign_ins(&self, users: &[Key]) -> Result<Vec<(Key, Timestamp)>, StoreError> {
        let sql = "select user_key, last_at from sign_in where user_key = ?1";
        let of = |connection: &Connection, user: &Key| {
            select_one(connection, sql, vec![Cell::key(*user)], |row| read_sign_in(row))
        };
        self.0.store().with_reader(|connection| {
            users.iter().filter_map(|user| of(connection, user).transpose()).collect()
        })
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
