//! A loan as it was or will be, with the member names of the loan accounts contract (§2.2, §3.6).

use serde::Serialize;
use utoipa::ToSchema;

/// A loan on a day, as known on another.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanView)]
pub(crate) struct LoanView {
    /// The day on which the loan is looked at.
    #[schema(format = Date)]
    pub(crate) as_of: String,
    /// The last day whose bookings are known.
    #[schema(format = Date)]
    pub(crate) known_on: String,
    #[schema(format = Date)]
    pub(crate) business_date: String,
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) loan_name: String,
    pub(crate) account_holder_key: String,
    pub(crate) account_holder_type: &'static str,
    pub(crate) product_type_key: String,
    pub(crate) currency_code: &'static str,
    pub(crate) loan_amount: String,
    /// In percent.
    pub(crate) interest_rate: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disbursement_date: Option<String>,
    #[serde(flatten)]
    pub(crate) standing: LoanStanding,
    pub(crate) repayments: Vec<LoanRepayment>,
}

/// State and balances of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanStanding)]
pub(crate) struct LoanStanding {
    pub(crate) account_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_sub_state: Option<&'static str>,
    pub(crate) principal_due: String,
    pub(crate) principal_paid: String,
    pub(crate) principal_balance: String,
    pub(crate) interest_due: String,
    pub(crate) interest_paid: String,
    pub(crate) interest_balance: String,
    pub(crate) fees_due: String,
    pub(crate) fees_paid: String,
    pub(crate) fees_balance: String,
    pub(crate) penalty_due: String,
    pub(crate) penalty_paid: String,
    pub(crate) penalty_balance: String,
    /// Interest that has grown and was not applied, with up to 20 decimals.
    pub(crate) accrued_interest: String,
    pub(crate) days_late: i64,
    pub(crate) days_in_arrears: i64,
    /// When the oldest installment that is late fell due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) late_since: Option<String>,
    /// The first day of the present arrears.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) arrears_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) last_interest_applied_date: Option<String>,
}

/// One installment. `…Due` is the whole expected amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanRepayment)]
pub(crate) struct LoanRepayment {
    /// Counted from 1.
    pub(crate) index: u32,
    #[schema(format = Date)]
    pub(crate) due_date: String,
    pub(crate) state: &'static str,
    pub(crate) principal_due: String,
    pub(crate) principal_paid: String,
    pub(crate) interest_due: String,
    /// How much of the interest has become a balance.
    pub(crate) interest_applied: String,
    pub(crate) interest_paid: String,
    pub(crate) fees_due: String,
    pub(crate) fees_paid: String,
    pub(crate) penalty_due: String,
    pub(crate) penalty_paid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) last_paid_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) repaid_date: Option<String>,
}
