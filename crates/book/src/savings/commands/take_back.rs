//! Takes a movement back by the opposite one, on its value date.
//!
//! Checks, in this order: state, the account named with it, the transaction exists and counts, its
//! kind, closed periods, what the balance allows, also of the interest that changes with it.

use jiff::civil::Date;

use crate::loan::context::Context;
use crate::loan::refusal::Refusal;
use crate::organization::{TransactionDetails, TransferLink};
use crate::savings::Savings;
use crate::savings::command::TakeBackMovement;
use crate::savings::commands::apply_interest::with_interest;
use crate::savings::commands::move_money::{check_balance, movement, require_movable};
use crate::savings::commands::undo_interest;
use crate::savings::commands::{Account, SavingsDecided, SavingsDecision, decision, refused};
use crate::savings::event::{MovementKind, SavingsEntry, SavingsEvent};
use crate::savings::log::{Logged, movements};
use crate::savings::refusal::SavingsRefusal;

/// Decides the reversal of a deposit, a withdrawal or a fee.
pub(super) fn decide(
    on: Account<'_>,
    wanted: &TakeBackMovement,
    context: &Context<'_>,
) -> Result<SavingsDecided, Refusal> {
    let Some(history) = on.history else { return Ok(SavingsDecided::NeedsHistory) };
    if wanted.kind == MovementKind::Interest {
        return undo_interest::undo(on.account, history, wanted, context).map(SavingsDecided::done);
    }
    let original = located(on.account, history, wanted)?;
    if wanted.kind == MovementKind::Transfer {
        return Err(Refusal::WrongKindOfTransaction { transaction_id: wanted.original });
    }
    take_back(on.account, history, &original, (&wanted.notes, context)).map(SavingsDecided::done)
}

/// The other side of the transfer that a caller wants taken back, for who has to find that account.
///
/// # Errors
/// What [`decide`] refuses of it, and `MadeByTransfer` for the side that received.
pub fn other_side(
    account: &Savings,
    history: &[SavingsEntry],
    wanted: &TakeBackMovement,
) -> Result<TransferLink, Refusal> {
    let transaction_id = wanted.original;
    let original = located(account, history, wanted)?;
    let link = original.movement.details.transfer;
    let link = link.ok_or(Refusal::WrongKindOfTransaction { transaction_id })?;
    if link.is_source {
        return refused(SavingsRefusal::MadeByTransfer { transaction_id });
    }
    Ok(link)
}

/// The movement that a caller names, if it stands and is of the kind that was said.
fn located<'a>(
    account: &Savings,
    history: &'a [SavingsEntry],
    wanted: &TakeBackMovement,
) -> Result<Logged<'a>, Refusal> {
    require_movable(account, "reversal", false)?;
    refuse_unknown(account, history, wanted)?;
    let transaction_id = wanted.original;
    let found =
        movements(history).into_iter().find(|logged| logged.movement.transaction_id == transaction_id);
    let found = found.ok_or(Refusal::UnknownTransaction { transaction_id })?;
    if found.is_reversed {
        return Err(Refusal::AlreadyReversed { transaction_id });
    }
    if found.movement.kind != wanted.kind {
        return Err(Refusal::WrongKindOfTransaction { transaction_id });
    }
    Ok(found)
}

/// Refuses what is a transaction of another account, or takes one back itself.
pub(super) fn refuse_unknown(
    account: &Savings,
    history: &[SavingsEntry],
    wanted: &TakeBackMovement,
) -> Result<(), Refusal> {
    let transaction_id = wanted.original;
    if wanted.account_no.is_some_and(|account_no| account_no != account.account_no) {
        return Err(Refusal::TransactionOfAnotherAccount { transaction_id });
    }
    let is_reversal = |entry: &SavingsEntry| matches!(&entry.event, SavingsEvent::Reversed { movement, .. } if movement.transaction_id == transaction_id);
    if history.iter().any(is_reversal) {
        return Err(Refusal::Irreversible { transaction_id });
    }
    Ok(())
}

/// Takes back a movement that was located.
pub(super) fn take_back(
    account: &Savings,
    history: &[SavingsEntry],
    original: &Logged<'_>,
    (notes, context): (&Option<String>, &Context<'_>),
) -> Result<SavingsDecision, Refusal> {
    let value_date = original.value_date;
    if let Some(closed_through) =
        context.closed_in(account.assignment.branch).filter(|closed| value_date <= *closed)
    {
        return Err(Refusal::ClosedPeriod { value_date, closed_through });
    }
    check_balance(account, -original.movement.amount)
        .map_err(|refusal| of_reversal(account, original, refusal))?;
    let before = &original.movement.details;
    let details = TransactionDetails { notes: notes.clone(), external_id: None, ..before.clone() };
    let kind = original.movement.kind;
    let movement = movement(account, (kind, -original.movement.amount), details, context);
    let id = original.movement.transaction_id;
    let latest_value_date = latest_without(history, id);
    let event = SavingsEvent::Reversed { original: id, movement, latest_value_date };
    let taken_back = decision(account, vec![(value_date, event)], context);
    with_interest(Account { account, history: Some(history) }, taken_back, value_date, context)
}

/// What would be overdrawn was taken since; what loans keep is told as such.
fn of_reversal(account: &Savings, original: &Logged<'_>, refusal: Refusal) -> Refusal {
    if let Refusal::Savings(SavingsRefusal::BalanceBelowZero { .. }) = refusal {
        let balance = account.balance - original.movement.amount;
        let balance = balance.to_fixed_text(account.terms.currency);
        return SavingsRefusal::ReversalBelowZero { balance }.into();
    }
    refusal
}

fn latest_without(history: &[SavingsEntry], transaction_id: i64) -> Option<Date> {
    let stands =
        |logged: &Logged<'_>| !logged.is_reversed && logged.movement.transaction_id != transaction_id;
    movements(history).into_iter().filter(stands).map(|logged| logged.value_date).max()
}
