//! The life of a deposit account besides its money: approval, locks, closing, and their undos.

use crate::loan::context::Context;
use crate::loan::refusal::{MarketRefusal, Refusal, SavingsRefusal};
use crate::savings::commands::refused;
use crate::savings::event::SavingsEvent;
use crate::savings::{Savings, SavingsClosure, SavingsState};

type Notes = Option<String>;
type Event = Result<SavingsEvent, Refusal>;

pub(super) fn approve(account: &Savings, notes: &Notes) -> Event {
    match account.state {
        SavingsState::PendingApproval => Ok(SavingsEvent::Approved { notes: notes.clone() }),
        SavingsState::Approved
        | SavingsState::Active { .. }
        | SavingsState::Locked { .. }
        | SavingsState::Dormant { .. }
        | SavingsState::Matured { .. }
        | SavingsState::Closed { .. } => wrong(account, "approve"),
    }
}

pub(super) fn undo_approval(account: &Savings, notes: &Notes) -> Event {
    match account.state {
        SavingsState::Approved => Ok(SavingsEvent::ApprovalUndone { notes: notes.clone() }),
        SavingsState::PendingApproval
        | SavingsState::Active { .. }
        | SavingsState::Locked { .. }
        | SavingsState::Dormant { .. }
        | SavingsState::Matured { .. }
        | SavingsState::Closed { .. } => wrong(account, "undo approval"),
    }
}

pub(super) fn reject(account: &Savings, notes: &Notes) -> Event {
    give_up(account, notes, SavingsClosure::Rejected, "reject")
}

pub(super) fn withdraw(account: &Savings, notes: &Notes) -> Event {
    give_up(account, notes, SavingsClosure::Withdrawn, "withdraw")
}

/// Before the first money an account may be given up.
fn give_up(account: &Savings, notes: &Notes, closure: SavingsClosure, command: &'static str) -> Event {
    match account.state {
        SavingsState::PendingApproval | SavingsState::Approved => {
            Ok(SavingsEvent::Closed { closure, notes: notes.clone() })
        }
        SavingsState::Active { .. }
        | SavingsState::Locked { .. }
        | SavingsState::Dormant { .. }
        | SavingsState::Matured { .. }
        | SavingsState::Closed { .. } => wrong(account, command),
    }
}

pub(super) fn undo_reject(account: &Savings, notes: &Notes) -> Event {
    reopen(account, notes, SavingsClosure::Rejected, "undo reject")
}

pub(super) fn undo_withdraw(account: &Savings, notes: &Notes) -> Event {
    reopen(account, notes, SavingsClosure::Withdrawn, "undo withdraw")
}

pub(super) fn undo_close(account: &Savings, notes: &Notes) -> Event {
    reopen(account, notes, SavingsClosure::Closed, "undo close")
}

fn reopen(account: &Savings, notes: &Notes, undone: SavingsClosure, command: &'static str) -> Event {
    match account.state {
        SavingsState::Closed { closure, .. } if closure == undone => {
            Ok(SavingsEvent::Reopened { notes: notes.clone() })
        }
        SavingsState::PendingApproval
        | SavingsState::Approved
        | SavingsState::Active { .. }
        | SavingsState::Locked { .. }
        | SavingsState::Dormant { .. }
        | SavingsState::Matured { .. }
        | SavingsState::Closed { .. } => wrong(account, command),
    }
}

/// Closes an account that is empty, to which no interest is to come, and that no loan counts on or is paid from.
pub(super) fn close(account: &Savings, notes: &Notes, context: &Context<'_>) -> Event {
    if !account.may_be_drawn() {
        return wrong(account, "close");
    }
    if !account.balance.is_zero() {
        let balance = account.balance.to_fixed_text(account.terms.currency);
        return refused(SavingsRefusal::BalanceRemains { balance });
    }
    let on = context.business_date;
    let accrued = account.accrued_interest(on) + account.accrued_overdraft_interest(on);
    if accrued.is_positive() {
        let accrued = accrued.to_fixed_text(account.terms.currency);
        return refused(SavingsRefusal::InterestRemains { accrued });
    }
    refuse_linked(account)?;
    if account.invested.is_positive() || account.announced.is_positive() {
        let invested = (account.invested + account.announced).to_fixed_text(account.terms.currency);
        return Err(MarketRefusal::StillInvested { invested }.into());
    }
    Ok(SavingsEvent::Closed { closure: SavingsClosure::Closed, notes: notes.clone() })
}

pub(super) fn lock(account: &Savings, notes: &Notes) -> Event {
    if !account.is_active() && !matches!(account.state, SavingsState::Matured { .. }) {
        return wrong(account, "lock");
    }
    Ok(SavingsEvent::Locked { notes: notes.clone() })
}

pub(super) fn unlock(account: &Savings, notes: &Notes) -> Event {
    let SavingsState::Locked { .. } = account.state else { return wrong(account, "unlock") };
    Ok(SavingsEvent::Unlocked { notes: notes.clone() })
}

/// Takes an account from the book that never moved and that no loan counts on; its log stays.
pub(super) fn delete(account: &Savings) -> Event {
    if account.has_transactions {
        return refused(SavingsRefusal::HasTransactions);
    }
    refuse_linked(account)?;
    Ok(SavingsEvent::Closed { closure: SavingsClosure::Deleted, notes: None })
}

fn refuse_linked(account: &Savings) -> Result<(), Refusal> {
    let rests = !account.linked_loans.is_empty() || !account.holds.is_empty();
    if rests { refused(SavingsRefusal::IsLinked) } else { Ok(()) }
}

fn wrong(account: &Savings, command: &'static str) -> Event {
    refused(SavingsRefusal::WrongTransition { command, state: account.state.name() })
}
