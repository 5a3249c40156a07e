//! Client and ClientExpanded (contract §5.1).

use serde::Serialize;
use utoipa::ToSchema;

use super::custom_field::CustomFieldValue;
use super::group::ClientRole;
use super::values::{Day, EncodedKey, Instant};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Client<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) state: &'static str,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) approved_date: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closed_date: Option<Instant>,
    pub(crate) first_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) middle_name: Option<&'a str>,
    pub(crate) last_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) home_phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mobile_phone1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mobile_phone2: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email_address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) birth_date: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gender: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preferred_language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_role: Option<ClientRole<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_branch_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_centre_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_user_key: Option<EncodedKey>,
    /// Of one client who has such a picture; lists leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile_picture_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile_signature_key: Option<EncodedKey>,
    pub(crate) loan_cycle: i64,
    pub(crate) group_loan_cycle: i64,
}

/// The shape of a client with `fullDetails`, and of a created one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClientExpanded<'a> {
    pub(crate) client: Client<'a>,
    pub(crate) addresses: Vec<Address<'a>>,
    pub(crate) custom_information: Vec<CustomFieldValue<'a>>,
    pub(crate) id_documents: Vec<IdentificationDocument<'a>>,
    pub(crate) group_keys: Vec<EncodedKey>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) parent_key: EncodedKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line2: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postcode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) country: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latitude: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) longitude: Option<&'a str>,
    pub(crate) index_in_list: usize,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IdentificationDocument<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) client_key: EncodedKey,
    pub(crate) document_type: &'a str,
    pub(crate) document_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuing_authority: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identification_document_template_key: Option<EncodedKey>,
    pub(crate) index_in_list: usize,
}
