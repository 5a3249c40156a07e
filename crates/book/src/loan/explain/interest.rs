//! Interest: what installments expect, what was applied of it, what has grown since.

use jiff::civil::Date;
use loam_calc::day_count::{Fraction, days_between};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ScheduleTerms, equal_total};

use crate::loan::commands::interest::accrued;
use crate::loan::event::{Event, InstallmentPart, InterestCause, Posted, Step};
use crate::loan::explain::dynamic;
use crate::loan::explain::rows::{self, Rescheduling, Row};
use crate::loan::explain::{Base, Change, Explainer, Explanation, Figure, Less, Part, Working};
use crate::loan::log::Effective;
use crate::loan::protection::WaivedPart;
use crate::loan::{Installment, Loan, LoanState};

impl Explainer<'_> {
    /// The interest figures that a step brings to the loan as it stands before it.
    pub(super) fn explain_interest(&mut self, loan: &Loan, effective: Effective<'_>, next: Option<&Step>) {
        let step = effective.step;
        match &step.event {
            Event::Disbursed { posted, installments, .. } => {
                let entries = self.of_transaction(posted.transaction_id);
                self.pay_out(loan, step.value_date, installments, &entries);
            }
            Event::ScheduleEdited { change, installments, .. } => {
                let entries = self.of_step(effective);
                if !loan.servicing.state.is_active() && self.rows.is_empty() {
                    let start = loan.terms.expected_disbursement_on.unwrap_or(effective.stamp.booking_date);
                    let planned = loan.terms.schedule(start, self.calendar).unwrap_or_default();
                    self.rows = rows::agreed(loan, start, &planned, &entries);
                }
                let calendar = self.calendar;
                let edit = Rescheduling { step, change, after: installments, entries: &entries, calendar };
                self.rows = rows::rescheduled(std::mem::take(&mut self.rows), loan, &edit);
            }
            Event::ScheduleChanged { .. } => self.go_on(loan, step, next, &self.of_step(effective)),
            Event::InterestApplied { posted, amount, parts, cause, .. } => {
                let working = self.applied(loan, step.value_date, parts, *cause);
                let on = (posted.transaction_id, step.value_date);
                self.interest_applied(on, *amount, working, parts);
            }
            Event::Waived { posted, parts, .. } => self.waive(posted, parts),
            // Other terms make another schedule.
            Event::Edited { terms, .. } if loan.terms != **terms && !is_paid_out(loan) => self.rows.clear(),
            Event::Created { .. }
            | Event::Edited { .. }
            | Event::ApprovalRequested { .. }
            | Event::Approved { .. }
            | Event::ApprovalUndone { .. }
            | Event::Repaid { .. }
            | Event::RateChanged { .. }
            | Event::RateReviewed
            | Event::InterestPaused { .. }
            | Event::TranchesSet { .. }
            | Event::TrancheExpected { .. }
            | Event::DisbursementPlanned { .. }
            | Event::Redrawn { .. }
            | Event::Restructured { .. }
            | Event::PenaltyApplied { .. }
            | Event::PenaltyAccrued { .. }
            | Event::ChargeForgone { .. }
            | Event::FeeIncomeRecognized { .. }
            | Event::Recovered { .. }
            | Event::GuaranteesSet { .. }
            | Event::FundsSet { .. }
            | Event::FundsPaidIn { .. }
            | Event::FundsTraded { .. }
            | Event::SettlementAccountsSet { .. }
            | Event::LineOfCreditSet { .. }
            | Event::FundsShared { .. }
            | Event::PremiumShared { .. }
            | Event::FeeCharged { .. }
            | Event::ArrearsChanged { .. }
            | Event::Locked { .. }
            | Event::Unlocked { .. }
            | Event::WrittenOff { .. }
            | Event::ChargeReduced { .. }
            | Event::Closed { .. }
            | Event::Reopened { .. }
            | Event::Refolded { .. } => {}
        }
    }

    fn interest_applied(
        &mut self,
        (transaction_id, value_date): (i64, Date),
        amount: Amount,
        working: Working,
        parts: &[InstallmentPart],
    ) {
        let mut entries: Vec<i64> = parts.iter().flat_map(|part| self.resting_on(part.number)).collect();
        entries.extend(self.of_transaction(transaction_id));
        self.found.push(Explanation {
            figure: Figure::InterestApplied { transaction_id, value_date },
            amount: Exact::from_amount(amount),
            working,
            counting: None,
            entries: in_order(entries),
        });
    }

    fn waive(&mut self, posted: &Posted, parts: &[WaivedPart]) {
        let entries = self.of_transaction(posted.transaction_id);
        rows::waived(&mut self.rows, parts, &entries);
    }

    /// A schedule that was edited before is the one by which the loan is paid out.
    fn pay_out(&mut self, loan: &Loan, start: Date, installments: &[Installment], entries: &[i64]) {
        // A further part has no rows of its own: those that stand are expected anew.
        if installments.is_empty() {
            return;
        }
        if !self.rows.is_empty() {
            self.rows.iter_mut().for_each(|row| row.entries.extend_from_slice(entries));
            return;
        }
        self.rows = rows::agreed(loan, start, installments, entries);
        let later = &installments[rows::down_payments(loan, installments)..];
        let principal = later.iter().map(|row| row.expected.principal).sum();
        let terms = ScheduleTerms { principal, ..loan.terms.schedule_terms() };
        let dates: Vec<Date> = later.iter().map(|row| row.due_date).collect();
        let equal = equal_total(&terms, start, &dates, loan.terms.accrual());
        let equal = equal.expect("the terms gave this schedule").filter(|_| loan.terms.has_annuity());
        let Some(equal) = equal else { return };
        self.found.push(Explanation {
            figure: Figure::EqualTotal,
            amount: Exact::from_amount(equal.total),
            working: Working::Annuity {
                principal: terms.principal,
                rate: terms.interest.rate,
                times: equal.times,
                unrounded: equal.unrounded,
                rounding: terms.rounding,
                multiple: terms.installment_rounding,
                total: equal.total,
            },
            counting: Some(terms.interest),
            entries: entries.to_vec(),
        });
    }

    /// The interest that the installments of the loan expect, and what has grown of it by a day.
    pub(super) fn expected_and_accrued(&mut self, loan: &Loan, on: Date) {
        let expected: Vec<Explanation> = if loan.servicing.installments.is_empty() {
            Vec::new()
        } else {
            let schedule = loan.schedule_on(on);
            let pairs = self.rows.iter().zip(&schedule);
            pairs.map(|(row, installment)| expected(row, installment)).collect()
        };
        self.found.splice(0..0, expected);
        if loan.terms.is_dynamic() {
            let found = dynamic::accrued(loan, on);
            self.found.extend(found.map(|found| {
                let Figure::AccruedInterest { number, .. } = found.figure else { return found };
                Explanation { entries: self.resting_on(number), ..found }
            }));
            return;
        }
        let Some((installment, amount)) = accrued(loan, on) else { return };
        let Some((parts, less)) = grown(loan, on) else { return };
        self.found.push(Explanation {
            figure: Figure::AccruedInterest { number: installment.number, on },
            amount,
            working: Working::Sum { parts, rounding: None, less: vec![less] },
            counting: None,
            entries: self.resting_on(installment.number),
        });
    }

    /// Interest that becomes a balance, or principal.
    fn applied(&self, loan: &Loan, on: Date, parts: &[InstallmentPart], cause: InterestCause) -> Working {
        let capitalized: Amount = parts.iter().map(|part| part.part.principal).sum();
        if capitalized.is_positive() {
            return self.capitalized(loan, on, capitalized, cause);
        }
        applied(loan, on, parts, cause)
    }

    /// The entries on which the interest of an installment rests so far.
    pub(super) fn resting_on(&self, number: u32) -> Vec<i64> {
        let row = self.rows.iter().find(|row| row.installment.number == number);
        row.map(|row| in_order(row.entries.clone())).unwrap_or_default()
    }
}

