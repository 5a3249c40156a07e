//! What others are told: serviced loans to targets, in the words of their contract, and reports to
//! the webhook of the business that made them.
//!
//! The outbox says that something changed, and one row for each account and target remembers up
//! to where it was told. A worker tells how the account stands now, so nothing is told out of order
//! and a target that was away for a while hears the newest first. At least once: whoever receives
//! may hear the same again and finds nothing new in it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use loam_app::error::StoreError;
use loam_app::ports::Delivery;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::partner::{AllowedNotification, Business, Realm, Target, TargetContract};
use tokio::sync::watch;

use crate::Services;

use self::performance::Tokens;
use self::post::{Failure, Poster};

mod performance;
mod post;
mod repayment_data;
mod signature;
mod webhook;

/// How many outbox rows are taken at once, and how many deliveries.
const ROWS: i64 = 500;
const DELIVERIES: i64 = 64;
/// How many are under way at once.
const AT_ONCE: usize = 8;
/// How long a worker that found nothing to do waits, and one that could not look.
const PAUSE: Duration = Duration::from_millis(250);
const LONG_PAUSE: Duration = Duration::from_secs(5);
/// For how long a delivery is this worker's: longer than its few requests take. One that a killed
/// server held is told by the next when this is over.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// The waits after failures: 1 s, doubled each time, at most an hour; then the delivery is given up.
const MOST_ATTEMPTS: i64 = 24;
const LONGEST_WAIT: i64 = 3_600;

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

/// Who is to be told.
enum Listener {
    Target(Arc<Target>),
    Webhook(Arc<Business>),
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

