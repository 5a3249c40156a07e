//! The real binary over real HTTP, on both databases. Each module is one subject; `book` prepares
//! what most of them start from.

mod bad_input;
mod book;
mod charges;
mod clients;
mod command_line;
mod commands;
mod conventions;
mod custom_payments;
mod dynamic;
mod hostile;
mod idempotency;
mod life;
mod lists;
mod loan_performance;
mod looking;
mod marketplace;
mod native;
mod organization;
mod outside;
mod preview;
mod products;
mod reference;
mod repayment_data;
mod restructures;
mod reversals;
mod revolving;
mod samples;
mod schedule_edits;
mod search;
mod subset;
mod terms;
mod together;
mod tour;
mod two_books;
mod webhooks;