fn is_paid_out(loan: &Loan) -> bool {
    loan.servicing.state.disbursed_on().is_some()
}

fn expected(row: &Row, installment: &Installment) -> Explanation {
    let (number, due_date) = (installment.number, installment.due_date);
    Explanation {
        figure: Figure::InstallmentInterest { number, due_date },
        amount: Exact::from_amount(installment.expected.interest),
        working: row.working.clone(),
        counting: row.counting,
        entries: in_order(row.entries.clone()),
    }
}

pub(super) fn in_order(mut entries: Vec<i64>) -> Vec<i64> {
    entries.sort_unstable();
    entries.dedup();
    entries
}

/// Interest that becomes a balance: what is left of the expected, or what has grown of it.
fn applied(loan: &Loan, on: Date, applied: &[InstallmentPart], cause: InterestCause) -> Working {
    let is_by_day = matches!(cause, InterestCause::Request | InterestCause::Locking);
    let is_ahead = is_by_day || cause == InterestCause::EarlyPayment;
    let is_over =
        |part: &InstallmentPart| usize::try_from(part.number).is_ok_and(|number| number <= loan.closed());
    // Late interest that has found its place is asked for by a row whose time is over.
    let is_placed =
        loan.closed() < loan.servicing.installments.len() && !is_by_day && applied.iter().all(is_over);
    if loan.terms.is_dynamic() && is_ahead && !is_placed {
        return dynamic::applied(loan, on, applied, cause);
    }
    if is_by_day && let Some((parts, less)) = grown(loan, on) {
        return Working::Sum { parts, rounding: Some(Rounding::Down), less: vec![less] };
    }
    let rows = applied.iter().filter_map(|part| {
        loan.servicing.installments.iter().find(|installment| installment.number == part.number)
    });
    let (mut parts, mut less) = (Vec::new(), Vec::new());
    for row in rows {
        let (base, amount) = (Base::ExpectedInterest(row.number), row.expected.interest);
        parts.push(Part { base, amount, rate: None, period: None, share: None });
        if !row.interest_applied.is_zero() {
            less.push(Less::AppliedBefore { number: row.number, amount: row.interest_applied });
        }
    }
    let before = Working::Sum { parts, rounding: None, less };
    // Of a row that a lock holds back, only the late interest that came to it.
    let amount: Amount = applied.iter().map(|part| part.part.interest).sum();
    let left = before.result() - Exact::from_amount(amount);
    if !is_placed || left <= Exact::ZERO {
        return before;
    }
    let changes = vec![Change::NotTaken { amount: left.round(Rounding::Down) }];
    Working::Changed { before: Box::new(before), changes }
}

