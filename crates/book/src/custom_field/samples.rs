//! Sets and fields for tests.

use jiff::Timestamp;

use super::{
    CustomField, CustomFieldSet, CustomFieldType, DataType, FieldState, Rights, SelectionOption, Usage,
    ValueLength,
};
use crate::catalog::Catalog;
use crate::ids::{Key, Part};
use crate::record::Record;

pub(super) fn key(number: u64) -> Key {
    Key::entity(Part::new(0), 1, number)
}

const SINGLE: u64 = 1;
const GROUPED: u64 = 2;

pub(super) fn set(number: u64, usage: Usage) -> CustomFieldSet {
    CustomFieldSet {
        key: key(number),
        id: format!("set{number}"),
        name: "A set".to_owned(),
        notes: None,
        index: 0,
        applies_to: CustomFieldType::LoanAccountInfo,
        usage,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn everybody(number: u64) -> Rights {
    Rights { key: key(number), is_for_all: true, roles: Vec::new() }
}

/// A text of the set that is there once.
pub(super) fn field(id: &str, number: u64) -> CustomField {
    CustomField {
        key: key(100 + number),
        id: id.to_owned(),
        name: id.to_owned(),
        set: key(SINGLE),
        data_type: DataType::String,
        value_length: ValueLength::Short,
        is_default: false,
        is_required: false,
        is_unique: false,
        description: None,
        index: i64::try_from(number).expect("it is small"),
        state: FieldState::Normal,
        validation_pattern: None,
        options: Vec::new(),
        depends_on: None,
        settings: Vec::new(),
        view_rights: everybody(8),
        edit_rights: everybody(9),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

pub(super) fn grouped(id: &str, number: u64) -> CustomField {
    CustomField { set: key(GROUPED), ..field(id, number) }
}

pub(super) fn option(value: &str) -> SelectionOption {
    SelectionOption { value: value.to_owned(), score: None, goes_with: None }
}

pub(super) fn selection(id: &str, number: u64, values: &[&str]) -> CustomField {
    let options = values.iter().map(|value| option(value)).collect();
    CustomField { data_type: DataType::Selection, options, ..field(id, number) }
}

/// A catalog with both sets and these fields.
pub(super) fn catalog(fields: Vec<CustomField>) -> Catalog {
    let sets = [set(SINGLE, Usage::Single), set(GROUPED, Usage::Grouped)];
    let sets = sets.into_iter().map(Record::CustomFieldSet);
    let fields = fields.into_iter().map(|field| Record::CustomField(Box::new(field)));
    Catalog::new(1, sets.chain(fields).collect())
}
