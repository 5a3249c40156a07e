//! Decides what becomes of an owner's values.
//!
//! Checks, in this order, for each value as it stands in the list: field, owner, state, rights, group, value. Then
//! all together: named twice, groups without gaps, dependent values, required values, values that must be unique.

use super::content::{FindLink, content};
use super::owner::Owner;
use super::refusal::CustomFieldRefusal as Refusal;
use super::value::{CustomEdit, CustomValue, CustomValues, StatedValue, UniqueValue};
use super::{CustomField, CustomFieldSet, FieldState, Usage};
use crate::actor::Actor;
use crate::catalog::Catalog;
use crate::ids::{Key, Name};

/// What a decision may look at.
pub struct Ground<'a> {
    pub catalog: &'a Catalog,
    pub actor: &'a Actor,
    pub owner: Owner,
    /// What the owner has.
    pub present: &'a CustomValues,
    pub find_link: FindLink<'a>,
}

/// The values afterwards, and which unique ones are taken and freed by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub values: CustomValues,
    pub taken: Vec<UniqueValue>,
    pub freed: Vec<UniqueValue>,
}

/// Decides an edit of an owner's values.
///
/// # Errors
/// See the head of this file.
pub fn edit(edit: &CustomEdit, ground: &Ground<'_>) -> Result<Decided, Refusal> {
    let mut work = Work { ground, values: ground.present.values.clone(), touched: Vec::new() };
    match edit {
        CustomEdit::Put(stated) => work.put(stated)?,
        CustomEdit::Replace(stated) => {
            work.replace(stated)?;
            work.require()?;
        }
        CustomEdit::Remove { field, group } => work.remove(field, group.as_deref())?,
        CustomEdit::RemoveAll => work.values.clear(),
    }
    work.finish()
}

/// A stated value whose field is known.
struct Named<'a> {
    field: &'a CustomField,
    set: &'a CustomFieldSet,
    group: Option<u32>,
    content: String,
}

struct Work<'a> {
    ground: &'a Ground<'a>,
    values: Vec<CustomValue>,
    /// Field and group of what was set.
    touched: Vec<(Key, Option<u32>)>,
}

impl<'a> Work<'a> {
    /// Groups that are named must be there; what names none begins a new group, together with other fields of
    /// its set that name none.
    fn put(&mut self, stated: &[StatedValue]) -> Result<(), Refusal> {
        let named = self.named(stated)?;
        let mut opened: Vec<(Key, u32)> = Vec::new();
        for value in &named {
            let group = match (value.set.usage, value.group) {
                (Usage::Single, _) => None,
                (Usage::Grouped, Some(group)) if group < self.groups(self.ground.present, value.set) => {
                    Some(group)
                }
                (Usage::Grouped, Some(group)) => {
                    return Err(Refusal::UnknownGroup {
                        field: value.field.id.clone(),
                        group: group.to_string(),
                    });
                }
                (Usage::Grouped, None) => Some(self.opened_group(value, &mut opened)),
            };
            self.set(value, group)?;
        }
        Ok(())
    }

    /// The group that this request opened in the set and that lacks the field, or the next one.
    fn opened_group(&self, value: &Named<'_>, opened: &mut Vec<(Key, u32)>) -> u32 {
        let is_free = |group: u32| !self.touched.contains(&(value.field.key, Some(group)));
        let mut of_set = opened.iter().filter(|(set, _)| *set == value.set.key);
        if let Some((_, group)) = of_set.find(|(_, group)| is_free(*group)) {
            return *group;
        }
        let count = opened.iter().filter(|(set, _)| *set == value.set.key).count();
        let group = self.groups(self.ground.present, value.set) + small(count);
        opened.push((value.set.key, group));
        group
    }

    /// Values are matched by field and group; of a field whose groups are not named, by their order. What the
    /// caller cannot name stays: fields that others fill in, and those that are deactivated.
    fn replace(&mut self, stated: &[StatedValue]) -> Result<(), Refusal> {
        let named = self.named(stated)?;
        for value in &named {
            let group = match (value.set.usage, value.group) {
                (Usage::Single, _) => None,
                (Usage::Grouped, Some(group)) => Some(group),
                (Usage::Grouped, None) => {
                    let of_field = self.touched.iter().filter(|(field, _)| *field == value.field.key);
                    Some(small(of_field.count()))
                }
            };
            self.set(value, group)?;
        }
        let (touched, ground) = (&self.touched, self.ground);
        self.values.retain(|value| {
            touched.contains(&(value.field, value.group)) || !may_be_named(ground, value.field)
        });
        self.check_gaps()
    }

    fn remove(&mut self, field: &str, group: Option<&str>) -> Result<(), Refusal> {
        let (field, set) = self.field(field)?;
        let group = read_group(field, set, group)?;
        let is_meant =
            |value: &CustomValue| value.field == field.key && (group.is_none() || value.group == group);
        if let Some(group) = group.filter(|_| !self.values.iter().any(is_meant)) {
            return Err(Refusal::UnknownGroup { field: field.id.clone(), group: group.to_string() });
        }
        if field.is_required_for(self.ground.owner.setting) {
            return Err(Refusal::Stays { field: field.id.clone() });
        }
        self.values.retain(|value| !is_meant(value));
        Ok(())
    }

