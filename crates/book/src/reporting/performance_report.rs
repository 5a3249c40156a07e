//! What reports in the words of the loan performance contract say, and what they make of a loan.
//! A member that is left out keeps what is known, an explicit null clears it. Nothing here refuses:
//! what is odd is noted with the loan.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::partner::SealedText;
use crate::reporting::performance::{
    Anomaly, AnomalyKind, ApplicationType, LoanStatus, LoanType, PaymentMode, PaymentStatus, PaymentType,
    PerformanceLoan, PerformancePayment,
};

/// A loan keeps the latest of its oddities.
const MOST_ANOMALIES: usize = 50;
/// The most payments that are kept with one loan.
pub const MOST_PAYMENTS: usize = 5_000;

/// What a report says about an optional member: nothing (keep), null (clear), or a value.
pub type Said<T> = Option<Option<T>>;

/// A report about a loan. Amounts are cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PerformanceLoanReport {
    pub loan_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_id: Said<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management_system_id: Said<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Said<ApplicationType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loan_type: Said<LoanType>,
    /// Null puts the status back to Pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loan_status: Said<LoanStatus>,
    pub loan_amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funded_amount: Said<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_payment_date: Said<Date>,
    pub applied_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub esigned_at: Said<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Said<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub originated_at: Said<Timestamp>,
    /// Whether the loan is the one for which the lead was bought; `None` keeps what is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_lead_loan: Option<bool>,
    /// Payments that are told together with the loan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<PerformancePaymentReport>,
}

/// A report about a payment. Amounts are cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PerformancePaymentReport {
    pub payment_id: String,
    /// By which the reporter knows the loan; only compared with what is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_id: Said<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management_system_id: Said<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Said<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_type: Said<PaymentType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_mode: Said<PaymentMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_status: Said<PaymentStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Said<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interest: Said<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees: Said<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_routing_number: Said<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account_number: Said<SealedText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_code: Said<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned_at: Said<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_code: Said<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_at: Said<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_at: Said<Timestamp>,
}

impl PerformanceLoanReport {
    /// The report with its bank account numbers only masked.
    #[must_use]
    pub fn without_sealed(&self) -> PerformanceLoanReport {
        let mut report = self.clone();
        report.payments.iter_mut().for_each(PerformancePaymentReport::forget_sealed);
        report
    }
}

impl PerformancePaymentReport {
    /// The report with the bank account number only masked.
    #[must_use]
    pub fn without_sealed(&self) -> PerformancePaymentReport {
        let mut report = self.clone();
        report.forget_sealed();
        report
    }

    fn forget_sealed(&mut self) {
        if let Some(Some(number)) = &mut self.bank_account_number {
            number.sealed.clear();
        }
    }
}

impl PerformanceLoan {
    /// A loan as its first report, of the instant `at`, tells it.
    pub fn first(report: &PerformanceLoanReport, at: Timestamp) -> PerformanceLoan {
        let mut loan = PerformanceLoan {
            lead_id: None,
            management_system_id: None,
            application_type: None,
            loan_type: None,
            status: LoanStatus::Pending,
            status_said: false,
            loan_amount: report.loan_amount,
            funded_amount: None,
            first_payment_date: None,
            applied_at: report.applied_at,
            esigned_at: None,
            withdrawn_at: None,
            originated_at: None,
            is_lead_loan: false,
            payments: Vec::new(),
            anomalies: Vec::new(),
        };
        loan.take(report);
        loan.note_all(&[], at);
        loan.take_payments(report, at);
        loan
    }

    /// Takes in a later report; what is odd about it is noted.
    pub fn update(&mut self, report: &PerformanceLoanReport, at: Timestamp) {
        let (status_before, known) = (self.status, self.oddities());
        self.take(report);
        if let Some(note) = step_note(status_before, self.status) {
            self.note(at, AnomalyKind::Status, note);
        }
        self.note_all(&known, at);
        self.take_payments(report, at);
    }

