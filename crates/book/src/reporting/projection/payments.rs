//! The movements of a serviced loan as payments: one for each disbursement and each repayment that
//! somebody made.
//!
//! A back-dated fact posts the repayments after it again, as new transactions. Outside that is the
//! same payment with another split, so it keeps the id of its first transaction; only what somebody
//! took back is returned. What a payment is called follows from the loan as its own log entry left
//! it: what happens later changes the word only by posting the payment again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::loan::event::{Entry, Event, InstallmentPart, Placed, Refolded, Step};
use crate::loan::log::{Effective, fold_steps};
use crate::loan::{Closure, Installment, Loan, apply::apply_step};
use crate::reporting::performance::{PaymentStatus, PaymentType};

/// A disbursement or a repayment as it counts now, or as it was taken back.
#[derive(Debug)]
pub(super) struct Payment {
    /// The first transaction as which it was served.
    pub(super) id: i64,
    pub(super) value_date: Date,
    /// Of a disbursement the cash: without the fee that was kept.
    pub(super) amount: Amount,
    /// Of a repayment, on what it fell.
    pub(super) split: Option<Components>,
    pub(super) kind: PaymentType,
    pub(super) status: PaymentStatus,
    pub(super) returned_at: Option<Timestamp>,
}

/// The payments that a log tells of.
#[derive(Debug, Default)]
pub(super) struct Payments {
    by_id: BTreeMap<i64, Payment>,
    /// Which log entry changed which payment.
    changes: Vec<(i64, i64)>,
}

impl Payments {
    pub(super) fn of(history: &[Entry]) -> Payments {
        let mut walk = Walk::default();
        history.iter().for_each(|entry| walk.take(entry));
        walk.payments
    }

    /// All of them, those that were taken back included, in the order of their ids.
    pub(super) fn all(&self) -> impl Iterator<Item = &Payment> {
        self.by_id.values()
    }

    pub(super) fn disbursements(&self) -> impl Iterator<Item = &Payment> {
        self.all().filter(|payment| payment.kind == PaymentType::FundingPayment)
    }

    /// The ids of those that log entries after `seq` changed.
    pub(super) fn changed_after(&self, seq: i64) -> BTreeSet<i64> {
        self.changes.iter().filter(|(changed_by, _)| *changed_by > seq).map(|(_, id)| *id).collect()
    }

    fn tell(&mut self, payment: Payment, seq: i64) {
        self.changes.push((seq, payment.id));
        self.by_id.insert(payment.id, payment);
    }

    fn return_payment(&mut self, id: i64, entry: &Entry) {
        if let Some(payment) = self.by_id.get_mut(&id) {
            payment.status = PaymentStatus::Returned;
            payment.returned_at = Some(entry.stamp.recorded_at);
            self.changes.push((entry.seq, id));
        }
    }
}

/// A log on the way through it: the steps that count so far and the loan that they make.
#[derive(Default)]
struct Walk<'a> {
    steps: Vec<Effective<'a>>,
    loan: Option<Loan>,
    /// Transactions that were posted again, with the first ones of their payments.
    first_ids: BTreeMap<i64, i64>,
    /// The last payment that left nothing to pay.
    payoff: Option<i64>,
    payments: Payments,
}

impl<'a> Walk<'a> {
    fn take(&mut self, entry: &'a Entry) {
        let Event::Refolded { refolded } = &entry.step.event else {
            self.follow(&entry.step, entry);
            return self.tell(&entry.step, entry.seq);
        };
        for reversal in refolded.reversals.iter().filter(|reversal| reversal.is_requested) {
            self.payments.return_payment(self.first_id(reversal.original), entry);
        }
        for (id, before) in posted_again(refolded) {
            self.first_ids.insert(id, self.first_id(before));
        }
        self.steps.truncate(refolded.kept);
        self.loan = fold_steps(&self.steps);
        for placed in &refolded.tail {
            self.follow(placed.step(), entry);
            if let Placed::New(step) = placed {
                self.tell(step, entry.seq);
            }
        }
    }

    fn first_id(&self, transaction_id: i64) -> i64 {
        self.first_ids.get(&transaction_id).copied().unwrap_or(transaction_id)
    }

    fn follow(&mut self, step: &'a Step, entry: &'a Entry) {
        self.steps.push(Effective { step, stamp: &entry.stamp });
        match &mut self.loan {
            Some(loan) => apply_step(loan, step, &entry.stamp),
            None => self.loan = fold_steps(&self.steps),
        }
    }

