//! One binary for all integration tests: golden files and properties.

mod golden;
mod options;
mod properties;
