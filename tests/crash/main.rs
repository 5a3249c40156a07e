//! Durability: the server, and PostgreSQL itself, are killed without warning in the middle of a
//! stream of repayments. Every acknowledged repayment is there once afterwards, and the book proves
//! itself.
#![cfg(unix)]

mod book;
mod days;
mod evenings;
mod kills;
mod payments;
mod servers;
mod syncs;
