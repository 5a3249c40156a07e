//! What a caller sent, whichever way: JSON, form or query. Names are matched without regard to
//! case, unknown ones are ignored, numbers, booleans and texts stand for each other, and an
//! explicit null or an empty text means "not given" (contract §1.3, §1.4, §1.6).
//!
//! Figures stay the text that the caller wrote; no number goes through a float.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::DoorError;
use super::return_codes::ReturnCode;

type Result<T> = std::result::Result<T, DoorError>;

/// Named values; of several with one name, the last counts.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    members: Vec<(Cow<'a, str>, Given<'a>)>,
}

#[derive(Debug)]
enum Given<'a> {
    /// From a form or a query string.
    Text(Cow<'a, str>),
    Json(&'a RawValue),
}

/// A date or a change of one.
pub(super) type Change<T> = Option<Option<T>>;

impl<'a> Fields<'a> {
    /// The members of a JSON object.
    pub(super) fn of_json(text: &'a [u8]) -> Result<Fields<'a>> {
        serde_json::from_slice::<Members<'a>>(text).map(Members::into_fields).map_err(|error| {
            let is_other_shape = error.is_data();
            let code =
                if is_other_shape { ReturnCode::InvalidParameters } else { ReturnCode::InvalidJsonSyntax };
            DoorError::new(code)
        })
    }

    /// The pairs of a form or a query string.
    pub(super) fn of_form(text: &'a [u8]) -> Result<Fields<'a>> {
        let pairs: Vec<(Cow<'a, str>, Cow<'a, str>)> =
            serde_urlencoded::from_bytes(text).map_err(|_| DoorError::new(ReturnCode::InvalidParameters))?;
        let members = pairs.into_iter().map(|(name, value)| (name, Given::Text(value))).collect();
        Ok(Fields { members })
    }

    /// These fields, and `stronger` ones that go before them.
    pub(super) fn overlaid_by(mut self, stronger: Fields<'a>) -> Fields<'a> {
        self.members.extend(stronger.members);
        self
    }

    fn find(&self, name: &str) -> Option<&Given<'a>> {
        self.members
            .iter()
            .rev()
            .find(|(member, _)| member.eq_ignore_ascii_case(name))
            .map(|(_, given)| given)
    }

    /// A text, as it was written, but never an empty one.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<Cow<'_, str>>> {
        let Some(given) = self.find(name) else { return Ok(None) };
        Ok(given.text(name)?.filter(|text| !text.is_empty()))
    }

    /// The first of several names that stands for a value.
    pub(super) fn text_of(&self, names: &[&'static str]) -> Result<Option<Cow<'_, str>>> {
        for name in names {
            if let Some(text) = self.text(name)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// Whether a member is given as null.
    pub(super) fn is_null(&self, name: &str) -> bool {
        self.find(name).is_some_and(|given| matches!(given, Given::Json(raw) if raw.get() == "null"))
    }

    pub(super) fn owned(&self, name: &'static str) -> Result<Option<String>> {
        Ok(self.text(name)?.map(Cow::into_owned))
    }

    /// A change of a text: `Some(None)` for an explicit null or an empty text.
    pub(super) fn changed_text(&self, name: &'static str) -> Result<Change<String>> {
        let Some(given) = self.find(name) else { return Ok(None) };
        Ok(Some(given.text(name)?.filter(|text| !text.is_empty()).map(Cow::into_owned)))
    }

    /// A whole number that is not negative.
    pub(super) fn count_of(&self, names: &[&'static str]) -> Result<Option<u32>> {
        let Some(text) = self.text_of(names)? else { return Ok(None) };
        whole(&text).map(Some).ok_or_else(|| invalid(names[0]))
    }

    pub(super) fn count(&self, name: &'static str) -> Result<Option<u32>> {
        self.count_of(&[name])
    }

    /// `true` or `false`, in any case.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool> {
        match self.text(name)? {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(invalid(name)),
        }
    }

    /// A date in any form of §1.6.
    pub(super) fn date(&self, name: &'static str) -> Result<Option<Date>> {
        self.date_of(&[name])
    }

    pub(super) fn date_of(&self, names: &[&'static str]) -> Result<Option<Date>> {
        let Some(text) = self.text_of(names)? else { return Ok(None) };
        date(&text).map(Some).ok_or_else(|| DoorError::at(ReturnCode::InvalidDate, names[0]))
    }

    /// A change of a date: `Some(None)` for an explicit null.
    pub(super) fn changed_date(&self, name: &'static str) -> Result<Change<Date>> {
        if self.find(name).is_none() {
            return Ok(None);
        }
        self.date(name).map(Some)
    }

    /// A nested object.
    pub(super) fn object(&self, name: &'static str) -> Result<Option<Fields<'a>>> {
        match self.find(name) {
            None => Ok(None),
            Some(Given::Json(raw)) if raw.get() == "null" => Ok(None),
            Some(Given::Json(raw)) => nested(raw, name).map(Some),
            Some(Given::Text(_)) => Err(invalid(name)),
        }
    }

    /// A nested object; none where there is no object.
    pub(super) fn inner(&self, name: &'static str) -> Result<Option<Fields<'a>>> {
        match self.find(name) {
            Some(Given::Json(raw)) if raw.get().starts_with('{') => nested(raw, name).map(Some),
            _ => Ok(None),
        }
    }

    /// A list of texts: a JSON list, or texts with commas between them.
    pub(super) fn texts(&self, name: &'static str) -> Result<Option<Vec<String>>> {
        match self.find(name) {
            None => Ok(None),
            Some(Given::Json(raw)) if raw.get() == "null" => Ok(None),
            Some(Given::Json(_)) => {
                let texts = self.elements(name)?.into_iter().map(|raw| scalar(raw, name));
                let present = texts.filter_map(Result::transpose);
                present.map(|text| text.map(Cow::into_owned)).collect::<Result<Vec<_>>>().map(Some)
            }
            Some(Given::Text(text)) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Ok(Some(parts.map(str::to_owned).collect()))
            }
        }
    }

    /// All that is named, as texts; `name` is what the object itself is called.
    pub(super) fn texts_by_name(&self, name: &'static str) -> Result<Vec<(String, String)>> {
        let text = |(member, given): &(Cow<'a, str>, Given<'a>)| {
            let text = given.text(name).transpose()?;
            Some(text.map(|text| (member.clone().into_owned(), text.into_owned())))
        };
        self.members.iter().filter_map(text).collect()
    }

    /// A list of objects; not given is empty.
    pub(super) fn objects(&self, name: &'static str) -> Result<Vec<Fields<'a>>> {
        self.elements(name)?.into_iter().map(|raw| nested(raw, name)).collect()
    }

    /// A list of small whole numbers: a JSON list of numbers or texts, or `2,10,20`.
    pub(super) fn small_numbers(&self, name: &'static str) -> Result<Option<Vec<u8>>> {
        let small = |text: &str| text.trim().parse::<u8>().map_err(|_| invalid(name));
        match self.find(name) {
            Some(Given::Json(raw)) if raw.get().starts_with('[') => {
                let texts = self.elements(name)?.into_iter().map(|raw| scalar(raw, name));
                let present = texts.filter_map(Result::transpose);
                present.map(|text| small(&text?)).collect::<Result<Vec<u8>>>().map(Some)
            }
            _ => {
                let Some(text) = self.text(name)? else { return Ok(None) };
                text.split(',').map(small).collect::<Result<Vec<u8>>>().map(Some)
            }
        }
    }

    fn elements(&self, name: &'static str) -> Result<Vec<&'a RawValue>> {
        match self.find(name) {
            None => Ok(Vec::new()),
            Some(Given::Json(raw)) if raw.get() == "null" => Ok(Vec::new()),
            Some(Given::Json(raw)) => serde_json::from_str(raw.get()).map_err(|_| invalid(name)),
            Some(Given::Text(text)) if text.is_empty() => Ok(Vec::new()),
            Some(Given::Text(_)) => Err(invalid(name)),
        }
    }

    /// The texts whose names are a stem and a number: `debitAccount1`, `debitAccount2`, …
    pub(super) fn numbered(&self, stem: &'static str) -> Result<BTreeMap<u32, String>> {
        let mut found = BTreeMap::new();
        for (name, given) in &self.members {
            let is_stem = name.get(..stem.len()).is_some_and(|start| start.eq_ignore_ascii_case(stem));
            let number = if is_stem { whole(&name[stem.len()..]) } else { None };
            let Some(number) = number else { continue };
            match given.text(stem)?.filter(|text| !text.is_empty()) {
                Some(text) => found.insert(number, text.into_owned()),
                None => found.remove(&number),
            };
        }
        Ok(found)
    }

    /// Whether something else than null stands there; an empty list is something.
    pub(super) fn names(&self, name: &'static str) -> bool {
        match self.find(name) {
            None => false,
            Some(Given::Text(text)) => !text.is_empty(),
            Some(Given::Json(raw)) => raw.get() != "null",
        }
    }

    /// Whether something else than null, an empty text or an empty list or object stands there.
    pub(super) fn has(&self, name: &'static str) -> bool {
        match self.find(name) {
            None => false,
            Some(Given::Text(text)) => !text.is_empty(),
            Some(Given::Json(raw)) => {
                let bare = raw.get().bytes().filter(|byte| !byte.is_ascii_whitespace());
                !["null", "[]", "{}", "\"\""].iter().any(|empty| bare.clone().eq(empty.bytes()))
            }
        }
    }
}

impl<'a> Given<'a> {
    fn text(&self, name: &'static str) -> Result<Option<Cow<'_, str>>> {
        let text = match self {
            Given::Text(text) => Some(Cow::Borrowed(text.as_ref())),
            Given::Json(raw) => scalar(raw, name)?,
        };
        // Not every database keeps it.
        if text.as_ref().is_some_and(|text| text.contains('\0')) { Err(invalid(name)) } else { Ok(text) }
    }
}

/// A JSON text, number or boolean as text; null is nothing.
fn scalar<'a>(raw: &'a RawValue, name: &'static str) -> Result<Option<Cow<'a, str>>> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => {
            let Name(text) = serde_json::from_str(text).map_err(|_| invalid(name))?;
            Ok(Some(text))
        }
        Some(b'{' | b'[') => Err(invalid(name)),
        Some(b'n') => Ok(None),
        _ => Ok(Some(Cow::Borrowed(text))),
    }
}

fn nested<'a>(raw: &'a RawValue, name: &'static str) -> Result<Fields<'a>> {
    serde_json::from_str::<Members<'a>>(raw.get()).map(Members::into_fields).map_err(|_| invalid(name))
}

pub(super) fn invalid(name: &'static str) -> DoorError {
    DoorError::at(ReturnCode::InvalidParameters, name)
}

/// A whole number; decimals that say nothing (`5.0`) are accepted, as clients write them.
fn whole(text: &str) -> Option<u32> {
    let (digits, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let says_nothing = !decimals.is_empty() && decimals.bytes().all(|digit| digit == b'0');
    says_nothing.then(|| digits.parse().ok()).flatten()
}

/// The day of a date or date-time: `yyyy-MM-dd`, alone or with `THH:mm:ss` and with `Z`, `±hhmm`
/// or `±hh:mm` or without a zone.
///
/// The day is the one that was written. Turning it into another zone would move the midnights that
/// clients send back to us by a day.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10)?;
    let is_plain = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let is_time = rest.is_empty() || rest.strip_prefix(['T', ' ']).is_some_and(is_time_of_day);
    if is_plain && is_time { day.parse().ok() } else { None }
}

/// `HH:mm:ss`, a fraction of a second, and a zone, the last two optional.
fn is_time_of_day(text: &str) -> bool {
    let Some((time, rest)) = text.split_at_checked(8) else { return false };
    let is_clock = time.parse::<jiff::civil::Time>().is_ok() && time.as_bytes()[2] == b':';
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|digit: char| digit.is_ascii_digit()),
        None => rest,
    };
    is_clock && (rest.is_empty() || rest == "Z" || is_offset(rest))
}

fn is_offset(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(['+', '-']) else { return false };
    let digits = digits.as_bytes();
    match digits.len() {
        4 => digits.iter().all(u8::is_ascii_digit),
        5 => digits[2] == b':' && [0, 1, 3, 4].iter().all(|at| digits[*at].is_ascii_digit()),
        _ => false,
    }
}

/// A JSON text without a copy where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object in their order, their values unread.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    fn into_fields(self) -> Fields<'a> {
        Fields { members: self.0.into_iter().map(|(name, raw)| (name, Given::Json(raw))).collect() }
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Members<'de>, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Members<'de>, A::Error> {
        let mut members = Vec::with_capacity(map.size_hint().unwrap_or(8));
        while let Some((Name(name), raw)) = map.next_entry()? {
            members.push((name, raw));
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests;
