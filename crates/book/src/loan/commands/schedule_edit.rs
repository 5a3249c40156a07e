//! Edits a schedule by hand, deletes a row of it, and spreads what is overdue anew.
//!
//! Checks, in this order: state, the figures stated, then what [`crate::loan::custom_schedule`] and
//! [`crate::loan::rescheduling`] check.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::calendar::Calendar;
use loam_calc::due_dates::due_dates;
use loam_calc::money::Amount;

use crate::loan::advance::settle_lateness;
use crate::loan::charges::fees::to_come;
use crate::loan::command::Disburse;
use crate::loan::commands::close::close_if_repaid;
use crate::loan::commands::{follow_calendar, repay_dynamic};
use crate::loan::custom_schedule::{EditRules, RowEdit, edited};
use crate::loan::draft::Draft;
use crate::loan::dynamic;
use crate::loan::event::{Entry, Event, InstallmentPart};
use crate::loan::log::effective;
use crate::loan::refusal::{Refusal, RevolvingRefusal, ScheduleRefusal};
use crate::loan::rescheduling::{
    Moved, MovedInterest, ReAge, ScheduleChange, StatedRow, re_aged, re_amortized, without_row,
};
use crate::loan::terms_agreed::MAX_INSTALLMENTS;
use crate::loan::{Installment, Loan, LoanState, Terms};
use crate::organization::TransactionDetails;

/// Edits rows of the schedule; before the disbursement, of the schedule that is expected.
pub(super) fn edit(draft: &mut Draft<'_>, rows: &[StatedRow]) -> Result<(), Refusal> {
    check_state(&draft.loan, "edit the schedule")?;
    if rows.len() > MAX_INSTALLMENTS as usize {
        return Err(Refusal::Schedule(ScheduleRefusal::TooManyRows { count: rows.len() }));
    }
    let edits = rows.iter().map(|row| parse(row, &draft.loan)).collect::<Result<Vec<_>, _>>()?;
    let shown = shown_rows(draft)?;
    let edits: Vec<RowEdit> = edits.into_iter().filter_map(|edit| unlike_shown(edit, &shown)).collect();
    if edits.is_empty() {
        return Ok(());
    }
    let today = draft.context.business_date;
    check_new_due_dates(draft, &edits)?;
    post(draft, today, &ScheduleChange::Rows { edits }, None)
}

/// The rows as they are shown: with fees that come with them, and of a dynamic loan as they are
/// expected today.
fn shown_rows(draft: &Draft<'_>) -> Result<Vec<Installment>, Refusal> {
    let loan = &draft.loan;
    let mut rows = match loan.servicing.state.is_active() {
        true => loan.schedule_on(draft.context.business_date),
        false => schedule_of(draft)?.rows,
    };
    for row in &mut rows {
        row.expected.fees += to_come(loan, row);
    }
    Ok(rows)
}

/// What of an edit says something else than what is shown; callers send whole rows back. `None` where
/// that is nothing. Of a holiday the principal stays: it says which kind it is.
fn unlike_shown(edit: RowEdit, shown: &[Installment]) -> Option<RowEdit> {
    let Some(row) = shown.iter().find(|row| Some(row.number) == edit.number) else { return Some(edit) };
    let other = |stated: Option<Amount>, is: Amount| stated.filter(|stated| *stated != is);
    let is_holiday = edit.is_payment_holiday;
    let principal = if is_holiday { edit.principal } else { other(edit.principal, row.expected.principal) };
    let edit = RowEdit {
        due_date: edit.due_date.filter(|due_date| *due_date != row.due_date),
        principal,
        interest: other(edit.interest, row.expected.interest),
        fees: other(edit.fees, row.expected.fees),
        penalties: other(edit.penalties, row.expected.penalties),
        ..edit
    };
    let says_nothing = RowEdit { number: edit.number, ..RowEdit::default() };
    (edit != says_nothing).then_some(edit)
}

