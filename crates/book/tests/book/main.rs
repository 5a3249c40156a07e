//! The book's own tests: stories, random lives, a second opinion, seeded faults.

mod agreements;
mod ahead;
mod applications;
mod auditor;
mod controls;
mod dynamic;
mod explained;
mod faults;
mod fees;
mod lives;
mod lives_charged;
mod moves;
mod penalties;
mod projections;
mod recoveries;
mod restructures;
mod sample_log;
mod schedules;
mod stories;
mod support;
mod tranches;
mod vocabularies;
