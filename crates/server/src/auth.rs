//! Who calls: HTTP Basic with a password, or an API key in a header. Users come from the catalog.
//!
//! A password costs an argon2id verification, at most two of them at once; a verified credential is
//! then known for five minutes by a keyed hash. What a user may do is decided at the desk.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use axum::http::{HeaderMap, HeaderName, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use loam_app::ports::Clock;
use loam_book::actor::Actor;
use loam_book::catalog::Catalog;
use loam_book::organization::{User, UserState};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::idempotency::hex;

/// The header of an API key.
pub const API_KEY: HeaderName = HeaderName::from_static("apikey");
/// How long a verified credential is known.
const KNOWN_FOR: SignedDuration = SignedDuration::from_mins(5);
/// How many credentials are known at once.
const MOST_KNOWN: usize = 1_024;
/// How many passwords are verified at once; each costs tens of megabytes and milliseconds.
const VERIFICATIONS: usize = 2;

/// Why a caller is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// No credentials, or none that can be read.
    Unreadable,
    /// The user, the password or the key is wrong.
    Wrong,
    InactiveUser,
    NoApiAccess,
}

/// Knows who is let in.
pub struct Auth {
    /// Keys the cache, so that a dump of the process shows no hash that can be guessed at.
    secret: [u8; 32],
    clock: Arc<dyn Clock>,
    known: RwLock<HashMap<[u8; 32], Known>>,
    verifications: Semaphore,
}

/// A credential that was verified.
#[derive(Clone)]
struct Known {
    user: Arc<User>,
    actor: Arc<Actor>,
    catalog_version: i64,
    until: Timestamp,
}

/// A credential as it was sent.
enum Credential<'a> {
    Basic(&'a [u8]),
    ApiKey(&'a [u8]),
}

/// A password in the form in which it is kept: argon2id, PHC text. `salt` is random, 16 bytes.
///
/// # Errors
/// A salt shorter than 8 or longer than 48 bytes, or a password beyond what argon2 takes.
pub fn hash_password(password: &str, salt: &[u8]) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash = Argon2::default().hash_password_with_salt(password.as_bytes(), salt)?;
    Ok(hash.to_string())
}

/// An API key in the form in which it is kept: SHA-256, hexadecimal.
pub fn hash_api_key(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes()))
}

impl Auth {
    /// `secret` is random and made anew for each process.
    pub fn new(secret: [u8; 32], clock: Arc<dyn Clock>) -> Auth {
        Auth { secret, clock, known: RwLock::default(), verifications: Semaphore::new(VERIFICATIONS) }
    }

    /// The user behind a request.
    ///
    /// # Errors
    /// [`Denied`] says why the caller is not let in.
    pub async fn authenticate(&self, headers: &HeaderMap, catalog: &Catalog) -> Result<Arc<Actor>, Denied> {
        let credential = Credential::of(headers)?;
        let key = self.key(&credential);
        if let Some(actor) = self.recall(&key, catalog) {
            return Ok(actor);
        }
        let user = match credential {
            Credential::ApiKey(api_key) => user_of_key(api_key, catalog)?,
            Credential::Basic(encoded) => {
                let (username, password) = decode(encoded)?;
                let _slot = self.verifications.acquire().await.expect("the semaphore is never closed");
                // Many connections of one caller arrive together: the first verifies for all.
                if let Some(actor) = self.recall(&key, catalog) {
                    return Ok(actor);
                }
                verify(catalog.users.find(&username).cloned(), password).await?
            }
        };
        admit(&user)?;
        Ok(self.remember(key, user, catalog.version))
    }

    fn key(&self, credential: &Credential<'_>) -> [u8; 32] {
        let (scheme, sent) = match credential {
            Credential::Basic(sent) => (b'b', sent),
            Credential::ApiKey(sent) => (b'k', sent),
        };
        Sha256::new().chain_update(self.secret).chain_update([scheme]).chain_update(sent).finalize().into()
    }