/// Checks of due dates on the day of the edit: not in the past of an active loan, not in a closed
/// accounting period, and on the centre's meeting day.
fn check_new_due_dates(draft: &Draft<'_>, edits: &[RowEdit]) -> Result<(), Refusal> {
    let (loan, context) = (&draft.loan, draft.context);
    let centre = loan.assignment.centre.and_then(|key| context.catalog.centres.by_key(key));
    let meeting_day = centre.and_then(|centre| centre.meeting_day);
    // What lies before the last movement is refused with the figures.
    let is_after_movements =
        |date: Date| loan.servicing.latest_value_date.is_some_and(|latest| date >= latest);
    for due_date in edits.iter().filter_map(|edit| edit.due_date) {
        if is_after_movements(due_date) && due_date < context.business_date {
            let reason = format!("it is before {}", context.business_date);
            return Err(Refusal::Schedule(ScheduleRefusal::InvalidDueDate { value: due_date, reason }));
        }
        if let Some(closed_through) = context.closed_through.filter(|closed| due_date <= *closed) {
            let refusal = ScheduleRefusal::DueDateInClosedPeriod { due_date, closed_through };
            return Err(Refusal::Schedule(refusal));
        }
        if meeting_day.is_some_and(|day| due_date.weekday() != day) {
            return Err(Refusal::Schedule(ScheduleRefusal::DueDateNotOnMeetingDay { due_date }));
        }
    }
    Ok(())
}

/// Takes away a row that repays no principal; only a dynamic schedule has such rows to spare.
pub(super) fn delete(draft: &mut Draft<'_>, number: u32) -> Result<(), Refusal> {
    if draft.loan.terms.is_revolving() {
        return Err(Refusal::Revolving(RevolvingRefusal::BilledInstallment { number }));
    }
    check_state(&draft.loan, "delete an installment")?;
    post(draft, draft.context.business_date, &ScheduleChange::Deleted { number }, None)
}

/// Spreads what is overdue over new installments.
pub(super) fn re_age(draft: &mut Draft<'_>, re_age: &ReAge) -> Result<(), Refusal> {
    require_unlocked_active(&draft.loan, "re-age")?;
    let date = draft.context.business_date;
    let (first_due_date, count) = (re_age.first_due_date, re_age.installments);
    if first_due_date <= date {
        let reason = format!("it is not after {date}");
        return Err(Refusal::Schedule(ScheduleRefusal::InvalidDueDate { value: first_due_date, reason }));
    }
    if count == 0 || count > MAX_INSTALLMENTS {
        let reason = format!("a loan has 1 to {MAX_INSTALLMENTS}");
        return Err(Refusal::InvalidInstallmentCount { value: count.to_string(), reason });
    }
    let period = re_age.period.unwrap_or(draft.loan.terms.period);
    let change = ScheduleChange::ReAged { first_due_date, count, period };
    post(draft, date, &change, re_age.notes.clone())
}

/// Spreads what is overdue over the installments that are left.
pub(super) fn re_amortize(draft: &mut Draft<'_>, notes: &Option<String>) -> Result<(), Refusal> {
    require_unlocked_active(&draft.loan, "re-amortize")?;
    post(draft, draft.context.business_date, &ScheduleChange::ReAmortized, notes.clone())
}

