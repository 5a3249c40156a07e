//! What the passing of days brings: interest applied on due dates, late and arrears changes, and
//! the way back. Deriving twice changes nothing.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::loan::draft::Draft;
use crate::loan::dynamic::capitalized;
use crate::loan::dynamic::period_end::{next_period_end, period_end};
use crate::loan::dynamic::review::{next_review_on, review};
use crate::loan::event::{Event, InstallmentPart, InterestCause};
use crate::loan::{Loan, LoanState, charges, lateness};

pub use crate::loan::lateness::settle_lateness;

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
    let latest = loan.servicing.latest_value_date;
    let lateness = lateness::changes_on(loan).map(|on| latest.map_or(on, |latest| on.max(latest)));
    let charges = charges::next_on(loan);
    let days = [next_period_end(loan), interest, lateness, charges, next_review_on(loan), reminder_on(loan)];
    days.into_iter().flatten().min()
}

/// When the book reminds of a tranche. Before the first one is paid out it derives nothing of a loan; a day that went by
/// until then is made up for on the day of that.
fn reminder_on(loan: &Loan) -> Option<Date> {
    let (on, _) = loan.servicing.course.next_reminder()?;
    Some(loan.servicing.latest_value_date.map_or(on, |latest| on.max(latest)))
}

/// Applies what is left to apply of one installment's interest.
pub fn apply_interest_of(draft: &mut Draft<'_>, index: usize, value_date: Date, cause: InterestCause) {
    let installment = &draft.loan.servicing.installments[index];
    let (number, interest) = (installment.number, installment.interest_to_apply());
    let parts = vec![InstallmentPart { number, part: Components { interest, ..Components::default() } }];
    let (posted, tax) = (draft.unposted(Amount::ZERO), Amount::ZERO);
    draft.derive(
        value_date,
        Event::InterestApplied { posted, amount: interest, parts, cause, notes: None, tax },
    );
}

fn derive_on(draft: &mut Draft<'_>, date: Date) {
    if next_period_end(&draft.loan) == Some(date) {
        let event = period_end(&draft.loan, draft.context.calendar);
        draft.derive(date, event);
    } else if interest_due_on(&draft.loan) == Some(date) && !is_locked(&draft.loan) {
        let Some(index) = next_to_apply(&draft.loan) else {
            return capitalized::apply_due(draft, date);
        };
        let interest = draft.loan.servicing.installments[index].interest_to_apply();
        if charges::controls::admit_or_lock(draft, interest, date) {
            apply_interest_of(draft, index, date, InterestCause::DueDate);
            charges::controls::lock_at_cap(draft, date);
        }
    } else if lateness::changes_on(&draft.loan).is_some_and(|on| on <= date) {
        lateness::settle_lateness(draft, date);
    } else if charges::next_on(&draft.loan).is_some_and(|on| on <= date) {
        charges::derive_on(draft, date);
    } else if reminder_on(&draft.loan).is_some_and(|on| on <= date) {
        remind(draft, date);
    } else {
        // Last of all, as if somebody had changed the rate on that day.
        review(draft, date);
    }
}

/// Reminds of a tranche, also of a locked loan: it moves nothing.
fn remind(draft: &mut Draft<'_>, date: Date) {
    let Some((_, tranche)) = draft.loan.servicing.course.next_reminder() else { return };
    let event = Event::TrancheExpected { tranche: tranche.key, amount: tranche.amount };
    draft.derive(date, event);
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
    if loan.terms.capitalizes_interest() {
        return capitalized::due_on(loan);
    }
    let servicing = &loan.servicing;
    let due_date = servicing.installments[next_to_apply(loan)?].due_date;
    // Late interest is asked for in an older row, on the due date of a later one.
    let latest = if loan.terms.is_dynamic() { loan.closed_rows().last() } else { None };
    let due_date = latest.map_or(due_date, |latest| latest.due_date.max(due_date));
    Some(due_date.max(servicing.unlocked_on.unwrap_or(Date::MIN)))
}
