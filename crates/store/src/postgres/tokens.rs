//! `access_token`.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use loam_app::error::StoreError;
use loam_app::ports::{AccessToken, TokenStore};

use super::PostgresStore;
use super::pipeline::{Query, execute, select};
use crate::cells::Cell;
use crate::rows::token::{read_token, token_row};

/// Tokens, with connections of the pool.
pub(crate) struct PostgresTokens(pub(crate) Arc<PostgresStore>);

#[async_trait]
impl TokenStore for PostgresTokens {
    async fn put(&self, token: &AccessToken, now: Timestamp) -> Result<(), StoreError> {
        let inserted = execute(&*self.0.reader().await?, insert_token(token, now)).await?;
        assert_eq!(inserted, 1, "an insert of one row inserts it or fails");
        Ok(())
    }

    async fn find(&self, hash: &str) -> Result<Option<AccessToken>, StoreError> {
        let sql =
            "select token_hash, client_key, issued_at, expires_at from access_token where token_hash = $1";
        let rows = select(&*self.0.reader().await?, Query::one(sql, vec![Cell::text(hash)])).await?;
        rows.first().map(read_token).transpose()
    }
}

/// Two servers that forget at once leave each other's rows alone.
fn insert_token(token: &AccessToken, now: Timestamp) -> Query<'_> {
    let sql = "with forgotten as (
                   delete from access_token
                    where token_hash in (select token_hash from access_token where expires_at < $5
                                            for update skip locked))
               insert into access_token (token_hash, client_key, issued_at, expires_at) values ($1, $2, $3, $4)";
    let mut row = token_row(token);
    row.push(Cell::instant(now));
    Query::one(sql, row)
}
