//! A recovery: money comes in on a loan that was given up, and is income.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn recovery(amount: Amount) -> Vec<Movement> {
    vec![Movement { debit: GlAccount::FundSource, credit: GlAccount::RecoveryIncome, amount }]
}
