//! A disbursement: the portfolio grows, the fund source pays, what is kept is a fee, and what was
//! owed of another loan comes from the clearing account between the two.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::journal::postings::fee::{earned, income_account};
use crate::loan::event::charge::DisbursedFee;

/// What a disbursement pays out less than it lends.
pub(super) struct Kept<'a> {
    /// With the tax that it includes.
    pub(super) capitalized_fee: (Amount, Amount),
    pub(super) fees: &'a [DisbursedFee],
    /// What was owed of other loans: carried over, or paid off with it.
    pub(super) for_others: Amount,
}

/// `from` is the fund source, or where money lies that goes to another account of the book.
pub(super) fn disbursement(from: GlAccount, amount: Amount, kept: &Kept<'_>) -> Vec<Movement> {
    let (capitalized_fee, tax) = kept.capitalized_fee;
    let fees: Amount = kept.fees.iter().map(|fee| fee.amount).sum();
    let paid_out = amount - capitalized_fee - fees - kept.for_others;
    let debit = GlAccount::LoanPortfolio;
    let mut all = vec![
        Movement { debit, credit: from, amount: paid_out },
        Movement { debit, credit: GlAccount::Restructuring, amount: kept.for_others },
    ];
    all.extend(earned(debit, GlAccount::FeeIncome, capitalized_fee, tax));
    let of_product = |fee: &DisbursedFee| earned(debit, income_account(fee.deferral), fee.amount, fee.tax);
    all.extend(kept.fees.iter().flat_map(of_product));
    all
}
