//! `book_property`.

use deadpool_postgres::ClientWrapper;
use loam_app::error::StoreError;

use super::pipeline::{Query, execute, select};
use crate::cells::{Cell, Cursor};

pub(super) async fn select_property(
    client: &ClientWrapper,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "select value from book_property where name = $1";
    let rows = select(client, Query::one(sql, vec![Cell::text(name)])).await?;
    rows.first().map(|row| Cursor::new("book_property", row).string()).transpose()
}

/// Keeps a property unless there is one of this name: of servers that start together, the first decides.
pub(super) async fn insert_property(
    client: &ClientWrapper,
    name: &str,
    value: &str,
) -> Result<(), StoreError> {
    let sql = "insert into book_property (name, value) values ($1, $2) on conflict (name) do nothing";
    execute(client, Query::one(sql, vec![Cell::text(name), Cell::text(value)])).await.map(|_| ())
}
