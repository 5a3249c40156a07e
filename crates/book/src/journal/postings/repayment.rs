//! A repayment: money comes in, and each component that it pays shrinks. What is too much is owed to
//! the borrower until it is drawn again.

use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

/// `from` is where the money comes from: outside, or another account of the book.
pub(super) fn repayment(from: GlAccount, amount: Amount, split: Components) -> Vec<Movement> {
    let into_fund = |credit, amount| Movement { debit: from, credit, amount };
    vec![
        into_fund(GlAccount::LoanPortfolio, split.principal),
        into_fund(GlAccount::InterestReceivable, split.interest),
        into_fund(GlAccount::FeeReceivable, split.fees),
        into_fund(GlAccount::PenaltyReceivable, split.penalties),
        into_fund(GlAccount::Overpayments, amount - split.total()),
    ]
}

pub(super) fn redrawn(amount: Amount) -> Vec<Movement> {
    vec![Movement { debit: GlAccount::Overpayments, credit: GlAccount::FundSource, amount }]
}
