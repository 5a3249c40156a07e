//! Due dates follow the calendar when days off change: rows that are not due, not begun and whose due
//! date nobody set go where the product says. The book's own; nobody asks for it.
//!
//! Interest of a fixed loan stays what it was when it was paid out. That of a dynamic loan follows the
//! time of its rows.

use jiff::civil::Date;
use loam_calc::calendar::Calendar;
use loam_calc::due_dates::{DueDateTerms, NonWorkingDays, due_dates};

use crate::loan::commands::schedule_edit;
use crate::loan::custom_schedule::RowEdit;
use crate::loan::draft::Draft;
use crate::loan::refusal::Refusal;
use crate::loan::rescheduling::{Moved, MovedDate, MovedInterest, ScheduleChange};
use crate::loan::terms_agreed::MAX_INSTALLMENTS;
use crate::loan::{Installment, Loan, LoanState};

/// Moves due dates where the calendar puts them now. Twice changes nothing; neither does it change a
/// loan that is not paid out, or closed.
pub(super) fn follow(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let (calendar, business_date) = (draft.context.calendar, draft.context.business_date);
    let moves = moves(&draft.loan, calendar, business_date)?;
    if moves.is_empty() {
        return Ok(());
    }
    schedule_edit::post(draft, business_date, &ScheduleChange::Calendar { moves }, None)
}

/// The schedule after the moves that still fit it: another past may have changed the rows.
pub(super) fn moved(before: &Moved, moves: &[MovedDate], loan: &Loan, date: Date) -> Moved {
    let mut rows = before.rows.clone();
    for row in rows.iter_mut().filter(|row| may_move(row, loan, date)) {
        let is_meant = |moved: &&MovedDate| moved.number == row.number && moved.from == row.due_date;
        if let Some(moved) = moves.iter().find(is_meant) {
            row.due_date = moved.to;
        }
    }
    let stays: Vec<Date> = before.rows.iter().map(|row| row.due_date).collect();
    ascending(&stays, &mut rows);
    let moved = before
        .moved
        .iter()
        .map(|moved| MovedInterest { due_date: date_after(&before.rows, &rows, moved.due_date), ..*moved });
    Moved { moved: moved.collect(), rows }
}

/// Where the row that fell due on a date falls due now.
pub(super) fn date_after(before: &[Installment], after: &[Installment], date: Date) -> Date {
    let mut pairs = before.iter().zip(after);
    pairs.find(|(row, _)| row.due_date == date).map_or(date, |(_, row)| row.due_date)
}

/// Due dates that somebody set, after a change by hand: those of rows that were given another date or
/// were added. Of a schedule that is agreed before the disbursement, all: it is paid out as it is.
pub(super) fn set_dates(
    loan: &Loan,
    before: &[Installment],
    after: &[Installment],
    change: &ScheduleChange,
) -> Vec<Date> {
    let mut dates = loan.servicing.course.set_dates.clone();
    let is_new = |row: &&Installment| !before.iter().any(|was| was.due_date == row.due_date);
    match change {
        _ if !loan.state().is_active() => dates = after.iter().map(|row| row.due_date).collect(),
        ScheduleChange::Rows { edits } => edits.iter().for_each(|edit| set_date(&mut dates, before, edit)),
        ScheduleChange::ReAged { .. } => dates.extend(after.iter().filter(is_new).map(|row| row.due_date)),
        ScheduleChange::Deleted { .. } | ScheduleChange::ReAmortized | ScheduleChange::Calendar { .. } => {}
    }
    dates.sort_unstable();
    dates.dedup();
    dates.retain(|date| after.iter().any(|row| row.due_date == *date));
    dates
}

fn set_date(dates: &mut Vec<Date>, before: &[Installment], edit: &RowEdit) {
    let row = before.iter().find(|row| Some(row.number) == edit.number);
    let was = row.map(|row| row.due_date);
    let Some(is) = edit.due_date.filter(|is| Some(*is) != was) else { return };
    dates.retain(|date| Some(*date) != was);
    dates.push(is);
}

