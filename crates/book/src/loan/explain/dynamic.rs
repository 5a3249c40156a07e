//! Interest that follows what is outstanding: grown on balances as they were, and as they are expected.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::projection::GrowthPart;

use crate::loan::apply::apply_servicing;
use crate::loan::dynamic::late::{late_parts, placing};
use crate::loan::dynamic::period_end::{next_period_end, period_end};
use crate::loan::dynamic::repayment::Payment;
use crate::loan::dynamic::{Running, ScheduleCause, Upcoming, capitalized, repayment};
use crate::loan::event::{Event, InstallmentPart, InterestCause, Step};
use crate::loan::explain::rows::Row;
use crate::loan::explain::{Base, Change, Explainer, Explanation, Figure, Part, Working};
use crate::loan::{Installment, Loan};
use crate::product::GracePeriodType;

impl Explainer<'_> {
    /// Rows after a change of a dynamic schedule; `next` is the step that follows it.
    pub(super) fn go_on(&mut self, loan: &Loan, step: &Step, next: Option<&Step>, entries: &[i64]) {
        let Event::ScheduleChanged { cause, installments, running } = &step.event else { return };
        self.ask_late_interest(loan, step.value_date, installments, entries);
        match cause {
            ScheduleCause::LateInterest => return,
            ScheduleCause::Bill => return self.bill(loan, step, entries),
            ScheduleCause::DueDate if loan.terms.capitalizes_interest() => {
                self.waiting = Some(grown_by(loan, step.value_date));
            }
            ScheduleCause::DueDate
            | ScheduleCause::Disbursement
            | ScheduleCause::Repayment
            | ScheduleCause::InterestApplied
            | ScheduleCause::RateChange
            | ScheduleCause::Pause
            | ScheduleCause::Redraw
            | ScheduleCause::Edit => {}
        }
        // The rows are set as they are expected with the repayment, which is booked after them.
        let mut after = loan.clone();
        if *cause == ScheduleCause::Repayment
            && let Some(Event::Repaid { parts, .. }) = next.map(|next| &next.event)
        {
            parts.iter().for_each(|part| after.servicing.pay(part, step.value_date));
        }
        let closed = after.closed();
        let asked: Vec<Installment> = after.servicing.installments[closed..]
            .iter()
            .map(|row| {
                installments.iter().find(|changed| changed.number == row.number).unwrap_or(row).clone()
            })
            .collect();
        if asked.is_empty() {
            self.ask_after_maturity(loan, installments, entries);
            return;
        }
        let running = if *cause == ScheduleCause::DueDate {
            loan.running()
        } else if running.principal.is_empty() {
            // All time is over with this repayment: only how it went on until then is left to say.
            self.running_until(loan, &after, step, next)
        } else {
            running.clone()
        };
        self.expect(&after, (step.value_date, running), &asked, entries);
    }

    /// Late interest that overdue rows ask for from now on.
    fn ask_late_interest(&mut self, loan: &Loan, on: Date, changed: &[Installment], entries: &[i64]) {
        let (closed, rounding) = (loan.closed(), Some(loan.terms.rounding));
        if closed == loan.servicing.installments.len() {
            return;
        }
        for row in changed {
            let is_over = loan.closed_rows().iter().any(|known| known.number == row.number);
            let known = self.rows.iter_mut().find(|known| known.installment.number == row.number);
            if let Some(known) = known.filter(|_| is_over) {
                let parts = parts_of(&late_parts(loan, on));
                let working = Working::Sum { parts, rounding, less: Vec::new() };
                known.changes(Change::LateInterest(Box::new(working)), entries);
                known.installment = row.clone();
            }
        }
    }

    /// The open row of a credit became a bill, and a new one is open; or it waits for the next day.
    fn bill(&mut self, loan: &Loan, step: &Step, entries: &[i64]) {
        let Event::ScheduleChanged { installments, running, .. } = &step.event else { return };
        let closed = loan.closed();
        let Some(open) = loan.servicing.installments.get(closed) else { return };
        let billed = installments.iter().find(|row| row.number == open.number).unwrap_or(open);
        self.expect(loan, (step.value_date, loan.running()), std::slice::from_ref(billed), entries);
        let mut after = loan.clone();
        apply_servicing(&mut after.servicing, step);
        let asked = after.servicing.installments[after.closed()..].to_vec();
        self.expect(&after, (step.value_date, running.clone()), &asked, entries);
    }

    /// Interest that is added to the principal: what waited for its day, or has grown by the day.
    pub(super) fn capitalized(&self, loan: &Loan, on: Date, amount: Amount, cause: InterestCause) -> Working {
        let grown = match cause {
            InterestCause::DueDate => self.waiting.clone(),
            InterestCause::Disbursement
            | InterestCause::EarlyPayment
            | InterestCause::Request
            | InterestCause::Locking => Some(grown_by(loan, on)),
        };
        let nothing = Working::Sum { parts: Vec::new(), rounding: None, less: Vec::new() };
        let grown = grown.filter(|grown| grown.result() == Exact::from_amount(amount));
        grown.unwrap_or_else(|| worked(nothing, [Change::Carried { amount }]))
    }

    fn running_until(&self, loan: &Loan, after: &Loan, step: &Step, next: Option<&Step>) -> Running {
        let Some(Event::Repaid { parts, .. }) = next.map(|next| &next.event) else { return loan.running() };
        let open = loan.servicing.installments.get(loan.closed());
        let interest = self.applied_by(loan, step);
        let part = Components { interest, ..Components::default() };
        let to_apply = open.map(|row| InstallmentPart { number: row.number, part });
        let to_apply = to_apply.into_iter().collect();
        let payment = Payment { parts: parts.clone(), to_apply, excess: Amount::ZERO };
        repayment::running_after(loan, step.value_date, &payment, after)
    }

    /// What the rows that are not due yet ask for, as seen on a day.
    pub(super) fn expect(
        &mut self,
        loan: &Loan,
        (on, running): (Date, Running),
        asked: &[Installment],
        entries: &[i64],
    ) {
        let mut carried = running.carried;
        let upcoming = Upcoming::going_on(loan, on, running);
        for (growth, row) in upcoming.parts(asked).into_iter().zip(asked) {
            let is_free = row.is_grace
                && loan.terms.grace_period_type == GracePeriodType::InterestForgiveness
                && row.number <= loan.terms.grace_period;
            // Interest that is added to the principal is asked for by no row.
            let is_asked = !is_free && !loan.terms.capitalizes_interest();
            let parts = if is_asked { parts_of(&growth.parts) } else { Vec::new() };
            let sum: Exact = parts.iter().map(Part::value).sum();
            let grown = sum.round(loan.terms.rounding);
            let placed = carried.max(-grown);
            let left = row.interest_applied + grown + placed - row.expected.interest;
            let rounding = Some(loan.terms.rounding);
            let before = Working::Sum { parts, rounding, less: Vec::new() };
            let changes = [
                Change::AppliedAhead { amount: row.interest_applied },
                Change::Carried { amount: placed },
                Change::Carried { amount: -left },
            ];
            self.set_row(row, worked(before, changes), loan, entries);
            debug_assert_eq!(growth.number, row.number, "rows are explained in their order");
            carried = left;
        }
    }

    fn set_row(&mut self, row: &Installment, working: Working, loan: &Loan, entries: &[i64]) {
        let found = self.rows.iter().position(|known| known.installment.number == row.number);
        let known = found.map(|index| &self.rows[index]).or(self.rows.last());
        let mut all = known.map(|known| known.entries.clone()).unwrap_or_default();
        all.extend_from_slice(entries);
        let counting = Some(loan.terms.interest);
        let row = Row { working, entries: all, counting, installment: row.clone() };
        match found {
            Some(index) => self.rows[index] = row,
            // A bill was cut off what is open; the new row rests on what the one before it rests on.
            None => self.rows.push(row),
        }
    }

    /// What grew after the last due date is asked for with the last row.
    fn ask_after_maturity(&mut self, loan: &Loan, changed: &[Installment], entries: &[i64]) {
        for row in changed {
            let before = loan.servicing.installments.iter().find(|known| known.number == row.number);
            let amount = row.expected.interest - before.map_or(Amount::ZERO, |known| known.expected.interest);
            if let Some(known) = self.rows.iter_mut().find(|known| known.installment.number == row.number) {
                known.changes(Change::AfterMaturity { amount }, entries);
            }
        }
    }

    /// Interest of open rows that the repayment on a day applied before it.
    fn applied_by(&self, loan: &Loan, step: &Step) -> Amount {
        let open = &loan.servicing.installments[loan.closed()..];
        let of_row = |row: &Installment| {
            let known = self.rows.iter().find(|known| known.installment.number == row.number);
            row.interest_applied - known.map_or(Amount::ZERO, |known| known.installment.interest_applied)
        };
        let is_today = loan.servicing.last_interest_applied_on == Some(step.value_date);
        if is_today { open.iter().map(of_row).sum() } else { Amount::ZERO }
    }

    /// Brings the rows of a dynamic loan to a day to come, and to how they are expected on it.
    pub(super) fn expect_on(&mut self, standing: &mut Loan, on: Date) {
        if !standing.terms.is_dynamic() || !standing.servicing.state.is_active() {
            return;
        }
        while let Some(due_date) = next_period_end(standing).filter(|due| *due <= on) {
            let step = Step { value_date: due_date, event: period_end(standing, self.calendar) };
            self.go_on(standing, &step, None, &[]);
            apply_servicing(&mut standing.servicing, &step);
            for event in capitalized::rolled(standing, due_date).into_iter().flatten() {
                apply_servicing(&mut standing.servicing, &Step { value_date: due_date, event });
            }
        }
        for event in placing(standing, on).into_iter().flatten() {
            let step = Step { value_date: on, event };
            self.go_on(standing, &step, None, &[]);
            apply_servicing(&mut standing.servicing, &step);
        }
        let asked = standing.schedule_on(on)[standing.closed()..].to_vec();
        if !asked.is_empty() {
            self.expect(standing, (on, standing.running()), &asked, &[]);
        }
    }
}

