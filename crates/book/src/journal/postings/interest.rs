//! Applied interest: it becomes income, and receivable until it is paid.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn interest_applied(amount: Amount) -> Vec<Movement> {
    vec![Movement { debit: GlAccount::InterestReceivable, credit: GlAccount::InterestIncome, amount }]
}
