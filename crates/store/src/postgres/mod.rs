//! The book in PostgreSQL. Each lane has a connection of its own; readers share a small pool.
//! Several servers may open one book.

mod applications;
mod beside;
mod calendar_work;
mod check;
mod clients;
mod custom_values;
mod deliveries;
mod deliveries_by_part;
mod distribute;
mod end_of_day;
mod evening;
pub(crate) mod filling;
mod groups;
mod holders;
mod journal;
mod leads;
mod ledger;
mod lines_of_credit;
mod loans;
mod log;
mod market;
mod papers;
mod pipeline;
mod properties;
mod read;
mod records;
mod registry;
mod replica;
mod replicated;
mod report;
mod reported_loans;
mod resolving;
mod rows;
mod savings;
mod schema;
mod shares;
mod sign_ins;
mod spread;
mod state;
mod subjects;
mod tokens;
mod transactions;
mod write;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use loam_app::error::StoreError;
use loam_app::freshness::Position;
use loam_app::ports::BookState;
use tokio_postgres::{Config, NoTls};

use self::resolving::Resolver;
use crate::error::OpenError;
use crate::remembered::RememberedState;
use crate::store::NewBook;
use crate::url::address;

pub(crate) use check::PostgresCheck;
pub(crate) use deliveries::PostgresDeliveries;
pub(crate) use distribute::distribute;
pub(crate) use end_of_day::PostgresEndOfDay;
pub(crate) use read::PostgresReader;
pub(crate) use replica::Replica;
pub(crate) use replicated::ReplicatedReader;
pub(crate) use rows::{Values, failed, transpose};
pub(crate) use schema::ensure_namespace;
pub(crate) use schema::{create_schema, has_tables, must_be_known};
pub(crate) use sign_ins::PostgresSignIns;
pub(crate) use tokens::PostgresTokens;
pub(crate) use write::PostgresLane;

/// For how long another server's change of the business date or of a record may go unseen by the
/// doors of this one. The desk always reads the database.
const RECOLLECTION: Duration = Duration::from_millis(100);
/// Connections of all readers together.
const READERS: usize = 8;
/// How long a connection may take to come up when the address names no other time.
const CONNECT: Duration = Duration::from_secs(5);
/// Every statement finds its rows by a key, so one plan is right for ever: planning each time would
/// cost more than executing, and a plan that was cached while the tables were small would go on
/// reading them whole until somebody analyzes them. Such a plan takes every range for the same share of its table, so
/// that a page of a large one looks worth helpers, and starting those took longer than reading it. Results never depend on it.
const READER_PLANS: &str = "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off \
                            -c max_parallel_workers_per_gather=0";
const LANE_PLANS: &str = "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off \
                          -c max_parallel_workers_per_gather=0 -c enable_hashjoin=off -c enable_mergejoin=off";

/// A book that is open.
pub(crate) struct PostgresStore {
    config: Config,
    readers: Pool,
    lanes: usize,
    /// The tables are spread by part, over machines or over partitions.
    is_spread: bool,
    /// Up to where lanes have committed, as far as anybody wants to know.
    written: AtomicU64,
    notes_positions: AtomicBool,
    /// Forgotten at each change of this server and every [`RECOLLECTION`] for those of others.
    state: Arc<RememberedState>,
    resolver: Resolver,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").field("address", &address(&self.config)).finish_non_exhaustive()
    }
}

impl PostgresStore {
    pub(crate) async fn exists(config: &Config) -> Result<bool, OpenError> {
        let client = connect(config, "").await?;
        Ok(schema::has_version_table(&client).await?)
    }

    /// Makes a new book.
    pub(crate) async fn create(config: &Config, book: &NewBook) -> Result<(), OpenError> {
        let mut client = connect(config, "").await?;
        if schema::has_version_table(&client).await? {
            return Err(OpenError::BookExists(address(config)));
        }
        schema::ensure_namespace(&client).await?;
        let tx = client.transaction().await.map_err(failed)?;
        create_schema(&tx).await?;
        state::insert_state(&tx, book).await?;
        records::insert_chart(&tx, book).await?;
        schema::keep_floor(&tx).await?;
        tx.commit().await.map_err(failed)?;
        Ok(())
    }

    /// Opens a book and brings its schema up to date.
    pub(crate) async fn open(config: &Config, lanes: usize) -> Result<PostgresStore, OpenError> {
        let mut client = existing(config).await?;
        schema::migrate(&mut client).await?;
        filling::must_be_whole(&client, &address(config)).await?;
        spread::must_be_all_or_nothing(&client).await?;
        loans::fill_searched(&client).await?;
        PostgresStore::new(config, lanes, spread::is_spread(&client).await?)
    }

    pub(crate) async fn open_for_reading(config: &Config) -> Result<PostgresStore, OpenError> {
        let client = existing(config).await?;
        schema::must_be_current(&client).await?;
        filling::must_be_whole(&client, &address(config)).await?;
        spread::must_be_all_or_nothing(&client).await?;
        PostgresStore::new(config, 0, spread::is_spread(&client).await?)
    }

