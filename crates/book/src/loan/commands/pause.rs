//! Pauses the interest of a loan: none grows between two days, and due dates stay.
//!
//! Checks, in this order: state, kind of loan, value date, days.

use jiff::civil::Date;

use crate::loan::command::PauseInterest;
use crate::loan::commands::{Decided, Target, require_active};
use crate::loan::draft::Draft;
use crate::loan::dynamic::{ScheduleCause, Upcoming};
use crate::loan::event::Event;
use crate::loan::refusal::{DynamicRefusal, Refusal};

/// Decides the pause. It may end after the business date.
pub(super) fn pause(on: &Target<'_>, wanted: &PauseInterest) -> Result<Decided, Refusal> {
    require_active(on.loan, "pause interest", on.context)?;
    let (from, until) = (wanted.from.unwrap_or(on.context.business_date), wanted.until);
    let impossible = |reason| Err(DynamicRefusal::PauseNotPossible { from, until, reason }.into());
    if !on.loan.terms.is_dynamic() {
        return impossible("its interest was fixed when it was paid out");
    }
    on.check_value_date("pause interest", from)?;
    if until <= from {
        return impossible("it would end before it begins");
    }
    let maturity = on.loan.servicing.installments.last().map(|row| row.due_date);
    if maturity.is_some_and(|maturity| until > maturity) {
        return impossible("it would end after the last due date");
    }
    if on.loan.servicing.course.pauses.iter().any(|pause| from < pause.to && pause.from < until) {
        return impossible("another pause lies in these days");
    }
    on.on_day(from, |draft| post(draft, from, until, wanted.notes.clone()))
}

/// Posts the pause.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    from: Date,
    until: Date,
    notes: Option<String>,
) -> Result<(), Refusal> {
    if !draft.loan.servicing.state.is_active() {
        let state = draft.loan.servicing.state.name();
        return Err(Refusal::WrongState { command: "pause interest", state });
    }
    draft.record(from, Event::InterestPaused { until, notes });
    let event = Upcoming::of(&draft.loan, from).event(ScheduleCause::Pause);
    draft.derive(from, event);
    Ok(())
}
