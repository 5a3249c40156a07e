//! Applies what happened to a loan. Never fails: an event is a fact. Only adds and sets.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::loan::course::{Course, Pause, RateFrom};
use crate::loan::custom_payment::{self, CustomPayment};
use crate::loan::dynamic::Running;
use crate::loan::event::charge::LockCause;
use crate::loan::event::{Entry, Event, InstallmentPart, Opening, Stamp, Step};
use crate::loan::rescheduling::{MovedInterest, ScheduleChange};
use crate::loan::restructuring::PaidOff;
use crate::loan::{Closure, Installment, Loan, LoanState, Servicing};

/// The loan that an opening entry begins.
pub fn open(opening: &Opening, stamp: &Stamp) -> Loan {
    let state = if opening.is_partial { LoanState::PartialApplication } else { LoanState::PendingApproval };
    Loan {
        key: opening.key,
        part: opening.part,
        account_no: opening.account_no,
        id: opening.id.clone(),
        version: 0,
        holder: opening.holder,
        name: opening.name.clone(),
        notes: opening.notes.clone(),
        assignment: opening.assignment,
        terms: opening.terms.clone(),
        servicing: Servicing::before_disbursement(state),
        created_at: stamp.recorded_at,
        last_modified_at: stamp.recorded_at,
        approved_at: None,
        last_appraised_at: None,
        closed_at: None,
    }
}

/// Applies one entry of the log to the loan that the entries before it make.
pub fn apply(loan: &mut Loan, entry: &Entry) {
    if let Event::Refolded { refolded } = &entry.step.event {
        let was_closed = matches!(loan.servicing.state, LoanState::Closed { .. });
        loan.servicing = refolded.result.clone();
        match loan.servicing.state {
            LoanState::Closed { .. } if was_closed => {}
            LoanState::Closed { .. } => loan.closed_at = Some(entry.stamp.recorded_at),
            LoanState::PartialApplication
            | LoanState::PendingApproval
            | LoanState::Approved { .. }
            | LoanState::Active { .. } => loan.closed_at = None,
        }
    } else {
        apply_step(loan, &entry.step, &entry.stamp);
    }
    loan.version = entry.seq;
    loan.last_modified_at = entry.stamp.recorded_at;
}

/// Other terms make another schedule, unless the one that was agreed is kept.
fn edit(loan: &mut Loan, event: &Event) {
    let Event::Edited { terms, name, notes, assignment, keeps_schedule } = event else { return };
    if loan.terms != **terms && !keeps_schedule && !loan.servicing.state.is_active() {
        loan.servicing.course.agreed_schedule.clear();
        loan.servicing.course.set_dates.clear();
    }
    loan.terms = terms.as_ref().clone();
    loan.name.clone_from(name);
    loan.notes.clone_from(notes);
    loan.assignment = *assignment;
}

