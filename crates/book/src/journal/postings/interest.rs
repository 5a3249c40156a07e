//! Applied interest: it becomes income, and receivable until it is paid. The tax in it is payable.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::journal::postings::fee::earned;

pub(super) fn interest_applied(amount: Amount, tax: Amount) -> Vec<Movement> {
    earned(GlAccount::InterestReceivable, GlAccount::InterestIncome, amount, tax).to_vec()
}
