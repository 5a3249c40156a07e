//! Pure translation: what came over the wire into commands, results into what goes over the wire.

pub(super) mod accompanying;
pub(super) mod activity;
mod charges;
pub(super) mod client;
pub(super) mod custom_field;
mod custom_payment;
pub(super) mod edit;
pub(super) mod group;
pub(super) mod ledger;
pub(super) mod loan;
pub(super) mod movement;
pub(super) mod names;
pub(super) mod new_client;
pub(super) mod new_loan;
pub(super) mod new_savings;
pub(super) mod organization;
pub(super) mod page;
pub(super) mod papers;
pub(super) mod product;
mod product_rules;
pub(super) mod repayment;
pub(super) mod restructure;
pub(super) mod savings;
pub(super) mod schedule_edit;
pub(super) mod search;
pub(super) mod securities;
pub(super) mod tranches;
pub(super) mod transaction;
pub(super) mod user;

#[cfg(test)]
mod samples;
