//! `vault_key`.

use loam_app::error::StoreError;
use rusqlite::Connection;

use super::rows::{execute_any, select_one};
use crate::cells::{Cell, Cursor};

pub(super) fn select_fingerprint(connection: &Connection) -> Result<Option<String>, StoreError> {
    let sql = "select fingerprint from vault_key where id = 1";
    select_one(connection, sql, vec![], |row| Cursor::new("vault_key", row).string())
}

/// Keeps a fingerprint unless there is one.
pub(super) fn insert_fingerprint(connection: &Connection, fingerprint: &str) -> Result<(), StoreError> {
    let sql = "insert into vault_key (id, fingerprint) values (1, ?1) on conflict (id) do nothing";
    execute_any(connection, sql, vec![Cell::text(fingerprint)]).map(|_| ())
}
