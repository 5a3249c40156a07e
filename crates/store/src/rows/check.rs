//! What `check` reads of each account, put together from the rows of several tables.

use std::collections::HashMap;

use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::StoredAccount;
use loam_book::ids::Part;
use loam_book::journal::Transfer;
use loam_book::loan::event::Entry;
use loam_book::loan::transaction::LoanTransaction;

use super::loan::StoredLoan;
use crate::cells::{Cell, Columns, Cursor, Row};

/// An account's part and number.
pub(crate) type Account = (Part, i64);

/// Tables whose rows must belong to a log.
pub(crate) const LOGGED: [&str; 4] = ["loan_account", "installment", "loan_transaction", "journal_transfer"];

/// The rows of a run of accounts.
pub(crate) struct AccountRows {
    pub(crate) loans: Vec<StoredLoan>,
    pub(crate) entries: Vec<(Account, Entry)>,
    pub(crate) transactions: Vec<(Account, LoanTransaction)>,
    pub(crate) transfers: Vec<Transfer>,
}

impl AccountRows {
    /// Each account with its own rows; rows of accounts that are not asked for are left out.
    pub(crate) fn by_account(self, accounts: &[Account]) -> Vec<StoredAccount> {
        let empty = |account: &Account| StoredAccount {
            part: account.0,
            account_no: account.1,
            loan: None,
            next_action_on: None,
            entries: Vec::new(),
            transactions: Vec::new(),
            transfers: Vec::new(),
        };
        let places: HashMap<Account, usize> = accounts.iter().copied().zip(0..).collect();
        let mut all: Vec<StoredAccount> = accounts.iter().map(empty).collect();
        for StoredLoan { loan, next_action_on } in self.loans {
            if let Some(at) = places.get(&(loan.part, loan.account_no)) {
                all[*at].next_action_on = next_action_on;
                all[*at].loan = Some(loan);
            }
        }
        for (account, entry) in self.entries {
            places.get(&account).into_iter().for_each(|at| all[*at].entries.push(entry.clone()));
        }
        for (account, transaction) in self.transactions {
            places.get(&account).into_iter().for_each(|at| all[*at].transactions.push(transaction.clone()));
        }
        for transfer in self.transfers {
            let account = (transfer.part, transfer.account_no);
            places.get(&account).into_iter().for_each(|at| all[*at].transfers.push(transfer.clone()));
        }
        all
    }
}

/// Where to go on and how far; parts are never negative.
pub(crate) fn after_row<'a>(after: Option<Account>, limit: i64) -> Row<'a> {
    let (part, account_no) = after.map_or((-1, 0), |(part, number)| (i64::from(part.number()), number));
    vec![Cell::int(part), Cell::int(account_no), Cell::int(limit)]
}

/// The first and the last account; `None` when there is none.
pub(crate) fn bounds_row<'a>(accounts: &[Account]) -> Option<Row<'a>> {
    let (first, last) = (accounts.first()?, accounts.last()?);
    Some(vec![Cell::part(first.0), Cell::int(first.1), Cell::part(last.0), Cell::int(last.1)])
}

/// Reads `part, account_no`.
pub(crate) fn read_account(row: &impl Columns) -> Result<Account, StoreError> {
    let mut row = Cursor::new("an account", row);
    Ok((row.part()?, row.int()?))
}

/// Reads `reason, part, account_key`.
pub(crate) fn read_quarantined(row: &impl Columns) -> Result<(Address, String), StoreError> {
    let mut row = Cursor::new("quarantine", row);
    let reason = row.string()?;
    Ok((Address { part: row.part()?, key: row.key()? }, reason))
}

/// Accounts that have rows in a table but no log.
pub(crate) fn orphan_query(table: &str) -> String {
    format!(
        "select distinct part, account_no from {table}
          where not exists (select 1 from loan_log
                             where loan_log.part = {table}.part and loan_log.account_no = {table}.account_no)
          order by part, account_no"
    )
}

pub(crate) fn orphan_line(table: &str, (part, account_no): Account) -> String {
    format!("account number {account_no} of part {}: {table} has rows, but there is no log", part.number())
}
