//! New keys and numbers: time and randomness from the ports, numbers from blocks of the store.

use std::cell::Cell;
use std::sync::Arc;

use loam_book::ids::{Key, Part};
use loam_book::loan::context::NewIds;

use crate::error::StoreError;
use crate::portfolios;
use crate::ports::{Clock, IdBlock, Random, WriteStore};

/// How many numbers a lane takes at once. Those it does not use are gaps.
const BLOCK: i64 = 100_000;
/// How many numbers of applications a lane takes at once; few, because people see them.
const APPLICATIONS: i64 = 1_000;
/// A decision never uses more transaction ids than this: a refold of thousands of transactions.
const ENOUGH: i64 = 50_000;

/// What makes keys unique.
#[derive(Clone)]
pub(crate) struct Sources {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

impl Sources {
    pub(crate) fn new_key(&self, part: Part) -> Key {
        let millisecond = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        Key::entity(part, millisecond, self.random.draw())
    }
}

/// A run of numbers taken from one block.
struct Run {
    next: i64,
    end: i64,
}

impl Run {
    const EMPTY: Run = Run { next: 0, end: 0 };

    async fn ensure(
        &mut self,
        store: &mut dyn WriteStore,
        block: IdBlock,
        enough: i64,
    ) -> Result<(), StoreError> {
        let count = match block {
            IdBlock::Account | IdBlock::Transaction => BLOCK,
            IdBlock::Application => APPLICATIONS,
        };
        if self.end - self.next < enough {
            self.next = store.take_ids(block, count).await?;
            self.end = self.next + count;
        }
        Ok(())
    }
}

/// The numbers that a lane holds.
pub(crate) struct Numbers {
    accounts: Run,
    transactions: Run,
    /// Empty until the first application comes.
    applications: Run,
}

impl Numbers {
    pub(crate) fn new() -> Numbers {
        Numbers { accounts: Run::EMPTY, transactions: Run::EMPTY, applications: Run::EMPTY }
    }

    /// So many numbers of accounts and transactions, taken at once.
    pub(crate) async fn taken(
        store: &mut dyn WriteStore,
        accounts: i64,
        transactions: i64,
    ) -> Result<Numbers, StoreError> {
        let first_account = store.take_ids(IdBlock::Account, accounts).await?;
        let first_transaction = store.take_ids(IdBlock::Transaction, transactions).await?;
        Ok(Numbers {
            accounts: Run { next: first_account, end: first_account + accounts },
            transactions: Run { next: first_transaction, end: first_transaction + transactions },
            applications: Run::EMPTY,
        })
    }

    /// Makes sure that one more decision finds enough numbers.
    pub(crate) async fn ensure(&mut self, store: &mut dyn WriteStore) -> Result<(), StoreError> {
        self.accounts.ensure(store, IdBlock::Account, portfolios::NUMBERS).await?;
        self.transactions.ensure(store, IdBlock::Transaction, ENOUGH).await
    }

    /// Takes the number of an application.
    pub(crate) async fn take_application(&mut self, store: &mut dyn WriteStore) -> Result<i64, StoreError> {
        self.applications.ensure(store, IdBlock::Application, 1).await?;
        let number = self.applications.next;
        self.applications.next += 1;
        Ok(number)
    }

    /// Ids for one decision in a part.
    pub(crate) fn offer(&self, sources: &Sources, part: Part) -> NewIds {
        NewIds {
            key: sources.new_key(part),
            part,
            account_no: self.accounts.next,
            random: sources.random.draw(),
            transaction_id: Cell::new(self.transactions.next),
            transaction_id_end: self.transactions.end,
        }
    }

    /// Takes what a decision used.
    pub(crate) fn used(&mut self, ids: &NewIds, accounts: i64) {
        self.transactions.next = ids.transaction_id.get();
        self.accounts.next += accounts;
    }
}
