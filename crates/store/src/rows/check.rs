//! What `check` reads of each account, put together from the rows of several tables.

use std::collections::HashMap;

use jiff::civil::Date;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{LinePlace, RowCounts, StoredAccount, StoredLine, StoredSavingsAccount};
use loam_book::ids::{Key, Part};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::line_of_credit::LineOfCredit;
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::savings::Savings;
use loam_book::savings::event::SavingsEntry;
use loam_book::savings::share::{Credit, InvestorShare};
use loam_book::savings::transaction::SavingsTransaction;

use super::loan::StoredLoan;
use super::repeated::differing_of_loan;
use crate::cells::{Cell, Columns, Cursor, Row};

/// An account's part and number.
pub(crate) type Account = (Part, i64);

/// A day that is kept beside a loan, and the key under which a step of the day looks the loan up: as it is written, for
/// what is damaged is to be found, and not to stop those who look for it.
pub(crate) type KeptDay = (String, Date);

/// The rows of a run of accounts.
pub(crate) struct AccountRows {
    pub(crate) loans: Vec<StoredLoan>,
    pub(crate) repeated: Vec<(Account, Row<'static>)>,
    /// By what the end of a day finds the loans that deposit accounts pay, and those that it advances.
    pub(crate) settlements: Vec<(Account, KeptDay)>,
    pub(crate) actions: Vec<(Account, KeptDay)>,
    pub(crate) entries: Vec<(Account, Entry)>,
    pub(crate) transactions: Vec<(Account, LoanTransaction)>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) shares: Vec<InvestorShare>,
    pub(crate) guarantors: Vec<(Account, String)>,
}

impl AccountRows {
    /// Each account with its own rows; rows of accounts that are not asked for are left out.
    pub(crate) fn by_account(self, accounts: &[Account]) -> Vec<StoredAccount> {
        let places: HashMap<Account, usize> = accounts.iter().copied().zip(0..).collect();
        let mut all: Vec<StoredAccount> = accounts.iter().copied().map(StoredAccount::empty).collect();
        let mut contradicting = Vec::new();
        for stored in self.loans {
            if let Some(at) = places.get(&(stored.loan.part, stored.loan.account_no)) {
                contradicting.extend(stored.contradicts_rows().then_some(*at));
                all[*at].next_action_on = stored.next_action_on;
                all[*at].loan = Some(*stored.loan);
            }
        }
        for (account, cells) in self.repeated {
            let found = places.get(&account).map(|at| &mut all[*at]);
            if let Some(StoredAccount { loan: Some(loan), differing, .. }) = found {
                *differing = differing_of_loan(&cells, loan);
            }
        }
        for at in contradicting {
            all[at].differing.push("packed_installments");
        }
        let mut actions: HashMap<Account, Vec<KeptDay>> = HashMap::new();
        for (account, kept) in self.actions {
            actions.entry(account).or_default().push(kept);
        }
        for stored in &mut all {
            let kept = actions.remove(&(stored.part, stored.account_no)).unwrap_or_default();
            let should = stored.loan.as_ref().map(|loan| loan.key.to_string()).zip(stored.next_action_on);
            if !kept.into_iter().eq(should) {
                stored.differing.push("loan_action");
            }
        }
        for (account, (key, settles_on)) in self.settlements {
            let Some(stored) = places.get(&account).map(|at| &mut all[*at]) else { continue };
            stored.settles_on = Some(settles_on);
            if stored.loan.as_ref().is_some_and(|loan| loan.key.to_string() != key) {
                stored.differing.push("settlement");
            }
        }
        for (account, entry) in self.entries {
            if let Some(at) = places.get(&account) {
                all[*at].entries.push(entry);
            }
        }
        for (account, transaction) in self.transactions {
            if let Some(at) = places.get(&account) {
                all[*at].transactions.push(transaction);
            }
        }
        for transfer in self.transfers {
            let account = (transfer.part, transfer.account_no);
            if let Some(at) = places.get(&account) {
                all[*at].transfers.push(transfer);
            }
        }
        for share in self.shares {
            let account = (share.part, share.account_no);
            if let Some(at) = places.get(&account) {
                all[*at].shares.push(share);
            }
        }
        for (account, guarantor) in self.guarantors {
            if let Some(at) = places.get(&account) {
                all[*at].guarantors.push(guarantor);
            }
        }
        all
    }
}