    fn named(&self, stated: &'a [StatedValue]) -> Result<Vec<Named<'a>>, Refusal> {
        stated.iter().map(|stated| self.one_named(stated)).collect()
    }

    fn one_named(&self, stated: &StatedValue) -> Result<Named<'a>, Refusal> {
        let (field, set) = self.field(&stated.field)?;
        if field.state == FieldState::Deactivated {
            return Err(Refusal::Deactivated { field: field.id.clone() });
        }
        let group = read_group(field, set, stated.group.as_deref())?;
        let content = content(field, stated, self.ground.find_link)?;
        let content = content.ok_or_else(|| {
            if field.is_required_for(self.ground.owner.setting) {
                Refusal::Missing { field: field.id.clone() }
            } else {
                Refusal::OtherType { field: field.id.clone() }
            }
        })?;
        Ok(Named { field, set, group, content })
    }

    /// The field of a name that is for this owner, and that the actor may fill in.
    fn field(&self, name: &str) -> Result<(&'a CustomField, &'a CustomFieldSet), Refusal> {
        let Ground { catalog, owner, actor, .. } = self.ground;
        let field = catalog.custom_fields.find(name);
        let field = field.ok_or_else(|| Refusal::Unknown { field: name.to_owned() })?;
        let set = set_of(catalog, field);
        let id = || field.id.clone();
        if set.applies_to != owner.kind.fields() {
            return Err(Refusal::NotForOwner { field: id() });
        }
        if owner.kind.needs_channel() && owner.setting.is_none() {
            return Err(Refusal::NeedsChannel { field: id() });
        }
        if !field.is_for(owner.setting) {
            return Err(Refusal::NotForOwner { field: id() });
        }
        if !field.edit_rights.allow(actor) {
            return Err(Refusal::NotEditable { field: id() });
        }
        Ok((field, set))
    }

    fn set(&mut self, named: &Named<'_>, group: Option<u32>) -> Result<(), Refusal> {
        let place = (named.field.key, group);
        if self.touched.contains(&place) {
            let field = named.field.id.clone();
            return Err(if group.is_some() {
                Refusal::TwiceInGroup { field }
            } else {
                Refusal::NamedTwice { field }
            });
        }
        self.touched.push(place);
        let present = self.values.iter_mut().find(|value| (value.field, value.group) == place);
        match present {
            Some(value) => value.content.clone_from(&named.content),
            None => {
                let key = self.new_key();
                let content = named.content.clone();
                self.values.push(CustomValue { key, field: named.field.key, group, content });
            }
        }
        Ok(())
    }

    /// A key that the same edit of the same values always gives.
    fn new_key(&self) -> Key {
        let (address, version) = (self.ground.owner.address, self.ground.present.version);
        let place = self.touched.len().to_string();
        let name = Name::of(&["custom value", &address.key.to_string(), &version.to_string(), &place]);
        Key::named(address.part, &name)
    }

    /// How many groups of a set there are.
    fn groups(&self, values: &CustomValues, set: &CustomFieldSet) -> u32 {
        let of_set = values.values.iter().filter(|value| is_of(self.ground.catalog, value, set.key));
        of_set.filter_map(|value| value.group).map(|group| group + 1).max().unwrap_or(0)
    }

    fn check_gaps(&self) -> Result<(), Refusal> {
        for (field, group) in
            self.touched.iter().filter_map(|(field, group)| group.map(|group| (*field, group)))
        {
            let set = set_key(self.ground.catalog, field);
            let has = |group: u32| {
                let mut of_set = self
                    .values
                    .iter()
                    .filter(|value| Some(set_key(self.ground.catalog, value.field)) == Some(set));
                of_set.any(|value| value.group == Some(group))
            };
            if group > 0 && !has(group - 1) {
                let field = id_of(self.ground.catalog, field);
                return Err(Refusal::GroupsHaveGaps { field });
            }
        }
        Ok(())
    }

