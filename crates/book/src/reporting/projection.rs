//! A loan of this book in the words of the feeds: what somebody who reports it would say today.
//! The same values that reports leave, so doors show both alike and targets are told either.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use loam_calc::allocation::Components;
use loam_calc::calendar::{Calendar, PeriodUnit};
use loam_calc::money::Amount;

use crate::loan::event::{Entry, Event, InstallmentPart, Placed, Step};
use crate::loan::transaction::{LoanTransaction, TransactionKind, transactions};
use crate::loan::{Installment, Loan, LoanState};
use crate::reporting::performance::{
    ApplicationType, LoanType, PaymentMode, PaymentStatus, PaymentType, PerformanceLoan, PerformancePayment,
};
use crate::reporting::repayment_data::{
    InstallmentStatus, LoanRepaymentStatus, RepaidInstallment, RepaymentLoan, TenureInterval,
};
use crate::vocabulary::{Facts, Standing};

/// The return code of a payment that was taken back in this book.
pub const REVERSED: &str = "REVERSED";

/// A serviced loan, read with its whole log.
#[derive(Debug)]
pub struct Serviced<'a> {
    loan: &'a Loan,
    business_date: Date,
    calendar: &'a Calendar,
    /// Whether the holder had no loan before this one.
    is_first: bool,
    transactions: Vec<LoanTransaction>,
    /// What each repayment fell on.
    parts: BTreeMap<i64, Vec<InstallmentPart>>,
    applied_on: Date,
}

impl<'a> Serviced<'a> {
    /// The loan as `history`, its log, made it.
    pub fn new(
        loan: &'a Loan,
        history: &[Entry],
        (business_date, calendar): (Date, &'a Calendar),
        is_first: bool,
    ) -> Serviced<'a> {
        let mut all: Vec<LoanTransaction> =
            history.iter().flat_map(|entry| transactions(loan, entry)).collect();
        let reversals: BTreeMap<i64, i64> =
            all.iter().filter_map(|by| by.reverses.map(|original| (original, by.id))).collect();
        for transaction in &mut all {
            transaction.reversed_by = reversals.get(&transaction.id).copied();
        }
        let parts = history.iter().flat_map(steps_of).filter_map(repaid_parts).collect();
        let applied_on = history.first().map_or(business_date, |entry| entry.stamp.booking_date);
        Serviced { loan, business_date, calendar, is_first, transactions: all, parts, applied_on }
    }

    /// Where the loan stands.
    pub fn standing(&self) -> Standing {
        Facts::of(self.loan, self.disbursement_undone(), self.business_date).standing()
    }

    fn disbursements(&self) -> impl Iterator<Item = &LoanTransaction> {
        self.transactions.iter().filter(|t| t.kind == TransactionKind::Disbursement)
    }

    fn disbursement_undone(&self) -> bool {
        self.disbursements().next().is_some() && self.disbursements().all(|t| t.reversed_by.is_some())
    }

    /// In the words of the loan performance contract. Amounts are minor units of the loan's
    /// currency; days become instants at midnight UTC.
    pub fn performance(&self) -> PerformanceLoan {
        let standing = self.standing();
        let disbursed = self.disbursements().last();
        let is_withdrawn = matches!(standing, Standing::Withdrawn | Standing::Lapsed);
        let single = self.loan.terms.installment_count == 1;
        PerformanceLoan {
            lead_id: None,
            management_system_id: None,
            application_type: Some(if self.is_first {
                ApplicationType::New
            } else {
                ApplicationType::Returning
            }),
            loan_type: Some(if single { LoanType::Payday } else { LoanType::Installment }),
            status: standing.words().loan_status,
            loan_amount: self.loan.terms.amount.minor(),
            funded_amount: disbursed.map(|transaction| transaction.amount.minor()),
            first_payment_date: self.due_dates().first().copied(),
            applied_at: self.loan.created_at,
            esigned_at: self.loan.approved_at,
            withdrawn_at: if is_withdrawn { self.loan.closed_at } else { None },
            originated_at: disbursed.map(|transaction| midnight(transaction.value_date)),
            is_lead_loan: false,
            payments: self.payments(),
            anomalies: Vec::new(),
        }
    }

    /// The ids of payments that log entries after `seq` brought or took back.
    pub fn payments_after(&self, seq: i64) -> Vec<String> {
        let later = self.transactions.iter().filter(|transaction| transaction.seq > seq);
        let ids = later.map(|transaction| transaction.reverses.unwrap_or(transaction.id));
        let ids: std::collections::BTreeSet<i64> = ids.collect();
        ids.into_iter().map(|id| id.to_string()).collect()
    }

