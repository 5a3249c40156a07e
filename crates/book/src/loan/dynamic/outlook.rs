//! The rows of a loan as they are expected on a day.

use jiff::civil::Date;
use loam_calc::accrual::Span;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::projection::{GrowthPart, Keep, Projected, Row, Standing, even_out, project};

use crate::loan::dynamic::capitalized::{asking_principal, without_interest};
use crate::loan::dynamic::{Dynamics, Running, ScheduleCause, balances, upcoming_row};
use crate::loan::event::Event;
use crate::loan::{Installment, Loan};

/// The rows of a loan that are not due yet, to be projected.
pub(crate) struct Upcoming<'a> {
    loan: &'a Loan,
    on: Date,
    running: Running,
    rows: Vec<Row>,
}

/// Of what the interest of a row that is not due yet is made.
pub(crate) struct RowGrowth {
    pub(crate) number: u32,
    pub(crate) parts: Vec<GrowthPart>,
}

/// What is expected of them.
pub(crate) struct Outlook {
    /// The rows that are expected otherwise than they are stored.
    pub(crate) changed: Vec<Installment>,
    /// Interest that the first row that is not due yet carries on.
    pub(crate) carried: Amount,
}

impl<'a> Upcoming<'a> {
    /// The rows as the loan stands, seen on a day of the first one's time.
    pub(crate) fn of(loan: &'a Loan, on: Date) -> Upcoming<'a> {
        Upcoming::going_on(loan, on, loan.running())
    }

    /// The same, with interest that goes on in this way.
    pub(crate) fn going_on(loan: &'a Loan, on: Date, running: Running) -> Upcoming<'a> {
        let rows = loan.closed()..loan.servicing.installments.len();
        Upcoming { loan, on, running, rows: rows.map(|index| upcoming_row(loan, index)).collect() }
    }

    /// Replaces what rows keep, from one of them on.
    pub(crate) fn keeping(mut self, from: usize, keeps: &[Keep]) -> Upcoming<'a> {
        let first = from - self.loan.closed();
        self.rows[first..].iter_mut().zip(keeps).for_each(|(row, keep)| row.keep = *keep);
        self
    }

    /// Evens out the totals from one row on, where the product says so. Interest of what is overdue is
    /// left out: it has its own place, in the last row or in the overdue one.
    pub(crate) fn evened(mut self, from: usize) -> Upcoming<'a> {
        let terms = &self.loan.terms;
        let first = from - self.loan.closed();
        if !terms.payment_rules.evens_installments || first > 0 {
            return self;
        }
        let dynamics = Dynamics::of(self.loan);
        let bears = terms.interest_rules.accrues_late_interest && !terms.places_late_interest();
        let overdue = if !bears { Amount::ZERO } else { self.loan.unpaid_principal_of_closed() };
        let mut balances = balances(&self.running.principal);
        for balance in &mut balances {
            balance.principal = (balance.principal - overdue).max(Amount::ZERO);
        }
        let standing = Standing { late: self.not_counting_yet(), ..self.standing(&balances) };
        let mut rows = std::mem::take(&mut self.rows);
        even_out(&dynamics.growth(terms), &mut rows, &standing, terms.installment_rounding);
        self.rows = rows;
        self
    }

    /// Interest that has grown by the day and is placed in no row that is due, rounded; never less
    /// than zero. Where late principal bears interest until the next due date whenever it is paid,
    /// that interest has come already. In time that is free of interest nothing grows, for those who
    /// pay early either.
    pub(crate) fn accrued(&self) -> Amount {
        let Some(first) = self.rows.first() else { return Amount::ZERO };
        if first.keep == Keep::Nothing {
            // No interest grows in its time.
            return self.running.carried.max(Amount::ZERO);
        }
        let terms = &self.loan.terms;
        let dynamics = Dynamics::of(self.loan);
        let growth = dynamics.growth(terms);
        let balances = balances(&self.running.principal);
        let rest = Span { from: self.on.max(first.time.from), to: first.time.to };
        let grown = growth.on_balances(first.time, &balances, self.on)
            + growth.within(first.time, rest, self.late() + self.not_counting_yet());
        (grown.round(terms.rounding) + self.running.carried).max(Amount::ZERO)
    }

