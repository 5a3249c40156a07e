//! `sign_in_failure` and `sign_in`.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use loam_app::error::StoreError;
use loam_app::ports::SignInStore;
use loam_book::ids::Key;
use loam_book::security::{Counting, Failures};

use super::PostgresStore;
use super::pipeline::{Query, execute, select};
use crate::cells::Cell;
use crate::rows::sign_in::{counting_row, read_failures, read_sign_in, sign_in_row};

/// Failures to sign in, with connections of the pool.
pub(crate) struct PostgresSignIns(pub(crate) Arc<PostgresStore>);

#[async_trait]
impl SignInStore for PostgresSignIns {
    async fn failures(&self, subject: &str) -> Result<Option<Failures>, StoreError> {
        let sql = "select failures, last_at from sign_in_failure where subject = $1";
        let rows = select(&*self.0.reader().await?, Query::one(sql, vec![Cell::text(subject)])).await?;
        rows.first().map(read_failures).transpose()
    }

    async fn failed(&self, subject: &str, counting: &Counting) -> Result<u32, StoreError> {
        let rows = select(&*self.0.reader().await?, count(subject, counting)).await?;
        let counted = rows.first().map(read_failures).transpose()?;
        Ok(counted.map_or(0, |failures| failures.count))
    }

    async fn forget(&self, subject: &str) -> Result<(), StoreError> {
        let sql = "delete from sign_in_failure where subject = $1";
        execute(&*self.0.reader().await?, Query::one(sql, vec![Cell::text(subject)])).await?;
        Ok(())
    }

    async fn signed_in(&self, user: Key, at: Timestamp) -> Result<(), StoreError> {
        let sql = "insert into sign_in (user_key, last_at) values ($1, $2)
                   on conflict (user_key) do update set last_at = greatest(sign_in.last_at, $2)";
        execute(&*self.0.reader().await?, Query::one(sql, sign_in_row(user, at))).await?;
        Ok(())
    }

    async fn last_sign_ins(&self, users: &[Key]) -> Result<Vec<(Key, Timestamp)>, StoreError> {
        let sql =
            "select user_key, last_at from sign_in where user_key in (select * from unnest($1::text[]))";
        let users = users.iter().map(|user| vec![Cell::key(*user)]).collect();
        let rows = select(&*self.0.reader().await?, Query::many(sql, users)).await?;
        rows.iter().map(read_sign_in).collect()
    }
}

/// Two servers that forget at once leave each other's rows alone.
fn count<'a>(subject: &'a str, counting: &Counting) -> Query<'a> {
    let sql = "with forgotten as (
                   delete from sign_in_failure
                    where subject in (select subject from sign_in_failure where last_at <= $3 and subject <> $1
                                         for update skip locked))
               insert into sign_in_failure (subject, failures, last_at) values ($1, 1, $2)
               on conflict (subject) do update
                  set failures = case when sign_in_failure.last_at <= $3
                                        or (sign_in_failure.failures >= $4 and sign_in_failure.last_at <= $5) then 1
                                      else sign_in_failure.failures + 1 end,
                      last_at = $2
               returning failures, last_at";
    Query::one(sql, counting_row(subject, counting))
}
