//! Takes the interest of a day back, with the tax on it and that of the overdraft: it grows on as if it had
//! not been applied, and comes on the next payment day.
//!
//! Checks, in this order: state, the account named with it, the transaction exists and counts, its kind, no
//! interest was applied later, closed periods, what the balance allows.

use loam_calc::money::Amount;

use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::organization::TransactionDetails;
use crate::savings::Savings;
use crate::savings::command::TakeBackMovement;
use crate::savings::commands::move_money::{check_balance, on_balance};
use crate::savings::commands::take_back::refuse_unknown;
use crate::savings::commands::{SavingsDecision, decision, refused};
use crate::savings::event::{SavingsEntry, SavingsEvent};
use crate::savings::interest::history::{Applied, applied, reaccruing};
use crate::savings::log::reversed_by;

pub(super) fn undo(
    account: &Savings,
    history: &[SavingsEntry],
    wanted: &TakeBackMovement,
    context: &Context<'_>,
) -> Result<SavingsDecision, Refusal> {
    if !account.is_active() {
        let state = account.state.name();
        return refused(SavingsRefusal::WrongState { command: "reversal", state });
    }
    refuse_unknown(account, history, wanted)?;
    let original = wanted.original;
    let all = applied(history);
    let names = |is: &Applied<'_>| is.movements().any(|movement| movement.transaction_id == original);
    let Some((on, is)) = all.iter().find(|(_, is)| names(is)) else {
        return Err(not_standing(history, original));
    };
    let later = all.iter().rev().filter(|(day, _)| *day > on).flat_map(|(_, is)| is.movements()).next();
    if let Some(later) = later {
        return Err(Refusal::LaterTransactionExists { original, later: later.transaction_id });
    }
    if let Some(closed_through) = context.closed_in(account.assignment.branch).filter(|closed| on <= closed) {
        return Err(Refusal::ClosedPeriod { value_date: *on, closed_through });
    }
    let change: Amount = is.movements().map(|movement| -movement.amount).sum();
    check_balance(account, change)?;
    let mut balance = account.balance;
    let mut events = Vec::new();
    // What was named comes first: it is the answer.
    let (named, rest): (Vec<_>, Vec<_>) = is.movements().partition(|of| of.transaction_id == original);
    for movement in named.into_iter().chain(rest) {
        let details = TransactionDetails { notes: wanted.notes.clone(), ..TransactionDetails::default() };
        let id = context.ids.take_transaction_id();
        let back = on_balance(balance, (movement.kind, -movement.amount), details, id);
        balance = back.balance;
        let (original, latest_value_date) = (movement.transaction_id, account.latest_value_date);
        events.push((*on, SavingsEvent::Reversed { original, movement: back, latest_value_date }));
    }
    let accruing = reaccruing(account, history, *on).expect("what applied interest accrues it");
    events.push((*on, SavingsEvent::InterestUndone { accruing: Box::new(accruing) }));
    Ok(decision(account, events, context))
}

/// Why a transaction is no interest that stands.
fn not_standing(history: &[SavingsEntry], transaction_id: i64) -> Refusal {
    let mut movements = history.iter().filter_map(|entry| entry.event.movement());
    if !movements.any(|movement| movement.transaction_id == transaction_id) {
        return Refusal::UnknownTransaction { transaction_id };
    }
    if history.iter().any(|entry| reversed_by(&entry.event) == Some(transaction_id)) {
        return Refusal::AlreadyReversed { transaction_id };
    }
    Refusal::WrongKindOfTransaction { transaction_id }
}
