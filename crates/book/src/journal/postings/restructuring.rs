//! One loan takes the place of another: what is carried over leaves the one by a clearing account
//! and enters the other as principal. The clearing account is empty when both are written.

use loam_calc::allocation::Components;

use crate::journal::GlAccount;
use crate::journal::postings::{Movement, write_off};

pub(super) fn restructured(written_off: Components, carried_over: Components) -> Vec<Movement> {
    let carried = |credit, amount| Movement { debit: GlAccount::Restructuring, credit, amount };
    let mut all = write_off::write_off(written_off);
    all.extend([
        carried(GlAccount::LoanPortfolio, carried_over.principal),
        carried(GlAccount::InterestReceivable, carried_over.interest),
        carried(GlAccount::FeeReceivable, carried_over.fees),
        carried(GlAccount::PenaltyReceivable, carried_over.penalties),
    ]);
    all
}
