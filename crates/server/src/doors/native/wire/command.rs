//! What a command on a loan did, or would do, and what many payments did.

use serde::Serialize;
use utoipa::ToSchema;

use super::ErrorDetail;
use super::loan::{LoanRepayment, LoanStanding};

/// How a loan stands after a command.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::CommandDone)]
pub(crate) struct CommandDone {
    pub(crate) command: &'static str,
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    #[schema(format = Date)]
    pub(crate) business_date: String,
    pub(crate) after: LoanStanding,
    pub(crate) transactions: Vec<LoanMovement>,
}

/// What a command would do. Nothing of it was written.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::CommandPreview)]
pub(crate) struct CommandPreview {
    pub(crate) command: &'static str,
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    #[schema(format = Date)]
    pub(crate) business_date: String,
    pub(crate) before: LoanStanding,
    pub(crate) after: LoanStanding,
    /// The installments that would change, in the order of their numbers.
    pub(crate) repayments: Vec<ChangedRepayment>,
    /// What would be posted, with what the passing of days brings before it.
    pub(crate) transactions: Vec<LoanMovement>,
    pub(crate) transfers: Vec<JournalTransfer>,
}

/// An installment that would change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::ChangedRepayment)]
pub(crate) struct ChangedRepayment {
    pub(crate) index: u32,
    /// Left out: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<LoanRepayment>,
    /// Left out: there would be none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<LoanRepayment>,
}

/// A transaction of a loan. Amounts of a reversal are negative.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanMovement)]
pub(crate) struct LoanMovement {
    /// Left out of a preview: it has no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) encoded_key: Option<String>,
    /// Left out of a preview: it has no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_id: Option<i64>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[schema(format = Date)]
    pub(crate) value_date: String,
    #[schema(format = Date)]
    pub(crate) booking_date: String,
    pub(crate) amount: String,
    pub(crate) principal_paid: String,
    pub(crate) interest_paid: String,
    pub(crate) fees_paid: String,
    pub(crate) penalty_paid: String,
    /// Of a repayment that said itself what it pays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) custom_payment_amounts: Vec<PaidPart>,
    /// Outstanding principal after it.
    pub(crate) principal_balance: String,
    /// The installment that carries a fee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) installment: Option<u32>,
    /// The transaction that it takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reverses: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comment: Option<String>,
}

/// What a part of a repayment pays.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::CustomPaymentAmount)]
pub(crate) struct PaidPart {
    #[schema(example = "PRINCIPAL")]
    pub(crate) custom_payment_amount_type: &'static str,
    pub(crate) amount: String,
    pub(crate) tax_on_amount: String,
}

/// Money that would move from one account of the journal to another.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::JournalTransfer)]
pub(crate) struct JournalTransfer {
    #[schema(example = "fund_source")]
    pub(crate) debit: &'static str,
    #[schema(example = "loan_portfolio")]
    pub(crate) credit: &'static str,
    pub(crate) amount: String,
    #[schema(format = Date)]
    pub(crate) value_date: String,
    #[schema(format = Date)]
    pub(crate) booking_date: String,
}

/// What became of one payment among many.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = native::PaymentResult)]
pub(crate) enum PaymentResult {
    Taken(PaymentTaken),
    Refused(PaymentRefused),
}

/// A payment that was taken: its loan, and what is open on that after it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::PaymentTaken)]
pub(crate) struct PaymentTaken {
    #[schema(example = 200)]
    pub(crate) status: u16,
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) account_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_sub_state: Option<&'static str>,
    pub(crate) principal_balance: String,
    pub(crate) interest_balance: String,
    pub(crate) fees_balance: String,
    pub(crate) penalty_balance: String,
    /// The payment, and what the passing of days brought before it.
    pub(crate) transactions: Vec<LoanMovement>,
}

/// A payment that was refused: nothing of it was done. After a 500 nobody may know; the same list under the same key tells.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::PaymentRefused)]
pub(crate) struct PaymentRefused {
    /// The status that the payment would have been answered with by itself.
    #[schema(example = 400)]
    pub(crate) status: u16,
    pub(crate) error: ErrorDetail,
}
