//! Applied interest: it becomes income, and receivable until it is paid. What is added to the principal
//! is part of the portfolio at once. The tax in it is payable.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::journal::postings::fee::earned;

pub(super) fn interest_applied(amount: Amount, capitalized: Amount, tax: Amount) -> Vec<Movement> {
    let receivable =
        earned(GlAccount::InterestReceivable, GlAccount::InterestIncome, amount - capitalized, tax);
    let added =
        Movement { debit: GlAccount::LoanPortfolio, credit: GlAccount::InterestIncome, amount: capitalized };
    receivable.into_iter().chain([added]).collect()
}
