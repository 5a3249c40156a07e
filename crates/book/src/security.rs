//! What the organization asks of those who come in: from where, how often they may fail, and which
//! work takes two.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::loan::refusal::AccessRefusal;

/// The organization's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Security {
    /// Whether somebody else than the approver must pay a loan out.
    pub approval_needs_another: bool,
    /// Networks from which calls are taken; empty: from anywhere.
    pub networks: Vec<String>,
    /// After so many failures in a row nobody signs in under that name for a while; 0: without end.
    pub failures_until_locked: u32,
    /// For how long, in minutes.
    pub locked_minutes: u32,
}

impl Default for Security {
    fn default() -> Security {
        Security {
            approval_needs_another: false,
            networks: Vec::new(),
            failures_until_locked: 10,
            locked_minutes: 15,
        }
    }
}

/// The most networks that one list may name.
const MOST_NETWORKS: usize = 1_000;

/// Refuses a list of networks that cannot be read.
///
/// # Errors
/// `NoNetwork` with the first that is none.
pub fn check_networks(networks: &[String]) -> Result<(), AccessRefusal> {
    if networks.len() > MOST_NETWORKS {
        return Err(AccessRefusal::NoNetwork { value: format!("{} networks", networks.len()) });
    }
    let unreadable = networks.iter().find(|text| network(text).is_none());
    unreadable.map_or(Ok(()), |value| Err(AccessRefusal::NoNetwork { value: value.clone() }))
}

/// Whether an address is in one of the networks; in none of an empty list, and then it does not matter.
pub fn is_let_in(address: IpAddr, networks: &[String]) -> bool {
    let address = address.to_canonical();
    networks.is_empty() || networks.iter().filter_map(|text| network(text)).any(|net| net.contains(&address))
}

/// A network, or one address as a network of its own.
pub fn network(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse::<IpNet>().ok().or_else(address)
}

/// Failures to sign in under one name, or from one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// In a row, none of them long after the one before.
    pub count: u32,
    pub last_at: Timestamp,
}

/// How an attempt stands before its password is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    Open,
    /// Too soon after the last failures.
    TooSoon {
        until: Timestamp,
    },
    Locked {
        until: Timestamp,
    },
}

/// Failures older than this count no more.
pub const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// The longest that an attempt has to wait after the last one.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// So many failures cost nothing: people mistype.
const FREE_UNDER_NAME: u32 = 5;
/// Many people may stand behind one address.
const FREE_FROM_ADDRESS: u32 = 20;

impl Security {
    /// How an attempt under a name stands at `now`.
    pub fn attempt_under_name(&self, failures: Option<Failures>, now: Timestamp) -> Attempt {
        let Some(failures) = counted(failures, now) else { return Attempt::Open };
        if self.failures_until_locked > 0 && failures.count >= self.failures_until_locked {
            let minutes = SignedDuration::from_mins(i64::from(self.locked_minutes));
            let until = after(failures.last_at, minutes);
            return if now < until { Attempt::Locked { until } } else { Attempt::Open };
        }
        waiting(failures, FREE_UNDER_NAME, now)
    }

    /// How an attempt from an address stands at `now`: it is slowed and never locked.
    pub fn attempt_from_address(&self, failures: Option<Failures>, now: Timestamp) -> Attempt {
        counted(failures, now).map_or(Attempt::Open, |failures| waiting(failures, FREE_FROM_ADDRESS, now))
    }

    /// How one more failure at `now` is counted.
    pub fn counting(&self, now: Timestamp) -> Counting {
        let before = |duration| now.checked_sub(duration).unwrap_or(Timestamp::MIN);
        let minutes = SignedDuration::from_mins(i64::from(self.locked_minutes));
        Counting {
            now,
            forgotten_until: before(FORGOTTEN_AFTER),
            full: if self.failures_until_locked == 0 { u32::MAX } else { self.failures_until_locked },
            lock_over_until: before(minutes),
        }
    }
}

/// How a failure is counted: from one again where those before are forgotten, or led to a lock that
/// is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counting {
    pub now: Timestamp,
    /// Of those whose last one is not after this, nothing counts.
    pub forgotten_until: Timestamp,
    /// So many led to a lock,
    pub full: u32,
    /// which is over where the last one is not after this.
    pub lock_over_until: Timestamp,
}

impl Counting {
    /// The number of failures after this one.
    pub fn after(&self, failures: Option<Failures>) -> u32 {
        let Some(failures) = failures else { return 1 };
        let is_forgotten = failures.last_at <= self.forgotten_until;
        let lock_is_over = failures.count >= self.full && failures.last_at <= self.lock_over_until;
        if is_forgotten || lock_is_over { 1 } else { failures.count.saturating_add(1) }
    }
}

fn counted(failures: Option<Failures>, now: Timestamp) -> Option<Failures> {
    failures.filter(|failures| now < after(failures.last_at, FORGOTTEN_AFTER))
}

/// One second after the first failure that costs, and twice as long after each further one.
fn waiting(failures: Failures, free: u32, now: Timestamp) -> Attempt {
    let costly = failures.count.saturating_sub(free);
    if costly == 0 {
        return Attempt::Open;
    }
    let doubled = SignedDuration::from_secs(1_i64 << (costly - 1).min(10));
    let until = after(failures.last_at, doubled.min(LONGEST_WAIT));
    if now < until { Attempt::TooSoon { until } } else { Attempt::Open }
}

fn after(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
