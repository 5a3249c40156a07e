//! A write-off: everything outstanding becomes an expense.

use loam_calc::allocation::Components;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn write_off(outstanding: Components) -> Vec<Movement> {
    let given_up = |credit, amount| Movement { debit: GlAccount::WriteOffExpense, credit, amount };
    vec![
        given_up(GlAccount::LoanPortfolio, outstanding.principal),
        given_up(GlAccount::InterestReceivable, outstanding.interest),
        given_up(GlAccount::FeeReceivable, outstanding.fees),
        given_up(GlAccount::PenaltyReceivable, outstanding.penalties),
    ]
}
