//! The frame all methods share: which installments repay principal, and where remainders go.
//!
//! How much interest there is on which balance is the business of each method.

use jiff::civil::Date;

use super::factor::{Day, Measure, Time, interest_on, nominal_day, rounded_interest};
use super::{Accrual, Grace, Installment, InstallmentRounding, Remainder, ScheduleError, ScheduleTerms};
use crate::exact::Exact;
use crate::money::Amount;
use crate::rounding::Rounding;

/// Checked terms together with the dates.
pub(super) struct Plan<'a> {
    pub(super) terms: &'a ScheduleTerms,
    pub(super) start: Date,
    pub(super) due_dates: &'a [Date],
    pub(super) measure: Measure,
    /// How many installments, as a number of the same width as theirs.
    pub(super) count: u32,
    grace: u32,
    accrual: Accrual,
    /// Whether each installment repays principal, where the interval does not say it.
    repays: Option<&'a [bool]>,
}

/// What an installment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing: its interest is forgiven.
    Forgiven,
    /// Interest, but no principal.
    InterestOnly,
    /// Both.
    Repaying,
}

/// One due date with the time it closes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) number: u32,
    pub(super) from: Day,
    pub(super) due: Day,
    pub(super) kind: Kind,
}

impl<'a> Plan<'a> {
    /// Checks terms and dates, in this order: principal, counts, grace, multiple, frequency, dates.
    pub(super) fn try_new(
        terms: &'a ScheduleTerms,
        start: Date,
        due_dates: &'a [Date],
        accrual: Accrual,
    ) -> Result<Plan<'a>, ScheduleError> {
        let principal = terms.principal;
        if !principal.is_positive() {
            return Err(ScheduleError::PrincipalNotPositive { principal });
        }
        if principal > Amount::MAX {
            return Err(ScheduleError::PrincipalTooLarge { principal });
        }
        let count = u32::try_from(due_dates.len()).expect("there are fewer dates in the calendar");
        if count == 0 {
            return Err(ScheduleError::NoInstallments);
        }
        if terms.principal_repayment_interval == 0 {
            return Err(ScheduleError::PrincipalIntervalIsZero);
        }
        let grace = match terms.grace {
            Grace::None => 0,
            Grace::PayInterestOnly(grace) | Grace::InterestForgiveness(grace) => grace,
        };
        if grace >= count {
            return Err(ScheduleError::GraceTooLong { grace, installments: count });
        }
        match terms.installment_rounding {
            InstallmentRounding::ToNearest(multiple) | InstallmentRounding::UpTo(multiple)
                if !multiple.is_positive() =>
            {
                return Err(ScheduleError::MultipleNotPositive { multiple });
            }
            InstallmentRounding::None | InstallmentRounding::ToNearest(_) | InstallmentRounding::UpTo(_) => {}
        }
        let measure = Measure::try_new(&terms.interest, terms.period)?;
        check_dates(start, due_dates)?;
        if accrual == Accrual::ThroughDueDate && due_dates.last() == Some(&Date::MAX) {
            return Err(ScheduleError::DueDateBeyondCalendar { after: Date::MAX });
        }
        Ok(Plan { terms, start, due_dates, measure, count, grace, accrual, repays: None })
    }

    /// The same, with principal after the grace in these installments and the last.
    pub(super) fn repaying(self, repays: Option<&'a [bool]>) -> Plan<'a> {
        Plan { repays, ..self }
    }

    /// The installments in order, each with the time since the one before.
    #[inline]
    pub(super) fn steps(&self) -> Steps<'_> {
        Steps { plan: self, number: 0, from: Day::of(self.start), due_dates: self.due_dates.iter() }
    }

    #[inline(always)]
    fn kind(&self, number: u32) -> Kind {
        if number <= self.grace {
            return match self.terms.grace {
                Grace::InterestForgiveness(_) => Kind::Forgiven,
                Grace::None | Grace::PayInterestOnly(_) => Kind::InterestOnly,
            };
        }
        if number == self.count || self.repays_in(number) { Kind::Repaying } else { Kind::InterestOnly }
    }

    /// Whether an installment after the grace repays principal if it is not the last.
    #[inline(always)]
    fn repays_in(&self, number: u32) -> bool {
        let interval = self.terms.principal_repayment_interval;
        match self.repays {
            None => interval == 1 || (number - self.grace).is_multiple_of(interval),
            Some(repays) => {
                let index = usize::try_from(number).expect("a number of an installment fits") - 1;
                repays.get(index).is_some_and(|repays| *repays)
            }
        }
    }

    /// How many installments repay principal: the N-th, 2N-th, … after the grace, and the last.
    pub(super) fn repaying_count(&self) -> u32 {
        if self.repays.is_some() {
            let repaying =
                (self.grace + 1..=self.count).filter(|number| self.kind(*number) == Kind::Repaying);
            return u32::try_from(repaying.count()).expect("there are fewer dates in the calendar");
        }
        (self.count - self.grace).div_ceil(self.terms.principal_repayment_interval)
    }

    /// The time for which a step has interest.
    #[inline(always)]
    pub(super) fn time(&self, step: Step) -> Time {
        match self.accrual {
            Accrual::ToDueDate => self.measure.between(step.from, step.due),
            Accrual::ThroughDueDate => self.time_through(step),
        }
    }

    /// The due date itself belongs to its installment, so all but the first begin a day later.
    fn time_through(&self, step: Step) -> Time {
        let is_first = step.number == 1;
        match self.measure {
            Measure::Nominal(time) if is_first => time.and(nominal_day(&self.terms.interest)),
            Measure::Nominal(time) => time,
            Measure::Days { .. } | Measure::Years { .. } => {
                let from = if is_first { step.from } else { step.from.next() };
                self.measure.between(from, step.due.next())
            }
        }
    }

    /// The first day for which a step has interest.
    pub(super) fn interest_from(&self, step: Step) -> Day {
        match self.accrual {
            Accrual::ThroughDueDate if step.number > 1 => step.from.next(),
            Accrual::ThroughDueDate | Accrual::ToDueDate => step.from,
        }
    }

    /// The first day for which a step has no interest any more.
    pub(super) fn interest_to(&self, step: Step) -> Day {
        match self.accrual {
            Accrual::ToDueDate => step.due,
            Accrual::ThroughDueDate => step.due.next(),
        }
    }

    /// The part of a step's time that lies between two days of it. A nominal time is shared by days.
    pub(super) fn time_within(&self, step: Step, from: Day, to: Day) -> Time {
        match self.measure {
            Measure::Nominal(_) => {
                let whole = self.interest_to(step).number - self.interest_from(step).number;
                let time = self.time(step);
                Time {
                    numerator: time.numerator * (to.number - from.number),
                    denominator: time.denominator * whole,
                }
            }
            Measure::Days { .. } | Measure::Years { .. } => self.measure.between(from, to),
        }
    }

    /// The unrounded interest of a step on a balance; none when it is forgiven.
    #[inline]
    pub(super) fn exact_interest(&self, step: Step, balance: Amount) -> Exact {
        if step.kind == Kind::Forgiven {
            return Exact::ZERO;
        }
        interest_on(balance, self.terms.interest.rate, self.time(step))
    }

    /// The interest of a step on a balance, rounded once.
    #[inline(always)]
    pub(super) fn interest(&self, step: Step, balance: Amount) -> Result<Amount, ScheduleError> {
        if step.kind == Kind::Forgiven {
            return Ok(Amount::ZERO);
        }
        rounded_interest(balance, self.terms.interest.rate, self.time(step), self.terms.rounding)
            .ok_or(ScheduleError::InstallmentTooLarge { number: step.number })
    }

    /// Rounds an equal total to the agreed multiple or the minor unit; `None` beyond the largest amount.
    pub(super) fn rounded_total(&self, total: Exact) -> Option<Amount> {
        let rounded = total.round_within_range(self.terms.rounding)?;
        Some(self.rounded_to_multiple(total).unwrap_or(rounded))
    }

    /// Rounds an installment total to the agreed multiple; `None` when there is none.
    pub(super) fn rounded_to_multiple(&self, total: Exact) -> Option<Amount> {
        self.terms.installment_rounding.multiple_of(total, self.terms.rounding)
    }

    /// How a total is rounded to the multiple or the minor unit.
    pub(super) fn total_rounding(&self) -> Rounding {
        match self.terms.installment_rounding {
            InstallmentRounding::None => self.terms.rounding,
            InstallmentRounding::ToNearest(_) => nearest(self.terms.rounding),
            InstallmentRounding::UpTo(_) => Rounding::Up,
        }
    }

    /// Whether the remainder goes to the first installment; multiples leave it to the last one.
    pub(super) fn remainder_goes_first(&self) -> bool {
        self.terms.remainder == Remainder::First
            && self.terms.installment_rounding == InstallmentRounding::None
    }

    /// Gives the last installment the interest that makes the column the rounded sum of the unrounded.
    pub(super) fn settle_interest(
        &self,
        exact_sum: Exact,
        rows: &mut [Installment],
    ) -> Result<(), ScheduleError> {
        let too_large = ScheduleError::InstallmentTooLarge { number: self.count };
        let sum = exact_sum.round_within_range(self.terms.rounding).ok_or(too_large)?;
        if let Some((last, others)) = rows.split_last_mut() {
            let before: Amount = others.iter().map(|row| row.interest).sum();
            // Rounding each one up can take more than the sum; nothing is given back for that.
            last.interest = (sum - before).max(Amount::ZERO);
        }
        Ok(())
    }
}

