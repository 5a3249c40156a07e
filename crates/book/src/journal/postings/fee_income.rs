//! Deferred income of fees that is earned by now.

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::loan::event::charge::IncomePart;

pub(super) fn recognized(parts: &[IncomePart]) -> Vec<Movement> {
    let amount = parts.iter().map(|part| part.amount).sum();
    vec![Movement { debit: GlAccount::DeferredFeeIncome, credit: GlAccount::FeeIncome, amount }]
}