/// Posts a change on the schedule as it stands in the draft. Charges that an edit leaves out are
/// given up first; what was overdue and is spread anew is served as a transaction.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    date: Date,
    change: &ScheduleChange,
    notes: Option<String>,
) -> Result<(), Refusal> {
    if change.spreads_overdue() && draft.loan.terms.is_dynamic() && draft.loan.state().is_active() {
        repay_dynamic::place_late_interest(draft, date);
    }
    let before = schedule_of(draft)?;
    let after = match change {
        ScheduleChange::Rows { edits } => {
            check_state(&draft.loan, "edit the schedule")?;
            Moved { rows: edit_rows(draft, &before.rows, edits)?, moved: moved_with(&before, edits) }
        }
        ScheduleChange::Deleted { number } => {
            check_state(&draft.loan, "delete an installment")?;
            check_deletable(&draft.loan, &before.rows, *number)?;
            Moved { rows: without_row(&before.rows, *number), moved: before.moved }
        }
        ScheduleChange::ReAged { .. } => {
            require_unlocked_active(&draft.loan, "re-age")?;
            re_aged(&before, date, &new_due_dates(draft, date, change)?)?
        }
        ScheduleChange::ReAmortized => {
            require_unlocked_active(&draft.loan, "re-amortize")?;
            re_amortized(&before, date)?
        }
        ScheduleChange::Calendar { moves } if draft.loan.state().is_active() => {
            let after = follow_calendar::moved(&before, moves, &draft.loan, date);
            if after == before {
                return Ok(());
            }
            after
        }
        // It was closed in another past.
        ScheduleChange::Calendar { .. } => return Ok(()),
    };
    let set_dates = follow_calendar::set_dates(&draft.loan, &before.rows, &after.rows, change);
    give_up_charges(draft, date, &after.rows);
    let was_over = draft.loan.closed() == draft.loan.servicing.installments.len();
    let posted = change.spreads_overdue().then(|| draft.posted(Amount::ZERO));
    let kept_principal = kept_principal(draft, &after, change);
    let (installments, moved, change) = (after.rows, after.moved, Box::new(change.clone()));
    let edited =
        Event::ScheduleEdited { posted, change, installments, moved, kept_principal, set_dates, notes };
    draft.record(date, edited);
    if draft.loan.servicing.state.is_active() {
        if draft.loan.terms.is_dynamic() {
            draft.derive(date, dynamic::going_on_edited(&draft.loan, date, was_over));
        }
        settle_lateness(draft, date);
        close_if_repaid(draft, date);
    }
    Ok(())
}

/// The rows by which a loan is paid out whose schedule was edited before.
///
/// # Errors
/// When one of them would fall due by then, when the disbursement names another first due date, and
/// when they do not repay the principal that it pays out.
pub(super) fn agreed_rows(
    loan: &Loan,
    disburse: &Disburse,
    disbursed_on: Date,
    principal: Amount,
) -> Result<Option<Vec<Installment>>, Refusal> {
    let rows = &loan.servicing.course.agreed_schedule;
    let Some(due_date) = rows.first().map(|first| first.due_date) else { return Ok(None) };
    if due_date <= disbursed_on {
        return Err(Refusal::Schedule(ScheduleRefusal::RowBeforeDisbursement { due_date, disbursed_on }));
    }
    if let Some(value) = disburse.first_due_date.filter(|first| *first != due_date) {
        let reason = format!("the schedule was edited and begins on {due_date}");
        return Err(Refusal::InvalidFirstDueDate { value: value.to_string(), reason });
    }
    let sum: Amount = rows.iter().map(|row| row.expected.principal).sum();
    if sum != principal {
        let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
        let (sum, amount) = (text(sum), text(principal));
        return Err(Refusal::Schedule(ScheduleRefusal::PrincipalNotAddingUp { sum, amount }));
    }
    Ok(Some(rows.clone()))
}

/// The day of disbursement for which the schedule was edited: the one that is expected, or the day of the edit.
pub(super) fn edited_for(loan: &Loan, history: &[Entry]) -> Option<Date> {
    let steps = effective(history);
    let edits = steps.iter().rev().filter(|step| matches!(step.step.event, Event::ScheduleEdited { .. }));
    let edited_on = edits.map(|step| step.step.value_date).next();
    loan.terms.expected_disbursement_on.or(edited_on)
}

