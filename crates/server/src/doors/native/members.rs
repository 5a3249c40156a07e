//! The members of a JSON object as they were sent: figures stay the text that the caller wrote, and
//! no number goes through a float. An explicit null means "not given".

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::error::DoorError;

type Result<T> = std::result::Result<T, DoorError>;

/// The values of a member that this version supports, and what each is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a, T> {
    pub(super) values: &'a [T],
    pub(super) name_of: fn(T) -> &'static str,
}

impl<T: Copy> Names<'_, T> {
    pub(super) fn find(self, path: &str, text: &str) -> Result<T> {
        let found = self.values.iter().copied().find(|value| (self.name_of)(*value) == text);
        let names = || self.values.iter().map(|value| (self.name_of)(*value)).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| DoorError::not_supported(path, &quoted(text), &names()))
    }
}

/// Named values. Names are matched exactly; of several with one name, the last counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    /// Where this object stands in another: empty, or "arrearsSettings.".
    within: String,
    given: BTreeMap<String, Box<RawValue>>,
}

impl Members {
    /// The members of a JSON object.
    pub(super) fn of_json(text: &[u8]) -> Result<Members> {
        let given = serde_json::from_slice(text).map_err(DoorError::malformed_json)?;
        Ok(Members { within: String::new(), given })
    }

    /// The members of a record as this door shows it.
    pub(super) fn of_wire<T: Serialize>(record: &T) -> Members {
        let text = serde_json::to_vec(record).expect("wire structs have text keys and no failing parts");
        Members::of_json(&text).expect("wire structs are objects")
    }

    /// As JSON.
    ///
    /// # Errors
    /// When lists and objects stand in each other deeper than they are read.
    pub(super) fn as_json(&self) -> Result<Map<String, Value>> {
        let value = |raw: &RawValue| serde_json::from_str(raw.get()).map_err(DoorError::malformed_json);
        self.given.iter().map(|(name, raw)| Ok((name.clone(), value(raw)?))).collect()
    }

    /// These members changed by `patch` as JSON Merge Patch (RFC 7386) says: an object goes into the
    /// object that stands there, null takes away, anything else replaces.
    pub(super) fn merged_with(mut self, patch: Members) -> Members {
        for (name, value) in patch.given {
            if value.get() == "null" {
                self.given.remove(&name);
                continue;
            }
            let merged = self.inner(&name).zip(object(&value)).map(|(present, patch)| {
                let changes = Members { within: String::new(), given: patch };
                raw(&present.merged_with(changes).given)
            });
            self.given.insert(name, merged.unwrap_or(value));
        }
        self
    }

    /// Takes members away.
    pub(super) fn without(mut self, names: &[&str]) -> Members {
        self.given.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// Moves members that older writers put on the object itself into the object `into`.
    ///
    /// # Errors
    /// When a member stands in both places with different values.
    pub(super) fn lowered(mut self, into: &str, names: &[&str]) -> Result<Members> {
        let mut inner = match self.given.get(into) {
            None => BTreeMap::new(),
            Some(value) if value.get() == "null" => BTreeMap::new(),
            Some(value) => {
                object(value).ok_or_else(|| DoorError::invalid(into, value.get(), "it is no object"))?
            }
        };
        let mut has_moved = false;
        for name in names {
            let Some(value) = self.given.remove(*name) else { continue };
            if let Some(other) = inner.get(*name).filter(|other| plain(other) != plain(&value)) {
                let reason = format!("it is {} there and {} in {into}", value.get(), other.get());
                return Err(DoorError::contradiction(name, reason));
            }
            inner.insert((*name).to_owned(), value);
            has_moved = true;
        }
        if has_moved {
            self.given.insert(into.to_owned(), raw(&inner));
        }
        Ok(self)
    }

    /// An object inside this one; none when it is not given or no object.
    fn inner(&self, name: &str) -> Option<Members> {
        let given = object(self.given.get(name)?)?;
        Some(Members { within: format!("{}{name}.", self.within), given })
    }

    /// The object inside this one; empty when it is not given.
    pub(super) fn object(&self, name: &str) -> Result<Members> {
        match self.raw(name) {
            None => Ok(Members { within: format!("{}{name}.", self.within), given: BTreeMap::new() }),
            Some(value) => {
                self.inner(name).ok_or_else(|| DoorError::invalid(&self.path(name), value, "it is no object"))
            }
        }
    }

    /// Whether no member is given.
    pub(super) fn is_empty(&self) -> bool {
        self.given.values().all(|value| value.get() == "null")
    }

    /// Whether a member is given.
    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// Whether a member is given as null.
    pub(super) fn is_null(&self, name: &str) -> bool {
        self.given.get(name).is_some_and(|value| value.get() == "null")
    }

    /// The names of all members, given as null or otherwise.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.given.keys().map(String::as_str)
    }

    /// A figure as it was written, for the book to read.
    pub(super) fn stated(&self, name: &str) -> Result<Option<String>> {
        self.figure(name, |text| Ok::<_, &str>(text.trim().to_owned()))
    }

    /// Refuses a member that is left out; null is what it is asked for.
    pub(super) fn require_null(&self, name: &str) -> Result<()> {
        if self.given.contains_key(name) { Ok(()) } else { Err(DoorError::missing(&self.path(name))) }
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(|value| value.get()).filter(|text| *text != "null")
    }

    /// The name of a member as an error shows it.
    pub(super) fn path(&self, name: &str) -> String {
        format!("{}{name}", self.within)
    }