    fn take(&mut self, report: &PerformanceLoanReport) {
        set(&mut self.lead_id, &report.lead_id);
        set(&mut self.management_system_id, &report.management_system_id);
        set(&mut self.application_type, &report.application_type);
        set(&mut self.loan_type, &report.loan_type);
        if let Some(status) = report.loan_status {
            self.status = status.unwrap_or(LoanStatus::Pending);
            self.status_said = status.is_some();
        }
        self.loan_amount = report.loan_amount;
        set(&mut self.funded_amount, &report.funded_amount);
        set(&mut self.first_payment_date, &report.first_payment_date);
        self.applied_at = report.applied_at;
        set(&mut self.esigned_at, &report.esigned_at);
        set(&mut self.withdrawn_at, &report.withdrawn_at);
        set(&mut self.originated_at, &report.originated_at);
        self.is_lead_loan = report.is_lead_loan.unwrap_or(self.is_lead_loan);
    }

    fn take_payments(&mut self, report: &PerformanceLoanReport, at: Timestamp) {
        let known = self.payments.iter().enumerate();
        let mut places: HashMap<String, usize> =
            known.map(|(place, payment)| (payment.payment_id.clone(), place)).collect();
        for payment in &report.payments {
            let place = places.get(&payment.payment_id).copied();
            places.entry(payment.payment_id.clone()).or_insert(self.payments.len());
            self.put_payment(payment, place, at);
        }
    }

    /// Takes in a report about the payment with its id. True when the payment is new.
    pub fn take_payment(&mut self, report: &PerformancePaymentReport, at: Timestamp) -> bool {
        let place = self.payments.iter().position(|known| known.payment_id == report.payment_id);
        self.put_payment(report, place, at)
    }

    /// `place` is where the payment stands, if it is known.
    fn put_payment(
        &mut self,
        report: &PerformancePaymentReport,
        place: Option<usize>,
        at: Timestamp,
    ) -> bool {
        if let Some(place) = place {
            self.payments[place].take(report);
            return false;
        }
        let mut payment = PerformancePayment::named(&report.payment_id);
        payment.take(report);
        self.payments.push(payment);
        let named = report.lead_id.flatten();
        if let Some((named, lead_id)) = named.zip(self.lead_id).filter(|(named, known)| named != known) {
            let id = &report.payment_id;
            let note = format!("payment {id} names lead {named}, and the loan is of lead {lead_id}");
            self.note(at, AnomalyKind::Lead, note);
        }
        true
    }

    /// What is odd about the loan as it stands.
    fn oddities(&self) -> Vec<Oddity> {
        let withdrawn_and_originated = self.withdrawn_at.is_some() && self.originated_at.is_some();
        let is_more = self.funded_amount.is_some_and(|funded| funded > self.loan_amount);
        let has_date = self.originated_at.is_some();
        let all = [
            (is_more, Oddity::FundedMoreThanLent),
            (withdrawn_and_originated, Oddity::WithdrawnAndOriginated),
            (has_date && !was_originated(self.status), Oddity::OriginatedTooEarly),
            (!has_date && was_originated(self.status), Oddity::NoOrigination),
        ];
        all.into_iter().filter_map(|(holds, oddity)| holds.then_some(oddity)).collect()
    }

    /// Notes what is odd now and was not among what was known: a report told twice brings no second
    /// note.
    fn note_all(&mut self, known: &[Oddity], at: Timestamp) {
        for oddity in self.oddities().into_iter().filter(|oddity| !known.contains(oddity)) {
            let (kind, note) = oddity.described(self);
            self.note(at, kind, note);
        }
    }

    fn note(&mut self, at: Timestamp, kind: AnomalyKind, note: String) {
        self.anomalies.push(Anomaly { at, kind, note });
        let surplus = self.anomalies.len().saturating_sub(MOST_ANOMALIES);
        self.anomalies.drain(..surplus);
    }
}

impl PerformancePayment {
    /// A payment of which only the id is known.
    fn named(payment_id: &str) -> PerformancePayment {
        PerformancePayment {
            payment_id: payment_id.to_owned(),
            amount: None,
            payment_type: None,
            payment_mode: None,
            payment_status: None,
            principal: None,
            interest: None,
            fees: None,
            bank_routing_number: None,
            bank_account_number: None,
            return_code: None,
            returned_at: None,
            fail_code: None,
            failed_at: None,
            payment_at: None,
        }
    }

