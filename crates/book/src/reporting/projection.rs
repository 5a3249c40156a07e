//! A loan of this book in the words of the feeds: what somebody who reports it would say today.
//! The same values that reports leave, so doors show both alike and targets are told either.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use loam_calc::calendar::{Calendar, PeriodUnit};
use loam_calc::money::Amount;

use crate::loan::event::Entry;
use crate::loan::{Installment, Loan, LoanState};
use crate::reporting::performance::{
    ApplicationType, LoanType, PaymentMode, PerformanceLoan, PerformancePayment,
};
use crate::reporting::repayment_data::{
    InstallmentStatus, LoanRepaymentStatus, RepaidInstallment, RepaymentLoan, TenureInterval,
};
use crate::vocabulary::{Facts, Funding, Standing};

use self::payments::{Payment, Payments};

mod payments;

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
    funding: Funding,
    payments: Payments,
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
        let applied_on = history.first().map_or(business_date, |entry| entry.stamp.booking_date);
        let payments = Payments::of(history);
        Serviced {
            loan,
            business_date,
            calendar,
            is_first,
            funding: Funding::default(),
            payments,
            applied_on,
        }
    }

    /// With what the marketplace says about its money.
    #[must_use]
    pub fn funded(self, funding: Funding) -> Serviced<'a> {
        Serviced { funding, ..self }
    }

    /// Where the loan stands.
    pub fn standing(&self) -> Standing {
        let facts = Facts::of(self.loan, self.disbursement_undone(), self.business_date);
        Facts { funding: self.funding, ..facts }.standing()
    }

    fn disbursement_undone(&self) -> bool {
        let mut disbursements = self.payments.disbursements().peekable();
        disbursements.peek().is_some() && disbursements.all(|payment| payment.returned_at.is_some())
    }

    /// In the words of the loan performance contract. Amounts are minor units of the loan's
    /// currency; days become instants at midnight UTC.
    pub fn performance(&self) -> PerformanceLoan {
        let standing = self.standing();
        let disbursed = self.payments.disbursements().last();
        let is_withdrawn = standing == Standing::Withdrawn;
        let single = self.loan.terms.installment_count == 1;
        PerformanceLoan {
            lead_id: None,
            management_system_id: None,
            application_type: Some(self.application_type()),
            loan_type: Some(if single { LoanType::Payday } else { LoanType::Installment }),
            status: standing.words().loan_status,
            status_said: true,
            loan_amount: self.loan.terms.amount.minor(),
            funded_amount: disbursed.map(|payment| payment.amount.minor()),
            first_payment_date: self.due_dates().first().copied(),
            applied_at: self.loan.created_at,
            esigned_at: if is_signed(standing) { self.loan.approved_at } else { None },
            withdrawn_at: if is_withdrawn { self.loan.closed_at } else { None },
            originated_at: disbursed.map(|payment| midnight(payment.value_date)),
            is_lead_loan: false,
            payments: self.payments.all().map(performance_payment).collect(),
            anomalies: Vec::new(),
        }
    }

    /// A loan in the place of another one is told as such, also when it is the holder's first.
    fn application_type(&self) -> ApplicationType {
        match (self.loan.origin(), self.is_first) {
            (Some(_), _) => ApplicationType::Refinanced,
            (None, true) => ApplicationType::New,
            (None, false) => ApplicationType::Returning,
        }
    }

    /// The ids of payments that log entries after `seq` brought, changed or took back.
    pub fn payments_after(&self, seq: i64) -> Vec<String> {
        self.payments.changed_after(seq).into_iter().map(|id| id.to_string()).collect()
    }

    /// In the words of the repayment data contract.
    pub fn repayment_data(&self) -> RepaymentLoan {
        let words = self.standing().words();
        let (tenure_value, tenure_interval) = self.tenure();
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
            installment_repayments: installments.iter().map(|row| self.repaid(row, settled_on)).collect(),
            loan_repayment_status: words.repayment_status,
            date_last_installment_is_due: self.last_due_date(),
            date_loan_is_settled: settled_on,
        }
    }

    /// An installment by the rules of the contract: due on D, paid on P.
    fn repaid(&self, installment: &Installment, settled_on: Option<Date>) -> RepaidInstallment {
        let (due, paid) = (installment.expected.total(), installment.paid.total());
        let due_date = installment.due_date;
        if due.is_zero() && !self.loan.servicing.waived_of(installment.number).is_zero() {
            return fully_waived(due_date);
        }
        if due.is_zero() {
            return self.waived(due_date, settled_on);
        }
        let date_paid = installment.repaid_on.or(installment.last_paid_on);
        let status = if paid.is_zero() {
            InstallmentStatus::NotPaid
        } else if paid < due {
            InstallmentStatus::IncompletePayment
        } else {
            paid_status(date_paid.unwrap_or(due_date), due_date)
        };
        RepaidInstallment {
            due_date,
            date_paid: if paid.is_zero() { None } else { date_paid },
            amount_due: due,
            amount_paid: Some(paid).filter(|paid| !paid.is_zero()),
            status,
        }
    }

    /// An installment of which nothing is due: nobody pays it, so its due date pays it, or before
    /// that the settlement of the loan, with nothing.
    fn waived(&self, due_date: Date, settled_on: Option<Date>) -> RepaidInstallment {
        let day = settled_on.map_or(due_date, |settled_on| settled_on.min(due_date));
        let is_paid = day <= self.business_date;
        RepaidInstallment {
            due_date,
            date_paid: is_paid.then_some(day),
            amount_due: Amount::ZERO,
            amount_paid: is_paid.then_some(Amount::ZERO),
            status: if is_paid { paid_status(day, due_date) } else { InstallmentStatus::NotPaid },
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
        let before_the_first = terms.first_due_date.and_then(|first| first.yesterday().ok());
        let from = before_the_first.map_or(from, |latest| from.min(latest));
        let expected = terms.expected_schedule(from, self.calendar).unwrap_or_default();
        expected.iter().map(|installment| installment.due_date).collect()
    }

    /// The last due date; where the terms give none, the nearest that was agreed.
    fn last_due_date(&self) -> Date {
        let terms = &self.loan.terms;
        let agreed = terms.last_due_date.or(terms.first_due_date);
        self.due_dates().last().copied().or(agreed).unwrap_or(self.applied_on)
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
}

fn is_settled(status: LoanRepaymentStatus) -> bool {
    match status {
        LoanRepaymentStatus::Settled
        | LoanRepaymentStatus::SettledEarly
        | LoanRepaymentStatus::SettledLate => true,
        LoanRepaymentStatus::NotSettled | LoanRepaymentStatus::InProgress => false,
    }
}

fn count(installments: &[Installment]) -> u32 {
    u32::try_from(installments.len()).expect("a loan has at most a few thousand installments")
}

/// Whether the borrower's signature is told: from the day on which the loan is funded and approved.
fn is_signed(standing: Standing) -> bool {
    match standing {
        Standing::Draft
        | Standing::Submitted
        | Standing::Funding
        | Standing::Lapsed
        | Standing::UndoneAndPending => false,
        Standing::Funded
        | Standing::Withdrawn
        | Standing::Refused
        | Standing::PaidOut
        | Standing::Performing
        | Standing::Overdue
        | Standing::LateWithinTolerance
        | Standing::Matured
        | Standing::MaturedWithinTolerance
        | Standing::PayoffInHand
        | Standing::Repaid(_)
        | Standing::WrittenOff
        | Standing::Refinanced(_)
        | Standing::Rescheduled(_)
        | Standing::DisbursementUndone
        | Standing::UndoneAndClosed
        | Standing::UndoneAndRefused
        | Standing::ClaimRunning => true,
    }
}

fn performance_payment(payment: &Payment) -> PerformancePayment {
    let split = payment.split;
    PerformancePayment {
        payment_id: payment.id.to_string(),
        amount: Some(payment.amount.minor()),
        payment_type: Some(payment.kind),
        payment_mode: Some(PaymentMode::Other),
        payment_status: Some(payment.status),
        principal: split.map(|split| split.principal.minor()),
        interest: split.map(|split| split.interest.minor()),
        fees: split.map(|split| (split.fees + split.penalties).minor()),
        bank_routing_number: None,
        bank_account_number: None,
        return_code: payment.returned_at.map(|_| REVERSED.to_owned()),
        returned_at: payment.returned_at,
        fail_code: None,
        failed_at: None,
        payment_at: Some(midnight(payment.value_date)),
    }
}

/// How a payment on `paid_on` stands to its due date.
/// An installment of which a claim of the protection left nothing: it counts as paid at once, as of its due date, and
/// nobody paid it.
fn fully_waived(due_date: Date) -> RepaidInstallment {
    RepaidInstallment {
        due_date,
        date_paid: Some(due_date),
        amount_due: Amount::ZERO,
        amount_paid: Some(Amount::ZERO),
        status: InstallmentStatus::FullyPaid,
    }
}

fn paid_status(paid_on: Date, due_date: Date) -> InstallmentStatus {
    match paid_on.cmp(&due_date) {
        std::cmp::Ordering::Less => InstallmentStatus::PaidEarly,
        std::cmp::Ordering::Equal => InstallmentStatus::FullyPaid,
        std::cmp::Ordering::Greater => InstallmentStatus::PaidLate,
    }
}

/// Midnight at the beginning of the day; of a day beyond the last instant, that instant.
fn midnight(date: Date) -> Timestamp {
    let latest = if date < Date::ZERO { Timestamp::MIN } else { Timestamp::MAX };
    date.to_zoned(TimeZone::UTC).map_or(latest, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_without_a_midnight_becomes_the_nearest_instant() {
        assert_eq!(midnight(date(2012, 6, 28)).to_string(), "2012-06-28T00:00:00Z");
        assert_eq!(midnight(Date::MAX), Timestamp::MAX);
        assert_eq!(midnight(Date::MIN), Timestamp::MIN);
    }
}
