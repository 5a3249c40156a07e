//! What is said of clients and groups.

use serde::Serialize;
use utoipa::ToSchema;

/// A type of clients, or of groups.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ClientRole)]
pub(crate) struct ClientRole {
    #[schema(read_only)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// `CLIENT` or `GROUP`.
    #[schema(required = false, default = "CLIENT")]
    pub(crate) client_type: &'static str,
    #[schema(required = false, default = true)]
    pub(crate) can_open_accounts: bool,
    #[schema(required = false, default = true)]
    pub(crate) can_guarantee: bool,
    /// Whether clients of this type must show a document of identification.
    #[serde(rename = "requireID")]
    #[schema(required = false, default = false)]
    pub(crate) require_id: bool,
    /// Whether clients of this type have an address.
    #[schema(required = false, default = true)]
    pub(crate) use_default_address: bool,
    #[schema(read_only)]
    pub(crate) creation_date: String,
    #[schema(read_only)]
    pub(crate) last_modified_date: String,
}

/// What a member may be in a group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::GroupRole)]
pub(crate) struct GroupRole {
    #[schema(read_only)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    #[schema(read_only)]
    pub(crate) creation_date: String,
    #[schema(read_only)]
    pub(crate) last_modified_date: String,
}

/// A kind of document by which clients identify themselves.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::DocumentTemplate)]
pub(crate) struct DocumentTemplate {
    #[schema(read_only)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) document_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuing_authority: Option<String>,
    /// How its numbers look: `@` stands for a letter, `#` for a digit, `$` for either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document_id_template: Option<String>,
    /// Whether every client must show one.
    #[schema(required = false, default = false)]
    pub(crate) mandatory_for_clients: bool,
    #[schema(required = false, default = false)]
    pub(crate) allow_attachments: bool,
    #[schema(read_only)]
    pub(crate) creation_date: String,
    #[schema(read_only)]
    pub(crate) last_modified_date: String,
}

/// What clients and groups may do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::PartySettings)]
pub(crate) struct PartySettings {
    /// `UNLIMITED` or `SUM_OF_LOANS`.
    #[schema(required = false, default = "UNLIMITED")]
    pub(crate) exposure_type: &'static str,
    /// How much a holder may owe with all loans together, in the currency of the book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exposure_amount: Option<String>,
    /// `UNLIMITED` or `ONE_LOAN`.
    #[schema(required = false, default = "UNLIMITED")]
    pub(crate) multiple_loans: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_group_size_limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_group_size_limit: Option<u32>,
    /// `UNLIMITED` or `ONE_GROUP`.
    #[schema(required = false, default = "UNLIMITED")]
    pub(crate) multiple_group_memberships: &'static str,
    /// Whether documents of no template are taken.
    #[schema(required = false, default = true)]
    pub(crate) other_id_documents_enabled: bool,
}

/// What the organization calls something.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Label)]
pub(crate) struct Label {
    /// `CLIENT`, `GROUP`, `BRANCH`, `CENTRE`, `CREDIT_OFFICER` or `LOAN_ACCOUNT`.
    #[serde(rename = "type")]
    pub(crate) of: &'static str,
    pub(crate) singular_value: String,
    pub(crate) plural_value: String,
}
