//! Claims of a protection as they come and go.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::wire::{Attributes, number};

/// What is claimed of a protection.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewProtectClaim, rename_all = "camelCase")]
pub(super) struct NewProtectClaim {
    /// `Partial` or `Full`. Left out: the type of the protection.
    claim_type: Option<String>,
    /// Left out: the business date.
    #[schema(format = Date)]
    claim_date: Option<String>,
    /// Of a partial claim: how many installments that have something left to waive, the oldest first. It or `endDate`
    /// is needed.
    #[schema(minimum = 1)]
    number_of_installments: Option<u32>,
    /// Only installments that fall due on this day or later.
    #[schema(format = Date)]
    start_date: Option<String>,
    /// Only installments that fall due up to this day.
    #[schema(format = Date)]
    end_date: Option<String>,
    /// Kept with the transaction.
    notes: Option<String>,
}

/// Which claim is taken back.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::ProtectClaimReversal, rename_all = "camelCase")]
pub(super) struct ProtectClaimReversal {
    /// The id or the name of the claim. Left out: the last one that stands.
    claim_id: Option<String>,
    /// Kept with the transaction.
    notes: Option<String>,
}

/// A claim (`peer__Protect_Claim__c`). A partial one is shown among the payments of its loan too, under the same id.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::ProtectClaim)]
pub(super) struct ProtectClaim {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    #[schema(example = "LPT-00000019")]
    pub(super) name: String,
    #[serde(rename = "loan__Loan_Account__c")]
    pub(super) loan_account: String,
    /// `Partial` or `Full`.
    #[serde(rename = "peer__Claim_Type__c")]
    pub(super) claim_type: &'static str,
    #[serde(rename = "peer__Claim_Date__c")]
    #[schema(format = Date)]
    pub(super) claim_date: String,
    /// The numbers of the installments that were waived; of a full claim of those that were not paid.
    #[serde(rename = "peer__Installments__c")]
    pub(super) installments: Vec<u32>,
    /// All that was waived. Of a full claim what had become a balance of the loan.
    #[serde(rename = "peer__Waived_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) amount: Box<RawValue>,
    #[serde(rename = "peer__Waived_Principal__c")]
    #[schema(schema_with = number)]
    pub(super) principal: Box<RawValue>,
    #[serde(rename = "peer__Waived_Interest__c")]
    #[schema(schema_with = number)]
    pub(super) interest: Box<RawValue>,
    /// Fees and penalties; of a full claim only.
    #[serde(rename = "peer__Waived_Fees__c")]
    #[schema(schema_with = number)]
    pub(super) fees: Box<RawValue>,
    #[serde(rename = "peer__Reversed__c")]
    pub(super) is_reversed: bool,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
}
