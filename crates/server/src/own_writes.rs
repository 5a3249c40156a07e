//! Whoever wrote reads what it wrote: each credential is remembered with the position of its last write, and a replica
//! answers it only when it has come so far. What a request that may write reads, it reads from the book itself.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use loam_app::freshness::{Freshness, Position, reading};

use crate::Services;
use crate::auth::API_KEY;

/// The other header in which a key is sent.
const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// How many credentials are remembered one by one.
const MOST_REMEMBERED: usize = 10_000;

/// What each credential must see.
#[derive(Debug, Default)]
pub struct OwnWrites(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    positions: HashMap<u64, Position>,
    /// What those must see that are not remembered one by one.
    everybody: Position,
}

impl OwnWrites {
    fn of(&self, credential: u64) -> Position {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.positions.get(&credential).copied().unwrap_or(remembered.everybody)
    }

    fn note(&self, credential: u64, position: Position) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.positions.len() >= MOST_REMEMBERED {
            let last = remembered.positions.drain().map(|(_, position)| position).max();
            remembered.everybody = remembered.everybody.max(last.unwrap_or_default());
        }
        let noted = remembered.positions.entry(credential).or_default();
        *noted = position.max(*noted);
    }
}

/// Says how fresh must be what a request reads, and remembers who wrote.
pub(crate) async fn keep(
    State((services, own_writes)): State<(Services, Arc<OwnWrites>)>,
    request: Request,
    next: Next,
) -> Response {
    let store = services.reading.store();
    let Some(before) = store.written() else { return next.run(request).await };
    let credential = credential_of(request.headers());
    let only_reads = request.method() == Method::GET || request.method() == Method::HEAD;
    // Searches send what they look for in a body.
    let may_be_old = only_reads || request.uri().path().ends_with("/search");
    let wanted = if may_be_old { Freshness::From(own_writes.of(credential)) } else { Freshness::Latest };
    let response = reading(wanted, next.run(request)).await;
    if let Some(after) = store.written().filter(|after| !only_reads && *after > before) {
        own_writes.note(credential, after);
    }
    response
}

/// Tells credentials apart, by what is sent of them.
fn credential_of(headers: &HeaderMap) -> u64 {
    let mut hasher = DefaultHasher::new();
    for name in [header::AUTHORIZATION, API_KEY, X_API_KEY] {
        headers.get(name).map(|value| value.as_bytes()).hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_must_see_the_last_of_its_own_writes() {
        let own_writes = OwnWrites::default();
        assert_eq!(own_writes.of(1), Position(0));
        own_writes.note(1, Position(20));
        own_writes.note(1, Position(10));
        assert_eq!([own_writes.of(1), own_writes.of(2)], [Position(20), Position(0)]);
    }

    #[test]
    fn who_is_forgotten_must_see_more_and_never_less() {
        let own_writes = OwnWrites::default();
        let most = u64::try_from(MOST_REMEMBERED).expect("a small number");
        (1..=most + 1).for_each(|n| own_writes.note(n, Position(n)));
        assert_eq!(own_writes.of(1), Position(most));
        assert_eq!(own_writes.of(most + 1), Position(most + 1));
    }

    #[test]
    fn credentials_are_told_apart() {
        let of = |name: HeaderName, value: &'static str| {
            credential_of(&HeaderMap::from_iter([(name, value.parse().expect("a value"))]))
        };
        let [basic, key] = [of(header::AUTHORIZATION, "Basic YQ=="), of(API_KEY, "Basic YQ==")];
        assert_ne!(basic, key);
        assert_eq!(basic, of(header::AUTHORIZATION, "Basic YQ=="));
        assert_ne!(basic, credential_of(&HeaderMap::new()));
    }
}
