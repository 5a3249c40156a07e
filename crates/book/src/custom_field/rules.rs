//! What sets and fields may say when they are created or changed.

use super::content::{number, whole_pattern};
use super::refusal::CustomFieldRefusal;
use super::{CustomField, CustomFieldSet, DataType};
use crate::catalog::Catalog;
use crate::ids::Key;
use crate::loan::refusal::Refusal;
use crate::record::Record;

/// The first member of a field that contradicts itself or another: options only of a selection, a pattern only
/// of a text, scores that are numbers.
pub fn contradiction(field: &CustomField) -> Option<&'static str> {
    let is_selection = field.data_type == DataType::Selection;
    let values: Vec<&str> = field.options.iter().map(|option| option.value.as_str()).collect();
    let is_twice = values.iter().enumerate().any(|(at, value)| values[..at].contains(value));
    let has_scores = |score: &Option<String>| score.as_deref().is_none_or(|score| number(score).is_some());
    let is_pattern =
        field.validation_pattern.as_deref().is_none_or(|pattern| whole_pattern(pattern).is_some());
    let takes_pattern = field.data_type == DataType::String || field.validation_pattern.is_none();
    let checks = [
        (is_selection != values.is_empty(), "customFieldSelectionOptions"),
        (!is_twice && values.iter().all(|value| !value.trim().is_empty()), "customFieldSelectionOptions"),
        (field.options.iter().all(|option| has_scores(&option.score)), "amounts"),
        (is_pattern && takes_pattern, "validationPattern"),
        (is_selection || field.depends_on.is_none(), "dependentFieldKey"),
        (field.depends_on != Some(field.key), "dependentFieldKey"),
        (!(field.is_unique && field.data_type == DataType::Checkbox), "unique"),
    ];
    checks.into_iter().find(|(holds, _)| !holds).map(|(_, member)| member)
}

/// Checks a set or a field against the catalog: its set, the other fields of the set, and what stays as it was.
///
/// # Errors
/// `UnknownSet`, `Fixed`, `NameInUse`, `Unknown` for a field on which it depends.
pub fn check_in_catalog(record: &Record, catalog: &Catalog) -> Result<(), Refusal> {
    let refused = match record {
        Record::CustomFieldSet(set) => changed_set(set, catalog),
        Record::CustomField(field) => check_field(field, catalog),
        Record::Product(_)
        | Record::Branch(_)
        | Record::Centre(_)
        | Record::User(_)
        | Record::Channel(_)
        | Record::ApiClient(_)
        | Record::Business(_)
        | Record::Target(_)
        | Record::Purpose(_)
        | Record::IndexRateSource(_)
        | Record::ClientRole(_)
        | Record::GroupRole(_)
        | Record::DocumentTemplate(_)
        | Record::SavingsProduct(_)
        | Record::Template(_)
        | Record::ExchangeRates(_)
        | Record::RiskLevel(_)
        | Record::LedgerAccount(_)
        | Record::Closure(_)
        | Record::Role(_)
        | Record::ApiConsumer(_)
        | Record::Settings(_) => Ok(()),
    };
    refused.map_err(Refusal::CustomField)
}

fn changed_set(set: &CustomFieldSet, catalog: &Catalog) -> Result<(), CustomFieldRefusal> {
    let Some(before) = catalog.custom_field_sets.by_key(set.key) else { return Ok(()) };
    first_changed(&[(before.applies_to == set.applies_to, "type"), (before.usage == set.usage, "usage")])
}

fn check_field(field: &CustomField, catalog: &Catalog) -> Result<(), CustomFieldRefusal> {
    let set = catalog.custom_field_sets.by_key(field.set);
    let set = set.ok_or_else(|| CustomFieldRefusal::UnknownSet { set: field.set.to_string() })?;
    if let Some(before) = catalog.custom_fields.by_key(field.key) {
        first_changed(&[
            (before.set == field.set, "customFieldSet"),
            (before.data_type == field.data_type, "dataType"),
            (before.is_unique == field.is_unique, "unique"),
        ])?;
    }
    let mut others = of_set(catalog, set.key).filter(|other| other.key != field.key);
    if others.any(|other| other.name == field.name) {
        return Err(CustomFieldRefusal::NameInUse { name: field.name.clone() });
    }
    let Some(parent) = field.depends_on else { return Ok(()) };
    let mut selections = of_set(catalog, set.key).filter(|other| other.data_type == DataType::Selection);
    let is_known = selections.any(|other| other.key == parent && other.depends_on.is_none());
    is_known.then_some(()).ok_or_else(|| CustomFieldRefusal::Unknown { field: parent.to_string() })
}

fn of_set(catalog: &Catalog, set: Key) -> impl Iterator<Item = &CustomField> {
    catalog.custom_fields.iter().map(AsRef::as_ref).filter(move |field| field.set == set)
}

/// Values rest on these: they stay as they were.
fn first_changed(members: &[(bool, &'static str)]) -> Result<(), CustomFieldRefusal> {
    match members.iter().find(|(is_same, _)| !is_same) {
        Some((_, member)) => Err(CustomFieldRefusal::Fixed { member }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{catalog, field, key, option, selection};
    use super::*;

    fn check(field: CustomField, catalog: &Catalog) -> Result<(), Refusal> {
        check_in_catalog(&Record::CustomField(Box::new(field)), catalog)
    }

    #[test]
    fn only_a_selection_has_options() {
        assert_eq!(contradiction(&selection("A", 1, &["x"])), None);
        assert_eq!(contradiction(&selection("A", 1, &[])), Some("customFieldSelectionOptions"));
        assert_eq!(contradiction(&selection("A", 1, &["x", "x"])), Some("customFieldSelectionOptions"));
        let text = CustomField { options: vec![option("x")], ..field("A", 1) };
        assert_eq!(contradiction(&text), Some("customFieldSelectionOptions"));
        let broken = CustomField { validation_pattern: Some("(".to_owned()), ..field("A", 1) };
        assert_eq!(contradiction(&broken), Some("validationPattern"));
    }

    #[test]
    fn what_values_rest_on_stays() {
        let catalog = catalog(vec![field("A", 1)]);
        let refused = |field| check(field, &catalog).expect_err("it is fixed");
        let fixed = |member| Refusal::CustomField(CustomFieldRefusal::Fixed { member });
        assert_eq!(refused(CustomField { set: key(2), ..field("A", 1) }), fixed("customFieldSet"));
        assert_eq!(refused(CustomField { is_unique: true, ..field("A", 1) }), fixed("unique"));
        assert_eq!(check(CustomField { is_required: true, ..field("A", 1) }, &catalog), Ok(()));
        let nowhere = refused(CustomField { set: key(77), ..field("B", 2) });
        assert!(matches!(nowhere, Refusal::CustomField(CustomFieldRefusal::UnknownSet { .. })));
        let namesake = refused(CustomField { name: "A".to_owned(), ..field("B", 2) });
        assert!(matches!(namesake, Refusal::CustomField(CustomFieldRefusal::NameInUse { .. })));
    }
}
