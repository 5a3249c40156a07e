//! The desk's own tests, over a store in memory that fails when it is told to.

mod applications;
mod aside;
mod desk;
mod guarantors;
mod memory;
mod preview;
mod reporting;
mod restructuring;
mod settling;
mod working_days;