    /// Of what [`Upcoming::accrued`] is made, before it is rounded and what was carried is added.
    pub(crate) fn accrued_parts(&self) -> Vec<GrowthPart> {
        let Some(first) = self.rows.first().filter(|first| first.keep != Keep::Nothing) else {
            return Vec::new();
        };
        let dynamics = Dynamics::of(self.loan);
        let growth = dynamics.growth(&self.loan.terms);
        let balances = balances(&self.running.principal);
        let rest = Span { from: self.on.max(first.time.from), to: first.time.to };
        let mut parts = growth.parts_on_balances(first.time, &balances, self.on);
        parts.extend(growth.parts_within(first.time, rest, self.late() + self.not_counting_yet()));
        parts
    }

    /// Of what the interest of each row is made, where the rows are expected to ask for this.
    pub(crate) fn parts(&self, asked: &[Installment]) -> Vec<RowGrowth> {
        let dynamics = Dynamics::of(self.loan);
        let growth = dynamics.growth(&self.loan.terms);
        let balances = balances(&self.running.principal);
        let standing = self.standing(&balances);
        let mut scheduled = standing.scheduled;
        let mut found = Vec::with_capacity(asked.len());
        for (index, (row, asked)) in self.rows.iter().zip(asked).enumerate() {
            let parts = if index == 0 {
                let (day, to_come) = standing.to_come_in(row.time);
                let rest = Span { from: day, to: row.time.to };
                let mut parts = growth.parts_on_balances(row.time, &balances, day);
                parts.extend(growth.parts_within(row.time, rest, to_come));
                parts
            } else {
                growth.parts_within(row.time, row.time, scheduled)
            };
            found.push(RowGrowth { number: asked.number, parts });
            scheduled -= asked.expected.principal - row.paid_principal;
        }
        found
    }

    /// What is expected of each row.
    pub(crate) fn projected(&self) -> Vec<Projected> {
        let dynamics = Dynamics::of(self.loan);
        let balances = balances(&self.running.principal);
        let (growth, standing) = (dynamics.growth(&self.loan.terms), self.standing(&balances));
        if !self.loan.terms.capitalizes_interest() {
            return project(&growth, &self.rows, &standing);
        }
        let rows: Vec<Row> = self.rows.iter().map(asking_principal).collect();
        project(&growth, &rows, &standing).into_iter().map(without_interest).collect()
    }

    pub(crate) fn outlook(&self) -> Outlook {
        let projected = self.projected();
        let carried = projected.first().map_or(self.running.carried, |first| first.carried);
        let rows = self.loan.servicing.installments[self.loan.closed()..].iter().zip(&projected);
        let changed = rows.filter_map(|(row, projected)| expecting(row, *projected)).collect();
        Outlook { changed, carried }
    }

    /// The event that sets rows and interest as they are now expected.
    pub(crate) fn event(self, cause: ScheduleCause) -> Event {
        let installments = self.outlook().changed;
        Event::ScheduleChanged { cause, installments, running: self.running }
    }

    fn standing<'b>(&self, balances: &'b [loam_calc::projection::Balance]) -> Standing<'b> {
        let loan = self.loan;
        let scheduled = loan.servicing.outstanding.principal - loan.unpaid_principal_of_closed();
        let late = self.late() + self.not_counting_yet();
        Standing { on: self.on, balances, scheduled, late, carried: self.running.carried }
    }

    /// What was paid and bears interest still, until the next due date.
    fn not_counting_yet(&self) -> Amount {
        let bears = self.running.principal.last().map(|last| last.principal);
        bears.map_or(Amount::ZERO, |bears| bears - self.loan.bearing()).max(Amount::ZERO)
    }

    /// Overdue principal that bears interest until the next due date, whenever it is paid.
    fn late(&self) -> Amount {
        let rules = &self.loan.terms.interest_rules;
        if !rules.accrues_late_interest || !rules.late_interest_to_due_date {
            return Amount::ZERO;
        }
        let overdue = self.loan.closed_rows().iter().filter(|row| row.due_date < self.on);
        overdue.map(|row| row.unpaid().principal).sum()
    }
}

/// The row with what is expected of it, where that differs.
fn expecting(row: &Installment, projected: Projected) -> Option<Installment> {
    let Projected { principal, interest, .. } = projected;
    if (row.expected.principal, row.expected.interest) == (principal, interest) {
        return None;
    }
    let expected = Components { principal, interest, ..row.expected };
    let changed = Installment { expected, ..row.clone() };
    let repaid_on = if changed.is_paid() { row.repaid_on.or(row.last_paid_on) } else { None };
    Some(Installment { repaid_on, ..changed })
}
