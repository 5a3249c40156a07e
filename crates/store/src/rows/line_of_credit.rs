//! `line_of_credit`.

use loam_app::error::StoreError;
use loam_book::line_of_credit::LineOfCredit;

use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn line_row(line: &LineOfCredit) -> Row<'_> {
    vec![
        Cell::part(line.part),
        Cell::key(line.key),
        Cell::text(&line.id),
        Cell::int(line.version),
        Cell::key(line.holder.key),
        Cell::text(line.state.name()),
        Cell::maybe_key(line.assignment.branch),
        Cell::maybe_key(line.assignment.centre),
        Cell::maybe_key(line.assignment.user),
        Cell::instant(line.created_at),
        Cell::json(line),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_line(row: &impl Columns) -> Result<LineOfCredit, StoreError> {
    Cursor::new("line_of_credit", row).json()
}
