//! Failures to sign in, by name and by address. What is kept is a hash: a name that somebody tries is
//! often a password in the wrong field.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use loam_app::error::StoreError;
use loam_app::ports::SignInStore;
use loam_book::security::{Attempt, Counting, Security};

use super::Denied;
use crate::idempotency::sha256_hex;

/// Counts failures, and says who has to wait.
pub(super) struct Failed(pub(super) Arc<dyn SignInStore>);

impl Failed {
    /// Refuses a name that is locked or tried too soon; tells whether anything failed under it.
    pub(super) async fn check_name(
        &self,
        username: &str,
        security: &Security,
        now: Timestamp,
    ) -> Result<bool, Denied> {
        let failures = self.0.failures(&of_name(username)).await?;
        let_through(security.attempt_under_name(failures, now))?;
        Ok(failures.is_some())
    }

    /// Refuses an address from which it is tried too soon.
    pub(super) async fn check_address(
        &self,
        address: Option<IpAddr>,
        security: &Security,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let Some(address) = address else { return Ok(()) };
        let failures = self.0.failures(&of_address(address)).await?;
        let_through(security.attempt_from_address(failures, now))
    }

    pub(super) async fn count_name(
        &self,
        username: &str,
        security: &Security,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let counting = security.counting(now);
        let count = self.0.failed(&of_name(username), &counting).await?;
        if count >= counting.full {
            tracing::warn!(failures = count, "a name is locked after failures to sign in");
        }
        Ok(())
    }

    pub(super) async fn count_address(
        &self,
        address: Option<IpAddr>,
        security: &Security,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let Some(address) = address else { return Ok(()) };
        // An address is never locked.
        let counting = Counting { full: u32::MAX, ..security.counting(now) };
        self.0.failed(&of_address(address), &counting).await?;
        Ok(())
    }

    pub(super) async fn forget(&self, username: &str) -> Result<(), StoreError> {
        self.0.forget(&of_name(username)).await
    }
}

fn let_through(attempt: Attempt) -> Result<(), Denied> {
    match attempt {
        Attempt::Open => Ok(()),
        Attempt::TooSoon { .. } => Err(Denied::TooSoon),
        Attempt::Locked { .. } => Err(Denied::Locked),
    }
}

/// Under what failures of a name are kept.
pub fn of_name(username: &str) -> String {
    sha256_hex(&[b"name", username.as_bytes()])
}

fn of_address(address: IpAddr) -> String {
    sha256_hex(&[b"address", address.to_canonical().to_string().as_bytes()])
}
