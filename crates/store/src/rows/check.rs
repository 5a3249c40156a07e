//! What `check` reads of each account, put together from the rows of several tables.

use std::collections::HashMap;

use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{StoredAccount, StoredSavingsAccount};
use loam_book::ids::Part;
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::event::Entry;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::savings::Savings;
use loam_book::savings::event::SavingsEntry;
use loam_book::savings::transaction::SavingsTransaction;

use super::loan::StoredLoan;
use crate::cells::{Cell, Columns, Cursor, Row};

/// An account's part and number.
pub(crate) type Account = (Part, i64);

/// Tables whose rows must belong to a log.
const LOGGED_LOANS: [&str; 3] = ["loan_account", "installment", "loan_transaction"];
const LOGGED_SAVINGS: [&str; 2] = ["savings_account", "savings_transaction"];

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

/// The rows of a run of deposit accounts.
pub(crate) struct SavingsRows {
    pub(crate) accounts: Vec<Savings>,
    pub(crate) entries: Vec<(Account, SavingsEntry)>,
    pub(crate) transactions: Vec<(Account, SavingsTransaction)>,
    pub(crate) transfers: Vec<Transfer>,
}

impl SavingsRows {
    /// Each account with its own rows; rows of accounts that are not asked for are left out.
    pub(crate) fn by_account(self, accounts: &[Account]) -> Vec<StoredSavingsAccount> {
        let empty = |account: &Account| StoredSavingsAccount {
            part: account.0,
            account_no: account.1,
            account: None,
            entries: Vec::new(),
            transactions: Vec::new(),
            transfers: Vec::new(),
        };
        let places: HashMap<Account, usize> = accounts.iter().copied().zip(0..).collect();
        let mut all: Vec<StoredSavingsAccount> = accounts.iter().map(empty).collect();
        for account in self.accounts {
            let place = places.get(&(account.part, account.account_no));
            place.into_iter().for_each(|at| all[*at].account = Some(account.clone()));
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

/// What transfers between accounts left between them, where it is not nothing.
pub(crate) fn left_between_accounts() -> String {
    let name = GlAccount::AccountTransfers.name();
    format!(
        "select currency, cast(sum(case when debit = '{name}' then amount_minor else -amount_minor end) as bigint)
           from journal_transfer where debit = '{name}' or credit = '{name}' group by currency
         having sum(case when debit = '{name}' then amount_minor else -amount_minor end) <> 0 order by currency"
    )
}

/// Reads `currency, sum`.
pub(crate) fn read_left(row: &impl Columns) -> Result<(String, i64), StoreError> {
    let mut row = Cursor::new("what is left between accounts", row);
    Ok((row.string()?, row.int()?))
}

/// Tables whose rows must belong to a log, each with the question for accounts that have rows but no
/// log. The transfers of the journal belong to loans or to deposit accounts.
pub(crate) fn orphan_queries() -> Vec<(&'static str, String)> {
    let of_loans = LOGGED_LOANS.map(|table| (table, &["loan_log"][..]));
    let of_savings = LOGGED_SAVINGS.map(|table| (table, &["savings_log"][..]));
    let of_both = [("journal_transfer", &["loan_log", "savings_log"][..])];
    let all = of_loans.into_iter().chain(of_savings).chain(of_both);
    all.map(|(table, logs)| (table, orphan_query(table, logs))).collect()
}

fn orphan_query(table: &str, logs: &[&str]) -> String {
    let has_no = |log: &&str| {
        format!(
            "not exists (select 1 from {log}
                          where {log}.part = {table}.part and {log}.account_no = {table}.account_no)"
        )
    };
    let conditions: Vec<String> = logs.iter().map(has_no).collect();
    let conditions = conditions.join(" and ");
    format!("select distinct part, account_no from {table} where {conditions} order by part, account_no")
}

pub(crate) fn orphan_line(table: &str, (part, account_no): Account) -> String {
    format!("account number {account_no} of part {}: {table} has rows, but there is no log", part.number())
}
