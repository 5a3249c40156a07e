//! `access_token`.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use loam_app::error::StoreError;
use loam_app::ports::{AccessToken, TokenStore};
use rusqlite::Connection;

use super::SqliteStore;
use super::aside::Aside;
use super::rows::{execute_any, insert_all, select_one};
use crate::cells::Cell;
use crate::error::OpenError;
use crate::rows::token::{read_token, token_row};

/// Tokens are no part of what the lane writes.
pub(crate) struct SqliteTokens(Aside);

impl SqliteTokens {
    pub(crate) fn open(store: &Arc<SqliteStore>) -> Result<SqliteTokens, OpenError> {
        Aside::open(store).map(SqliteTokens)
    }
}

#[async_trait]
impl TokenStore for SqliteTokens {
    async fn put(&self, token: &AccessToken, now: Timestamp) -> Result<(), StoreError> {
        let token = token.clone();
        let write = move |connection: &Connection| {
            delete_expired(connection, now)?;
            insert_token(connection, &token)
        };
        self.0.write(move |tx| write(tx)).await
    }

    async fn find(&self, hash: &str) -> Result<Option<AccessToken>, StoreError> {
        self.0.store().with_reader(|connection| select_token(connection, hash))
    }
}

fn delete_expired(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let sql = "delete from access_token where expires_at < ?1";
    let _gone = execute_any(connection, sql, vec![Cell::instant(now)])?;
    Ok(())
}

fn insert_token(connection: &Connection, token: &AccessToken) -> Result<(), StoreError> {
    let sql =
        "insert into access_token (token_hash, client_key, issued_at, expires_at) values (?1, ?2, ?3, ?4)";
    insert_all(connection, sql, [token_row(token)])
}

fn select_token(connection: &Connection, hash: &str) -> Result<Option<AccessToken>, StoreError> {
    let sql = "select token_hash, client_key, issued_at, expires_at from access_token where token_hash = ?1";
    select_one(connection, sql, vec![Cell::text(hash)], |row| read_token(row))
}
