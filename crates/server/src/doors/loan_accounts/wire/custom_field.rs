//! Sets of custom fields, fields, and values (contract §5.9).

use std::collections::BTreeMap;

use loam_book::custom_field as book;
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{EncodedKey, Instant};

/// A value of a custom field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomFieldValue<'a> {
    pub(crate) encoded_key: EncodedKey,
    /// Of what it hangs on.
    pub(crate) parent_key: EncodedKey,
    pub(crate) custom_field_key: EncodedKey,
    pub(crate) custom_field: CustomField<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) linked_entity_key_value: Option<&'a str>,
    /// The score of a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<&'a str>,
    pub(crate) index_in_list: usize,
    #[serde(rename = "customFieldID")]
    pub(crate) custom_field_id: &'a str,
    /// -1 in a set that is there once.
    pub(crate) custom_field_set_group_index: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomField<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    pub(crate) name: &'a str,
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub(crate) applies_to: book::CustomFieldType,
    #[schema(value_type = String)]
    pub(crate) data_type: book::DataType,
    #[schema(value_type = String)]
    pub(crate) value_length: book::ValueLength,
    pub(crate) is_default: bool,
    pub(crate) is_required: bool,
    pub(crate) description: &'a str,
    pub(crate) custom_field_set: CustomFieldSetReference<'a>,
    pub(crate) index_in_list: i64,
    #[schema(value_type = String)]
    pub(crate) state: book::FieldState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) validation_pattern: Option<&'a str>,
    pub(crate) custom_field_selection_options: Vec<SelectionOption<'a>>,
    pub(crate) view_rights: FieldRights,
    pub(crate) edit_rights: FieldRights,
    pub(crate) unique: bool,
    pub(crate) values: Vec<&'a str>,
    /// The scores of the values that have one.
    pub(crate) amounts: BTreeMap<&'a str, &'a str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SelectionOption<'a> {
    pub(crate) value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<&'a str>,
    /// The value of the selection on which the field depends, with which it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dependent_value: Option<&'a str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldRights {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) is_accessible_by_all_users: bool,
    pub(crate) roles: Vec<EncodedKey>,
}

/// The set of a field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomFieldSetReference<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    pub(crate) created_date: Instant,
    pub(crate) index_in_list: i64,
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub(crate) applies_to: book::CustomFieldType,
    #[schema(value_type = String)]
    pub(crate) usage: book::Usage,
}

/// A set with its fields.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomFieldSet<'a> {
    #[serde(flatten)]
    pub(crate) set: CustomFieldSetReference<'a>,
    pub(crate) custom_fields: Vec<CustomField<'a>>,
}
