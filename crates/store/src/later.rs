//! A program of tomorrow, for the test of two versions side by side on one book: this program, that knows migrations
//! besides its own. Nothing of it is in what is shipped.

use std::sync::OnceLock;

use tokio_postgres::Config;

use crate::error::OpenError;
use crate::postgres::{connect, failed};
use crate::schema::{Dialect, FLOOR, VERSION, floor, migrations_after};

static MIGRATIONS: OnceLock<Vec<&'static str>> = OnceLock::new();

/// From now on this process is a program that knows these migrations besides its own.
///
/// # Panics
/// When it is said twice: a program does not change while it runs.
pub fn know(migrations: Vec<&'static str>) {
    MIGRATIONS.set(migrations).expect("what a program knows is said once, before it opens a book");
}

pub(crate) fn migrations() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.get().into_iter().flatten().copied()
}

/// Takes a book that stands where the shipped program leaves it on to the version of tomorrow, as that one would: in one
/// transaction, while other servers wait and callers are served.
pub(crate) async fn migrate(config: &Config) -> Result<(), OpenError> {
    let mut client = connect(config, "").await?;
    let tx = client.transaction().await.map_err(failed)?;
    tx.batch_execute("lock table schema_version in exclusive mode").await.map_err(failed)?;
    let row = tx.query_one("select version from schema_version", &[]).await.map_err(failed)?;
    let version: i64 = row.try_get(0).map_err(failed)?;
    // An older one is left to whoever knows all that lies between.
    let missing = if version < VERSION { Vec::new() } else { migrations_after(version, Dialect::Postgres) };
    for (number, text) in &missing {
        tx.batch_execute(text).await.map_err(failed)?;
        tx.execute("update schema_version set version = $1", &[number]).await.map_err(failed)?;
    }
    if !missing.is_empty() {
        let sql = "insert into book_property (name, value) values ($1, $2)
                   on conflict (name) do update set value = excluded.value";
        tx.execute(sql, &[&FLOOR, &floor().to_string()]).await.map_err(failed)?;
    }
    tx.commit().await.map_err(failed)?;
    Ok(())
}
