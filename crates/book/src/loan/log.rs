//! Reading a log: the fold over its entries, and the steps that count today.

use jiff::civil::Date;

use crate::loan::Loan;
use crate::loan::apply::{apply, apply_step, open};
use crate::loan::event::{Entry, Event, Stamp, Step};

/// A step that counts, with the stamp of the entry that brought it.
#[derive(Debug, Clone, Copy)]
pub struct Effective<'a> {
    pub step: &'a Step,
    pub stamp: &'a Stamp,
}

/// Why nothing can be folded from a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log begins with {event}, not with the creation")]
pub struct NotBegun {
    pub event: &'static str,
}

/// That a log begins as logs do, or is empty. Every fold takes it for granted: whoever reads a log that the desk does not
/// watch over asks this first.
///
/// # Errors
/// [`NotBegun`] when another entry than the creation stands first.
pub fn begun(entries: &[Entry]) -> Result<(), NotBegun> {
    let first = entries.first().map(|entry| &entry.step.event);
    let other = first.filter(|event| !matches!(event, Event::Created { .. }));
    other.map_or(Ok(()), |event| Err(NotBegun { event: event.name() }))
}

/// The loan that a log makes. `None` for an empty log.
pub fn fold(entries: &[Entry]) -> Option<Loan> {
    let (first, rest) = entries.split_first()?;
    let mut loan = open(opening_of(&first.step), &first.stamp);
    loan.version = first.seq;
    rest.iter().for_each(|entry| apply(&mut loan, entry));
    Some(loan)
}

/// The steps that count: refolds replace what they replaced. In value-date order from the
/// disbursement on; steps of one day stand in the order in which they were booked.
pub fn effective(entries: &[Entry]) -> Vec<Effective<'_>> {
    let mut steps = Vec::with_capacity(entries.len());
    for entry in entries {
        let stamp = &entry.stamp;
        if let Event::Refolded { refolded } = &entry.step.event {
            steps.truncate(refolded.kept);
            steps.extend(refolded.tail.iter().map(|placed| Effective { step: placed.step(), stamp }));
        } else {
            steps.push(Effective { step: &entry.step, stamp });
        }
    }
    steps
}

/// The loan that the given effective steps make. `None` when there are none.
pub fn fold_steps(steps: &[Effective<'_>]) -> Option<Loan> {
    let (first, rest) = steps.split_first()?;
    let mut loan = open(opening_of(first.step), first.stamp);
    for effective in rest {
        apply_step(&mut loan, effective.step, effective.stamp);
    }
    Some(loan)
}

/// How many of the steps count by `value_date`: the position at which a fact of that day goes.
pub fn position_after(steps: &[Effective<'_>], value_date: Date) -> usize {
    let disbursed = steps.iter().position(|e| matches!(e.step.event, Event::Disbursed { .. }));
    let start = disbursed.unwrap_or(steps.len());
    start + steps[start..].iter().take_while(|effective| effective.step.value_date <= value_date).count()
}

fn opening_of(step: &Step) -> &crate::loan::event::Opening {
    let Event::Created { opening } = &step.event else {
        unreachable!("a log begins with the creation, not with {}", step.event.name());
    };
    opening
}
