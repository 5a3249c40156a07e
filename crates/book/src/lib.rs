//! The loan book: the rules of a loan, its log, and the journal. Pure functions over values.
//!
//! `decide` may refuse, `apply` never fails. Nothing here waits, reads a clock, makes a random
//! number, knows a database or a wire format.

pub mod actor;
pub mod application;
pub mod catalog;
pub mod channel_limits;
pub mod checks;
pub mod consumer;
pub mod custom_field;
pub mod exchange;
pub mod ids;
pub mod index_rate;
pub mod indicator;
pub mod journal;
pub mod labels;
pub mod line_of_credit;
pub mod loan;
pub mod organization;
pub mod paper;
pub mod partner;
pub mod party;
pub mod product;
pub mod record;
pub mod report;
pub mod reporting;
pub mod rights;
pub mod risk_level;
pub mod savings;
pub mod security;
pub mod stated;
pub mod template;
pub mod vocabulary;
pub mod working_days;
