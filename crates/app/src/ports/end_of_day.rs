//! What the end of day asks of a store.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::application::Application;
use loam_book::ids::{Key, Part};
use loam_book::working_days::DaysOff;

use crate::command::Address;
use crate::error::StoreError;

/// A loan for which something is to be derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanWithWork {
    pub address: Address,
    pub next_action_on: Date,
}

/// What the end of day asks of a store besides reading.
#[async_trait]
pub trait EndOfDayStore: Send + Sync {
    /// Loans whose next action has come by a day, after a place, in the order of part, day and key.
    async fn loans_with_work(
        &self,
        business_date: Date,
        after: (Part, Date, Key),
        limit: i64,
    ) -> Result<Vec<LoanWithWork>, StoreError>;
    /// How many loans there are whose next action has come by a day.
    async fn count_loans_with_work(&self, business_date: Date) -> Result<u64, StoreError>;
    /// Parts whose loans are to follow days off that were changed, in order.
    async fn calendar_work(&self) -> Result<Vec<CalendarWork>, StoreError>;
    /// Accounts of the work that are not closed, after the given one, in the order of keys.
    async fn accounts_to_follow(
        &self,
        work: &CalendarWork,
        after: Option<Key>,
        limit: i64,
    ) -> Result<Vec<Address>, StoreError>;
    /// The work is done; one that came meanwhile, with a later catalog, stays.
    async fn followed(&self, work: &CalendarWork) -> Result<(), StoreError>;
    /// Loans of which linked deposit accounts may have something to pay by now, after the given one, in
    /// the order of part and number.
    async fn loans_to_settle(
        &self,
        business_date: Date,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<ToSettle>, StoreError>;
    /// Deposit accounts whose next action has come, after the given one, in the order of part and number.
    async fn savings_with_work(
        &self,
        business_date: Date,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<FoundSavings>, StoreError>;
    /// Applications that wait for money and may have expired before a day, after the given one, in the order of part
    /// and number.
    async fn applications_in_market(
        &self,
        before: Date,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<FoundApplication>, StoreError>;
    /// Deposit accounts for which shares wait, and how many, after the given one, in the order of their keys.
    async fn accounts_with_shares(
        &self,
        after: Option<Key>,
        limit: i64,
    ) -> Result<Vec<(Address, i64)>, StoreError>;
    /// Claims a part for a worker. False when another worker holds it and its lease runs still.
    async fn claim(&self, lease: &Lease, now: Timestamp) -> Result<bool, StoreError>;
    /// Gives a part back.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;
}

/// Loans of a part that are to follow days off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarWork {
    pub part: Part,
    pub days_off: DaysOff,
    /// Of the catalog with the change.
    pub catalog_version: i64,
}

/// A loan of which linked deposit accounts may have something to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToSettle {
    pub address: Address,
    pub account_no: i64,
}

/// An application that may have expired, or why it cannot be read: that keeps nobody from the others.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundApplication {
    pub address: Address,
    pub number: i64,
    pub application: Result<Application, String>,
}

/// Where a deposit account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundSavings {
    pub address: Address,
    pub account_no: i64,
}

/// A worker's claim on a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub part: Part,
    pub worker: String,
    pub until: Timestamp,
}
