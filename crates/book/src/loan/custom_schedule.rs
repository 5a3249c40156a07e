//! Schedules edited by hand: which rows may change, into what, and what the schedule is then.
//!
//! Works on rows alone; who may edit and what the edit does to balances is in
//! [`crate::loan::commands::schedule_edit`].

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::schedule::InstallmentRounding;
use serde::{Deserialize, Serialize};

use crate::loan::Installment;
use crate::loan::refusal::{Refusal, ScheduleRefusal};
use crate::loan::terms::is_default;
use crate::loan::terms_agreed::MAX_INSTALLMENTS;
use crate::product::payments::ScheduleEdit;

/// What is to change of one row of a schedule. What is `None` stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowEdit {
    /// `None`: a row to be added at its due date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interest: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub penalties: Option<Amount>,
    /// Nothing is paid of principal and interest; with a principal named, only no interest.
    #[serde(skip_serializing_if = "is_default")]
    pub is_payment_holiday: bool,
}

/// What an edit of rows may look at besides them.
pub(crate) struct EditRules<'a> {
    pub(crate) allowed: &'a [ScheduleEdit],
    pub(crate) currency: Currency,
    pub(crate) rounding: InstallmentRounding,
    /// The first rows are grace by agreement, so many.
    pub(crate) grace_period: u32,
    /// Every due date is after it.
    pub(crate) start: Date,
    /// No due date is put before the last movement.
    pub(crate) latest_movement: Option<Date>,
    /// Whether the edit gives the interest, as on a fixed schedule, or the balance does.
    pub(crate) keeps_interest: bool,
    /// The first rows are facts because their time is over, so many.
    pub(crate) closed: u32,
}

/// The next regular due date after a date.
pub(crate) type NextDueDate<'n> = &'n dyn Fn(Date) -> Result<Date, Refusal>;

/// The rows after the edits: rows that stand are changed first, then come payment holidays, then
/// rows are added. Rows are numbered by their due dates.
///
/// Checks of each row, in this order: it exists, it may be edited, the product allows the edit, its
/// figures; then due dates, principal and the number of rows of the whole schedule.
///
/// # Errors
/// The first check that does not hold.
pub(crate) fn edited(
    rows: &[Installment],
    edits: &[RowEdit],
    rules: &EditRules<'_>,
    next_due_date: NextDueDate<'_>,
) -> Result<Vec<Installment>, Refusal> {
    let mut after = rows.to_vec();
    for (number, edit) in edits.iter().filter_map(|edit| edit.number.map(|number| (number, edit))) {
        let row = row_mut(&mut after, number)?;
        rules.change(row, edit)?;
    }
    check_order(&after)?;
    let mut holidays: Vec<u32> = holidays(&after, edits).collect();
    holidays.sort_unstable();
    holidays.dedup();
    for number in holidays {
        rules.require(ScheduleEdit::AdjustNumberOfInstallments)?;
        take_holiday(&mut after, number, next_due_date)?;
    }
    for edit in edits.iter().filter(|edit| edit.number.is_none()) {
        rules.add(&mut after, edit)?;
    }
    renumber(&mut after);
    rules.check_sums(rows, &after)?;
    Ok(after)
}

/// Numbers rows from 1 in the order in which they stand.
pub(crate) fn renumber(rows: &mut [Installment]) {
    for (number, row) in (1..).zip(rows) {
        row.number = number;
    }
}

/// What a row is that nothing is expected of yet.
pub(crate) fn empty_row(due_date: Date) -> Installment {
    Installment {
        number: 0,
        due_date,
        expected: Components::ZERO,
        interest_applied: Amount::ZERO,
        paid: Components::ZERO,
        is_grace: false,
        last_paid_on: None,
        repaid_on: None,
    }
}

fn row_mut(rows: &mut [Installment], number: u32) -> Result<&mut Installment, Refusal> {
    rows.iter_mut()
        .find(|row| row.number == number)
        .ok_or(Refusal::Schedule(ScheduleRefusal::UnknownScheduleRow { number }))
}

