//! `provision_account`.

use loam_app::error::StoreError;
use loam_book::journal::provisions::ProvisionAccount;

use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn provision_row(account: &ProvisionAccount) -> Row<'_> {
    vec![
        Cell::part(account.part),
        Cell::int(account.account_no),
        Cell::int(account.version),
        Cell::Text(Some(account.group.name().into())),
        Cell::json(account),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_provision(row: &impl Columns) -> Result<ProvisionAccount, StoreError> {
    Cursor::new("provision_account", row).json()
}

/// The accounts, in the order of part and number.
pub(crate) const PROVISION_ACCOUNTS: &str = "select body from provision_account order by part, account_no";