/// The rows of a run of deposit accounts.
pub(crate) struct SavingsRows {
    pub(crate) accounts: Vec<(Savings, Vec<&'static str>)>,
    pub(crate) entries: Vec<(Account, SavingsEntry)>,
    pub(crate) transactions: Vec<(Account, SavingsTransaction)>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) credits: Vec<(Key, Credit)>,
}

impl SavingsRows {
    /// Each account with its own rows; rows of accounts that are not asked for are left out.
    pub(crate) fn by_account(self, accounts: &[Account]) -> Vec<StoredSavingsAccount> {
        let places: HashMap<Account, usize> = accounts.iter().copied().zip(0..).collect();
        let mut all: Vec<StoredSavingsAccount> =
            accounts.iter().copied().map(StoredSavingsAccount::empty).collect();
        let mut keys = HashMap::new();
        for (account, differing) in self.accounts {
            if let Some(at) = places.get(&(account.part, account.account_no)) {
                keys.insert(account.key, *at);
                all[*at].account = Some(account);
                all[*at].differing = differing;
            }
        }
        for (account, credit) in self.credits {
            keys.get(&account).into_iter().for_each(|at| all[*at].credits.push(credit));
        }
        for (account, entry) in self.entries {
            if let Some(at) = places.get(&account) {
                all[*at].entries.push(entry);
            }
        }
        for (account, transaction) in self.transactions {
            if let Some(at) = places.get(&account) {
                all[*at].transactions.push(transaction);
            }
        }
        for transfer in self.transfers {
            let account = (transfer.part, transfer.account_no);
            if let Some(at) = places.get(&account) {
                all[*at].transfers.push(transfer);
            }
        }
        all
    }
}

/// The rows of a run of lines of credit.
pub(crate) struct LineRows {
    pub(crate) lines: Vec<(LinePlace, ComparedLine)>,
    pub(crate) loans: Vec<Loan>,
    pub(crate) savings: Vec<Savings>,
}

impl LineRows {
    /// Each line with the accounts of its holder.
    pub(crate) fn by_line(self) -> Vec<PlacedLine> {
        let LineRows { lines, loans, savings } = self;
        let placed = |(place, (line, differing)): (LinePlace, ComparedLine)| {
            let loans = loans.iter().filter(|loan| loan.holder == line.holder).cloned().collect();
            let savings = savings.iter().filter(|account| account.holder == line.holder).cloned().collect();
            (place, Ok(StoredLine { line, differing, loans, savings }))
        };
        lines.into_iter().map(placed).collect()
    }
}

/// Reads `part, account_no, loan_key` and the day.
pub(crate) fn read_kept_day(row: &impl Columns) -> Result<(Account, KeptDay), StoreError> {
    let mut row = Cursor::new("a day beside a loan", row);
    Ok(((row.part()?, row.int()?), (row.string()?, row.date()?)))
}

/// Reads part, account number and the key of a guarantor, as it is written.
pub(crate) fn read_guarantor(row: &impl Columns) -> Result<(Account, String), StoreError> {
    let mut row = Cursor::new("guarantor", row);
    Ok(((row.part()?, row.int()?), row.string()?))
}

