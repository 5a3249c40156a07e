//! Between the wire and the book; pure.

pub(super) mod analytics;
pub(super) mod client;
pub(super) mod fields;
pub(super) mod listing;
pub(super) mod report;
