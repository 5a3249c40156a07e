//! What others are told: serviced loans to targets, in the words of their contract, and reports to
//! the webhook of the business that made them.
//!
//! The outbox says that something changed, and one row for each account and target remembers up
//! to where it was told. A worker tells how the account stands now, so nothing is told out of order
//! and a target that was away for a while hears the newest first. At least once: whoever receives
//! may hear the same again and finds nothing new in it.

use std::sync::Arc;

use jiff::SignedDuration;
use loam_book::partner::Realm;
use tokio::sync::watch;

use crate::Services;

use self::performance::Tokens;
use self::post::Poster;
use self::worker::Worker;

mod listeners;
mod performance;
mod post;
mod repayment_data;
mod signature;
mod telling;
mod webhook;
mod worker;

/// For how long a delivery is this worker's: longer than its few requests take when each is waited for with full
/// patience. One that a killed server held is told by the next when this is over.
const LEASE: SignedDuration = SignedDuration::from_secs(45);

/// Tells targets and webhooks about one book.
pub struct Outbound {
    /// The book whose changes are told.
    book: Services,
    /// The book that knows the targets: itself, or the live one beside the book for tests.
    catalog: Services,
    realm: Realm,
    poster: Poster,
    tokens: Tokens,
}

impl Outbound {
    /// A worker for the live book, and for the book for tests if there is one.
    #[must_use]
    pub fn of(services: &Services) -> Vec<Outbound> {
        let live = Outbound::new(services.clone(), services.clone(), Realm::Live);
        let test = services.test.as_deref();
        let test = test.map(|test| Outbound::new(test.clone(), services.clone(), Realm::Test));
        [Some(live), test].into_iter().flatten().collect()
    }

    fn new(book: Services, catalog: Services, realm: Realm) -> Outbound {
        Outbound { book, catalog, realm, poster: Poster::new(), tokens: Tokens::default() }
    }

    /// Works until `stopping` says so; requests that are under way are finished, and no further are made.
    pub async fn run(self, stopping: watch::Receiver<bool>) {
        Worker::new(Arc::new(self), stopping).run().await;
    }
}
