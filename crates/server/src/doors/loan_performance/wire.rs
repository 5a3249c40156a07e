//! The names of the contract. What the door takes is described here and read by the tables in
//! `fields.rs`; what it shows is made of the values of the book.

use serde::Serialize;
use utoipa::ToSchema;

use super::validation::Errors;

/// The body of most errors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::Message)]
pub(super) struct Message {
    pub(super) message: String,
}

/// The body of an answer to what was sent wrongly.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::Invalid)]
pub(super) struct Invalid {
    pub(super) message: String,
    /// Sentences by attribute; nested attributes are dotted.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<String>>)]
    pub(super) errors: Errors,
}

/// What is shown stands in `data`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::Data)]
pub(super) struct Data<T> {
    pub(super) data: T,
}

/// Null; with `Prefer: return=representation` what is known now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::Upserted)]
pub(super) struct Upserted<T>(pub(super) Option<Data<T>>);

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::Paged)]
pub(super) struct Paged<T> {
    pub(super) data: Vec<T>,
    pub(super) links: Links,
    pub(super) meta: Meta,
}

/// Where the parts beside this one are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::Links)]
pub(super) struct Links {
    /// Always null: a list that is walked by cursors does not know it.
    pub(super) first: Option<String>,
    /// Always null.
    pub(super) last: Option<String>,
    pub(super) prev: Option<String>,
    pub(super) next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::Meta)]
pub(super) struct Meta {
    pub(super) path: String,
    pub(super) per_page: i64,
    pub(super) next_cursor: Option<String>,
    pub(super) prev_cursor: Option<String>,
}

