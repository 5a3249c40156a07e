//! The book's own tests: stories, random lives, a second opinion, seeded faults.

mod agreed_dates;
mod agreed_payments;
mod agreed_rates;
mod agreements;
mod ahead;
mod applications;
mod auditor;
mod capitalized;
mod controls;
mod dynamic;
mod faults;
mod fees;
mod lives;
mod lives_charged;
mod penalties;
mod projections;
mod recoveries;
mod restructures;
mod revolving;
mod sample_log;
mod schedules;
mod securities;
mod stories;
mod support;
mod tranches;
mod vocabularies;