/// Applies one effective step.
pub fn apply_step(loan: &mut Loan, step: &Step, stamp: &Stamp) {
    // Once a loan was paid out, every step has its place in the order of value dates.
    if let Some(latest) = &mut loan.servicing.latest_value_date {
        *latest = step.value_date.max(*latest);
    }
    match &step.event {
        Event::Created { .. } => {}
        Event::Edited { .. } => edit(loan, &step.event),
        Event::ApprovalRequested { .. } => loan.servicing.state = LoanState::PendingApproval,
        Event::Approved { .. } => {
            (loan.approved_at, loan.last_appraised_at) = (Some(stamp.recorded_at), Some(stamp.recorded_at));
            loan.servicing.state =
                LoanState::Approved { approved_on: step.value_date, approved_by: stamp.actor };
        }
        Event::ApprovalUndone { .. } => {
            loan.approved_at = None;
            loan.servicing.state = LoanState::PendingApproval;
        }
        Event::Closed { is_idle: true, .. } => {}
        Event::Closed { closure, successor, .. } => {
            loan.closed_at = Some(stamp.recorded_at);
            loan.servicing.course.successor = successor.or(loan.servicing.course.successor);
            loan.servicing.close(step.value_date, *closure);
        }
        Event::Reopened { .. } => {
            loan.closed_at = None;
            loan.servicing.reopen();
        }
        Event::WrittenOff { .. } | Event::Restructured { .. } => {
            loan.closed_at = Some(stamp.recorded_at);
            apply_servicing(&mut loan.servicing, step);
        }
        Event::GuaranteesSet { .. }
        | Event::FundsSet { .. }
        | Event::FundsPaidIn { .. }
        | Event::SettlementAccountsSet { .. }
        | Event::LineOfCreditSet { .. } => loan.servicing.course.set_whole(&step.event),
        Event::FundsTraded { traded } => loan.servicing.course.trade(traded),
        Event::FundsShared { shares } => {
            shares.iter().for_each(|share| loan.servicing.course.share(share));
        }
        Event::PremiumShared { cause, shares } => {
            shares.iter().for_each(|share| loan.servicing.course.share_premium(*cause, share));
        }
        Event::ScheduleEdited { .. } => loan.servicing.edit_schedule(&step.event),
        Event::Disbursed { .. }
        | Event::InterestApplied { .. }
        | Event::Repaid { .. }
        | Event::ScheduleChanged { .. }
        | Event::RateChanged { .. }
        | Event::RateReviewed
        | Event::InterestPaused { .. }
        | Event::TranchesSet { .. }
        | Event::TrancheExpected { .. }
        | Event::DisbursementPlanned { .. }
        | Event::Redrawn { .. }
        | Event::FeeCharged { .. }
        | Event::PenaltyApplied { .. }
        | Event::PenaltyAccrued { .. }
        | Event::ChargeForgone { .. }
        | Event::FeeIncomeRecognized { .. }
        | Event::ArrearsChanged { .. }
        | Event::Recovered { .. }
        | Event::Waived { .. }
        | Event::ChargeReduced { .. }
        | Event::Locked { .. }
        | Event::Unlocked { .. } => {
            apply_servicing(&mut loan.servicing, step);
        }
        Event::Refolded { .. } => unreachable!("a refold is an entry, never an effective step"),
    }
}

/// Applies a step that moves balances or the schedule.
pub(super) fn apply_servicing(servicing: &mut Servicing, step: &Step) {
    let date = step.value_date;
    if servicing.state.disbursed_on().is_some() || matches!(step.event, Event::Disbursed { .. }) {
        servicing.latest_value_date = servicing.latest_value_date.max(Some(date));
    }
    match &step.event {
        Event::Disbursed { .. } => servicing.disburse(&step.event, date),
        Event::InterestApplied { amount, parts, .. } => {
            servicing.apply_interest(*amount, parts, date);
        }
        Event::Repaid { amount, parts, custom, .. } => {
            servicing.pay_fees(parts, custom.as_deref());
            servicing.pay_all(*amount, parts, date);
        }
        Event::ScheduleChanged { .. }
        | Event::RateChanged { .. }
        | Event::RateReviewed
        | Event::InterestPaused { .. }
        | Event::TranchesSet { .. }
        | Event::TrancheExpected { .. }
        | Event::DisbursementPlanned { .. }
        | Event::Redrawn { .. } => servicing.set_course(&step.event, date),
        Event::FeeCharged { .. }
        | Event::PenaltyApplied { .. }
        | Event::PenaltyAccrued { .. }
        | Event::ChargeForgone { .. }
        | Event::FeeIncomeRecognized { .. }
        | Event::ChargeReduced { .. } => servicing.set_charges(&step.event, date),
        Event::Recovered { amount, .. } => servicing.course.recovered += *amount,
        Event::Waived { parts, .. } => parts.iter().for_each(|part| servicing.waive(part, date)),
        Event::ArrearsChanged { late_since, arrears_since, arrears_on } => {
            servicing.course.charges.arrears_on = *arrears_on;
            servicing.set_lateness(*late_since, *arrears_since);
        }
        Event::Locked { cause, .. } => servicing.lock(*cause, date),
        Event::Unlocked { .. } => servicing.unlock(date),
        Event::Restructured { successor, written_off, carried_over, .. } => {
            servicing.outstanding -= *written_off + *carried_over;
            servicing.course.successor = Some(*successor);
            servicing.close(date, successor.kind.closure());
        }
        Event::WrittenOff { amount, .. } => {
            servicing.outstanding -= *amount;
            servicing.close(date, Closure::WrittenOff);
        }
        Event::Created { .. }
        | Event::Edited { .. }
        | Event::ApprovalRequested { .. }
        | Event::Approved { .. }
        | Event::ApprovalUndone { .. }
        | Event::Closed { .. }
        | Event::Reopened { .. }
        | Event::ScheduleEdited { .. }
        | Event::GuaranteesSet { .. }
        | Event::FundsSet { .. }
        | Event::FundsPaidIn { .. }
        | Event::FundsTraded { .. }
        | Event::SettlementAccountsSet { .. }
        | Event::LineOfCreditSet { .. }
        | Event::FundsShared { .. }
        | Event::PremiumShared { .. }
        | Event::Refolded { .. } => unreachable!("{} moves no balance", step.event.name()),
    }
}

