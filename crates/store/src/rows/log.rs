//! `loan_log` and `outbox`.

use loam_app::changes::{LogRow, OutboxRow};
use loam_app::error::StoreError;
use loam_book::ids::Part;
use loam_book::loan::event::{Entry, Stamp, Step};

use super::door_named;
use crate::cells::{Cell, Columns, Cursor, Row};
use crate::numbers::LogNumbers;

/// The columns of `loan_log` that make an entry; event and value date repeat what the step says.
macro_rules! log_columns {
    () => {
        "part, account_no, seq, booking_date, recorded_at, actor, door, request_id, event_version, \
         rules_version, step"
    };
}

pub(crate) use log_columns;

/// How many [`log_columns`] are.
pub(crate) const LOG_COLUMNS: usize = 11;

pub(crate) fn log_row<'a>(row: &'a LogRow, numbers: &LogNumbers) -> Row<'a> {
    let Entry { seq, step, stamp } = &row.entry;
    let mut cells = Vec::with_capacity(14);
    cells.extend([Cell::part(row.part), Cell::int(row.account_no), Cell::int(*seq)]);
    cells.extend([Cell::text(step.event.name()), Cell::date(step.value_date)]);
    cells.extend(stamp_cells(stamp));
    cells.extend([Cell::json(step), numbers.cell(row.part, row.account_no, *seq)]);
    cells
}

/// Reads [`log_columns`]: the account and its entry.
pub(crate) fn read_entry(row: &impl Columns) -> Result<((Part, i64), Entry), StoreError> {
    let mut row = Cursor::new("loan_log", row);
    let account = (row.part()?, row.int()?);
    let seq = row.int()?;
    let stamp = read_stamp(&mut row)?;
    let step: Step = row.json()?;
    Ok((account, Entry { seq, step, stamp }))
}

pub(super) fn stamp_cells(stamp: &Stamp) -> [Cell<'_>; 7] {
    [
        Cell::date(stamp.booking_date),
        Cell::instant(stamp.recorded_at),
        Cell::key(stamp.actor),
        Cell::text(stamp.door.name()),
        Cell::text(&stamp.request_id),
        Cell::int(stamp.event_version),
        Cell::int(stamp.rules_version),
    ]
}

pub(super) fn read_stamp<C: Columns>(row: &mut Cursor<'_, C>) -> Result<Stamp, StoreError> {
    Ok(Stamp {
        booking_date: row.date()?,
        recorded_at: row.instant()?,
        actor: row.key()?,
        door: row.named(door_named)?,
        request_id: row.string()?,
        event_version: row.int()?,
        rules_version: row.int()?,
    })
}

pub(crate) fn outbox_row(row: &OutboxRow) -> Row<'_> {
    vec![
        Cell::instant(row.recorded_at),
        Cell::part(row.part),
        Cell::int(row.account_no),
        Cell::int(row.seq),
        Cell::text(row.event),
        Cell::Int(None),
    ]
}
