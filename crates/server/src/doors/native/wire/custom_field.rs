//! Sets of custom fields, and fields.

use serde::Serialize;
use utoipa::ToSchema;

/// Custom fields that belong together.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::CustomFieldSet)]
pub(crate) struct CustomFieldSet {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    #[schema(example = "Installments")]
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    /// What it is about, such as `LOAN_ACCOUNT_INFO`. It never changes.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub(crate) applies_to: loam_book::custom_field::CustomFieldType,
    /// `SINGLE` or `GROUPED`. It never changes.
    #[schema(value_type = String, required = false, default = "SINGLE")]
    pub(crate) usage: loam_book::custom_field::Usage,
    #[schema(required = false, default = 0)]
    pub(crate) index_in_list: i64,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// A custom field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::CustomField)]
pub(crate) struct CustomField {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    #[schema(example = "Family_Members_Loan_Accounts")]
    pub(crate) id: String,
    pub(crate) name: String,
    /// Key or id of the set. It never changes.
    pub(crate) custom_field_set_key: String,
    /// `STRING`, `SELECTION`, `NUMBER`, `CHECKBOX`, `DATE`, `CLIENT_LINK`, `GROUP_LINK` or `USER_LINK`. It never
    /// changes.
    #[schema(value_type = String, required = false, default = "STRING")]
    pub(crate) data_type: loam_book::custom_field::DataType,
    /// `SHORT` takes 255 characters, `LONG` 2048.
    #[schema(value_type = String, required = false, default = "SHORT")]
    pub(crate) value_length: loam_book::custom_field::ValueLength,
    #[schema(required = false, default = false)]
    pub(crate) is_default: bool,
    #[schema(required = false, default = false)]
    pub(crate) is_required: bool,
    /// Whether no two owners may have the same value. It never changes.
    #[schema(required = false, default = false)]
    pub(crate) unique: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[schema(required = false, default = 0)]
    pub(crate) index_in_list: i64,
    /// `NORMAL` or `DEACTIVATED`.
    #[schema(value_type = String, required = false, default = "NORMAL")]
    pub(crate) state: loam_book::custom_field::FieldState,
    /// A regular expression that the whole text must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) validation_pattern: Option<String>,
    #[schema(required = false)]
    pub(crate) custom_field_selection_options: Vec<SelectionOption>,
    /// Key or id of the selection of the same set by whose value the options are narrowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dependent_field_key: Option<String>,
    /// The products, client types or channels for which it is; empty is for all of them.
    #[schema(required = false)]
    pub(crate) available_for: Vec<FieldSetting>,
    pub(crate) view_rights: FieldRights,
    pub(crate) edit_rights: FieldRights,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// What can be chosen.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::SelectionOption)]
pub(crate) struct SelectionOption {
    pub(crate) value: String,
    /// What the choice counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<String>,
    /// The value of the other selection with which it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dependent_value: Option<String>,
}

/// A product, client type or channel for which a field is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::FieldSetting)]
pub(crate) struct FieldSetting {
    /// Of a product, client type or channel, the id too.
    pub(crate) key: String,
    #[schema(required = false, default = false)]
    pub(crate) is_default: bool,
    #[schema(required = false, default = false)]
    pub(crate) is_required: bool,
}

/// Who may see a field, or fill it in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::FieldRights)]
pub(crate) struct FieldRights {
    #[schema(required = false, default = true)]
    pub(crate) is_accessible_by_all_users: bool,
    /// Keys of roles, or of users; administrators need none.
    #[schema(required = false)]
    pub(crate) roles: Vec<String>,
}
