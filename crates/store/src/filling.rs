//! A new book that is filled before anybody uses it, in either database.

use std::sync::Arc;

use loam_app::error::StoreError;
use loam_app::ports::WriteStore;

use crate::error::OpenError;
use crate::postgres::filling::{mark, unmark};
use crate::postgres::{PostgresLane, PostgresStore, failed as postgres_failed};
use crate::sqlite::{SqliteFilling, begin_new_file};
use crate::store::Store;
use crate::url::DatabaseUrl;

/// What is left to do when everything is written.
pub struct BeingFilled(Where);

enum Where {
    Sqlite(SqliteFilling),
    Postgres(Arc<PostgresStore>),
}

/// Where the book for `to` is made and filled: a file gets its name when it is whole.
///
/// # Errors
/// When there is a file already.
pub fn place_to_fill(to: &DatabaseUrl) -> Result<DatabaseUrl, OpenError> {
    match to {
        DatabaseUrl::Sqlite(path) => Ok(DatabaseUrl::Sqlite(begin_new_file(path)?)),
        DatabaseUrl::Postgres(_) => Ok(to.clone()),
    }
}

/// Turns a book that was made in [`place_to_fill`], and that nobody has used since it was opened, into one
/// that takes rows as fast as they come. Nothing is durable before [`BeingFilled::finish`], and nobody can
/// open the book until then.
///
/// # Errors
/// When the database fails.
pub async fn begin(store: &Store) -> Result<(Box<dyn WriteStore>, BeingFilled), OpenError> {
    match store {
        Store::Sqlite(book) => {
            let (lane, filling) = SqliteFilling::begin(Arc::clone(book.store()))?;
            Ok((Box::new(lane), BeingFilled(Where::Sqlite(filling))))
        }
        Store::Postgres(book) => {
            mark(&book.store().aside().await?).await?;
            let lane = PostgresLane::new(book.store());
            Ok((Box::new(lane), BeingFilled(Where::Postgres(Arc::clone(book.store())))))
        }
    }
}

impl BeingFilled {
    /// Makes what was written quick to find and durable. The writer and the store must be gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(self) -> Result<(), OpenError> {
        match self.0 {
            Where::Sqlite(filling) => {
                let finishing = tokio::task::spawn_blocking(move || filling.finish());
                finishing.await.map_err(|error| StoreError::Database(error.to_string()))?
            }
            // The planner knows nothing about rows that came in at once.
            Where::Postgres(store) => {
                let client = store.aside().await?;
                client.batch_execute("analyze").await.map_err(postgres_failed)?;
                Ok(unmark(&client).await?)
            }
        }
    }
}