/// What has grown of the interest of the running installment: what it expects of its own × days gone
/// ÷ days of its period, less what was applied of it. Interest that it carries for others does not
/// grow, and installments that were added only to carry have no time.
fn grown(loan: &Loan, on: Date) -> Option<(Vec<Part>, Less)> {
    let LoanState::Active { disbursed_on, .. } = loan.servicing.state else { return None };
    let moved = |row: &Installment| loan.servicing.course.moved_to(row.due_date);
    let has_time = |row: &&Installment| !moved(row).is_some_and(|moved| moved.is_added);
    let installments: Vec<&Installment> = loan.servicing.installments.iter().filter(has_time).collect();
    let index = installments.iter().position(|installment| installment.due_date > on)?;
    let row = installments[index];
    let carried = loan.servicing.course.carried_interest(row);
    let through = i64::from(loan.terms.accrues_through_due_date);
    let from = if index == 0 { disbursed_on } else { installments[index - 1].due_date };
    // Through the due dates both ends lie a day later, but not the beginning of the loan.
    let first_day = if index == 0 { through } else { 0 };
    let days = |to: Date| i128::from(days_between(from, to) + first_day);
    let later = |date: Date, days: i64| date.checked_add(jiff::Span::new().days(days)).unwrap_or(Date::MAX);
    let begins = if index == 0 { from } else { later(from, through) };
    let part = |base: Base, amount: Amount| Part {
        base,
        amount,
        rate: None,
        period: Some((begins, later(on, through))),
        share: Some(Fraction { numerator: days(on), denominator: days(row.due_date) }),
    };
    let mut parts = vec![part(Base::ExpectedInterest(row.number), row.expected.interest)];
    if !carried.is_zero() {
        parts.push(part(Base::CarriedInterest(row.number), -carried));
    }
    Some((parts, Less::AppliedBefore { number: row.number, amount: row.interest_applied - carried }))
}

/// Interest that has grown by a day and is no balance yet, exact, with the number of the installment
/// that it belongs to.
pub fn accrued_exact(loan: &Loan, on: Date) -> Option<(u32, Exact)> {
    if loan.terms.is_dynamic() {
        let found = dynamic::accrued(loan, on)?;
        let Figure::AccruedInterest { number, .. } = found.figure else { return None };
        return Some((number, found.amount));
    }
    accrued(loan, on).map(|(installment, exact)| (installment.number, exact))
}
