//! Comments, documents and tasks (contract §5.7).

use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Day, EncodedKey, Instant};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Comment<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) parent_key: EncodedKey,
    pub(crate) user_key: EncodedKey,
    pub(crate) text: &'a str,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: i64,
    pub(crate) name: &'a str,
    /// The extension, in capitals.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// In bytes.
    pub(crate) file_size: i64,
    pub(crate) original_filename: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<&'a str>,
    pub(crate) document_holder_key: EncodedKey,
    pub(crate) document_holder_type: &'static str,
    pub(crate) created_by_user_key: EncodedKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_name: Option<String>,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Task<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: i64,
    pub(crate) title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<&'a str>,
    pub(crate) due_date: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) completion_date: Option<Day>,
    /// `OPEN` or `COMPLETED`; one that is overdue is open.
    pub(crate) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task_link_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task_link_type: Option<&'static str>,
    pub(crate) assigned_user_key: EncodedKey,
    pub(crate) created_by_user_key: EncodedKey,
    /// Negative when its day is over; not shown of a completed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days_until_due: Option<i64>,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
}
