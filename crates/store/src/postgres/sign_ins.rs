//! `sign_in_failure`.

use std::sync::Arc;

use async_trait::async_trait;
use loam_app::error::StoreError;
use loam_app::ports::SignInStore;
use loam_book::security::{Counting, Failures};

use super::PostgresStore;
use super::pipeline::{Query, execute, select};
use crate::cells::Cell;
use crate::rows::sign_in::{counting_row, read_failures};

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
