//! Users and API consumers as those who call.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use jiff::Timestamp;
use loam_book::actor::Actor;
use loam_book::catalog::Catalog;
use loam_book::consumer::ApiConsumer;
use loam_book::organization::{User, UserState};

use super::{Denied, hash_password};

/// Whose credential it is.
#[derive(Clone)]
pub(super) enum Identity {
    User(Arc<User>),
    /// With the hash of the key that was sent.
    Consumer(Arc<ApiConsumer>, String),
}

impl Identity {
    /// The consumer or the user with an API key of this hash.
    pub(super) fn of_key(hash: &str, catalog: &Catalog, now: Timestamp) -> Option<Identity> {
        let has_key = |consumer: &&Arc<ApiConsumer>| consumer.has_good_key(hash, now);
        if let Some(consumer) = catalog.consumers.iter().find(has_key) {
            return Some(Identity::Consumer(Arc::clone(consumer), hash.to_owned()));
        }
        let user = catalog.users.iter().find(|user| user.api_key_hash.as_deref() == Some(hash));
        user.cloned().map(Identity::User)
    }

    /// The same in another catalog, if the credential still stands there.
    pub(super) fn again(&self, catalog: &Catalog, now: Timestamp) -> Option<Identity> {
        match self {
            Identity::User(before) => {
                let user = catalog.users.by_key(before.key)?;
                let is_unchanged =
                    user.password_hash == before.password_hash && user.api_key_hash == before.api_key_hash;
                is_unchanged.then(|| Identity::User(Arc::clone(user)))
            }
            Identity::Consumer(before, hash) => {
                let consumer = catalog.consumers.by_key(before.key)?;
                let has_key = consumer.has_good_key(hash, now);
                has_key.then(|| Identity::Consumer(Arc::clone(consumer), hash.clone()))
            }
        }
    }

    /// Whether the credential has not ended by itself.
    pub(super) fn is_good(&self, now: Timestamp) -> bool {
        match self {
            Identity::User(_) => true,
            Identity::Consumer(consumer, hash) => consumer.has_good_key(hash, now),
        }
    }

    pub(super) fn admit(&self, catalog: &Catalog) -> Result<(), Denied> {
        let may_call = match self {
            Identity::User(user) => match user.state {
                UserState::Active => user.rights(catalog).may_call(),
                UserState::Inactive => return Err(Denied::InactiveUser),
                UserState::Locked => return Err(Denied::Locked),
            },
            Identity::Consumer(consumer, _) if !consumer.is_active => return Err(Denied::InactiveUser),
            Identity::Consumer(consumer, _) => consumer.rights(catalog).may_call(),
        };
        if may_call { Ok(()) } else { Err(Denied::NoApiAccess) }
    }

    /// Networks from which the caller may come.
    pub(super) fn networks(&self) -> &[String] {
        match self {
            Identity::User(user) => &user.reach.networks,
            Identity::Consumer(consumer, _) => &consumer.networks,
        }
    }

    pub(super) fn to_actor(&self, catalog: &Catalog) -> Actor {
        match self {
            Identity::User(user) => user.to_actor(catalog),
            Identity::Consumer(consumer, _) => consumer.to_actor(catalog),
        }
    }
}

/// Verifies a password away from the threads that serve requests.
pub(super) async fn verify(user: Option<Arc<User>>, password: String) -> Option<Arc<User>> {
    let verification = tokio::task::spawn_blocking(move || {
        let Some(hash) = user.as_ref().and_then(|user| user.password_hash.as_deref()) else {
            // The same work as for a user who exists: the time tells nothing about user names.
            let _unused = hash_password(&password, b"nobody has this salt");
            return None;
        };
        Argon2::default().verify_password(password.as_bytes(), hash).ok().and(user)
    });
    // A verification that panicked has not let anybody in.
    verification.await.ok().flatten()
}
