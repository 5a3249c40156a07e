//! The book in a SQLite file. One process owns the file and one connection writes it; readers have
//! connections of their own and see the last commit.

mod applications;
mod aside;
mod backup;
mod beside;
mod calendar_work;
mod check;
mod checkpoints;
mod clients;
mod custom_values;
mod deliveries;
mod end_of_day;
mod evening;
mod filling;
mod groups;
mod holders;
mod journal;
mod leads;
mod leases;
mod ledger;
mod lines_of_credit;
mod loading;
mod loans;
mod log;
mod market;
mod papers;
mod properties;
mod read;
mod records;
mod registry;
mod report;
mod reported_loans;
mod rows;
mod savings;
mod schema;
mod shares;
mod sign_ins;
mod state;
mod subjects;
mod tokens;
mod transactions;
mod write;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use loam_app::error::StoreError;
use loam_app::ports::BookState;
use rayon_core::{ThreadPool, ThreadPoolBuilder};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::oneshot;

use crate::error::OpenError;
use crate::remembered::RememberedState;
use crate::store::NewBook;

use backup::write_new_file;
pub(crate) use backup::{begin_new_file, copy_file, finish_new_file, name_of, open_new_file};
pub(crate) use check::SqliteCheck;
use checkpoints::{Checkpoints, Turn};
pub(crate) use deliveries::SqliteDeliveries;
pub(crate) use end_of_day::SqliteEndOfDay;
pub(crate) use filling::SqliteFilling;
use leases::Leases;
pub(crate) use read::SqliteReader;
pub(crate) use rows::{failed, insert_all};
pub(crate) use schema::{create_schema, must_be_known};
pub(crate) use sign_ins::SqliteSignIns;
pub(crate) use tokens::SqliteTokens;
pub(crate) use write::SqliteLane;

/// Pages of the write-ahead log at which the writer works it into the file itself: where [`Checkpoints`] are behind.
const CHECKPOINT_PAGES: i64 = 200_000;
/// KiB of page cache of the writer and of each reader.
const WRITER_CACHE: i64 = 24_000;
const READER_CACHE: i64 = 2_000;
/// How many idle reader connections are kept.
const IDLE_READERS: usize = 8;
/// How many reads that may take long go on at once, each on a thread of its own. Each has a page cache and a sorter, and
/// more of them than a machine has cores and disks only hold each other up.
const READS_ASIDE: usize = 4;
/// How many threads look for the loans of a batch: they wait for the disk more than they work, and eight were no faster.
const LOADS: usize = 4;
/// So few things are not worth waking a thread.
const FEW_LOADS: usize = 4;
/// In about how many runs things are shared out among the threads.
const RUNS: usize = 4 * LOADS;
/// Statements kept prepared by a connection: all that this crate has.
const STATEMENTS: usize = 128;

/// A book that is open.
#[derive(Debug)]
pub(crate) struct SqliteStore {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    /// Few threads, always the same: what a thread has read once and others have freed stays with it.
    aside: ThreadPool,
    /// Which look for loans beside the lane.
    loading: ThreadPool,
    /// Trusted only by the owner of the file, whose lane is the only writer.
    state: RememberedState,
    leases: Leases,
    turn: Turn,
    /// Of one that only reads `None`, like the lock.
    checkpoints: Option<Checkpoints>,
    /// Held while this process owns the file. It is dropped last.
    lock: Option<File>,
}

impl SqliteStore {
    /// Makes a new book. Its file gets its name when it is whole: no crash leaves half a book.
    pub(crate) fn create(path: &Path, book: &NewBook) -> Result<(), OpenError> {
        if path.exists() {
            return Err(OpenError::BookExists(path.display().to_string()));
        }
        let _lock = lock(path)?;
        write_new_file(path, |connection| {
            let tx = connection.transaction().map_err(failed)?;
            create_schema(&tx)?;
            state::insert_state(&tx, book)?;
            records::insert_chart(&tx, book)?;
            schema::keep_floor(&tx)?;
            tx.commit().map_err(failed)?;
            Ok(())
        })
    }

