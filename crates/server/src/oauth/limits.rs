//! How often a client may ask: so many requests in a minute of the clock. Counted by each process
//! for itself and lost with it; a client without a limit is not counted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use loam_book::ids::Key;
use loam_book::partner::ApiClient;

const MINUTE: i64 = 60;

/// What a client with a limit has left in this minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
}

/// The client asked more often than its limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) limit: u32,
    /// Seconds until the next minute begins.
    pub(crate) retry_after: i64,
}

#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<Key, Window>>);

#[derive(Debug, Clone, Copy)]
struct Window {
    minute: i64,
    asked: u32,
}

impl Limits {
    pub(super) fn count(&self, client: &ApiClient, now: Timestamp) -> Result<Option<Allowance>, TooMany> {
        let Some(limit) = client.requests_per_minute else { return Ok(None) };
        let second = now.as_second();
        let minute = second.div_euclid(MINUTE);
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(client.key).or_insert(Window { minute, asked: 0 });
        if window.minute != minute {
            *window = Window { minute, asked: 0 };
        }
        if window.asked >= limit {
            return Err(TooMany { limit, retry_after: MINUTE - second.rem_euclid(MINUTE) });
        }
        window.asked += 1;
        Ok(Some(Allowance { limit, remaining: limit - window.asked }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loam_book::ids::Part;
    use loam_book::partner::Realm;

    fn client(requests_per_minute: Option<u32>) -> ApiClient {
        ApiClient {
            key: Key::entity(Part::new(0), 1, 1),
            id: "c".to_owned(),
            name: "c".to_owned(),
            organization: "o".to_owned(),
            realm: Realm::Live,
            scopes: Vec::new(),
            secret_hash: String::new(),
            requests_per_minute,
            is_active: true,
            tokens_valid_from: Timestamp::UNIX_EPOCH,
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_limit_counts_anew_with_each_minute() {
        let (limits, client) = (Limits::default(), client(Some(2)));
        let allowed = |remaining| Ok(Some(Allowance { limit: 2, remaining }));
        assert_eq!(limits.count(&client, second(60)), allowed(1));
        assert_eq!(limits.count(&client, second(61)), allowed(0));
        assert_eq!(limits.count(&client, second(75)), Err(TooMany { limit: 2, retry_after: 45 }));
        assert_eq!(limits.count(&client, second(120)), allowed(1));
    }

    #[test]
    fn a_client_without_a_limit_may_always_ask() {
        let limits = Limits::default();
        for _ in 0..1_000 {
            assert_eq!(limits.count(&client(None), second(0)), Ok(None));
        }
        let none = limits.count(&client(Some(0)), second(59));
        assert_eq!(none, Err(TooMany { limit: 0, retry_after: 1 }));
    }
}
