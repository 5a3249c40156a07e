//! Pays out again what a borrower paid too much.
//!
//! Checks, in this order: state, product, value date, amount, channel.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::loan::command::Redraw;
use crate::loan::commands::close::close_if_repaid;
use crate::loan::commands::{Decided, Target, repay, require_active};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{DynamicRefusal, Refusal};
use crate::organization::TransactionDetails;

/// Decides the payment.
pub(super) fn redraw(on: &Target<'_>, wanted: &Redraw) -> Result<Decided, Refusal> {
    require_active(on.loan, "redraw", on.context)?;
    if !on.loan.terms.payment_rules.allows_redraw {
        return Err(DynamicRefusal::RedrawNotAllowed.into());
    }
    let value_date = wanted.value_date.unwrap_or(on.context.business_date);
    on.check_value_date("redraw", value_date)?;
    let amount = wanted.amount.positive_in(on.loan.terms.currency)?;
    repay::check_details(&wanted.details, on.context)?;
    on.on_day(value_date, |draft| post(draft, value_date, amount, &wanted.details))
}

/// Posts the payment out of what was paid too much by then.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    value_date: Date,
    amount: Amount,
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    let loan = &draft.loan;
    if !loan.servicing.state.is_active() {
        return Err(Refusal::WrongState { command: "redraw", state: loan.servicing.state.name() });
    }
    let available = loan.servicing.course.overpaid;
    if amount > available {
        let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
        return Err(
            DynamicRefusal::RedrawNotPossible { amount: text(amount), available: text(available) }.into()
        );
    }
    let posted = draft.posted(Amount::ZERO);
    draft.record(value_date, Event::Redrawn { posted, amount, details: details.clone() });
    close_if_repaid(draft, value_date);
    Ok(())
}
