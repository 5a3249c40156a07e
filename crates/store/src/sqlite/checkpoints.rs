//! Works the write-ahead log into the file, on a thread and a connection of its own: whoever commits does not wait for
//! it. SQLite would do it inside the commit that fills the log, which then takes as long as thousands of others.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{connect, failed};
use crate::error::OpenError;

/// Pages of the log that are worked into the file together: 40 MB. A page that changes often is written once for all its
/// changes, so fewer would be more to write; and whoever commits waits for the disk while it takes them in, so more would
/// be a longer wait.
const PAGES: i64 = 10_000;
/// So few pages may be left that the writer is held up while they are worked in, so that the log begins anew: 4 MB. More
/// are left where a reader looks at the book as it was long ago; then the log grows until the next time.
const FEW: i64 = 1_000;
/// How often what is left is looked at.
const ROUNDS: u32 = 8;
/// How long the writer waits at most for readers to let go of the log.
const PATIENCE: Duration = Duration::from_millis(10);

/// Whose turn it is to hold the right to write: the lane's, or that of the checkpoint that begins the log anew. SQLite alone would
/// let the lane look again after one, two, five and more milliseconds.
pub(super) type Turn = Arc<Mutex<()>>;

/// Works the log into the file until it is dropped.
#[derive(Debug)]
pub(super) struct Checkpoints {
    committed: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    pub(super) fn start(path: &Path, turn: Turn) -> Result<Checkpoints, OpenError> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        let file = File::open(path).map_err(|error| OpenError::file(path, &error))?;
        let log = Log { connection, file: ManuallyDrop::new(file), turn };
        let (committed, commits) = sync_channel(1);
        let thread =
            std::thread::Builder::new().name("checkpoints".to_owned()).spawn(move || work(&log, &commits));
        let thread = thread.map_err(|error| OpenError::file(path, &error))?;
        Ok(Checkpoints { committed: Some(committed), thread: Some(thread) })
    }

    /// Something was committed.
    pub(super) fn look(&self) {
        if let Some(committed) = &self.committed {
            // Where the last word was not heard yet, this one adds nothing.
            let _heard = committed.try_send(());
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.committed = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that works the log into the file ended by a panic");
        }
    }
}

/// The log and the file that takes it in.
struct Log {
    connection: Connection,
    /// Never closed: a process that closes a file gives up all its locks on it, and SQLite's are on this one.
    file: ManuallyDrop<File>,
    turn: Turn,
}

fn work(log: &Log, commits: &Receiver<()>) {
    let mut next = PAGES;
    while commits.recv().is_ok() {
        match log.work_in(next) {
            Ok(left) => next = left.map_or(next, |left| left + PAGES),
            // Somebody has the file alone: a book that is being filled has no such log.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            Err(error) => tracing::warn!(%error, "the write-ahead log was not worked into the file"),
        }
    }
}

impl Log {
    /// Works the log into the file if it has so many pages that are not in it; gives how many are left over.
    fn work_in(&self, from: i64) -> rusqlite::Result<Option<i64>> {
        if self.pages_left("noop")? < from {
            return Ok(None);
        }
        let mut left = self.pages_left("passive")?;
        for _ in 1..ROUNDS {
            // What the file took in goes to the disk while others write: beginning the log anew waits for that, and
            // the writer with it.
            if let Err(error) = self.file.sync_data() {
                tracing::warn!(%error, "what the file took in did not go to the disk yet");
            }
            if self.pages_left("noop")? <= FEW {
                let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
                // A large batch may have come before the turn.
                if self.pages_left("noop")? <= FEW {
                    return Ok(Some(self.pages_left("restart")?));
                }
            }
            // What is written meanwhile is left over; each time that is less.
            left = self.pages_left("passive")?;
        }
        Ok(Some(left))
    }

    /// Takes one step and gives how many pages of the log are not in the file after it.
    fn pages_left(&self, mode: &str) -> rusqlite::Result<i64> {
        let sql = format!("pragma wal_checkpoint({mode})");
        self.connection.query_row(&sql, [], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))
    }
}
