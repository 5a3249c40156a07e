//! An applied penalty: it becomes income, and receivable until it is paid. The tax in it is payable.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::journal::postings::fee::earned;

pub(super) fn penalty_applied(amount: Amount, tax: Amount) -> Vec<Movement> {
    earned(GlAccount::PenaltyReceivable, GlAccount::PenaltyIncome, amount, tax).to_vec()
}
