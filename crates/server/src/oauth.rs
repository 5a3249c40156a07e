//! Clients with a token: who may ask for one, and who stands behind a request that carries one.
//! Shared by the doors whose contracts use OAuth 2.0 client credentials.
//!
//! A token names its client and is otherwise random. Kept is only its SHA-256 together with that of
//! the client's secret, so a new secret makes every earlier token unknown. What the catalog says
//! about the client counts at each request; only found tokens are remembered.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};
use loam_app::error::StoreError;
use loam_app::ports::AccessToken;
use loam_app::reading::Now;
use loam_book::actor::Actor;
use loam_book::ids::Key;
use loam_book::partner::ApiClient;

use crate::Services;
use crate::auth::hash_api_key;
use crate::idempotency::{hex, sha256_hex};

mod endpoint;
mod limits;

pub(crate) use endpoint::{openapi, router};
pub(crate) use limits::{Allowance, TooMany};

/// How long a token is worth something.
const LIFE: SignedDuration = SignedDuration::from_secs(3_600);
/// How many found tokens are remembered.
const MOST_KNOWN: usize = 10_000;
/// Hexadecimal digits of a key, with which a token begins.
const KEY_DIGITS: usize = 32;

/// Who stands behind a token.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    pub(crate) client: Arc<ApiClient>,
    pub(crate) actor: Arc<Actor>,
}

/// Why a request with or without a token is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denied {
    /// No token, or one that is unknown, expired or revoked. Callers are not told which.
    Unauthenticated,
    Store(StoreError),
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Denied {
        Denied::Store(error)
    }
}

/// What is remembered of tokens and of how often their clients ask. One for a process.
#[derive(Debug, Default)]
pub struct Bearers {
    /// By the hash that is kept.
    known: RwLock<HashMap<String, Known>>,
    limits: limits::Limits,
}

/// A found token.
#[derive(Debug, Clone, Copy)]
struct Known {
    client: Key,
    issued_at: Timestamp,
    expires_at: Timestamp,
}

/// The client behind the token in the `Authorization` header. `now` is the live book, which has the
/// credentials of both realms.
///
/// # Errors
/// [`Denied`] says why nobody stands behind it.
pub(crate) async fn bearer(services: &Services, headers: &HeaderMap, now: &Now) -> Result<Bearer, Denied> {
    let token = token_of(headers).ok_or(Denied::Unauthenticated)?;
    let key: Key = token.get(..KEY_DIGITS).and_then(|key| key.parse().ok()).ok_or(Denied::Unauthenticated)?;
    let client = now.catalog.api_clients.by_key(key).ok_or(Denied::Unauthenticated)?;
    let known = services.bearers.find(services, &hash(client, token)).await?;
    let counts = |known: &Known| {
        known.client == client.key
            && known.issued_at >= client.tokens_valid_from
            && known.expires_at > services.clock.now()
    };
    if !client.is_active || !known.as_ref().is_some_and(counts) {
        return Err(Denied::Unauthenticated);
    }
    Ok(Bearer { client: Arc::clone(client), actor: Arc::new(client.to_actor()) })
}

/// Counts a request of the client; none when the client has no limit.
///
/// # Errors
/// When the client asked too often.
pub(crate) fn allow(services: &Services, client: &ApiClient) -> Result<Option<Allowance>, TooMany> {
    services.bearers.limits.count(client, services.clock.now())
}

/// A new secret and the form in which it is kept.
pub(crate) fn new_secret(services: &Services) -> (String, String) {
    let secret = random_hex(services);
    let hash = hash_api_key(&secret);
    (secret, hash)
}

/// A new `client_id`: a random UUID.
pub(crate) fn new_client_id(services: &Services) -> String {
    uuid::Builder::from_random_bytes(services.desk.draw_bytes()).into_uuid().to_string()
}

/// Gives out a token of the client. `asked_at` is from before the client was read, so that what
/// happened to the client meanwhile counts against the token.
async fn issue(services: &Services, client: &ApiClient, asked_at: Timestamp) -> Result<String, StoreError> {
    let token = format!("{}{}", client.key, random_hex(services));
    let expires_at = asked_at.checked_add(LIFE).unwrap_or(asked_at);
    let kept =
        AccessToken { hash: hash(client, &token), client: client.key, issued_at: asked_at, expires_at };
    services.tokens.put(&kept, asked_at).await?;
    Ok(token)
}

/// 256 random bits, hexadecimal.
fn random_hex(services: &Services) -> String {
    hex(&services.desk.draw_bytes::<32>())
}

fn hash(client: &ApiClient, token: &str) -> String {
    sha256_hex(&[client.secret_hash.as_bytes(), token.as_bytes()])
}

fn token_of(headers: &HeaderMap) -> Option<&str> {
    let sent = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = sent.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl Bearers {
    async fn find(&self, services: &Services, hash: &str) -> Result<Option<Known>, StoreError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(hash).copied();
        if known.is_some() {
            return Ok(known);
        }
        let found = services.tokens.find(hash).await?;
        let found = found.map(|token| Known {
            client: token.client,
            issued_at: token.issued_at,
            expires_at: token.expires_at,
        });
        if let Some(found) = found {
            self.remember(hash, found, services.clock.now());
        }
        Ok(found)
    }

    fn remember(&self, hash: &str, found: Known, now: Timestamp) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.retain(|_, token| token.expires_at > now);
        }
        if known.len() >= MOST_KNOWN {
            // One reading of the database for each of them: cheaper than looking for the right one to forget.
            known.clear();
        }
        known.insert(hash.to_owned(), found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_token_stands_behind_the_word_bearer() {
        let sent = |value| HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]);
        assert_eq!(token_of(&sent("Bearer abc")), Some("abc"));
        assert_eq!(token_of(&sent("bearer  abc ")), Some("abc"));
        for other in ["Basic abc", "Bearer", "abc", ""] {
            assert_eq!(token_of(&sent(other)), None, "{other}");
        }
        assert_eq!(token_of(&HeaderMap::new()), None);
    }
}