/// Edited rows of a loan that is paid out on another day than they were edited for: due dates and principal stay, and the
/// interest of the days between is charged, or not, where the terms would have it: in the first row whose interest
/// they change.
///
/// # Errors
/// When the terms give no schedule from either day to the first due date.
pub(super) fn moved_to(
    mut rows: Vec<Installment>,
    (edited_for, disbursed_on): (Option<Date>, Date),
    terms: &Terms,
    calendar: &Calendar,
) -> Result<Vec<Installment>, Refusal> {
    let Some(edited_for) = edited_for.filter(|edited_for| *edited_for != disbursed_on) else {
        return Ok(rows);
    };
    let terms = Terms { first_due_date: rows.first().map(|first| first.due_date), ..terms.clone() };
    let interest = |start: Date| -> Result<Vec<Amount>, Refusal> {
        let schedule = terms.schedule(start, calendar).map_err(|error| terms.impossible(&error))?;
        Ok(schedule.iter().map(|row| row.expected.interest).collect())
    };
    let (expected, is) = (interest(edited_for)?, interest(disbursed_on)?);
    let moved = expected.iter().zip(&is).map(|(expected, is)| *is - *expected);
    let moved = moved.enumerate().find(|(_, more)| !more.is_zero());
    if let Some((row, more)) = moved.and_then(|(place, more)| Some((rows.get_mut(place)?, more))) {
        row.expected.interest = (row.expected.interest + more).max(Amount::ZERO);
    }
    Ok(rows)
}

fn parse(row: &StatedRow, loan: &Loan) -> Result<RowEdit, Refusal> {
    let amount = |stated: &Option<crate::stated::StatedAmount>| {
        stated.as_ref().map(|stated| stated.in_currency(loan.terms.currency)).transpose()
    };
    Ok(RowEdit {
        number: row.number,
        due_date: row.due_date,
        principal: amount(&row.principal)?,
        interest: amount(&row.interest)?,
        fees: amount(&row.fees)?,
        penalties: amount(&row.penalties)?,
        is_payment_holiday: row.is_payment_holiday,
    })
}

/// Fixed schedules may be edited before approval and while the loan is active and not locked,
/// others only while it is active.
fn check_state(loan: &Loan, command: &'static str) -> Result<(), Refusal> {
    match loan.servicing.state {
        LoanState::PartialApplication | LoanState::PendingApproval if is_fixed(loan) => Ok(()),
        LoanState::Active { is_locked: false, .. } => Ok(()),
        LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Active { is_locked: true, .. }
        | LoanState::Closed { .. } => {
            Err(Refusal::WrongState { command, state: loan.servicing.state.name() })
        }
    }
}

fn require_unlocked_active(loan: &Loan, command: &'static str) -> Result<(), Refusal> {
    refuse_bills(loan)?;
    match loan.servicing.state {
        LoanState::Active { is_locked: false, .. } => Ok(()),
        LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Active { is_locked: true, .. }
        | LoanState::Closed { .. } => {
            Err(Refusal::WrongState { command, state: loan.servicing.state.name() })
        }
    }
}

/// What is overdue of a credit has no installments over which it could be spread: what is open is none.
fn refuse_bills(loan: &Loan) -> Result<(), Refusal> {
    if !loan.terms.is_revolving() {
        return Ok(());
    }
    Err(Refusal::NotSupported("spreading overdue bills of a revolving credit anew".to_owned()))
}

/// Bills are the book's own, by the rules of the product. Of a credit only the day of the next bill
/// is edited: the due date of its open row.
fn check_bill_edits(loan: &Loan, edits: &[RowEdit]) -> Result<(), Refusal> {
    let says_more = |edit: &RowEdit| {
        let only_day = RowEdit { number: edit.number, due_date: edit.due_date, ..RowEdit::default() };
        edit.number.is_none() || *edit != only_day
    };
    if loan.terms.is_revolving() && edits.iter().any(says_more) {
        let what = "an edit of what a bill of a revolving credit asks for";
        return Err(Refusal::NotSupported(what.to_owned()));
    }
    Ok(())
}

fn is_fixed(loan: &Loan) -> bool {
    !loan.terms.is_dynamic()
}

