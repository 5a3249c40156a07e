//! Interest that is added to the principal instead of being owed as interest.
//!
//! Rows ask for principal only. Interest grows apart from them; what is applied of it becomes
//! principal from that day on and is spread over the rows that are not due.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::projection::{Keep, Projected, Row};

use crate::loan::charges::controls;
use crate::loan::course::PrincipalFrom;
use crate::loan::draft::Draft;
use crate::loan::dynamic::respread::respread_going_on;
use crate::loan::dynamic::{Running, ScheduleCause, Upcoming, repayment, with_balance};
use crate::loan::event::{Event, InstallmentPart, InterestCause, Posted};
use crate::loan::{Installment, Loan, LoanState, Terms};
use crate::product::interest::InterestType;
use crate::product::payments::InterestOnPrepayment;

impl Terms {
    /// Whether interest is added to the principal when it is applied.
    pub fn capitalizes_interest(&self) -> bool {
        self.interest_rules.interest_type == InterestType::CapitalizedInterest
    }
}

/// The row asking for as much principal as it was to be paid in all.
pub(super) fn asking_principal(row: &Row) -> Row {
    let keep = match row.keep {
        Keep::Total(total) => Keep::Principal(total),
        Keep::Principal(_) | Keep::Nothing => row.keep,
    };
    Row { keep, ..*row }
}

/// The same projection without interest: it is added to the principal when it is applied.
pub(super) fn without_interest(projected: Projected) -> Projected {
    Projected { interest: Amount::ZERO, carried: Amount::ZERO, ..projected }
}

/// Interest of time that is over and waits to be applied: a moment on the due date, longer where the
/// account is locked.
pub(crate) fn waiting(loan: &Loan) -> Amount {
    let is_waiting = loan.terms.capitalizes_interest() && loan.closed() > 0;
    if is_waiting { loan.servicing.course.carried.max(Amount::ZERO) } else { Amount::ZERO }
}

/// The day on which it is applied: the due date, or that of the unlocking.
pub(crate) fn due_on(loan: &Loan) -> Option<Date> {
    let row = loan.closed_rows().last().filter(|_| waiting(loan).is_positive())?;
    Some(row.due_date.max(loan.servicing.unlocked_on.unwrap_or(Date::MIN)))
}

/// What of it is outstanding, if what was lent is repaid first.
pub(crate) fn outstanding(loan: &Loan) -> Amount {
    loan.servicing.course.capitalized_interest.min(loan.servicing.outstanding.principal)
}

/// Adds what waits to the principal, unless that goes beyond a cap.
pub(crate) fn apply_due(draft: &mut Draft<'_>, date: Date) {
    let amount = waiting(&draft.loan);
    if controls::admit_or_lock(draft, amount, date) {
        apply_waiting(draft, date);
        controls::lock_at_cap(draft, date);
    }
}

fn apply_waiting(draft: &mut Draft<'_>, date: Date) {
    let number = draft.loan.closed_rows().last().map_or(1, |row| row.number);
    let applied = Applied { number, amount: waiting(&draft.loan), cause: InterestCause::DueDate };
    derive(draft, date, applied, ScheduleCause::InterestApplied);
}

/// Adds what has grown by the day of a payment to the principal, where the payment is more than what
/// is due. Where interest is applied by hand, only if it is as much as all principal.
pub(crate) fn apply_before_payment(draft: &mut Draft<'_>, date: Date, payment: Amount) {
    let loan = &draft.loan;
    let rows = &loan.servicing.installments;
    // A loan does not end with interest that nobody asked for.
    let is_last = loan.closed() == rows.len() || payment >= loan.servicing.outstanding.principal;
    let due: Amount = loan.closed_rows().iter().map(|row| row.unpaid().total()).sum();
    let is_ahead = match loan.terms.payment_rules.interest_on_prepayment {
        InterestOnPrepayment::Manual => false,
        InterestOnPrepayment::Automatic | InterestOnPrepayment::WholeInstallment => payment > due,
    };
    if is_ahead || is_last {
        apply_grown(draft, date);
    }
}

/// Adds what has grown by a day to the principal, if that is anything: a payment comes early.
fn apply_grown(draft: &mut Draft<'_>, date: Date) {
    if let Some(applied) = grown(&draft.loan, date) {
        derive(draft, date, applied, ScheduleCause::Repayment);
    }
}

