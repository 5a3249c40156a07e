//! What `check` asks of a store.

use async_trait::async_trait;
use jiff::civil::Date;
use loam_book::ids::{Key, Part};
use loam_book::journal::Transfer;
use loam_book::journal::deposit_interest::DepositInterestAccount;
use loam_book::journal::income::IncomeAccount;
use loam_book::journal::manual::{ManualEntry, ManualLine};
use loam_book::journal::provisions::ProvisionAccount;
use loam_book::line_of_credit::LineOfCredit;
use loam_book::loan::event::Entry;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::loan::{Holder, Loan};
use loam_book::savings::Savings;
use loam_book::savings::event::SavingsEntry;
use loam_book::savings::share::{Credit, InvestorShare};
use loam_book::savings::transaction::SavingsTransaction;

use crate::command::Address;
use crate::error::StoreError;

/// Everything that `check` reads about one account.
#[derive(Debug)]
pub struct StoredAccount {
    pub part: Part,
    pub account_no: i64,
    /// Why a row of it cannot be read: then nothing else is known of it.
    pub unreadable: Option<String>,
    /// `None` for a deleted loan.
    pub loan: Option<Loan>,
    pub next_action_on: Option<Date>,
    /// From which day on deposit accounts are asked to pay it, as it is stored beside the loan.
    pub settles_on: Option<Date>,
    /// Columns that loans are looked up by and that say something else than the loan.
    pub differing: Vec<&'static str>,
    pub entries: Vec<Entry>,
    pub transactions: Vec<LoanTransaction>,
    pub transfers: Vec<Transfer>,
    /// What investors paid for it and got of it.
    pub shares: Vec<InvestorShare>,
    /// By whom loans of guarantors are found, as it is written: whether it is a key or not.
    pub guarantors: Vec<String>,
}

impl StoredAccount {
    /// One of which no rows were read yet.
    pub fn empty((part, account_no): (Part, i64)) -> StoredAccount {
        StoredAccount {
            part,
            account_no,
            unreadable: None,
            loan: None,
            next_action_on: None,
            settles_on: None,
            differing: Vec::new(),
            entries: Vec::new(),
            transactions: Vec::new(),
            transfers: Vec::new(),
            shares: Vec::new(),
            guarantors: Vec::new(),
        }
    }

    pub fn unreadable(account: (Part, i64), reason: String) -> StoredAccount {
        StoredAccount { unreadable: Some(reason), ..StoredAccount::empty(account) }
    }
}

/// Everything that `check` reads about one deposit account.
#[derive(Debug)]
pub struct StoredSavingsAccount {
    pub part: Part,
    pub account_no: i64,
    /// Why a row of it cannot be read: then nothing else is known of it.
    pub unreadable: Option<String>,
    /// `None` for a deleted one.
    pub account: Option<Savings>,
    /// Columns that accounts are looked up by and that say something else than the account.
    pub differing: Vec<&'static str>,
    pub entries: Vec<SavingsEntry>,
    pub transactions: Vec<SavingsTransaction>,
    pub transfers: Vec<Transfer>,
    /// What shares of loans name its transactions, added up.
    pub credits: Vec<Credit>,
}

impl StoredSavingsAccount {
    /// One of which no rows were read yet.
    pub fn empty((part, account_no): (Part, i64)) -> StoredSavingsAccount {
        StoredSavingsAccount {
            part,
            account_no,
            unreadable: None,
            account: None,
            differing: Vec::new(),
            entries: Vec::new(),
            transactions: Vec::new(),
            transfers: Vec::new(),
            credits: Vec::new(),
        }
    }

    pub fn unreadable(account: (Part, i64), reason: String) -> StoredSavingsAccount {
        StoredSavingsAccount { unreadable: Some(reason), ..StoredSavingsAccount::empty(account) }
    }
}

/// What is read of an account or an entry by its part and number, or why it cannot be read.
pub type Placed<T> = ((Part, i64), Result<T, String>);

/// Where a line of credit is kept, with its key as it is written: whether it is one or not.
pub type LinePlace = (Part, String);

