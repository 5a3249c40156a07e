//! Waives a part of the fees or penalties that are owed.
//!
//! Checks, in this order: state, value date, amount, channel, installment, what is owed.

use jiff::civil::Date;
use loam_calc::allocation::{Component, Components};
use loam_calc::money::Amount;

use crate::loan::advance::settle_lateness;
use crate::loan::command::{WaiveCharge, WaivedCharge};
use crate::loan::commands::close::close_if_repaid;
use crate::loan::commands::{Decided, Target, repay, require_active};
use crate::loan::draft::Draft;
use crate::loan::event::{Event, InstallmentPart};
use crate::loan::refusal::{ChargeRefusal, Refusal, ScheduleRefusal};
use crate::organization::TransactionDetails;

/// Decides a waiver, today's or a back-dated one.
pub(super) fn waive(on: &Target<'_>, waived: &WaiveCharge) -> Result<Decided, Refusal> {
    require_active(on.loan, "waive a charge", on.context)?;
    let value_date = waived.value_date.unwrap_or(on.context.business_date);
    on.check_value_date("waive a charge", value_date)?;
    let amount = waived.amount.positive_in(on.loan.terms.currency)?;
    repay::check_details(&waived.details, on.context)?;
    let component = match waived.charge {
        WaivedCharge::Fees => Component::Fee,
        WaivedCharge::Penalties => Component::Penalty,
    };
    let what = (component, amount, waived.installment);
    on.on_day(value_date, |draft| post(draft, what, value_date, &waived.details))
}

/// Posts a waiver on the loan as it stands in the draft: of the installment named, or of all in
/// their order.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    (component, amount, only): (Component, Amount, Option<u32>),
    value_date: Date,
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    let servicing = &draft.loan.servicing;
    check_active(draft)?;
    if let Some(number) = only.filter(|only| servicing.installments.iter().all(|row| row.number != *only)) {
        return Err(Refusal::UnknownInstallment { number });
    }
    let mut left = amount;
    let mut parts = Vec::new();
    for row in servicing.installments.iter().filter(|row| only.is_none_or(|only| row.number == only)) {
        let taken = row.unpaid().get(component).min(left);
        if taken.is_positive() {
            let mut part = Components::default();
            part.set(component, taken);
            parts.push(InstallmentPart { number: row.number, part });
            left -= taken;
        }
    }
    if left.is_positive() {
        let text = |amount: Amount| amount.to_fixed_text(draft.loan.terms.currency);
        return Err(
            ChargeRefusal::WaiverExceedsCharge { amount: text(amount), owed: text(amount - left) }.into()
        );
    }
    let amount = parts.iter().map(|part| part.part).sum();
    let (posted, details, tax) = (draft.posted(Amount::ZERO), details.clone(), Components::default());
    draft.record(value_date, Event::ChargeReduced { posted, amount, parts, tax, details, is_of_edit: false });
    settle_lateness(draft, value_date);
    close_if_repaid(draft, value_date);
    Ok(())
}

/// Of a loan that was given up nothing is owed, whatever its rows say.
fn check_active(draft: &Draft<'_>) -> Result<(), Refusal> {
    let state = &draft.loan.servicing.state;
    let refused = Refusal::WrongState { command: "waive a charge", state: state.name() };
    state.is_active().then_some(()).ok_or(refused)
}

/// Posts charges that were given up once more, as far as they are owed still.
pub(crate) fn post_again(
    draft: &mut Draft<'_>,
    date: Date,
    (amount, parts): (Components, &[InstallmentPart]),
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    check_active(draft)?;
    let rows = &draft.loan.servicing.installments;
    let is_owed = |part: &InstallmentPart| {
        let row = rows.iter().find(|row| row.number == part.number);
        row.is_some_and(|row| {
            row.unpaid().fees >= part.part.fees && row.unpaid().penalties >= part.part.penalties
        })
    };
    if let Some(part) = parts.iter().find(|part| !is_owed(part)) {
        let value = part.part.total().to_fixed_text(draft.loan.terms.currency);
        return Err(Refusal::Schedule(ScheduleRefusal::ChargeNotOwed { number: part.number, value }));
    }
    let (posted, parts, details) = (draft.posted(Amount::ZERO), parts.to_vec(), details.clone());
    let tax = Components::default();
    draft.record(date, Event::ChargeReduced { posted, amount, parts, tax, details, is_of_edit: false });
    settle_lateness(draft, date);
    close_if_repaid(draft, date);
    Ok(())
}