/// A line of credit, and its columns that say something else.
pub(crate) type ComparedLine = (LineOfCredit, Vec<&'static str>);

/// A line where it is kept, or why it cannot be read.
pub(crate) type PlacedLine = (LinePlace, Result<StoredLine, String>);

/// Reads `part, line_key`.
pub(crate) fn read_line_place(row: &impl Columns) -> Result<LinePlace, StoreError> {
    let mut row = Cursor::new("line_of_credit", row);
    Ok((row.part()?, row.string()?))
}

/// The place after which to go on, and how far; no key is less than an empty text.
pub(crate) fn lines_row<'a>(after: Option<LinePlace>, limit: i64) -> Row<'a> {
    let (part, key) = after.map_or((Cell::int(-1), Cell::text("")), |(part, key)| {
        (Cell::part(part), Cell::text(&key).into_owned())
    });
    vec![part, key, Cell::int(limit)]
}

/// The first and the last of these lines; `None` when there is none.
pub(crate) fn line_bounds(lines: &[LinePlace]) -> Option<Row<'_>> {
    let (first, last) = (lines.first()?, lines.last()?);
    Some(vec![Cell::part(first.0), Cell::text(&first.1), Cell::part(last.0), Cell::text(&last.1)])
}

/// A row that cannot be read keeps others from being read with it, and no more: whoever gets `None` reads one by one.
pub(crate) fn together<T>(read: Result<Vec<T>, StoreError>) -> Result<Option<Vec<T>>, StoreError> {
    match read {
        Err(StoreError::Unreadable(_)) => Ok(None),
        read => read.map(Some),
    }
}

/// What was read of one; `otherwise` says that it cannot be.
pub(crate) fn alone<T>(
    read: Result<Vec<T>, StoreError>,
    otherwise: impl FnOnce(String) -> T,
) -> Result<Vec<T>, StoreError> {
    match read {
        Err(StoreError::Unreadable(reason)) => Ok(vec![otherwise(reason)]),
        read => read,
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

/// What transfers between accounts left between them, besides what waits to be credited, and what loans that paid for
/// others left, where it is not nothing.
pub(crate) fn left_between_accounts() -> String {
    let moved = |account: GlAccount| {
        let name = account.name();
        format!(
            "select '{name}' as name, currency, case when debit = '{name}' then amount_minor else -amount_minor end as minor
               from journal_transfer where debit = '{name}' or credit = '{name}'"
        )
    };
    let clearing = GlAccount::ALL.iter().copied().filter(|account| account.is_clearing());
    let both = clearing.map(moved).collect::<Vec<_>>().join(" union all ");
    let name = GlAccount::AccountTransfers.name();
    format!(
        "select currency, cast(sum(minor) as bigint) from (
           {both} union all
           select '{name}' as name, currency, cash_minor as minor from investor_share where credited_by is null) as moved
          group by name, currency having sum(minor) <> 0 order by currency, 2"
    )
}

/// Reads `currency, sum`.
pub(crate) fn read_left(row: &impl Columns) -> Result<(String, i64), StoreError> {
    let mut row = Cursor::new("what is left between accounts", row);
    Ok((row.string()?, row.int()?))
}

/// How many rows each table of [`RowCounts`] has, in its order. One statement, so that it is of one instant.
pub(crate) fn row_counts() -> String {
    let tables = [
        "loan_account",
        "loan_action",
        "installment",
        "loan_transaction",
        "settlement",
        "investor_share",
        "guarantor",
        "savings_account",
        "savings_transaction",
        "journal_transfer",
        "evening_log",
    ];
    format!("select {}", tables.map(|table| format!("(select count(*) from {table})")).join(", "))
}

/// Reads what [`row_counts`] selects.
pub(crate) fn read_row_counts(row: &impl Columns) -> Result<RowCounts, StoreError> {
    let mut row = Cursor::new("row counts", row);
    let mut count = || Ok(u64::try_from(row.int()?).unwrap_or_default());
    Ok(RowCounts {
        loans: count()?,
        actions: count()?,
        installments: count()?,
        loan_transactions: count()?,
        settlements: count()?,
        shares: count()?,
        guarantors: count()?,
        savings: count()?,
        savings_transactions: count()?,
        transfers: count()?,
        postings: count()?,
    })
}
