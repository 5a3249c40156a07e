//! Who calls: HTTP Basic with a password, or an API key in a header. Users and API consumers come from
//! the catalog.
//!
//! A password costs an argon2id verification, at most two of them at once; a verified credential is
//! then known for five minutes by a keyed hash. Who fails is slowed and locked out for a while, by
//! name and by address. What a caller may do is decided at the desk.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use axum::http::{HeaderMap, HeaderName};
use jiff::{SignedDuration, Timestamp};
use loam_app::error::StoreError;
use loam_app::ports::{Clock, SignInStore};
use loam_book::actor::Actor;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::security::{Security, is_let_in};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::idempotency::hex;

pub use address::{Proxies, peer};
pub(crate) use credential::basic;
pub use failures::of_name as failures_of;

use credential::{Credential, decode};
use failures::Failed;
use identity::{Identity, verify};

mod address;
mod credential;
mod failures;
mod identity;

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
    /// By an administrator, or after too many failures.
    Locked,
    /// Too soon after the last failures.
    TooSoon,
    /// From an address that is not among those allowed.
    Address,
    /// Our own fault.
    Fault,
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Denied {
        tracing::error!(%error, "who signed in or failed to could not be read or written");
        Denied::Fault
    }
}

/// Knows who is let in.
pub struct Auth {
    /// Keys the cache, so that a dump of the process shows no hash that can be guessed at.
    secret: [u8; 32],
    clock: Arc<dyn Clock>,
    failed: Failed,
    proxies: Proxies,
    known: RwLock<HashMap<[u8; 32], Known>>,
    verifications: Semaphore,
}

/// A credential that was verified.
#[derive(Clone)]
struct Known {
    identity: Identity,
    actor: Arc<Actor>,
    catalog_version: i64,
    until: Timestamp,
}

