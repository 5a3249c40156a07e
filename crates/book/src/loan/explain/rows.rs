//! The interest that installments expect, row by row, through every change of the schedule.

use jiff::civil::Date;
use loam_calc::calendar::Calendar;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{
    InstallmentRounding, InterestMethod, InterestPart, InterestTerms, Remainder, RoundedElements,
    ScheduleTerms, interest_parts, interest_parts_with,
};

use crate::loan::custom_schedule::RowEdit;
use crate::loan::event::Step;
use crate::loan::explain::{Base, Change, Less, Part, Working};
use crate::loan::protection::WaivedPart;
use crate::loan::rescheduling::ScheduleChange;
use crate::loan::{Installment, Loan};
use crate::product::payments::Amortization;

/// Why an installment expects the interest that it expects.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) working: Working,
    pub(super) entries: Vec<i64>,
    pub(super) counting: Option<InterestTerms>,
    /// As it stood when this was worked out.
    pub(super) installment: Installment,
}

impl Row {
    fn is(&mut self, working: Working, entries: &[i64]) {
        self.working = working;
        self.entries.extend_from_slice(entries);
    }

    pub(super) fn changes(&mut self, change: Change, entries: &[i64]) {
        let before = std::mem::replace(&mut self.working, Working::Stated(Amount::ZERO));
        let working = match before {
            Working::Changed { before, mut changes } => {
                changes.push(change);
                Working::Changed { before, changes }
            }
            Working::Sum { .. } | Working::Annuity { .. } | Working::Stated(_) => {
                Working::Changed { before: Box::new(before), changes: vec![change] }
            }
        };
        self.is(working, entries);
    }
}

/// How many rows of the schedule are a down payment, and so no part of what is spread.
pub(super) fn down_payments(loan: &Loan, rows: &[Installment]) -> usize {
    usize::try_from(loan.terms.down_payment_rows(rows)).expect("one or none")
}

/// The rows of a schedule as the terms give it.
pub(super) fn agreed(loan: &Loan, start: Date, rows: &[Installment], entries: &[i64]) -> Vec<Row> {
    let (down_payments, rows) = rows.split_at(down_payments(loan, rows));
    let without_interest = |row: &Installment| Row {
        // Of no days.
        working: Working::Sum { parts: Vec::new(), rounding: Some(loan.terms.rounding), less: Vec::new() },
        entries: entries.to_vec(),
        counting: None,
        installment: row.clone(),
    };
    let later = calculated(loan, start, (down_payments.len(), rows), entries);
    down_payments.iter().map(without_interest).chain(later).collect()
}

/// The rows of what is repaid later.
fn calculated(
    loan: &Loan,
    start: Date,
    (before, rows): (usize, &[Installment]),
    entries: &[i64],
) -> Vec<Row> {
    let dates: Vec<Date> = rows.iter().map(|row| row.due_date).collect();
    let principals: Vec<Amount> = rows.iter().map(|row| row.expected.principal).collect();
    // Fees that were added to the principal bear interest too.
    let terms = ScheduleTerms { principal: principals.iter().copied().sum(), ..loan.terms.schedule_terms() };
    let columns = (dates.as_slice(), principals.as_slice());
    let variation = loan.terms.variation();
    let parts = match &variation {
        None => interest_parts(&terms, start, columns, loan.terms.accrual()),
        Some(variation) => interest_parts_with(&terms, start, columns, &variation.options(&loan.terms)),
    };
    let parts = parts.expect("the terms gave this schedule");
    let before = u32::try_from(before).expect("one or none");
    let settles = terms.remainder == Remainder::PrincipalAndInterestIntoLast;
    let of_row = |(index, row): (usize, &Installment)| {
        let is_last = index + 1 == rows.len();
        let working = if is_last && loan.terms.amortization == Amortization::PaymentPlan {
            // The last payment is agreed to the cent, so its interest is what the principal leaves of it.
            Working::Stated(row.expected.interest)
        } else if settles && is_last {
            rest_of_column(&parts, rows, loan)
        } else {
            let of_row = parts.iter().filter(|part| part.number + before == row.number);
            of_element(of_row.map(|part| at_a_rate(part, loan)).collect(), loan, Vec::new())
        };
        let counting = Some(terms.interest);
        Row { working, entries: entries.to_vec(), counting, installment: row.clone() }
    };
    rows.iter().enumerate().map(of_row).collect()
}

