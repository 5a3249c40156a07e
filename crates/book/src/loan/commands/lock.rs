//! Locks a loan: interest is not applied while it is locked, and posting needs a permission.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::loan::LoanState;
use crate::loan::advance::advance;
use crate::loan::draft::Draft;
use crate::loan::event::charge::LockCause;
use crate::loan::event::{Event, Posted};
use crate::loan::refusal::Refusal;

/// Locks an active loan on the business date.
pub(super) fn lock(draft: &mut Draft<'_>, notes: &Option<String>) -> Result<(), Refusal> {
    match draft.loan.servicing.state {
        LoanState::Active { is_locked: false, .. } => {
            post_lock(draft, draft.context.business_date, notes.clone())
        }
        LoanState::Active { is_locked: true, .. } => Err(Refusal::AlreadyInState { state: "locked" }),
        LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Closed { .. } => Err(wrong_state(draft, "lock")),
    }
}

/// Unlocks a loan and applies the interest that fell due meanwhile, on the day of the unlocking.
pub(super) fn unlock(draft: &mut Draft<'_>, notes: &Option<String>) -> Result<(), Refusal> {
    match draft.loan.servicing.state {
        LoanState::Active { is_locked: true, .. } => {
            post_unlock(draft, draft.context.business_date, notes.clone())?;
            advance(draft, draft.context.business_date);
            Ok(())
        }
        LoanState::Active { is_locked: false, .. } => Err(Refusal::NotLocked),
        LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Closed { .. } => Err(wrong_state(draft, "unlock")),
    }
}

/// Posts a lock on the loan as it stands in the draft.
pub(crate) fn post_lock(draft: &mut Draft<'_>, date: Date, notes: Option<String>) -> Result<(), Refusal> {
    if !draft.loan.servicing.state.is_active() {
        return Err(wrong_state(draft, "lock"));
    }
    let posted = three(draft);
    let cause = LockCause::Request;
    draft.record(date, Event::Locked { posted, notes, cause });
    Ok(())
}

/// Posts an unlocking on the loan as it stands in the draft.
pub(crate) fn post_unlock(draft: &mut Draft<'_>, date: Date, notes: Option<String>) -> Result<(), Refusal> {
    if !draft.loan.servicing.state.is_active() {
        return Err(wrong_state(draft, "unlock"));
    }
    let posted = three(draft);
    draft.record(date, Event::Unlocked { posted, notes });
    Ok(())
}

/// One transaction each for interest, fees and penalties.
fn three(draft: &Draft<'_>) -> [Posted; 3] {
    std::array::from_fn(|_| draft.posted(Amount::ZERO))
}

fn wrong_state(draft: &Draft<'_>, command: &'static str) -> Refusal {
    Refusal::WrongState { command, state: draft.loan.servicing.state.name() }
}
