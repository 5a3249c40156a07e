//! `answer` and `audit`.

use loam_app::changes::{AnswerRow, AuditRow};
use loam_app::error::StoreError;
use loam_app::ports::StoredAnswer;
use loam_app::views::StoredActivity;

use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn answer_row(answer: &AnswerRow) -> Row<'_> {
    vec![
        Cell::part(answer.part),
        Cell::text(&answer.key),
        Cell::text(&answer.content),
        Cell::instant(answer.recorded_at),
        Cell::json(&answer.outcome),
    ]
}

/// Reads `idem_key, content, outcome`.
pub(crate) fn read_answer(row: &impl Columns) -> Result<(String, StoredAnswer), StoreError> {
    let mut row = Cursor::new("answer", row);
    Ok((row.string()?, StoredAnswer { content: row.string()?, outcome: row.json()? }))
}

pub(crate) fn audit_row(audit: &AuditRow, audit_id: i64) -> Row<'_> {
    vec![
        Cell::int(audit_id),
        Cell::part(audit.part),
        Cell::instant(audit.recorded_at),
        Cell::date(audit.booking_date),
        Cell::key(audit.actor),
        Cell::text(audit.door.name()),
        Cell::text(&audit.request_id),
        Cell::text(audit.command),
        Cell::key(audit.entity),
        Cell::maybe_text(audit.before.as_deref()),
        Cell::maybe_text(audit.after.as_deref()),
        Cell::int(i64::from(audit.is_logged)),
    ]
}

/// The columns of `audit` that make an activity.
macro_rules! activity_columns {
    () => {
        "audit_id, part, recorded_at, booking_date, actor, command, entity, was, became"
    };
}

pub(crate) use activity_columns;

/// Reads [`activity_columns`].
pub(crate) fn read_activity(row: &impl Columns) -> Result<StoredActivity, StoreError> {
    let mut row = Cursor::new("audit", row);
    Ok(StoredActivity {
        id: row.int()?,
        part: row.part()?,
        recorded_at: row.instant()?,
        booking_date: row.date()?,
        actor: row.key()?,
        command: row.string()?,
        entity: row.key()?,
        before: row.maybe_string()?,
        after: row.maybe_string()?,
    })
}