/// A customer and the loan with which the customer came.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: bodies are read by their tables")]
#[schema(as = loan_performance::CustomerReport)]
pub(super) struct CustomerReport {
    #[schema(max_length = 255)]
    customer_id: String,
    lead_loan: LeadLoanReport,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: bodies are read by their tables")]
#[schema(as = loan_performance::LeadLoanReport)]
pub(super) struct LeadLoanReport {
    #[schema(max_length = 255)]
    loan_id: String,
    lead_id: i64,
    /// `New`, `Returning` or `Refinanced`.
    application_type: Option<String>,
    /// `Payday`, `Installment` or `Line Of Credit`.
    loan_type: Option<String>,
    /// As in `LoanReport`.
    loan_status: Option<String>,
    /// Cents.
    #[schema(minimum = 0)]
    loan_amount: i64,
    /// Cents.
    #[schema(minimum = 0)]
    funded_amount: Option<i64>,
    #[schema(format = Date)]
    first_payment_date: Option<String>,
    #[schema(format = DateTime)]
    applied_at: String,
}

/// A loan. Optional members that are left out stay as they are known; null clears them.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: bodies are read by their tables")]
#[schema(as = loan_performance::LoanReport)]
pub(super) struct LoanReport {
    #[schema(max_length = 255)]
    loan_id: String,
    /// Required where `management_system_id` is not given.
    lead_id: Option<i64>,
    /// Required where `lead_id` is not given.
    management_system_id: Option<i64>,
    /// `New`, `Returning` or `Refinanced`.
    application_type: Option<String>,
    /// `Payday`, `Installment` or `Line Of Credit`.
    loan_type: Option<String>,
    /// `Pending`, `Expired`, `Withdrawn`, `Denied`, `Approved`, `Originated`, `Reversed`, `Past Due`,
    /// `Written Off`, `Current` or `Paid In Full`.
    loan_status: Option<String>,
    /// Cents.
    #[schema(minimum = 0)]
    loan_amount: i64,
    /// Cents.
    #[schema(minimum = 0)]
    funded_amount: Option<i64>,
    #[schema(format = Date)]
    first_payment_date: Option<String>,
    #[schema(format = DateTime)]
    applied_at: String,
    #[schema(format = DateTime)]
    esigned_at: Option<String>,
    #[schema(format = DateTime)]
    withdrawn_at: Option<String>,
    #[schema(format = DateTime)]
    originated_at: Option<String>,
}

/// A payment. Optional members that are left out stay as they are known; null clears them.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: bodies are read by their tables")]
#[schema(as = loan_performance::PaymentReport)]
pub(super) struct PaymentReport {
    /// May be left out where the path names the loan.
    #[schema(max_length = 255)]
    loan_id: String,
    /// Required where `management_system_id` is not given.
    lead_id: Option<i64>,
    /// Required where `lead_id` is not given.
    management_system_id: Option<i64>,
    #[serde(flatten)]
    payment: BatchPayment,
}

/// A payment inside a loan of a batch.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: bodies are read by their tables")]
#[schema(as = loan_performance::BatchPayment)]
pub(super) struct BatchPayment {
    #[schema(max_length = 255)]
    payment_id: String,
    /// Cents, like the other amounts.
    #[schema(minimum = 0)]
    payment_amount: Option<i64>,
    /// `Funding Payment`, `First Payment`, `Payment`, `Additional Payment`, `Makeup Payment`, `Payoff`
    /// or `Other`.
    payment_type: Option<String>,
    /// `ACH`, `ACH Collection`, `Cashier Check`, `Personal Check`, `Cash`, `Credit Card`, `Debit Card`,
    /// `Money Order`, `Money Gram`, `Loan Transfer`, `Wire Transfer`, `Western Union` or `Other`.
    payment_mode: Option<String>,
    /// `Pending`, `Paid`, `Partially Paid`, `Late`, `Returned`, `Failed` or `Other`.
    payment_status: Option<String>,
    #[schema(minimum = 0)]
    principal: Option<i64>,
    #[schema(minimum = 0)]
    interest: Option<i64>,
    #[schema(minimum = 0)]
    fees: Option<i64>,
    #[schema(max_length = 255)]
    bank_routing_number: Option<String>,
    /// Kept encrypted; shown with all but its last digits masked.
    #[schema(max_length = 255)]
    bank_account_number: Option<String>,
    #[schema(max_length = 255)]
    return_code: Option<String>,
    /// Required where `return_code` is given.
    #[schema(format = DateTime)]
    returned_at: Option<String>,
    #[schema(max_length = 255)]
    fail_code: Option<String>,
    /// Required where `fail_code` is given.
    #[schema(format = DateTime)]
    failed_at: Option<String>,
    #[schema(format = DateTime)]
    payment_at: Option<String>,
}

/// Customers with everything that is known of their loans.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: bodies are read by their tables")]
#[schema(as = loan_performance::BatchReport)]
pub(super) struct BatchReport {
    #[schema(min_items = 1, max_items = 1000)]
    customers: Vec<BatchCustomer>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: bodies are read by their tables")]
#[schema(as = loan_performance::BatchCustomer)]
pub(super) struct BatchCustomer {
    #[schema(max_length = 255)]
    customer_id: String,
    #[schema(min_items = 1)]
    loans: Vec<BatchLoan>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: bodies are read by their tables")]
#[schema(as = loan_performance::BatchLoan)]
pub(super) struct BatchLoan {
    #[serde(flatten)]
    loan: LoanReport,
    is_lead_loan: bool,
    payments: Option<Vec<BatchPayment>>,
}

/// What became of a batch, for those who ask with `Prefer: return=representation`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::BatchResult)]
pub(super) struct BatchResult {
    /// Customers of whom at least one loan was taken.
    pub(super) processed: usize,
    pub(super) skipped: Vec<Skipped>,
}

/// A customer that was left out, wholly or in part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::Skipped)]
pub(super) struct Skipped {
    /// The place in `customers`, from 0.
    pub(super) index: usize,
    #[schema(value_type = std::collections::BTreeMap<String, Vec<String>>)]
    pub(super) errors: Errors,
}

/// A customer as he or she is known.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = loan_performance::Customer)]
pub(super) struct Customer {
    pub(super) customer_id: String,
    /// The loan for which the lead was bought.
    pub(super) lead_loan: Option<Loan>,
    pub(super) loan_count: u32,
    #[schema(format = DateTime)]
    pub(super) created_at: String,
    #[schema(format = DateTime)]
    pub(super) updated_at: String,
}

/// A loan as it is known. Payments are listed apart.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = loan_performance::Loan)]
pub(super) struct Loan {
    pub(super) customer_id: String,
    pub(super) loan_id: String,
    pub(super) lead_id: Option<i64>,
    pub(super) management_system_id: Option<i64>,
    pub(super) application_type: Option<&'static str>,
    pub(super) loan_type: Option<&'static str>,
    pub(super) loan_status: &'static str,
    pub(super) loan_amount: i64,
    pub(super) funded_amount: Option<i64>,
    #[schema(format = Date)]
    pub(super) first_payment_date: Option<String>,
    #[schema(format = DateTime)]
    pub(super) applied_at: String,
    #[schema(format = DateTime)]
    pub(super) esigned_at: Option<String>,
    #[schema(format = DateTime)]
    pub(super) withdrawn_at: Option<String>,
    #[schema(format = DateTime)]
    pub(super) originated_at: Option<String>,
    pub(super) is_lead_loan: bool,
    /// `Originated` or `Not Originated`: follows from status and dates.
    pub(super) origination: &'static str,
    pub(super) payment_count: usize,
    /// What was odd about reports and was taken all the same, oldest first.
    pub(super) anomalies: Vec<Anomaly>,
    #[schema(format = DateTime)]
    pub(super) created_at: String,
    #[schema(format = DateTime)]
    pub(super) updated_at: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = loan_performance::Anomaly)]
pub(super) struct Anomaly {
    /// `status_anomaly`, `date_anomaly`, `amount_anomaly` or `lead_anomaly`.
    pub(super) kind: &'static str,
    pub(super) note: String,
    #[schema(format = DateTime)]
    pub(super) at: String,
}

/// A payment as it is known.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = loan_performance::Payment)]
pub(super) struct Payment {
    pub(super) loan_id: String,
    pub(super) payment_id: String,
    pub(super) payment_amount: Option<i64>,
    pub(super) payment_type: Option<&'static str>,
    pub(super) payment_mode: Option<&'static str>,
    pub(super) payment_status: Option<&'static str>,
    pub(super) principal: Option<i64>,
    pub(super) interest: Option<i64>,
    pub(super) fees: Option<i64>,
    pub(super) bank_routing_number: Option<String>,
    /// All but the last four characters masked; of a short number, all of it.
    pub(super) bank_account_number: Option<String>,
    pub(super) return_code: Option<String>,
    #[schema(format = DateTime)]
    pub(super) returned_at: Option<String>,
    pub(super) fail_code: Option<String>,
    #[schema(format = DateTime)]
    pub(super) failed_at: Option<String>,
    #[schema(format = DateTime)]
    pub(super) payment_at: Option<String>,
}

/// Whom a dry run is about, and how far it looks back.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: bodies are read by their tables")]
#[schema(as = loan_performance::DryRun)]
pub(super) struct DryRun {
    /// Nine digits. Required where `email` is not given.
    #[schema(pattern = "^[0-9]{9}$")]
    social_security_number: Option<String>,
    /// Required where `social_security_number` is not given.
    email: Option<String>,
    /// Days, or false: not looked at. Left out: all time.
    #[schema(value_type = Option<i64>, minimum = 0)]
    previously_purchased_lookback_window: Option<i64>,
    /// Days, or false: not looked at. Left out: 3.
    #[schema(value_type = Option<i64>, minimum = 0)]
    underwriting_cost_lookback_window: Option<i64>,
}

/// Whether a lead would pass.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = loan_performance::DryRunResult)]
pub(super) struct DryRunResult {
    /// False: somebody with this number or address was bought or underwritten before.
    pub(super) pass: bool,
}

/// Columns of a lead, by their map ids.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = loan_performance::Lead)]
pub(super) struct Lead {
    /// The lead id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) m1: Option<i64>,
    /// The account id; null where none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(super) m2: Option<Option<String>>,
}
