//! Changes of a schedule: rows edited by hand or deleted, and overdue amounts that are spread anew.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::calendar::Period;
use loam_calc::money::Amount;
use loam_calc::shares::evenly;
use serde::{Deserialize, Serialize};

use crate::loan::Installment;
use crate::loan::custom_schedule::{RowEdit, empty_row, renumber};
use crate::loan::refusal::{Refusal, ScheduleRefusal};
use crate::loan::terms::is_default;
use crate::stated::StatedAmount;

/// One row of a schedule as a caller states it; see [`RowEdit`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatedRow {
    pub number: Option<u32>,
    pub due_date: Option<Date>,
    pub principal: Option<StatedAmount>,
    pub interest: Option<StatedAmount>,
    pub fees: Option<StatedAmount>,
    pub penalties: Option<StatedAmount>,
    pub is_payment_holiday: bool,
}

/// What is overdue is to be paid in new installments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReAge {
    /// After the business date.
    pub first_due_date: Date,
    /// How many new installments.
    pub installments: u32,
    /// Default: the period of the loan.
    pub period: Option<Period>,
    pub notes: Option<String>,
}

/// A change of a schedule as it was decided, so that it can be decided again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ScheduleChange {
    /// Rows were edited or added by hand.
    Rows { edits: Vec<RowEdit> },
    /// A row without principal was taken away.
    Deleted { number: u32 },
    /// What was overdue was spread over new installments.
    ReAged { first_due_date: Date, count: u32, period: Period },
    /// What was overdue was spread over the installments that were left.
    ReAmortized,
    /// Days off were changed, and due dates with them. Nobody did it by hand.
    Calendar { moves: Vec<MovedDate> },
}

/// A due date that is another one now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedDate {
    pub number: u32,
    pub from: Date,
    pub to: Date,
}

impl ScheduleChange {
    /// Whether what is overdue is spread anew.
    pub(crate) fn spreads_overdue(&self) -> bool {
        match self {
            ScheduleChange::ReAged { .. } | ScheduleChange::ReAmortized => true,
            ScheduleChange::Rows { .. }
            | ScheduleChange::Deleted { .. }
            | ScheduleChange::Calendar { .. } => false,
        }
    }
}

/// Interest that had been applied when its due date was moved. It belongs to no time of the
/// installment that carries it now, so it has no part in that installment's accrual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedInterest {
    /// Of the installment that carries it.
    pub due_date: Date,
    pub interest: Amount,
    /// The installment has no time of its own: it was added only to carry what was overdue.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_added: bool,
}

/// A schedule, and which interest in it was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) rows: Vec<Installment>,
    pub(crate) moved: Vec<MovedInterest>,
}

/// What is overdue before `date`, out of its rows and in equal shares on new ones. A new due date
/// that is one already adds to its row.
///
/// # Errors
/// `NothingOverdue`.
pub(crate) fn re_aged(before: &Moved, date: Date, due_dates: &[Date]) -> Result<Moved, Refusal> {
    let mut after = before.clone();
    let overdue = take_overdue(&mut after, date)?;
    for (due_date, share) in due_dates.iter().zip(shares(overdue, due_dates.len())) {
        let place = after.rows.partition_point(|row| row.due_date < *due_date);
        let stands = after.rows.get(place).is_some_and(|row| row.due_date == *due_date);
        if !stands {
            after.rows.insert(place, empty_row(*due_date));
        }
        carry(&mut after, place, share, !stands);
    }
    renumber(&mut after.rows);
    Ok(after)
}

/// What is overdue before `date`, out of its rows and in equal shares on those that are not due yet
/// and expect something.
///
/// # Errors
/// `NothingOverdue`, `NoRemainingInstallments`.
pub(crate) fn re_amortized(before: &Moved, date: Date) -> Result<Moved, Refusal> {
    let mut after = before.clone();
    let overdue = take_overdue(&mut after, date)?;
    let is_left = |row: &Installment| row.due_date >= date && !row.is_grace && !row.is_paid();
    let left: Vec<usize> =
        after.rows.iter().enumerate().filter(|(_, row)| is_left(row)).map(|(place, _)| place).collect();
    if left.is_empty() {
        return Err(Refusal::Schedule(ScheduleRefusal::NoRemainingInstallments));
    }
    for (place, share) in left.iter().zip(shares(overdue, left.len())) {
        carry(&mut after, *place, share, false);
    }
    Ok(after)
}

/// The schedule without a row that repays no principal; what else is expected of it falls due with
/// the next row. Of the last row only charges can stay, with the row before.
pub(crate) fn without_row(rows: &[Installment], number: u32) -> Vec<Installment> {
    let mut after = rows.to_vec();
    let Some(place) = after.iter().position(|row| row.number == number) else { return after };
    let gone = after.remove(place);
    if let Some(next) = after.get_mut(place) {
        next.expected += gone.expected;
    } else if let Some(last) = after.last_mut() {
        last.expected += Components { interest: Amount::ZERO, ..gone.expected };
    }
    renumber(&mut after);
    after
}

/// Takes what is unpaid out of the rows that are overdue on `date`: they are paid by it.
fn take_overdue(schedule: &mut Moved, date: Date) -> Result<Components, Refusal> {
    let mut overdue = Components::ZERO;
    for row in schedule.rows.iter_mut().filter(|row| row.due_date < date && !row.is_paid()) {
        // Interest that is held back is no balance yet and stays where it will be applied.
        let held_back = Components { interest: row.interest_to_apply(), ..Components::ZERO };
        overdue += row.unpaid() - held_back;
        row.expected = row.paid + held_back;
        row.interest_applied = row.paid.interest;
        row.repaid_on = row.is_paid().then_some(date);
        schedule.moved.retain(|moved| moved.due_date != row.due_date || moved.is_added);
    }
    if overdue.is_zero() { Err(Refusal::Schedule(ScheduleRefusal::NothingOverdue)) } else { Ok(overdue) }
}

/// Adds what was overdue to a row. Its interest is a balance already.
fn carry(schedule: &mut Moved, place: usize, share: Components, is_added: bool) {
    let row = &mut schedule.rows[place];
    row.expected += share;
    row.interest_applied += share.interest;
    row.repaid_on = None;
    let (due_date, interest) = (row.due_date, share.interest);
    match schedule.moved.iter_mut().find(|moved| moved.due_date == due_date) {
        Some(moved) => moved.interest += interest,
        None => schedule.moved.push(MovedInterest { due_date, interest, is_added }),
    }
}

fn shares(overdue: Components, count: usize) -> Vec<Components> {
    let count = u32::try_from(count).expect("a loan has few installments");
    let of = |amount: Amount| evenly(amount, count).into_iter();
    let pairs = of(overdue.principal).zip(of(overdue.interest));
    let charges = of(overdue.fees).zip(of(overdue.penalties));
    pairs
        .zip(charges)
        .map(|((principal, interest), (fees, penalties))| Components { principal, interest, fees, penalties })
        .collect()
}