    /// In the words of the repayment data contract.
    pub fn repayment_data(&self) -> RepaymentLoan {
        let words = self.standing().words();
        let (tenure_value, tenure_interval) = self.tenure();
        let last_due = self.due_dates().last().copied().unwrap_or(self.business_date);
        let settled_on = match self.loan.state() {
            LoanState::Closed { closed_on, .. } if is_settled(words.repayment_status) => Some(*closed_on),
            LoanState::PartialApplication
            | LoanState::PendingApproval
            | LoanState::Approved { .. }
            | LoanState::Active { .. }
            | LoanState::Closed { .. } => None,
        };
        let granted_on = self.loan.state().disbursed_on();
        let installments = &self.loan.servicing.installments;
        RepaymentLoan {
            loan_reference_id: self.loan.id.clone(),
            // A disbursement may be dated back before the day on which the loan was entered.
            application_date: granted_on.map_or(self.applied_on, |granted| granted.min(self.applied_on)),
            date_loan_was_granted: granted_on,
            application_status: words.application_status,
            amount: self.loan.terms.amount,
            currency: self.loan.terms.currency,
            tenure_value,
            tenure_interval,
            total_installments: self.loan.terms.installment_count.max(count(installments)),
            installment_repayments: installments.iter().map(repaid).collect(),
            loan_repayment_status: words.repayment_status,
            date_last_installment_is_due: last_due,
            date_loan_is_settled: settled_on,
        }
    }

    /// The due dates; of a loan that is not paid out, those that it would have if it were paid out as
    /// expected, or else on the day on which it was applied for: they do not change from day to day.
    fn due_dates(&self) -> Vec<Date> {
        let installments = &self.loan.servicing.installments;
        if !installments.is_empty() {
            return installments.iter().map(|installment| installment.due_date).collect();
        }
        let terms = &self.loan.terms;
        let from = terms.expected_disbursement_on.unwrap_or(self.applied_on);
        let expected = terms.schedule(from, self.calendar).unwrap_or_default();
        expected.iter().map(|installment| installment.due_date).collect()
    }

    /// How long the loan runs: installments times the period between them.
    fn tenure(&self) -> (u32, TenureInterval) {
        let terms = &self.loan.terms;
        let (unit, months) = match terms.period.unit {
            PeriodUnit::Days => (TenureInterval::Days, 1),
            PeriodUnit::Weeks => (TenureInterval::Weeks, 1),
            PeriodUnit::Months => (TenureInterval::Months, 1),
            PeriodUnit::Years => (TenureInterval::Months, 12),
        };
        let periods = terms.period.count.saturating_mul(months);
        (terms.installment_count.saturating_mul(periods), unit)
    }

    /// Disbursements and repayments, those that were taken back included, in the order of their ids.
    fn payments(&self) -> Vec<PerformancePayment> {
        let mut paid: BTreeMap<u32, Components> = BTreeMap::new();
        let mut is_first = true;
        let mut all = Vec::new();
        for transaction in &self.transactions {
            match transaction.kind {
                TransactionKind::Disbursement => {
                    all.push(self.payment(transaction, PaymentType::FundingPayment, PaymentStatus::Paid));
                }
                TransactionKind::Repayment => {
                    let stands = transaction.reversed_by.is_none();
                    let kind = self.payment_type(transaction, is_first);
                    let status = self.payment_status(transaction, &mut paid);
                    all.push(self.payment(transaction, kind, status));
                    is_first &= !stands;
                }
                TransactionKind::DisbursementReversal
                | TransactionKind::RepaymentReversal
                | TransactionKind::Fee
                | TransactionKind::FeeReversal
                | TransactionKind::InterestApplied
                | TransactionKind::InterestAppliedReversal
                | TransactionKind::WriteOff
                | TransactionKind::WriteOffReversal
                | TransactionKind::InterestLocked
                | TransactionKind::FeeLocked
                | TransactionKind::PenaltyLocked
                | TransactionKind::InterestUnlocked
                | TransactionKind::FeeUnlocked
                | TransactionKind::PenaltyUnlocked => {}
            }
        }
        all
    }

    fn payment(
        &self,
        transaction: &LoanTransaction,
        kind: PaymentType,
        status: PaymentStatus,
    ) -> PerformancePayment {
        let reversal = transaction.reversed_by.and_then(|id| self.transactions.iter().find(|t| t.id == id));
        let is_repayment = kind != PaymentType::FundingPayment;
        let split = |amount: Amount| is_repayment.then_some(amount.minor());
        PerformancePayment {
            payment_id: transaction.id.to_string(),
            amount: Some(transaction.amount.minor()),
            payment_type: Some(kind),
            payment_mode: Some(PaymentMode::Other),
            payment_status: Some(if reversal.is_some() { PaymentStatus::Returned } else { status }),
            principal: split(transaction.split.principal),
            interest: split(transaction.split.interest),
            fees: split(transaction.split.fees + transaction.split.penalties),
            bank_routing_number: None,
            bank_account_number: None,
            return_code: reversal.map(|_| REVERSED.to_owned()),
            returned_at: reversal.map(|reversal| reversal.stamp.recorded_at),
            fail_code: None,
            failed_at: None,
            payment_at: Some(midnight(transaction.value_date)),
        }
    }

