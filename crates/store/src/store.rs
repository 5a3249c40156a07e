//! A book in either database: making, opening, and the ports it offers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use loam_app::error::StoreError;
use loam_app::ports::{
    BackupStore, CheckStore, DeliveryStore, EndOfDayStore, ReadStore, SignInStore, TokenStore, WriteStore,
};
use loam_calc::currency::Currency;
use tokio_postgres::Config;

use crate::cells::{Cell, Row};
use crate::copy::{self, BookBackups};
use crate::error::OpenError;
use crate::postgres::{
    PostgresCheck, PostgresDeliveries, PostgresEndOfDay, PostgresLane, PostgresReader, PostgresSignIns,
    PostgresStore, PostgresTokens, Replica, ReplicatedReader, distribute,
};
use crate::sqlite::{
    SqliteCheck, SqliteDeliveries, SqliteEndOfDay, SqliteLane, SqliteReader, SqliteSignIns, SqliteStore,
    SqliteTokens,
};
use crate::url::DatabaseUrl;

/// How often a book is tried to be opened that others are writing.
const ROUNDS: u32 = 10;

/// What a new book begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBook {
    pub business_date: Date,
    pub currency: Currency,
    /// IANA name.
    pub time_zone: String,
    pub created_at: Timestamp,
}

impl NewBook {
    /// Business date, currency, time zone, instant.
    pub(crate) fn row(&self) -> Row<'_> {
        vec![
            Cell::date(self.business_date),
            Cell::text(self.currency.code()),
            Cell::text(&self.time_zone),
            Cell::instant(self.created_at),
        ]
    }
}

/// What is said once about a book and never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// Tells the key that the book was sealed with from every other, and says nothing about it.
    VaultFingerprint,
    /// `live` or `test`.
    Realm,
}

impl Property {
    fn name(self) -> &'static str {
        match self {
            Property::VaultFingerprint => "vault_fingerprint",
            Property::Realm => "realm",
        }
    }
}

/// A book that is open.
#[derive(Debug, Clone)]
pub enum Store {
    Sqlite(SqliteBook),
    Postgres(PostgresBook),
}

/// A book in a file.
#[derive(Debug, Clone)]
pub struct SqliteBook(Arc<SqliteStore>);

/// A book in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresBook(Arc<PostgresStore>);

impl SqliteBook {
    pub(crate) fn store(&self) -> &Arc<SqliteStore> {
        &self.0
    }
}

impl PostgresBook {
    pub(crate) fn store(&self) -> &Arc<PostgresStore> {
        &self.0
    }
}

