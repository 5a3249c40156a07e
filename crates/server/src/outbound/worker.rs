//! The worker: takes what is new, claims what is due, and has as many deliveries under way as each listener has slots.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use loam_app::error::StoreError;
use loam_app::ports::Delivery;
use loam_app::reading::Now;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::partner::Realm;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use super::listeners::{listening, targets, webhooks};
use super::{LEASE, Outbound};

/// How many outbox rows are taken at once.
const ROWS: i64 = 500;
/// How many deliveries are under way at once: of all, of one listener, and of one that did not answer well last.
const AT_ONCE: usize = 64;
const SLOTS: usize = 8;
const SLOTS_IN_TROUBLE: usize = 1;
/// How long a worker that found nothing to do waits, and one that could not look.
const PAUSE: Duration = Duration::from_millis(250);
const LONG_PAUSE: Duration = Duration::from_secs(5);
/// How often it is counted how much there is to tell.
const COUNTING: SignedDuration = SignedDuration::from_secs(5);
/// A worker that starts tells again what fell due so many days before, for the time that nobody worked.
const LOOK_BACK: i32 = 7;

pub(super) struct Worker {
    outbound: Arc<Outbound>,
    stopping: watch::Receiver<bool>,
    /// Each says whether its listener may be told more.
    under_way: JoinSet<bool>,
    listeners: HashMap<Id, Key>,
    in_trouble: HashSet<Key>,
    /// The business date of the last round.
    seen: Option<Date>,
    counted_at: Option<Timestamp>,
}

impl Worker {
    pub(super) fn new(outbound: Arc<Outbound>, stopping: watch::Receiver<bool>) -> Worker {
        Worker {
            outbound,
            stopping,
            under_way: JoinSet::new(),
            listeners: HashMap::new(),
            in_trouble: HashSet::new(),
            seen: None,
            counted_at: None,
        }
    }

    pub(super) async fn run(mut self) {
        while !*self.stopping.borrow() {
            let pause = match AssertUnwindSafe(self.round()).catch_unwind().await {
                Ok(Ok(0)) => PAUSE,
                Ok(Ok(_)) => continue,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "what is to be told could not be read; it is tried again");
                    LONG_PAUSE
                }
                Err(_) => {
                    tracing::error!("looking for what is to be told ended by a panic; it is tried again");
                    LONG_PAUSE
                }
            };
            self.wait(pause).await;
        }
        while let Some(ended) = self.under_way.join_next_with_id().await {
            self.end(ended);
        }
    }

    /// Waits until a delivery ends, there may be something new, or the server stops.
    async fn wait(&mut self, pause: Duration) {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            Some(ended) = self.under_way.join_next_with_id() => self.end(ended),
            () = tokio::time::sleep(pause) => {}
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    }

    fn end(&mut self, ended: Result<(Id, bool), JoinError>) {
        let (id, is_well) = ended.unwrap_or_else(|error| (error.id(), false));
        let Some(listener) = self.listeners.remove(&id) else { return };
        if is_well {
            self.in_trouble.remove(&listener);
        } else {
            self.in_trouble.insert(listener);
        }
    }

    /// Takes outbox rows and begins to tell what is due. Gives how much there was to do.
    async fn round(&mut self) -> Result<usize, StoreError> {
        while let Some(ended) = self.under_way.try_join_next_with_id() {
            self.end(ended);
        }
        let outbound = Arc::clone(&self.outbound);
        let (realm, deliveries) = (outbound.realm, &outbound.book.deliveries);
        let Now { state, catalog } = outbound.catalog.reading.now().await?;
        let now = outbound.book.clock.now();
        let (targets, webhooks) = (targets(&catalog, realm), webhooks(&catalog, realm));
        if targets.is_empty() && webhooks.is_empty() {
            // Nobody is to be told: the outbox waits for the first who is.
            return Ok(0);
        }
        let taken = deliveries.fan_out(&targets, &webhooks, now, ROWS).await?;
        self.raise_due(&targets, state.business_date, now).await?;
        let due = self.claim(&catalog, now).await?;
        let count = due.len() + usize::try_from(taken).unwrap_or(0);
        due.into_iter().for_each(|delivery| self.begin(delivery, &catalog));
        self.observe(now).await?;
        Ok(count)
    }

    /// Only as many as can begin at once, so that none waits while its lease runs.
    async fn claim(&self, catalog: &Catalog, now: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        let mut busy: HashMap<Key, usize> = HashMap::new();
        self.listeners.values().for_each(|listener| *busy.entry(*listener).or_default() += 1);
        let slots = listening(catalog, self.outbound.realm).into_iter().map(|listener| {
            let most = if self.in_trouble.contains(&listener) { SLOTS_IN_TROUBLE } else { SLOTS };
            (listener, number(most.saturating_sub(busy.get(&listener).copied().unwrap_or(0))))
        });
        let slots: Vec<_> = slots.filter(|(_, slots)| *slots > 0).collect();
        let limit = AT_ONCE.saturating_sub(self.listeners.len());
        if slots.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let lease = now.checked_add(LEASE).unwrap_or(now);
        self.outbound.book.deliveries.claim(&slots, now, lease, number(limit)).await
    }

    fn begin(&mut self, delivery: Delivery, catalog: &Arc<Catalog>) {
        let (outbound, catalog) = (Arc::clone(&self.outbound), Arc::clone(catalog));
        let (listener, stopping) = (delivery.target, self.stopping.clone());
        let telling = async move { outbound.deliver(delivery, &catalog, stopping).await };
        self.listeners.insert(self.under_way.spawn(telling).id(), listener);
    }

    /// When the business date moves, loans with an unpaid installment of the days that are over may stand otherwise
    /// without an entry in their logs.
    async fn raise_due(&mut self, targets: &[Key], today: Date, now: Timestamp) -> Result<(), StoreError> {
        let look_back = || today.saturating_sub(Span::new().days(LOOK_BACK));
        let seen = self.seen.unwrap_or_else(look_back);
        if seen < today && !targets.is_empty() {
            let raised = self.outbound.book.deliveries.raise_due(targets, seen, today, now).await?;
            tracing::debug!(raised, %today, "loans with installments that fell due are told again");
        }
        self.seen = Some(today);
        Ok(())
    }

    async fn observe(&mut self, now: Timestamp) -> Result<(), StoreError> {
        if self.counted_at.is_some_and(|at| now.duration_since(at) < COUNTING) {
            return Ok(());
        }
        self.counted_at = Some(now);
        let counts = self.outbound.book.deliveries.counts().await?;
        let book = match self.outbound.realm {
            Realm::Live => "live",
            Realm::Test => "test",
        };
        for (state, count) in [("waiting", counts.waiting), ("dead", counts.dead), ("unread", counts.unread)]
        {
            let gauge = metrics::gauge!("loam_deliveries", "book" => book, "state" => state);
            gauge.set(u32::try_from(count).unwrap_or(u32::MAX));
        }
        Ok(())
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).expect("it is small")
}
