//! What can keep a book from being opened, copied or restored, each as one sentence for people.

use std::path::{Path, PathBuf};

use loam_app::error::StoreError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("{0:?} names no database: write sqlite:PATH or postgres://USER@HOST/DATABASE")]
    NotADatabase(String),
    #[error("the address of the PostgreSQL database cannot be read: {0}")]
    BadAddress(String),
    #[error("there is no book at {0}")]
    NoBook(String),
    #[error("{0} holds a book already")]
    BookExists(String),
    #[error("{0} is not empty; a book is restored into a new place only")]
    TargetNotEmpty(String),
    #[error("the file {0} exists already")]
    FileExists(PathBuf),
    #[error("{0} is not a book of Loam")]
    NotABook(String),
    #[error("the book at {0} is being filled, or its filling was broken off: drop it and fill another one")]
    NotWhole(String),
    #[error("the book {0} is in use by another process")]
    InUse(PathBuf),
    #[error("the book has schema version {book}, this binary knows up to {known}: it takes a later one")]
    NewerSchema { book: i64, known: i64 },
    #[error("the book has schema version {book}; open it once with this binary, which brings it to {known}")]
    OlderSchema { book: i64, known: i64 },
    #[error(
        "the database at {0} has no Citus, without which its tables stay on one machine; nothing was changed"
    )]
    NoCitus(String),
    #[error(
        "these tables are on one machine while others of the book are spread by Citus: {0}; call `loam distribute --apply`"
    )]
    PartlySpread(String),
    #[error("{0} is a file, which stays on one machine; a backup of it can be restored into PostgreSQL")]
    StaysInOneFile(String),
    #[error("{0} is no replica of the book")]
    NotAReplica(String),
    #[error("{0} is a file, of which there are no replicas")]
    NoReplicasOfFiles(String),
    #[error("PostgreSQL at {address} cannot be reached: {reason}")]
    Unreachable { address: String, reason: String },
    #[error("{}: {reason}", path.display())]
    File { path: PathBuf, reason: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OpenError {
    /// For callers who know only what a store may answer.
    pub(crate) fn into_store_error(self) -> StoreError {
        if let OpenError::Store(error) = self { error } else { StoreError::Database(self.to_string()) }
    }

    pub(crate) fn file(path: &Path, reason: &impl ToString) -> OpenError {
        OpenError::File { path: path.to_owned(), reason: reason.to_string() }
    }
}