    /// Works until `stopping` says so; what is under way is finished.
    pub async fn run(self, mut stopping: watch::Receiver<bool>) {
        while !*stopping.borrow() {
            let pause = match self.round().await {
                Ok(0) => PAUSE,
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(%error, "what is to be told could not be read; it is tried again");
                    LONG_PAUSE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Takes outbox rows, then tells what is due. Gives how much there was to do.
    async fn round(&self) -> Result<usize, StoreError> {
        let catalog = self.catalog.reading.now().await?.catalog;
        let now = self.book.clock.now();
        let targets = self.targets(&catalog);
        let webhooks = self.webhooks(&catalog);
        if targets.is_empty() && webhooks.is_empty() {
            // Nobody listens: the outbox waits for the first who does.
            return Ok(0);
        }
        let taken = self.book.deliveries.fan_out(&targets, &webhooks, now, ROWS).await?;
        let lease = now.checked_add(LEASE).unwrap_or(now);
        let due = self.book.deliveries.claim(now, lease, DELIVERIES).await?;
        let count = due.len() + usize::try_from(taken).unwrap_or(0);
        let telling = stream::iter(due).map(|delivery| self.deliver(delivery, &catalog));
        telling.buffer_unordered(AT_ONCE).for_each(|()| std::future::ready(())).await;
        if count > 0 {
            self.observe().await?;
        }
        Ok(count)
    }

    /// Targets hear about the live book only: a book for tests has nothing to report.
    fn targets(&self, catalog: &Catalog) -> Vec<Key> {
        if self.realm == Realm::Test {
            return Vec::new();
        }
        catalog.targets.iter().filter(|target| target.is_active).map(|target| target.key).collect()
    }

    fn webhooks(&self, catalog: &Catalog) -> Vec<(String, Key)> {
        let wants = |business: &&Arc<Business>| {
            let is_allowed = match business.allowed_notification {
                AllowedNotification::All | AllowedNotification::Webhooks => true,
                AllowedNotification::None | AllowedNotification::Emails => false,
            };
            business.is_active && is_allowed && business.webhook(self.realm).is_some()
        };
        catalog.businesses.iter().filter(wants).map(|business| (business.id.clone(), business.key)).collect()
    }

    async fn deliver(&self, delivery: Delivery, catalog: &Catalog) {
        let listener = listener(delivery.target, catalog);
        let result = match &listener {
            None => Err(Failure::final_one("the target is no longer there")),
            Some(Listener::Target(target)) => self.tell_target(&delivery, target).await,
            Some(Listener::Webhook(business)) => self.tell_webhook(&delivery, business).await,
        };
        let now = self.book.clock.now();
        let outcome = if result.is_ok() { "delivered" } else { "failed" };
        metrics::counter!("loam_deliveries_total", "outcome" => outcome).increment(1);
        let kept = match result {
            Ok(seq) => self.book.deliveries.delivered(&delivery, seq, now).await,
            Err(failure) => {
                let next = failure.may_pass.then(|| next_attempt(delivery.attempts, now)).flatten();
                tracing::warn!(account = %delivery.account.key, target = %delivery.target, error = %failure.reason,
                    given_up = next.is_none(), "a delivery failed");
                self.book.deliveries.failed(&delivery, &failure.reason, next).await
            }
        };
        if let Err(error) = kept {
            // The lease ends, and it is told again.
            tracing::error!(%error, "what became of a delivery could not be kept");
        }
    }

    /// Tells a target how a serviced loan stands; gives the log entry up to which it was told.
    async fn tell_target(&self, delivery: &Delivery, target: &Target) -> Result<i64, Failure> {
        let Some(loan) = self.book.reading.serviced(delivery.account).await? else {
            // A deleted loan has nothing to tell.
            return Ok(delivery.wanted_seq);
        };
        match &target.contract {
            TargetContract::LoanPerformance { .. } => {
                performance::tell(self, target, &loan, delivery.sent_seq).await?;
            }
            TargetContract::RepaymentData { secret_key } => {
                let key = self.catalog.vault.open(secret_key)?;
                repayment_data::tell(&self.poster, (&target.url, &key), &loan).await?;
            }
        }
        Ok(loan.loan.version)
    }

    async fn tell_webhook(&self, delivery: &Delivery, business: &Business) -> Result<i64, Failure> {
        let Some(webhook) = business.webhook(self.realm) else { return Ok(delivery.wanted_seq) };
        let Some(loan) = self.book.reading.store().reported_loan(delivery.account).await? else {
            return Ok(delivery.wanted_seq);
        };
        let secret = self.catalog.vault.open(&webhook.secret)?;
        webhook::tell(self, (&webhook.url, &secret), business, &loan).await?;
        Ok(loan.version)
    }

    async fn observe(&self) -> Result<(), StoreError> {
        let counts = self.book.deliveries.counts().await?;
        let book = match self.realm {
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

fn listener(key: Key, catalog: &Catalog) -> Option<Listener> {
    let target = catalog.targets.by_key(key).filter(|target| target.is_active);
    let business = || catalog.businesses.by_key(key).filter(|business| business.is_active);
    target.cloned().map(Listener::Target).or_else(|| business().cloned().map(Listener::Webhook))
}

/// When to try again after so many failures; never when it is given up.
fn next_attempt(failed_before: i64, now: Timestamp) -> Option<Timestamp> {
    if failed_before + 1 >= MOST_ATTEMPTS {
        return None;
    }
    let doublings = u32::try_from(failed_before.clamp(0, 12)).expect("at most twelve");
    let wait = (1_i64 << doublings).min(LONGEST_WAIT);
    now.checked_add(SignedDuration::from_secs(wait)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_end() {
        let wait = |failed| {
            next_attempt(failed, Timestamp::UNIX_EPOCH)
                .map(|at| at.duration_since(Timestamp::UNIX_EPOCH).as_secs())
        };
        assert_eq!([wait(0), wait(1), wait(5)], [Some(1), Some(2), Some(32)]);
        assert_eq!([wait(11), wait(12), wait(22)], [Some(2_048), Some(3_600), Some(3_600)]);
        assert_eq!(wait(23), None);
    }
}
