//! Backup and restore: a book as a SQLite file, whichever database it lives in.
//!
//! Tables are copied column by column as the catalogue lists them; nothing here knows what they mean.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use deadpool_postgres::Transaction;
use futures_util::TryStreamExt;
use loam_app::error::StoreError;
use loam_app::ports::BackupStore;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::mpsc;
use tokio_postgres::{Config, IsolationLevel};

use crate::cells::{Cell, Columns, Row};
use crate::error::OpenError;
use crate::postgres::{PostgresStore, connect as connect_postgres, failed as postgres_failed};
use crate::schema::{Holds, Table, catalogue};
use crate::sqlite::{
    SqliteStore, connect as connect_sqlite, copy_file, failed as sqlite_failed, must_be_known,
};
use crate::url::{DatabaseUrl, address};
use crate::{postgres, sqlite};

/// How many rows go over at once.
const CHUNK: usize = 2_000;

/// Writes a SQLite file with everything in it, while the book is served.
pub(crate) async fn backup_postgres(store: &PostgresStore, file: &Path) -> Result<(), OpenError> {
    let provisional = sqlite::begin_new_file(file)?;
    let mut target = sqlite::open_new_file(&provisional)?;
    begin_copy(&mut target)?;
    let mut client = store.aside().await?;
    let snapshot = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let snapshot = snapshot.start().await.map_err(postgres_failed)?;
    postgres::must_be_known(&*snapshot).await?;
    for table in catalogue() {
        copy_out(&snapshot, &table, &mut target).await?;
    }
    snapshot.commit().await.map_err(postgres_failed)?;
    target.execute_batch("commit").map_err(sqlite_failed)?;
    sqlite::finish_new_file(target, &provisional, file)
}

/// The file is synced as a whole at the end; until then nobody relies on it.
fn begin_copy(target: &mut Connection) -> Result<(), OpenError> {
    let set_up = "pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off;";
    target.execute_batch(set_up).map_err(sqlite_failed)?;
    let tx = target.transaction().map_err(sqlite_failed)?;
    sqlite::create_schema(&tx)?;
    tx.commit().map_err(sqlite_failed)?;
    Ok(target.execute_batch("begin").map_err(sqlite_failed)?)
}

async fn copy_out(
    snapshot: &Transaction<'_>,
    table: &Table,
    target: &mut Connection,
) -> Result<(), OpenError> {
    let sql = format!("select {} from {}", table.column_list(), table.name);
    let none: [&str; 0] = [];
    let rows = snapshot.query_raw(&sql, none).await.map_err(postgres_failed)?;
    let mut chunks = std::pin::pin!(rows.try_chunks(CHUNK));
    while let Some(chunk) = chunks.try_next().await.map_err(|error| postgres_failed(error.1))? {
        let rows: Vec<Row<'_>> =
            chunk.iter().map(|row| cells_of(table, row)).collect::<Result<_, StoreError>>()?;
        sqlite::insert_all(target, &insert_one(table), rows)?;
    }
    Ok(())
}

/// A row as it stands, every column by its type.
fn cells_of<'r>(table: &Table, row: &'r impl Columns) -> Result<Row<'r>, StoreError> {
    let cell = |(at, column): (usize, &crate::schema::Column)| match column.holds {
        Holds::Int => row.int_at(at).map(Cell::Int),
        Holds::Text => row.text_at(at).map(Cell::maybe_text),
        Holds::Bytes => row.bytes_at(at).map(|bytes| Cell::Bytes(bytes.map(Cow::Borrowed))),
    };
    table.columns.iter().enumerate().map(cell).collect()
}

fn insert_one(table: &Table) -> String {
    let places: Vec<String> = (1..=table.columns.len()).map(|at| format!("?{at}")).collect();
    format!("insert into {} ({}) values ({})", table.name, table.column_list(), places.join(", "))
}

fn insert_many(table: &Table) -> String {
    let places = table.columns.iter().enumerate().map(|(at, column)| {
        let at = at + 1;
        let holds = match column.holds {
            Holds::Int => "bigint",
            Holds::Text => "text",
            Holds::Bytes => "bytea",
        };
        format!("${at}::{holds}[]")
    });
    let places: Vec<String> = places.collect();
    let columns = table.column_list();
    format!("insert into {} ({columns}) select * from unnest({})", table.name, places.join(", "))
}

