//! Applies accrued interest at somebody's request, before the installment falls due.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::InterestMethod;

use crate::loan::commands::{Decided, Target, repay_dynamic, require_active};
use crate::loan::draft::Draft;
use crate::loan::dynamic::{self, ScheduleCause, capitalized};
use crate::loan::event::{Event, InstallmentPart, InterestCause};
use crate::loan::refusal::Refusal;
use crate::loan::{Installment, Loan, LoanState};
use crate::product::InterestApplication;

/// Decides the request. Checks, in this order: state, value date, accrued interest.
pub(super) fn apply_accrued(
    on: &Target<'_>,
    value_date: Option<Date>,
    notes: &Option<String>,
) -> Result<Decided, Refusal> {
    require_active(on.loan, "apply interest", on.context)?;
    if on.loan.terms.interest_application == InterestApplication::OnDisbursement {
        return Err(Refusal::InterestAppliedOnDisbursement);
    }
    let value_date = value_date.unwrap_or(on.context.business_date);
    on.check_value_date("apply interest", value_date)?;
    on.on_day(value_date, |draft| post(draft, value_date, notes.clone()))
}

/// Applies what has accrued by the value date, rounded down: never more than was earned.
pub(crate) fn post(draft: &mut Draft<'_>, value_date: Date, notes: Option<String>) -> Result<(), Refusal> {
    if draft.loan.terms.is_dynamic() {
        return post_dynamic(draft, value_date, notes);
    }
    let accrued = accrued(&draft.loan, value_date);
    let (number, interest) = accrued
        .map(|(installment, exact)| (installment.number, exact.round(Rounding::Down)))
        .filter(|(_, amount)| amount.is_positive())
        .ok_or(Refusal::NoAccruedInterest { value_date })?;
    let parts = vec![InstallmentPart { number, part: Components { interest, ..Components::default() } }];
    let posted = draft.posted(Amount::ZERO);
    let cause = InterestCause::Request;
    let tax = Amount::ZERO;
    draft.record(value_date, Event::InterestApplied { posted, amount: interest, parts, cause, notes, tax });
    Ok(())
}

/// Of a dynamic loan: what grew on its balances, rounded, for the row whose time runs or the last one.
fn accrued_on_balances(loan: &Loan, date: Date) -> Option<(&Installment, Exact)> {
    let rows = &loan.servicing.installments;
    let row = rows.iter().find(|row| row.due_date > date).or(rows.last())?;
    let amount = loan.accrued_on(date);
    amount.is_positive().then(|| (row, Exact::from_amount(amount)))
}

fn post_dynamic(draft: &mut Draft<'_>, value_date: Date, notes: Option<String>) -> Result<(), Refusal> {
    let grown = grown(draft, value_date).ok_or(Refusal::NoAccruedInterest { value_date })?;
    let (posted, tax) = (draft.posted(grown.part.part.principal), Amount::ZERO);
    let (amount, parts, cause) = (grown.amount, vec![grown.part], InterestCause::Request);
    draft.record(value_date, Event::InterestApplied { posted, amount, parts, cause, notes, tax });
    take_off(draft, value_date, amount);
    Ok(())
}

/// What has grown on a dynamic loan, and the part of a row that it becomes.
struct Grown {
    amount: Amount,
    part: InstallmentPart,
}

/// Into the row whose time runs; after the last due date, into the last row. Late interest that has a
/// place of its own finds it before.
fn grown(draft: &mut Draft<'_>, date: Date) -> Option<Grown> {
    repay_dynamic::place_late_interest(draft, date);
    let loan = &draft.loan;
    let amount = dynamic::repayment::accrued(loan, date);
    let rows = &loan.servicing.installments;
    let row = rows.get(loan.closed()).or(rows.last());
    let number = row.filter(|_| amount.is_positive() && loan.servicing.state.is_active())?.number;
    let interest = Components { interest: amount, ..Components::default() };
    let part = match loan.terms.capitalizes_interest() {
        true => capitalized::part(number, amount),
        false => InstallmentPart { number, part: interest },
    };
    Some(Grown { amount, part })
}

/// Takes what was applied off what runs, so that it is not charged again.
fn take_off(draft: &mut Draft<'_>, date: Date, applied: Amount) {
    let loan = &draft.loan;
    let event = if loan.terms.capitalizes_interest() {
        capitalized::schedule_after(loan, date, applied, ScheduleCause::InterestApplied)
    } else {
        dynamic::repayment::schedule_after_applying(loan, date, applied)
    };
    draft.derive(date, event);
}

/// Applies what has accrued before the book locks the account, if that is anything.
pub(crate) fn apply_before_lock(draft: &mut Draft<'_>, date: Date) {
    if draft.loan.terms.is_dynamic() {
        return apply_dynamic_before_lock(draft, date);
    }
    let accrued = accrued(&draft.loan, date);
    let amount =
        |(installment, exact): (&Installment, Exact)| (installment.number, exact.round(Rounding::Down));
    let Some((number, interest)) = accrued.map(amount).filter(|(_, amount)| amount.is_positive()) else {
        return;
    };
    let parts = vec![InstallmentPart { number, part: Components { interest, ..Components::default() } }];
    let (posted, tax) = (draft.unposted(Amount::ZERO), Amount::ZERO);
    let cause = InterestCause::Locking;
    draft.derive(date, Event::InterestApplied { posted, amount: interest, parts, cause, notes: None, tax });
}

fn apply_dynamic_before_lock(draft: &mut Draft<'_>, date: Date) {
    let Some(Grown { amount, part }) = grown(draft, date) else { return };
    let (posted, tax) = (draft.unposted(part.part.principal), Amount::ZERO);
    let (parts, cause) = (vec![part], InterestCause::Locking);
    draft.derive(date, Event::InterestApplied { posted, amount, parts, cause, notes: None, tax });
    take_off(draft, date, amount);
}

/// Interest that has accrued by `date` and was not applied, with the installment it belongs to.
///
/// The interest of an installment grows evenly over the days of its period: expected interest ×
/// days gone ÷ days of the period. Interest of a flat loan does not accrue. Where interest runs
/// through the due dates, the day itself has gone too, and a period ends after its due date.
pub fn accrued(loan: &Loan, date: Date) -> Option<(&Installment, Exact)> {
    let LoanState::Active { disbursed_on, .. } = loan.servicing.state else { return None };
    if loan.terms.is_dynamic() {
        return accrued_on_balances(loan, date);
    }
    if loan.terms.interest.method == InterestMethod::Flat {
        return None;
    }
    // Rows that only carry what was overdue elsewhere have no time of their own.
    let moved = |row: &Installment| loan.servicing.course.moved_to(row.due_date);
    let has_time = |row: &&Installment| !moved(row).is_some_and(|moved| moved.is_added);
    let installments: Vec<&Installment> = loan.servicing.installments.iter().filter(has_time).collect();
    let index = installments.iter().position(|installment| installment.due_date > date)?;
    let from = if index == 0 { disbursed_on } else { installments[index - 1].due_date };
    let installment = installments[index];
    let carried = loan.servicing.course.carried_interest(installment);
    let days = |to: Date| i128::from(from.until(to).expect("dates are in range").get_days());
    // Through the due dates both ends of a period lie a day later, but not the beginning of the loan.
    let first_day = i128::from(loan.terms.accrues_through_due_date && index == 0);
    let grown = i128::from((installment.expected.interest - carried).minor()) * (days(date) + first_day);
    let accrued = Exact::ratio(grown, days(installment.due_date) + first_day)
        - Exact::from_amount(installment.interest_applied - carried);
    (accrued > Exact::ZERO).then_some((installment, accrued))
}
