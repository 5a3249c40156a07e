//! A loan as it was on any day, and as it will be if nobody does anything: the log up to that day,
//! and what the passing of days brings after it. Nothing here is written.

use std::cell::Cell;

use jiff::civil::Date;
use loam_calc::calendar::Calendar;

use crate::actor::{Actor, Door};
use crate::catalog::Catalog;
use crate::loan::advance::advance;
use crate::loan::as_of::{View, as_of};
use crate::loan::context::{Context, NewIds};
use crate::loan::draft::Draft;
use crate::loan::event::Entry;
use crate::loan::{Installment, Loan, LoanState};

/// What days that are not over yet are worked out with.
#[derive(Debug, Clone, Copy)]
pub struct Outlook<'a> {
    pub calendar: &'a Calendar,
    pub catalog: &'a Catalog,
}

impl Outlook<'_> {
    /// The loan as of a value date, as it was known on a booking date. Days after those that were
    /// known bring what they bring if nobody does anything. `None` where the loan was not in the
    /// book by then.
    pub fn view(&self, entries: &[Entry], view: View) -> Option<Loan> {
        as_of(entries, view).map(|loan| self.on(loan, view.as_of))
    }

    /// The loan on a later day if nobody does anything. On a day that is over, the loan as it is.
    pub fn on(&self, loan: Loan, date: Date) -> Loan {
        let ids = unused_ids(&loan);
        let actor = the_book(&loan);
        let context = Context {
            business_date: date,
            recorded_at: loan.last_modified_at,
            actor: &actor,
            door: Door::Native,
            request_id: "",
            calendar: self.calendar,
            catalog: self.catalog,
            closed_through: None,
            holder: None,
            other_loans: None,
            ids: &ids,
        };
        let mut draft = Draft::new(loan, &context);
        advance(&mut draft, date);
        draft.loan
    }
}

impl Outlook<'_> {
    /// The schedule of a loan. One that is not paid out yet has the schedule that it would have if it
    /// were paid out on the expected day, or on `date`; none where the terms give none.
    pub fn schedule(&self, loan: &Loan, date: Date) -> Vec<Installment> {
        match loan.servicing.state {
            LoanState::PartialApplication | LoanState::PendingApproval | LoanState::Approved { .. } => {
                if !loan.servicing.course.agreed_schedule.is_empty() {
                    return loan.servicing.course.agreed_schedule.clone();
                }
                let from = loan.terms.expected_disbursement_on.unwrap_or(date);
                loan.terms.expected_schedule(from, self.calendar).unwrap_or_default()
            }
            LoanState::Active { .. } | LoanState::Closed { .. } => loan.schedule_on(date),
        }
    }
}

/// Derived steps take transaction numbers; those of an outlook are shown to nobody.
fn unused_ids(loan: &Loan) -> NewIds {
    NewIds {
        key: loan.key,
        part: loan.part,
        account_no: loan.account_no,
        random: 0,
        transaction_id: Cell::new(1),
        transaction_id_end: i64::MAX,
    }
}

/// Who derives: nobody asked for it.
fn the_book(loan: &Loan) -> Actor {
    Actor {
        user_key: loan.key,
        username: String::new(),
        is_administrator: false,
        permissions: Vec::new(),
        only_own_clients: false,
        role: None,
        bounds: crate::rights::Bounds::default(),
    }
}
