//! Where tokens are kept, and who signed in when. Neither is a part of the book's changes.

use async_trait::async_trait;
use jiff::Timestamp;
use loam_book::ids::Key;
use loam_book::security::{Counting, Failures};

use crate::error::StoreError;

/// A token of the token endpoint, of which only the hash is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// SHA-256, hexadecimal.
    pub hash: String,
    /// The client that it was given to.
    pub client: Key,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Where tokens are kept. They are no part of the book's changes: a lost one is asked for again.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Keeps a token, and forgets those that expired before `now`.
    async fn put(&self, token: &AccessToken, now: Timestamp) -> Result<(), StoreError>;
    async fn find(&self, hash: &str) -> Result<Option<AccessToken>, StoreError>;
}

/// Where it is kept who signed in when, and failures to do so are counted. Both are no part of the book's changes, and outlive the
/// process: a restart lets nobody try again.
#[async_trait]
pub trait SignInStore: Send + Sync {
    async fn failures(&self, subject: &str) -> Result<Option<Failures>, StoreError>;
    /// Counts one more, whoever else counts at the same time, and gives how many there are; forgets
    /// what is too old to count.
    async fn failed(&self, subject: &str, counting: &Counting) -> Result<u32, StoreError>;
    async fn forget(&self, subject: &str) -> Result<(), StoreError>;
    /// A user signed in.
    async fn signed_in(&self, user: Key, at: Timestamp) -> Result<(), StoreError>;
    /// When users last signed in, as far as they ever did.
    async fn last_sign_ins(&self, users: &[Key]) -> Result<Vec<(Key, Timestamp)>, StoreError>;
}
