//! Facts name installments by number. Where an edit of the schedule before them is taken back or
//! decided otherwise, the numbers are those of other rows: the due date says which one was meant.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::loan::apply::apply_step;
use crate::loan::event::{Event, Step};
use crate::loan::log::Effective;
use crate::loan::refusal::Refusal;
use crate::loan::rescheduling::ScheduleChange;
use crate::loan::{Installment, Loan};

/// What the facts of a tail met when they were decided: the due dates by number.
pub(super) struct Numbers<'s> {
    met: Vec<(&'s Step, Vec<Date>)>,
}

impl<'s> Numbers<'s> {
    /// `base` is the loan before the tail. Where no schedule was edited nothing is remembered: every
    /// number is its row's.
    pub(super) fn of(base: &Loan, tail: &[Effective<'s>]) -> Numbers<'s> {
        let is_edit = |one: &Effective<'_>| matches!(one.step.event, Event::ScheduleEdited { .. });
        let Some(first) = tail.iter().position(is_edit) else { return Numbers { met: Vec::new() } };
        let mut loan = base.clone();
        let mut met = Vec::new();
        for (place, one) in tail.iter().enumerate() {
            if place > first && names_installments(&one.step.event) {
                let rows = loan.servicing.installments.iter();
                met.push((one.step, rows.map(|row| row.due_date).collect()));
            }
            apply_step(&mut loan, one.step, one.stamp);
        }
        Numbers { met }
    }

    /// The fact with the numbers that its rows have by now.
    ///
    /// # Errors
    /// `UnknownInstallment` when such a row is gone.
    pub(super) fn renumbered(&self, fact: &'s Step, rows: &[Installment]) -> Result<Cow<'s, Step>, Refusal> {
        let Some((_, met)) = self.met.iter().find(|(step, _)| std::ptr::eq(*step, fact)) else {
            return Ok(Cow::Borrowed(fact));
        };
        let now = |number: u32| number_of(number, met, rows);
        let mut step = fact.clone();
        if let Event::FeeCharged { number, .. } = &mut step.event {
            *number = now(*number)?;
        } else if let Event::PenaltyApplied { parts, .. } = &mut step.event {
            parts.iter_mut().try_for_each(|part| now(part.number).map(|number| part.number = number))?;
        } else if let Event::ChargeReduced { parts, .. } = &mut step.event {
            parts.iter_mut().try_for_each(|part| now(part.number).map(|number| part.number = number))?;
        } else if let Event::Waived { claim, .. } = &mut step.event {
            claim.installments.iter_mut().try_for_each(|number| now(*number).map(|now| *number = now))?;
        } else if let Event::ScheduleEdited { change, .. } = &mut step.event {
            renumber(change, &now)?;
        }
        Ok(Cow::Owned(step))
    }
}

fn renumber(change: &mut ScheduleChange, now: &dyn Fn(u32) -> Result<u32, Refusal>) -> Result<(), Refusal> {
    match change {
        ScheduleChange::Rows { edits } => {
            for number in edits.iter_mut().filter_map(|edit| edit.number.as_mut()) {
                *number = now(*number)?;
            }
        }
        ScheduleChange::Deleted { number } => *number = now(*number)?,
        // What followed the calendar names the due dates with the numbers.
        ScheduleChange::ReAged { .. } | ScheduleChange::ReAmortized | ScheduleChange::Calendar { .. } => {}
    }
    Ok(())
}

/// The row with the due date that the number had; where only due dates differ, the one in its place.
fn number_of(number: u32, met: &[Date], rows: &[Installment]) -> Result<u32, Refusal> {
    let unknown = Refusal::UnknownInstallment { number };
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let Some(due_date) = place.and_then(|place| met.get(place)) else { return Err(unknown) };
    if let Some(row) = rows.iter().find(|row| row.due_date == *due_date) {
        return Ok(row.number);
    }
    if rows.len() == met.len() { Ok(number) } else { Err(unknown) }
}

fn names_installments(event: &Event) -> bool {
    matches!(
        event,
        Event::FeeCharged { .. }
            | Event::PenaltyApplied { .. }
            | Event::ChargeReduced { .. }
            | Event::Waived { .. }
            | Event::ScheduleEdited { .. }
    )
}
