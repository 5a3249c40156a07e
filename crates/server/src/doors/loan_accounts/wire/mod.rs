//! What goes over the wire: exactly the contract's names, money and rates as texts, counts as
//! numbers, absent values left out. Nothing here knows where a value comes from.

pub(super) mod activity;
pub(super) mod client;
pub(super) mod custom_field;
pub(super) mod found;
pub(super) mod group;
pub(super) mod ledger;
pub(super) mod loan;
pub(super) mod organization;
pub(super) mod papers;
pub(super) mod product;
pub(super) mod product_rules;
pub(super) mod repayment;
pub(super) mod savings;
pub(super) mod transaction;
pub(super) mod user;
pub(super) mod values;