    /// A credential that was verified a short while ago. One whose user was changed meanwhile is
    /// believed only while its hash and its rights stand.
    fn recall(&self, key: &[u8; 32], catalog: &Catalog) -> Option<Arc<Actor>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()?;
        if known.until <= self.clock.now() {
            return None;
        }
        if known.catalog_version == catalog.version {
            return Some(known.actor);
        }
        let user = catalog.users.by_key(known.user.key)?;
        let is_unchanged =
            user.password_hash == known.user.password_hash && user.api_key_hash == known.user.api_key_hash;
        if !is_unchanged || admit(user).is_err() {
            self.known.write().unwrap_or_else(PoisonError::into_inner).remove(key);
            return None;
        }
        let actor = Arc::new(user.to_actor());
        let renewed = Known {
            user: Arc::clone(user),
            actor: Arc::clone(&actor),
            catalog_version: catalog.version,
            ..known
        };
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(*key, renewed);
        Some(actor)
    }

    fn remember(&self, key: [u8; 32], user: Arc<User>, catalog_version: i64) -> Arc<Actor> {
        let actor = Arc::new(user.to_actor());
        let now = self.clock.now();
        let until = now.checked_add(KNOWN_FOR).unwrap_or(now);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.retain(|_, entry| entry.until > now);
        }
        if known.len() < MOST_KNOWN {
            known.insert(key, Known { user, actor: Arc::clone(&actor), catalog_version, until });
        }
        actor
    }
}

impl<'a> Credential<'a> {
    /// An API key goes before a password.
    fn of(headers: &'a HeaderMap) -> Result<Credential<'a>, Denied> {
        if let Some(key) = headers.get(&API_KEY) {
            return Ok(Credential::ApiKey(key.as_bytes()));
        }
        let sent = headers.get(header::AUTHORIZATION).ok_or(Denied::Unreadable)?.as_bytes();
        let (scheme, encoded) = sent.split_at_checked(6).ok_or(Denied::Unreadable)?;
        if !scheme.eq_ignore_ascii_case(b"basic ") {
            return Err(Denied::Unreadable);
        }
        Ok(Credential::Basic(encoded.trim_ascii()))
    }
}

/// User name and password of a request with HTTP Basic, unverified.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let sent = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, encoded) = sent.split_at_checked(6)?;
    scheme.eq_ignore_ascii_case(b"basic ").then(|| decode(encoded.trim_ascii()).ok()).flatten()
}

/// User name and password of a Basic credential.
fn decode(encoded: &[u8]) -> Result<(String, String), Denied> {
    let bytes = STANDARD
        .decode(encoded)
        .or_else(|_| STANDARD_NO_PAD.decode(encoded))
        .map_err(|_| Denied::Unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| Denied::Unreadable)?;
    let (username, password) = text.split_once(':').ok_or(Denied::Unreadable)?;
    Ok((username.to_owned(), password.to_owned()))
}

fn user_of_key(api_key: &[u8], catalog: &Catalog) -> Result<Arc<User>, Denied> {
    let hash = hex(&Sha256::digest(api_key));
    let user = catalog.users.iter().find(|user| user.api_key_hash.as_deref() == Some(hash.as_str()));
    user.cloned().ok_or(Denied::Wrong)
}

/// Verifies a password away from the threads that serve requests.
async fn verify(user: Option<Arc<User>>, password: String) -> Result<Arc<User>, Denied> {
    let verification = tokio::task::spawn_blocking(move || {
        let Some(hash) = user.as_ref().and_then(|user| user.password_hash.as_deref()) else {
            // The same work as for a user who exists: the time tells nothing about user names.
            let _unused = hash_password(&password, b"nobody has this salt");
            return None;
        };
        Argon2::default().verify_password(password.as_bytes(), hash).ok().and(user)
    });
    // A verification that panicked has not let anybody in.
    verification.await.ok().flatten().ok_or(Denied::Wrong)
}

fn admit(user: &User) -> Result<(), Denied> {
    match user.state {
        UserState::Active if user.has_api_access => Ok(()),
        UserState::Active => Err(Denied::NoApiAccess),
        UserState::Inactive | UserState::Locked => Err(Denied::InactiveUser),
    }
}

#[cfg(test)]
mod tests;
