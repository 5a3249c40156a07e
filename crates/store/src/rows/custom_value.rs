//! `custom_owner` and `custom_value`.

use loam_app::changes::CustomValuesChange;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::custom_field::owner::OwnerKind;
use loam_book::custom_field::value::{CustomValue, CustomValues};
use loam_book::ids::Key;

use crate::cells::{Cell, Columns, Cursor, Row};

/// What a value in no group has for the index of its group.
pub(crate) const NO_GROUP: i64 = -1;

/// The columns of an owner and a value that [`read_value`] reads.
macro_rules! value_columns {
    () => {
        "o.part, o.owner_key, o.version, o.kind, v.field_key, v.group_index, v.value_key, v.content"
    };
}

pub(crate) use value_columns;

pub(crate) fn owner_row(change: &CustomValuesChange) -> Row<'_> {
    let values = &change.values;
    let CustomValues { kind, address, version, .. } = values;
    vec![Cell::part(address.part), Cell::key(address.key), Cell::int(*version), Cell::text(kind.name())]
}

/// Part, owner, field and group of values that are there no more.
pub(crate) fn gone_rows(change: &CustomValuesChange) -> impl Iterator<Item = Row<'_>> {
    let address = change.values.address;
    change.gone.iter().map(move |(field, group)| place(address, *field, *group))
}

pub(crate) fn put_rows(change: &CustomValuesChange) -> impl Iterator<Item = Row<'_>> {
    let address = change.values.address;
    change.put.iter().map(move |row| {
        let mut cells = place(address, row.value.field, row.value.group);
        cells.extend([Cell::key(row.value.key), Cell::text(&row.value.content), Cell::text(&row.comparable)]);
        cells
    })
}

fn place<'a>(address: Address, field: Key, group: Option<u32>) -> Row<'a> {
    vec![
        Cell::part(address.part),
        Cell::key(address.key),
        Cell::key(field),
        Cell::int(group.map_or(NO_GROUP, i64::from)),
    ]
}

/// Reads [`value_columns`]: an owner, with a value if it has one.
pub(crate) fn read_value(row: &impl Columns) -> Result<CustomValues, StoreError> {
    let mut row = Cursor::new("custom_value", row);
    let address = Address { part: row.part()?, key: row.key()? };
    let version = row.int()?;
    let named = |name: &str| OwnerKind::ALL.into_iter().find(|kind| kind.name() == name);
    let kind = row.named(named)?;
    let mut values = CustomValues { kind, address, version, values: Vec::new() };
    if let Some(field) = row.maybe_key()? {
        let group = row.int()?;
        let group = if group == NO_GROUP { None } else { Some(group) };
        let group = group.map(u32::try_from).transpose().map_err(|error| row.unreadable(error))?;
        values.values.push(CustomValue { key: row.key()?, field, group, content: row.string()? });
    }
    Ok(values)
}

/// The values of each owner; rows of one owner follow one another.
pub(crate) fn gathered(rows: Vec<CustomValues>) -> Vec<CustomValues> {
    let mut owners: Vec<CustomValues> = Vec::new();
    for row in rows {
        match owners.last_mut().filter(|owner| owner.address == row.address) {
            Some(owner) => owner.values.extend(row.values),
            None => owners.push(row),
        }
    }
    owners
}
