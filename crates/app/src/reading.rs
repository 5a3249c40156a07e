//! Reading for doors: the book's state with its catalog, and accounts by id or key.

use std::sync::{Arc, PoisonError, RwLock};

use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part, is_possible_id};
use loam_book::loan::log::NotBegun;
use loam_book::loan::refusal::IdKind;

use crate::command::Address;
use crate::error::StoreError;
use crate::ports::{BookState, ReadStore};

/// The book as a request meets it.
#[derive(Debug, Clone)]
pub struct Now {
    pub state: BookState,
    pub catalog: Arc<Catalog>,
}

/// A log that nothing can be folded from is that account's error, as a row is that cannot be read.
pub(crate) fn as_begun(
    (part, account_no): (Part, i64),
    begun: Result<(), NotBegun>,
) -> Result<(), StoreError> {
    let part = part.number();
    begun.map_err(|why| StoreError::Unreadable(format!("account number {account_no} of part {part}: {why}")))
}

/// Reads through the store; keeps the catalog as long as its version stands.
pub struct Reading {
    store: Arc<dyn ReadStore>,
    catalog: RwLock<Arc<Catalog>>,
}

impl Reading {
    pub fn new(store: Arc<dyn ReadStore>) -> Reading {
        let unread = Catalog { version: -1, ..Catalog::default() };
        Reading { store, catalog: RwLock::new(Arc::new(unread)) }
    }

    /// The store, for lists and single reads.
    pub fn store(&self) -> &dyn ReadStore {
        self.store.as_ref()
    }

    /// The state of the book now, with the catalog of its version: what another server changed is
    /// seen by the next request.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn now(&self) -> Result<Now, StoreError> {
        let state = self.store.state().await?;
        let cached = Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner));
        if cached.version == state.catalog_version {
            return Ok(Now { state, catalog: cached });
        }
        let fresh = Arc::new(self.store.catalog().await?);
        *self.catalog.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(Now { state, catalog: fresh })
    }

    /// Where a loan is kept, by its id or key.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn find_loan(&self, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        self.find(IdKind::Loan, id_or_key).await
    }

    /// Where loans are kept, by ids or keys, in the order of these.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn find_loans(&self, ids_or_keys: &[&str]) -> Result<Vec<Option<Address>>, StoreError> {
        let kept: Vec<Option<Address>> = ids_or_keys.iter().map(|id| address_of_key(id)).collect();
        let others = ids_or_keys.iter().zip(&kept).filter(|(_, known)| known.is_none());
        let asked: Vec<&str> = others.map(|(id, _)| *id).filter(|id| is_possible_id(id)).collect();
        if asked.is_empty() {
            return Ok(kept);
        }
        let found = self.store.resolve_all(IdKind::Loan, &asked).await?;
        let named = ids_or_keys.iter().zip(kept).map(|(id, known)| known.or_else(|| found.get(*id).copied()));
        Ok(named.collect())
    }

    /// Where a client is kept, by id or key.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn find_client(&self, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        self.find(IdKind::Client, id_or_key).await
    }

    /// Where a deposit account is kept, by id or key.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn find_savings(&self, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        self.find(IdKind::Savings, id_or_key).await
    }

    /// Where a group is kept, by id or key.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn find_group(&self, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        self.find(IdKind::Group, id_or_key).await
    }

    /// Where a line of credit is kept, by id or key.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn find_line(&self, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        self.find(IdKind::LineOfCredit, id_or_key).await
    }

    async fn find(&self, kind: IdKind, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        if let Some(address) = address_of_key(id_or_key) {
            return Ok(Some(address));
        }
        if !is_possible_id(id_or_key) {
            return Ok(None);
        }
        self.store.resolve(kind, id_or_key).await
    }
}

/// The address that a key made by the book tells by itself.
fn address_of_key(text: &str) -> Option<Address> {
    let key: Key = text.parse().ok()?;
    key.part().map(|part| Address { part, key })
}
