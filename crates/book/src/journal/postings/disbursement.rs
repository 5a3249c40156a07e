//! A disbursement: the portfolio grows, the fund source pays.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn disbursement(amount: Amount) -> Vec<Movement> {
    vec![Movement { debit: GlAccount::LoanPortfolio, credit: GlAccount::FundSource, amount }]
}
