//! Custom fields and their values as the contract shows them, and values as callers state them.

use loam_book::actor::Actor;
use loam_book::catalog::Catalog;
use loam_book::custom_field::value::{CustomValue, CustomValues, StatedLink, StatedValue};
use loam_book::custom_field::{self as book, CustomFieldType, Rights};
use loam_book::ids::Key;
use loam_book::loan::Loan;

use super::super::error::DoorError;
use super::super::fields::{self, Fields};
use super::super::return_codes::ReturnCode;
use super::super::wire::custom_field as wire;
use super::super::wire::loan::LoanAccount;
use super::super::wire::values::{EncodedKey, Instant};

/// The names under which values are posted.
const LISTS: [&str; 2] = ["customInformation", "customFieldValues"];

/// The list of values that is given, under either name; `None` where there is none, an empty one where it is empty.
pub(crate) fn stated(fields: &Fields<'_>) -> Result<Option<Vec<StatedValue>>, DoorError> {
    let mut all = None;
    for name in LISTS {
        if fields.names(name) {
            let values = fields.objects(name)?.iter().map(one_stated).collect::<Result<Vec<_>, _>>()?;
            all.get_or_insert_with(Vec::new).extend(values);
        }
    }
    Ok(all)
}

/// The values beside an entity and inside it. The samples say the same in both places, which is said once.
pub(crate) fn stated_once(bodies: &[&Fields<'_>]) -> Result<Option<Vec<StatedValue>>, DoorError> {
    let mut all: Option<Vec<StatedValue>> = None;
    for body in bodies {
        match (&mut all, stated(body)?) {
            (_, None) => {}
            (Some(all), Some(stated)) if *all == stated => {}
            (Some(all), Some(stated)) => all.extend(stated),
            (none, stated) => *none = stated,
        }
    }
    Ok(all)
}

/// The name under which a list of values that is not empty stands.
pub(crate) fn list_name(fields: &Fields<'_>) -> Option<&'static str> {
    LISTS.into_iter().find(|name| fields.has(name))
}

fn one_stated(fields: &Fields<'_>) -> Result<StatedValue, DoorError> {
    let missing = || DoorError::at(ReturnCode::InvalidCustomFieldId, "customFieldID");
    let given = fields.text_of(&["customFieldID", "customFieldKey"])?.map(std::borrow::Cow::into_owned);
    let field = match given {
        Some(given) => given,
        None => inner_id(fields)?.ok_or_else(missing)?,
    };
    Ok(StatedValue { field, ..value(fields)? })
}

/// The id inside `customField`, as answers show it.
fn inner_id(fields: &Fields<'_>) -> Result<Option<String>, DoorError> {
    let inner = if fields.has("customField") { fields.object("customField")? } else { None };
    let inner = inner
        .map(|inner| Ok::<_, DoorError>(inner.text_of(&["id", "encodedKey"])?.map(|id| id.into_owned())));
    match inner.transpose()?.flatten() {
        None => fields.owned("encodedKey"),
        found => Ok(found),
    }
}

/// `{"value":…}` or `{"linkedEntityKeyValue":…}`, with the group where one is named.
pub(crate) fn value(fields: &Fields<'_>) -> Result<StatedValue, DoorError> {
    let link = fields.owned("linkedEntityKeyValue")?;
    Ok(StatedValue {
        field: String::new(),
        value: fields.owned("value")?,
        link: link.map(|named| StatedLink { named, address: None }),
        group: fields.owned("customFieldSetGroupIndex")?,
    })
}

/// The day of a date in any form of the contract; what is no date, the book refuses.
pub(crate) fn day(text: &str) -> Option<String> {
    fields::date(text).map(|date| date.to_string())
}

pub(crate) fn read_type(name: &str) -> Option<CustomFieldType> {
    let name = serde_json::Value::String(name.to_ascii_uppercase());
    serde_json::from_value(name).ok()
}

/// Values as an actor may see them.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) actor: &'a Actor,
    pub(crate) kept: &'a [CustomValues],
}

impl<'a> Shown<'a> {
    /// The values of an owner, set by set and group by group.
    pub(crate) fn of(&self, owner: Key) -> Vec<wire::CustomFieldValue<'a>> {
        let kept = self.kept.iter().filter(|values| values.address.key == owner);
        let mut rows: Vec<Row<'a>> =
            kept.flat_map(|kept| &kept.values).filter_map(|value| self.row(value)).collect();
        rows.sort_by_key(|row| (row.set.index, &row.set.id, row.value.group, row.field.index, &row.field.id));
        let mut shown = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let index = rows[..at].iter().filter(|before| before.set.key == row.set.key).count();
            shown.push(row.shown(owner, index));
        }
        shown.retain(|value| self.may_see(value.custom_field_id));
        shown
    }

    /// An account with all its values.
    pub(crate) fn fill(&self, mut account: LoanAccount<'a>, loan: &Loan) -> LoanAccount<'a> {
        if let Some(details) = &mut account.full_details {
            details.custom_field_values = self.of(loan.key);
            for guarantee in &mut details.guarantees {
                guarantee.custom_field_values = self.of(guarantee.encoded_key.0);
            }
            let planned = loan.servicing.course.disbursement_plan.details.values_key;
            account.disbursement_details.custom_information =
                planned.map_or_else(Vec::new, |key| self.of(key));
        }
        account
    }

    fn row(&self, value: &'a CustomValue) -> Option<Row<'a>> {
        let field = self.catalog.custom_fields.by_key(value.field)?.as_ref();
        let set = self.catalog.custom_field_sets.by_key(field.set)?.as_ref();
        Some(Row { value, field, set })
    }

    fn may_see(&self, field: &str) -> bool {
        self.catalog.custom_fields.find(field).is_some_and(|field| field.view_rights.allow(self.actor))
    }
}

struct Row<'a> {
    value: &'a CustomValue,
    field: &'a book::CustomField,
    set: &'a book::CustomFieldSet,
}

