//! What can go wrong between a door and the store.

use loam_book::loan::refusal::Refusal;

use crate::changes::IdName;

/// What a store may answer instead of a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed a row since it was read: load and decide again.
    #[error("a row was changed meanwhile")]
    VersionConflict,
    /// These human ids are taken.
    #[error("taken ids: {0:?}")]
    Duplicate(Vec<IdName>),
    /// The database asked to try again (serialization, deadlock, busy).
    #[error("the database asked to try again: {0}")]
    TryAgain(String),
    #[error("the database failed: {0}")]
    Database(String),
    /// The answer to a commit was lost for good: the batch was written or it was not.
    #[error("it is not known whether the database wrote the changes: {0}")]
    OutcomeUnknown(String),
    /// What is stored cannot be read: not a caller's fault.
    #[error("a stored row cannot be read: {0}")]
    Unreadable(String),
}

/// What the desk may answer instead of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the account does not exist")]
    AccountNotFound,
    #[error("the client does not exist")]
    ClientNotFound,
    #[error("the group does not exist")]
    GroupNotFound,
    #[error("the application does not exist")]
    ApplicationNotFound,
    #[error("the fund transaction does not exist")]
    FundTransactionNotFound,
    #[error("the deposit account does not exist")]
    SavingsNotFound,
    #[error("the idempotency key was used with other content")]
    IdempotencyKeyReused,
    /// A rule of the book was found broken while deciding; the account takes no commands until
    /// somebody has looked at it.
    #[error("the account is quarantined")]
    Quarantined,
    #[error("an invariant was broken: {0}")]
    Broken(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The desk is closing; nothing was done.
    #[error("the service is stopping")]
    Stopping,
}
