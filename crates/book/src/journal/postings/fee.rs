//! A fee: it is earned when it is charged, and receivable until it is paid.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn fee_charged(amount: Amount) -> Vec<Movement> {
    vec![Movement { debit: GlAccount::FeeReceivable, credit: GlAccount::FeeIncome, amount }]
}
