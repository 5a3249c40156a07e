//! What it takes to pay a loan off on a day, and the schedule as it is expected on a day.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::calendar::Calendar;
use loam_calc::money::Amount;

use crate::loan::apply::apply_servicing;
use crate::loan::charges::fees::to_come;
use crate::loan::charges::penalties::settled_by;
use crate::loan::dynamic::late::placing;
use crate::loan::dynamic::period_end::{next_period_end, period_end};
use crate::loan::dynamic::{Upcoming, capitalized, repayment};
use crate::loan::event::Step;
use crate::loan::{Installment, Loan};

impl Loan {
    /// What pays the loan off on a day: everything outstanding, the interest to that day, and the
    /// fees and penalties of all installments. Of a loan that is not active, nothing.
    ///
    /// A repayment of exactly this on that day closes the loan. The day is not before the last event
    /// of the loan. Of a loan with a fixed schedule it is everything that is unpaid: its interest is
    /// not reduced by paying early.
    pub fn payoff_on(&self, date: Date) -> Components {
        if !self.servicing.state.is_active() {
            return Components::default();
        }
        if !self.terms.is_dynamic() {
            let unpaid: Components = self.servicing.installments.iter().map(Installment::unpaid).sum();
            // Fees that come with installments come with a repayment that reaches them.
            let fees = self.servicing.installments.iter().map(|row| to_come(self, row)).sum();
            return unpaid + Components { fees, ..Components::ZERO } + self.penalties_of_payoff(date);
        }
        // A repayment settles penalties before it places late interest, on which some of them grow.
        let rolled = self.rolled_over_due_dates(date);
        let penalties = rolled.penalties_of_payoff(date);
        let mut loan = rolled.with_late_interest(date);
        if loan.terms.capitalizes_interest() {
            // The payment makes principal of it, on which fees of its installments may depend.
            for event in capitalized::paid_off(&loan, date).into_iter().flatten() {
                apply_servicing(&mut loan.servicing, &Step { value_date: date, event });
            }
        }
        repayment::Owed::everything(&loan, date) + penalties
    }

    /// Penalties that have grown and that a repayment applies.
    fn penalties_of_payoff(&self, date: Date) -> Components {
        Components { penalties: settled_by(self, date), ..Components::ZERO }
    }

    /// The installments as they are expected on a day that is not before the last event of the loan:
    /// as if what is overdue were paid on it, and everything else when it falls due.
    pub fn schedule_on(&self, date: Date) -> Vec<Installment> {
        if !self.terms.is_dynamic() || !self.servicing.state.is_active() {
            return self.servicing.installments.clone();
        }
        let loan = self.rolled_to(date);
        let changed = Upcoming::of(&loan, date).outlook().changed;
        let mut installments = loan.servicing.installments;
        for row in changed {
            let index = usize::try_from(row.number).expect("a number of an installment fits") - 1;
            installments[index] = row;
        }
        installments
    }

    /// Interest of a dynamic loan that has grown by a day and was not applied, rounded; the day is
    /// not before the last event of the loan.
    pub fn accrued_on(&self, date: Date) -> Amount {
        if !self.terms.is_dynamic() || !self.servicing.state.is_active() {
            return Amount::ZERO;
        }
        let loan = self.rolled_to(date);
        repayment::accrued(&loan, date)
    }

    /// The loan with the installments that fall due by a day, and the late interest of that day, if
    /// nobody touches it.
    fn rolled_to(&self, date: Date) -> Loan {
        self.rolled_over_due_dates(date).with_late_interest(date)
    }

    fn rolled_over_due_dates(&self, date: Date) -> Loan {
        let mut loan = self.clone();
        while let Some(due_date) = next_period_end(&loan).filter(|due| *due <= date) {
            let event = period_end(&loan, &Calendar::every_day_works());
            apply_servicing(&mut loan.servicing, &Step { value_date: due_date, event });
            for event in capitalized::rolled(&loan, due_date).into_iter().flatten() {
                apply_servicing(&mut loan.servicing, &Step { value_date: due_date, event });
            }
        }
        loan
    }

    fn with_late_interest(mut self, date: Date) -> Loan {
        for event in placing(&self, date).into_iter().flatten() {
            apply_servicing(&mut self.servicing, &Step { value_date: date, event });
        }
        self
    }
}
