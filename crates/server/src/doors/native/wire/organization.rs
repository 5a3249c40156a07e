//! Branches, centres, users and transaction channels, with the member names of the loan accounts
//! contract (§5.4, §5.5).

use crate::channel_limits::ShownLimits;
use loam_book::actor::Permission;
use loam_book::organization::{ChannelField, OfficeState, UserState};
use loam_book::rights::AccessRight;
use serde::Serialize;
use utoipa::ToSchema;

use super::calendar::Holiday;
use super::rights::Reach;

/// A branch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Branch)]
pub(crate) struct Branch {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    /// `ACTIVE` or `INACTIVE`.
    #[schema(value_type = String, required = false, default = "ACTIVE")]
    pub(crate) state: OfficeState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address>,
    /// Besides those of the organization.
    #[schema(required = false)]
    pub(crate) branch_holidays: Vec<Holiday>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// Where a branch or centre is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::Address)]
pub(crate) struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postcode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) country: Option<String>,
}

/// A place where a branch meets its clients.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Centre)]
pub(crate) struct Centre {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    /// `ACTIVE` or `INACTIVE`.
    #[schema(value_type = String, required = false, default = "ACTIVE")]
    pub(crate) state: OfficeState,
    /// The branch: key or id in, key out.
    pub(crate) assigned_branch_key: String,
    /// `MONDAY` to `SUNDAY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meeting_day: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::User)]
pub(crate) struct User {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) id: i64,
    pub(crate) username: String,
    /// Taken, never shown. Left out: the user has none and cannot sign in with one.
    #[schema(write_only)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
    /// Left out: the user name.
    #[schema(required = false)]
    pub(crate) first_name: String,
    /// Left out: empty.
    #[schema(required = false)]
    pub(crate) last_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) home_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mobile_phone1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    /// `ACTIVE`, `INACTIVE` or `LOCKED`.
    #[schema(value_type = String, required = false, default = "ACTIVE")]
    pub(crate) user_state: UserState,
    #[schema(required = false, default = false)]
    pub(crate) is_administrator: bool,
    #[schema(required = false, default = false)]
    pub(crate) is_teller: bool,
    #[schema(required = false, default = false)]
    pub(crate) is_credit_officer: bool,
    /// Of `MAMBU`, `MOBILE` and `APIS`; without the last, here and with the role, the user may not call
    /// the API. Left out: `APIS`, and with a role nothing.
    #[schema(value_type = Vec<String>, required = false)]
    pub(crate) access_rights: Vec<AccessRight>,
    /// The branch: key or id in, key out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_branch_key: Option<String>,
    /// Whether a credit officer sees other officers' clients.
    #[schema(required = false, default = false)]
    pub(crate) can_manage_entities_assigned_to_other_officers: bool,
    /// Names of the loan accounts contract, and Loam's own `ADMINISTRATION`.
    #[schema(value_type = Vec<String>, required = false)]
    pub(crate) permissions: Vec<Permission>,
    #[serde(flatten)]
    pub(crate) reach: Reach,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// A way in which money moves.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::TransactionChannel)]
pub(crate) struct TransactionChannel {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    /// Where the channel stands in a list; left out: after the others.
    #[schema(required = false)]
    pub(crate) index: i64,
    #[schema(required = false, default = true)]
    pub(crate) activated: bool,
    /// What a transaction over this channel may carry: `IDENTIFIER`, `BANK_NUMBER`, `RECEPIT_NUMBER`,
    /// `CHECK_NUMBER`, `ACCOUNT_NUMBER`, `ACCOUNT_NAME`, `ROUTING_NUMBER`. Loam's own member.
    #[schema(value_type = Vec<String>, required = false)]
    pub(crate) fields: Vec<ChannelField>,
    /// `UNCONSTRAINED_USAGE` or `LIMITED_USAGE`.
    #[schema(required = false, default = "UNCONSTRAINED_USAGE")]
    pub(crate) loan_constraints_usage: &'static str,
    /// What may go over the channel to and from loans; with `LIMITED_USAGE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) loan_constraints: Option<ShownLimits>,
    /// As `loanConstraintsUsage`, of deposit accounts.
    #[schema(required = false, default = "UNCONSTRAINED_USAGE")]
    pub(crate) savings_constraints_usage: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) savings_constraints: Option<ShownLimits>,
    /// Given by the book.
    #[schema(read_only)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_by_user_key: Option<String>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}
