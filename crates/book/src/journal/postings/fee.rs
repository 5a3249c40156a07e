//! A fee: it is earned when it is charged, and receivable until it is paid.

use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn fee_charged(amount: Amount) -> Vec<Movement> {
    vec![Movement { debit: GlAccount::FeeReceivable, credit: GlAccount::FeeIncome, amount }]
}

/// Fees and penalties that are given up were never earned.
pub(super) fn charge_reduced(amount: Components) -> Vec<Movement> {
    vec![
        Movement { debit: GlAccount::FeeIncome, credit: GlAccount::FeeReceivable, amount: amount.fees },
        Movement {
            debit: GlAccount::PenaltyIncome,
            credit: GlAccount::PenaltyReceivable,
            amount: amount.penalties,
        },
    ]
}
