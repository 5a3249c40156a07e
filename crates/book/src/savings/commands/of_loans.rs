//! What loans have to do with a deposit account: they are paid from it, or count on its money.

use crate::ids::Address;
use crate::loan::context::Context;
use crate::savings::commands::{SavingsDecision, decision};
use crate::savings::event::SavingsEvent;
use crate::savings::{Hold, Savings};

/// Links a loan with the account, or takes the link away.
pub fn link(account: &Savings, loan: Address, is_linked: bool, context: &Context<'_>) -> SavingsDecision {
    let mut loans = account.linked_loans.clone();
    loans.retain(|linked| *linked != loan);
    if is_linked {
        loans.push(loan);
    }
    decision(account, vec![(context.business_date, SavingsEvent::LinksSet { loans })], context)
}

/// What one loan keeps of the account from now on, in place of what it kept. `None` where nothing
/// changes.
pub fn hold(
    account: &Savings,
    loan: Address,
    wanted: &[Hold],
    context: &Context<'_>,
) -> Option<SavingsDecision> {
    let mut holds = account.holds.clone();
    holds.retain(|hold| hold.loan != loan);
    holds.extend_from_slice(wanted);
    let changes = holds != account.holds;
    changes
        .then(|| decision(account, vec![(context.business_date, SavingsEvent::HoldsSet { holds })], context))
}