fn moves(loan: &Loan, calendar: &Calendar, business_date: Date) -> Result<Vec<MovedDate>, Refusal> {
    let LoanState::Active { disbursed_on, .. } = *loan.state() else { return Ok(Vec::new()) };
    let rows = &loan.servicing.installments;
    if loan.terms.non_working_days == NonWorkingDays::None || rows.is_empty() {
        return Ok(Vec::new());
    }
    let count = u32::try_from(rows.len()).unwrap_or(MAX_INSTALLMENTS);
    let regular = loan.due_date_rule().terms(disbursed_on, count);
    let targets = if loan.servicing.course.is_custom || loan.terms.is_revolving() {
        nearest_targets(rows, &regular, calendar)
    } else {
        due_dates(&regular, calendar)
    };
    let targets = targets.map_err(|error| Refusal::impossible_schedule(&error))?;
    let mut after = rows.clone();
    for (row, target) in after.iter_mut().zip(targets).filter(|(row, _)| may_move(row, loan, business_date)) {
        row.due_date =
            if target > business_date { target } else { first_worked_after(business_date, calendar) };
    }
    let stays: Vec<Date> = rows.iter().map(|row| row.due_date).collect();
    ascending(&stays, &mut after);
    let moved = rows.iter().zip(&after).filter(|(row, after)| row.due_date != after.due_date);
    let moved =
        moved.map(|(row, after)| MovedDate { number: row.number, from: row.due_date, to: after.due_date });
    Ok(moved.collect())
}

/// A row that is not due, of which nothing was paid or applied, and whose date nobody set or agreed.
fn may_move(row: &Installment, loan: &Loan, business_date: Date) -> bool {
    row.due_date > business_date
        && row.number > loan.servicing.course.closed
        && row.paid.is_zero()
        && row.interest_applied.is_zero()
        && loan.terms.last_due_date != Some(row.due_date)
        && !loan.servicing.course.set_dates.contains(&row.due_date)
}

fn first_worked_after(date: Date, calendar: &Calendar) -> Date {
    calendar.next_working_day(date.tomorrow().unwrap_or(date))
}

/// Of rows that are not one by one the regular due dates: each goes where the regular date nearest to
/// it goes. Where free days extend a schedule, it moves back no more.
fn nearest_targets(
    rows: &[Installment],
    regular: &DueDateTerms,
    calendar: &Calendar,
) -> Result<Vec<Date>, loam_calc::schedule::ScheduleError> {
    let last = rows.last().map_or(regular.start, |row| row.due_date);
    let mut terms = DueDateTerms { non_working: NonWorkingDays::None, ..regular.clone() };
    let mut plain = due_dates(&terms, &Calendar::every_day_works())?;
    while plain.last().is_some_and(|date| *date <= last) && terms.count < MAX_REGULAR {
        terms.count = (terms.count + SPARE).min(MAX_REGULAR);
        plain = due_dates(&terms, &Calendar::every_day_works())?;
    }
    let mut later = 0;
    let target = |row: &Installment| {
        let place = nearest(&plain, row.due_date) + later;
        let regular_date = plain.get(place).copied().unwrap_or(row.due_date);
        match regular.non_working {
            NonWorkingDays::None => row.due_date,
            NonWorkingDays::NextWorkingDay => calendar.next_working_day(regular_date),
            NonWorkingDays::PreviousWorkingDay => calendar.previous_working_day(regular_date),
            NonWorkingDays::ExtendSchedule => {
                let left = plain.get(place..).unwrap_or_default();
                let free = left.iter().take_while(|date| !calendar.is_working_day(**date)).count();
                later += free;
                left.get(free).copied().unwrap_or(row.due_date)
            }
        }
    };
    Ok(rows.iter().map(target).collect())
}

/// Regular due dates that are looked at beyond the last row, for those that free days skip.
const SPARE: u32 = 24;
/// The most regular due dates that are looked at: a hundred years of weeks.
const MAX_REGULAR: u32 = 5_200;

/// The place of the date nearest to a day; of two, the later one.
fn nearest(dates: &[Date], day: Date) -> usize {
    let after = dates.partition_point(|date| *date < day);
    let distance = |place: usize| dates.get(place).map(|date| (*date - day).get_days().abs());
    match (after.checked_sub(1).and_then(distance), distance(after)) {
        (Some(before), Some(behind)) if before < behind => after - 1,
        (Some(_), None) => after - 1,
        _ => after,
    }
}

/// Takes moves back until every row falls due after the one before it.
fn ascending(stays: &[Date], rows: &mut [Installment]) {
    while let Some(place) = rows.windows(2).position(|pair| pair[0].due_date >= pair[1].due_date) {
        rows[place].due_date = stays[place];
        rows[place + 1].due_date = stays[place + 1];
    }
}