    fn new(config: &Config, lanes: usize, is_spread: bool) -> Result<PostgresStore, OpenError> {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(with_plans(config, READER_PLANS), NoTls, recycling);
        let readers = Pool::builder(manager).max_size(READERS).runtime(Runtime::Tokio1).build();
        let readers = readers.map_err(|error| StoreError::Database(error.to_string()))?;
        let state = Arc::new(RememberedState::default());
        tokio::spawn(forget_regularly(Arc::downgrade(&state)));
        let (written, notes_positions) = (AtomicU64::new(0), AtomicBool::new(false));
        let config = config.clone();
        let resolver = Resolver::default();
        Ok(PostgresStore { config, readers, lanes, is_spread, written, notes_positions, state, resolver })
    }

    /// The state of the book as the doors see it.
    pub(crate) async fn state(&self) -> Result<BookState, StoreError> {
        match self.state.recall() {
            Ok(state) => Ok(state),
            Err(generation) => {
                let rows = pipeline::select(&*self.reader().await?, state::select_state()).await?;
                let state = state::read_state_row(&rows)?;
                self.state.remember(&state, generation);
                Ok(state)
            }
        }
    }

    pub(crate) fn remembered(&self) -> &RememberedState {
        &self.state
    }

    /// From now on lanes say up to where they have committed: somebody reads a replica.
    fn note_positions(&self) {
        self.notes_positions.store(true, Ordering::Release);
    }

    fn notes_positions(&self) -> bool {
        self.notes_positions.load(Ordering::Acquire)
    }

    fn note(&self, position: Position) {
        self.written.fetch_max(position.0, Ordering::AcqRel);
    }

    /// The same for a commit whose position did not come. Where it cannot be had, the book is out of reach, and for
    /// its last writer a replica may lack what was written last.
    async fn note_position_now(&self) {
        if !self.notes_positions() {
            return;
        }
        let position = match self.reader().await {
            Ok(client) => replica::position_now(&client).await,
            Err(error) => Err(error),
        };
        match position {
            Ok(position) => self.note(position),
            Err(error) => tracing::warn!(%error, "it is not known up to where was committed"),
        }
    }

    /// Up to where this process has committed.
    pub(crate) fn written(&self) -> Position {
        Position(self.written.load(Ordering::Acquire))
    }

    pub(crate) fn is_spread(&self) -> bool {
        self.is_spread
    }

    pub(crate) fn lanes(&self) -> usize {
        self.lanes
    }

    /// A connection of the pool.
    async fn reader(&self) -> Result<Object, StoreError> {
        self.readers.get().await.map_err(|error| {
            StoreError::Database(format!("no connection to PostgreSQL at {}: {error}", address(&self.config)))
        })
    }

    /// A connection for a lane, on the runtime of that lane.
    async fn lane(&self) -> Result<ClientWrapper, StoreError> {
        connect(&self.config, LANE_PLANS).await.map_err(OpenError::into_store_error)
    }

    pub(crate) async fn property(&self, name: &str) -> Result<Option<String>, StoreError> {
        properties::select_property(&*self.reader().await?, name).await
    }

    pub(crate) async fn keep_property(&self, name: &str, value: &str) -> Result<(), StoreError> {
        properties::insert_property(&*self.reader().await?, name, value).await
    }

    /// Whether this program still works with the book: a later one may have migrated it.
    pub(crate) async fn must_still_fit(&self) -> Result<(), OpenError> {
        schema::must_still_fit(&*self.reader().await?).await
    }

    /// The settings on which durability rests, as a lane's connection has them.
    pub(crate) async fn durability(&self) -> Result<Vec<(String, String)>, StoreError> {
        let client = self.lane().await?;
        let sql = "select current_setting('fsync'), current_setting('synchronous_commit'),
                          current_setting('full_page_writes')";
        let row = client.query_one(sql, &[]).await.map_err(failed)?;
        let names = ["fsync", "synchronous_commit", "full_page_writes"];
        Ok(names.into_iter().enumerate().map(|(at, name)| (name.to_owned(), row.get(at))).collect())
    }

    /// A connection outside the pool, for copying.
    pub(crate) async fn aside(&self) -> Result<ClientWrapper, OpenError> {
        connect(&self.config, "").await
    }
}

/// A connection to a database that holds a book.
async fn existing(config: &Config) -> Result<ClientWrapper, OpenError> {
    let client = connect(config, "").await?;
    if schema::has_version_table(&client).await? {
        Ok(client)
    } else {
        Err(OpenError::NoBook(format!("postgres://{}", address(config))))
    }
}

fn with_plans(config: &Config, plans: &str) -> Config {
    let mut config = config.clone();
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    let options = format!("{} {plans}", config.get_options().unwrap_or_default());
    if !options.trim().is_empty() {
        config.options(options.trim());
    }
    config
}

/// Connects; the connection is worked on by a task of the present runtime.
pub(crate) async fn connect(config: &Config, plans: &str) -> Result<ClientWrapper, OpenError> {
    let connecting = with_plans(config, plans).connect(NoTls).await;
    let (client, connection) = connecting.map_err(|error| OpenError::Unreachable {
        address: address(config),
        reason: std::error::Error::source(&error).map_or(error.to_string(), ToString::to_string),
    })?;
    let task = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "a connection to PostgreSQL was lost");
        }
    });
    Ok(ClientWrapper::new(client, task))
}

/// Lets other servers' changes be seen, as long as the store is open.
async fn forget_regularly(state: Weak<RememberedState>) {
    let mut regularly = tokio::time::interval(RECOLLECTION);
    loop {
        regularly.tick().await;
        let Some(state) = state.upgrade() else { return };
        state.forget();
    }
}
