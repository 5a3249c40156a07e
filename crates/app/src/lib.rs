//! The order of steps: load, decide, apply, save, answer. The desk, the end of day, and the ports
//! that a store implements. No arithmetic on amounts, no SQL, no HTTP.

pub mod analytics;
mod applications;
mod aside;
mod calendar_work;
pub mod changes;
pub mod check;
mod clients;
pub mod command;
pub mod custom_values;
mod deposit_interest;
pub mod desk;
pub mod end_of_day;
pub mod error;
pub mod filling;
mod groups;
mod holding;
mod ids;
mod lane;
pub mod looking;
mod needs;
mod papers;
mod paying_out;
pub mod ports;
pub mod preview;
pub mod reading;
mod records;
mod reporting;
mod restructuring;
pub(crate) mod savings;
pub mod search;
pub mod serviced;
mod session;
mod settling;
mod transferring;
pub mod views;
