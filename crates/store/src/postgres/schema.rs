//! Migrations of a PostgreSQL book.

use deadpool_postgres::{ClientWrapper, Transaction};
use loam_app::error::StoreError;
use tokio_postgres::GenericClient;

use super::failed;
use crate::error::OpenError;
use crate::schema::{
    Dialect, FLOOR, floor, known, migrations_after, must_be_this_version, must_fit, version_table,
};

/// Makes the schema that the address names in its search path, if it is not there.
pub(crate) async fn ensure_namespace(client: &ClientWrapper) -> Result<(), StoreError> {
    let sql = "select quote_ident(trim(both ' \"' from split_part(current_setting('search_path'), ',', 1)))
                where current_schema() is null";
    let Some(row) = client.query_opt(sql, &[]).await.map_err(failed)? else { return Ok(()) };
    let name: String = row.try_get(0).map_err(failed)?;
    client.batch_execute(&format!("create schema if not exists {name}")).await.map_err(failed)
}

/// All tables, in a database that has none.
pub(crate) async fn create_schema(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.batch_execute(&version_table(Dialect::Postgres)).await.map_err(failed)?;
    tx.batch_execute("insert into schema_version (version) values (0)").await.map_err(failed)?;
    apply_after(tx, 0).await
}

/// Brings a book to the version of this binary. Of several servers one does it, the others wait for the lock.
pub(super) async fn migrate(client: &mut ClientWrapper) -> Result<(), OpenError> {
    let tx = client.transaction().await.map_err(failed)?;
    tx.batch_execute("lock table schema_version in exclusive mode").await.map_err(failed)?;
    let version = schema_version(&*tx).await?;
    fits(&*tx, version).await?;
    if version < known() {
        apply_after(&tx, version).await?;
        keep_floor(&tx).await?;
    }
    tx.commit().await.map_err(failed)?;
    if version < known() {
        // The planner knows nothing about tables that were made anew.
        client.batch_execute("analyze").await.map_err(failed)?;
    }
    Ok(())
}

/// A process that only reads does not migrate.
pub(super) async fn must_be_current(client: &ClientWrapper) -> Result<(), OpenError> {
    let version = schema_version(&**client).await?;
    if version < known() {
        return Err(OpenError::OlderSchema { book: version, known: known() });
    }
    fits(&**client, version).await
}

/// Whoever copies or spreads a book must know each of its tables.
pub(crate) async fn must_be_known(client: &impl GenericClient) -> Result<(), OpenError> {
    must_be_this_version(schema_version(client).await?)
}

/// Whether this program works with the book as somebody may have migrated it meanwhile.
pub(super) async fn must_still_fit(client: &ClientWrapper) -> Result<(), OpenError> {
    let version = schema_version(&**client).await?;
    fits(&**client, version).await
}

async fn fits(client: &impl GenericClient, version: i64) -> Result<(), OpenError> {
    if version <= known() {
        return Ok(());
    }
    let sql = "select value from book_property where name = $1";
    let floor = client.query_opt(sql, &[&FLOOR]).await.map_err(failed)?;
    must_fit(version, floor.map(|row| row.get::<_, String>(0)).as_deref())
}

/// Says which programs work with the book from now on.
pub(super) async fn keep_floor(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "insert into book_property (name, value) values ($1, $2)
               on conflict (name) do update set value = excluded.value";
    tx.execute(sql, &[&FLOOR, &floor().to_string()]).await.map_err(failed)?;
    Ok(())
}

async fn apply_after(tx: &Transaction<'_>, version: i64) -> Result<(), StoreError> {
    for (number, text) in migrations_after(version, Dialect::Postgres) {
        tx.batch_execute(&text).await.map_err(failed)?;
        let updated =
            tx.execute("update schema_version set version = $1", &[&number]).await.map_err(failed)?;
        assert_eq!(updated, 1, "a book has one schema version");
    }
    Ok(())
}

async fn schema_version(client: &impl GenericClient) -> Result<i64, StoreError> {
    let row = client.query_one("select version from schema_version", &[]).await.map_err(failed)?;
    row.try_get(0).map_err(failed)
}

pub(super) async fn has_version_table(client: &ClientWrapper) -> Result<bool, StoreError> {
    let sql = "select count(*) from information_schema.tables
                where table_schema = current_schema() and table_name = 'schema_version'";
    let row = client.query_one(sql, &[]).await.map_err(failed)?;
    Ok(row.get::<_, i64>(0) > 0)
}

/// Whether the database holds any table.
pub(crate) async fn has_tables(client: &ClientWrapper) -> Result<bool, StoreError> {
    let sql = "select count(*) from information_schema.tables where table_schema = current_schema()";
    let row = client.query_one(sql, &[]).await.map_err(failed)?;
    Ok(row.get::<_, i64>(0) > 0)
}
