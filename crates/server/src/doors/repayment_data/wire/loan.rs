//! A loan as it is shown (contract §2.2).

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::object_id::ObjectId;

use super::{Decimal, Instant, Local};

/// A loan of a client: what was reported, and when.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::Loan)]
pub(in super::super) struct Loan<'a> {
    pub(in super::super) tenure: Tenure,
    #[schema(value_type = Option<String>, format = Date)]
    pub(in super::super) date_loan_is_settled: Option<Date>,
    /// 24 hexadecimal digits; the first eight are the second of the first report.
    #[serde(rename = "_id")]
    #[schema(value_type = String)]
    pub(in super::super) object_id: ObjectId,
    pub(in super::super) loan_reference_id: &'a str,
    #[schema(value_type = String, format = Date)]
    pub(in super::super) application_date: Date,
    #[schema(value_type = Option<String>, format = Date)]
    pub(in super::super) date_loan_was_granted: Option<Date>,
    /// `approved`, `rejected`, `pending` or `in_review`.
    pub(in super::super) application_status: &'static str,
    pub(in super::super) amount: Decimal,
    pub(in super::super) currency: &'static str,
    pub(in super::super) total_installments: u32,
    pub(in super::super) installment_repayments: Vec<Installment>,
    /// `settled`, `not_settled`, `in_progress`, `settled_early` or `settled_late`.
    pub(in super::super) loan_repayment_status: &'static str,
    #[schema(value_type = String, format = Date)]
    pub(in super::super) date_last_installment_is_due: Date,
    /// The `clientId`.
    pub(in super::super) client: &'a str,
    pub(in super::super) business_id: &'a str,
    pub(in super::super) created_at: Instant,
    pub(in super::super) last_modified_at: Instant,
    /// How often the loan was reported again.
    #[serde(rename = "__v")]
    pub(in super::super) version: i64,
    #[serde(rename = "_createdAt")]
    pub(in super::super) local_created_at: Local,
    #[serde(rename = "_lastModifiedAt")]
    pub(in super::super) local_last_modified_at: Local,
    /// The same as `_id`.
    #[schema(value_type = String)]
    pub(in super::super) id: ObjectId,
    /// What follows from dates and amounts. Not in the contract; only where one client is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) derived: Option<DerivedLoan>,
}

/// How long a loan is meant to run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = repayment_data::Tenure)]
pub(in super::super) struct Tenure {
    pub(in super::super) value: u32,
    /// `days`, `weeks` or `months`.
    pub(in super::super) interval: &'static str,
}

/// An installment of a loan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::Installment)]
pub(in super::super) struct Installment {
    pub(in super::super) amount_paid: Option<Money>,
    /// The same at every report as long as the position of the installment is.
    #[serde(rename = "_id")]
    #[schema(value_type = String)]
    pub(in super::super) object_id: ObjectId,
    #[schema(value_type = String, format = Date)]
    pub(in super::super) due_date: Date,
    #[schema(value_type = Option<String>, format = Date)]
    pub(in super::super) date_paid: Option<Date>,
    pub(in super::super) amount_due: Money,
    /// `fully_paid`, `not_paid`, `incomplete_payment`, `paid_early` or `paid_late`.
    pub(in super::super) status: &'static str,
    /// When the loan was first reported.
    pub(in super::super) date_added: Instant,
    /// When the loan was last reported.
    pub(in super::super) last_modified_at: Instant,
    /// What follows from dates and amounts. Not in the contract; only where one client is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) derived: Option<DerivedInstallment>,
}

/// An amount with its currency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = repayment_data::Money)]
pub(in super::super) struct Money {
    #[serde(rename = "_id")]
    #[schema(value_type = String)]
    pub(in super::super) object_id: ObjectId,
    pub(in super::super) amount: Decimal,
    pub(in super::super) currency: &'static str,
}

/// Where a loan stands on the business date by its dates and amounts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::DerivedLoan)]
pub(in super::super) struct DerivedLoan {
    pub(in super::super) loan_repayment_status: &'static str,
}

/// How an installment was paid by its dates and amounts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = repayment_data::DerivedInstallment)]
pub(in super::super) struct DerivedInstallment {
    pub(in super::super) status: &'static str,
}
