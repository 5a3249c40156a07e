//! Users and roles (contract §5.4).

use std::collections::BTreeMap;

use loam_book::actor::Permission;
use loam_book::rights::AccessRight;
use serde::Serialize;
use utoipa::ToSchema;

use super::custom_field::CustomFieldValue;
use super::values::{EncodedKey, Instant};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: i64,
    pub(crate) username: &'a str,
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) home_phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mobile_phone1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<&'a str>,
    pub(crate) user_state: &'static str,
    pub(crate) is_administrator: bool,
    pub(crate) is_teller: bool,
    pub(crate) is_credit_officer: bool,
    pub(crate) is_support: bool,
    #[schema(value_type = Vec<String>)]
    pub(crate) access_rights: Vec<AccessRight>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_branch_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_centre_key: Option<EncodedKey>,
    pub(crate) managed_branches: Vec<ManagedBranch>,
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub(crate) transaction_limits: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<RoleOfUser<'a>>,
    pub(crate) permissions: Permissions,
    pub(crate) two_factor_authentication: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    /// When the user last signed in, true to five minutes; never while new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_logged_in_date: Option<Instant>,
    /// Only with `fullDetails`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_fields: Option<Vec<CustomFieldValue<'a>>>,
}

/// A user as it was entered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserEnvelope<'a> {
    pub(crate) user: User<'a>,
    pub(crate) custom_information: Vec<CustomFieldValue<'a>>,
}

/// A branch in which a user works beside the own one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManagedBranch {
    pub(crate) branch_key: EncodedKey,
}

/// Which role a user has.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleOfUser<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Permissions {
    #[schema(value_type = Vec<String>)]
    pub(crate) permissions: Vec<Permission>,
    pub(crate) can_manage_all_branches: bool,
    pub(crate) can_manage_entities_assigned_to_other_officers: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Role<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) is_administrator: bool,
    pub(crate) is_teller: bool,
    pub(crate) is_credit_officer: bool,
    pub(crate) is_support: bool,
    pub(crate) permissions: Permissions,
    #[schema(value_type = Vec<String>)]
    pub(crate) access_rights: Vec<AccessRight>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
}
