//! Between the words of the contract and those of the book. Pure: what is read here was checked by
//! the tables.

use jiff::Timestamp;
use loam_app::serviced::ServicedLoan;
use loam_book::partner::SealedText;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::performance::{
    ApplicationType, LoanStatus, LoanType, PaymentMode, PaymentStatus, PaymentType, PerformanceLoan,
    PerformancePayment,
};
use loam_book::reporting::performance_report::{PerformanceLoanReport, PerformancePaymentReport, Said};

use super::validation::{Object, Value, day, flag, instant, integer};
use super::wire;

const CHECKED: &str = "the rules of the attribute were checked";

/// A loan that is shown, whoever tells of it: the book's own loans can be told in the same values.
#[derive(Debug, Clone)]
pub(super) struct ShownLoan {
    pub(super) customer_id: String,
    pub(super) loan_id: String,
    pub(super) told: PerformanceLoan,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl ShownLoan {
    /// A reported loan; none when it was told in the words of another contract.
    pub(super) fn of_report(customer_id: &str, loan: ReportedLoan) -> Option<ShownLoan> {
        Some(ShownLoan {
            customer_id: customer_id.to_owned(),
            told: loan.performance()?.clone(),
            loan_id: loan.id,
            created_at: loan.created_at,
            updated_at: loan.last_modified_at,
        })
    }

    /// A loan of the book, as it would be reported.
    pub(super) fn of_book(customer_id: &str, serviced: &ServicedLoan) -> ShownLoan {
        ShownLoan {
            customer_id: customer_id.to_owned(),
            loan_id: serviced.loan.id.clone(),
            told: serviced.told().performance(),
            created_at: serviced.loan.created_at,
            updated_at: serviced.loan.last_modified_at,
        }
    }

    pub(super) fn to_wire(&self) -> wire::Loan {
        let told = &self.told;
        wire::Loan {
            customer_id: self.customer_id.clone(),
            loan_id: self.loan_id.clone(),
            lead_id: told.lead_id,
            management_system_id: told.management_system_id,
            application_type: told.application_type.map(ApplicationType::name),
            loan_type: told.loan_type.map(LoanType::name),
            loan_status: told.status.name(),
            loan_amount: told.loan_amount,
            funded_amount: told.funded_amount,
            first_payment_date: told.first_payment_date.map(|date| date.to_string()),
            applied_at: shown(told.applied_at),
            esigned_at: told.esigned_at.map(shown),
            withdrawn_at: told.withdrawn_at.map(shown),
            originated_at: told.originated_at.map(shown),
            is_lead_loan: told.is_lead_loan,
            origination: told.origination().name(),
            payment_count: told.payments.len(),
            anomalies: told.anomalies.iter().map(wire_of_anomaly).collect(),
            created_at: shown(self.created_at),
            updated_at: shown(self.updated_at),
        }
    }

    /// The payments, in the order in which they were first told.
    pub(super) fn payments(&self) -> impl Iterator<Item = wire::Payment> {
        self.told.payments.iter().map(|payment| wire_of_payment(&self.loan_id, payment))
    }
}

/// The loan that comes with a new customer: the one for which the lead was bought. Members that the
/// contract does not name here say nothing.
pub(super) fn lead_loan(object: &Object<'_>) -> PerformanceLoanReport {
    PerformanceLoanReport {
        loan_id: required(object, "loan_id", text),
        lead_id: said(object, "lead_id", integer),
        management_system_id: None,
        application_type: said(object, "application_type", |word| ApplicationType::from_name(&text(word)?)),
        loan_type: said(object, "loan_type", |word| LoanType::from_name(&text(word)?)),
        loan_status: said(object, "loan_status", |word| LoanStatus::from_name(&text(word)?)),
        loan_amount: required(object, "loan_amount", integer),
        funded_amount: said(object, "funded_amount", integer),
        first_payment_date: said(object, "first_payment_date", day),
        applied_at: required(object, "applied_at", instant),
        esigned_at: None,
        withdrawn_at: None,
        originated_at: None,
        is_lead_loan: Some(true),
        payments: Vec::new(),
    }
}

/// A loan of a known customer.
pub(super) fn loan(object: &Object<'_>) -> PerformanceLoanReport {
    PerformanceLoanReport {
        management_system_id: said(object, "management_system_id", integer),
        esigned_at: said(object, "esigned_at", instant),
        withdrawn_at: said(object, "withdrawn_at", instant),
        originated_at: said(object, "originated_at", instant),
        is_lead_loan: None,
        ..lead_loan(object)
    }
}

/// A loan of a batch with its payments.
pub(super) fn batch_loan(
    object: &Object<'_>,
    payments: Vec<PerformancePaymentReport>,
) -> PerformanceLoanReport {
    PerformanceLoanReport {
        is_lead_loan: Some(required(object, "is_lead_loan", flag)),
        payments,
        ..loan(object)
    }
}

/// A payment. The bank account number goes no further than `seal`.
pub(super) fn payment(object: &Object<'_>, seal: impl Fn(&str) -> SealedText) -> PerformancePaymentReport {
    PerformancePaymentReport {
        payment_id: required(object, "payment_id", text),
        lead_id: said(object, "lead_id", integer),
        management_system_id: said(object, "management_system_id", integer),
        amount: said(object, "payment_amount", integer),
        payment_type: said(object, "payment_type", |word| PaymentType::from_name(&text(word)?)),
        payment_mode: said(object, "payment_mode", |word| PaymentMode::from_name(&text(word)?)),
        payment_status: said(object, "payment_status", |word| PaymentStatus::from_name(&text(word)?)),
        principal: said(object, "principal", integer),
        interest: said(object, "interest", integer),
        fees: said(object, "fees", integer),
        bank_routing_number: said(object, "bank_routing_number", text),
        bank_account_number: said(object, "bank_account_number", |number| Some(seal(&text(number)?))),
        return_code: said(object, "return_code", text),
        returned_at: said(object, "returned_at", instant),
        fail_code: said(object, "fail_code", text),
        failed_at: said(object, "failed_at", instant),
        payment_at: said(object, "payment_at", instant),
    }
}

fn wire_of_payment(loan_id: &str, payment: &PerformancePayment) -> wire::Payment {
    wire::Payment {
        loan_id: loan_id.to_owned(),
        payment_id: payment.payment_id.clone(),
        payment_amount: payment.amount,
        payment_type: payment.payment_type.map(PaymentType::name),
        payment_mode: payment.payment_mode.map(PaymentMode::name),
        payment_status: payment.payment_status.map(PaymentStatus::name),
        principal: payment.principal,
        interest: payment.interest,
        fees: payment.fees,
        bank_routing_number: payment.bank_routing_number.clone(),
        bank_account_number: payment.bank_account_number.as_ref().map(|number| number.masked.clone()),
        return_code: payment.return_code.clone(),
        returned_at: payment.returned_at.map(shown),
        fail_code: payment.fail_code.clone(),
        failed_at: payment.failed_at.map(shown),
        payment_at: payment.payment_at.map(shown),
    }
}

fn wire_of_anomaly(anomaly: &loam_book::reporting::performance::Anomaly) -> wire::Anomaly {
    wire::Anomaly { kind: anomaly.kind.name(), note: anomaly.note.clone(), at: shown(anomaly.at) }
}

/// An instant as the contract writes it: UTC, no fraction.
pub(super) fn shown(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A text that must have been given.
pub(super) fn required_text(object: &Object<'_>, name: &str) -> String {
    required(object, name, text)
}

/// What is said of a member: nothing, null, or a value.
pub(super) fn said<T>(object: &Object<'_>, name: &str, read: impl Fn(&Value<'_>) -> Option<T>) -> Said<T> {
    match object.get(name)? {
        Value::Null => Some(None),
        value @ (Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Object(_)) => {
            Some(Some(read(value).expect(CHECKED)))
        }
    }
}

fn required<T>(object: &Object<'_>, name: &str, read: impl Fn(&Value<'_>) -> Option<T>) -> T {
    said(object, name, read).flatten().expect(CHECKED)
}

pub(super) fn text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