/// The schedule that stands, or that would stand if the loan were paid out as expected.
fn schedule_of(draft: &Draft<'_>) -> Result<Moved, Refusal> {
    let loan = &draft.loan;
    let course = &loan.servicing.course;
    if loan.servicing.state.is_active() {
        return Ok(Moved { rows: loan.servicing.installments.clone(), moved: course.moved.clone() });
    }
    let rows = if course.agreed_schedule.is_empty() {
        let schedule = loan.terms.expected_schedule(expected_start(draft), draft.context.calendar);
        schedule.map_err(|error| Refusal::impossible_schedule(&error))?
    } else {
        course.agreed_schedule.clone()
    };
    Ok(Moved { rows, moved: Vec::new() })
}

fn expected_start(draft: &Draft<'_>) -> Date {
    let expected = draft.loan.terms.expected_disbursement_on.unwrap_or(draft.context.business_date);
    draft.loan.servicing.state.disbursed_on().unwrap_or(expected)
}

fn edit_rows(
    draft: &Draft<'_>,
    rows: &[Installment],
    edits: &[RowEdit],
) -> Result<Vec<Installment>, Refusal> {
    let loan = &draft.loan;
    check_bill_edits(loan, edits)?;
    let rules = EditRules {
        allowed: &loan.terms.payment_rules.schedule_edits,
        currency: loan.terms.currency,
        rounding: loan.terms.installment_rounding,
        grace_period: loan.terms.grace_period,
        start: expected_start(draft),
        latest_movement: loan.servicing.latest_value_date,
        keeps_interest: is_fixed(loan),
        closed: loan.servicing.course.closed,
    };
    let next = |after: Date| next_due_date(draft, rows.len(), after);
    edited(rows, edits, &rules, &next)
}

/// What was moved stays with its installment when that is given another due date.
fn moved_with(before: &Moved, edits: &[RowEdit]) -> Vec<MovedInterest> {
    let new_date = |moved: &MovedInterest| {
        let row = before.rows.iter().find(|row| row.due_date == moved.due_date)?;
        edits.iter().find(|edit| edit.number == Some(row.number))?.due_date
    };
    let follow = |moved: &MovedInterest| MovedInterest {
        due_date: new_date(moved).unwrap_or(moved.due_date),
        ..*moved
    };
    before.moved.iter().map(follow).collect()
}

/// Due dates of the rows whose principal stays when their interest changes: those with principal
/// that somebody named, and those that carry what was overdue.
fn kept_principal(draft: &Draft<'_>, after: &Moved, change: &ScheduleChange) -> Vec<Date> {
    if is_fixed(&draft.loan) {
        return Vec::new();
    }
    let before = &draft.loan.servicing.installments;
    let mut kept = draft.loan.servicing.course.kept_principal.clone();
    if let ScheduleChange::Rows { edits } = change {
        for edit in edits {
            let row = before.iter().find(|row| edit.number == Some(row.number));
            let (was, is) = (row.map(|row| row.due_date), edit.due_date.or(row.map(|row| row.due_date)));
            let was_kept = was.is_some_and(|was| kept.contains(&was));
            let is_other =
                edit.principal.is_some_and(|to| row.is_none_or(|row| row.expected.principal != to));
            kept.retain(|due_date| Some(*due_date) != was);
            kept.extend(is.filter(|_| was_kept || is_other));
        }
    }
    if matches!(change, ScheduleChange::Calendar { .. }) {
        kept.iter_mut().for_each(|date| *date = follow_calendar::date_after(before, &after.rows, *date));
    }
    kept.extend(after.moved.iter().filter(|moved| moved.is_added).map(|moved| moved.due_date));
    kept.sort_unstable();
    kept.dedup();
    kept.retain(|due_date| after.rows.iter().any(|row| row.due_date == *due_date));
    kept
}