    fn parts(&self, transaction: &LoanTransaction) -> &[InstallmentPart] {
        self.parts.get(&transaction.id).map_or(&[], Vec::as_slice)
    }

    fn due_date(&self, number: u32) -> Option<Date> {
        self.loan.servicing.installments.iter().find(|i| i.number == number).map(|i| i.due_date)
    }

    /// Pays off, is the first, makes up for what was missed, or comes before anything is due.
    fn payment_type(&self, transaction: &LoanTransaction, is_first: bool) -> PaymentType {
        let is_repaid = is_settled(self.standing().words().repayment_status);
        let standing = |t: &&LoanTransaction| t.kind == TransactionKind::Repayment && t.reversed_by.is_none();
        let last = self.transactions.iter().rfind(standing).map(|t| t.id);
        let day = transaction.value_date;
        let mut due = self.parts(transaction).iter().filter_map(|part| self.due_date(part.number)).peekable();
        if is_repaid && last == Some(transaction.id) {
            return PaymentType::Payoff;
        }
        if is_first {
            return PaymentType::FirstPayment;
        }
        if due.peek().is_none() {
            return PaymentType::Payment;
        }
        let due: Vec<Date> = due.collect();
        if due.iter().all(|due| *due < day) {
            PaymentType::MakeupPayment
        } else if due.iter().all(|due| *due > day) {
            PaymentType::AdditionalPayment
        } else {
            PaymentType::Payment
        }
    }

    /// Late when it paid for a day that was over, partial when it left something of a due day unpaid.
    fn payment_status(
        &self,
        transaction: &LoanTransaction,
        paid: &mut BTreeMap<u32, Components>,
    ) -> PaymentStatus {
        let parts = self.parts(transaction);
        if transaction.reversed_by.is_none() {
            for part in parts {
                let sum = paid.entry(part.number).or_default();
                *sum += part.part;
            }
        }
        let day = transaction.value_date;
        let touched = parts.iter().filter_map(|part| {
            self.loan.servicing.installments.iter().find(|installment| installment.number == part.number)
        });
        let mut status = PaymentStatus::Paid;
        for installment in touched {
            if installment.due_date < day {
                return PaymentStatus::Late;
            }
            let so_far = paid.get(&installment.number).copied().unwrap_or_default();
            if installment.due_date == day && so_far.total() < installment.expected.total() {
                status = PaymentStatus::PartiallyPaid;
            }
        }
        status
    }
}

fn is_settled(status: LoanRepaymentStatus) -> bool {
    match status {
        LoanRepaymentStatus::Settled
        | LoanRepaymentStatus::SettledEarly
        | LoanRepaymentStatus::SettledLate => true,
        LoanRepaymentStatus::NotSettled | LoanRepaymentStatus::InProgress => false,
    }
}

/// The steps that an entry brought, in its own order.
fn steps_of(entry: &Entry) -> Vec<&Step> {
    let Event::Refolded { refolded } = &entry.step.event else { return vec![&entry.step] };
    let new = refolded.tail.iter().filter_map(|placed| match placed {
        Placed::New(step) => Some(step),
        Placed::Kept(_) => None,
    });
    new.collect()
}

fn repaid_parts(step: &Step) -> Option<(i64, Vec<InstallmentPart>)> {
    let Event::Repaid { posted, parts, .. } = &step.event else { return None };
    Some((posted.transaction_id, parts.clone()))
}

fn count(installments: &[Installment]) -> u32 {
    u32::try_from(installments.len()).expect("a loan has at most a few thousand installments")
}

/// An installment by the rules of the contract: due on D, paid on P.
fn repaid(installment: &Installment) -> RepaidInstallment {
    let (due, paid) = (installment.expected.total(), installment.paid.total());
    let date_paid = installment.repaid_on.or(installment.last_paid_on);
    let on_due_date = date_paid.map(|date| date.cmp(&installment.due_date));
    let status = if paid < due {
        if paid.is_zero() { InstallmentStatus::NotPaid } else { InstallmentStatus::IncompletePayment }
    } else {
        match on_due_date {
            Some(std::cmp::Ordering::Less) => InstallmentStatus::PaidEarly,
            Some(std::cmp::Ordering::Greater) => InstallmentStatus::PaidLate,
            Some(std::cmp::Ordering::Equal) | None => InstallmentStatus::FullyPaid,
        }
    };
    RepaidInstallment {
        due_date: installment.due_date,
        date_paid: if paid.is_zero() { None } else { date_paid },
        amount_due: due,
        amount_paid: Some(paid).filter(|paid| !paid.is_zero()),
        status,
    }
}

fn midnight(date: Date) -> Timestamp {
    let zoned = date.to_zoned(TimeZone::UTC).expect("every day of the book has a midnight in UTC");
    zoned.timestamp()
}
