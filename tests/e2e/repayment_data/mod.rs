//! The repayment data door: what businesses report of their clients' loans, by the rules of its contract.

mod analytics;
mod book;
mod businesses;
mod clients;
mod keys;
mod lender;
mod lists;
mod rules;
mod sample;
mod scores;
mod together;
mod webhooks;