/// The first regular due date of the loan after `after`; there are `count` before it or more.
fn next_due_date(draft: &Draft<'_>, count: usize, after: Date) -> Result<Date, Refusal> {
    let start = expected_start(draft);
    let mut count = u32::try_from(count).unwrap_or(MAX_INSTALLMENTS);
    while count < MAX_INSTALLMENTS {
        count += 1;
        let terms = draft.loan.due_date_rule().terms(start, count);
        let dates = due_dates(&terms, draft.context.calendar);
        let last = dates.map_err(|error| Refusal::impossible_schedule(&error))?.last().copied();
        if let Some(next) = last.filter(|last| *last > after) {
            return Ok(next);
        }
    }
    Err(Refusal::Schedule(ScheduleRefusal::TooManyRows { count: count as usize }))
}

fn new_due_dates(draft: &Draft<'_>, date: Date, change: &ScheduleChange) -> Result<Vec<Date>, Refusal> {
    let ScheduleChange::ReAged { first_due_date, count, period } = change else { return Ok(Vec::new()) };
    let plan = (*first_due_date, *count, *period);
    let due_dates = draft.loan.terms.due_dates_re_aged(date, plan, draft.context.calendar);
    due_dates.map_err(|error| Refusal::impossible_schedule(&error))
}

/// Checks of a deletion, in this order: it exists, the schedule is dynamic, paid or grace, principal.
fn check_deletable(loan: &Loan, rows: &[Installment], number: u32) -> Result<(), Refusal> {
    let row = rows.iter().find(|row| row.number == number);
    let row = row.ok_or(Refusal::Schedule(ScheduleRefusal::UnknownScheduleRow { number }))?;
    if is_fixed(loan) {
        return Err(Refusal::Schedule(ScheduleRefusal::RowOfFixedSchedule { number }));
    }
    let is_over = number <= loan.servicing.course.closed;
    if is_over || row.is_paid() || row.interest_applied.is_positive() || !row.paid.is_zero() {
        return Err(Refusal::Schedule(ScheduleRefusal::RowNotDeletable { number }));
    }
    if row.expected.principal.is_positive() {
        return Err(Refusal::Schedule(ScheduleRefusal::RowWithPrincipal { number }));
    }
    Ok(())
}

/// Fees and penalties that the new rows do not expect any more are given up, from the first row on
/// that expects less than before.
fn give_up_charges(draft: &mut Draft<'_>, date: Date, after: &[Installment]) {
    let before = &draft.loan.servicing.installments;
    let sum = |rows: &[Installment]| rows.iter().map(|row| row.expected).sum::<Components>();
    let (was, is) = (sum(before), sum(after));
    let (mut fees, mut penalties) = (was.fees - is.fees, was.penalties - is.penalties);
    if before.is_empty() || (fees.is_zero() && penalties.is_zero()) {
        return;
    }
    let mut parts = [Vec::new(), Vec::new()];
    for row in before {
        let part_of = |left: &mut Amount, unpaid: Amount| {
            let part = unpaid.min(*left);
            *left -= part;
            part
        };
        let number = row.number;
        let given_up = part_of(&mut fees, row.unpaid().fees);
        parts[0].push((number, Components { fees: given_up, ..Components::ZERO }));
        let given_up = part_of(&mut penalties, row.unpaid().penalties);
        parts[1].push((number, Components { penalties: given_up, ..Components::ZERO }));
    }
    for parts in parts {
        let parts = parts.into_iter().filter(|(_, part)| !part.is_zero());
        let parts: Vec<_> = parts.map(|(number, part)| InstallmentPart { number, part }).collect();
        if !parts.is_empty() {
            let amount = parts.iter().map(|part| part.part).sum();
            record_reduction(draft, date, amount, parts);
        }
    }
}

fn record_reduction(draft: &mut Draft<'_>, date: Date, amount: Components, parts: Vec<InstallmentPart>) {
    let posted = draft.posted(Amount::ZERO);
    let (tax, details) = (Components::default(), TransactionDetails::default());
    let is_of_edit = true;
    draft.record(date, Event::ChargeReduced { posted, amount, parts, tax, details, is_of_edit });
}
