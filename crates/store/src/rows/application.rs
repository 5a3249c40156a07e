//! `application`.

use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::FoundApplication;
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

/// Reads part, key, number and body, which may be unreadable.
pub(crate) fn read_found_application(row: &impl Columns) -> Result<FoundApplication, StoreError> {
    let mut row = Cursor::new("application", row);
    let address = Address { part: row.part()?, key: row.key()? };
    let number = row.int()?;
    let application = match row.json() {
        Ok(application) => Ok(application),
        Err(StoreError::Unreadable(reason)) => Err(reason),
        Err(error) => return Err(error),
    };
    Ok(FoundApplication { address, number, application })
}

/// Reads the column `body`.
pub(crate) fn read_application(row: &impl Columns) -> Result<Application, StoreError> {
    Cursor::new("application", row).json()
}
