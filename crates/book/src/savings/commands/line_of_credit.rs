//! Which line of credit a deposit account is on. What the line itself says to it is asked by the desk, which has both.

use crate::ids::Key;
use crate::line_of_credit::{require_on, require_on_none};
use crate::loan::refusal::{LineRefusal, Refusal};
use crate::savings::event::SavingsEvent;
use crate::savings::{Savings, SavingsState};

/// Checks, in this order: it is on none, it is not closed.
pub(super) fn put_on(account: &Savings, line: Key) -> Result<SavingsEvent, Refusal> {
    require_on_none(account.line_of_credit)?;
    require_open(account)?;
    Ok(SavingsEvent::LineOfCreditSet { line: Some(line) })
}

/// Checks, in this order: it is on that line, it is not closed.
pub(super) fn take_off(account: &Savings, line: Key) -> Result<SavingsEvent, Refusal> {
    require_on(account.line_of_credit, line)?;
    require_open(account)?;
    Ok(SavingsEvent::LineOfCreditSet { line: None })
}

fn require_open(account: &Savings) -> Result<(), Refusal> {
    match account.state {
        SavingsState::Closed { .. } => Err(LineRefusal::AccountClosed { state: account.state.name() }.into()),
        SavingsState::PendingApproval
        | SavingsState::Approved
        | SavingsState::Active { .. }
        | SavingsState::Locked { .. }
        | SavingsState::Dormant { .. }
        | SavingsState::Matured { .. } => Ok(()),
    }
}
