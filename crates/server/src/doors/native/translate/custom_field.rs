//! Sets of custom fields, and fields, between the wire and the book.

use loam_book::custom_field::{
    CustomField, CustomFieldSet, CustomFieldType, DataType, FieldSetting, FieldState, Rights,
    SelectionOption, Usage, ValueLength,
};
use loam_book::ids::{Key, Name, Part};

use super::super::error::DoorError;
use super::super::members::Members;
use super::super::records::Base;
use super::super::wire;

type Result<T> = std::result::Result<T, DoorError>;

/// The set that the members say.
///
/// # Errors
/// A member that is missing or malformed.
pub(in super::super) fn set_of(members: &Members, base: &Base<'_, CustomFieldSet>) -> Result<CustomFieldSet> {
    let missing = || DoorError::missing(&members.path("type"));
    Ok(CustomFieldSet {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        notes: members.text("notes")?,
        index: i64::from(members.count("indexInList")?.unwrap_or(0)),
        applies_to: members.stored("type")?.ok_or_else(missing)?,
        usage: members.stored("usage")?.unwrap_or(Usage::Single),
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

pub(in super::super) fn wire_of_set(set: &CustomFieldSet) -> wire::CustomFieldSet {
    wire::CustomFieldSet {
        encoded_key: set.key.to_string(),
        id: set.id.clone(),
        name: set.name.clone(),
        notes: set.notes.clone(),
        applies_to: set.applies_to,
        usage: set.usage,
        index_in_list: set.index,
        creation_date: set.created_at.to_string(),
        last_modified_date: set.last_modified_at.to_string(),
    }
}

/// The field that the members say.
///
/// # Errors
/// A member that is missing or malformed, or names what is not there.
pub(in super::super) fn field_of(members: &Members, base: &Base<'_, CustomField>) -> Result<CustomField> {
    let set = members.required("customFieldSetKey")?;
    let unknown = || DoorError::invalid("customFieldSetKey", &set, "there is no such set");
    let set = base.catalog.custom_field_sets.find(&set).ok_or_else(unknown)?;
    let flag = |name| Ok::<_, DoorError>(members.flag(name)?.unwrap_or(false));
    Ok(CustomField {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        set: set.key,
        data_type: members.stored("dataType")?.unwrap_or(DataType::String),
        value_length: members.stored("valueLength")?.unwrap_or(ValueLength::Short),
        is_default: flag("isDefault")?,
        is_required: flag("isRequired")?,
        is_unique: flag("unique")?,
        description: members.text("description")?,
        index: i64::from(members.count("indexInList")?.unwrap_or(0)),
        state: members.stored("state")?.unwrap_or(FieldState::Normal),
        validation_pattern: members.text("validationPattern")?,
        options: options(members)?,
        depends_on: dependent_field(members, base)?,
        settings: settings(members, base, set.applies_to)?,
        view_rights: rights(members, "viewRights", base.key)?,
        edit_rights: rights(members, "editRights", base.key)?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

fn options(members: &Members) -> Result<Vec<SelectionOption>> {
    let read = |option: &Members| {
        Ok(SelectionOption {
            value: option.required("value")?,
            score: option.stated("score")?,
            goes_with: option.text("dependentValue")?,
        })
    };
    members.objects("customFieldSelectionOptions")?.iter().map(read).collect()
}

fn dependent_field(members: &Members, base: &Base<'_, CustomField>) -> Result<Option<Key>> {
    let Some(named) = members.text("dependentFieldKey")? else { return Ok(None) };
    let unknown = || DoorError::invalid("dependentFieldKey", &named, "there is no such field");
    base.catalog.custom_fields.find(&named).map(|field| Some(field.key)).ok_or_else(unknown)
}

fn settings(
    members: &Members,
    base: &Base<'_, CustomField>,
    applies_to: CustomFieldType,
) -> Result<Vec<FieldSetting>> {
    let find = |named: &str| match applies_to {
        CustomFieldType::LoanAccountInfo => base.catalog.products.find(named).map(|product| product.key),
        CustomFieldType::TransactionChannelInfo => {
            base.catalog.channels.find(named).map(|channel| channel.key)
        }
        CustomFieldType::ClientInfo | CustomFieldType::GroupInfo => {
            base.catalog.client_roles.find(named).map(|role| role.key)
        }
        CustomFieldType::LineOfCredit
        | CustomFieldType::GuarantorInfo
        | CustomFieldType::AssetInfo
        | CustomFieldType::SavingsAccountInfo
        | CustomFieldType::BranchInfo
        | CustomFieldType::CentreInfo
        | CustomFieldType::UserInfo => named.parse().ok(),
    };
    let read = |setting: &Members| {
        let named = setting.required("key")?;
        let unknown = || DoorError::invalid(&setting.path("key"), &named, "it is not there");
        Ok(FieldSetting {
            of: find(&named).ok_or_else(unknown)?,
            is_default: setting.flag("isDefault")?.unwrap_or(false),
            is_required: setting.flag("isRequired")?.unwrap_or(false),
        })
    };
    members.objects("availableFor")?.iter().map(read).collect()
}

/// Their key is made from that of the field.
fn rights(members: &Members, name: &str, field: Key) -> Result<Rights> {
    let given = members.object(name)?;
    let roles: Vec<Key> = given.stored("roles")?.unwrap_or_default();
    let key = Key::named(Part::new(0), &Name::of(&[name, &field.to_string()]));
    let is_for_all = given.flag("isAccessibleByAllUsers")?.unwrap_or(roles.is_empty());
    Ok(Rights { key, is_for_all, roles })
}

pub(in super::super) fn wire_of_field(field: &CustomField) -> wire::CustomField {
    wire::CustomField {
        encoded_key: field.key.to_string(),
        id: field.id.clone(),
        name: field.name.clone(),
        custom_field_set_key: field.set.to_string(),
        data_type: field.data_type,
        value_length: field.value_length,
        is_default: field.is_default,
        is_required: field.is_required,
        unique: field.is_unique,
        description: field.description.clone(),
        index_in_list: field.index,
        state: field.state,
        validation_pattern: field.validation_pattern.clone(),
        custom_field_selection_options: field.options.iter().map(wire_of_option).collect(),
        dependent_field_key: field.depends_on.map(|key| key.to_string()),
        available_for: field.settings.iter().map(wire_of_setting).collect(),
        view_rights: wire_of_rights(&field.view_rights),
        edit_rights: wire_of_rights(&field.edit_rights),
        creation_date: field.created_at.to_string(),
        last_modified_date: field.last_modified_at.to_string(),
    }
}

fn wire_of_option(option: &SelectionOption) -> wire::SelectionOption {
    wire::SelectionOption {
        value: option.value.clone(),
        score: option.score.clone(),
        dependent_value: option.goes_with.clone(),
    }
}

fn wire_of_setting(setting: &FieldSetting) -> wire::FieldSetting {
    wire::FieldSetting {
        key: setting.of.to_string(),
        is_default: setting.is_default,
        is_required: setting.is_required,
    }
}

fn wire_of_rights(rights: &Rights) -> wire::FieldRights {
    wire::FieldRights {
        is_accessible_by_all_users: rights.is_for_all,
        roles: rights.roles.iter().map(Key::to_string).collect(),
    }
}