    /// Whatever the owner must have is there; a required field of a grouped set, in every group. Nobody is asked
    /// for what others fill in.
    fn require(&self) -> Result<(), Refusal> {
        let Ground { catalog, owner, actor, .. } = self.ground;
        for field in catalog.custom_fields.iter() {
            let set = set_of(catalog, field);
            let is_asked = set.applies_to == owner.kind.fields()
                && field.state == FieldState::Normal
                && field.is_for(owner.setting)
                && field.is_required_for(owner.setting)
                && field.edit_rights.allow(actor);
            let has = |group: Option<u32>| {
                self.values.iter().any(|value| value.field == field.key && value.group == group)
            };
            let is_there = match set.usage {
                Usage::Single => has(None),
                Usage::Grouped => {
                    let of_set = self.values.iter().filter(|value| is_of(catalog, value, set.key));
                    of_set.filter_map(|value| value.group).all(|group| has(Some(group)))
                }
            };
            if is_asked && !is_there {
                return Err(Refusal::Missing { field: field.id.clone() });
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Decided, Refusal> {
        self.close_gaps();
        self.check_dependent()?;
        let Ground { catalog, present, .. } = self.ground;
        let order = |value: &CustomValue| {
            let field = catalog.custom_fields.by_key(value.field);
            (value.group, field.map(|field| field.index), value.field)
        };
        self.values.sort_by_key(order);
        let (before, after) = (unique_of(catalog, &present.values), unique_of(catalog, &self.values));
        if let Some(twice) = after.iter().enumerate().find(|(at, value)| after[..*at].contains(value)) {
            return Err(Refusal::NotUnique { field: id_of(catalog, twice.1.field) });
        }
        let taken = after.iter().filter(|value| !before.contains(value)).cloned().collect();
        let freed = before.into_iter().filter(|value| !after.contains(value)).collect();
        let values = CustomValues { version: present.version + 1, values: self.values, ..(*present).clone() };
        Ok(Decided { values, taken, freed })
    }

    /// What follows a group that was emptied moves up.
    fn close_gaps(&mut self) {
        let catalog = self.ground.catalog;
        let places: Vec<(Key, u32)> = self
            .values
            .iter()
            .filter_map(|value| value.group.map(|group| (set_key(catalog, value.field), group)))
            .collect();
        for value in &mut self.values {
            let Some(group) = value.group else { continue };
            let set = set_key(catalog, value.field);
            let mut before: Vec<u32> =
                places.iter().filter(|(of, at)| *of == set && *at < group).map(|(_, at)| *at).collect();
            before.sort_unstable();
            before.dedup();
            value.group = Some(small(before.len()));
        }
    }

    /// A choice goes with that of the field on which it depends, in the same group.
    fn check_dependent(&self) -> Result<(), Refusal> {
        for value in &self.values {
            let Some(field) = self.ground.catalog.custom_fields.by_key(value.field) else { continue };
            let Some(parent) = field.depends_on.filter(|_| field.state == FieldState::Normal) else {
                continue;
            };
            let mut others = self.values.iter();
            let other = others.find(|other| other.field == parent && other.group == value.group);
            let other = other.ok_or_else(|| Refusal::DependsOnMissing { field: field.id.clone() })?;
            let option = field.options.iter().find(|option| option.value == value.content);
            let goes_with = option.and_then(|option| option.goes_with.as_ref());
            if goes_with.is_some_and(|goes_with| *goes_with != other.content) {
                return Err(Refusal::OtherType { field: field.id.clone() });
            }
        }
        Ok(())
    }
}

/// The group that is meant. What is not grouped shows -1, and callers send it back.
fn read_group(
    field: &CustomField,
    set: &CustomFieldSet,
    group: Option<&str>,
) -> Result<Option<u32>, Refusal> {
    let Some(text) = group.filter(|group| *group != "-1") else { return Ok(None) };
    if set.usage == Usage::Single {
        return Err(Refusal::OtherUsage { field: field.id.clone() });
    }
    let unknown = |_| Refusal::UnknownGroup { field: field.id.clone(), group: text.to_owned() };
    text.trim().parse().map(Some).map_err(unknown)
}

/// Whether a caller can name a value of this field.
fn may_be_named(ground: &Ground<'_>, field: Key) -> bool {
    let field = ground.catalog.custom_fields.by_key(field);
    field.is_some_and(|field| field.state == FieldState::Normal && field.edit_rights.allow(ground.actor))
}

fn set_of<'a>(catalog: &'a Catalog, field: &CustomField) -> &'a CustomFieldSet {
    catalog.custom_field_sets.by_key(field.set).expect("a field is of a set, and sets stay")
}

fn set_key(catalog: &Catalog, field: Key) -> Key {
    catalog.custom_fields.by_key(field).expect("a value is of a field, and fields stay").set
}

fn is_of(catalog: &Catalog, value: &CustomValue, set: Key) -> bool {
    set_key(catalog, value.field) == set
}

fn id_of(catalog: &Catalog, field: Key) -> String {
    catalog.custom_fields.by_key(field).map_or_else(String::new, |field| field.id.clone())
}

fn unique_of(catalog: &Catalog, values: &[CustomValue]) -> Vec<UniqueValue> {
    let is_unique =
        |value: &&CustomValue| catalog.custom_fields.by_key(value.field).is_some_and(|field| field.is_unique);
    let unique = |value: &CustomValue| UniqueValue { field: value.field, content: value.content.clone() };
    values.iter().filter(is_unique).map(unique).collect()
}

fn small(count: usize) -> u32 {
    u32::try_from(count).expect("a request is shorter than that")
}

#[cfg(test)]
mod tests;
