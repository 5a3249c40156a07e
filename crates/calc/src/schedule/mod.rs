//! Schedules: what falls due on each due date.
//!
//! The due dates come from [`crate::due_dates`]; payments, fees and penalties are not known here.

mod annuity;
mod changes;
mod charge;
mod equal_installments;
mod equal_principal;
mod error;
mod estimate;
mod evened;
mod factor;
mod fixed_point;
mod flat;
mod newton;
mod optimized;
mod options;
mod parts;
mod plan_guess;
mod plan_rate;
#[cfg(test)]
mod quick_tests;
mod solve;
mod spread;
mod varied;
mod weights;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Period;
use crate::day_count::{DayCount, DaysMethod};
use crate::money::Amount;
use crate::rate::Rate;
use crate::rounding::Rounding;

pub(crate) use charge::parts_of;
pub use error::ScheduleError;
pub(crate) use factor::{Day, Measure, Time, interest_on};
pub use options::{BalanceTier, DayTier, Payments, RateTiers, RoundedElements, ScheduleOptions};
pub use parts::{EqualTotal, InterestPart, equal_total, interest_parts, interest_parts_with};
pub use plan_rate::payment_plan_rate;

/// How interest and principal depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InterestMethod {
    /// Interest on the original principal, equal principal.
    Flat,
    /// Interest on the outstanding principal, equal principal.
    DecliningBalance,
    /// Interest on the outstanding principal, equal installments (an annuity).
    DecliningBalanceDiscounted,
}

/// The time for which the rate is charged once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChargeFrequency {
    /// Per year of the day count.
    Annualized,
    /// Per month: twelve times a year.
    EveryMonth,
    /// Per 28 days.
    EveryFourWeeks,
    /// Per 7 days.
    EveryWeek,
    /// Per day.
    EveryDay,
    /// Per so many days.
    EveryXDays(u32),
}

/// Everything interest depends on besides the balance and the dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InterestTerms {
    /// On which balance.
    pub method: InterestMethod,
    /// How much.
    pub rate: Rate,
    /// For which time.
    pub charge_frequency: ChargeFrequency,
    /// How a part of a year is counted. Without effect when the frequency is a number of days.
    pub day_count: DayCount,
    /// Whether dates or the nominal period measure the time of an installment.
    pub days_method: DaysMethod,
}

/// What is not asked for in the first installments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Grace {
    /// Nothing is held back.
    #[default]
    None,
    /// No principal in the first so many installments.
    PayInterestOnly(u32),
    /// Nothing at all in the first so many installments, and no interest for their time.
    InterestForgiveness(u32),
}

/// Which installment takes what rounding leaves over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Remainder {
    /// Nothing is said. As the principal has to add up, this is the same as `Last`.
    #[default]
    None,
    /// The first installment that repays principal.
    First,
    /// The last installment.
    Last,
    /// The last installment, and its interest makes the interest column the rounded sum of the
    /// unrounded interest.
    PrincipalAndInterestIntoLast,
}

/// Whether installment totals are whole multiples of something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InstallmentRounding {
    /// They are whole minor units, nothing more.
    #[default]
    None,
    /// To the nearest multiple. A half goes up, or to the even one when the terms round half-even.
    ToNearest(Amount),
    /// Up to the next multiple.
    UpTo(Amount),
}

/// Everything a schedule depends on besides its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScheduleTerms {
    /// What is lent; positive and at most [`Amount::MAX`].
    pub principal: Amount,
    /// What it costs.
    pub interest: InterestTerms,
    /// The nominal time between two installments, for interest by periodicity.
    pub period: Period,
    /// What the first installments do not ask for.
    pub grace: Grace,
    /// Principal on the N-th, 2N-th, … installment after the grace, and on the last; 1 means on each.
    pub principal_repayment_interval: u32,
    /// Where the remainder goes.
    pub remainder: Remainder,
    /// Multiples of installment totals.
    pub installment_rounding: InstallmentRounding,
    /// How each amount of principal, interest and total is rounded to the minor unit.
    pub rounding: Rounding,
}

/// Up to which day an installment carries interest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Accrual {
    /// Up to its due date: the day itself belongs to the next installment.
    #[default]
    ToDueDate,
    /// The due date included. The first installment has a day more than under `ToDueDate`, and each
    /// later one begins and ends a day later.
    ///
    /// By the dates, time is counted between the shifted dates. By the nominal period, where every
    /// period is the same, the first one is longer by one nominal day: 1/360 of a year for 30/360,
    /// else 1/365 or 1/364, or one day of a frequency that is a number of days.
    ThroughDueDate,
}

/// One row of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Installment {
    /// Its place, from one.
    pub number: u32,
    /// When it falls due.
    pub due_date: Date,
    /// What it repays.
    pub principal: Amount,
    /// What it costs.
    pub interest: Amount,
    /// Whether interest was forgiven for its time, so that it asks for nothing.
    pub is_grace: bool,
}

impl Installment {
    /// Principal and interest together.
    #[must_use]
    pub fn total(&self) -> Amount {
        self.principal + self.interest
    }
}