/// Everything that `check` reads about one line of credit, of one instant.
#[derive(Debug)]
pub struct StoredLine {
    pub line: LineOfCredit,
    /// Columns that lines are looked up by and that say something else than the line.
    pub differing: Vec<&'static str>,
    /// Those of its holder.
    pub loans: Vec<Loan>,
    pub savings: Vec<Savings>,
}

/// How many rows there are of what hangs on logs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct RowCounts {
    pub loans: u64,
    /// Kept days of next actions.
    pub actions: u64,
    pub installments: u64,
    pub loan_transactions: u64,
    pub settlements: u64,
    pub shares: u64,
    pub guarantors: u64,
    pub savings: u64,
    pub savings_transactions: u64,
    pub transfers: u64,
    /// Postings of evenings.
    pub postings: u64,
}

/// What `check` asks of a store.
#[async_trait]
pub trait CheckStore: Send + Sync {
    /// The next deposit accounts, found as the loans of [`CheckStore::accounts_after`] are.
    async fn savings_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<StoredSavingsAccount>, StoreError>;
    /// The next accounts of the parts through one, in the order of part and number; an empty list at the end.
    /// Accounts are found by their logs, so one whose row is missing is found too.
    async fn accounts_after(
        &self,
        after: Option<(Part, i64)>,
        through: Part,
        limit: i64,
    ) -> Result<Vec<StoredAccount>, StoreError>;
    /// The next lines of credit, in the order of part and key; an empty list at the end. Where a line, or an account of its
    /// holder, cannot be read, the reason stands in its place.
    async fn lines_after(
        &self,
        after: Option<LinePlace>,
        limit: i64,
    ) -> Result<Vec<(LinePlace, Result<StoredLine, String>)>, StoreError>;
    /// Those of these clients and groups who are there.
    async fn holders_there(&self, holders: &[Holder]) -> Result<Vec<Key>, StoreError>;
    /// Applications whose borrower is not there.
    async fn stray_applications(&self) -> Result<Vec<String>, StoreError>;
    /// Accounts and lines of credit whose holder is not there.
    async fn lost_holders(&self) -> Result<Vec<String>, StoreError>;
    /// Rows that are read with no account, under a text that is no key.
    async fn damaged_keys(&self) -> Result<Vec<String>, StoreError>;
    /// What transfers between accounts left between them, by the code of its currency, in minor units:
    /// nothing, in a book that holds. One question, so that it is of one instant while others write.
    async fn left_between_accounts(&self) -> Result<Vec<(String, i64)>, StoreError>;
    /// Transfers and account rows that belong to no log, and papers that are about nothing or have no sheet. Every row is
    /// looked up in the logs.
    async fn orphans(&self) -> Result<Vec<String>, StoreError>;
    /// The last part of [`CheckStore::orphans`]: papers.
    async fn stray_papers(&self) -> Result<Vec<String>, StoreError>;
    /// All rows, whether they belong to a log or not, of one instant.
    async fn row_counts(&self) -> Result<RowCounts, StoreError>;
    /// The next entries by hand with the lines that are stored beside each, in the order of part and number.
    async fn manual_entries_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<Placed<(ManualEntry, Vec<ManualLine>)>>, StoreError>;
    /// Days of accounts of which the stored sum is not that of the journal.
    async fn wrong_sums(&self) -> Result<Vec<WrongSum>, StoreError>;
    /// What is posted of growing interest, with the transfers of each account.
    async fn posted_income(&self) -> Result<Vec<Placed<(IncomeAccount, Vec<Transfer>)>>, StoreError>;
    /// What is set aside for losses, with the transfers of each account.
    async fn posted_provisions(&self) -> Result<Vec<Placed<(ProvisionAccount, Vec<Transfer>)>>, StoreError>;
    /// The same of growing interest of deposits.
    async fn posted_deposit_interest(
        &self,
    ) -> Result<Vec<Placed<(DepositInterestAccount, Vec<Transfer>)>>, StoreError>;
    /// Accounts that were set aside, with the reason.
    async fn quarantined(&self) -> Result<Vec<(Address, String)>, StoreError>;
}

/// A day of an account of which the stored sum is not that of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongSum {
    pub account: String,
    pub booking_date: Date,
    /// How much more is stored than was booked, in minor units.
    pub debits_minor: i64,
    pub credits_minor: i64,
}
