//! Group and GroupExpanded (contract §5.2), client types and names of roles.

use serde::Serialize;
use utoipa::ToSchema;

use super::client::Address;
use super::custom_field::CustomFieldValue;
use super::values::{EncodedKey, Instant};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) group_name: &'a str,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email_address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) home_phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mobile_phone1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preferred_language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_role: Option<ClientRole<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_branch_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_centre_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_user_key: Option<EncodedKey>,
    pub(crate) loan_cycle: i64,
}

/// The shape of a group with `fullDetails`, and of a posted one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupExpanded<'a> {
    pub(crate) the_group: Group<'a>,
    /// The same again: clients look for a posted group under either name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<Group<'a>>,
    pub(crate) addresses: Vec<Address<'a>>,
    pub(crate) custom_information: Vec<CustomFieldValue<'a>>,
    pub(crate) group_roles: Vec<GroupRole<'a>>,
    pub(crate) group_members: Vec<GroupMember>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupMember {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) group_key: EncodedKey,
    pub(crate) client_key: EncodedKey,
    pub(crate) creation_date: Instant,
    pub(crate) index_in_list: usize,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupRole<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) group_key: EncodedKey,
    pub(crate) group_role_name_key: EncodedKey,
    pub(crate) client_key: EncodedKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role_name: Option<&'a str>,
    pub(crate) index_in_list: usize,
}

/// What a member may be in a group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupRoleName<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
}

/// A type of clients or groups.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClientRole<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<&'a str>,
    pub(crate) client_type: &'static str,
    pub(crate) can_open_accounts: bool,
    pub(crate) can_guarantee: bool,
    #[serde(rename = "requireID")]
    pub(crate) require_id: bool,
    pub(crate) use_default_address: bool,
    pub(crate) creation_date: Instant,
}
