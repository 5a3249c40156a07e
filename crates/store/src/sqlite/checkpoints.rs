//! Works the write-ahead log into the file, on a thread and a connection of its own: whoever commits does not wait for
//! it. SQLite would do it inside the commit that fills the log, which then takes as long as thousands of others.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{connect, failed};
use crate::error::OpenError;

/// Pages of the log that are worked into the file together: 160 MB. A page that changes often is written once for all
/// its changes, so fewer would be more to write.
const PAGES: i64 = 40_000;
/// How long the writer is held up at most, so that the log can begin anew. A reader of long ago prevents it; then the
/// log grows until the next time.
const PATIENCE: Duration = Duration::from_millis(50);

/// Works the log into the file until it is dropped.
#[derive(Debug)]
pub(super) struct Checkpoints {
    committed: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    pub(super) fn start(path: &Path) -> Result<Checkpoints, OpenError> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        let (committed, commits) = sync_channel(1);
        let work = move || work(&connection, &commits);
        let thread = std::thread::Builder::new().name("checkpoints".to_owned()).spawn(work);
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

fn work(connection: &Connection, commits: &Receiver<()>) {
    let mut next = PAGES;
    while commits.recv().is_ok() {
        match work_in(connection, next) {
            Ok(left) => next = left.map_or(next, |left| left + PAGES),
            Err(error) => tracing::warn!(%error, "the write-ahead log was not worked into the file"),
        }
    }
}

/// Works the log into the file if it has so many pages that are not in it; gives how many are left over.
fn work_in(connection: &Connection, from: i64) -> rusqlite::Result<Option<i64>> {
    if pages_left(connection, "noop")? < from {
        return Ok(None);
    }
    // What is written meanwhile is left over; the second time that is little, and the writer waits for no more.
    pages_left(connection, "passive")?;
    let mut left = pages_left(connection, "passive")?;
    if left > 0 {
        left = pages_left(connection, "restart")?;
    }
    Ok(Some(left))
}

/// Takes one step and gives how many pages of the log are not in the file after it.
fn pages_left(connection: &Connection, mode: &str) -> rusqlite::Result<i64> {
    let sql = format!("pragma wal_checkpoint({mode})");
    connection.query_row(&sql, [], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))
}
