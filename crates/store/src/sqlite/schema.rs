//! Migrations of a SQLite book.

use loam_app::error::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::failed;
use super::properties::select_property;
use crate::error::OpenError;
use crate::schema::{
    Dialect, FLOOR, floor, known, migrations_after, must_be_this_version, must_fit, version_table,
};

/// All tables, in a database that has none.
pub(crate) fn create_schema(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute_batch(&version_table(Dialect::Sqlite)).map_err(failed)?;
    tx.execute("insert into schema_version (version) values (0)", []).map_err(failed)?;
    apply_after(tx, 0)
}

/// Brings a book to the version of this binary.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let version = schema_version(&tx)?;
    fits(&tx, version)?;
    if version < known() {
        apply_after(&tx, version)?;
        keep_floor(&tx)?;
    }
    tx.commit().map_err(failed)?;
    Ok(())
}

/// A process that only reads cannot migrate.
pub(crate) fn must_be_current(connection: &Connection) -> Result<(), OpenError> {
    let version = schema_version(connection)?;
    if version < known() {
        return Err(OpenError::OlderSchema { book: version, known: known() });
    }
    fits(connection, version)
}

/// Whoever copies a book must know each of its tables.
pub(crate) fn must_be_known(connection: &Connection) -> Result<(), OpenError> {
    must_be_this_version(schema_version(connection)?)
}

fn fits(connection: &Connection, version: i64) -> Result<(), OpenError> {
    if version <= known() {
        return Ok(());
    }
    must_fit(version, select_property(connection, FLOOR)?.as_deref())
}

/// Says which programs work with the book from now on.
pub(super) fn keep_floor(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "insert into book_property (name, value) values (?1, ?2)
               on conflict (name) do update set value = excluded.value";
    tx.execute(sql, [FLOOR, &floor().to_string()]).map_err(failed)?;
    Ok(())
}

fn apply_after(tx: &Transaction<'_>, version: i64) -> Result<(), StoreError> {
    for (number, text) in migrations_after(version, Dialect::Sqlite) {
        tx.execute_batch(&text).map_err(failed)?;
        let updated = tx.execute("update schema_version set version = ?1", [number]).map_err(failed)?;
        assert_eq!(updated, 1, "a book has one schema version");
    }
    Ok(())
}

/// The schema version of a book.
fn schema_version(connection: &Connection) -> Result<i64, OpenError> {
    let is_there = "select count(*) from sqlite_master where type = 'table' and name = 'schema_version'";
    let tables: rusqlite::Result<i64> = connection.query_row(is_there, [], |row| row.get(0));
    if tables.map_err(|error| not_a_book_or_failed(connection, error))? == 0 {
        return Err(not_a_book(connection));
    }
    let version = connection.query_row("select version from schema_version", [], |row| row.get(0));
    Ok(version.map_err(failed)?)
}

/// What SQLite says of a file that holds something else.
pub(super) fn not_a_book_or_failed(connection: &Connection, error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => not_a_book(connection),
        _ => failed(error).into(),
    }
}

fn not_a_book(connection: &Connection) -> OpenError {
    OpenError::NotABook(connection.path().unwrap_or("the file").to_owned())
}
