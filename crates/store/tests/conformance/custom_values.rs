//! Custom field values: kept by their owners, changed by version, found by field and value.

use loam_app::changes::{Changes, CustomValueRow, CustomValuesChange, IdName, NewId};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::Need;
use loam_book::custom_field::DataType;
use loam_book::custom_field::comparable::comparable;
use loam_book::custom_field::owner::OwnerKind;
use loam_book::custom_field::value::{CustomValue, CustomValues};
use loam_book::ids::{Key, Part};
use loam_book::loan::refusal::IdKind;

use crate::places::Place;
use crate::samples::{audit, key};

on_both_and_spread!(
    values_are_read_back_as_they_were_written,
    values_are_changed_and_go,
    values_are_changed_on_the_version_that_was_read,
    a_value_that_is_taken_in_its_field_is_a_duplicate,
);

fn owner(n: u64) -> Address {
    Address { part: Part::new(5), key: key(5, n) }
}

fn value(field: u64, group: Option<u32>, content: &str) -> CustomValue {
    let number = field * 10 + u64::from(group.unwrap_or(9));
    CustomValue { key: key(5, 5_000 + number), field: key(0, field), group, content: content.to_owned() }
}

fn values(n: u64, version: i64, values: Vec<CustomValue>) -> CustomValues {
    CustomValues { kind: OwnerKind::Loan, address: owner(n), version, values }
}

fn row(value: &CustomValue) -> CustomValueRow {
    CustomValueRow { value: value.clone(), comparable: comparable(DataType::Number, &value.content) }
}

fn change(
    values: &CustomValues,
    version_read: Option<i64>,
    gone: Vec<(Key, Option<u32>)>,
    put: &[CustomValue],
) -> Changes {
    let put = put.iter().map(row).collect();
    let change = CustomValuesChange { values: values.clone(), version_read, gone, put };
    let row = audit(values.address.part, values.address.key);
    Changes { custom_values: vec![change], audit: vec![row], ..Changes::default() }
}

fn new(values: &CustomValues) -> Changes {
    change(values, None, Vec::new(), &values.values)
}

/// The values of an owner who has some.
pub(crate) fn some_values() -> Changes {
    new(&values(1, 1, vec![value(2, None, "10")]))
}

async fn values_are_read_back_as_they_were_written(place: Place) {
    let mut open = place.book().await;
    let first = values(1, 1, vec![value(2, None, "10"), value(3, Some(0), "a"), value(3, Some(1), "b")]);
    let second = values(2, 1, vec![]);
    open.lane.save(&new(&first)).await.unwrap();
    open.lane.save(&new(&second)).await.unwrap();
    let owners = vec![owner(1), owner(2), owner(3)];
    let mut read = open.reader.custom_values(&owners).await.unwrap();
    read.sort_by_key(|values| values.address);
    assert_eq!(read, [first.clone(), second]);
    let need = Need { custom_values: owners, ..Need::default() };
    let mut loaded = open.lane.load(&need).await.unwrap();
    assert_eq!(loaded.custom_values.len(), 2);
    assert_eq!(loaded.custom_values.remove(&owner(1).key), Some(first));
    assert_eq!(open.reader.custom_values(&[]).await.unwrap(), []);
}

async fn values_are_changed_and_go(place: Place) {
    let mut open = place.book().await;
    let before = values(1, 1, vec![value(2, None, "10"), value(3, Some(0), "a"), value(3, Some(1), "b")]);
    open.lane.save(&new(&before)).await.unwrap();
    let moved = CustomValue { key: before.values[2].key, ..value(3, Some(0), "b") };
    let after = values(1, 2, vec![moved.clone(), value(4, None, "new")]);
    let after = CustomValues { values: vec![after.values[1].clone(), moved], ..after };
    let gone = vec![(key(0, 2), None), (key(0, 3), Some(1))];
    open.lane.save(&change(&after, Some(1), gone, &after.values)).await.unwrap();
    assert_eq!(open.reader.custom_values(&[owner(1)]).await.unwrap(), [after]);
}

async fn values_are_changed_on_the_version_that_was_read(place: Place) {
    let mut open = place.book().await;
    let first = values(1, 1, vec![value(2, None, "1")]);
    open.lane.save(&new(&first)).await.unwrap();
    let second = values(1, 2, vec![value(2, None, "2")]);
    for stale in [new(&first), change(&second, Some(7), Vec::new(), &second.values)] {
        assert_eq!(open.lane.save(&stale).await, Err(StoreError::VersionConflict));
    }
    assert_eq!(open.reader.custom_values(&[owner(1)]).await.unwrap(), [first]);
}

async fn a_value_that_is_taken_in_its_field_is_a_duplicate(place: Place) {
    let mut open = place.book().await;
    let with_id = |n: u64, field: u64| {
        let mut changes = new(&values(n, 1, vec![value(field, None, "1")]));
        let name =
            IdName { scope: Some(key(0, field).to_string()), kind: IdKind::CustomValue, id: "1".into() };
        changes.ids.push(NewId { name, key: owner(n).key, part: owner(n).part });
        changes
    };
    let first = with_id(1, 2);
    open.lane.save(&first).await.unwrap();
    let taken = open.lane.save(&with_id(2, 2)).await;
    assert_eq!(taken, Err(StoreError::Duplicate(vec![first.ids[0].name.clone()])));
    open.lane.save(&with_id(3, 4)).await.unwrap();
    let mut freed = change(&values(1, 2, vec![]), Some(1), vec![(key(0, 2), None)], &[]);
    freed.freed_ids = first.ids;
    open.lane.save(&freed).await.unwrap();
    open.lane.save(&with_id(2, 2)).await.unwrap();
}
