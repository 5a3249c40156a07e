//! Custom fields as selections: which ones may be searched by, and what their values are.

use jiff::civil::Date;
use loam_app::search::custom::CustomColumn;
use loam_app::search::{Test, Value};
use loam_book::actor::Actor;
use loam_book::catalog::Catalog;
use loam_book::custom_field::content::number;
use loam_book::custom_field::{CustomFieldType, DataType};
use loam_book::ids::Key;

use super::{Code, DoorError, Kind};

/// The custom fields of what is searched, as a caller may see them.
#[derive(Clone, Copy)]
pub(crate) struct CustomFields<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) actor: &'a Actor,
    pub(crate) of: CustomFieldType,
}

impl CustomFields<'_> {
    /// The field with this id or key; one that the caller may not see is refused.
    pub(super) fn find(self, name: &str) -> Result<Option<CustomColumn>, DoorError> {
        let Some(field) = self.catalog.custom_fields.find(name) else { return Ok(None) };
        let set = self.catalog.custom_field_sets.by_key(field.set);
        if set.is_none_or(|set| set.applies_to != self.of) {
            return Ok(None);
        }
        if !field.view_rights.allow(self.actor) {
            return Err(DoorError::at(Code::InvalidPermissions, field.id.clone()));
        }
        Ok(Some(CustomColumn::from(&**field)))
    }
}

/// The kind of selection that has the same elements.
pub(super) fn kind_of(data_type: DataType) -> Kind {
    match data_type {
        DataType::String => Kind::Text,
        DataType::Selection => Kind::Choice(|_| None),
        DataType::Number => Kind::Number,
        DataType::Checkbox => Kind::Flag,
        DataType::Date => Kind::Date,
        DataType::ClientLink | DataType::GroupLink | DataType::UserLink => Kind::Key,
    }
}

/// What a text stands for, as a value of the field. What can be chosen may change, so any choice may be asked for.
pub(super) fn parse(text: &str, column: CustomColumn) -> Option<Value> {
    let content = match column.data_type {
        DataType::String | DataType::Selection => text.to_owned(),
        DataType::Number => number(text)?,
        DataType::Checkbox => {
            let text = text.to_ascii_uppercase();
            ["TRUE", "FALSE"].contains(&text.as_str()).then_some(text)?
        }
        DataType::ClientLink | DataType::GroupLink | DataType::UserLink => {
            text.parse::<Key>().ok()?.to_string()
        }
        DataType::Date => text.parse::<Date>().ok()?.to_string(),
    };
    Some(column.value(&content))
}

/// A test of days as one of a field's values.
pub(super) fn of_days(test: Test, column: CustomColumn) -> Test {
    let day = |value: Value| {
        if let Value::Date(day) = value { column.value(&day.to_string()) } else { value }
    };
    if let Test::Between(from, to) = test { Test::Between(day(from), day(to)) } else { test }
}
