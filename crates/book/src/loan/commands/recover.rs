//! Takes in money on a loan that was written off. It repays nothing: the loan was given up, and what
//! comes in is income.
//!
//! Checks, in this order: state, value date, amount, channel, what was lost and not recovered.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::loan::command::Repay;
use crate::loan::commands::{Decided, Target, repay};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{CustomPaymentRefusal, Refusal, WriteOffRefusal};
use crate::loan::{Closure, Loan, LoanState, securities};
use crate::organization::TransactionDetails;

/// Decides a recovery, today's or a back-dated one.
pub(super) fn recover(on: &Target<'_>, recovered: &Repay) -> Result<Decided, Refusal> {
    let written_off_on = written_off_on(on.loan)?;
    let value_date = recovered.value_date.unwrap_or(on.context.business_date);
    on.check_value_date("recover", value_date)?;
    if value_date < written_off_on {
        return Err(Refusal::WriteOff(WriteOffRefusal::BeforeWriteOff { value_date, written_off_on }));
    }
    let amount = recovered.amount.positive_in(on.loan.terms.currency)?;
    if !recovered.custom.is_empty() {
        // What was given up is not owed, of whatever kind.
        return Err(CustomPaymentRefusal::NotAllowed.into());
    }
    repay::check_details(&recovered.details, on.context)?;
    on.on_day(value_date, |draft| post(draft, amount, value_date, &recovered.details))
}

/// Posts a recovery on the loan as it stands in the draft.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    amount: Amount,
    value_date: Date,
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    let loan = &draft.loan;
    written_off_on(loan)?;
    let left = loan.servicing.lost().total() - loan.servicing.course.recovered;
    if amount > left {
        let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
        return Err(Refusal::ExcessRepayment { amount: text(amount), outstanding: text(left) });
    }
    let posted = draft.posted(Amount::ZERO);
    draft.record(value_date, Event::Recovered { posted, amount, details: details.clone() });
    securities::share_recovered(draft, value_date, amount);
    Ok(())
}

fn written_off_on(loan: &Loan) -> Result<Date, Refusal> {
    match loan.servicing.state {
        LoanState::Closed { closure: Closure::WrittenOff, closed_on, .. } => Ok(closed_on),
        LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Active { .. }
        | LoanState::Closed { .. } => {
            Err(Refusal::WrongState { command: "recover", state: loan.servicing.state.name() })
        }
    }
}

impl crate::loan::Servicing {
    /// What the installments of a loan that was written off still show as owed: what was lost.
    pub fn lost(&self) -> Components {
        let owed = self
            .installments
            .iter()
            .map(|row| Components { interest: row.interest_applied - row.paid.interest, ..row.unpaid() });
        owed.sum()
    }
}
