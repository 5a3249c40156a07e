//! A disbursement: the portfolio grows, the fund source pays, and what is kept is earned as a fee.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn disbursement(amount: Amount, capitalized_fee: Amount) -> Vec<Movement> {
    let lent = |credit, amount| Movement { debit: GlAccount::LoanPortfolio, credit, amount };
    vec![lent(GlAccount::FundSource, amount - capitalized_fee), lent(GlAccount::FeeIncome, capitalized_fee)]
}
