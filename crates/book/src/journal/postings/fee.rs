//! A fee: it is earned when it is charged, or later if its income is deferred, and receivable until
//! it is paid. The tax in it is payable.

use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::loan::event::charge::{Deferral, FeeCharge};

pub(super) fn fee_charged(amount: Amount, charge: FeeCharge) -> Vec<Movement> {
    earned(GlAccount::FeeReceivable, income_account(charge.deferral), amount, charge.tax).to_vec()
}

pub(super) fn income_account(deferral: Option<Deferral>) -> GlAccount {
    match deferral {
        Some(_) => GlAccount::DeferredFeeIncome,
        None => GlAccount::FeeIncome,
    }
}

/// Something charged, split into income and tax.
pub(super) fn earned(debit: GlAccount, income: GlAccount, amount: Amount, tax: Amount) -> [Movement; 2] {
    [
        Movement { debit, credit: income, amount: amount - tax },
        Movement { debit, credit: GlAccount::TaxesPayable, amount: tax },
    ]
}

/// Fees and penalties that are given up are neither owed nor earned, and their tax is not payable.
pub(super) fn charge_reduced(amount: Components, tax: Components) -> Vec<Movement> {
    let less = |debit, credit, amount| Movement { debit, credit, amount };
    vec![
        less(GlAccount::FeeIncome, GlAccount::FeeReceivable, amount.fees - tax.fees),
        less(GlAccount::TaxesPayable, GlAccount::FeeReceivable, tax.fees),
        less(GlAccount::PenaltyIncome, GlAccount::PenaltyReceivable, amount.penalties - tax.penalties),
        less(GlAccount::TaxesPayable, GlAccount::PenaltyReceivable, tax.penalties),
    ]
}
