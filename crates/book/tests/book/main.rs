//! The book's own tests: stories, random lives, a second opinion, seeded faults.

mod agreements;
mod applications;
mod auditor;
mod dynamic;
mod explained;
mod faults;
mod lives;
mod projections;
mod restructures;
mod sample_log;
mod schedules;
mod stories;
mod support;
mod vocabularies;
