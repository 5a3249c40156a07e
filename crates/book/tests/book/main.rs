//! The book's own tests: stories, random lives, a second opinion, seeded faults.

mod agreements;
mod applications;
mod auditor;
mod explained;
mod faults;
mod lives;
mod projections;
mod sample_log;
mod schedules;
mod stories;
mod support;
mod vocabularies;
