//! When an installment is late, and when that puts the account in arrears.

use jiff::Span;
use jiff::civil::Date;
use loam_calc::calendar::Calendar;
use loam_calc::charges::share;
use loam_calc::day_count::days_between;
use loam_calc::money::Amount;

use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::{Installment, Loan, Servicing};
use crate::product::controls::ArrearsCountedFrom;

/// Brings lateness up to date after something was paid, charged or agreed on `value_date`.
pub fn settle_lateness(draft: &mut Draft<'_>, value_date: Date) {
    let now = lateness_on(&draft.loan, value_date, draft.context.calendar);
    if now != Lateness::of(&draft.loan.servicing) {
        let Lateness { late_since, arrears_since, arrears_on } = now;
        draft.derive(value_date, Event::ArrearsChanged { late_since, arrears_since, arrears_on });
    }
}

/// The first day on which lateness, as the book has it now, is no longer true.
pub(crate) fn changes_on(loan: &Loan) -> Option<Date> {
    let servicing = &loan.servicing;
    let oldest = oldest_unpaid(servicing)?;
    if servicing.late_since != Some(oldest.due_date) {
        return Some(day_after(oldest.due_date, 1));
    }
    if servicing.arrears_since.is_some() {
        return None;
    }
    let known = servicing.course.charges.arrears_on;
    reaches_floor_on(loan, known.unwrap_or_else(|| arrears_begin(loan, oldest.due_date)))
}

/// Days in arrears on a day, the first one being day one; zero when the account is not in arrears.
pub(crate) fn days_in_arrears(loan: &Loan, date: Date) -> i64 {
    if !loan.servicing.state.is_active() {
        return 0;
    }
    arrears_counted_from(loan).map_or(0, |from| (days_between(from, date) + 1).max(0))
}

/// The first day in arrears that counts: of this spell, or of the oldest installment that is late.
pub(crate) fn arrears_counted_from(loan: &Loan) -> Option<Date> {
    let servicing = &loan.servicing;
    let since = servicing.arrears_since?;
    Some(match loan.terms.controls.arrears.counted_from {
        ArrearsCountedFrom::DateAccountFirstWentToArrears => since,
        ArrearsCountedFrom::DateOfLastLateRepayment => {
            let late_since = servicing.late_since.unwrap_or(since);
            servicing.course.charges.arrears_on.unwrap_or_else(|| arrears_begin(loan, late_since))
        }
    })
}

/// So many days later; at the end of the calendar, its last day.
pub(crate) fn day_after(date: Date, days: u32) -> Date {
    let span = Span::new().try_days(i64::from(days));
    span.and_then(|span| date.checked_add(span)).unwrap_or(Date::MAX)
}

/// Working days that have gone since the due date; the day itself counts.
pub fn working_days_late(loan: &Loan, date: Date, calendar: &Calendar) -> i64 {
    let Some(since) = loan.servicing.late_since.filter(|_| loan.servicing.state.is_active()) else {
        return 0;
    };
    let mut days = 0;
    let mut day = since;
    while let Ok(next) = day.tomorrow()
        && next <= date
    {
        days += i64::from(calendar.is_working_day(next));
        day = next;
    }
    days
}

#[derive(Debug, PartialEq, Eq)]
struct Lateness {
    late_since: Option<Date>,
    arrears_since: Option<Date>,
    arrears_on: Option<Date>,
}

impl Lateness {
    const NONE: Lateness = Lateness { late_since: None, arrears_since: None, arrears_on: None };

    fn of(servicing: &Servicing) -> Lateness {
        let Servicing { late_since, arrears_since, .. } = *servicing;
        Lateness { late_since, arrears_since, arrears_on: servicing.course.charges.arrears_on }
    }
}

/// Since when the loan is late, and since when in arrears, as seen on `date`.
fn lateness_on(loan: &Loan, date: Date, calendar: &Calendar) -> Lateness {
    let Some(oldest) = oldest_unpaid(&loan.servicing).filter(|oldest| oldest.due_date < date) else {
        return Lateness::NONE;
    };
    let rules = &loan.terms.controls.arrears;
    let needs_calendar = rules.excludes_non_working_days && rules.monthly_day.is_none();
    let arrears_on = needs_calendar.then(|| arrears_begin_working(loan, oldest.due_date, calendar));
    let begins = arrears_on.unwrap_or_else(|| arrears_begin(loan, oldest.due_date));
    let is_in_arrears = begins <= date && is_floor_reached(loan, date);
    let first = if has_floor(loan) { begins.max(date) } else { begins };
    let since = loan.servicing.arrears_since.unwrap_or(first);
    Lateness { late_since: Some(oldest.due_date), arrears_since: is_in_arrears.then_some(since), arrears_on }
}

/// The first day on which what fell due then is arrears, all days counting.
fn arrears_begin(loan: &Loan, due_date: Date) -> Date {
    let Some(day) = loan.terms.controls.arrears.monthly_day else {
        return day_after(due_date, loan.terms.arrears_tolerance_days.saturating_add(1));
    };
    let day = i8::try_from(day).unwrap_or(28).clamp(1, 28);
    let this_month = Date::new(due_date.year(), due_date.month(), day).expect("every month has 28 days");
    if this_month > due_date {
        return this_month;
    }
    let next_month = day_after(due_date.last_of_month(), 1);
    Date::new(next_month.year(), next_month.month(), day).expect("every month has 28 days")
}

/// The first day with more working days since the due date than the tolerance.
fn arrears_begin_working(loan: &Loan, due_date: Date, calendar: &Calendar) -> Date {
    let mut day = due_date;
    for _ in 0..=loan.terms.arrears_tolerance_days {
        day = calendar.next_working_day(day_after(day, 1));
    }
    day
}

/// From `begins` on, the first day on which enough is late, if nobody touches the loan.
fn reaches_floor_on(loan: &Loan, begins: Date) -> Option<Date> {
    if !has_floor(loan) {
        return Some(begins);
    }
    let start = loan.servicing.latest_value_date.map_or(begins, |latest| begins.max(latest));
    let rows = loan.servicing.installments.iter().map(|row| day_after(row.due_date, 1));
    let days = std::iter::once(start).chain(rows.filter(|day| *day > start));
    days.into_iter().find(|day| is_floor_reached(loan, *day))
}

fn has_floor(loan: &Loan) -> bool {
    let rules = &loan.terms.controls.arrears;
    rules.floor_amount.is_some() || rules.floor_percentage.is_some()
}

/// Whether as much is late on the day as makes arrears: the larger of amount and percentage.
/// Penalties do not count, so that they do not make the arrears that make them.
fn is_floor_reached(loan: &Loan, date: Date) -> bool {
    let rules = &loan.terms.controls.arrears;
    let outstanding = loan.servicing.outstanding.principal;
    let by_share = rules.floor_percentage.map(|rate| share(outstanding, rate, loan.terms.rounding));
    let floor = [rules.floor_amount, by_share].into_iter().flatten().max().unwrap_or(Amount::ZERO);
    let late = loan.servicing.installments.iter().filter(|row| row.due_date < date);
    let late: Amount = late.map(|row| row.unpaid().total() - row.unpaid().penalties).sum();
    late >= floor
}

fn oldest_unpaid(servicing: &Servicing) -> Option<&Installment> {
    servicing.installments.iter().find(|installment| !installment.is_paid())
}
