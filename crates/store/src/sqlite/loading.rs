//! How the lane finds the loans of a batch: by itself, or side by side where it would wait for the disk, or where they are many.

use loam_app::command::Address;
use loam_app::error::StoreError;
use rusqlite::Connection;

use super::{SqliteStore, loans};
use crate::rows::loan::StoredLoan;

/// Bytes of a page of the file.
const PAGE: u64 = 4096;
/// For how many batches loans are found side by side before it is seen again what the lane would wait for.
const BATCHES: u32 = 64;
/// So many loans are found side by side in any case: of what a batch takes, deciding and writing it is left to one thread.
const MANY: usize = 128;

/// What the lane remembers of the batches before.
///
/// On a book that no cache holds, each loan has the lane wait for the disk several times, one page after the other; threads that
/// wait beside each other take a tenth of that. Where the pages are in memory the lane is faster alone with a few loans: its own
/// page cache knows the upper levels of every table, and nobody has to be woken.
#[derive(Debug, Default)]
pub(super) struct Loading {
    /// How many batches are still found side by side.
    side_by_side: u32,
    /// What the lane had read from the disk when it turned to the batch before, and how many loans that had.
    before: Option<(u64, usize)>,
}

impl Loading {
    /// The loans, those of them that there are.
    pub(super) fn load(
        &mut self,
        store: &SqliteStore,
        connection: &Connection,
        asked: &[Address],
    ) -> Result<Vec<StoredLoan>, StoreError> {
        let select = |connection: &Connection, address: &Address| loans::select_loan(connection, *address);
        if self.is_side_by_side(asked.len()) {
            Ok(store.read_each(asked, loans::select_to_change)?.into_iter().flatten().collect())
        } else if asked.len() >= MANY {
            Ok(store.read_each(asked, select)?.into_iter().flatten().collect())
        } else {
            asked.iter().filter_map(|address| select(connection, address).transpose()).collect()
        }
    }

    fn is_side_by_side(&mut self, count: usize) -> bool {
        if self.side_by_side > 0 {
            self.side_by_side -= 1;
            self.before = None;
            return true;
        }
        let Some(read) = bytes_read() else { return false };
        let has_waited =
            self.before.is_some_and(|(before, count)| waited(read.saturating_sub(before), count));
        self.before = Some((read, count));
        self.side_by_side = if has_waited { BATCHES } else { 0 };
        has_waited
    }
}

/// Whether a batch had a page of each of its loans, or more, read from the disk.
fn waited(bytes: u64, loans: usize) -> bool {
    loans > 0 && bytes / PAGE >= u64::try_from(loans).unwrap_or(u64::MAX)
}

/// How much this thread has had read from the disk so far. `None` where the system does not tell: then the lane is alone.
fn bytes_read() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/thread-self/io").ok()?;
    told.lines().find_map(|line| line.strip_prefix("read_bytes: ")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_for_each_loan_is_waiting() {
        assert!(waited(10 * PAGE, 10));
        assert!(!waited(10 * PAGE - 1, 10));
        assert!(!waited(PAGE, 0), "what a batch without loans reads says nothing of loans");
    }

    #[test]
    fn it_is_seen_again_after_some_batches() {
        let mut loading = Loading { side_by_side: 2, before: Some((0, 1)) };
        assert!(loading.is_side_by_side(5));
        assert!(loading.is_side_by_side(5));
        assert!(!loading.is_side_by_side(5), "nothing was seen of the batches before");
    }
}
