//! The conformance suite: every test runs on SQLite and on PostgreSQL, each in a book of its own.
#![expect(clippy::unwrap_used, reason = "clippy knows only functions marked as tests; here all of it is one")]

#[macro_use]
mod macros;
mod applications;
mod book;
mod concurrency;
mod copying;
mod counting;
mod custom_values;
mod delivering;
mod durability;
mod ledger;
mod papers;
mod parties;
mod places;
mod postgres_only;
mod reading;
mod reported;
mod reporting;
mod samples;
mod savings;
mod sharding;
mod sign_ins;
mod tokens;
mod working;
mod writing;
