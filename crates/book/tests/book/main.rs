//! The book's own tests: stories, random lives, a second opinion, seeded faults.

mod agreements;
mod applications;
mod auditor;
mod dynamic;
mod faults;
mod lives;
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
