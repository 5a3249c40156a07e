//! What the passing of days brings: interest applied on due dates, late and arrears changes, and
//! the way back. Deriving twice changes nothing.

use jiff::Span;
use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::loan::draft::Draft;
use crate::loan::dynamic::period_end::{next_period_end, period_end};
use crate::loan::event::{Event, InstallmentPart, InterestCause};
use crate::loan::{Installment, Loan, LoanState, Servicing};

/// Derives every step due by `until`, in value-date order.
pub fn advance(draft: &mut Draft<'_>, until: Date) {
    while let Some(date) = next_action_on(&draft.loan).filter(|date| *date <= until) {
        derive_on(draft, date);
    }
}

/// The next day on which something is derived if nobody touches the loan. `None`: never.
pub fn next_action_on(loan: &Loan) -> Option<Date> {
    let LoanState::Active { is_locked, .. } = loan.servicing.state else { return None };
    let interest = if is_locked { None } else { interest_due_on(loan) };
    let lateness = lateness_changes_on(loan);
    [next_period_end(loan), interest, lateness].into_iter().flatten().min()
}

/// Brings lateness up to date after money came in on `value_date`.
pub fn settle_lateness(draft: &mut Draft<'_>, value_date: Date) {
    let (late_since, arrears_since) = lateness_on(&draft.loan, value_date);
    let servicing = &draft.loan.servicing;
    if (servicing.late_since, servicing.arrears_since) != (late_since, arrears_since) {
        draft.derive(value_date, Event::ArrearsChanged { late_since, arrears_since });
    }
}

/// Applies what is left to apply of one installment's interest.
pub fn apply_interest_of(draft: &mut Draft<'_>, index: usize, value_date: Date, cause: InterestCause) {
    let installment = &draft.loan.servicing.installments[index];
    let (number, interest) = (installment.number, installment.interest_to_apply());
    let parts = vec![InstallmentPart { number, part: Components { interest, ..Components::default() } }];
    let posted = draft.unposted(Amount::ZERO);
    draft.derive(value_date, Event::InterestApplied { posted, amount: interest, parts, cause, notes: None });
}

fn derive_on(draft: &mut Draft<'_>, date: Date) {
    if next_period_end(&draft.loan) == Some(date) {
        let event = period_end(&draft.loan);
        draft.derive(date, event);
    } else if interest_due_on(&draft.loan) == Some(date) && !is_locked(&draft.loan) {
        let index = next_to_apply(&draft.loan).expect("interest is due on that day");
        apply_interest_of(draft, index, date, InterestCause::DueDate);
    } else {
        settle_lateness(draft, date);
    }
}

fn is_locked(loan: &Loan) -> bool {
    matches!(loan.servicing.state, LoanState::Active { is_locked: true, .. })
}

/// Of a dynamic loan, rows whose time is not over have no interest to apply yet.
fn next_to_apply(loan: &Loan) -> Option<usize> {
    let rows = &loan.servicing.installments;
    let rows = if loan.terms.is_dynamic() { loan.closed_rows() } else { rows };
    rows.iter().position(|installment| installment.interest_to_apply().is_positive())
}

/// Interest held back by a lock is applied on the day of the unlocking.
fn interest_due_on(loan: &Loan) -> Option<Date> {
    let servicing = &loan.servicing;
    let index = next_to_apply(loan)?;
    Some(servicing.installments[index].due_date.max(servicing.unlocked_on.unwrap_or(Date::MIN)))
}

/// The first day on which lateness, as the book has it now, is no longer true.
fn lateness_changes_on(loan: &Loan) -> Option<Date> {
    let oldest = oldest_unpaid(&loan.servicing)?;
    let late_on = day_after(oldest.due_date, 1);
    let arrears_on = day_after(late_on, loan.terms.arrears_tolerance_days);
    let servicing = &loan.servicing;
    if servicing.late_since != Some(oldest.due_date) {
        return Some(late_on);
    }
    servicing.arrears_since.is_none().then_some(arrears_on)
}

/// Since when the loan is late, and since when in arrears, as seen on `date`.
fn lateness_on(loan: &Loan, date: Date) -> (Option<Date>, Option<Date>) {
    let Some(oldest) = oldest_unpaid(&loan.servicing).filter(|oldest| oldest.due_date < date) else {
        return (None, None);
    };
    let arrears_on = day_after(oldest.due_date, loan.terms.arrears_tolerance_days.saturating_add(1));
    let since = loan.servicing.arrears_since.unwrap_or(arrears_on);
    (Some(oldest.due_date), (arrears_on <= date).then_some(since))
}

fn oldest_unpaid(servicing: &Servicing) -> Option<&Installment> {
    servicing.installments.iter().find(|installment| !installment.is_paid())
}

/// So many days later; at the end of the calendar, its last day.
fn day_after(date: Date, days: u32) -> Date {
    let span = Span::new().try_days(i64::from(days));
    span.and_then(|span| date.checked_add(span)).unwrap_or(Date::MAX)
}