impl<'a> Row<'a> {
    fn shown(&self, owner: Key, index: usize) -> wire::CustomFieldValue<'a> {
        let content = self.value.content.as_str();
        let is_link = self.field.data_type.is_link();
        wire::CustomFieldValue {
            encoded_key: EncodedKey(self.value.key),
            parent_key: EncodedKey(owner),
            custom_field_key: EncodedKey(self.field.key),
            custom_field: field(self.field, self.set),
            value: (!is_link).then_some(content),
            linked_entity_key_value: is_link.then_some(content),
            amount: self.field.score(content),
            index_in_list: index,
            custom_field_id: &self.field.id,
            custom_field_set_group_index: self.value.group.map_or(-1, i64::from),
        }
    }
}

pub(crate) fn field<'a>(
    field: &'a book::CustomField,
    set: &'a book::CustomFieldSet,
) -> wire::CustomField<'a> {
    let scored =
        field.options.iter().filter_map(|option| Some((option.value.as_str(), option.score.as_deref()?)));
    wire::CustomField {
        encoded_key: EncodedKey(field.key),
        id: &field.id,
        creation_date: Instant(field.created_at),
        last_modified_date: Instant(field.last_modified_at),
        name: &field.name,
        applies_to: set.applies_to,
        data_type: field.data_type,
        value_length: field.value_length,
        is_default: field.is_default,
        is_required: field.is_required,
        description: field.description.as_deref().unwrap_or_default(),
        custom_field_set: set_reference(set),
        index_in_list: field.index,
        state: field.state,
        validation_pattern: field.validation_pattern.as_deref(),
        custom_field_selection_options: field.options.iter().map(option).collect(),
        view_rights: rights(&field.view_rights),
        edit_rights: rights(&field.edit_rights),
        unique: field.is_unique,
        values: field.options.iter().map(|option| option.value.as_str()).collect(),
        amounts: scored.collect(),
    }
}

