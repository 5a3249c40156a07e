//! Gives a loan up, and takes that back.

use jiff::civil::Date;

use crate::loan::charges::{fee_income, penalties};
use crate::loan::command::NamedTransaction;
use crate::loan::commands::reverse::require_named;
use crate::loan::commands::{Decided, Target, require_active};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::protection::ProtectClaim;
use crate::loan::refold::{TakeBack, take_back};
use crate::loan::refusal::{Refusal, WriteOffRefusal};
use crate::loan::{Closure, Loan, LoanState, log, securities};

/// Writes off everything outstanding on the business date and closes the loan.
pub(super) fn write_off(draft: &mut Draft<'_>, notes: &Option<String>) -> Result<(), Refusal> {
    require_active(&draft.loan, "write off", draft.context)?;
    let days = draft.loan.days_in_arrears(draft.context.business_date);
    if let Some(least) =
        draft.loan.terms.controls.write_off_after_days.filter(|least| days < i64::from(*least))
    {
        return Err(Refusal::WriteOff(WriteOffRefusal::ArrearsTooShort { days, least }));
    }
    check_left(&draft.loan)?;
    post(draft, draft.context.business_date, notes.clone(), None)
}

/// Refuses to give up a loan of which nothing is left, or on which too much was paid.
pub(super) fn check_left(loan: &Loan) -> Result<(), Refusal> {
    let (overpaid, currency) = (loan.servicing.course.overpaid, loan.terms.currency);
    if overpaid.is_positive() {
        return Err(Refusal::WriteOff(WriteOffRefusal::Overpaid {
            amount: overpaid.to_fixed_text(currency),
        }));
    }
    if loan.servicing.is_paid() {
        return Err(Refusal::WriteOff(WriteOffRefusal::NothingLeft));
    }
    Ok(())
}

/// Posts a write-off of what is outstanding on the loan as it stands in the draft.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    date: Date,
    notes: Option<String>,
    claim: Option<ProtectClaim>,
) -> Result<(), Refusal> {
    if !draft.loan.servicing.state.is_active() {
        let state = draft.loan.servicing.state.name();
        return Err(Refusal::WrongState { command: "write off", state });
    }
    penalties::settle(draft, date);
    let amount = draft.loan.servicing.outstanding;
    let posted = draft.posted(-amount.principal);
    draft.record(date, Event::WrittenOff { posted, amount, notes, claim });
    fee_income::settle(draft, date);
    securities::lose(draft, date);
    Ok(())
}

/// Takes a write-off back: the loan stands as if it had never been given up.
pub(super) fn undo(
    on: &Target<'_>,
    named: Option<NamedTransaction>,
    notes: &Option<String>,
) -> Result<Decided, Refusal> {
    let LoanState::Closed { closure: Closure::WrittenOff, closed_on, .. } = on.loan.servicing.state else {
        let state = on.loan.servicing.state.name();
        return Err(Refusal::WrongState { command: "undo write-off", state });
    };
    let Some(history) = on.history else { return Ok(Decided::NeedsHistory(closed_on)) };
    let steps = log::effective(history);
    let number_of = |event: &Event| {
        if let Event::WrittenOff { posted, .. } = event { Some(posted.transaction_id) } else { None }
    };
    let written_off = steps.iter().rev().find_map(|effective| number_of(&effective.step.event));
    let original = written_off.expect("a loan that is written off was written off");
    require_named(on, named, (original, history), number_of)?;
    let target = TakeBack { original, notes: notes.clone() };
    let outcome = take_back(on.loan, history, &target, on.context)?;
    Ok(on.refolded(outcome))
}
