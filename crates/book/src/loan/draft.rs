//! A decision in the making: the loan as it would stand, and the steps that bring it there.

use jiff::civil::Date;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::loan::Loan;
use crate::loan::apply::apply_step;
use crate::loan::charges;
use crate::loan::context::Context;
use crate::loan::event::{Event, Placed, Posted, Stamp, Step};
use crate::loan::premium;

/// Steps decided so far, already applied to the loan, so that the next one is decided on top.
#[derive(Debug)]
pub struct Draft<'a> {
    pub loan: Loan,
    pub context: &'a Context<'a>,
    stamp: Stamp,
    placed: Vec<Placed>,
    /// Derived steps that were served before; one that comes out the same again is kept.
    served: Vec<&'a Step>,
    /// What reviews of an index found before, by their days.
    looked_up: Vec<(Date, Rate)>,
}

impl<'a> Draft<'a> {
    pub fn new(loan: Loan, context: &'a Context<'a>) -> Draft<'a> {
        Draft {
            loan,
            context,
            stamp: context.stamp(),
            placed: Vec::new(),
            served: Vec::new(),
            looked_up: Vec::new(),
        }
    }

    /// A draft that may keep these derived steps.
    pub fn keeping(loan: Loan, context: &'a Context<'a>, served: Vec<&'a Step>) -> Draft<'a> {
        Draft { served, ..Draft::new(loan, context) }
    }

    /// The same draft, that knows what reviews of an index found before.
    pub fn having_looked_up(self, looked_up: Vec<(Date, Rate)>) -> Draft<'a> {
        Draft { looked_up, ..self }
    }

    /// The rate that counted from a day on because the book looked at the index on it, if it did.
    pub fn looked_up_on(&self, day: Date) -> Option<Rate> {
        self.looked_up.iter().rev().find(|(on, _)| *on == day).map(|(_, rate)| *rate)
    }

    /// Adds a fact. Where it ends the loan, investors may get something of its premium.
    pub fn record(&mut self, value_date: Date, mut event: Event) {
        charges::before(self, value_date, &mut event);
        let turn = premium::turn_of(&event);
        self.place(Placed::New(Step { value_date, event }));
        if let Some(turn) = turn {
            premium::settle(self, value_date, turn);
        }
    }

    /// Adds a derived step, or keeps the one that was served if it came out the same. The event
    /// carries transaction id 0 and gets its own here.
    pub fn derive(&mut self, value_date: Date, mut event: Event) {
        charges::before(self, value_date, &mut event);
        let same = |step: &&Step| step.value_date == value_date && step.event.comes_out_as(&event);
        if let Some(index) = self.served.iter().position(same) {
            let kept = self.served.remove(index).clone();
            return self.place(Placed::Kept(kept));
        }
        for posted in event.derived_posted_mut() {
            posted.transaction_id = self.context.ids.take_transaction_id();
        }
        self.place(Placed::New(Step { value_date, event }));
    }

    /// A transaction number, and the principal balance after a change of it.
    pub fn posted(&self, principal_change: Amount) -> Posted {
        Posted { transaction_id: self.context.ids.take_transaction_id(), ..self.unposted(principal_change) }
    }

    /// As [`Draft::posted`], for a derived step: without a number yet.
    pub fn unposted(&self, principal_change: Amount) -> Posted {
        let principal_balance = self.loan.servicing.outstanding.principal + principal_change;
        Posted { transaction_id: 0, principal_balance }
    }

    /// What was decided.
    pub fn finish(self) -> (Loan, Vec<Placed>, Stamp) {
        (self.loan, self.placed, self.stamp)
    }

    fn place(&mut self, placed: Placed) {
        apply_step(&mut self.loan, placed.step(), &self.stamp);
        self.placed.push(placed);
    }
}

impl Event {
    /// Whether a derived event says the same as another one, numbers under which it is served
    /// and running balances aside.
    fn comes_out_as(&self, other: &Event) -> bool {
        match (self, other) {
            (
                Event::InterestApplied { amount, parts, cause, tax, .. },
                Event::InterestApplied {
                    amount: other_amount,
                    parts: other_parts,
                    cause: other_cause,
                    tax: other_tax,
                    ..
                },
            ) => amount == other_amount && parts == other_parts && cause == other_cause && tax == other_tax,
            (
                Event::RateChanged { rate, is_derived, .. },
                Event::RateChanged { rate: other_rate, is_derived: other_is_derived, .. },
            ) => rate == other_rate && is_derived == other_is_derived,
            (Event::ScheduleChanged { .. }, Event::ScheduleChanged { .. })
            | (Event::TrancheExpected { .. }, Event::TrancheExpected { .. })
            | (Event::RateReviewed, Event::RateReviewed) => self == other,
            _ => charges::comes_out_as(self, other),
        }
    }
}
