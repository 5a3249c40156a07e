//! A reversal: the same transfers the other way round, on their original value date.

use crate::journal::postings::{Movement, movements};
use crate::loan::event::Step;
use crate::product::AccountingMethod;

pub(super) fn reversal(step: &Step, method: AccountingMethod) -> Vec<Movement> {
    let turned = |movement: Movement| Movement { debit: movement.credit, credit: movement.debit, ..movement };
    movements(step, method).into_iter().map(turned).collect()
}