impl Store {
    /// Whether there is a book.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn exists(database: &DatabaseUrl) -> Result<bool, OpenError> {
        match database {
            DatabaseUrl::Sqlite(path) => Ok(path.exists()),
            DatabaseUrl::Postgres(config) => PostgresStore::exists(config).await,
        }
    }

    /// Makes a new book.
    ///
    /// # Errors
    /// When there is one already, or the database fails.
    pub async fn create(database: &DatabaseUrl, book: &NewBook) -> Result<(), OpenError> {
        match database {
            DatabaseUrl::Sqlite(path) => SqliteStore::create(path, book),
            DatabaseUrl::Postgres(config) => PostgresStore::create(config, book).await,
        }
    }

    /// Opens a book for serving and brings its schema up to date. A file is owned by this process
    /// until the store and everything it gave are dropped. `lanes` is how many writers PostgreSQL
    /// gets; a file has one.
    ///
    /// # Errors
    /// When there is no book, another process owns it, or its schema is newer than this binary.
    pub async fn open(database: &DatabaseUrl, lanes: usize) -> Result<Store, OpenError> {
        match database {
            DatabaseUrl::Sqlite(path) => Ok(Store::Sqlite(SqliteBook(Arc::new(SqliteStore::open(path)?)))),
            DatabaseUrl::Postgres(config) => {
                let store = open_postgres(config, lanes).await?;
                Ok(Store::Postgres(PostgresBook(Arc::new(store))))
            }
        }
    }

    /// Spreads the tables of a book over the machines of a Citus cluster, as far as they are not spread yet; gives
    /// the names of those that were. Nobody may be serving the book. `shards` is how many pieces the ledger is cut
    /// into.
    ///
    /// # Errors
    /// When there is no book, its schema has another version, or the database has no Citus; nothing is changed then.
    pub async fn distribute(database: &DatabaseUrl, shards: u16) -> Result<Vec<String>, OpenError> {
        match database {
            DatabaseUrl::Sqlite(_) => Err(OpenError::StaysInOneFile(database.to_string())),
            DatabaseUrl::Postgres(config) => distribute(config, shards).await,
        }
    }

    /// Opens a book for reading only, also beside a process that serves it.
    ///
    /// # Errors
    /// When there is no book, its schema has another version, or Citus has spread only some of its tables.
    pub async fn open_for_reading(database: &DatabaseUrl) -> Result<Store, OpenError> {
        match database {
            DatabaseUrl::Sqlite(path) => {
                Ok(Store::Sqlite(SqliteBook(Arc::new(SqliteStore::open_for_reading(path)?))))
            }
            DatabaseUrl::Postgres(config) => {
                let store = PostgresStore::open_for_reading(config).await?;
                Ok(Store::Postgres(PostgresBook(Arc::new(store))))
            }
        }
    }

    /// Whether this program still works with the book, which a later one may have migrated while this one serves it.
    /// The owner of a file has it for himself.
    ///
    /// # Errors
    /// `NewerSchema` when it does not; when the database fails.
    pub async fn must_still_fit(&self) -> Result<(), OpenError> {
        match self {
            Store::Sqlite(_) => Ok(()),
            Store::Postgres(book) => book.0.must_still_fit().await,
        }
    }

    /// The writers, one for each lane of the desk. A store gives them once.
    ///
    /// # Errors
    /// When a file cannot be opened once more.
    pub fn lanes(&self) -> Result<Vec<Box<dyn WriteStore>>, OpenError> {
        match self {
            Store::Sqlite(book) => Ok(vec![Box::new(SqliteLane::open(&book.0)?)]),
            Store::Postgres(book) => {
                let lane = || Box::new(PostgresLane::new(&book.0)) as Box<dyn WriteStore>;
                Ok(std::iter::repeat_with(lane).take(book.0.lanes()).collect())
            }
        }
    }

    /// The reading side.
    pub fn reader(&self) -> Arc<dyn ReadStore> {
        match self {
            Store::Sqlite(book) => Arc::new(SqliteReader(Arc::clone(&book.0))),
            Store::Postgres(book) => Arc::new(PostgresReader(Arc::clone(&book.0))),
        }
    }

    /// The reading side of a book that has a streaming replica: who says how fresh an answer must be
    /// ([`loam_app::freshness`]) is answered by the replica when it has come so far, and is at most `lag` behind.
    ///
    /// # Errors
    /// For a file, and when something answers at the address that is no replica of the book. A replica that is away
    /// is waited for by nobody: until it comes, the book itself is read.
    pub async fn reader_beside(
        &self,
        replica: &DatabaseUrl,
        lag: Duration,
    ) -> Result<Arc<dyn ReadStore>, OpenError> {
        match (self, replica) {
            (Store::Postgres(book), DatabaseUrl::Postgres(config)) => {
                let watched = Replica::watched(&book.0, config, lag).await?;
                Ok(Arc::new(ReplicatedReader::new(book, watched)))
            }
            (Store::Sqlite(book), _) => {
                Err(OpenError::NoReplicasOfFiles(book.0.path().display().to_string()))
            }
            (_, DatabaseUrl::Sqlite(_)) => Err(OpenError::NoReplicasOfFiles(replica.to_string())),
        }
    }

    /// Work and leases of the end of day.
    ///
    /// # Errors
    /// When a file cannot be opened once more.
    pub fn end_of_day(&self) -> Result<Arc<dyn EndOfDayStore>, OpenError> {
        match self {
            Store::Sqlite(book) => Ok(Arc::new(SqliteEndOfDay::open(&book.0)?)),
            Store::Postgres(book) => Ok(Arc::new(PostgresEndOfDay(Arc::clone(&book.0)))),
        }
    }

    /// Tokens of the token endpoint.
    ///
    /// # Errors
    /// When a file cannot be opened once more.
    pub fn tokens(&self) -> Result<Arc<dyn TokenStore>, OpenError> {
        match self {
            Store::Sqlite(book) => Ok(Arc::new(SqliteTokens::open(&book.0)?)),
            Store::Postgres(book) => Ok(Arc::new(PostgresTokens(Arc::clone(&book.0)))),
        }
    }

    /// Where failures to sign in are counted.
    ///
    /// # Errors
    /// When a file cannot be opened once more.
    pub fn sign_ins(&self) -> Result<Arc<dyn SignInStore>, OpenError> {
        match self {
            Store::Sqlite(book) => Ok(Arc::new(SqliteSignIns::open(&book.0)?)),
            Store::Postgres(book) => Ok(Arc::new(PostgresSignIns(Arc::clone(&book.0)))),
        }
    }

    /// The outbox and what becomes of it.
    ///
    /// # Errors
    /// When a file cannot be opened once more.
    pub fn deliveries(&self) -> Result<Arc<dyn DeliveryStore>, OpenError> {
        match self {
            Store::Sqlite(book) => Ok(Arc::new(SqliteDeliveries::open(&book.0)?)),
            Store::Postgres(book) => Ok(Arc::new(PostgresDeliveries(Arc::clone(&book.0)))),
        }
    }

    /// What a book is and stays; none as long as nobody said it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn property(&self, property: Property) -> Result<Option<String>, StoreError> {
        match self {
            Store::Sqlite(book) => book.0.property(property.name()),
            Store::Postgres(book) => book.0.property(property.name()).await,
        }
    }

    /// Says what the book is, unless that was said before; gives what was said first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_property(&self, property: Property, value: &str) -> Result<Option<String>, OpenError> {
        match self {
            Store::Sqlite(book) => book.0.keep_property(property.name(), value)?,
            Store::Postgres(book) => book.0.keep_property(property.name(), value).await?,
        }
        Ok(self.property(property).await?)
    }

    /// What `check` reads.
    pub fn checker(&self) -> Arc<dyn CheckStore> {
        match self {
            Store::Sqlite(book) => Arc::new(SqliteCheck(Arc::clone(&book.0))),
            Store::Postgres(book) => Arc::new(PostgresCheck(Arc::clone(&book.0))),
        }
    }

    /// Writes everything into a new SQLite file, as one commit left it, while the book is served.
    ///
    /// # Errors
    /// When the file exists already or cannot be written.
    pub async fn backup(&self, file: &Path) -> Result<(), OpenError> {
        match self {
            Store::Sqlite(book) => copy::backup_sqlite(book.0.path(), file).await,
            Store::Postgres(book) => copy::backup_postgres(&book.0, file).await,
        }
    }

    /// The same, for whoever does not own the book.
    pub fn backups(&self) -> Arc<dyn BackupStore> {
        Arc::new(match self {
            Store::Sqlite(book) => BookBackups::Sqlite(Arc::clone(&book.0)),
            Store::Postgres(book) => BookBackups::Postgres(Arc::clone(&book.0)),
        })
    }

    /// The settings on which durability rests, read back from the database by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn durability(&self) -> Result<Vec<(String, String)>, StoreError> {
        match self {
            Store::Sqlite(book) => book.0.durability(),
            Store::Postgres(book) => book.0.durability().await,
        }
    }
}

/// Opens a book that other servers may be writing meanwhile. A migration takes hold of table after table, and so do they: when
/// each waits for the other, the database breaks one of them off. They decide again, and so must this.
async fn open_postgres(config: &Config, lanes: usize) -> Result<PostgresStore, OpenError> {
    let mut round = 1;
    loop {
        match PostgresStore::open(config, lanes).await {
            Err(OpenError::Store(StoreError::TryAgain(why))) if round < ROUNDS => {
                tracing::warn!(
                    round,
                    why,
                    "the book could not be migrated while others write, and is tried again"
                );
                round += 1;
            }
            opened => return opened,
        }
    }
}
