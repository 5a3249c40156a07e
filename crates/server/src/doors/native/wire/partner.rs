//! Clients of the token endpoint, and leads.

use serde::Serialize;
use utoipa::ToSchema;

/// A client of the token endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ApiClient)]
pub(crate) struct ApiClient {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    /// A UUID, given by the book.
    #[schema(read_only, required = false)]
    pub(crate) client_id: String,
    /// Shown once: when the client is made, and when its secret is changed.
    #[schema(read_only)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_secret: Option<String>,
    pub(crate) name: String,
    /// Under which name its customers, loans and leads are kept: clients of one organization see the
    /// same ones. Never changes. Left out: the `clientId`.
    #[schema(required = false)]
    pub(crate) organization: String,
    /// `live`, or `test`: the client works in the book for tests. Never changes.
    #[schema(required = false, default = "live")]
    pub(crate) realm: &'static str,
    /// `loan-performance`, `lead-data`, `dry-run`, `marketplace`, `book`. Empty: the first three.
    #[schema(required = false)]
    pub(crate) scopes: Vec<&'static str>,
    /// How often the client may ask in a minute. Left out: as often as it likes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requests_per_minute: Option<u32>,
    /// False: the client gets no token, and those it has are worth nothing.
    #[schema(required = false, default = true)]
    pub(crate) is_active: bool,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// A lead as it is registered.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[schema(as = native::NewLead, rename_all = "camelCase")]
pub(crate) struct NewLead {
    organization: String,
    lead_id: i64,
    account_id: Option<String>,
    /// Nine digits. Kept as a keyed hash only.
    #[schema(write_only)]
    social_security_number: Option<String>,
    /// Kept as a keyed hash only.
    #[schema(write_only)]
    email: Option<String>,
    /// Left out: now.
    #[schema(format = DateTime)]
    received_at: Option<String>,
    #[schema(format = DateTime)]
    purchased_at: Option<String>,
    #[schema(format = DateTime)]
    underwritten_at: Option<String>,
}

/// A lead.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Lead)]
pub(crate) struct Lead {
    pub(crate) organization: String,
    pub(crate) lead_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<String>,
    pub(crate) has_social_security_number: bool,
    pub(crate) has_email: bool,
    #[schema(format = DateTime)]
    pub(crate) received_at: String,
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) purchased_at: Option<String>,
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) underwritten_at: Option<String>,
}
