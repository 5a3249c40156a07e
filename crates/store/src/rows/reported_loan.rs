//! `reported_loan` and `loan_report`.

use loam_app::changes::ReportRow;
use loam_app::error::StoreError;
use loam_app::views::{SettlementCount, StoredReport};
use loam_book::reporting::loan::ReportedLoan;

use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn reported_loan_row(loan: &ReportedLoan) -> Row<'_> {
    let (settled_on, last_due_on) = loan.settlement();
    vec![
        Cell::part(loan.part),
        Cell::int(loan.account_no),
        Cell::key(loan.key),
        Cell::int(loan.version),
        Cell::text(loan.scheme.name()),
        Cell::text(&loan.organization),
        Cell::text(&loan.id),
        Cell::key(loan.subject),
        Cell::maybe_key(loan.same_as.map(|same| same.key)),
        Cell::text(loan.status()),
        Cell::maybe_date(settled_on),
        Cell::maybe_date(last_due_on),
        Cell::instant(loan.created_at),
        Cell::json(loan),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_reported_loan(row: &impl Columns) -> Result<ReportedLoan, StoreError> {
    Cursor::new("reported_loan", row).json()
}

pub(crate) fn report_row(report: &ReportRow) -> Row<'_> {
    vec![
        Cell::part(report.part),
        Cell::int(report.account_no),
        Cell::int(report.seq),
        Cell::instant(report.recorded_at),
        Cell::key(report.actor),
        Cell::text(report.door.name()),
        Cell::text(&report.request_id),
        Cell::text(report.report),
        Cell::text(&report.told),
    ]
}

/// Reads `seq, recorded_at, door, report, told`.
pub(crate) fn read_report(row: &impl Columns) -> Result<StoredReport, StoreError> {
    let mut row = Cursor::new("loan_report", row);
    Ok(StoredReport {
        seq: row.int()?,
        recorded_at: row.instant()?,
        door: row.string()?,
        report: row.string()?,
        told: row.string()?,
    })
}

/// Reads a day, how many days late, and how many loans.
pub(crate) fn read_settlement_count(row: &impl Columns) -> Result<SettlementCount, StoreError> {
    let mut row = Cursor::new("reported_loan", row);
    Ok(SettlementCount { settled_on: row.date()?, days_late: row.int()?, loans: row.int()? })
}