impl InstallmentRounding {
    /// Rounds an installment total to the agreed multiple; `None` when there is none.
    #[must_use]
    pub fn multiple_of(self, total: Exact, rounding: Rounding) -> Option<Amount> {
        let (multiple, rounding) = match self {
            InstallmentRounding::None => return None,
            InstallmentRounding::ToNearest(multiple) => (multiple, nearest(rounding)),
            InstallmentRounding::UpTo(multiple) => (multiple, Rounding::Up),
        };
        let multiples = total.divided_by(i128::from(multiple.minor())).round(rounding);
        Some(Amount::from_minor(multiples.minor() * multiple.minor()))
    }
}

/// Walks over the due dates and carries each day number on to the next step.
pub(super) struct Steps<'a> {
    plan: &'a Plan<'a>,
    number: u32,
    from: Day,
    due_dates: std::slice::Iter<'a, Date>,
}

impl Iterator for Steps<'_> {
    type Item = Step;

    #[inline(always)]
    fn next(&mut self) -> Option<Step> {
        let due = self.from.then(*self.due_dates.next()?);
        self.number += 1;
        let step = Step { number: self.number, from: self.from, due, kind: self.plan.kind(self.number) };
        self.from = due;
        Some(step)
    }
}

impl Step {
    /// The row of this step.
    #[inline]
    pub(super) fn row(self, principal: Amount, interest: Amount) -> Installment {
        Installment {
            number: self.number,
            due_date: self.due.date,
            principal,
            interest,
            is_grace: self.kind == Kind::Forgiven,
        }
    }
}

fn check_dates(start: Date, due_dates: &[Date]) -> Result<(), ScheduleError> {
    let mut previous = start;
    for &due_date in due_dates {
        if due_date <= previous {
            return Err(ScheduleError::DueDatesNotIncreasing { previous, due_date });
        }
        previous = due_date;
    }
    Ok(())
}

fn nearest(rounding: Rounding) -> Rounding {
    match rounding {
        Rounding::HalfEven => Rounding::HalfEven,
        Rounding::HalfUp | Rounding::Up | Rounding::Down => Rounding::HalfUp,
    }
}