fn grown(loan: &Loan, date: Date) -> Option<Applied> {
    let amount = repayment::accrued(loan, date);
    let rows = &loan.servicing.installments;
    let row = rows.get(loan.closed()).or(rows.last())?;
    let is_any = amount.is_positive() && loan.servicing.state.is_active();
    is_any.then_some(Applied { number: row.number, amount, cause: InterestCause::EarlyPayment })
}

/// Interest that becomes principal, and the row in whose time it grew.
struct Applied {
    number: u32,
    amount: Amount,
    cause: InterestCause,
}

fn derive(draft: &mut Draft<'_>, date: Date, applied: Applied, cause: ScheduleCause) {
    let posted = draft.unposted(applied.amount);
    let parts = vec![part(applied.number, applied.amount)];
    let (amount, tax) = (applied.amount, Amount::ZERO);
    let event = Event::InterestApplied { posted, amount, parts, cause: applied.cause, notes: None, tax };
    draft.derive(date, event);
    let event = schedule_after(&draft.loan, date, applied.amount, cause);
    draft.derive(date, event);
}

/// The part of a row's interest that becomes principal.
pub(crate) fn part(number: u32, principal: Amount) -> InstallmentPart {
    InstallmentPart { number, part: Components { principal, ..Components::default() } }
}

/// The rows and the interest once so much of it became principal: it bears interest from the day on.
/// After the last due date the last row asks for it.
pub(crate) fn schedule_after(loan: &Loan, on: Date, amount: Amount, cause: ScheduleCause) -> Event {
    let running = loan.running();
    if loan.closed() < loan.servicing.installments.len() {
        let running = Running { carried: running.carried - amount, ..running };
        if !stays(loan) {
            return respread_going_on(loan, on, cause, (amount, running));
        }
        let bears = running.principal.last().map_or(Amount::ZERO, |last| last.principal);
        let principal = with_balance(running.principal.clone(), on, bears + amount);
        // The last row that asks for something takes what is left, and this with it.
        return Upcoming::going_on(loan, on, Running { principal, ..running }).event(cause);
    }
    let principal = vec![PrincipalFrom { from: on, principal: loan.bearing() }];
    // What has grown since then starts anew with the balance; what is left of it waits.
    let running = Running { principal, carried: repayment::accrued(loan, on) - amount, ..running };
    let last = loan.servicing.installments.last().map(|last| {
        let expected = Components { principal: last.expected.principal + amount, ..last.expected };
        Installment { expected, repaid_on: None, ..last.clone() }
    });
    Event::ScheduleChanged { cause, installments: last.into_iter().collect(), running }
}

/// Whether rows that are not due stay as they are when interest is added: they were edited by hand, or
/// early payments have shortened the loan.
fn stays(loan: &Loan) -> bool {
    let last = loan.servicing.installments.last();
    let is_shortened = last.is_some_and(|last| !last.is_grace && last.expected.principal.is_zero());
    loan.servicing.course.is_custom || is_shortened
}

/// What adds to the principal what waits, if nobody touches the loan. A lock holds it back.
pub(crate) fn rolled(loan: &Loan, on: Date) -> Option<[Event; 2]> {
    let amount = waiting(loan);
    let is_open = matches!(loan.servicing.state, LoanState::Active { is_locked: false, .. });
    if !is_open || !amount.is_positive() {
        return None;
    }
    let number = loan.closed_rows().last().map_or(1, |row| row.number);
    let applied = Applied { number, amount, cause: InterestCause::DueDate };
    Some(added(loan, on, applied, ScheduleCause::InterestApplied))
}

/// What adds to the principal what has grown by the day on which the loan is paid off.
pub(crate) fn paid_off(loan: &Loan, on: Date) -> Option<[Event; 2]> {
    Some(added(loan, on, grown(loan, on)?, ScheduleCause::Repayment))
}

fn added(loan: &Loan, on: Date, applied: Applied, cause: ScheduleCause) -> [Event; 2] {
    let mut after = loan.clone();
    after.servicing.outstanding.principal += applied.amount;
    let principal_balance = after.servicing.outstanding.principal;
    let event = Event::InterestApplied {
        posted: Posted { transaction_id: 0, principal_balance },
        amount: applied.amount,
        parts: vec![part(applied.number, applied.amount)],
        cause: applied.cause,
        notes: None,
        tax: Amount::ZERO,
    };
    [event, schedule_after(&after, on, applied.amount, cause)]
}
