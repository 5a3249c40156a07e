//! The book's own tests: stories, random lives, a second opinion, seeded faults.

mod agreed_dates;
mod agreed_payments;
mod agreed_rates;
mod agreements;
mod applications;
mod auditor;
mod faults;
mod lives;
mod projections;
mod sample_log;
mod stories;
mod support;
mod vocabularies;
