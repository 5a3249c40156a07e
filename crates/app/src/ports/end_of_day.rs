//! What the end of day asks of a store.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::application::Application;
use loam_book::ids::Part;
use loam_book::working_days::DaysOff;

use crate::command::Address;
use crate::error::StoreError;

/// What a step of the day finds next, in the order of its list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T, P> {
    pub rows: Vec<Result<T, UnreadableRow>>,
    /// Where to go on: after the last row, whether it can be read or not. `None`: there are no more.
    pub last: Option<P>,
}

/// A row that cannot be read, and by what people find it all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableRow {
    /// The key of an account, or the text that stands for one; part and number of the row where there is neither.
    pub account: String,
    pub reason: String,
}

/// Part and number of a row as they are written: what is damaged is passed by as it stands.
pub type RowPlace = (i64, i64);

/// The text that stands for a key, as it is written; of a damaged file it need not even be text.
pub type WrittenKey = Vec<u8>;

/// Part, day and key of a next action as they are written.
pub type ActionPlace = (i64, i64, WrittenKey);

/// What the end of day asks of a store besides reading. In every list, a row that cannot be read keeps nobody from the
/// others.
#[async_trait]
pub trait EndOfDayStore: Send + Sync {
    /// Loans whose next action has come by a day, after a place, in the order of part, day and key.
    async fn loans_with_work(
        &self,
        business_date: Date,
        after: ActionPlace,
        limit: i64,
    ) -> Result<Listed<Address, ActionPlace>, StoreError>;
    /// How many loans there are whose next action has come by a day.
    async fn count_loans_with_work(&self, business_date: Date) -> Result<u64, StoreError>;
    /// Parts whose loans are to follow days off that were changed, in order.
    async fn calendar_work(&self) -> Result<Vec<Result<CalendarWork, UnreadableRow>>, StoreError>;
    /// Accounts of the work that are not closed, after the given one, in the order of keys.
    async fn accounts_to_follow(
        &self,
        work: &CalendarWork,
        after: Option<WrittenKey>,
        limit: i64,
    ) -> Result<Listed<Address, WrittenKey>, StoreError>;
    /// The work is done; one that came meanwhile, with a later catalog, stays.
    async fn followed(&self, work: &CalendarWork) -> Result<(), StoreError>;
    /// Loans of which linked deposit accounts may have something to pay by now, after the given one, in
    /// the order of part and number.
    async fn loans_to_settle(
        &self,
        business_date: Date,
        after: RowPlace,
        limit: i64,
    ) -> Result<Listed<Address, RowPlace>, StoreError>;
    /// Deposit accounts whose next action has come, after the given one, in the order of part and number.
    async fn savings_with_work(
        &self,
        business_date: Date,
        after: RowPlace,
        limit: i64,
    ) -> Result<Listed<Address, RowPlace>, StoreError>;
    /// Applications that wait for money and may have expired before a day, after the given one, in the order of part
    /// and number.
    async fn applications_in_market(
        &self,
        before: Date,
        after: RowPlace,
        limit: i64,
    ) -> Result<Listed<(Address, Application), RowPlace>, StoreError>;
    /// Deposit accounts for which shares wait, and how many, after the given one, in the order of their keys.
    async fn accounts_with_shares(
        &self,
        after: Option<WrittenKey>,
        limit: i64,
    ) -> Result<Listed<(Address, i64), WrittenKey>, StoreError>;
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

/// A worker's claim on a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub part: Part,
    pub worker: String,
    pub until: Timestamp,
}
