//! Values as they were sent. Lists and objects stay text until somebody asks for what is in them,
//! so that how deep a body nests is of no consequence; numbers stay the text that was written.
//!
//! Texts are trimmed and an empty one is null, as the contract's framework has it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The body is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Malformed;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Value<'a> {
    Null,
    Flag(bool),
    Number(Cow<'a, str>),
    Text(String),
    /// A list of values, JSON.
    List(Cow<'a, str>),
    /// An object, JSON.
    Object(Cow<'a, str>),
}

/// Named values; of several with one name, the last counts.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Object<'a>(BTreeMap<Cow<'a, str>, Value<'a>>);

impl<'a> Value<'a> {
    fn read(raw: &'a str) -> Result<Value<'a>, Malformed> {
        Ok(match raw.as_bytes().first() {
            Some(b'{') => Value::Object(Cow::Borrowed(raw)),
            Some(b'[') => Value::List(Cow::Borrowed(raw)),
            Some(b'"') => Value::text(&serde_json::from_str::<Cow<'_, str>>(raw).map_err(|_| Malformed)?),
            Some(b't') => Value::Flag(true),
            Some(b'f') => Value::Flag(false),
            Some(b'n') => Value::Null,
            _ => Value::Number(Cow::Borrowed(raw)),
        })
    }

    fn text(text: &str) -> Value<'a> {
        let text = text.trim();
        if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) }
    }

    /// The elements, if this is a list whose elements can be read.
    pub(in super::super) fn elements(&self) -> Option<Vec<Value<'_>>> {
        let Value::List(text) = self else { return None };
        let raw: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        raw.into_iter().map(|raw| Value::read(raw.get()).ok()).collect()
    }

    /// The members, if this is an object whose members can be read.
    pub(in super::super) fn object(&self) -> Option<Object<'_>> {
        let Value::Object(text) = self else { return None };
        Object::read(text).ok()
    }

    /// How many elements or members it has; none when it has neither.
    pub(super) fn count(&self) -> Option<usize> {
        match self {
            Value::List(text) => serde_json::from_str::<Vec<&RawValue>>(text).ok().map(|list| list.len()),
            Value::Object(_) => self.object().map(|object| object.0.len()),
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => None,
        }
    }
}

impl<'a> Object<'a> {
    /// The members of a JSON body. No body, and JSON that is no object, has none.
    pub(in super::super) fn of_json(body: &'a [u8]) -> Result<Object<'a>, Malformed> {
        if body.trim_ascii().is_empty() {
            return Ok(Object::default());
        }
        let raw: &RawValue = serde_json::from_slice(body).map_err(|_| Malformed)?;
        if raw.get().starts_with('{') { Object::read(raw.get()) } else { Ok(Object::default()) }
    }

    /// The parameters of a form or a query. A name that ends in brackets makes a list.
    pub(in super::super) fn of_form(form: &[u8]) -> Result<Object<'static>, Malformed> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(form).map_err(|_| Malformed)?;
        let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut object = Object::default();
        for (name, value) in pairs {
            match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
                Some((name, _)) => lists.entry(name.to_owned()).or_default().push(value),
                None => {
                    object.0.insert(Cow::Owned(name), Value::text(&value));
                }
            }
        }
        for (name, values) in lists {
            let list = serde_json::to_string(&values).map_err(|_| Malformed)?;
            object.0.insert(Cow::Owned(name), Value::List(Cow::Owned(list)));
        }
        Ok(object)
    }

    fn read(text: &'a str) -> Result<Object<'a>, Malformed> {
        let raw: BTreeMap<Cow<'a, str>, &'a RawValue> = serde_json::from_str(text).map_err(|_| Malformed)?;
        let members = raw.into_iter().map(|(name, raw)| Ok((name, Value::read(raw.get())?)));
        members.collect::<Result<_, _>>().map(Object)
    }

    /// A member; none when it was left out.
    pub(in super::super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.get(name)
    }

    /// Whether a member has a value: not left out, not null, not an empty list.
    pub(in super::super) fn has(&self, name: &str) -> bool {
        match self.get(name) {
            None | Some(Value::Null) => false,
            Some(value @ (Value::List(_) | Value::Object(_))) => value.count() != Some(0),
            Some(Value::Flag(_) | Value::Number(_) | Value::Text(_)) => true,
        }
    }
}
