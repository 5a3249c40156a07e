//! The two databases of the loan book, SQLite and PostgreSQL, behind the ports of `loam-app`.
//!
//! Kept here: SQL, rows, migrations, locks. Not kept here: any decision about a loan.

mod cells;
mod copy;
pub mod distribution;
mod error;
pub mod filling;
mod filters;
#[cfg(feature = "later")]
pub mod later;
mod lists;
mod numbers;
pub mod plain;
mod postgres;
mod remembered;
mod rows;
pub mod schema;
mod search;
mod sqlite;
mod store;
mod url;

pub use copy::restore;
pub use error::OpenError;
pub use store::{NewBook, PostgresBook, Property, SqliteBook, Store};
pub use url::DatabaseUrl;
