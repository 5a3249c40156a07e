//! Charges a fee of any amount to one installment.
//!
//! Checks, in this order: state, product, value date, amount, channel, installment.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::loan::Loan;
use crate::loan::advance::settle_lateness;
use crate::loan::command::ChargeFee;
use crate::loan::commands::{Decided, Target, repay, require_active};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::Refusal;
use crate::organization::TransactionDetails;

/// Decides a fee, today's or a back-dated one.
pub(super) fn charge(on: &Target<'_>, fee: &ChargeFee) -> Result<Decided, Refusal> {
    require_active(on.loan, "charge a fee", on.context)?;
    if !on.loan.terms.allows_arbitrary_fees {
        return Err(Refusal::ArbitraryFeeNotAllowed);
    }
    let value_date = fee.value_date.unwrap_or(on.context.business_date);
    on.check_value_date("charge a fee", value_date)?;
    let amount = fee.amount.positive_in(on.loan.terms.currency)?;
    repay::check_details(&fee.details, on.context)?;
    let number = fee.installment.or_else(|| next_row(on.loan, value_date));
    let number = number.ok_or(Refusal::MissingInstallmentNumber)?;
    on.on_day(value_date, |draft| post(draft, amount, number, value_date, &fee.details))
}

/// The row of a dynamic loan that takes a fee for which none is named: the next one that is not
/// paid. A fixed schedule has to be told.
fn next_row(loan: &Loan, value_date: Date) -> Option<u32> {
    let rows = loan.servicing.installments.iter().filter(|_| loan.terms.is_dynamic());
    let mut unpaid = rows.filter(|row| !row.is_paid());
    let next = unpaid.clone().find(|row| row.due_date >= value_date);
    next.or(unpaid.next_back()).map(|row| row.number)
}

/// Posts a fee on the loan as it stands in the draft. A paid installment takes none.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    amount: Amount,
    number: u32,
    value_date: Date,
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    if !draft.loan.servicing.state.is_active() {
        return Err(Refusal::WrongState {
            command: "charge a fee",
            state: draft.loan.servicing.state.name(),
        });
    }
    let mut installments = draft.loan.servicing.installments.iter();
    let installment = installments.find(|installment| installment.number == number);
    let installment = installment.ok_or(Refusal::UnknownInstallment { number })?;
    if installment.is_paid() && !installment.expected.is_zero() {
        return Err(Refusal::InstallmentPaid { number });
    }
    let posted = draft.posted(Amount::ZERO);
    draft.record(value_date, Event::FeeCharged { posted, amount, number, details: details.clone() });
    settle_lateness(draft, value_date);
    Ok(())
}
