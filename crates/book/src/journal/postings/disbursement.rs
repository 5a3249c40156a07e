//! A disbursement: the portfolio grows, the fund source pays, and what is kept is a fee.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::journal::postings::fee::{earned, income_account};
use crate::loan::event::charge::DisbursedFee;

pub(super) fn disbursement(
    amount: Amount,
    (capitalized_fee, tax): (Amount, Amount),
    fees: &[DisbursedFee],
) -> Vec<Movement> {
    let kept: Amount = fees.iter().map(|fee| fee.amount).sum();
    let paid_out = amount - capitalized_fee - kept;
    let lent = GlAccount::LoanPortfolio;
    let mut all = vec![Movement { debit: lent, credit: GlAccount::FundSource, amount: paid_out }];
    all.extend(earned(lent, GlAccount::FeeIncome, capitalized_fee, tax));
    all.extend(fees.iter().flat_map(|fee| earned(lent, income_account(fee.deferral), fee.amount, fee.tax)));
    all
}
