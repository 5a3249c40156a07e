//! Rights of users, roles and API consumers, with the member names of the loan accounts contract.

use std::collections::BTreeMap;

use loam_book::actor::Permission;
use loam_book::rights::AccessRight;
use serde::Serialize;
use utoipa::ToSchema;

/// What a role or a consumer may do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Rights)]
pub(crate) struct Rights {
    #[schema(required = false, default = false)]
    pub(crate) is_administrator: bool,
    #[schema(required = false, default = false)]
    pub(crate) is_teller: bool,
    #[schema(required = false, default = false)]
    pub(crate) is_credit_officer: bool,
    #[schema(required = false, default = false)]
    pub(crate) is_support: bool,
    /// Of `MAMBU`, `MOBILE` and `APIS`; only the last has an effect. Left out: `APIS`.
    #[schema(value_type = Vec<String>, required = false)]
    pub(crate) access_rights: Vec<AccessRight>,
    /// Left out: whether it is an administrator.
    #[schema(required = false)]
    pub(crate) can_manage_all_branches: bool,
    /// Whether a credit officer sees other officers' clients. Left out: whether it is an administrator.
    #[schema(required = false)]
    pub(crate) can_manage_entities_assigned_to_other_officers: bool,
    /// Names of the loan accounts contract, and Loam's own `ADMINISTRATION`.
    #[schema(value_type = Vec<String>, required = false)]
    pub(crate) permissions: Vec<Permission>,
}

/// Rights that many users share.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Role)]
pub(crate) struct Role {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    #[serde(flatten)]
    pub(crate) rights: Rights,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// How far a user reaches.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Reach)]
pub(crate) struct Reach {
    /// Its rights count beside the user's own: key or id in, key out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    /// Where the user works; it bounds nothing. Key or id in, key out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_centre_key: Option<String>,
    #[schema(required = false, default = false)]
    pub(crate) is_support: bool,
    /// Left out: whether the user is an administrator. A user of no branch at all is not bound by
    /// branches either.
    #[schema(required = false)]
    pub(crate) can_manage_all_branches: bool,
    /// Branches in which the user works beside the own one: keys or ids in, keys out.
    #[schema(required = false)]
    pub(crate) managed_branches: Vec<String>,
    /// The most that the user may move at once, by `APPROVE_LOAN`, `DISBURSE_LOAN`, `APPLY_FEE`,
    /// `MAKE_DEPOSIT`, `MAKE_WITHDRAWAL` or `MAKE_REPAYMENT`.
    #[schema(value_type = std::collections::HashMap<String, String>, required = false)]
    pub(crate) transaction_limits: BTreeMap<&'static str, String>,
    /// Networks and addresses from which the user may call; empty: from anywhere. Loam's own member.
    #[schema(required = false)]
    pub(crate) allowed_addresses: Vec<String>,
}
