//! Penalties grow from the first day late on, counted from the due date. They become balances when
//! penalty tolerance and arrears tolerance have passed, then on the last day of each month, and
//! whenever a repayment or a write-off comes. In between, what has grown is computed when asked.

use jiff::civil::Date;
use loam_calc::accrual::{Span, interest_between, time_within};
use loam_calc::allocation::Component;
use loam_calc::charges::penalty_for_days;
use loam_calc::day_count::{DaysMethod, Fraction, days_between};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::InterestTerms;

use crate::loan::charges::{controls, tax};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::event::charge::{LockCause, PenaltyCause, PenaltyPart};
use crate::loan::lateness::day_after;
use crate::loan::{Installment, Loan, LoanState};
use crate::organization::TransactionDetails;
use crate::product::charges::PenaltyMethod;

/// Penalties that have grown by `date` and are not applied, in minor units, unrounded. It may be
/// that they are never applied: whoever pays within the tolerance owes none.
pub fn accrued(loan: &Loan, date: Date) -> Exact {
    if !loan.servicing.state.is_active() || rate(loan).is_none() {
        return Exact::ZERO;
    }
    let open = late_rows(loan, date).into_iter().map(|late| late.grown - Exact::from_amount(late.applied));
    open.filter(|open| !open.is_negative()).sum()
}

/// A late installment on which a penalty grows.
struct LateRow {
    number: u32,
    /// All that has grown since its due date.
    grown: Exact,
    applied: Amount,
}

/// The next day on which penalties become balances if nobody touches the loan.
pub(super) fn next_on(loan: &Loan) -> Option<Date> {
    rate(loan)?;
    let arrears_since = loan.servicing.arrears_since?;
    let carriers = carriers(loan, Date::MAX);
    let next = carriers.iter().map(|row| next_of(loan, row, arrears_since)).min()?;
    Some(loan.servicing.unlocked_on.map_or(next, |unlocked_on| next.max(unlocked_on)))
}

/// Applies the penalties of all installments whose tolerance has passed.
pub(super) fn derive(draft: &mut Draft<'_>, date: Date, cause: PenaltyCause) {
    let mut parts = grown_parts(&draft.loan, date);
    for part in &mut parts {
        part.amount = to_apply(&draft.loan, part, date);
    }
    let amount: Amount = parts.iter().map(|part| part.amount).sum();
    if !amount.is_positive() {
        return draft.derive(date, Event::PenaltyAccrued { parts, was_due: true });
    }
    if cause == PenaltyCause::Lateness && !controls::admit_or_lock(draft, amount, date) {
        return;
    }
    let (posted, details) = (draft.unposted(Amount::ZERO), TransactionDetails::default());
    let tax = Amount::ZERO;
    draft.derive(date, Event::PenaltyApplied { posted, amount, parts, cause, tax, details });
    if cause == PenaltyCause::Lateness {
        controls::lock_at_cap(draft, date);
    }
}

/// Applies what may be applied before a repayment or a write-off.
pub(crate) fn settle(draft: &mut Draft<'_>, date: Date) {
    if settles(&draft.loan) {
        derive_if_grown(draft, date, PenaltyCause::Settlement);
    }
}

/// Whether what has grown is applied before a repayment. A lock holds it back only where the cap
/// was reached: like interest, it is asked for of whoever pays.
fn settles(loan: &Loan) -> bool {
    let LoanState::Active { is_locked, lock_cause, .. } = loan.servicing.state else { return false };
    let is_capped = is_locked && lock_cause == LockCause::Capping;
    !is_capped && rate(loan).is_some() && loan.servicing.arrears_since.is_some()
}

/// What a repayment on a day applies before it is posted.
pub(crate) fn settled_by(loan: &Loan, date: Date) -> Amount {
    if !settles(loan) {
        return Amount::ZERO;
    }
    grown_parts(loan, date).iter().map(|part| to_apply(loan, part, date)).sum()
}

/// Applies what may be applied, unless that is nothing.
pub(super) fn derive_if_grown(draft: &mut Draft<'_>, date: Date, cause: PenaltyCause) {
    let parts = grown_parts(&draft.loan, date);
    if parts.iter().any(|part| to_apply(&draft.loan, part, date).is_positive()) {
        derive(draft, date, cause);
    }
}

