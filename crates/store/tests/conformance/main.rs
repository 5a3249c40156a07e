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
mod damage;
mod damaged_keys;
mod delivering;
mod deposit_interest;
mod durability;
mod fan_out;
mod investing;
mod ledger;
mod lines_of_credit;
mod market;
mod named;
mod packing;
mod papers;
mod parties;
mod places;
mod postgres_only;
mod reading;
mod reported;
mod reporting;
mod reports;
mod samples;
mod savings;
mod searching;
mod sharding;
mod shares;
mod sign_ins;
mod standing_otherwise;
mod statements;
mod swapping;
mod tokens;
mod working;
mod writing;
