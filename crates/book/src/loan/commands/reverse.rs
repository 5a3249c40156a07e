//! Takes a served transaction back: a repayment, a fee, interest applied by hand.
//!
//! Checks, in this order: the account named with it, the transaction exists and counts, its kind,
//! later transactions.

use crate::loan::command::{NamedTransaction, ReversalKind, Reverse};
use crate::loan::commands::{Decided, Target, require_unlocked};
use crate::loan::event::charge::FeeCause;
use crate::loan::event::{Entry, Event, InterestCause};
use crate::loan::log::effective;
use crate::loan::refold::{TakeBack, locate, take_back};
use crate::loan::refusal::{ChargeRefusal, Refusal, SavingsRefusal};

/// Decides a reversal. It always needs the log: what followed is decided again.
pub(super) fn reverse(on: &Target<'_>, reverse: &Reverse) -> Result<Decided, Refusal> {
    require_unlocked(on.loan, on.context)?;
    let Some(history) = on.history else {
        let from = on.loan.servicing.state.disbursed_on().unwrap_or(on.context.business_date);
        return Ok(Decided::NeedsHistory(from));
    };
    let transaction_id = reverse.original;
    require_own(on, NamedTransaction { id: transaction_id, account_no: reverse.account_no })?;
    let steps = effective(history);
    let step = steps[locate(&steps, history, transaction_id)?].step;
    check_kind(&step.event, reverse.kind, transaction_id)?;
    if let Some(closed_through) = on.context.closed_through.filter(|closed| step.value_date <= *closed) {
        return Err(Refusal::ClosedPeriod { value_date: step.value_date, closed_through });
    }
    let target = TakeBack { original: transaction_id, notes: reverse.notes.clone() };
    let outcome = take_back(on.loan, history, &target, on.context)?;
    Ok(on.refolded(outcome))
}

fn require_own(on: &Target<'_>, named: NamedTransaction) -> Result<(), Refusal> {
    if named.account_no.is_some_and(|account_no| account_no != on.loan.account_no) {
        return Err(Refusal::TransactionOfAnotherAccount { transaction_id: named.id });
    }
    Ok(())
}

/// Checks that a transaction that is named is the one that is taken back: the last of its kind. `number_of` is the
/// number of an event of that kind.
pub(super) fn require_named(
    on: &Target<'_>,
    named: Option<NamedTransaction>,
    (last, history): (i64, &[Entry]),
    number_of: impl Fn(&Event) -> Option<i64>,
) -> Result<(), Refusal> {
    let Some(named) = named else { return Ok(()) };
    require_own(on, named)?;
    let steps = effective(history);
    let found = &steps[locate(&steps, history, named.id)?].step.event;
    match number_of(found) {
        Some(number) if number == last && number == named.id => Ok(()),
        Some(number) if number == named.id => {
            Err(Refusal::LaterTransactionExists { original: named.id, later: last })
        }
        Some(_) | None => Err(Refusal::WrongKindOfTransaction { transaction_id: named.id }),
    }
}

/// Takes back what came from a deposit account of the book; that side goes with it.
pub(super) fn take_back_transfer(
    on: &Target<'_>,
    transaction_id: i64,
    notes: &Option<String>,
) -> Result<Decided, Refusal> {
    require_unlocked(on.loan, on.context)?;
    let Some(history) = on.history else { return Ok(Decided::NeedsHistory(on.context.business_date)) };
    let steps = effective(history);
    let step = steps[locate(&steps, history, transaction_id)?].step;
    if let Some(closed_through) = on.context.closed_through.filter(|closed| step.value_date <= *closed) {
        return Err(Refusal::ClosedPeriod { value_date: step.value_date, closed_through });
    }
    let target = TakeBack { original: transaction_id, notes: notes.clone() };
    let outcome = take_back(on.loan, history, &target, on.context)?;
    Ok(on.refolded(outcome))
}

fn check_kind(event: &Event, kind: ReversalKind, transaction_id: i64) -> Result<(), Refusal> {
    match (event, kind) {
        (Event::FeeCharged { charge, .. }, ReversalKind::Fee) if charge.cause == FeeCause::Disbursement => {
            Err(ChargeRefusal::MadeByDisbursement { transaction_id }.into())
        }
        (Event::Repaid { details, .. }, ReversalKind::Repayment) if details.transfer.is_some() => {
            Err(SavingsRefusal::MadeByTransfer { transaction_id }.into())
        }
        (Event::Repaid { .. }, ReversalKind::Repayment)
        | (Event::Redrawn { .. }, ReversalKind::PaymentMade)
        | (Event::FeeCharged { .. }, ReversalKind::Fee)
        | (Event::PenaltyApplied { .. }, ReversalKind::Penalty) => Ok(()),
        (Event::ChargeReduced { amount, is_of_edit: false, .. }, ReversalKind::FeeReduction)
            if !amount.fees.is_zero() =>
        {
            Ok(())
        }
        (Event::ChargeReduced { amount, is_of_edit: false, .. }, ReversalKind::PenaltyReduction)
            if amount.fees.is_zero() =>
        {
            Ok(())
        }
        (Event::InterestApplied { cause: InterestCause::Request, .. }, ReversalKind::Interest)
        | (Event::Recovered { .. }, ReversalKind::Recovery)
        | (Event::Waived { .. } | Event::WrittenOff { claim: Some(_), .. }, ReversalKind::Claim)
        | (Event::ScheduleEdited { .. }, ReversalKind::PaymentReschedule) => Ok(()),
        (Event::InterestApplied { cause: InterestCause::Disbursement, .. }, ReversalKind::Interest) => {
            Err(Refusal::InterestOfDisbursement { transaction_id })
        }
        (Event::InterestApplied { .. }, ReversalKind::Interest)
        | (Event::RateChanged { is_derived: true, .. }, _)
        | (Event::ChargeReduced { is_of_edit: true, .. }, _)
        | (Event::Locked { .. } | Event::Unlocked { .. }, _) => Err(Refusal::Irreversible { transaction_id }),
        _ => Err(Refusal::WrongKindOfTransaction { transaction_id }),
    }
}
