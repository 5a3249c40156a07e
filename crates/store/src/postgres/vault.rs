//! `vault_key`.

use deadpool_postgres::ClientWrapper;
use loam_app::error::StoreError;

use super::pipeline::{Query, execute, select};
use crate::cells::{Cell, Cursor};

pub(super) async fn select_fingerprint(client: &ClientWrapper) -> Result<Option<String>, StoreError> {
    let rows = select(client, Query::one("select fingerprint from vault_key where id = 1", vec![])).await?;
    rows.first().map(|row| Cursor::new("vault_key", row).string()).transpose()
}

/// Keeps a fingerprint unless there is one: of servers that start together, the first decides.
pub(super) async fn insert_fingerprint(client: &ClientWrapper, fingerprint: &str) -> Result<(), StoreError> {
    let sql = "insert into vault_key (id, fingerprint) values (1, $1) on conflict (id) do nothing";
    execute(client, Query::one(sql, vec![Cell::text(fingerprint)])).await.map(|_| ())
}
