//! Repayment: one installment of a schedule (contract §3.6). `xxxDue` is the whole expected amount.

use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Day, EncodedKey, Money};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Repayment {
    /// Absent in a preview, as are the other keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) encoded_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_account_key: Option<EncodedKey>,
    /// Counted from 1: the number by which a fee names its installment.
    pub(crate) index: u32,
    pub(crate) due_date: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repaid_date: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_paid_date: Option<Day>,
    pub(crate) principal_due: Money,
    pub(crate) principal_paid: Money,
    pub(crate) interest_due: Money,
    pub(crate) interest_paid: Money,
    pub(crate) fees_due: Money,
    pub(crate) fees_paid: Money,
    pub(crate) penalty_due: Money,
    pub(crate) penalty_paid: Money,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) taxes: Option<Taxes>,
    pub(crate) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_branch_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_centre_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_user_key: Option<EncodedKey>,
}

/// The taxes in an installment, of a loan with taxes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Taxes {
    pub(crate) tax_interest_due: Money,
    pub(crate) tax_interest_paid: Money,
    pub(crate) tax_fees_due: Money,
    pub(crate) tax_fees_paid: Money,
    pub(crate) tax_penalty_due: Money,
    pub(crate) tax_penalty_paid: Money,
}

/// A preview is an object with one list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SchedulePreview {
    pub(crate) repayments: Vec<Repayment>,
}
