//! A loan as it was: on a value date, as known on a booking date.

use jiff::civil::Date;

use crate::journal::balances::OwedToOthers;
use crate::journal::postings::movements;
use crate::loan::Loan;
use crate::loan::event::{Entry, Event};
use crate::loan::log::{Effective, effective, fold_steps, position_after};

/// The two axes on which the book can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// What counts by this value date.
    pub as_of: Date,
    /// What was booked by this booking date.
    pub known_on: Date,
}

/// The loan as of a value date, as it was known on a booking date. `None` where it was not in
/// the book by then.
pub fn as_of(entries: &[Entry], view: View) -> Option<Loan> {
    fold_steps(&counted(entries, view))
}

/// The same, with what stands in the ledger for it by then and is owed to others. The balances of a loan do not tell that:
/// its steps do.
pub fn with_owed_to_others(entries: &[Entry], view: View) -> Option<(Loan, OwedToOthers)> {
    let steps = counted(entries, view);
    let loan = fold_steps(&steps)?;
    let method = loan.terms.accounting.method;
    let mut owed = OwedToOthers::ZERO;
    for movement in steps.iter().flat_map(|effective| movements(effective.step, method)) {
        owed.add(&movement);
    }
    Some((loan, owed))
}

/// The steps that count by a value date, as they were known on a booking date.
pub(crate) fn counted(entries: &[Entry], view: View) -> Vec<Effective<'_>> {
    let known = entries.partition_point(|entry| entry.stamp.booking_date <= view.known_on);
    let mut steps = effective(&entries[..known]);
    let disbursed = steps.iter().position(|e| matches!(e.step.event, Event::Disbursed { .. }));
    let application = disbursed.unwrap_or(steps.len());
    let position = position_after(&steps, view.as_of);
    // A disbursement may be dated before the day of its approval; once it counts, so does the
    // application that it rests on.
    let counted = if position > application {
        position
    } else {
        steps[..application].iter().take_while(|e| e.step.value_date <= view.as_of).count()
    };
    steps.truncate(counted);
    steps
}
