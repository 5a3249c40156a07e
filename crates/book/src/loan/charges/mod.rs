//! What the book does about fees, penalties, taxes and locks: what is derived when days pass, and
//! what goes before an event is placed. The rules of each charge are in its own file.

use jiff::civil::Date;

use crate::loan::commands::{fee, penalty as penalty_command, waive};
use crate::loan::custom_payment;
use crate::loan::draft::Draft;
use crate::loan::event::charge::{FeeCause, Forgone, PenaltyCause};
use crate::loan::event::{Event, Step};
use crate::loan::refusal::Refusal;
use crate::loan::{Loan, LoanState};

pub mod controls;
pub mod fee_income;
pub mod fees;
pub mod penalties;
pub mod served;
pub mod tax;

/// The next day on which something here is derived if nobody touches the loan.
pub(crate) fn next_on(loan: &Loan) -> Option<Date> {
    let LoanState::Active { is_locked, .. } = loan.servicing.state else { return None };
    let charges = if is_locked { [None, None] } else { [fees::next_on(loan), penalties::next_on(loan)] };
    let others = [fee_income::next_on(loan), controls::lock_on(loan), controls::close_on(loan)];
    let next = charges.into_iter().chain(others).flatten().min()?;
    // A lock, or something charged late, holds things back; nothing is derived in the past.
    Some(loan.servicing.latest_value_date.map_or(next, |latest| next.max(latest)))
}

/// Derives the first thing that is due on the day, if there is one.
pub(crate) fn derive_on(draft: &mut Draft<'_>, date: Date) {
    let LoanState::Active { is_locked, .. } = draft.loan.servicing.state else { return };
    let is_due = |next: Option<Date>| next.is_some_and(|next| next <= date);
    if !is_locked && is_due(fees::next_on(&draft.loan)) {
        fees::derive(draft, date);
    } else if !is_locked && is_due(penalties::next_on(&draft.loan)) {
        penalties::derive(draft, date, PenaltyCause::Lateness);
    } else if is_due(fee_income::next_on(&draft.loan)) {
        fee_income::derive(draft, date);
    } else if is_due(controls::lock_on(&draft.loan)) {
        controls::lock_for_arrears(draft, date);
    } else if is_due(controls::close_on(&draft.loan)) {
        controls::close_dormant(draft, date);
    }
}

/// What goes before an event: penalties grow up to the day on which that changes on which they
/// grow, and the event's taxes are filled in.
pub(crate) fn before(draft: &mut Draft<'_>, value_date: Date, event: &mut Event) {
    if penalties::are_moved_by(&draft.loan, value_date, event) {
        penalties::grow(draft, value_date);
    }
    tax::fill(&draft.loan, event);
    custom_payment::fill(&draft.loan, event);
}

/// Whether a derived event of this kind says the same as another one, numbers under which it is
/// served and running balances aside.
pub(crate) fn comes_out_as(event: &Event, other: &Event) -> bool {
    match (event, other) {
        (
            Event::FeeCharged { amount, number, charge, .. },
            Event::FeeCharged { amount: other_amount, number: other_number, charge: other_charge, .. },
        ) => amount == other_amount && number == other_number && charge == other_charge,
        (
            Event::PenaltyApplied { amount, parts, cause, tax, .. },
            Event::PenaltyApplied {
                amount: other_amount,
                parts: other_parts,
                cause: other_cause,
                tax: other_tax,
                ..
            },
        ) => amount == other_amount && parts == other_parts && cause == other_cause && tax == other_tax,
        (Event::Locked { cause, .. }, Event::Locked { cause: other_cause, .. }) => cause == other_cause,
        (Event::PenaltyAccrued { .. }, Event::PenaltyAccrued { .. })
        | (Event::FeeIncomeRecognized { .. }, Event::FeeIncomeRecognized { .. })
        | (Event::ArrearsChanged { .. }, Event::ArrearsChanged { .. }) => event == other,
        _ => false,
    }
}

