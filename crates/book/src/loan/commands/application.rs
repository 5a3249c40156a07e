//! The life of a loan before it is paid out: approval, rejection, withdrawal, and their undos.

use crate::actor::Permission;
use crate::loan::commands::{Decided, Target, exposure, line_of_credit, securities, tranches};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::Refusal;
use crate::loan::{Closure, LoanState};

type Notes = Option<String>;

/// Asks for approval of a partial application.
pub(super) fn request_approval(draft: &mut Draft<'_>, notes: &Notes) -> Result<(), Refusal> {
    let LoanState::PartialApplication = draft.loan.servicing.state else {
        return Err(wrong_state(draft, "request approval"));
    };
    record(draft, Event::ApprovalRequested { notes: notes.clone() })
}

/// Approves a loan that is pending approval.
pub(super) fn approve(draft: &mut Draft<'_>, notes: &Notes) -> Result<(), Refusal> {
    let LoanState::PendingApproval = draft.loan.servicing.state else {
        return Err(wrong_state(draft, "approve"));
    };
    tranches::check_approval(&draft.loan)?;
    securities::check_approval(&draft.loan)?;
    exposure::check_approval(&draft.loan, draft.context)?;
    line_of_credit::check_approval(draft)?;
    record(draft, Event::Approved { notes: notes.clone() })
}

/// Takes an approval back.
pub(super) fn undo_approval(draft: &mut Draft<'_>, notes: &Notes) -> Result<(), Refusal> {
    let LoanState::Approved { .. } = draft.loan.servicing.state else {
        return Err(wrong_state(draft, "undo approval"));
    };
    record(draft, Event::ApprovalUndone { notes: notes.clone() })
}

/// Rejects a loan that is not paid out.
pub(super) fn reject(draft: &mut Draft<'_>, notes: &Notes) -> Result<(), Refusal> {
    require_application(draft, "reject")?;
    record(
        draft,
        Event::Closed {
            closure: Closure::Rejected,
            notes: notes.clone(),
            is_derived: false,
            is_idle: false,
            successor: None,
        },
    )
}

/// Withdraws a loan that is not paid out, at the borrower's wish.
pub(super) fn withdraw(draft: &mut Draft<'_>, notes: &Notes) -> Result<(), Refusal> {
    require_application(draft, "withdraw")?;
    record(
        draft,
        Event::Closed {
            closure: Closure::Withdrawn,
            notes: notes.clone(),
            is_derived: false,
            is_idle: false,
            successor: None,
        },
    )
}

/// Returns a rejected loan to the state before.
pub(super) fn undo_reject(draft: &mut Draft<'_>, notes: &Notes) -> Result<(), Refusal> {
    reopen(draft, Closure::Rejected, "undo reject", notes)
}

/// Returns a withdrawn loan to the state before.
pub(super) fn undo_withdraw(draft: &mut Draft<'_>, notes: &Notes) -> Result<(), Refusal> {
    reopen(draft, Closure::Withdrawn, "undo withdraw", notes)
}

/// Takes a loan that was never paid out from the book; its log stays. The log is asked, because
/// a disbursement that was taken back has been served too.
pub(super) fn delete(on: &Target<'_>) -> Result<Decided, Refusal> {
    let Some(history) = on.history else { return Ok(Decided::NeedsHistory(on.context.business_date)) };
    if history.iter().any(|entry| !entry.step.event.posted().is_empty()) {
        return Err(Refusal::HasTransactions);
    }
    on.with(|draft| {
        record(
            draft,
            Event::Closed {
                closure: Closure::Deleted,
                notes: None,
                is_derived: false,
                is_idle: false,
                successor: None,
            },
        )
    })
}

pub(super) fn reopen(
    draft: &mut Draft<'_>,
    undone: Closure,
    command: &'static str,
    notes: &Notes,
) -> Result<(), Refusal> {
    match &draft.loan.servicing.state {
        LoanState::Closed { closure, .. } if *closure == undone => {
            record(draft, Event::Reopened { notes: notes.clone() })
        }
        LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Active { .. }
        | LoanState::Closed { .. } => Err(wrong_state(draft, command)),
    }
}

/// Pending states take it from anybody who may reject or withdraw; so does an approved loan, if
/// its approval may be undone by the same person.
fn require_application(draft: &Draft<'_>, command: &'static str) -> Result<(), Refusal> {
    match draft.loan.servicing.state {
        LoanState::PartialApplication | LoanState::PendingApproval => Ok(()),
        LoanState::Approved { .. } => draft.context.require(Permission::ApproveLoans),
        LoanState::Active { .. } | LoanState::Closed { .. } => Err(wrong_state(draft, command)),
    }
}

fn wrong_state(draft: &Draft<'_>, command: &'static str) -> Refusal {
    Refusal::WrongState { command, state: draft.loan.servicing.state.name() }
}

fn record(draft: &mut Draft<'_>, event: Event) -> Result<(), Refusal> {
    draft.record(draft.context.business_date, event);
    Ok(())
}
