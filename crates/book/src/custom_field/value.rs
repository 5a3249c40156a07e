//! Values of custom fields, as they are kept and as callers state them.

use serde::{Deserialize, Serialize};

use super::owner::OwnerKind;
use crate::ids::{Address, Key, Name, Part};

/// One value of an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomValue {
    pub key: Key,
    pub field: Key,
    /// Counts the groups of a grouped set, from 0; `None` in a set that is there once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u32>,
    /// The text, or the key of what is linked.
    pub content: String,
}

/// All values of an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomValues {
    pub kind: OwnerKind,
    pub address: Address,
    /// Counts the changes; 0 before the first.
    pub version: i64,
    pub values: Vec<CustomValue>,
}

impl CustomValues {
    /// An owner of whom nothing is kept yet.
    pub fn none(kind: OwnerKind, address: Address) -> CustomValues {
        CustomValues { kind, address, version: 0, values: Vec::new() }
    }
}

/// A value as a caller states it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatedValue {
    /// Id or key of the field.
    pub field: String,
    pub value: Option<String>,
    pub link: Option<StatedLink>,
    /// The group that is meant, as it was written.
    pub group: Option<String>,
}

/// What a caller links to, and where the door found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedLink {
    /// Id or key.
    pub named: String,
    /// Of a client or a group.
    pub address: Option<Address>,
}

/// What somebody wants of an owner's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomEdit {
    /// Sets those that are named and leaves the others.
    Put(Vec<StatedValue>),
    /// Sets those that are named and removes the others.
    Replace(Vec<StatedValue>),
    /// Removes one field's value, or those of one group.
    Remove { field: String, group: Option<String> },
    /// The owner is gone.
    RemoveAll,
}

impl CustomEdit {
    /// What is stated.
    pub fn stated(&self) -> &[StatedValue] {
        match self {
            CustomEdit::Put(stated) | CustomEdit::Replace(stated) => stated,
            CustomEdit::Remove { .. } | CustomEdit::RemoveAll => &[],
        }
    }
}

/// A value of a field that no two owners may share.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UniqueValue {
    pub field: Key,
    pub content: String,
}

impl UniqueValue {
    /// Longer ones are registered by their hash.
    const MAX_ID: usize = 128;

    /// The scope in which it is registered.
    pub fn scope(&self) -> String {
        self.field.to_string()
    }

    /// The id under which it is registered.
    pub fn id(&self) -> String {
        if self.content.len() <= UniqueValue::MAX_ID {
            return self.content.clone();
        }
        Key::named(Part::new(0), &Name::of(&["custom value", &self.content])).to_string()
    }
}
