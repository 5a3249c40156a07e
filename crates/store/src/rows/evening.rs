//! `income_account`, `provision_account` and `deposit_interest_account`: what the evening posts for many accounts together.

use loam_app::changes::EveningChange;
use loam_app::error::StoreError;
use loam_book::ids::Part;
use loam_book::journal::Transfer;
use loam_book::journal::deposit_interest::DepositInterestKind;
use loam_book::journal::evening::{EveningAccount, EveningKind};
use loam_book::journal::income::IncomeKind;
use loam_book::journal::provisions::ProvisionKind;

use crate::cells::{Cell, Columns, Cursor, Row};

/// A kind whose accounts have a table.
pub(crate) trait KeptKind: EveningKind {
    const TABLE: &'static str;
}

impl KeptKind for IncomeKind {
    const TABLE: &'static str = "income_account";
}

impl KeptKind for ProvisionKind {
    const TABLE: &'static str = "provision_account";
}

impl KeptKind for DepositInterestKind {
    const TABLE: &'static str = "deposit_interest_account";
}

/// An account with what was posted for it.
pub(crate) type Posted<K> = (EveningAccount<K>, Vec<Transfer>);

/// `part, account_no, version, name, body`
pub(crate) fn account_row<K: KeptKind>(change: &EveningChange<K>) -> Row<'_> {
    let account = &change.account;
    vec![
        Cell::part(account.part),
        Cell::int(account.account_no),
        Cell::int(account.version),
        Cell::Text(Some(account.group.name().into())),
        Cell::json(account),
    ]
}

/// The same with the version that was read.
pub(crate) fn known_row<K: KeptKind>(change: &EveningChange<K>) -> Row<'_> {
    let mut row = account_row(change);
    row.push(Cell::Int(change.version_read));
    row
}

/// Accounts that were read before, and those that are new.
pub(crate) fn known_and_new<K: KeptKind>(
    changes: &[EveningChange<K>],
) -> (Vec<&EveningChange<K>>, Vec<&EveningChange<K>>) {
    changes.iter().partition(|change| change.version_read.is_some())
}

/// Reads the column `body`.
pub(crate) fn read_evening<K: KeptKind>(row: &impl Columns) -> Result<EveningAccount<K>, StoreError> {
    Cursor::new(K::TABLE, row).json()
}

/// The accounts, in the order of part and number.
pub(crate) fn evening_accounts<K: KeptKind>() -> String {
    format!("select body from {} order by part, account_no", K::TABLE)
}

/// Where they are, in the same order.
pub(crate) fn evening_places<K: KeptKind>() -> String {
    format!("select part, account_no from {} order by part, account_no", K::TABLE)
}

/// The one for which a condition holds.
pub(crate) fn evening_where<K: KeptKind>(condition: &str) -> String {
    format!("select body from {} where {condition}", K::TABLE)
}

/// The account as the first and the last of those whose transfers are asked for.
pub(crate) fn only<'a>((part, account_no): (Part, i64)) -> Row<'a> {
    vec![Cell::part(part), Cell::int(account_no), Cell::part(part), Cell::int(account_no)]
}