/// Interest that becomes a balance of a dynamic loan before it falls due: what has grown, as far as
/// it is applied, and what rows that are due had held back.
pub(super) fn applied(loan: &Loan, on: Date, parts: &[InstallmentPart], cause: InterestCause) -> Working {
    let is_by_day = matches!(cause, InterestCause::Request | InterestCause::Locking);
    let until = if is_by_day { on } else { repayment::accrues_to(loan, on) };
    let (grown, carried) = repayment::accrued_parts(loan, until);
    let before =
        Working::Sum { parts: parts_of(&grown), rounding: Some(loan.terms.rounding), less: Vec::new() };
    let rounded = match &before {
        Working::Sum { parts, .. } => parts.iter().map(Part::value).sum::<Exact>().round(loan.terms.rounding),
        Working::Annuity { .. } | Working::Stated(_) | Working::Changed { .. } => Amount::ZERO,
    };
    let rows = &loan.servicing.installments;
    let is_mature = loan.closed() == rows.len();
    let mut changes = vec![Change::Carried { amount: carried.max(-rounded) }];
    let mut taken = Amount::ZERO;
    for part in parts {
        let Some(index) = rows.iter().position(|row| row.number == part.number) else { continue };
        let row = &rows[index];
        if index >= loan.closed() {
            taken += part.part.interest;
            continue;
        }
        let held_back = row.interest_to_apply();
        if is_mature && index + 1 == rows.len() {
            taken += part.part.interest - held_back;
        }
        changes.push(Change::HeldBack { number: row.number, amount: held_back });
    }
    changes.push(Change::NotTaken { amount: rounded + carried.max(-rounded) - taken });
    worked(before, changes)
}

