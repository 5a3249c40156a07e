//! When what happens to a loan is booked. The files beside this one say it for income that counts when it is owed;
//! here it becomes what is booked when income counts when it is paid, and what is booked of a loan that has no
//! accounting.

use loam_calc::allocation::{Component, Components};

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::journal::postings::fee::earned;

/// Income counts when it is paid: nothing is receivable, so what is charged and what is given up again is not booked,
/// and a fee whose income would be deferred is income like any other. `tax` is the tax in what the event collects.
pub(super) fn when_paid(all: Vec<Movement>, tax: Components) -> Vec<Movement> {
    let mut booked = Vec::with_capacity(all.len());
    for movement in all {
        let is_charged = component_of(movement.debit).is_some();
        let is_recognized = movement.debit == GlAccount::DeferredFeeIncome;
        if is_charged || is_recognized {
            continue;
        }
        match component_of(movement.credit) {
            Some(component) if is_money(movement.debit) => {
                let income = income_of(component);
                booked.extend(earned(movement.debit, income, movement.amount, tax.get(component)));
            }
            Some(_) => {}
            None if movement.credit == GlAccount::DeferredFeeIncome => {
                booked.push(Movement { credit: GlAccount::FeeIncome, ..movement });
            }
            None => booked.push(movement),
        }
    }
    booked
}

/// Without accounting nothing is booked but what goes to another account of the book or comes from there: that account
/// has accounting of its own, and the clearing account between the two must come to nothing. The fund source stands for
/// the loan.
pub(super) fn between_accounts(all: Vec<Movement>) -> Vec<Movement> {
    let other = GlAccount::FundSource;
    let clearing = all.into_iter().filter_map(|movement| {
        match (movement.debit.is_clearing(), movement.credit.is_clearing()) {
            (true, true) => Some(movement),
            (true, false) => Some(Movement { credit: other, ..movement }),
            (false, true) => Some(Movement { debit: other, ..movement }),
            (false, false) => None,
        }
    });
    clearing.collect()
}

/// What is receivable on an account, besides principal.
fn component_of(account: GlAccount) -> Option<Component> {
    let receivable = [
        (GlAccount::InterestReceivable, Component::Interest),
        (GlAccount::FeeReceivable, Component::Fee),
        (GlAccount::PenaltyReceivable, Component::Penalty),
    ];
    receivable.into_iter().find(|(of, _)| *of == account).map(|(_, component)| component)
}

fn income_of(component: Component) -> GlAccount {
    match component {
        Component::Fee => GlAccount::FeeIncome,
        Component::Penalty => GlAccount::PenaltyIncome,
        Component::Interest | Component::Principal => GlAccount::InterestIncome,
    }
}

/// Whether what is debited came in, from outside or from another account. Anything else gives up what was owed.
fn is_money(debit: GlAccount) -> bool {
    debit == GlAccount::FundSource || debit.is_clearing()
}
