//! Cells to and from rusqlite, and what its errors mean.

use loam_app::error::StoreError;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql, params_from_iter};

use crate::cells::{Cell, Columns, Cursor, Row};
use crate::lists::Asking;

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Cell::Int(None) | Cell::Text(None) | Cell::Bytes(None) => ValueRef::Null,
            Cell::Int(Some(value)) => ValueRef::Integer(*value),
            Cell::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Cell::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Cell::NoText(bytes) => ValueRef::Text(bytes),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

impl Columns for rusqlite::Row<'_> {
    fn int_at(&self, at: usize) -> Result<Option<i64>, StoreError> {
        let value = self.get_ref(at).map_err(failed)?;
        value.as_i64_or_null().map_err(|error| StoreError::Unreadable(error.to_string()))
    }

    fn text_at(&self, at: usize) -> Result<Option<&str>, StoreError> {
        let value = self.get_ref(at).map_err(failed)?;
        value.as_str_or_null().map_err(|error| StoreError::Unreadable(error.to_string()))
    }

    fn bytes_at(&self, at: usize) -> Result<Option<&[u8]>, StoreError> {
        let value = self.get_ref(at).map_err(failed)?;
        value.as_blob_or_null().map_err(|error| StoreError::Unreadable(error.to_string()))
    }

    fn written_at(&self, at: usize) -> Result<Option<&[u8]>, StoreError> {
        let value = self.get_ref(at).map_err(failed)?;
        value.as_bytes_or_null().map_err(|error| StoreError::Unreadable(error.to_string()))
    }
}

/// What an error of SQLite means to the desk.
pub(crate) fn failed(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::TryAgain(error.to_string()),
        Some(ErrorCode::ConstraintViolation) if is_taken_key(&error) => StoreError::VersionConflict,
        _ => StoreError::Database(error.to_string()),
    }
}

/// A row with this key is there already: somebody else wrote it since it was looked for.
fn is_taken_key(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map_or(0, |error| error.extended_code);
    let taken = [
        rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
        rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE,
        rusqlite::ffi::SQLITE_CONSTRAINT_ROWID,
    ];
    taken.contains(&code)
}

/// Executes a statement once for each row; gives the positions of the rows on which it had no effect.
pub(crate) fn execute_each<'a>(
    connection: &Connection,
    sql: &str,
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<Vec<usize>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut without_effect = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        match statement.execute(params_from_iter(row)).map_err(failed)? {
            0 => without_effect.push(at),
            1 => {}
            count => unreachable!("a row is named by its key, but {count} were changed by: {sql}"),
        }
    }
    Ok(without_effect)
}

/// Inserts all rows; each must come in.
pub(crate) fn insert_all<'a>(
    connection: &Connection,
    sql: &str,
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<(), StoreError> {
    let left_out = execute_each(connection, sql, rows)?;
    assert!(left_out.is_empty(), "an insert without `on conflict` inserts or fails: {sql}");
    Ok(())
}

/// Executes a statement that may change any number of rows; gives how many it did.
pub(crate) fn execute_any(
    connection: &Connection,
    sql: &str,
    parameters: Row<'_>,
) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let count = statement.execute(params_from_iter(parameters)).map_err(failed)?;
    Ok(i64::try_from(count).expect("a table has fewer than 2^63 rows"))
}

/// The number that a query counts.
pub(crate) fn select_count(
    connection: &Connection,
    (sql, parameters): Asking<'_>,
) -> Result<i64, StoreError> {
    let count = select_one(connection, &sql, parameters, |row| Cursor::new("count(*)", row).int())?;
    Ok(count.expect("a count has one row"))
}

/// All rows of a query, read one by one.
pub(crate) fn select<T>(
    connection: &Connection,
    sql: &str,
    parameters: Row<'_>,
    read: impl Fn(&rusqlite::Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(params_from_iter(parameters)).map_err(failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// All rows of a query that is asked with each number in turn.
pub(crate) fn select_of_each<T>(
    connection: &Connection,
    sql: &str,
    numbers: &[i64],
    read: impl Fn(&rusqlite::Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut all = Vec::new();
    for number in numbers {
        let mut rows = statement.query([number]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            all.push(read(row)?);
        }
    }
    Ok(all)
}

/// The only row of a query, if there is one.
pub(crate) fn select_one<T>(
    connection: &Connection,
    sql: &str,
    parameters: Row<'_>,
    read: impl Fn(&rusqlite::Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(params_from_iter(parameters)).map_err(failed)?;
    rows.next().map_err(failed)?.map(read).transpose()
}
