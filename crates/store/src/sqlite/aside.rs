//! Writes outside the lane: on a connection of their own, and on a thread where waiting harms nobody.

use std::sync::{Arc, Mutex, PoisonError};

use loam_app::error::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{SqliteStore, failed};
use crate::error::OpenError;

/// A second writer of a book. It waits for the lane, so its transactions are short.
pub(super) struct Aside {
    connection: Arc<Mutex<Connection>>,
    store: Arc<SqliteStore>,
}

impl Aside {
    pub(super) fn open(store: &Arc<SqliteStore>) -> Result<Aside, OpenError> {
        let connection = Arc::new(Mutex::new(store.writer()?));
        Ok(Aside { connection, store: Arc::clone(store) })
    }

    pub(super) fn store(&self) -> &Arc<SqliteStore> {
        &self.store
    }

    /// Writes in one transaction, which is rolled back when `write` fails.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = Arc::clone(&self.connection);
        let writing = tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
            let written = write(&tx)?;
            tx.commit().map_err(failed)?;
            Ok(written)
        });
        writing.await.map_err(|error| StoreError::Database(error.to_string()))?
    }
}
