//! Activities (contract §5.7).

use serde::Serialize;
use utoipa::ToSchema;

use super::values::{EncodedKey, Instant};

/// What was done, with the names of those concerned.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActivityEntry<'a> {
    pub(crate) activity: Activity,
    #[serde(flatten)]
    pub(crate) names: Names<'a>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Activity {
    pub(crate) encoded_key: EncodedKey,
    #[serde(rename = "transactionID")]
    pub(crate) transaction_id: i64,
    pub(crate) timestamp: Instant,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) user_key: EncodedKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) loan_account_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) loan_product_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) savings_account_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) savings_product_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) branch_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) centre_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_user_key: Option<EncodedKey>,
    /// The command, in words.
    pub(crate) notes: String,
    pub(crate) field_changes: Vec<FieldChange>,
}

/// What a member was and became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldChange {
    pub(crate) field_change_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) original_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) new_value: Option<String>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Names<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) loan_account_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) loan_product_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) savings_account_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) savings_product_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) branch_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) centre_name: Option<&'a str>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_user_name: Option<String>,
}
