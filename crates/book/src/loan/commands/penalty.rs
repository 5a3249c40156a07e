//! Charges a penalty that the book has not made.
//!
//! Checks, in this order: state, value date, amount, channel, installment.

use jiff::civil::Date;
use loam_calc::allocation::Component;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use crate::loan::advance::settle_lateness;
use crate::loan::charges::tax;
use crate::loan::command::ApplyPenalty;
use crate::loan::commands::fee::check_chargeable;
use crate::loan::commands::{Decided, Target, repay, require_active};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::event::charge::{PenaltyCause, PenaltyPart};
use crate::loan::refusal::Refusal;
use crate::organization::TransactionDetails;

/// Decides a penalty, today's or a back-dated one.
pub(super) fn apply(on: &Target<'_>, penalty: &ApplyPenalty) -> Result<Decided, Refusal> {
    require_active(on.loan, "apply a penalty", on.context)?;
    let value_date = penalty.value_date.unwrap_or(on.context.business_date);
    on.check_value_date("apply a penalty", value_date)?;
    let stated = penalty.amount.positive_in(on.loan.terms.currency)?;
    let amount = tax::gross(&on.loan.terms, Component::Penalty, stated);
    repay::check_details(&penalty.details, on.context)?;
    on.on_day(value_date, |draft| post(draft, amount, penalty.installment, value_date, &penalty.details))
}

/// Posts a penalty on the loan as it stands in the draft: on the installment named, or the oldest
/// that is not paid.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    amount: Amount,
    number: Option<u32>,
    value_date: Date,
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    let oldest = draft.loan.servicing.installments.iter().find(|row| !row.is_paid());
    let number = number.or(oldest.map(|row| row.number)).ok_or(Refusal::NothingToRepay)?;
    check_chargeable(&draft.loan, "apply a penalty", number)?;
    let parts = vec![PenaltyPart { number, accrued: Exact::ZERO, amount }];
    let (posted, details, tax) = (draft.posted(Amount::ZERO), details.clone(), Amount::ZERO);
    let cause = PenaltyCause::Request;
    draft.record(value_date, Event::PenaltyApplied { posted, amount, parts, cause, tax, details });
    settle_lateness(draft, value_date);
    Ok(())
}
