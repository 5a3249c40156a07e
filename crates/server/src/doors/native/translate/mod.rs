//! Between the wire and the book's records. Pure: what a record must not say is for the book to
//! refuse, what this version does nothing with is refused here.

pub(super) mod address;
pub(super) mod business;
pub(super) mod calendar;
mod channel_limits;
pub(super) mod command;
pub(super) mod commanded;
pub(super) mod consumer;
pub(super) mod custom_field;
mod deposit_interest;
mod deposit_term;
pub(super) mod explain;
pub(super) mod ledger;
pub(super) mod loan;
pub(super) mod marketplace;
mod names;
pub(super) mod organization;
pub(super) mod papers;
pub(super) mod partner;
pub(super) mod party;
pub(super) mod product;
pub(super) mod quote;
pub(super) mod rights;
pub(super) mod savings;
mod unsupported;
