//! What the figures of a schedule were made of: balances, rates and times, to be shown and checked.
//!
//! Only taken apart here, never calculated another way: times come from the plan that made the schedule.

use jiff::civil::Date;

use super::annuity::Annuity;
use super::charge::Charge;
use super::factor::Day;
use super::options::ScheduleOptions;
use super::spread::{Kind, Plan, Step};
use super::{Accrual, InterestMethod, ScheduleError, ScheduleTerms};
use crate::day_count::Fraction;
use crate::exact::Exact;
use crate::money::Amount;
use crate::rate::Rate;

/// Interest of one installment on one balance at one rate: balance × rate × time, unrounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterestPart {
    /// Number of the installment.
    pub number: u32,
    /// The first day with interest.
    pub from: Date,
    /// The first day without interest any more.
    pub to: Date,
    /// On what interest runs.
    pub balance: Amount,
    /// For each time of the charge frequency.
    pub rate: Rate,
    /// How often the charge frequency fits.
    pub time: Fraction,
}

/// How equal installments came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EqualTotal {
    /// The time of each period that repays principal: its rate is the rate of the loan × this.
    pub times: Vec<Fraction>,
    /// Principal × Π(1+r) ÷ Σ Π(1+r of those after), to the nearest 2^-29 of a minor unit.
    pub unrounded: Exact,
    /// To the minor unit or the agreed multiple.
    pub total: Amount,
}

impl InterestPart {
    /// Balance × rate × time.
    #[must_use]
    pub fn exact(&self) -> Exact {
        let numerator = self.rate.numerator() * self.time.numerator;
        let denominator = self.rate.denominator() * self.time.denominator;
        Exact::from_amount(self.balance).times(numerator).divided_by(denominator)
    }
}

/// The parts of every installment's interest, in their order; `principals` is the principal column of
/// the schedule. An installment whose interest is forgiven has none.
///
/// # Errors
/// As for [`super::schedule_accruing`].
pub fn interest_parts(
    terms: &ScheduleTerms,
    start: Date,
    (due_dates, principals): (&[Date], &[Amount]),
    accrual: Accrual,
) -> Result<Vec<InterestPart>, ScheduleError> {
    let plan = Plan::try_new(terms, start, due_dates, accrual)?;
    let mut outstanding = terms.principal;
    let mut parts = Vec::with_capacity(due_dates.len());
    for (step, principal) in plan.steps().zip(principals) {
        let balance = match terms.interest.method {
            InterestMethod::Flat => terms.principal,
            InterestMethod::DecliningBalance | InterestMethod::DecliningBalanceDiscounted => outstanding,
        };
        if step.kind != Kind::Forgiven {
            let (from, to) = interest_days(step, accrual);
            let (rate, time) = (terms.interest.rate, time_of(&plan, step));
            parts.push(InterestPart { number: step.number, from, to, balance, rate, time });
        }
        outstanding -= *principal;
    }
    Ok(parts)
}

/// [`interest_parts`] of a schedule with options: one part for each tier that counts.
///
/// The last installment of agreed payments has the interest that makes its total; its parts say what
/// it would be by the rate.
///
/// # Errors
/// As for [`super::schedule_with`].
pub fn interest_parts_with(
    terms: &ScheduleTerms,
    start: Date,
    (due_dates, principals): (&[Date], &[Amount]),
    options: &ScheduleOptions<'_>,
) -> Result<Vec<InterestPart>, ScheduleError> {
    let plan = Plan::try_new(terms, start, due_dates, options.accrual)?;
    let charge = Charge::try_new(&plan, options)?;
    let mut outstanding = terms.principal;
    let mut parts = Vec::with_capacity(due_dates.len());
    for (step, principal) in plan.steps().zip(principals) {
        let balance = match terms.interest.method {
            InterestMethod::Flat => terms.principal,
            InterestMethod::DecliningBalance | InterestMethod::DecliningBalanceDiscounted => outstanding,
        };
        if step.kind != Kind::Forgiven {
            parts.extend(charge.parts(step, balance));
        }
        outstanding -= *principal;
    }
    Ok(parts)
}

/// How the equal total of an annuity came about. `None` where totals are not equal: another method,
/// or no interest to discount.
///
/// # Errors
/// As for [`super::schedule_accruing`].
pub fn equal_total(
    terms: &ScheduleTerms,
    start: Date,
    due_dates: &[Date],
    accrual: Accrual,
) -> Result<Option<EqualTotal>, ScheduleError> {
    let is_annuity = terms.interest.method == InterestMethod::DecliningBalanceDiscounted;
    if !is_annuity || terms.interest.rate.is_zero() {
        return Ok(None);
    }
    let plan = Plan::try_new(terms, start, due_dates, accrual)?;
    let too_large = || ScheduleError::InstallmentTooLarge { number: plan.count };
    let unrounded = Annuity::over(&plan, plan.steps()).ok_or_else(too_large)?.installment(terms.principal);
    let total = plan.rounded_total(unrounded).ok_or_else(too_large)?;
    let repaying = plan.steps().filter(|step| step.kind == Kind::Repaying);
    let times = repaying.map(|step| time_of(&plan, step)).collect();
    Ok(Some(EqualTotal { times, unrounded, total }))
}

fn time_of(plan: &Plan<'_>, step: Step) -> Fraction {
    let time = plan.time(step);
    Fraction { numerator: i128::from(time.numerator), denominator: i128::from(time.denominator) }
}

/// The days for which a step has interest, half-open.
fn interest_days(step: Step, accrual: Accrual) -> (Date, Date) {
    let (from, due): (Day, Day) = (step.from, step.due);
    match accrual {
        Accrual::ToDueDate => (from.date, due.date),
        Accrual::ThroughDueDate if step.number == 1 => (from.date, due.next().date),
        Accrual::ThroughDueDate => (from.next().date, due.next().date),
    }
}
