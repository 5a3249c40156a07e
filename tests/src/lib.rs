//! The harness of the tests that run the real binary over real HTTP: where the binary is, a fresh
//! database for each test, a server that is stopped at the end, and a plain HTTP client.

pub mod database;
pub mod http;
pub mod left;
pub mod listener;
#[cfg(unix)]
pub mod postgres;
pub mod server;
pub mod wait;
