//! `subject`.

use loam_app::error::StoreError;
use loam_app::views::{DailyCount, SubjectTotals};
use loam_book::reporting::score::Evolution;
use loam_book::reporting::subject::Subject;

use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn subject_row(subject: &Subject) -> Row<'_> {
    vec![
        Cell::part(subject.part),
        Cell::key(subject.key),
        Cell::int(subject.version),
        Cell::text(subject.scheme.name()),
        Cell::text(&subject.organization),
        Cell::text(&subject.id),
        Cell::maybe_text(subject.reference.as_deref()),
        Cell::maybe_key(subject.client.map(|client| client.key)),
        Cell::Int(subject.latest_score().map(|score| score.value)),
        Cell::maybe_text(subject.evolution().map(Evolution::name)),
        Cell::int(i64::from(subject.loan_count)),
        Cell::instant(subject.created_at),
        Cell::json(subject),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_subject(row: &impl Columns) -> Result<Subject, StoreError> {
    Cursor::new("subject", row).json()
}

/// Reads a day, how many subjects were opened on it, and how many of them have loans.
pub(crate) fn read_daily_count(row: &impl Columns) -> Result<DailyCount, StoreError> {
    let mut row = Cursor::new("subject", row);
    Ok(DailyCount { day: row.date()?, subjects: row.int()?, with_loans: row.int()? })
}

/// Reads what subjects add up to.
pub(crate) fn read_totals(row: &impl Columns) -> Result<SubjectTotals, StoreError> {
    let mut row = Cursor::new("subject", row);
    Ok(SubjectTotals {
        subjects: row.int()?,
        loans: row.int()?,
        scored: row.int()?,
        score_sum: row.int()?,
        highest_score: row.int()?,
    })
}
