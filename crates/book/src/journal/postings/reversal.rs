//! A reversal: the same transfers the other way round, on their original value date.

use crate::journal::postings::{Movement, movements};
use crate::loan::event::Step;

pub(super) fn reversal(step: &Step) -> Vec<Movement> {
    let turned = |movement: Movement| Movement { debit: movement.credit, credit: movement.debit, ..movement };
    movements(step).into_iter().map(turned).collect()
}
