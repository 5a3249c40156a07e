//! Flat interest: always on the original principal, whatever was repaid.

use super::equal_principal::build;
use super::spread::Plan;
use super::{Installment, ScheduleError};

/// Equal principal; interest_i = original principal × rate × time_i.
pub(super) fn flat(plan: &Plan<'_>, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    let original = plan.terms.principal;
    build(plan, rows, |_outstanding| original)
}
