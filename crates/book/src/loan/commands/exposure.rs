//! How many loans a holder may have at once, and how much may be owed with all of them.

use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::catalog::Catalog;
use crate::loan::command::LoanCommand;
use crate::loan::context::Context;
use crate::loan::refusal::{PartyRefusal, Refusal};
use crate::loan::{Loan, LoanState};
use crate::party::rules::Exposure;
use crate::product::ProductType;

/// Whether a command looks at the other loans of the holder.
pub fn looks_at_other_loans(command: &LoanCommand, catalog: &Catalog) -> bool {
    matches!(command, LoanCommand::Approve { .. }) && limits_loans(catalog)
}

/// Whether the organization limits how many loans a holder has, or how much they are together.
pub fn limits_loans(catalog: &Catalog) -> bool {
    let rules = catalog.party_rules();
    rules.only_one_loan || rules.exposure != Exposure::Unlimited
}

/// Checks a loan that is approved beside the other loans of its holder, in this order: their number, their sum.
pub(super) fn check_approval(loan: &Loan, context: &Context<'_>) -> Result<(), Refusal> {
    let Some(others) = context.other_loans else { return Ok(()) };
    let rules = context.catalog.party_rules();
    if rules.only_one_loan && others.iter().any(is_open) {
        return Err(PartyRefusal::SecondLoan.into());
    }
    let Exposure::SumOfLoans { most, currency } = rules.exposure else { return Ok(()) };
    if loan.terms.currency != currency {
        return Ok(());
    }
    let owed: Amount = others.iter().map(|other| exposure(other, currency)).sum();
    let exposure = owed + loan.terms.amount;
    if exposure > most {
        let text = |amount: Amount| amount.to_fixed_text(currency);
        return Err(PartyRefusal::Exposure { exposure: text(exposure), most: text(most) }.into());
    }
    Ok(())
}

fn is_open(loan: &Loan) -> bool {
    matches!(loan.servicing.state, LoanState::Approved { .. }) || loan.servicing.state.is_active()
}

/// What is owed of a loan in this currency, with what may still be drawn of it.
fn exposure(loan: &Loan, currency: Currency) -> Amount {
    if loan.terms.currency != currency || !is_open(loan) {
        return Amount::ZERO;
    }
    let outstanding = loan.servicing.outstanding.total();
    if !loan.servicing.state.is_active() {
        return loan.terms.amount;
    }
    match loan.terms.product_type {
        ProductType::RevolvingCredit => outstanding.max(loan.terms.amount),
        ProductType::TranchedLoan => {
            let tranches = loan.servicing.course.tranches.iter();
            let left = tranches.filter(|tranche| tranche.disbursement.is_none());
            outstanding + left.map(|tranche| tranche.amount).sum::<Amount>()
        }
        ProductType::FixedTermLoan | ProductType::DynamicTermLoan | ProductType::InterestFreeLoan => {
            outstanding
        }
    }
}