/// What has grown by a day and was carried, rounded.
fn grown_by(loan: &Loan, on: Date) -> Working {
    let (grown, carried) = repayment::accrued_parts(loan, on);
    let rounding = Some(loan.terms.rounding);
    worked(
        Working::Sum { parts: parts_of(&grown), rounding, less: Vec::new() },
        [Change::Carried { amount: carried }],
    )
}

/// What has grown by a day and is no balance yet, exact.
pub(super) fn accrued(loan: &Loan, on: Date) -> Option<Explanation> {
    if !loan.servicing.state.is_active() {
        return None;
    }
    let rows = &loan.servicing.installments;
    let number = rows.get(loan.closed()).or(rows.last())?.number;
    let (grown, carried) = repayment::accrued_parts(loan, on);
    let before = Working::Sum { parts: parts_of(&grown), rounding: None, less: Vec::new() };
    let working = worked(before, [Change::Carried { amount: carried }]);
    let amount = working.result();
    (amount > Exact::ZERO).then(|| Explanation {
        figure: Figure::AccruedInterest { number, on },
        amount,
        working,
        counting: Some(loan.terms.interest),
        entries: Vec::new(),
    })
}

fn parts_of(parts: &[GrowthPart]) -> Vec<Part> {
    let has_interest = |part: &&GrowthPart| !part.principal.is_zero();
    let of = |part: &GrowthPart| Part {
        base: Base::BearingPrincipal,
        amount: part.principal,
        rate: Some(part.rate),
        period: Some((part.span.from, part.span.to)),
        share: Some(part.time),
    };
    parts.iter().filter(has_interest).map(of).collect()
}

/// A working with what changed it, where something did.
fn worked(before: Working, changes: impl IntoIterator<Item = Change>) -> Working {
    let changes: Vec<Change> = changes.into_iter().filter(|change| !change.amount().is_zero()).collect();
    if changes.is_empty() { before } else { Working::Changed { before: Box::new(before), changes } }
}
