//! Pauses the interest of a loan: none grows between two days, and due dates stay.
//!
//! Checks, in this order: state, kind of loan, value date, days.

use jiff::civil::Date;

use crate::loan::command::PauseInterest;
use crate::loan::commands::{Decided, Target, require_active};
use crate::loan::course::Pause;
use crate::loan::draft::Draft;
use crate::loan::dynamic::{ScheduleCause, Upcoming};
use crate::loan::event::Event;
use crate::loan::refusal::{DynamicRefusal, Refusal};

/// Decides the pause. It may begin and end after the business date.
pub(super) fn pause(on: &Target<'_>, wanted: &PauseInterest) -> Result<Decided, Refusal> {
    require_active(on.loan, "pause interest", on.context)?;
    let (from, until) = (wanted.from.unwrap_or(on.context.business_date), wanted.until);
    let impossible = |reason| Err(DynamicRefusal::PauseNotPossible { from, until, reason }.into());
    if !on.loan.terms.is_dynamic() {
        return impossible("its interest was fixed when it was paid out");
    }
    // One that was agreed ahead is a fact of today.
    let value_date = from.min(on.context.business_date);
    on.check_value_date("pause interest", value_date)?;
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
    let pause = Pause { from, to: until };
    on.on_day(value_date, |draft| post(draft, value_date, pause, wanted.notes.clone()))
}

/// Posts the pause on a day that is not after its first one.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    value_date: Date,
    pause: Pause,
    notes: Option<String>,
) -> Result<(), Refusal> {
    if !draft.loan.servicing.state.is_active() {
        let state = draft.loan.servicing.state.name();
        return Err(Refusal::WrongState { command: "pause interest", state });
    }
    let from = (pause.from != value_date).then_some(pause.from);
    draft.record(value_date, Event::InterestPaused { from, until: pause.to, notes });
    let event = Upcoming::of(&draft.loan, value_date).event(ScheduleCause::Pause);
    draft.derive(value_date, event);
    Ok(())
}