    /// Opens a book as its owner and brings its schema up to date.
    pub(crate) fn open(path: &Path) -> Result<SqliteStore, OpenError> {
        must_exist(path)?;
        let lock = lock(path)?;
        let mut store = SqliteStore {
            path: path.to_owned(),
            readers: Mutex::default(),
            aside: reading_threads(path, ("reads", READS_ASIDE))?,
            loading: reading_threads(path, ("loads", LOADS))?,
            state: RememberedState::default(),
            leases: Leases::default(),
            turn: Turn::default(),
            checkpoints: None,
            lock: Some(lock),
        };
        let mut writer = store.writer()?;
        schema::migrate(&mut writer)?;
        loans::fill_searched(&mut writer)?;
        store.checkpoints = Some(Checkpoints::start(path, Arc::clone(&store.turn))?);
        Ok(store)
    }

    /// Opens a book for reading beside the process that owns it.
    pub(crate) fn open_for_reading(path: &Path) -> Result<SqliteStore, OpenError> {
        must_exist(path)?;
        schema::must_be_current(&connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)?;
        Ok(SqliteStore {
            path: path.to_owned(),
            readers: Mutex::default(),
            aside: reading_threads(path, ("reads", READS_ASIDE))?,
            loading: reading_threads(path, ("loads", 1))?,
            state: RememberedState::default(),
            leases: Leases::default(),
            turn: Turn::default(),
            checkpoints: None,
            lock: None,
        })
    }

    /// The state of the book, read again only after a change.
    pub(crate) fn state(&self) -> Result<BookState, StoreError> {
        match self.state.recall() {
            Ok(state) if self.lock.is_some() => Ok(state),
            Ok(_) => self.with_reader(state::select_state),
            Err(generation) => {
                let state = self.with_reader(state::select_state)?;
                self.state.remember(&state, generation);
                Ok(state)
            }
        }
    }

    /// Reads about many things, side by side where there are many; each sees the last commit. The answers are in their order.
    ///
    /// Whoever has read a run takes the next one, the asking thread like the others: how many of them are awake at once
    /// is for the system to say.
    pub(crate) fn read_each<T: Sync, R: Send>(
        &self,
        asked: &[T],
        read: impl Fn(&Connection, &T) -> Result<R, StoreError> + Sync,
    ) -> Result<Vec<R>, StoreError> {
        let runs: Vec<&[T]> = asked.chunks(asked.len().div_ceil(RUNS).max(FEW_LOADS)).collect();
        let next = AtomicUsize::new(0);
        let read_runs = || {
            self.with_reader(|connection| {
                let mut answers = Runs::new();
                while let (at, Some(run)) = next_of(&runs, &next) {
                    let of_run =
                        run.iter().map(|one| read(connection, one)).collect::<Result<Vec<R>, _>>()?;
                    answers.push((at, of_run));
                }
                Ok(answers)
            })
        };
        let mut others: Vec<Result<Runs<R>, StoreError>> = Vec::new();
        others.resize_with(runs.len().saturating_sub(1).min(LOADS), || Ok(Vec::new()));
        let own = self.loading.in_place_scope(|scope| {
            others.iter_mut().for_each(|answers| scope.spawn(|_| *answers = read_runs()));
            read_runs()
        });
        let mut answers = own?;
        for of_other in others {
            answers.extend(of_other?);
        }
        answers.sort_unstable_by_key(|(at, _)| *at);
        Ok(answers.into_iter().flat_map(|(_, of_run)| of_run).collect())
    }

    pub(crate) fn remembered(&self) -> &RememberedState {
        &self.state
    }

    /// Says that something was committed.
    pub(crate) fn committed(&self) {
        if let Some(checkpoints) = &self.checkpoints {
            checkpoints.look();
        }
    }

    /// Waits until the lane may write.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn leases(&self) -> &Leases {
        &self.leases
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A new connection for writing.
    pub(crate) fn writer(&self) -> Result<Connection, OpenError> {
        let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        set_up_writer(&connection).map_err(|error| schema::not_a_book_or_failed(&connection, error))?;
        Ok(connection)
    }

