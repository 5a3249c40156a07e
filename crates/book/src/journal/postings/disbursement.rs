//! A disbursement: the portfolio grows, the fund source pays, what is kept is earned as a fee, and
//! what was owed of another loan comes from the clearing account between the two.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn disbursement(amount: Amount, capitalized_fee: Amount, carried_over: Amount) -> Vec<Movement> {
    let lent = |credit, amount| Movement { debit: GlAccount::LoanPortfolio, credit, amount };
    vec![
        lent(GlAccount::FundSource, amount - capitalized_fee - carried_over),
        lent(GlAccount::FeeIncome, capitalized_fee),
        lent(GlAccount::Restructuring, carried_over),
    ]
}