    /// A text; an empty one counts as not given.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        let text: String = serde_json::from_str(raw)
            .map_err(|_| DoorError::invalid(&self.path(name), raw, "it is no text"))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// A text that must be given.
    pub(super) fn required(&self, name: &str) -> Result<String> {
        self.text(name)?.ok_or_else(|| DoorError::missing(&self.path(name)))
    }

    /// Any value that is no list and no object, as plain text.
    fn scalar(&self, name: &str) -> Result<Option<String>> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        if raw.starts_with(['[', '{']) {
            return Err(DoorError::invalid(&self.path(name), raw, "it is no single value"));
        }
        Ok(Some(plain_text(raw)))
    }

    /// A figure, written as text or number, read by `read`.
    pub(super) fn figure<T, E: std::fmt::Display>(
        &self,
        name: &str,
        read: impl Fn(&str) -> std::result::Result<T, E>,
    ) -> Result<Option<T>> {
        let Some(text) = self.scalar(name)? else { return Ok(None) };
        read(&text).map(Some).map_err(|error| DoorError::invalid(&self.path(name), &quoted(&text), error))
    }

    /// A whole number that is not negative, written as text or number.
    pub(super) fn count(&self, name: &str) -> Result<Option<u32>> {
        self.figure(name, |text| {
            text.parse::<u32>().map_err(|_| "it is no whole number from 0 to 4294967295")
        })
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>> {
        self.figure(name, |text| text.parse::<bool>().map_err(|_| "it is neither true nor false"))
    }

    pub(super) fn date(&self, name: &str) -> Result<Option<Date>> {
        self.figure(name, |text| {
            // jiff would take a date-time too and drop its time.
            let is_date = text.len() == 10;
            text.parse::<Date>().ok().filter(|_| is_date).ok_or("it is no date in the form 2024-12-31")
        })
    }

    /// One of the values that this version supports.
    pub(super) fn choice<T: Copy>(&self, name: &str, of: Names<'_, T>) -> Result<Option<T>> {
        let Some(text) = self.scalar(name)? else { return Ok(None) };
        of.find(&self.path(name), &text).map(Some)
    }

    /// Several of the values that this version supports.
    pub(super) fn choices<T: Copy>(&self, name: &str, of: Names<'_, T>) -> Result<Option<Vec<T>>> {
        let Some(values) = self.list(name)? else { return Ok(None) };
        let path = self.path(name);
        values.iter().map(|value| of.find(&path, &plain_text(value.get()))).collect::<Result<_>>().map(Some)
    }

    /// A value, or a list of values, whose names are those with which it is stored.
    pub(super) fn stored<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        let reason = |error: serde_json::Error| {
            // Where in the member it stands helps nobody: it is one word.
            let said = error.to_string();
            said.split(" at line ").next().unwrap_or(&said).to_owned()
        };
        serde_json::from_str(raw)
            .map(Some)
            .map_err(|error| DoorError::invalid(&self.path(name), raw, reason(error)))
    }

    /// The elements of a list, as text.
    pub(super) fn list(&self, name: &str) -> Result<Option<Vec<Box<RawValue>>>> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        let read = serde_json::from_str(raw);
        read.map(Some).map_err(|_| DoorError::invalid(&self.path(name), raw, "it is no list"))
    }

    /// The objects of a list, each with its place in it; none when the list is not given.
    pub(super) fn objects(&self, name: &str) -> Result<Vec<Members>> {
        let listed = self.list(name)?.unwrap_or_default();
        let mut objects = Vec::with_capacity(listed.len());
        for (at, value) in listed.iter().enumerate() {
            let no_object = || DoorError::invalid(&self.path(name), value.get(), "it is no object");
            let given = object(value).ok_or_else(no_object)?;
            objects.push(Members { within: format!("{}[{at}].", self.path(name)), given });
        }
        Ok(objects)
    }

    /// Whether a member is left out or says nothing: it is empty, or one of these values.
    pub(super) fn says_nothing(&self, name: &str, without_effect: &[&str]) -> bool {
        let Some(raw) = self.raw(name) else { return true };
        let is_empty = matches!(plain(self.given[name].as_ref()).as_str(), "" | "[]" | "{}");
        is_empty || without_effect.contains(&without_zeros(&plain_text(raw)).as_str())
    }

    /// Refuses a member whose value is anything else than nothing, or one of those in which it has
    /// no effect.
    pub(super) fn refuse_unless(&self, name: &str, without_effect: &[&str]) -> Result<()> {
        let Some(raw) = self.raw(name) else { return Ok(()) };
        if self.says_nothing(name, without_effect) {
            return Ok(());
        }
        let supported = match without_effect {
            [] => "it must not be given".to_owned(),
            values => values.join(", "),
        };
        Err(DoorError::not_supported(&self.path(name), raw, &supported))
    }
}

fn object(value: &RawValue) -> Option<BTreeMap<String, Box<RawValue>>> {
    serde_json::from_str(value.get()).ok()
}

fn raw(members: &BTreeMap<String, Box<RawValue>>) -> Box<RawValue> {
    to_raw_value(members).expect("members have text keys and are JSON already")
}

/// A value without quotes, and without white space where it is a list or an object.
fn plain(value: &RawValue) -> String {
    let text = value.get();
    if text.starts_with(['[', '{']) {
        return text.split_ascii_whitespace().collect();
    }
    plain_text(text)
}

fn plain_text(raw: &str) -> String {
    serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned())
}

/// "0.00" and "0" are the same figure.
fn without_zeros(text: &str) -> String {
    let is_number = text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests;