/// Whether an event changes on what penalties grow, or their rate. What is not known to leave that
/// alone is taken to change it. On a loan that was given up none grow.
pub(super) fn are_moved_by(loan: &Loan, date: Date, event: &Event) -> bool {
    if !loan.servicing.state.is_active() || rate(loan).is_none() || carriers(loan, date).is_empty() {
        return false;
    }
    if let Event::InterestApplied { parts, .. } = event {
        let is_late =
            |number| loan.servicing.installments.iter().any(|r| r.number == number && r.due_date < date);
        return parts.iter().any(|part| is_late(part.number));
    }
    !matches!(
        event,
        Event::FeeCharged { .. }
            | Event::PenaltyApplied { .. }
            | Event::PenaltyAccrued { .. }
            | Event::ChargeReduced { .. }
            | Event::ChargeForgone { .. }
            | Event::FeeIncomeRecognized { .. }
            | Event::RateChanged { .. }
            | Event::RateReviewed
            | Event::TrancheExpected { .. }
            | Event::InterestPaused { .. }
            | Event::Redrawn { .. }
            | Event::ArrearsChanged { .. }
            | Event::PremiumShared { .. }
            | Event::Locked { .. }
            | Event::Unlocked { .. }
            | Event::Closed { .. }
            | Event::Reopened { .. }
    )
}

/// Notes what has grown by the day.
pub(super) fn grow(draft: &mut Draft<'_>, date: Date) {
    if draft.loan.servicing.course.charges.penalties_through.is_some_and(|through| through >= date) {
        return;
    }
    let parts = grown_parts(&draft.loan, date);
    draft.derive(date, Event::PenaltyAccrued { parts, was_due: false });
}

/// The rate of a loan on which penalties grow, with any tax on top.
fn rate(loan: &Loan) -> Option<Rate> {
    let has_method = loan.terms.charges.penalty.method != PenaltyMethod::None;
    let rate = loan.terms.penalty_rate.filter(|rate| has_method && !rate.is_zero())?;
    Some(tax::gross_rate(&loan.terms, Component::Penalty, rate))
}

/// Installments due before the day on which penalties grow: each with an overdue balance; where
/// the whole outstanding principal counts, the oldest that is unpaid.
fn carriers(loan: &Loan, date: Date) -> Vec<&Installment> {
    let due = loan.servicing.installments.iter().take_while(|row| row.due_date < date);
    match loan.terms.charges.penalty.method {
        PenaltyMethod::None => Vec::new(),
        PenaltyMethod::OverdueBalance | PenaltyMethod::OverdueBalanceAndInterest => {
            due.filter(|row| balance(loan, row).is_positive()).collect()
        }
        PenaltyMethod::OutstandingPrincipal => {
            due.filter(|row| !row.is_paid() && balance(loan, row).is_positive()).take(1).collect()
        }
    }
}

fn balance(loan: &Loan, row: &Installment) -> Amount {
    let principal = row.unpaid().principal;
    match loan.terms.charges.penalty.method {
        PenaltyMethod::None => Amount::ZERO,
        PenaltyMethod::OverdueBalance => principal,
        PenaltyMethod::OverdueBalanceAndInterest => principal + row.interest_applied - row.paid.interest,
        PenaltyMethod::OutstandingPrincipal => loan.servicing.outstanding.principal,
    }
}

fn late_rows(loan: &Loan, date: Date) -> Vec<LateRow> {
    let Some(rate) = rate(loan) else { return Vec::new() };
    let course = &loan.servicing.course.charges;
    let late = |row: &Installment| {
        let known = course.penalties.iter().find(|known| known.number == row.number);
        let from = course.penalties_through.map_or(row.due_date, |through| through.max(row.due_date));
        let more = growth(loan, row, rate, (from, date));
        LateRow {
            number: row.number,
            grown: known.map_or(Exact::ZERO, |known| known.accrued) + more,
            applied: known.map_or(Amount::ZERO, |known| known.amount),
        }
    };
    carriers(loan, date).into_iter().map(late).collect()
}

