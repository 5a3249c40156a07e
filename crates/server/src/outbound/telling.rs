//! One delivery: telling it, and keeping what became of it.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use loam_app::ports::Delivery;
use loam_book::catalog::Catalog;
use loam_book::partner::{Business, Target, TargetContract};
use tokio::sync::watch;

use super::listeners::Listener;
use super::post::{Errand, Failure, Outlook};
use super::{Outbound, performance, repayment_data, webhook};

/// The waits after failures: 1 s, doubled each time, at most an hour; then the delivery is given up.
const MOST_ATTEMPTS: i64 = 24;
const LONGEST_WAIT: i64 = 3_600;
/// How long a delivery waits whose listener stopped listening since it was claimed.
const ABSENCE: SignedDuration = SignedDuration::from_secs(1);

/// What became of telling.
enum Told {
    /// The listener knows the account up to this log entry.
    Through(i64),
    /// Nobody listens now.
    Nobody,
}

impl Outbound {
    /// Tells, and keeps what became of it; gives whether the listener may be told more.
    pub(super) async fn deliver(
        &self,
        delivery: Delivery,
        catalog: &Catalog,
        stopping: watch::Receiver<bool>,
    ) -> bool {
        let errand = Errand {
            poster: self.poster.clone(),
            clock: self.book.clock.clone(),
            until: delivery.claimed_until.unwrap_or_else(|| self.book.clock.now()),
            stopping,
        };
        let result = unless_it_panics(self.tell(&errand, &delivery, catalog)).await;
        let is_well = !matches!(&result, Err(failure) if failure.outlook != Outlook::Interrupted);
        self.keep(&delivery, result).await;
        is_well
    }

    async fn tell(&self, errand: &Errand, delivery: &Delivery, catalog: &Catalog) -> Result<Told, Failure> {
        let seq = match Listener::find(delivery.target, (catalog, self.realm)) {
            None => return Ok(Told::Nobody),
            Some(Listener::Target(target)) => self.tell_target(errand, delivery, &target).await?,
            Some(Listener::Webhook(business)) => self.tell_webhook(errand, delivery, &business).await?,
        };
        Ok(Told::Through(seq))
    }

    /// Tells a target how a serviced loan stands; gives the log entry up to which it was told.
    async fn tell_target(
        &self,
        errand: &Errand,
        delivery: &Delivery,
        target: &Target,
    ) -> Result<i64, Failure> {
        let Some(loan) = self.book.reading.serviced(delivery.account).await? else {
            // A deleted loan has nothing to tell.
            return Ok(delivery.wanted_seq);
        };
        match &target.contract {
            TargetContract::LoanPerformance { client_id, client_secret, management_system_id } => {
                let secret = self.catalog.vault.open(client_secret)?;
                let contact = performance::Contact {
                    errand,
                    tokens: &self.tokens,
                    target,
                    client_id,
                    secrets: (client_secret, &secret),
                    management_system_id: *management_system_id,
                };
                contact.tell(&loan, delivery.sent_seq).await?;
            }
            TargetContract::RepaymentData { secret_key } => {
                let key = self.catalog.vault.open(secret_key)?;
                repayment_data::tell(errand, (&target.url, &key), &loan).await?;
            }
        }
        Ok(loan.loan.version)
    }

    async fn tell_webhook(
        &self,
        errand: &Errand,
        delivery: &Delivery,
        business: &Business,
    ) -> Result<i64, Failure> {
        let Some(webhook) = business.webhook(self.realm) else { return Ok(delivery.wanted_seq) };
        let Some(loan) = self.book.reading.store().reported_loan(delivery.account).await? else {
            return Ok(delivery.wanted_seq);
        };
        let secret = self.catalog.vault.open(&webhook.secret)?;
        webhook::tell((self, errand), (&webhook.url, &secret), business, &loan).await?;
        Ok(loan.version)
    }

    async fn keep(&self, delivery: &Delivery, result: Result<Told, Failure>) {
        let (now, deliveries) = (self.book.clock.now(), &self.book.deliveries);
        let kept = match result {
            Ok(Told::Through(seq)) => {
                count("delivered");
                deliveries.delivered(delivery, seq, now).await
            }
            Ok(Told::Nobody) => deliveries.postponed(delivery, now.checked_add(ABSENCE).unwrap_or(now)).await,
            Err(failure) => match failure.outlook {
                Outlook::Interrupted => deliveries.postponed(delivery, now).await,
                Outlook::MayPass => {
                    self.keep_failure(delivery, &failure, next_attempt(delivery.attempts, now)).await
                }
                Outlook::Final => self.keep_failure(delivery, &failure, None).await,
            },
        };
        if let Err(error) = kept {
            // The lease ends, and it is told again.
            tracing::error!(%error, "what became of a delivery could not be kept");
        }
    }

    async fn keep_failure(
        &self,
        delivery: &Delivery,
        failure: &Failure,
        next: Option<Timestamp>,
    ) -> Result<(), loam_app::error::StoreError> {
        count("failed");
        tracing::warn!(account = %delivery.account.key, target = %delivery.target, error = %failure.reason,
            given_up = next.is_none(), "a delivery failed");
        self.book.deliveries.failed(delivery, &failure.reason, next).await
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("loam_deliveries_total", "outcome" => outcome).increment(1);
}

/// A loan that cannot be told harms no other: it is given up, and somebody sees it among the dead.
async fn unless_it_panics<T>(telling: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let told = AssertUnwindSafe(telling).catch_unwind().await;
    told.unwrap_or_else(|_| {
        Err(Failure::final_one("telling it ended by a panic; the server's log says more"))
    })
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

    #[tokio::test]
    async fn a_panic_is_a_failure_that_somebody_must_look_at() {
        let reached = |calm: bool| async move {
            assert!(calm, "a figure that nobody thought of");
            Ok(7)
        };
        assert_eq!(unless_it_panics(reached(true)).await.ok(), Some(7));
        let failure = unless_it_panics(reached(false)).await.expect_err("it panicked");
        assert_eq!(failure.outlook, Outlook::Final);
        assert!(failure.reason.contains("panic"), "{}", failure.reason);
    }
}
