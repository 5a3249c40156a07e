//! Leases on parts of a book in a file. One process owns the file, so they are kept in its memory: none outlives it, and
//! to take one costs no commit.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use loam_app::ports::Lease;
use loam_book::ids::Part;

/// Who works where.
#[derive(Debug, Default)]
pub(crate) struct Leases(Mutex<HashMap<Part, Lease>>);

impl Leases {
    /// Takes the part, or keeps it longer, unless somebody else's lease runs.
    pub(super) fn claim(&self, lease: &Lease, now: Timestamp) -> bool {
        let mut leases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_held =
            leases.get(&lease.part).is_some_and(|held| held.worker != lease.worker && held.until > now);
        if !is_held {
            leases.insert(lease.part, lease.clone());
        }
        !is_held
    }

    /// A lease that ran out may be somebody else's by now; then there is nothing to give back.
    pub(super) fn release(&self, lease: &Lease) {
        let mut leases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if leases.get(&lease.part).is_some_and(|held| held.worker == lease.worker) {
            leases.remove(&lease.part);
        }
    }
}
