//! Cells to and from tokio-postgres, and what its errors mean.

use std::borrow::Cow;
use std::error::Error as _;

use loam_app::error::StoreError;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use crate::cells::{Cell, Columns, Row};

/// Why no row has bytes that are no text.
const ONLY_TEXT: &str = "PostgreSQL keeps nothing but text where text should stand";

/// A parameter of a statement.
pub(crate) type Parameter<'p> = &'p (dyn ToSql + Sync);

impl Columns for tokio_postgres::Row {
    fn int_at(&self, at: usize) -> Result<Option<i64>, StoreError> {
        self.try_get(at).map_err(|error| StoreError::Unreadable(error.to_string()))
    }

    fn text_at(&self, at: usize) -> Result<Option<&str>, StoreError> {
        self.try_get(at).map_err(|error| StoreError::Unreadable(error.to_string()))
    }

    fn bytes_at(&self, at: usize) -> Result<Option<&[u8]>, StoreError> {
        self.try_get(at).map_err(|error| StoreError::Unreadable(error.to_string()))
    }

    fn written_at(&self, at: usize) -> Result<Option<&[u8]>, StoreError> {
        Ok(self.text_at(at)?.map(str::as_bytes))
    }
}

/// What an error of PostgreSQL means to the desk.
pub(crate) fn failed(error: tokio_postgres::Error) -> StoreError {
    if let Some(error) = error.as_db_error() {
        let message = format!("{} ({})", error.message(), error.code().code());
        let code = error.code();
        return if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
            StoreError::TryAgain(message)
        } else if *code == SqlState::UNIQUE_VIOLATION {
            // Somebody else wrote a row with this key since it was looked for.
            StoreError::VersionConflict
        } else {
            StoreError::Database(message)
        };
    }
    let message = error.source().map_or(error.to_string(), |source| format!("{error}: {source}"));
    if error.is_closed() { StoreError::TryAgain(message) } else { StoreError::Database(message) }
}

/// The values of one column of many rows.
#[derive(Debug)]
pub(crate) enum Values<'a> {
    Ints(Vec<Option<i64>>),
    Texts(Vec<Option<Cow<'a, str>>>),
    Bytes(Vec<Option<Cow<'a, [u8]>>>),
}

impl Values<'_> {
    pub(crate) fn parameter(&self) -> Parameter<'_> {
        match self {
            Values::Ints(values) => values,
            Values::Texts(values) => values,
            Values::Bytes(values) => values,
        }
    }
}

/// Rows to columns, for `unnest`.
pub(crate) fn transpose(rows: Vec<Row<'_>>) -> Vec<Values<'_>> {
    let count = rows.len();
    let Some(first) = rows.first() else { return Vec::new() };
    let mut columns: Vec<Values<'_>> = first
        .iter()
        .map(|cell| match cell {
            Cell::Int(_) => Values::Ints(Vec::with_capacity(count)),
            Cell::Text(_) => Values::Texts(Vec::with_capacity(count)),
            Cell::Bytes(_) => Values::Bytes(Vec::with_capacity(count)),
            Cell::NoText(_) => unreachable!("{ONLY_TEXT}"),
        })
        .collect();
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            match (column, cell) {
                (Values::Ints(values), Cell::Int(value)) => values.push(value),
                (Values::Texts(values), Cell::Text(value)) => values.push(value),
                (Values::Bytes(values), Cell::Bytes(value)) => values.push(value),
                (Values::Ints(_) | Values::Texts(_) | Values::Bytes(_), cell) => {
                    unreachable!("a column has one type, but here stands {cell:?}")
                }
            }
        }
    }
    columns
}

/// The values of one row as parameters.
pub(crate) fn parameters<'p>(row: &'p Row<'_>) -> Vec<Parameter<'p>> {
    let parameter = |cell: &'p Cell<'_>| -> Parameter<'p> {
        match cell {
            Cell::Int(value) => value,
            Cell::Text(value) => value,
            Cell::Bytes(value) => value,
            Cell::NoText(_) => unreachable!("{ONLY_TEXT}"),
        }
    };
    row.iter().map(parameter).collect()
}
