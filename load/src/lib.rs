//! What measures a running server: a load of HTTP requests, a stopwatch, and the table of what came out. Both
//! `loam bench` and `cargo xtask bench` measure with it.

pub mod http;
pub mod stopwatch;
pub mod table;