/// Builds the schedule of a loan that starts on `start` and has these due dates.
///
/// The principal column adds up to the principal and no amount is negative. Interest of an
/// installment is rounded once; see the method's own file for its formula.
///
/// # Errors
/// Due dates that are none or do not increase, a principal out of range, a grace that leaves no
/// installment, counts of zero, or interest beyond the largest amount.
///
/// ```
/// use jiff::civil::date;
/// use loam_calc::calendar::Period;
/// use loam_calc::day_count::{DayCount, DaysMethod};
/// use loam_calc::money::Amount;
/// use loam_calc::rate::Rate;
/// use loam_calc::rounding::Rounding;
/// use loam_calc::schedule::*;
///
/// let terms = ScheduleTerms {
///     principal: Amount::from_minor(1_000_00),
///     interest: InterestTerms {
///         method: InterestMethod::DecliningBalance,
///         rate: Rate::from_ratio(10, 100),
///         charge_frequency: ChargeFrequency::EveryMonth,
///         day_count: DayCount::Actual365Fixed,
///         days_method: DaysMethod::RepaymentPeriodicity,
///     },
///     period: Period::months(1),
///     grace: Grace::None,
///     principal_repayment_interval: 1,
///     remainder: Remainder::Last,
///     installment_rounding: InstallmentRounding::None,
///     rounding: Rounding::HalfUp,
/// };
/// let rows = schedule(&terms, date(2011, 1, 23), &[date(2011, 2, 23), date(2011, 3, 23)]).expect("two months");
/// assert_eq!(rows[0].interest, Amount::from_minor(100_00));
/// assert_eq!(rows[1].interest, Amount::from_minor(50_00));
/// ```
pub fn schedule(
    terms: &ScheduleTerms,
    start: Date,
    due_dates: &[Date],
) -> Result<Vec<Installment>, ScheduleError> {
    schedule_accruing(terms, start, due_dates, Accrual::ToDueDate)
}

/// Like [`schedule`], with interest up to the due dates or through them.
///
/// # Errors
/// As for [`schedule`], and a last due date that is the last day of the calendar when interest runs
/// through it.
pub fn schedule_accruing(
    terms: &ScheduleTerms,
    start: Date,
    due_dates: &[Date],
    accrual: Accrual,
) -> Result<Vec<Installment>, ScheduleError> {
    let mut rows = Vec::new();
    fill(&spread::Plan::try_new(terms, start, due_dates, accrual)?, &mut rows)?;
    Ok(rows)
}

/// Like [`schedule`], with what else may be agreed: see [`ScheduleOptions`].
///
/// Where totals follow from tiers of rates they are found by trying, to the minor unit. An agreed
/// payment leaves principal by its interest; what rounding leaves over comes with the last one.
///
/// # Errors
/// As for [`schedule`]; tiers out of order, agreed payments that do not cover the interest, repay
/// everything before the last installment, or are not one for each installment.
pub fn schedule_with(
    terms: &ScheduleTerms,
    start: Date,
    due_dates: &[Date],
    options: &ScheduleOptions<'_>,
) -> Result<Vec<Installment>, ScheduleError> {
    let mut rows = Vec::new();
    schedule_with_into(terms, start, due_dates, (options, &mut rows))?;
    Ok(rows)
}

/// Like [`schedule_with`], into a vector that is cleared first and whose memory is reused.
///
/// # Errors
/// As for [`schedule_with`]; the content of the vector is then unspecified.
pub fn schedule_with_into(
    terms: &ScheduleTerms,
    start: Date,
    due_dates: &[Date],
    (options, rows): (&ScheduleOptions<'_>, &mut Vec<Installment>),
) -> Result<(), ScheduleError> {
    rows.clear();
    let plan = spread::Plan::try_new(terms, start, due_dates, options.accrual)?.repaying(options.repays);
    if options.are_plain() {
        return fill(&plan, rows);
    }
    rows.reserve(due_dates.len());
    varied::varied(&plan, options, rows)
}

/// Like [`schedule`], into a vector that is cleared first and whose memory is reused.
///
/// # Errors
/// As for [`schedule`]; the content of `rows` is then unspecified.
pub fn schedule_into(
    terms: &ScheduleTerms,
    start: Date,
    due_dates: &[Date],
    rows: &mut Vec<Installment>,
) -> Result<(), ScheduleError> {
    rows.clear();
    fill(&spread::Plan::try_new(terms, start, due_dates, Accrual::ToDueDate)?, rows)
}

fn fill(plan: &spread::Plan<'_>, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    rows.reserve(plan.due_dates.len());
    let interest = &plan.terms.interest;
    match interest.method {
        InterestMethod::Flat => flat::flat(plan, rows),
        InterestMethod::DecliningBalance => equal_principal::equal_principal(plan, rows),
        // Without interest there is nothing to discount.
        InterestMethod::DecliningBalanceDiscounted if interest.rate.is_zero() => {
            equal_principal::equal_principal(plan, rows)
        }
        InterestMethod::DecliningBalanceDiscounted => equal_installments::equal_installments(plan, rows),
    }
}