/// Rows that become holidays with neither principal nor interest.
fn holidays<'e>(rows: &'e [Installment], edits: &'e [RowEdit]) -> impl Iterator<Item = u32> + 'e {
    let is_full =
        |edit: &&RowEdit| edit.is_payment_holiday && !edit.principal.is_some_and(Amount::is_positive);
    let number = |edit: &RowEdit| edit.number.filter(|number| rows.iter().any(|row| row.number == *number));
    edits.iter().filter(is_full).filter_map(number)
}

/// The row is paid on no day: its principal and interest fall due with the next row, those of the
/// next row with the one after it, and the last ones with a row that is added.
fn take_holiday(
    rows: &mut Vec<Installment>,
    number: u32,
    next_due_date: NextDueDate<'_>,
) -> Result<(), Refusal> {
    let from = rows.iter().position(|row| row.number == number).expect("the row was found before");
    let moved = rows[from..].iter().filter(|row| !row.is_grace);
    if let Some(row) = moved.clone().find(|row| !row.interest_applied.is_zero()) {
        return Err(Refusal::Schedule(ScheduleRefusal::RowHasInterestApplied { number: row.number }));
    }
    if let Some(row) = moved.clone().find(|row| !row.paid.principal.is_zero()) {
        return Err(Refusal::InstallmentPaid { number: row.number });
    }
    let mut carried = Components::ZERO;
    for row in rows[from..].iter_mut().filter(|row| !row.is_grace) {
        let own = Components { fees: Amount::ZERO, penalties: Amount::ZERO, ..row.expected };
        row.expected = row.expected - own + carried;
        carried = own;
    }
    rows[from].is_grace = true;
    let last = rows.last().expect("the row itself is one").due_date;
    let number = u32::try_from(rows.len()).expect("a loan has few installments") + 1;
    rows.push(Installment { number, expected: carried, ..empty_row(next_due_date(last)?) });
    Ok(())
}

/// Rows stand in the order of their due dates, one on a day.
fn check_order(rows: &[Installment]) -> Result<(), Refusal> {
    for pair in rows.windows(2) {
        let (due_date, next) = (pair[0].due_date, pair[1].due_date);
        if due_date == next {
            return Err(Refusal::Schedule(ScheduleRefusal::DueDatesNotUnique { due_date }));
        }
        if due_date > next {
            return Err(Refusal::Schedule(ScheduleRefusal::DueDatesNotAscending { due_date, next }));
        }
    }
    Ok(())
}

/// What of a row differs from what it is.
#[derive(Debug, Clone, Copy)]
struct Differences {
    due_date: Option<Date>,
    principal: Option<Amount>,
    interest: Option<Amount>,
    fees: Option<Amount>,
    penalties: Option<Amount>,
}

impl Differences {
    /// Callers send whole rows back; what they say as it is says nothing.
    fn of(row: &Installment, edit: &RowEdit) -> Differences {
        let other = |stated: Option<Amount>, is: Amount| stated.filter(|stated| *stated != is);
        let is_principal_only = edit.is_payment_holiday && edit.principal.is_some_and(Amount::is_positive);
        let interest = if is_principal_only { Some(Amount::ZERO) } else { edit.interest };
        // A full holiday says itself what becomes of principal and interest.
        let is_full = edit.is_payment_holiday && !is_principal_only;
        Differences {
            due_date: edit.due_date.filter(|due_date| *due_date != row.due_date),
            principal: other(edit.principal, row.expected.principal).filter(|_| !is_full),
            interest: other(interest, row.expected.interest).filter(|_| !is_full),
            fees: other(edit.fees, row.expected.fees),
            penalties: other(edit.penalties, row.expected.penalties),
        }
    }

    fn has_figures(self) -> bool {
        [self.principal, self.interest, self.fees, self.penalties].iter().any(Option::is_some)
    }

    fn is_empty(self) -> bool {
        self.due_date.is_none() && !self.has_figures()
    }
}

