//! `application`.

use loam_app::error::StoreError;
use loam_book::application::Application;

use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn application_row(application: &Application) -> Row<'_> {
    vec![
        Cell::part(application.part),
        Cell::int(application.number),
        Cell::key(application.key),
        Cell::int(application.version),
        Cell::key(application.borrower),
        Cell::text(&application.borrower_account),
        Cell::text(application.stage.name()),
        Cell::Int(application.loan.as_ref().map(|loan| loan.account_no)),
        Cell::instant(application.created_at),
        Cell::json(application),
        Cell::date(application.expiry_date),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_application(row: &impl Columns) -> Result<Application, StoreError> {
    Cursor::new("application", row).json()
}
