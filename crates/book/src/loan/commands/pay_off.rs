//! Pays a loan off with money of another loan of its holder, which takes its place.
//!
//! Checks, in this order: state, kind, what was paid too much, something to pay, whether it may be paid ahead. Of the
//! loan that pays: the day, what it lends less its fees.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::loan::command::Disburse;
use crate::loan::commands::{repay, require_unlocked};
use crate::loan::context::Context;
use crate::loan::custom_payment::Paying;
use crate::loan::draft::Draft;
use crate::loan::refusal::{RefinanceRefusal, Refusal};
use crate::loan::{Installment, Loan, Terms};
use crate::organization::{TransactionDetails, TransferLink};
use crate::product::PrepaymentAcceptance;

/// Pays everything that is owed on the business date and closes the loan as refinanced. Investors get their shares as
/// of any payment.
pub(super) fn pay_off(draft: &mut Draft<'_>, by: &TransferLink) -> Result<(), Refusal> {
    let date = draft.context.business_date;
    require_unlocked(&draft.loan, draft.context)?;
    let amount = payoff(&draft.loan, date)?.total();
    let details = TransactionDetails { transfer: Some(*by), ..TransactionDetails::default() };
    let paying = Paying { amount, stated: &[], is_again: false };
    repay::post(draft, paying, date, &details)?;
    if draft.loan.state().is_active() {
        let outstanding = draft.loan.servicing.outstanding.total().to_fixed_text(draft.loan.terms.currency);
        return Err(Refusal::BalanceRemains { outstanding });
    }
    Ok(())
}

/// What pays a loan off that stands as it does on this day.
///
/// # Errors
/// Why another loan cannot pay it off: `NotActive`, `RevolvingCredit`, `Overpaid`, `NothingOwed`, `NoPrepayments`.
pub fn payoff(loan: &Loan, date: Date) -> Result<Components, Refusal> {
    let id = || loan.id.clone();
    let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
    if !loan.state().is_active() {
        return Err(RefinanceRefusal::NotActive { loan: id(), state: loan.state().name() }.into());
    }
    if loan.terms.is_revolving() {
        return Err(RefinanceRefusal::RevolvingCredit { loan: id() }.into());
    }
    let overpaid = loan.servicing.course.overpaid;
    if overpaid.is_positive() {
        return Err(RefinanceRefusal::Overpaid { loan: id(), amount: text(overpaid) }.into());
    }
    let owed = loan.payoff_on(date);
    if !owed.total().is_positive() {
        return Err(RefinanceRefusal::NothingOwed { loan: id() }.into());
    }
    let is_ahead = |row: &Installment| row.due_date > date && !row.is_paid();
    let may_be_ahead = loan.terms.prepayment == PrepaymentAcceptance::AcceptPrepayments;
    if !may_be_ahead && loan.servicing.installments.iter().any(is_ahead) {
        return Err(RefinanceRefusal::NoPrepayments { loan: id() }.into());
    }
    Ok(owed)
}

/// Refuses to pay loans off on another day than the one on which they are paid off, or with more than there is.
pub(super) fn check_pays_off(
    disburse: &Disburse,
    (value_date, cash): (Date, Amount),
    terms: &Terms,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if disburse.pays_off.is_empty() {
        return Ok(());
    }
    let business_date = context.business_date;
    if value_date != business_date {
        return Err(RefinanceRefusal::AnotherDay { value_date, business_date }.into());
    }
    let payoff: Amount = disburse.pays_off.iter().map(|paid| paid.amount).sum();
    if payoff <= cash {
        return Ok(());
    }
    let text = |amount: Amount| amount.to_fixed_text(terms.currency);
    Err(RefinanceRefusal::PayoffExceeds { payoff: text(payoff), lent: text(cash) }.into())
}
