//! A waiver: what was charged is neither owed nor earned, and its tax is not payable.

use loam_calc::allocation::Component;
use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;

pub(super) fn waiver(component: Component, amount: Amount, tax: Amount) -> Vec<Movement> {
    let (income, credit) = match component {
        Component::Fee => (GlAccount::FeeIncome, GlAccount::FeeReceivable),
        Component::Penalty => (GlAccount::PenaltyIncome, GlAccount::PenaltyReceivable),
        Component::Interest => (GlAccount::InterestIncome, GlAccount::InterestReceivable),
        Component::Principal => (GlAccount::WriteOffExpense, GlAccount::LoanPortfolio),
    };
    vec![
        Movement { debit: income, credit, amount: amount - tax },
        Movement { debit: GlAccount::TaxesPayable, credit, amount: tax },
    ]
}