/// Whether the book derived this only because a repayment came: it goes with the repayment.
pub(crate) fn comes_with_repayment(event: &Event) -> bool {
    if let Event::FeeCharged { charge, .. } = event {
        return charge.cause == FeeCause::EarlyPayment;
    }
    if let Event::PenaltyApplied { cause, .. } = event {
        return *cause == PenaltyCause::Settlement;
    }
    matches!(event, Event::PenaltyAccrued { .. })
}

/// Notes that somebody takes this charge of the book back, so that it is not derived again.
pub(crate) fn forgo(draft: &mut Draft<'_>, taken_back: &Step) -> Result<(), Refusal> {
    let mut forgone = None;
    if let Event::FeeCharged { number, charge, .. } = &taken_back.event
        && charge.cause != FeeCause::Request
    {
        forgone = charge.fee.map(|fee| Forgone::Fee { fee, number: *number });
    }
    if let Event::PenaltyApplied { parts, cause, .. } = &taken_back.event
        && *cause != PenaltyCause::Request
    {
        forgone = Some(Forgone::Penalty { parts: parts.clone() });
    }
    if let Some(forgone) = forgone {
        draft.record(taken_back.value_date, Event::ChargeForgone { forgone });
    }
    Ok(())
}

/// Fees that somebody took back are forgone from the beginning of a refold on, whatever the day on
/// which they had been charged: what is decided anew may reach their installments earlier. Gives the
/// facts that are left. Behind an edit of the schedule a number may be that of another installment;
/// there they keep their place.
pub(crate) fn forgo_fees_first<'s>(draft: &mut Draft<'_>, date: Date, facts: Vec<&'s Step>) -> Vec<&'s Step> {
    let is_edit = |step: &&Step| matches!(step.event, Event::ScheduleEdited { .. });
    let before = facts.iter().position(is_edit).unwrap_or(facts.len());
    if !draft.loan.servicing.state.is_active() {
        return facts;
    }
    let mut left = Vec::with_capacity(facts.len());
    for (place, step) in facts.into_iter().enumerate() {
        let is_fee = matches!(step.event, Event::ChargeForgone { forgone: Forgone::Fee { .. } });
        if is_fee && place < before {
            draft.record(date.min(step.value_date), step.event.clone());
        } else {
            left.push(step);
        }
    }
    left
}

/// Facts in the order in which they are decided again: on each day, what somebody took back of the
/// book's own charges comes first, so that these are not made before.
pub(crate) fn forgone_first<'s>(facts: impl Iterator<Item = &'s Step>) -> Vec<&'s Step> {
    let mut facts: Vec<&Step> = facts.collect();
    facts.sort_by_key(|step| (step.value_date, !matches!(step.event, Event::ChargeForgone { .. })));
    facts
}

/// Up to which day the book derives before it decides a fact again.
pub(crate) fn derived_through(fact: &Step) -> Date {
    if matches!(fact.event, Event::ChargeForgone { .. }) {
        return fact.value_date.yesterday().unwrap_or(Date::MIN);
    }
    fact.value_date
}

/// Decides a later charge, or its waiver, again.
pub(crate) fn decide_again(draft: &mut Draft<'_>, step: &Step) -> Result<(), Refusal> {
    let date = step.value_date;
    if let Event::FeeCharged { amount, number, details, charge, .. } = &step.event {
        return fee::post(draft, (*amount, *number, charge.fee), date, details);
    }
    if let Event::PenaltyApplied { amount, parts, details, .. } = &step.event {
        return penalty_command::post(draft, *amount, parts.first().map(|part| part.number), date, details);
    }
    if let Event::ChargeReduced { amount, parts, details, .. } = &step.event {
        return waive::post_again(draft, date, (*amount, parts), details);
    }
    // There is nothing to forgo on a loan whose disbursement was taken back; on one that is closed now
    // it may matter again.
    if draft.loan.servicing.state.disbursed_on().is_some() {
        draft.record(date, step.event.clone());
    }
    Ok(())
}