    /// Tells what the step that was just followed means for payments.
    fn tell(&mut self, step: &Step, seq: i64) {
        match &step.event {
            Event::Disbursed { posted, amount, capitalized_fee, fees, carried_over, paid_off, .. } => {
                let carried_over = carried_over.map_or(Amount::ZERO, |carried_over| carried_over.amount)
                    + paid_off.iter().map(|paid| paid.amount).sum();
                let kept: Amount = fees.iter().map(|fee| fee.amount).sum();
                let payment = Payment {
                    id: posted.transaction_id,
                    value_date: step.value_date,
                    amount: *amount - *capitalized_fee - kept - carried_over,
                    split: None,
                    kind: PaymentType::FundingPayment,
                    status: PaymentStatus::Paid,
                    returned_at: None,
                };
                self.payments.tell(payment, seq);
            }
            Event::Repaid { posted, parts, .. } => {
                let id = self.first_id(posted.transaction_id);
                let (kind, status) = self.words(step.value_date, parts);
                if kind == PaymentType::Payoff {
                    self.payoff = Some(id);
                }
                // What was too much is kept for the borrower and pays nothing of the loan.
                let split: Components = parts.iter().map(|part| part.part).sum();
                let payment = Payment {
                    id,
                    value_date: step.value_date,
                    amount: split.total(),
                    split: Some(split),
                    kind,
                    status,
                    returned_at: None,
                };
                self.payments.tell(payment, seq);
            }
            // The payment that closed the loan is told again with the closing and the opening.
            Event::Closed { closure: Closure::Repaid, .. } | Event::Reopened { .. } => {
                self.payments.changes.extend(self.payoff.map(|id| (seq, id)));
            }
            Event::Created { .. }
            | Event::Edited { .. }
            | Event::ApprovalRequested { .. }
            | Event::Approved { .. }
            | Event::ApprovalUndone { .. }
            | Event::InterestApplied { .. }
            | Event::ScheduleChanged { .. }
            | Event::RateChanged { .. }
            | Event::RateReviewed
            | Event::InterestPaused { .. }
            | Event::TranchesSet { .. } | Event::DisbursementPlanned { .. }
            | Event::TrancheExpected { .. }
            | Event::Redrawn { .. }
            | Event::FeeCharged { .. }
            | Event::PenaltyApplied { .. }
            | Event::PenaltyAccrued { .. }
            | Event::ChargeForgone { .. }
            | Event::FeeIncomeRecognized { .. }
            | Event::ArrearsChanged { .. }
            | Event::Locked { .. }
            | Event::Unlocked { .. }
            | Event::WrittenOff { .. }
            // No money came in.
            | Event::Waived { .. }
            | Event::ScheduleEdited { .. }
            | Event::ChargeReduced { .. }
            | Event::Restructured { .. }
            // It repays nothing of what the feeds show as owed.
            | Event::Recovered { .. }
            | Event::Closed { .. }
            | Event::GuaranteesSet { .. } | Event::FundsSet { .. } | Event::FundsPaidIn { .. } | Event::FundsTraded { .. } | Event::SettlementAccountsSet { .. } | Event::LineOfCreditSet { .. } | Event::FundsShared { .. } | Event::PremiumShared { .. } | Event::Refolded { .. } => {}
        }
    }

    /// The words for the repayment that was just followed.
    fn words(&self, day: Date, parts: &[InstallmentPart]) -> (PaymentType, PaymentStatus) {
        let Some(loan) = &self.loan else { unreachable!("a repayment follows the creation of its loan") };
        if loan.servicing.is_paid() {
            return (PaymentType::Payoff, PaymentStatus::Paid);
        }
        let installments = &loan.servicing.installments;
        let touched = |row: &&Installment| parts.iter().any(|part| part.number == row.number);
        let touched: Vec<&Installment> = installments.iter().filter(touched).collect();
        let is_repayment = |effective: &&Effective<'_>| matches!(effective.step.event, Event::Repaid { .. });
        let is_first = self.steps.iter().filter(is_repayment).count() == 1;
        let kind = if is_first { PaymentType::FirstPayment } else { kind(day, &touched) };
        (kind, status(day, installments, &touched))
    }
}

/// Each repayment that a refold posted again without being asked to, with the one before it. Facts
/// are decided again in their order, behind the fact for whose sake it is done.
fn posted_again(refolded: &Refolded) -> Vec<(i64, i64)> {
    let repaid = |step: &Step| {
        let Event::Repaid { posted, .. } = &step.event else { return None };
        Some(posted.transaction_id)
    };
    let before = refolded.reversals.iter().filter(|reversal| !reversal.is_requested);
    let before = before.filter_map(|reversal| repaid(&reversal.step));
    // Reversals stand with the latest first.
    let after = refolded.tail.iter().rev().filter_map(|placed| repaid(placed.step()));
    after.zip(before).collect()
}

/// Makes up for what was missed, comes before anything is due, or is an ordinary one.
fn kind(day: Date, touched: &[&Installment]) -> PaymentType {
    if touched.iter().all(|row| row.due_date < day) {
        PaymentType::MakeupPayment
    } else if touched.iter().all(|row| row.due_date > day) {
        PaymentType::AdditionalPayment
    } else {
        PaymentType::Payment
    }
}

/// Late when it paid for a day that was over, however much. Otherwise partial when it leaves unpaid
/// something that is due, or, where nothing was due, something of what it began to pay.
fn status(day: Date, installments: &[Installment], touched: &[&Installment]) -> PaymentStatus {
    if touched.iter().any(|row| row.due_date < day) {
        return PaymentStatus::Late;
    }
    let leaves_due = installments.iter().any(|row| row.due_date <= day && !row.is_paid());
    let is_ahead = touched.iter().all(|row| row.due_date > day);
    let leaves_begun = is_ahead && touched.iter().any(|row| !row.is_paid());
    if leaves_due || leaves_begun { PaymentStatus::PartiallyPaid } else { PaymentStatus::Paid }
}