impl EditRules<'_> {
    fn require(&self, edit: ScheduleEdit) -> Result<(), Refusal> {
        if self.allowed.contains(&edit) {
            Ok(())
        } else {
            Err(Refusal::Schedule(ScheduleRefusal::ScheduleEditNotAllowed { edit }))
        }
    }

    /// Changes a row that stands. A row that is to be a full holiday must be one that may change.
    fn change(&self, row: &mut Installment, edit: &RowEdit) -> Result<(), Refusal> {
        let new = Differences::of(row, edit);
        if new.is_empty() && !edit.is_payment_holiday {
            return Ok(());
        }
        self.check_editable(row, new)?;
        self.check_allowed(new)?;
        if let Some(due_date) = new.due_date {
            self.check_due_date(due_date)?;
            row.due_date = due_date;
        }
        let was = row.expected;
        row.expected = Components {
            principal: new.principal.unwrap_or(was.principal),
            interest: new.interest.unwrap_or(was.interest),
            fees: new.fees.unwrap_or(was.fees),
            penalties: new.penalties.unwrap_or(was.penalties),
        };
        if self.keeps_interest && row.expected.interest > was.interest {
            return Err(self.grows("interestDue", was.interest, row.expected.interest));
        }
        if new.has_figures() { self.check_figures(row) } else { Ok(()) }
    }

    fn check_editable(&self, row: &Installment, new: Differences) -> Result<(), Refusal> {
        let number = row.number;
        if row.is_grace && number <= self.grace_period {
            return Err(Refusal::Schedule(ScheduleRefusal::GraceRow { number }));
        }
        if row.is_grace {
            return Err(Refusal::Schedule(ScheduleRefusal::HolidayRow { number }));
        }
        if row.is_paid() {
            return Err(Refusal::InstallmentPaid { number });
        }
        let is_over = row.interest_applied.is_positive() || number <= self.closed;
        match (is_over, new.has_figures()) {
            (true, true) => Err(Refusal::Schedule(ScheduleRefusal::RowHasInterestApplied { number })),
            (true, false) => Err(Refusal::Schedule(ScheduleRefusal::DueDateOfAppliedInterest { number })),
            (false, _) => Ok(()),
        }
    }

    fn check_allowed(&self, new: Differences) -> Result<(), Refusal> {
        if let Some(edit) = new.interest.map(|_| ScheduleEdit::AdjustInterestPaymentSchedule)
            && !self.keeps_interest
        {
            // The balance gives the interest, nobody else.
            return Err(Refusal::Schedule(ScheduleRefusal::ScheduleEditNotAllowed { edit }));
        }
        let wanted = [
            (new.due_date.is_some(), ScheduleEdit::AdjustPaymentDates),
            (new.principal.is_some(), ScheduleEdit::AdjustPrincipalPaymentSchedule),
            (new.interest.is_some(), ScheduleEdit::AdjustInterestPaymentSchedule),
            (new.fees.is_some(), ScheduleEdit::AdjustFeePaymentSchedule),
            (new.penalties.is_some(), ScheduleEdit::AdjustPenaltyPaymentSchedule),
        ];
        wanted.into_iter().filter(|(is_wanted, _)| *is_wanted).try_for_each(|(_, edit)| self.require(edit))
    }

    fn check_due_date(&self, due_date: Date) -> Result<(), Refusal> {
        if due_date <= self.start {
            return Err(Refusal::Schedule(ScheduleRefusal::RowBeforeDisbursement {
                due_date,
                disbursed_on: self.start,
            }));
        }
        if let Some(latest) = self.latest_movement.filter(|latest| due_date < *latest) {
            return Err(Refusal::Schedule(ScheduleRefusal::DueDateBeforeTransaction { due_date, latest }));
        }
        Ok(())
    }

    /// A row expects something, and of nothing less than was paid of it.
    fn check_figures(&self, row: &Installment) -> Result<(), Refusal> {
        let (number, unpaid) = (row.number, row.unpaid());
        if row.expected.principal.is_negative() || unpaid.principal.is_negative() {
            let value = row.expected.principal.to_fixed_text(self.currency);
            return Err(Refusal::Schedule(ScheduleRefusal::NegativeRowPrincipal { number, value }));
        }
        let others = [
            (row.expected.interest, unpaid.interest),
            (row.expected.fees, unpaid.fees),
            (row.expected.penalties, unpaid.penalties),
        ];
        if let Some((value, _)) = others.iter().find(|(is, left)| is.is_negative() || left.is_negative()) {
            let value = value.to_fixed_text(self.currency);
            return Err(Refusal::Schedule(ScheduleRefusal::NegativeRowFigure { number, value }));
        }
        if !row.expected.total().is_positive() {
            return Err(Refusal::Schedule(ScheduleRefusal::EmptyRow { number }));
        }
        let unit = 10_i64.pow(u32::from(self.currency.digits()));
        if self.rounding != InstallmentRounding::None && row.expected.principal.minor() % unit != 0 {
            let value = row.expected.principal.to_fixed_text(self.currency);
            return Err(Refusal::Schedule(ScheduleRefusal::RowPrincipalWithDecimals { value }));
        }
        Ok(())
    }

    /// Adds a row where its due date belongs; no row that is paid or has interest applied follows.
    fn add(&self, rows: &mut Vec<Installment>, edit: &RowEdit) -> Result<(), Refusal> {
        self.require(ScheduleEdit::AdjustNumberOfInstallments)?;
        let due_date = edit.due_date.ok_or(Refusal::MissingField { field: "dueDate" })?;
        self.check_due_date(due_date)?;
        let place = rows.partition_point(|row| row.due_date < due_date);
        if rows.get(place).is_some_and(|row| row.due_date == due_date) {
            return Err(Refusal::Schedule(ScheduleRefusal::DueDatesNotUnique { due_date }));
        }
        let is_begun = |row: &&Installment| !row.paid.is_zero() || row.interest_applied.is_positive();
        if let Some(later) = rows[place..].iter().find(is_begun) {
            return Err(Refusal::Schedule(ScheduleRefusal::RowBeforePaid { due_date, paid: later.due_date }));
        }
        let expected = Components {
            principal: edit.principal.unwrap_or_default(),
            interest: edit.interest.unwrap_or_default(),
            fees: edit.fees.unwrap_or_default(),
            penalties: edit.penalties.unwrap_or_default(),
        };
        let number = u32::try_from(place).expect("a loan has few installments") + 1;
        let row = Installment { number, expected, ..empty_row(due_date) };
        self.check_figures(&row)?;
        rows.insert(place, row);
        Ok(())
    }

    /// Principal is moved and never made or lost; nothing else becomes more.
    fn check_sums(&self, before: &[Installment], after: &[Installment]) -> Result<(), Refusal> {
        let sum = |rows: &[Installment]| rows.iter().map(|row| row.expected).sum::<Components>();
        let (was, is) = (sum(before), sum(after));
        if was.principal != is.principal {
            return Err(Refusal::Schedule(ScheduleRefusal::PrincipalNotAddingUp {
                sum: is.principal.to_fixed_text(self.currency),
                amount: was.principal.to_fixed_text(self.currency),
            }));
        }
        let others = [
            (self.keeps_interest, "interestDue", was.interest, is.interest),
            (true, "feesDue", was.fees, is.fees),
            (true, "penaltyDue", was.penalties, is.penalties),
        ];
        if let Some((_, field, was, is)) = others.into_iter().find(|(counts, _, was, is)| *counts && is > was)
        {
            return Err(self.grows(field, was, is));
        }
        let count = after.len();
        if u32::try_from(count).is_ok_and(|count| count <= MAX_INSTALLMENTS) {
            Ok(())
        } else {
            Err(Refusal::Schedule(ScheduleRefusal::TooManyRows { count }))
        }
    }

    fn grows(&self, field: &'static str, was: Amount, is: Amount) -> Refusal {
        let text = |amount: Amount| amount.to_fixed_text(self.currency);
        Refusal::Schedule(ScheduleRefusal::RowFigureGrows { field, from: text(was), to: text(is) })
    }
}