impl Servicing {
    /// The servicing side of a loan that was never paid out.
    pub fn before_disbursement(state: LoanState) -> Servicing {
        Servicing {
            state,
            outstanding: Components::default(),
            paid: Components::default(),
            installments: Vec::new(),
            late_since: None,
            arrears_since: None,
            last_set_to_arrears_on: None,
            last_interest_applied_on: None,
            last_locked_on: None,
            unlocked_on: None,
            latest_value_date: None,
            course: Course::default(),
        }
    }

    fn disburse(&mut self, event: &Event, on: Date) {
        let Event::Disbursed {
            posted,
            amount,
            installments,
            fees,
            carried_over,
            paid_off,
            tranche,
            first_due_date,
            ..
        } = event
        else {
            return;
        };
        let origin = carried_over.map(|carried_over| carried_over.origin);
        let origin = origin.or_else(|| paid_off.first().map(PaidOff::origin));
        self.course.origin = origin.or(self.course.origin);
        self.course.paid_off.extend(paid_off);
        self.course.first_due_date = first_due_date.or(self.course.first_due_date);
        self.course.disburse_tranche(*tranche, posted.transaction_id);
        self.begin(*amount, installments, on);
        self.note_disbursed(fees, on);
    }

    fn begin(&mut self, amount: Amount, installments: &[Installment], on: Date) {
        self.outstanding.principal += amount;
        if self.state.is_active() {
            return;
        }
        let LoanState::Approved { approved_on, approved_by } = self.state else {
            unreachable!("only an approved loan is paid out, not one that is {}", self.state.name());
        };
        self.installments = installments.to_vec();
        let lock_cause = LockCause::Request;
        self.state =
            LoanState::Active { approved_on, approved_by, disbursed_on: on, is_locked: false, lock_cause };
    }

    fn set_lateness(&mut self, late_since: Option<Date>, arrears_since: Option<Date>) {
        if self.arrears_since.is_none() && arrears_since.is_some() {
            self.last_set_to_arrears_on = arrears_since;
        }
        self.late_since = late_since;
        self.arrears_since = arrears_since;
    }

    /// Sets what only the course of a loan knows.
    fn set_course(&mut self, event: &Event, date: Date) {
        if let Event::ScheduleChanged { installments, running, .. } = event {
            self.go_on(installments, running);
        } else if let Event::RateChanged { rate, is_derived, .. } = event {
            self.course.set_rate(RateFrom { from: date, rate: *rate });
            if *is_derived {
                self.course.reviewed_on = Some(date);
            }
        } else if let Event::RateReviewed = event {
            self.course.reviewed_on = Some(date);
        } else if let Event::InterestPaused { from, until, .. } = event {
            self.course.pause(Pause { from: from.unwrap_or(date), to: *until });
        } else if let Event::TranchesSet { tranches } = event {
            self.course.tranches.clone_from(tranches);
        } else if let Event::TrancheExpected { tranche, .. } = event {
            self.course.remind_of_tranche(*tranche);
        } else if let Event::DisbursementPlanned { plan } = event {
            self.course.disbursement_plan.clone_from(plan);
        } else if let Event::Redrawn { amount, .. } = event {
            self.course.overpaid -= *amount;
        }
    }

    /// Sets rows and interest of a dynamic loan.
    fn go_on(&mut self, installments: &[Installment], running: &Running) {
        for row in installments {
            // The row after the last one is new: a bill was cut off what is open.
            let is_new =
                usize::try_from(row.number).is_ok_and(|number| number == self.installments.len() + 1);
            if is_new {
                self.installments.push(row.clone());
            } else {
                *self.installment_mut(row.number) = row.clone();
            }
        }
        self.course.closed = running.closed;
        self.course.carried = running.carried;
        self.course.principal.clone_from(&running.principal);
        self.course.overdue.clone_from(&running.overdue);
    }

