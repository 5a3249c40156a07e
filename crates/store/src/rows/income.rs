//! `income_account`.

use loam_app::error::StoreError;
use loam_book::journal::income::IncomeAccount;

use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn income_row(account: &IncomeAccount) -> Row<'_> {
    vec![
        Cell::part(account.part),
        Cell::int(account.account_no),
        Cell::int(account.version),
        Cell::Text(Some(account.group.name().into())),
        Cell::json(account),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_income(row: &impl Columns) -> Result<IncomeAccount, StoreError> {
    Cursor::new("income_account", row).json()
}

/// The accounts, in the order of part and number.
pub(crate) const INCOME_ACCOUNTS: &str = "select body from income_account order by part, account_no";
