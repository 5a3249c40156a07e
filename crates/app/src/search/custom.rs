//! What is searched by custom fields: their values, in the form in which a store compares them.

use std::collections::HashMap;

use loam_book::custom_field::comparable::comparable;
use loam_book::custom_field::value::{CustomValue, CustomValues};
use loam_book::custom_field::{CustomField, DataType};
use loam_book::ids::Key;

use super::Value;
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;

/// The values of a custom field. An owner has none, one, or one in each group of a grouped set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CustomColumn {
    pub field: Key,
    pub data_type: DataType,
}

impl From<&CustomField> for CustomColumn {
    fn from(field: &CustomField) -> CustomColumn {
        CustomColumn { field: field.key, data_type: field.data_type }
    }
}

impl CustomColumn {
    /// What a content is compared by: a text of its own, and whatever else by how it sorts.
    pub fn value(self, content: &str) -> Value {
        match self.data_type {
            DataType::String => Value::Text(content.to_owned()),
            DataType::Selection
            | DataType::Number
            | DataType::Checkbox
            | DataType::Date
            | DataType::ClientLink
            | DataType::GroupLink
            | DataType::UserLink => Value::Sorting(self.sorting(content)),
        }
    }

    /// What a content is sorted by.
    pub fn sorting(self, content: &str) -> String {
        comparable(self.data_type, content).to_ascii_lowercase()
    }

    /// Whether many owners have the same value.
    pub fn has_few_values(self) -> bool {
        matches!(self.data_type, DataType::Selection | DataType::Checkbox)
    }

    /// What an owner has of the field, the first group first.
    pub(super) fn of(self, kept: Option<&CustomValues>) -> Vec<&CustomValue> {
        let values = kept.into_iter().flat_map(|kept| &kept.values);
        let mut values: Vec<&CustomValue> = values.filter(|value| value.field == self.field).collect();
        values.sort_by_key(|value| value.group);
        values
    }

    /// The values that an owner has of the field.
    pub(super) fn values(self, kept: Option<&CustomValues>) -> Vec<Value> {
        self.of(kept).into_iter().map(|value| self.value(&value.content)).collect()
    }

    /// The place of an owner in the order of the field: that of the first value.
    pub(super) fn place(self, kept: Option<&CustomValues>) -> Option<Value> {
        self.of(kept).first().map(|value| Value::Sorting(self.sorting(&value.content)))
    }
}

/// Values of owners, read where a search asks for them.
#[derive(Debug, Default)]
pub(super) struct Kept(HashMap<Key, CustomValues>);

impl Kept {
    /// Those of these owners, if any of their values is asked for.
    pub(super) async fn read(
        store: &dyn ReadStore,
        asked: Option<CustomColumn>,
        owners: impl Iterator<Item = Address>,
    ) -> Result<Kept, StoreError> {
        if asked.is_none() {
            return Ok(Kept::default());
        }
        let mut owners: Vec<Address> = owners.collect();
        owners.sort_unstable();
        owners.dedup();
        let kept = store.custom_values(&owners).await?;
        Ok(Kept(kept.into_iter().map(|values| (values.address.key, values)).collect()))
    }

    pub(super) fn of(&self, owner: Key) -> Option<&CustomValues> {
        self.0.get(&owner)
    }
}

#[cfg(test)]
mod tests {
    use loam_book::custom_field::owner::OwnerKind;
    use loam_book::ids::{Address, Part};

    use super::*;
    use crate::search::Test;

    fn key(n: u64) -> Key {
        Key::entity(Part::new(0), n, n)
    }

    fn column(data_type: DataType) -> CustomColumn {
        CustomColumn { field: key(1), data_type }
    }

    #[test]
    fn numbers_are_compared_as_numbers_and_texts_without_regard_to_case() {
        let number = column(DataType::Number);
        assert!(Test::Above(number.value("9")).holds(Some(&number.value("10"))));
        assert!(Test::Between(number.value("-2"), number.value("2")).holds(Some(&number.value("-1.5"))));
        let text = column(DataType::String);
        assert!(Test::Is(vec![text.value("blue")]).holds(Some(&text.value("BLUE"))));
        assert!(!Test::IsExactly("blue".into()).holds(Some(&text.value("BLUE"))));
        let chosen = column(DataType::Selection);
        assert!(Test::Is(vec![chosen.value("none"), chosen.value("TEN")]).holds(Some(&chosen.value("Ten"))));
    }

    #[test]
    fn an_owner_has_its_place_by_the_first_group() {
        let value = |group, content: &str| CustomValue {
            key: key(9),
            field: key(1),
            group: Some(group),
            content: content.to_owned(),
        };
        let address = Address { part: Part::new(0), key: key(2) };
        let mut kept = CustomValues::none(OwnerKind::Loan, address);
        kept.values = vec![value(1, "a"), value(0, "B")];
        let text = column(DataType::String);
        assert_eq!(text.place(Some(&kept)), Some(Value::Sorting("b".to_owned())));
        assert_eq!(text.values(Some(&kept)), [Value::Text("B".into()), Value::Text("a".into())]);
        assert_eq!(text.place(None), None);
    }
}