fn option(option: &book::SelectionOption) -> wire::SelectionOption<'_> {
    wire::SelectionOption {
        value: &option.value,
        score: option.score.as_deref(),
        dependent_value: option.goes_with.as_deref(),
    }
}

fn rights(rights: &Rights) -> wire::FieldRights {
    wire::FieldRights {
        encoded_key: EncodedKey(rights.key),
        is_accessible_by_all_users: rights.is_for_all,
        roles: rights.roles.iter().copied().map(EncodedKey).collect(),
    }
}

fn set_reference(set: &book::CustomFieldSet) -> wire::CustomFieldSetReference<'_> {
    wire::CustomFieldSetReference {
        encoded_key: EncodedKey(set.key),
        id: &set.id,
        name: &set.name,
        notes: set.notes.as_deref(),
        created_date: Instant(set.created_at),
        index_in_list: set.index,
        applies_to: set.applies_to,
        usage: set.usage,
    }
}

/// A set with those of its fields that an actor may see.
pub(crate) fn set<'a>(
    set: &'a book::CustomFieldSet,
    catalog: &'a Catalog,
    actor: &Actor,
) -> wire::CustomFieldSet<'a> {
    let of_set = catalog.custom_fields.iter().filter(|field| field.set == set.key);
    let mut fields: Vec<_> = of_set.filter(|field| field.view_rights.allow(actor)).collect();
    fields.sort_by_key(|field| field.index);
    wire::CustomFieldSet {
        set: set_reference(set),
        custom_fields: fields.into_iter().map(|row| field(row, set)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Vec<StatedValue>>, DoorError> {
        stated(&Fields::of_json(text.as_bytes()).unwrap())
    }

    fn one(text: &str) -> StatedValue {
        read(&format!(r#"{{"customInformation":[{text}]}}"#)).unwrap().unwrap().remove(0)
    }

    #[test]
    fn a_field_is_named_in_one_of_several_ways() {
        let named = |text: &str| one(text).field;
        assert_eq!(named(r#"{"customFieldID":"A","value":"1"}"#), "A");
        assert_eq!(named(r#"{"CustomFieldID":"A","value":"1"}"#), "A");
        assert_eq!(named(r#"{"customFieldKey":"B","encodedKey":"C"}"#), "B");
        assert_eq!(named(r#"{"customField":{"id":"A"},"encodedKey":"C"}"#), "A");
        assert_eq!(named(r#"{"encodedKey":"C"}"#), "C");
        let nameless = read(r#"{"customInformation":[{"value":"1"}]}"#).unwrap_err();
        assert_eq!(nameless.code(), ReturnCode::InvalidCustomFieldId);
    }

    #[test]
    fn values_are_texts_whatever_they_were_written_as() {
        let stated =
            one(r#"{"customFieldID":"A","value":12.50,"customFieldSetGroupIndex":1,"toBeDeleted":false}"#);
        assert_eq!((stated.value.as_deref(), stated.group.as_deref()), (Some("12.50"), Some("1")));
        let linked = one(r#"{"customFieldID":"A","linkedEntityKeyValue":"8","value":null}"#);
        assert_eq!((linked.value, linked.link.map(|link| link.named)), (None, Some("8".to_owned())));
        assert_eq!(day("2012-10-10T00:00:00+0000").as_deref(), Some("2012-10-10"));
    }

    #[test]
    fn no_list_is_told_from_an_empty_one() {
        assert_eq!(read("{}"), Ok(None));
        assert_eq!(read(r#"{"customInformation":null}"#), Ok(None));
        assert_eq!(read(r#"{"customInformation":[]}"#), Ok(Some(Vec::new())));
        let both =
            r#"{"customInformation":[{"customFieldID":"A"}],"customFieldValues":[{"customFieldID":"B"}]}"#;
        assert_eq!(read(both).unwrap().unwrap().len(), 2);
        assert_eq!(read(r#"{"customInformation":"x"}"#).unwrap_err().code(), ReturnCode::InvalidParameters);
    }
}