/// What an attempt is made with, and on what.
struct Attempted<'a> {
    key: [u8; 32],
    address: Option<IpAddr>,
    catalog: &'a Catalog,
    security: &'a Security,
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
    pub fn new(
        secret: [u8; 32],
        clock: Arc<dyn Clock>,
        failures: Arc<dyn SignInStore>,
        proxies: Proxies,
    ) -> Auth {
        Auth {
            secret,
            clock,
            failed: Failed(failures),
            proxies,
            known: RwLock::default(),
            verifications: Semaphore::new(VERIFICATIONS),
        }
    }

    /// Who is behind a request that came from `peer`.
    ///
    /// # Errors
    /// [`Denied`] says why the caller is not let in.
    pub async fn authenticate(
        &self,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
        catalog: &Catalog,
    ) -> Result<Arc<Actor>, Denied> {
        let default = Security::default();
        let security = catalog.settings.as_deref().map_or(&default, |settings| &settings.security);
        let address = self.proxies.caller(headers, peer);
        let_in(address, &security.networks)?;
        let credential = Credential::of(headers)?;
        let attempted = Attempted { key: self.key(&credential), address, catalog, security };
        let known = match self.recall(&attempted.key, catalog) {
            Some(known) => known,
            None => self.meet(credential, &attempted).await?,
        };
        let_in(address, known.identity.networks())?;
        Ok(known.actor)
    }

    /// Whether a caller from `peer` would be let in with these networks.
    pub fn would_let_in(&self, headers: &HeaderMap, peer: Option<IpAddr>, networks: &[String]) -> bool {
        let_in(self.proxies.caller(headers, peer), networks).is_ok()
    }

    /// Forgets what failed under a name.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn unlock(&self, username: &str) -> Result<(), StoreError> {
        self.failed.forget(username).await
    }

    /// When users last signed in. A credential that is known still is not looked at anew, so this is
    /// true to some minutes.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn last_sign_ins(&self, users: &[Key]) -> Result<Vec<(Key, Timestamp)>, StoreError> {
        self.failed.0.last_sign_ins(users).await
    }

    fn key(&self, credential: &Credential<'_>) -> [u8; 32] {
        let (scheme, sent) = match credential {
            Credential::Basic(sent) => (b'b', sent),
            Credential::ApiKey(sent) => (b'k', sent),
        };
        Sha256::new().chain_update(self.secret).chain_update([scheme]).chain_update(sent).finalize().into()
    }

    /// Verifies a credential that is not known.
    async fn meet(&self, credential: Credential<'_>, attempted: &Attempted<'_>) -> Result<Known, Denied> {
        let identity = match credential {
            Credential::ApiKey(sent) => self.by_key(sent, attempted).await?,
            Credential::Basic(encoded) => {
                let (username, password) = decode(encoded)?;
                let _slot = self.verifications.acquire().await.expect("the semaphore is never closed");
                // Many connections of one caller arrive together: the first verifies for all.
                if let Some(known) = self.recall(&attempted.key, attempted.catalog) {
                    return Ok(known);
                }
                self.by_password(&username, password, attempted).await?
            }
        };
        identity.admit(attempted.catalog)?;
        if let Identity::User(user) = &identity {
            self.failed.0.signed_in(user.key, self.clock.now()).await?;
        }
        Ok(self.remember(attempted.key, identity, attempted.catalog))
    }

    /// A key is too long to be guessed: who sends wrong ones is slowed by the address alone.
    async fn by_key(&self, sent: &[u8], attempted: &Attempted<'_>) -> Result<Identity, Denied> {
        let now = self.clock.now();
        self.failed.check_address(attempted.address, attempted.security, now).await?;
        let found = Identity::of_key(&hex(&Sha256::digest(sent)), attempted.catalog, now);
        if found.is_none() {
            self.failed.count_address(attempted.address, attempted.security, now).await?;
        }
        found.ok_or(Denied::Wrong)
    }

    async fn by_password(
        &self,
        username: &str,
        password: String,
        attempted: &Attempted<'_>,
    ) -> Result<Identity, Denied> {
        let (security, address, now) = (attempted.security, attempted.address, self.clock.now());
        self.failed.check_address(address, security, now).await?;
        let user = attempted.catalog.users.find(username).cloned();
        // Whoever is found by the key has one count of failures, that of the name.
        let named = user.clone();
        let username = named.as_ref().map_or(username, |user| user.username.as_str());
        let had_failures = self.failed.check_name(username, security, now).await?;
        match verify(user, password).await {
            Some(user) => {
                if had_failures {
                    self.failed.forget(username).await?;
                }
                Ok(Identity::User(user))
            }
            None => {
                self.failed.count_address(address, security, now).await?;
                self.failed.count_name(username, security, now).await?;
                Err(Denied::Wrong)
            }
        }
    }

    /// A credential that was verified a short while ago. One whose user or consumer was changed
    /// meanwhile is believed only while its hash and its rights stand.
    fn recall(&self, key: &[u8; 32], catalog: &Catalog) -> Option<Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()?;
        let now = self.clock.now();
        if known.until <= now {
            return None;
        }
        if known.catalog_version == catalog.version && known.identity.is_good(now) {
            return Some(known);
        }
        let Some(identity) = known.identity.again(catalog, now).filter(|who| who.admit(catalog).is_ok())
        else {
            self.known.write().unwrap_or_else(PoisonError::into_inner).remove(key);
            return None;
        };
        let actor = Arc::new(identity.to_actor(catalog));
        let renewed = Known { identity, actor, catalog_version: catalog.version, until: known.until };
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(*key, renewed.clone());
        Some(renewed)
    }

    fn remember(&self, key: [u8; 32], identity: Identity, catalog: &Catalog) -> Known {
        let actor = Arc::new(identity.to_actor(catalog));
        let now = self.clock.now();
        let until = now.checked_add(KNOWN_FOR).unwrap_or(now);
        let new = Known { identity, actor, catalog_version: catalog.version, until };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.retain(|_, entry| entry.until > now);
        }
        if known.len() < MOST_KNOWN {
            known.insert(key, new.clone());
        }
        new
    }
}

/// Who comes from nobody knows where is let in only where everybody is.
fn let_in(address: Option<IpAddr>, networks: &[String]) -> Result<(), Denied> {
    let is_allowed = networks.is_empty() || address.is_some_and(|address| is_let_in(address, networks));
    if is_allowed { Ok(()) } else { Err(Denied::Address) }
}

#[cfg(test)]
mod tests;
