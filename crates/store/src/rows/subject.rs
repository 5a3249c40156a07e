//! `subject`.

use std::cmp::Ordering;

use loam_app::error::StoreError;
use loam_app::views::DailyCount;
use loam_book::reporting::score::Score;
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
        Cell::Int(subject.scores.last().map(|score| i64::from(score.value))),
        Cell::maybe_text(evolution(&subject.scores)),
        Cell::int(i64::from(subject.loan_count)),
        Cell::instant(subject.created_at),
        Cell::json(subject),
    ]
}

/// How the score moved last; `None` without a score.
fn evolution(scores: &[Score]) -> Option<&'static str> {
    let [earlier @ .., last] = scores else { return None };
    let before = earlier.last().unwrap_or(last);
    Some(match last.value.cmp(&before.value) {
        Ordering::Less => "declining",
        Ordering::Equal => "stable",
        Ordering::Greater => "improving",
    })
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