    /// Of interest that is added to the principal the parts are principal.
    fn apply_interest(&mut self, amount: Amount, parts: &[InstallmentPart], on: Date) {
        let principal = parts.iter().map(|part| part.part).sum::<Components>().principal;
        self.outstanding.principal += principal;
        self.course.capitalized_interest += principal;
        self.outstanding.interest += amount - principal;
        self.last_interest_applied_on = Some(on);
        for part in parts {
            self.installment_mut(part.number).interest_applied += part.part.interest;
        }
    }

    /// What is more than the parts is paid too much.
    fn pay_all(&mut self, amount: Amount, parts: &[InstallmentPart], on: Date) {
        parts.iter().for_each(|part| self.pay(part, on));
        self.course.overpaid += amount - parts.iter().map(|part| part.part.total()).sum();
    }

    pub(super) fn pay(&mut self, part: &InstallmentPart, on: Date) {
        self.outstanding -= part.part;
        self.paid += part.part;
        let installment = self.installment_mut(part.number);
        installment.paid += part.part;
        installment.last_paid_on = Some(on);
        installment.repaid_on = installment.is_paid().then_some(on);
    }

    fn edit_schedule(&mut self, event: &Event) {
        let Event::ScheduleEdited { change, installments, moved, kept_principal, set_dates, .. } = event
        else {
            return;
        };
        if matches!(**change, ScheduleChange::Calendar { .. }) {
            return self.follow_calendar(installments, moved, kept_principal);
        }
        self.course.set_dates.clone_from(set_dates);
        self.reschedule(installments, moved, kept_principal);
    }

    /// Of each installment the oldest fees are paid, unless the payment names others.
    fn pay_fees(&mut self, parts: &[InstallmentPart], custom: Option<&CustomPayment>) {
        let owed = &mut self.course.owed_fees;
        match custom {
            Some(custom) => custom.fees.iter().for_each(|fee| {
                custom_payment::add(owed, custom_payment::OwedFee { amount: -fee.amount, ..*fee });
            }),
            None => parts.iter().for_each(|part| custom_payment::take_off(owed, part.number, part.part.fees)),
        }
    }

    /// A loan that is not paid out has no rows yet; they wait for the disbursement.
    fn reschedule(&mut self, installments: &[Installment], moved: &[MovedInterest], kept: &[Date]) {
        self.course.kept_principal = kept.to_vec();
        self.course.is_custom = true;
        if self.state.is_active() {
            self.follow_rows(installments);
            let course = &mut self.course;
            course.owed_fees = custom_payment::follow(&course.owed_fees, &self.installments, installments);
            self.installments = installments.to_vec();
            self.course.moved = moved.to_vec();
        } else {
            self.course.agreed_schedule = installments.to_vec();
        }
    }

    /// Rows keep their numbers, and all that hangs on them: only dates are others.
    fn follow_calendar(&mut self, installments: &[Installment], moved: &[MovedInterest], kept: &[Date]) {
        self.installments = installments.to_vec();
        self.course.moved = moved.to_vec();
        self.course.kept_principal = kept.to_vec();
    }

    fn lock(&mut self, cause: LockCause, on: Date) {
        self.last_locked_on = Some(on);
        if cause == LockCause::Arrears {
            self.course.charges.locked_for = self.arrears_since;
        }
        self.set_locked(true, cause);
    }

    fn unlock(&mut self, on: Date) {
        self.unlocked_on = Some(on);
        self.set_locked(false, LockCause::Request);
    }

    fn set_locked(&mut self, locked: bool, cause: LockCause) {
        if let LoanState::Active { is_locked, lock_cause, .. } = &mut self.state {
            *is_locked = locked;
            *lock_cause = cause;
        }
    }

    fn close(&mut self, closed_on: Date, closure: Closure) {
        let before = Box::new(self.state.clone());
        self.state = LoanState::Closed { closed_on, closure, before };
    }

    fn reopen(&mut self) {
        if let LoanState::Closed { before, .. } = &self.state {
            self.state = before.as_ref().clone();
        }
    }

    /// The installment with this number; events name only installments that exist.
    pub(super) fn installment_mut(&mut self, number: u32) -> &mut Installment {
        let index = usize::try_from(number).expect("a number of an installment fits") - 1;
        let installment = &mut self.installments[index];
        assert_eq!(installment.number, number, "installments stand in the order of their numbers");
        installment
    }
}
