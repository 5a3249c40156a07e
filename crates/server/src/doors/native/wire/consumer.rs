//! API consumers and their keys.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::rights::Rights;

/// A program that calls with keys of its own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ApiConsumer)]
pub(crate) struct ApiConsumer {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    #[schema(required = false, default = true)]
    pub(crate) is_active: bool,
    #[serde(flatten)]
    pub(crate) rights: Rights,
    /// Its rights count beside the consumer's own: key or id in, key out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    /// The branch: key or id in, key out. A consumer of no branch at all is not bound by branches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_branch_key: Option<String>,
    /// Branches beside the own one: keys or ids in, keys out.
    #[schema(required = false)]
    pub(crate) managed_branches: Vec<String>,
    /// The most that it may move at once, by kind, as with users.
    #[schema(value_type = std::collections::HashMap<String, String>, required = false)]
    pub(crate) transaction_limits: BTreeMap<&'static str, String>,
    /// Networks and addresses from which it may call; empty: from anywhere.
    #[schema(required = false)]
    pub(crate) allowed_addresses: Vec<String>,
    /// Its keys, without the keys themselves.
    #[schema(read_only, required = false)]
    pub(crate) keys: Vec<ApiKey>,
    /// A key that this request made. It is not shown again.
    #[schema(read_only)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_key: Option<String>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// A key of a consumer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ApiKey)]
pub(crate) struct ApiKey {
    /// By which it is revoked; it opens nothing.
    pub(crate) id: String,
    #[schema(format = DateTime)]
    pub(crate) creation_date: String,
    /// Left out: it does not end by itself.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expiration_date: Option<String>,
}

/// What is said about a key to be made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::NewApiKey)]
pub(crate) struct NewApiKey {
    /// When it ends; left out: never.
    #[schema(format = DateTime)]
    pub(crate) expiration_date: Option<String>,
    /// For how long the keys before it are still good when they are rotated; left out: a day.
    #[schema(default = 86400)]
    pub(crate) grace_seconds: Option<u32>,
}
