//! The book's own tests: stories, random lives, a second opinion, seeded faults.

mod agreements;
mod applications;
mod auditor;
mod controls;
mod dynamic;
mod faults;
mod fees;
mod lives;
mod penalties;
mod projections;
mod restructures;
mod sample_log;
mod schedules;
mod stories;
mod support;
mod vocabularies;