/// The last installment has what the others leave of the whole column, which is rounded once.
fn rest_of_column(parts: &[InterestPart], rows: &[Installment], loan: &Loan) -> Working {
    let before = &rows[..rows.len() - 1];
    let amount = before.iter().map(|row| row.expected.interest).sum();
    let parts = parts.iter().map(|part| at_a_rate(part, loan)).collect();
    of_element(parts, loan, vec![Less::OtherInstallments { amount }])
}

/// Parts that make one element of an installment: rounded to the minor unit, or to the multiple where
/// every element is one.
fn of_element(parts: Vec<Part>, loan: &Loan, less: Vec<Less>) -> Working {
    let terms = &loan.terms;
    let rounds_all = terms.payment_rules.rounded_elements == RoundedElements::RoundAll;
    let (multiple, rounding) = match terms.installment_rounding {
        InstallmentRounding::ToNearest(multiple) if rounds_all => (multiple, nearest(terms.rounding)),
        InstallmentRounding::UpTo(multiple) if rounds_all => (multiple, Rounding::Up),
        InstallmentRounding::None | InstallmentRounding::ToNearest(_) | InstallmentRounding::UpTo(_) => {
            return Working::Sum { parts, rounding: Some(terms.rounding), less };
        }
    };
    let unrounded: Exact = parts.iter().map(Part::value).sum();
    let before = Working::Sum { parts, rounding: None, less: Vec::new() };
    let to_multiple = Change::ToMultiple { unrounded, multiple, rounding };
    // No more is taken off than there is, also where something comes to it later.
    let left = (unrounded + to_multiple.amount()).round(Rounding::Down);
    let less: Amount = less.iter().map(Less::amount).sum();
    let changes = vec![to_multiple, Change::NotTaken { amount: less.min(left) }];
    let changes = changes.into_iter().filter(|change| !change.amount().is_zero()).collect();
    Working::Changed { before: Box::new(before), changes }
}

fn nearest(rounding: Rounding) -> Rounding {
    match rounding {
        Rounding::HalfEven => Rounding::HalfEven,
        Rounding::HalfUp | Rounding::Up | Rounding::Down => Rounding::HalfUp,
    }
}

fn at_a_rate(part: &InterestPart, loan: &Loan) -> Part {
    Part {
        base: match loan.terms.interest.method {
            InterestMethod::Flat => Base::OriginalPrincipal,
            InterestMethod::DecliningBalance | InterestMethod::DecliningBalanceDiscounted => {
                Base::OutstandingPrincipal
            }
        },
        amount: part.balance,
        rate: Some(part.rate),
        period: Some((part.from, part.to)),
        share: Some(part.time),
    }
}

/// A change of a schedule: the step, what was changed, the rows afterwards, and its entry.
pub(super) struct Rescheduling<'a> {
    pub(super) step: &'a Step,
    pub(super) change: &'a ScheduleChange,
    pub(super) after: &'a [Installment],
    pub(super) entries: &'a [i64],
    pub(super) calendar: &'a Calendar,
}

/// The rows after a change of the schedule; the loan is as it stood before.
pub(super) fn rescheduled(mut rows: Vec<Row>, loan: &Loan, edit: &Rescheduling<'_>) -> Vec<Row> {
    match edit.change {
        ScheduleChange::Rows { edits } => {
            for row_edit in edits {
                name_interest(&mut rows, row_edit, edit.entries);
            }
            take_holidays(&mut rows, edits, edit.entries);
            add_rows(&mut rows, edits, edit.entries);
        }
        ScheduleChange::Deleted { number } => join(&mut rows, *number, edit.entries),
        ScheduleChange::ReAged { .. } | ScheduleChange::ReAmortized => spread(&mut rows, loan, edit),
        // Rows expect what they expected, on other days.
        ScheduleChange::Calendar { .. } => {}
    }
    for (row, after) in rows.iter_mut().zip(edit.after) {
        row.installment = after.clone();
    }
    rows
}

/// A claim of the protection takes interest off.
pub(super) fn waived(rows: &mut [Row], parts: &[WaivedPart], entries: &[i64]) {
    for part in parts {
        let row = rows.iter_mut().find(|row| row.installment.number == part.number);
        let Some(row) = row else { continue };
        row.installment.expected -= part.part;
        let amount = part.part.interest;
        if amount.is_positive() {
            row.changes(Change::Waived { amount }, entries);
        }
    }
}