/// Balance × rate × days for a rate per day; for one in the frequency of the interest rate, what
/// that interest would be on the balance.
fn growth(loan: &Loan, row: &Installment, rate: Rate, (from, to): (Date, Date)) -> Exact {
    let balance = balance(loan, row);
    if loan.terms.charges.penalty.method == PenaltyMethod::OutstandingPrincipal {
        let terms = InterestTerms { rate, days_method: DaysMethod::ActualDays, ..loan.terms.interest };
        return interest_between(&terms, &loan.terms.period, balance, from, to);
    }
    penalty_for_days(balance, rate, days_between(from, to))
}

/// What a penalty grows on, on days on which that stays the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PenaltyGrowth {
    pub(crate) number: u32,
    pub(crate) balance: Amount,
    pub(crate) rate: Rate,
    pub(crate) from: Date,
    pub(crate) to: Date,
    /// How often the rate is charged.
    pub(crate) time: Fraction,
}

/// Numbers of the installments on which penalties grow on a day.
pub(crate) fn carried_by(loan: &Loan, date: Date) -> Vec<u32> {
    if rate(loan).is_none() {
        return Vec::new();
    }
    carriers(loan, date).into_iter().map(|row| row.number).collect()
}

/// Of what penalties that have grown by a day and are not noted yet are made.
pub(crate) fn growing(loan: &Loan, date: Date) -> Vec<PenaltyGrowth> {
    let Some(rate) = rate(loan) else { return Vec::new() };
    let through = loan.servicing.course.charges.penalties_through;
    let of_row = |row: &Installment| {
        let from = through.map_or(row.due_date, |through| through.max(row.due_date));
        let time = if loan.terms.charges.penalty.method == PenaltyMethod::OutstandingPrincipal {
            let terms = InterestTerms { rate, days_method: DaysMethod::ActualDays, ..loan.terms.interest };
            let span = Span { from, to: date };
            time_within(&terms, &loan.terms.period, span, span)
        } else {
            Fraction { numerator: i128::from(days_between(from, date).max(0)), denominator: 1 }
        };
        PenaltyGrowth { number: row.number, balance: balance(loan, row), rate, from, to: date, time }
    };
    carriers(loan, date).into_iter().map(of_row).filter(|growth| growth.from < growth.to).collect()
}

fn grown_parts(loan: &Loan, date: Date) -> Vec<PenaltyPart> {
    let part =
        |late: LateRow| PenaltyPart { number: late.number, accrued: kept(late.grown), amount: Amount::ZERO };
    late_rows(loan, date).into_iter().map(part).collect()
}

/// As it is written in the log, with 20 decimals, so that a log read again says the same.
fn kept(grown: Exact) -> Exact {
    Exact::parse_decimal_text(&grown.to_decimal_text()).unwrap_or(grown)
}

fn to_apply(loan: &Loan, part: &PenaltyPart, date: Date) -> Amount {
    let known = loan.servicing.course.charges.penalties.iter().find(|known| known.number == part.number);
    let applied = known.map_or(Amount::ZERO, |known| known.amount);
    let row = loan.servicing.installments.iter().find(|row| row.number == part.number);
    let has_passed = row.is_some_and(|row| tolerance_passes(loan, row) <= date);
    // What was noted several times is off by parts of its 20th decimal, and half a cent must stay half a cent.
    let open = part.accrued.to_decimals(15).round(loan.terms.rounding) - applied;
    if has_passed && open.is_positive() { open } else { Amount::ZERO }
}

/// The first day on which days late exceed the penalty tolerance.
fn tolerance_passes(loan: &Loan, row: &Installment) -> Date {
    day_after(row.due_date, loan.terms.charges.penalty.tolerance_days.saturating_add(1))
}

/// When penalties of an installment become a balance: when the tolerances have passed, then on the
/// last day of each month.
fn next_of(loan: &Loan, row: &Installment, arrears_since: Date) -> Date {
    let first = tolerance_passes(loan, row).max(arrears_since);
    match loan.servicing.course.charges.penalties_applied_on {
        Some(applied_on) if applied_on >= first => day_after(applied_on, 1).last_of_month(),
        Some(_) | None => first,
    }
}