    /// Reads with a connection of its own, on a snapshot: what `read` sees belongs together.
    pub(crate) fn with_reader<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = match self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            Some(connection) => connection,
            None => self.reader()?,
        };
        let snapshot = connection.unchecked_transaction().map_err(failed)?;
        let result = read(&snapshot);
        snapshot.finish().map_err(failed)?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    fn reader(&self) -> Result<Connection, StoreError> {
        let open = || {
            let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            connection.pragma_update(None, "cache_size", -READER_CACHE).map_err(failed)?;
            Ok(connection)
        };
        open().map_err(OpenError::into_store_error)
    }

    /// The settings on which durability rests, as the writer's connection has them.
    pub(crate) fn property(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.with_reader(|connection| properties::select_property(connection, name))
    }

    /// Only while nothing is served yet: it writes beside the lane.
    pub(crate) fn keep_property(&self, name: &str, value: &str) -> Result<(), OpenError> {
        Ok(properties::insert_property(&self.writer()?, name, value)?)
    }

    pub(crate) fn durability(&self) -> Result<Vec<(String, String)>, StoreError> {
        let writer = self.writer().map_err(OpenError::into_store_error)?;
        let mode: String =
            writer.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(failed)?;
        let level: i64 = writer.pragma_query_value(None, "synchronous", |row| row.get(0)).map_err(failed)?;
        let level = ["off", "normal", "full", "extra"].get(usize::try_from(level).unwrap_or(usize::MAX));
        let level = level.copied().unwrap_or("unknown").to_owned();
        Ok(vec![("journal_mode".to_owned(), mode), ("synchronous".to_owned(), level)])
    }
}

/// Reads on one of few threads, in the order of asking: for what may take long. What nobody waits for any more when its
/// turn comes is not read.
pub(crate) async fn read_aside<T: Send + 'static>(
    store: &Arc<SqliteStore>,
    read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (reader, (answer, answered)) = (Arc::clone(store), oneshot::channel());
    store.aside.spawn_fifo(move || {
        if !answer.is_closed() {
            let _gone = answer.send(reader.with_reader(read));
        }
    });
    let broken = |_| Err(StoreError::Database("a read ended without an answer".to_owned()));
    answered.await.unwrap_or_else(broken)
}

/// Reads at once, on a thread where waiting harms nobody: for lists that others' payments or the end of a day wait for, page by page.
pub(crate) async fn read_soon<T: Send + 'static>(
    store: &Arc<SqliteStore>,
    read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let store = Arc::clone(store);
    let reading = tokio::task::spawn_blocking(move || store.with_reader(read));
    reading.await.map_err(|error| StoreError::Database(error.to_string()))?
}

/// Threads that outlive what panics on them.
fn reading_threads(path: &Path, (name, count): (&'static str, usize)) -> Result<ThreadPool, OpenError> {
    let threads = ThreadPoolBuilder::new().num_threads(count);
    let named = threads.thread_name(move |n| format!("{name}-{n}"));
    let silent = named.panic_handler(|_| tracing::error!("a read ended by a panic"));
    silent.build().map_err(|error| OpenError::file(path, &std::io::Error::other(error)))
}

/// What a thread has read, run by run, each with its place.
type Runs<R> = Vec<(usize, Vec<R>)>;

/// The run that nobody has taken yet, and its place; none when all are taken.
fn next_of<'r, T>(runs: &[&'r [T]], next: &AtomicUsize) -> (usize, Option<&'r [T]>) {
    let at = next.fetch_add(1, Ordering::Relaxed);
    (at, runs.get(at).copied())
}

fn must_exist(path: &Path) -> Result<(), OpenError> {
    if path.is_file() { Ok(()) } else { Err(OpenError::NoBook(path.display().to_string())) }
}

/// Owns the file until the lock is dropped, by a lock on a file beside it: one on the book itself
/// would be SQLite's own.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file = File::options().create(true).truncate(false).write(true).open(&name);
    let file = file.map_err(|error| OpenError::file(&name, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(OpenError::file(&name, &error)),
    }
}

/// A connection with what all of them need.
pub(crate) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, OpenError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags);
    let connection = connection.map_err(|error| OpenError::file(path, &error))?;
    let set_up = || {
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // A prepared plan stays, whatever is bound to it. Otherwise SQLite prepares the statements
        // that partial indexes might serve anew for each value: a quarter of the time of a read.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "foreign_keys", true)
    };
    set_up().map_err(failed)?;
    Ok(connection)
}

/// A connection that writes, with the durability of a book.
pub(crate) fn set_up_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT_PAGES, |_| Ok(()))?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE)
}