/// Makes a book from a backup, in a place where there is nothing.
///
/// # Errors
/// When the target holds anything, or the file is no book of this schema version.
pub async fn restore(file: &Path, target: &DatabaseUrl) -> Result<(), OpenError> {
    match target {
        DatabaseUrl::Sqlite(path) => {
            if path.exists() {
                return Err(OpenError::TargetNotEmpty(path.display().to_string()));
            }
            aside(file, path, copy_file).await
        }
        DatabaseUrl::Postgres(config) => restore_postgres(file, config).await,
    }
}

/// Writes the backup of a book in a file.
pub(crate) async fn backup_sqlite(book: &Path, file: &Path) -> Result<(), OpenError> {
    aside(book, file, copy_file).await
}

/// Copies of an open book.
pub(crate) enum BookBackups {
    Sqlite(Arc<SqliteStore>),
    Postgres(Arc<PostgresStore>),
}

#[async_trait]
impl BackupStore for BookBackups {
    async fn back_up(&self, file: &Path) -> Result<(), StoreError> {
        let copied = match self {
            BookBackups::Sqlite(store) => backup_sqlite(store.path(), file).await,
            BookBackups::Postgres(store) => backup_postgres(store, file).await,
        };
        copied.map_err(|error| StoreError::Database(error.to_string()))
    }
}

/// Copies on a thread where waiting harms nobody.
async fn aside(
    from: &Path,
    to: &Path,
    copy: fn(&Path, &Path) -> Result<(), OpenError>,
) -> Result<(), OpenError> {
    let (from, to) = (from.to_owned(), to.to_owned());
    let copying = tokio::task::spawn_blocking(move || copy(&from, &to));
    copying.await.map_err(|error| StoreError::Database(error.to_string()))?
}

async fn restore_postgres(file: &Path, config: &Config) -> Result<(), OpenError> {
    if !file.is_file() {
        return Err(OpenError::NoBook(file.display().to_string()));
    }
    let mut client = connect_postgres(config, "").await?;
    if postgres::has_tables(&client).await? {
        return Err(OpenError::TargetNotEmpty(format!("postgres://{}", address(config))));
    }
    let tx = client.transaction().await.map_err(postgres_failed)?;
    postgres::create_schema(&tx).await?;
    let (sender, mut receiver) = mpsc::channel(2);
    let file = file.to_owned();
    let reading = tokio::task::spawn_blocking(move || read_file(&file, &sender));
    while let Some((table, rows)) = receiver.recv().await {
        copy_in(&tx, &table, rows).await?;
    }
    reading.await.map_err(|error| StoreError::Database(error.to_string()))??;
    tx.commit().await.map_err(postgres_failed)?;
    // The planner knows nothing about rows that came in at once.
    client.batch_execute("analyze").await.map_err(postgres_failed)?;
    Ok(())
}

type Chunk = (Table, Vec<Row<'static>>);

/// Sends all rows of a backup, table by table.
fn read_file(file: &Path, sender: &mpsc::Sender<Chunk>) -> Result<(), OpenError> {
    let source = connect_sqlite(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let source = source.unchecked_transaction().map_err(sqlite_failed)?;
    must_be_known(&source)?;
    for table in catalogue() {
        let sql = format!("select {} from {}", table.column_list(), table.name);
        let mut statement = source.prepare(&sql).map_err(sqlite_failed)?;
        let mut rows = statement.query([]).map_err(sqlite_failed)?;
        let mut chunk = Vec::with_capacity(CHUNK);
        while let Some(row) = rows.next().map_err(sqlite_failed)? {
            chunk.push(cells_of(&table, row)?.into_iter().map(Cell::into_owned).collect());
            if chunk.len() == CHUNK
                && sender.blocking_send((table.clone(), std::mem::take(&mut chunk))).is_err()
            {
                // The other side failed and says so itself.
                return Ok(());
            }
        }
        if sender.blocking_send((table, chunk)).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

async fn copy_in(tx: &Transaction<'_>, table: &Table, rows: Vec<Row<'_>>) -> Result<(), OpenError> {
    if rows.is_empty() {
        return Ok(());
    }
    let expected = u64::try_from(rows.len()).expect("a chunk has fewer than 2^64 rows");
    let statement = tx.prepare_cached(&insert_many(table)).await.map_err(postgres_failed)?;
    let columns = postgres::transpose(rows);
    let parameters: Vec<_> = columns.iter().map(postgres::Values::parameter).collect();
    let inserted = tx.execute(&statement, &parameters).await.map_err(postgres_failed)?;
    assert_eq!(inserted, expected, "an insert inserts all its rows or fails");
    Ok(())
}
