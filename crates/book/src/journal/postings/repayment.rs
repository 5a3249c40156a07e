//! A repayment: money comes in, and each component that it pays shrinks.

use loam_calc::allocation::Components;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn repayment(split: Components) -> Vec<Movement> {
    let into_fund = |credit, amount| Movement { debit: GlAccount::FundSource, credit, amount };
    vec![
        into_fund(GlAccount::LoanPortfolio, split.principal),
        into_fund(GlAccount::InterestReceivable, split.interest),
        into_fund(GlAccount::FeeReceivable, split.fees),
        into_fund(GlAccount::PenaltyReceivable, split.penalties),
    ]
}
