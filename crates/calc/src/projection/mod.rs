//! The rows of a loan whose interest follows what is outstanding: what is still to come, given what
//! was paid and when.
//!
//! Rows whose due date has come are not projected: they are facts. Fees and penalties are not known
//! here.

mod evening;
mod growth;
mod mixed;

use jiff::civil::Date;

use crate::accrual::Span;
use crate::exact::Exact;
use crate::money::Amount;

pub use evening::even_out;
pub use growth::{Balance, Growth, GrowthPart, RateFrom};
pub use mixed::mixed_total;

/// What of a row stays as it was agreed when its interest changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Its total: principal is what the interest leaves of it.
    Total(Amount),
    /// Its principal: the total follows the interest.
    Principal(Amount),
    /// It asks for nothing, and its time is free of interest.
    Nothing,
}

/// A row that is not due yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// From the due date before it, or the beginning, to its own.
    pub time: Span,
    /// What was agreed.
    pub keep: Keep,
    /// Principal that was paid in it ahead of its time.
    pub paid_principal: Amount,
    /// Interest that was applied to it ahead of its time; it never carries less.
    pub applied_interest: Amount,
}

/// Where a loan stands on the day of the projection.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The day.
    pub on: Date,
    /// What bore interest since the beginning of the first row's time, first day first.
    pub balances: &'a [Balance],
    /// What will be outstanding from the day on, as if everything overdue were paid on it.
    pub scheduled: Amount,
    /// Overdue principal that bears interest until the first row falls due, whenever it is paid.
    pub late: Amount,
    /// Interest of earlier rows that no row carries yet; less than zero where interest of the first
    /// row's time was applied ahead.
    pub carried: Amount,
}

/// What a row is expected to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Projected {
    /// The whole principal of the row, paid or not.
    pub principal: Amount,
    /// The whole interest of the row, paid or not.
    pub interest: Amount,
    /// Interest that finds no place in it and goes on to the next row.
    pub carried: Amount,
}

/// Projects the rows that are not due yet; the first one is that in whose time the day lies.
///
/// Interest of a row = growth over its time, rounded once, with what the row before carried on. The
/// past counts on the balances as they were, the future on what is scheduled. A row that keeps its
/// total takes interest up to it. Where more principal was paid in it than that would leave room
/// for, it takes no interest besides what was applied, and carries it on. The last row that is open
/// takes what is left of principal and interest; a loan that is repaid sooner has rows of nothing at
/// its end.
///
/// Principal of all rows, less what was paid of it, adds up to the scheduled balance.
#[must_use]
pub fn project(growth: &Growth<'_>, rows: &[Row], standing: &Standing<'_>) -> Vec<Projected> {
    let last = rows.iter().rposition(Row::is_open).unwrap_or(rows.len().saturating_sub(1));
    let mut scheduled = standing.scheduled;
    let mut carried = standing.carried;
    let mut projected = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let grown = if index == 0 {
            interest_of_the_first(growth, row, standing)
        } else {
            growth.within(row.time, row.time, scheduled)
        };
        let interest = match row.keep {
            Keep::Nothing => carried,
            Keep::Total(_) | Keep::Principal(_) => grown.round(growth.rounding) + carried,
        };
        let row = row.take(interest.max(Amount::ZERO), scheduled, index == last);
        carried = row.carried;
        scheduled -= row.principal - rows[index].paid_principal;
        projected.push(row);
    }
    projected
}

/// The past of the first row's time on the balances, the rest of it on what is scheduled.
fn interest_of_the_first(growth: &Growth<'_>, row: &Row, standing: &Standing<'_>) -> Exact {
    let (day, to_come) = standing.to_come_in(row.time);
    let rest = Span { from: day, to: row.time.to };
    growth.on_balances(row.time, standing.balances, day) + growth.within(row.time, rest, to_come)
}

impl Standing<'_> {
    /// The end of the past in the first row's time, and what bears interest from then on. Where that
    /// is what bore interest before, the time is not divided there: not every day count gives two
    /// parts the days of the whole.
    #[must_use]
    pub fn to_come_in(&self, time: Span) -> (Date, Amount) {
        let day = self.on.max(time.from).min(time.to);
        let to_come = (self.scheduled + self.late).max(Amount::ZERO);
        let goes_on = self.balances.last().is_some_and(|last| last.principal == to_come && last.from <= day);
        (if goes_on { time.to } else { day }, to_come)
    }
}

impl Row {
    /// Whether something is left to ask for.
    fn is_open(&self) -> bool {
        match self.keep {
            Keep::Total(total) => total > self.paid_principal + self.applied_interest,
            Keep::Principal(principal) => principal > self.paid_principal,
            Keep::Nothing => false,
        }
    }

    /// Fills the row with interest that grew and is to be placed, out of `scheduled` principal.
    fn take(&self, grown: Amount, scheduled: Amount, is_last: bool) -> Projected {
        let interest = self.applied_interest + grown;
        // What the row would repay if it took everything.
        let all = scheduled + self.paid_principal;
        if is_last {
            return Projected { principal: all, interest, carried: Amount::ZERO };
        }
        match self.keep {
            Keep::Nothing => {
                Projected { principal: self.paid_principal, interest: self.applied_interest, carried: grown }
            }
            Keep::Principal(principal) => {
                let principal = principal.max(self.paid_principal).min(all);
                Projected { principal, interest, carried: Amount::ZERO }
            }
            Keep::Total(total) => self.take_total(total, interest, all),
        }
    }

    fn take_total(&self, total: Amount, interest: Amount, all: Amount) -> Projected {
        let taken = interest.min(total).max(self.applied_interest);
        let is_paid_beyond = self.paid_principal > total - taken;
        let taken = if is_paid_beyond { self.applied_interest } else { taken };
        let principal = (total - taken).max(self.paid_principal);
        if principal > all {
            // The loan ends here: nobody would ask for interest that is carried on.
            return Projected { principal: all, interest, carried: Amount::ZERO };
        }
        Projected { principal, interest: taken, carried: interest - taken }
    }
}

#[cfg(test)]
mod tests;
