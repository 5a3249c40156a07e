//! What reports ask of a store.

use async_trait::async_trait;
use jiff::civil::Date;
use loam_book::ids::{Key, Part};
use loam_book::journal::chart::LedgerName;
use loam_book::journal::deposit_interest::DepositInterestAccount;
use loam_book::journal::income::IncomeAccount;
use loam_book::journal::provisions::ProvisionAccount;
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::savings::Savings;
use loam_book::savings::event::SavingsEntry;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::error::StoreError;
use crate::ports::{Listed, RowPlace, UnreadableRow};

/// By which of its two days a transfer counts. What was entered by hand has one day for both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ByDay {
    #[default]
    Booking,
    Value,
}

/// Which bookings are added up.
#[derive(Debug, Clone, Default)]
pub struct BookedFilter {
    pub by: ByDay,
    /// Both ends belong to it.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Only those of this branch.
    pub branch: Option<Key>,
}

/// What was booked on an account for a product in a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedSum {
    pub account: LedgerName,
    pub branch: Option<Key>,
    /// `None`: by hand.
    pub product: Option<Key>,
    pub currency: Currency,
    pub debits: Amount,
    pub credits: Amount,
}

/// The next loans of a book that is read in pages.
#[derive(Debug, Default)]
pub struct LoanPage {
    pub loans: Vec<Loan>,
    pub unreadable: Vec<UnreadableLoan>,
    /// Where to go on; `None`: there are no more loans.
    pub last: Option<RowPlace>,
}

/// A loan whose rows cannot be read, and what can be told of it all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableLoan {
    pub row: UnreadableRow,
    /// Product and branch, unless one of them cannot be read either.
    pub group: Option<(Key, Option<Key>)>,
}

impl LoanPage {
    /// All loans, for those who must leave none out.
    ///
    /// # Errors
    /// Why one cannot be read.
    pub fn all(self) -> Result<Vec<Loan>, StoreError> {
        match self.unreadable.into_iter().next() {
            Some(UnreadableLoan { row: UnreadableRow { account, reason }, .. }) => {
                Err(StoreError::Unreadable(format!("loan {account}: {reason}")))
            }
            None => Ok(self.loans),
        }
    }
}

/// The log of a loan, or of another account.
#[derive(Debug)]
pub struct Logged<E = Entry> {
    pub part: Part,
    pub account_no: i64,
    pub entries: Vec<E>,
}

/// A deposit account's log.
pub type LoggedSavings = Logged<SavingsEntry>;

/// Reads whole books in pages, in the order of part and number: an empty page ends them. Each page is of one instant,
/// and all of them are not.
#[async_trait]
pub trait ReportStore: Send + Sync {
    /// What was booked, by account, branch, product and currency. The journal itself is added up.
    async fn booked_sums(&self, filter: &BookedFilter) -> Result<Vec<BookedSum>, StoreError>;
    /// What is posted of growing interest, for all groups.
    async fn income_accounts(&self) -> Result<Vec<IncomeAccount>, StoreError>;
    /// What is set aside for losses, for all groups.
    async fn provision_accounts(&self) -> Result<Vec<ProvisionAccount>, StoreError>;
    /// What is posted of growing interest of deposits, for all groups.
    async fn deposit_interest_accounts(&self) -> Result<Vec<DepositInterestAccount>, StoreError>;
    /// The next deposit accounts that are in use, after the given one, in the order of part and number.
    async fn deposits_after(
        &self,
        after: Option<RowPlace>,
        limit: i64,
    ) -> Result<Listed<Savings, RowPlace>, StoreError>;
    /// The next loans; deleted ones are left out. One that cannot be read keeps nobody from the others.
    async fn loans_after(&self, after: Option<RowPlace>, limit: i64) -> Result<LoanPage, StoreError>;
    /// The next logs of loans.
    async fn logs_after(&self, after: Option<(Part, i64)>, limit: i64) -> Result<Vec<Logged>, StoreError>;
    /// The next logs of deposit accounts.
    async fn savings_logs_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<LoggedSavings>, StoreError>;
    /// The next loans with their transactions, each in the order of booking.
    async fn transactions_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<(Loan, Vec<LoanTransaction>)>, StoreError>;
}
