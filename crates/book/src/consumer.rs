//! API consumers: programs that call with a key of their own. A consumer may have several keys, so
//! that one can be put in the place of another while calls go on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::catalog::Catalog;
use crate::ids::Key;
use crate::loan::refusal::AccessRefusal;
use crate::rights::{Bounds, Limits, Reach, Rights, check_rights};
use crate::security::check_networks;

/// A program that calls, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiConsumer {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub notes: Option<String>,
    pub is_active: bool,
    /// Besides those of the role.
    pub rights: Rights,
    pub role: Option<Key>,
    pub branch: Option<Key>,
    /// Besides the own branch.
    pub managed_branches: Vec<Key>,
    pub limits: Limits,
    /// Networks from which it may call; empty: from anywhere.
    pub networks: Vec<String>,
    pub keys: Vec<ConsumerKey>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// A key of a consumer, of which only the hash is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumerKey {
    /// Names it for those who manage it, and opens nothing.
    pub id: Key,
    /// SHA-256, hexadecimal.
    pub hash: String,
    pub created_at: Timestamp,
    /// From when on it is worth nothing.
    pub expires_at: Option<Timestamp>,
}

impl ConsumerKey {
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// The most keys that a consumer may have; those that are over are forgotten first.
pub const MOST_KEYS: usize = 10;

impl ApiConsumer {
    /// What the consumer may do: the role's rights and the own ones together.
    pub fn rights(&self, catalog: &Catalog) -> Rights {
        let role = self.role.and_then(|role| catalog.roles.by_key(role));
        let rights = self.rights.clone();
        role.map_or_else(|| rights.clone(), |role| rights.clone().with(&role.rights))
    }

    /// The consumer as somebody who acts.
    pub fn to_actor(&self, catalog: &Catalog) -> Actor {
        let rights = self.rights(catalog);
        let reach = Reach {
            managed_branches: self.managed_branches.clone(),
            limits: self.limits.clone(),
            ..Reach::default()
        };
        Actor {
            user_key: self.key,
            username: self.id.clone(),
            is_administrator: rights.is_administrator,
            // A consumer is nobody's officer.
            only_own_clients: false,
            role: self.role,
            bounds: Bounds::of(&rights, self.branch, &reach),
            permissions: rights.permissions,
        }
    }

    /// Whether a key of this hash is one of its own and not over.
    pub fn has_good_key(&self, hash: &str, now: Timestamp) -> bool {
        self.keys.iter().any(|key| key.hash == hash && key.is_good(now))
    }

    /// The same with a new key beside those it has.
    #[must_use]
    pub fn with_key(mut self, key: ConsumerKey, now: Timestamp) -> ApiConsumer {
        self.keys.retain(|present| present.is_good(now));
        self.keys.push(key);
        self
    }

    /// The same with all its present keys ending at `end`, unless they end sooner.
    #[must_use]
    pub fn ending(mut self, end: Timestamp) -> ApiConsumer {
        for key in &mut self.keys {
            key.expires_at = Some(key.expires_at.map_or(end, |expires_at| expires_at.min(end)));
        }
        self
    }

    /// The same without one of its keys; none when it has no such key.
    #[must_use]
    pub fn without_key(mut self, id: Key) -> Option<ApiConsumer> {
        let count = self.keys.len();
        self.keys.retain(|key| key.id != id);
        (self.keys.len() < count).then_some(self)
    }

    /// Whether an actor may make the consumer what it is.
    ///
    /// # Errors
    /// What is wrong with its rights, its role, its branches, its networks or the number of its keys.
    pub fn check(&self, actor: &Actor, catalog: &Catalog) -> Result<(), AccessRefusal> {
        check_rights(&self.rights(catalog), actor)?;
        check_networks(&self.networks)?;
        if let Some(role) = self.role.filter(|role| catalog.roles.by_key(*role).is_none()) {
            return Err(AccessRefusal::UnknownRole { value: role.to_string() });
        }
        let branches = self.branch.iter().chain(&self.managed_branches);
        if let Some(branch) = branches.into_iter().find(|branch| catalog.branches.by_key(**branch).is_none())
        {
            return Err(AccessRefusal::UnknownManagedBranch { value: branch.to_string() });
        }
        if self.keys.len() > MOST_KEYS {
            return Err(AccessRefusal::TooManyKeys { most: MOST_KEYS });
        }
        self.limits.check_possible()
    }

    pub(crate) fn clear_secrets(&mut self) {
        for key in &mut self.keys {
            key.hash.clear();
        }
    }
}
