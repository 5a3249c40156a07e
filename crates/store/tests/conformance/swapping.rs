//! Two connections instead of one: each transaction goes over either, as a pooler or a second server would have it. What
//! rests on the state of a session does not hold.

use async_trait::async_trait;
use jiff::Timestamp;
use loam_app::changes::Changes;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::portfolios::{OpenAsked, OrdersAsked};
use loam_app::ports::{IdBlock, Loaded, Need, WriteStore};
use loam_book::application::Application;
use loam_book::application::booking::Booking;
use loam_book::application::portfolio::OrdersBefore;
use loam_book::catalog::Catalog;
use loam_book::ids::Part;
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::savings::event::SavingsEntry;

/// A lane that is two.
pub(crate) struct Swapping {
    lanes: [Box<dyn WriteStore>; 2],
    dice: u64,
}

impl Swapping {
    pub(crate) fn new(lanes: [Box<dyn WriteStore>; 2], seed: u64) -> Swapping {
        Swapping { lanes, dice: seed | 1 }
    }

    /// Either of the two, by chance, though by the same for the same seed.
    fn either(&mut self) -> &mut dyn WriteStore {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.lanes[usize::from(self.dice.is_multiple_of(2))].as_mut()
    }
}

#[async_trait]
impl WriteStore for Swapping {
    async fn load(&mut self, need: &Need) -> Result<Loaded, StoreError> {
        self.either().load(need).await
    }

    async fn load_history(&mut self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError> {
        self.either().load_history(part, account_no).await
    }

    async fn load_savings_history(
        &mut self,
        part: Part,
        account_no: i64,
    ) -> Result<Vec<SavingsEntry>, StoreError> {
        self.either().load_savings_history(part, account_no).await
    }

    async fn load_loans_of(&mut self, holder: Address) -> Result<Vec<Loan>, StoreError> {
        self.either().load_loans_of(holder).await
    }

    async fn load_bookings_of(&mut self, application: Address) -> Result<Vec<Booking>, StoreError> {
        self.either().load_bookings_of(application).await
    }

    async fn load_uncommitted_of(&mut self, account: Address) -> Result<Vec<Booking>, StoreError> {
        self.either().load_uncommitted_of(account).await
    }

    async fn load_applications_of(&mut self, borrower: Address) -> Result<Vec<Application>, StoreError> {
        self.either().load_applications_of(borrower).await
    }

    async fn load_application_of(
        &mut self,
        part: Part,
        account_no: i64,
    ) -> Result<Option<Application>, StoreError> {
        self.either().load_application_of(part, account_no).await
    }

    async fn load_booking(&mut self, part: Part, number: i64) -> Result<Option<Booking>, StoreError> {
        self.either().load_booking(part, number).await
    }

    async fn load_open_applications(&mut self, asked: &OpenAsked) -> Result<Vec<Application>, StoreError> {
        self.either().load_open_applications(asked).await
    }

    async fn load_orders_before(&mut self, asked: &OrdersAsked) -> Result<OrdersBefore, StoreError> {
        self.either().load_orders_before(asked).await
    }

    async fn load_catalog(&mut self) -> Result<Catalog, StoreError> {
        self.either().load_catalog().await
    }

    async fn take_ids(&mut self, block: IdBlock, count: i64) -> Result<i64, StoreError> {
        self.either().take_ids(block, count).await
    }

    async fn save(&mut self, changes: &Changes) -> Result<(), StoreError> {
        self.either().save(changes).await
    }

    async fn quarantine(&mut self, account: Address, reason: &str, at: Timestamp) -> Result<(), StoreError> {
        self.either().quarantine(account, reason, at).await
    }

    async fn lift_quarantine(&mut self, account: Address) -> Result<(), StoreError> {
        self.either().lift_quarantine(account).await
    }
}
