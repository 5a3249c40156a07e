//! What a database does by itself: rows without a meaning, written in groups and read one by one, with the settings of a
//! book and in a place of their own. Benchmarks stand beside that; nobody looks at a clock here.

use std::path::PathBuf;

use deadpool_postgres::ClientWrapper;
use loam_app::error::StoreError;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use tokio_postgres::Config;

use crate::error::OpenError;
use crate::postgres::{connect as connect_postgres, ensure_namespace, failed as postgres_failed};
use crate::sqlite::{connect as connect_sqlite, failed as sqlite_failed, set_up_writer};
use crate::url::DatabaseUrl;

/// How the schemas of PostgreSQL begin that [`remove`] takes away.
pub const SCHEMA: &str = "loam_bench_";

const TABLE: &str = "create table plain_row (n bigint primary key, body text not null)";

/// A table of plain rows.
pub struct PlainTable(DatabaseUrl);

/// A connection to it.
pub enum PlainConnection {
    Sqlite(Connection),
    Postgres(ClientWrapper),
}

impl PlainTable {
    /// Makes the table in a place where nothing is yet.
    ///
    /// # Errors
    /// When something is there, or the database fails.
    pub async fn make(place: &DatabaseUrl) -> Result<PlainTable, OpenError> {
        let table = PlainTable(place.clone());
        match place {
            DatabaseUrl::Sqlite(path) => {
                let new = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
                let connection = connect_sqlite(path, new)?;
                set_up_writer(&connection).map_err(sqlite_failed)?;
                connection.execute_batch(TABLE).map_err(sqlite_failed)?;
            }
            DatabaseUrl::Postgres(config) => {
                let client = connect_postgres(config, "").await?;
                ensure_namespace(&client).await?;
                client.batch_execute(TABLE).await.map_err(postgres_failed)?;
            }
        }
        Ok(table)
    }

    /// One more connection.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn connect(&self) -> Result<PlainConnection, OpenError> {
        match &self.0 {
            DatabaseUrl::Sqlite(path) => {
                let connection = connect_sqlite(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
                set_up_writer(&connection).map_err(sqlite_failed)?;
                Ok(PlainConnection::Sqlite(connection))
            }
            DatabaseUrl::Postgres(config) => {
                Ok(PlainConnection::Postgres(connect_postgres(config, "").await?))
            }
        }
    }
}

impl PlainConnection {
    /// Writes rows from a number on, in one transaction that is durable afterwards.
    ///
    /// # Errors
    /// When the database fails, and for a number that is there.
    pub async fn write(&mut self, first: i64, bodies: &[&str]) -> Result<(), StoreError> {
        match self {
            PlainConnection::Sqlite(connection) => {
                write_sqlite(connection, first, bodies).map_err(sqlite_failed)
            }
            PlainConnection::Postgres(client) => {
                let numbers: Vec<i64> = (first..).take(bodies.len()).collect();
                let sql = "insert into plain_row (n, body) select * from unnest($1::bigint[], $2::text[])";
                let statement = client.prepare_cached(sql).await.map_err(postgres_failed)?;
                client.execute(&statement, &[&numbers, &bodies]).await.map_err(postgres_failed).map(|_| ())
            }
        }
    }

    /// Reads the row of a number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(&mut self, n: i64) -> Result<Option<String>, StoreError> {
        let of_sqlite = "select body from plain_row where n = ?1";
        match self {
            PlainConnection::Sqlite(connection) => {
                let mut select = connection.prepare_cached(of_sqlite).map_err(sqlite_failed)?;
                select.query_row([n], |row| row.get(0)).optional().map_err(sqlite_failed)
            }
            PlainConnection::Postgres(client) => {
                let sql = "select body from plain_row where n = $1";
                let statement = client.prepare_cached(sql).await.map_err(postgres_failed)?;
                let row = client.query_opt(&statement, &[&n]).await.map_err(postgres_failed)?;
                Ok(row.map(|row| row.get(0)))
            }
        }
    }
}

fn write_sqlite(connection: &mut Connection, first: i64, bodies: &[&str]) -> rusqlite::Result<()> {
    let tx = connection.transaction()?;
    {
        let mut insert = tx.prepare_cached("insert into plain_row (n, body) values (?1, ?2)")?;
        for (n, body) in (first..).zip(bodies) {
            insert.execute((n, body))?;
        }
    }
    tx.commit()
}

/// How many bytes PostgreSQL has written to its log so far, and whatever else goes on in its cluster; none for a file.
///
/// # Errors
/// When the database cannot be asked.
pub async fn log_position(database: &DatabaseUrl) -> Result<Option<u64>, OpenError> {
    let DatabaseUrl::Postgres(config) = database else { return Ok(None) };
    let client = connect_postgres(config, "").await?;
    let sql = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";
    let row = client.query_one(sql, &[]).await.map_err(postgres_failed)?;
    Ok(u64::try_from(row.get::<_, i64>(0)).ok())
}

/// Takes away what was made for a benchmark: a file with what SQLite keeps beside it, or a schema of PostgreSQL that
/// begins with [`SCHEMA`].
///
/// # Errors
/// When a file cannot be removed, or the database fails.
pub async fn remove(place: &DatabaseUrl) -> Result<(), OpenError> {
    match place {
        DatabaseUrl::Sqlite(path) => {
            for beside in ["", "-wal", "-shm", ".lock"] {
                let mut name = path.as_os_str().to_owned();
                name.push(beside);
                let name = PathBuf::from(name);
                if name.exists() {
                    std::fs::remove_file(&name).map_err(|error| OpenError::file(&name, &error))?;
                }
            }
            Ok(())
        }
        DatabaseUrl::Postgres(config) => remove_schema(config).await,
    }
}

async fn remove_schema(config: &Config) -> Result<(), OpenError> {
    let client = connect_postgres(config, "").await?;
    let sql = "select current_schema()::text where starts_with(current_schema()::text, $1)";
    let Some(row) = client.query_opt(sql, &[&SCHEMA]).await.map_err(postgres_failed)? else { return Ok(()) };
    let schema: String = row.get(0);
    client.batch_execute(&format!("drop schema \"{schema}\" cascade")).await.map_err(postgres_failed)?;
    Ok(())
}
