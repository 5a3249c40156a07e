//! The loan performance door: tokens, upserts, batches, leads, and what must be nowhere.

mod api_clients;
mod batch;
mod conventions;
mod leads;
mod lender;
mod loans;
mod payments;
mod samples;
mod secrets;
mod together;
mod tokens;
mod validation;