    fn take(&mut self, report: &PerformancePaymentReport) {
        set(&mut self.amount, &report.amount);
        set(&mut self.payment_type, &report.payment_type);
        set(&mut self.payment_mode, &report.payment_mode);
        set(&mut self.payment_status, &report.payment_status);
        set(&mut self.principal, &report.principal);
        set(&mut self.interest, &report.interest);
        set(&mut self.fees, &report.fees);
        set(&mut self.bank_routing_number, &report.bank_routing_number);
        set(&mut self.bank_account_number, &report.bank_account_number);
        set(&mut self.return_code, &report.return_code);
        set(&mut self.returned_at, &report.returned_at);
        set(&mut self.fail_code, &report.fail_code);
        set(&mut self.failed_at, &report.failed_at);
        set(&mut self.payment_at, &report.payment_at);
    }
}

/// What can be odd about a loan as it stands; a step from one status to the next is not among it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Oddity {
    FundedMoreThanLent,
    WithdrawnAndOriginated,
    OriginatedTooEarly,
    NoOrigination,
}

impl Oddity {
    fn described(self, loan: &PerformanceLoan) -> (AnomalyKind, String) {
        let status = loan.status.name();
        match self {
            Oddity::FundedMoreThanLent => {
                let (funded, lent) = (loan.funded_amount.unwrap_or_default(), loan.loan_amount);
                (AnomalyKind::Amounts, format!("funded amount {funded} is more than loan amount {lent}"))
            }
            Oddity::WithdrawnAndOriginated => {
                (AnomalyKind::Dates, "the loan has both withdrawn_at and originated_at".to_owned())
            }
            Oddity::OriginatedTooEarly => {
                (AnomalyKind::Dates, format!("the loan is {status} and has originated_at"))
            }
            Oddity::NoOrigination => {
                (AnomalyKind::Dates, format!("the loan is {status} and has no originated_at"))
            }
        }
    }
}

fn set<T: Clone>(kept: &mut Option<T>, said: &Said<T>) {
    if let Some(value) = said {
        kept.clone_from(value);
    }
}

/// What is noted of a status that follows another.
fn step_note(before: LoanStatus, next: LoanStatus) -> Option<String> {
    if !may_follow(before, next) {
        return Some(format!("{} was reported after {}", next.name(), before.name()));
    }
    // Allowed, but the contract calls only a loan that never defaulted paid in full.
    let is_recovered = (before, next) == (LoanStatus::WrittenOff, LoanStatus::PaidInFull);
    is_recovered.then(|| "the loan was paid in full after it had been written off".to_owned())
}

/// Whether a report of `next` is to be expected after `before`. Reporters may skip steps, so what
/// can be reached over several is expected too.
pub fn may_follow(before: LoanStatus, next: LoanStatus) -> bool {
    use LoanStatus::{
        Approved, Current, Denied, Expired, Originated, PaidInFull, PastDue, Pending, Reversed, Withdrawn,
        WrittenOff,
    };
    if before == next {
        return true;
    }
    match before {
        Pending => true,
        Approved => next != Pending,
        Originated | Current | PastDue => {
            [Current, PastDue, PaidInFull, WrittenOff, Reversed].contains(&next)
        }
        WrittenOff => next == PaidInFull,
        Expired | Withdrawn | Denied | Reversed | PaidInFull => false,
    }
}

/// Whether a loan of this status was paid out.
fn was_originated(status: LoanStatus) -> bool {
    match status {
        LoanStatus::Originated
        | LoanStatus::Reversed
        | LoanStatus::PastDue
        | LoanStatus::WrittenOff
        | LoanStatus::Current
        | LoanStatus::PaidInFull => true,
        LoanStatus::Pending
        | LoanStatus::Expired
        | LoanStatus::Withdrawn
        | LoanStatus::Denied
        | LoanStatus::Approved => false,
    }
}

#[cfg(test)]
pub(crate) mod tests;