fn name_interest(rows: &mut [Row], edit: &RowEdit, entries: &[i64]) {
    let found = rows.iter_mut().find(|row| Some(row.installment.number) == edit.number);
    let Some(row) = found else { return };
    let keeps_principal = edit.principal.is_some_and(Amount::is_positive);
    let named = match (edit.is_payment_holiday, keeps_principal) {
        (true, true) => Some(Amount::ZERO),
        (true, false) => None,
        (false, _) => edit.interest,
    };
    if let Some(interest) = named.filter(|interest| *interest != row.installment.expected.interest) {
        row.is(Working::Stated(interest), entries);
    }
}

/// Of a holiday nothing is expected; its interest falls due with the next row, and so on.
fn take_holidays(rows: &mut Vec<Row>, edits: &[RowEdit], entries: &[i64]) {
    let is_full =
        |edit: &&RowEdit| edit.is_payment_holiday && !edit.principal.is_some_and(Amount::is_positive);
    let mut numbers: Vec<u32> = edits.iter().filter(is_full).filter_map(|edit| edit.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let Some(from) = rows.iter().position(|row| row.installment.number == number) else { continue };
        let Some(mut carried) = rows.last().cloned() else { continue };
        carried.working = Working::Stated(Amount::ZERO);
        for row in rows[from..].iter_mut().filter(|row| !row.installment.is_grace) {
            std::mem::swap(&mut row.working, &mut carried.working);
            std::mem::swap(&mut row.counting, &mut carried.counting);
            row.entries.extend_from_slice(entries);
        }
        rows[from].installment.is_grace = true;
        carried.installment.number = u32::try_from(rows.len()).unwrap_or(u32::MAX) + 1;
        carried.installment.is_grace = false;
        carried.entries.extend_from_slice(entries);
        rows.push(carried);
    }
}

fn add_rows(rows: &mut Vec<Row>, edits: &[RowEdit], entries: &[i64]) {
    for edit in edits.iter().filter(|edit| edit.number.is_none()) {
        let (Some(due_date), Some(like)) = (edit.due_date, rows.last().cloned()) else { continue };
        let place = rows.partition_point(|row| row.installment.due_date < due_date);
        let working = Working::Stated(edit.interest.unwrap_or_default());
        let installment = Installment { due_date, ..like.installment };
        rows.insert(place, Row { working, entries: entries.to_vec(), counting: None, installment });
    }
}

/// What a deleted row expected falls due with the next one.
fn join(rows: &mut Vec<Row>, number: u32, entries: &[i64]) {
    let Some(place) = rows.iter().position(|row| row.installment.number == number) else { return };
    let gone = rows.remove(place);
    if let Some(next) = rows.get_mut(place) {
        next.changes(Change::Joined(Box::new(gone.working)), entries);
    }
}

/// What was applied and unpaid of overdue rows, in even shares on others.
fn spread(rows: &mut Vec<Row>, loan: &Loan, edit: &Rescheduling<'_>) {
    let date = edit.step.value_date;
    let mut total = Amount::ZERO;
    for row in rows.iter_mut() {
        let found = loan.servicing.installments.iter().find(|is| is.number == row.installment.number);
        let Some(installment) = found else { continue };
        let amount = installment.interest_applied - installment.paid.interest;
        if installment.due_date < date && !installment.is_paid() && amount.is_positive() {
            total += amount;
            row.changes(Change::TakenOff { amount }, edit.entries);
        }
    }
    let dates = spread_over(loan, edit);
    let count = u32::try_from(dates.len()).unwrap_or(u32::MAX);
    for (place, due_date) in (1..).zip(dates) {
        let at = rows.partition_point(|row| row.installment.due_date < due_date);
        if rows.get(at).is_none_or(|row| row.installment.due_date != due_date) {
            let Some(like) = rows.last().cloned() else { continue };
            let installment = Installment { due_date, ..like.installment };
            let working = Working::Stated(Amount::ZERO);
            rows.insert(at, Row { working, entries: Vec::new(), counting: None, installment });
        }
        rows[at].changes(Change::Share { total, place, count }, edit.entries);
    }
}

/// The due dates on which shares of what was overdue fall.
fn spread_over(loan: &Loan, edit: &Rescheduling<'_>) -> Vec<Date> {
    let date = edit.step.value_date;
    let ScheduleChange::ReAged { first_due_date, count, period } = edit.change else {
        let rows = loan.servicing.installments.iter();
        let left = rows.filter(|row| row.due_date >= date && !row.is_grace && !row.is_paid());
        return left.map(|row| row.due_date).collect();
    };
    let due_dates = loan.terms.due_dates_re_aged(date, (*first_due_date, *count, *period), edit.calendar);
    due_dates.unwrap_or_default()
}
