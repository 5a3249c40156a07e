//! A client as it is shown (contract §2.2).

use serde::Serialize;
use utoipa::ToSchema;

use crate::object_id::ObjectId;

use super::{Instant, Loan, Local, Phone};

/// A client of a business.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::Client)]
pub(in super::super) struct Client<'a> {
    /// In the order in which they were first reported. Left out of webhooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) loans: Option<Vec<Loan<'a>>>,
    /// Null while no loan was granted.
    pub(in super::super) latest_digital_credit_info: Option<CreditInfo>,
    /// Oldest first; the last 24.
    pub(in super::super) digital_credit_info_history: Vec<CreditInfo>,
    /// `improving`, `stable` or `declining`; null without a score.
    pub(in super::super) digital_credit_score_evolution: Option<&'static str>,
    /// Always empty.
    pub(in super::super) phones: Vec<Phone>,
    /// Always 0.
    pub(in super::super) datasets_count_all_from_ip: u32,
    /// `production` or `sandbox`: the key decides.
    pub(in super::super) data_type: &'static str,
    /// The `externalClientId`.
    pub(in super::super) external_reference_id: Option<&'a str>,
    pub(in super::super) business_id: &'a str,
    pub(in super::super) created_at: Instant,
    pub(in super::super) last_modified_at: Instant,
    #[serde(rename = "_createdAt")]
    pub(in super::super) local_created_at: Local,
    #[serde(rename = "_lastModifiedAt")]
    pub(in super::super) local_last_modified_at: Local,
    pub(in super::super) client_id: &'a str,
    /// The same as `clientId`.
    pub(in super::super) id: &'a str,
}

/// A repayment-behavior score. It is Loam's own: see `docs/repayment-score.md`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::CreditInfo)]
pub(in super::super) struct CreditInfo {
    /// `very_poor`, `poor`, `fair`, `good` or `excellent`.
    pub(in super::super) credit_score_rating: &'static str,
    #[serde(rename = "_id")]
    #[schema(value_type = String)]
    pub(in super::super) object_id: ObjectId,
    /// 100 to 1000.
    pub(in super::super) credit_score: i64,
    /// `accept`, `review` or `reject`.
    pub(in super::super) recommendation: &'static str,
    pub(in super::super) created_at: Instant,
    pub(in super::super) last_modified_at: Instant,
    /// Their points add up to the score. Not in the contract.
    pub(in super::super) reasons: Vec<CreditReason>,
}

/// A part of a score.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = repayment_data::CreditReason)]
pub(in super::super) struct CreditReason {
    #[schema(example = "punctuality")]
    pub(in super::super) code: &'static str,
    pub(in super::super) points: i64,
    /// What was counted.
    #[schema(example = "11 of 13 installments were paid in full by their due date")]
    pub(in super::super) figures: String,
}
