//! The rules, and what is said where one is broken.

use std::collections::HashMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::persons;

use super::values;
use super::{Object, Value};

/// What is asked of an attribute. Rules on a value are silent where the value is left out or null.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Rule {
    Required,
    /// Required where another attribute has a value.
    RequiredWith(&'static str),
    /// Required where another attribute has none.
    RequiredWithout(&'static str),
    Text,
    Integer,
    /// A whole number, or false.
    IntegerOrFalse,
    Boolean,
    /// A list or an object.
    Array,
    List,
    /// The least number.
    Min(i64),
    /// The greatest number.
    Max(i64),
    /// The most characters.
    Characters(usize),
    /// The most elements.
    Items(usize),
    /// One of the words for which this holds.
    In(fn(&str) -> bool),
    /// A day, `Y-m-d`.
    Date,
    /// An instant with its offset from UTC.
    DateTime,
    /// So many digits.
    Digits(usize),
    Email,
    /// No control characters: they stand in no database and no log.
    Plain,
}

/// An attribute and its rules.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Field {
    pub(in super::super) name: &'static str,
    pub(in super::super) rules: &'static [Rule],
}

/// What is wrong, by attribute, in the order of the tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Errors {
    said: Vec<(String, Vec<String>)>,
    /// Where each attribute stands among them: a batch may have very many.
    places: HashMap<String, usize>,
}

/// Checks the members of `object`, whose attributes stand under `prefix` (empty, or `lead_loan.`).
pub(in super::super) fn check(fields: &[Field], object: &Object<'_>, prefix: &str, errors: &mut Errors) {
    for field in fields {
        let value = object.get(field.name).unwrap_or(&Value::Null);
        for rule in field.rules {
            if rule.is_broken(value, object) {
                let attribute = format!("{prefix}{}", field.name);
                errors.add(&attribute, rule.sentence(&attribute, prefix));
                // Nothing more can be said of what is not there.
                if rule.is_about_presence() {
                    break;
                }
            }
        }
    }
}

/// What is said of a value that is none of those that are possible here.
pub(in super::super) fn invalid_choice(attribute: &str) -> String {
    format!("The selected {} is invalid.", shown(attribute))
}

impl Errors {
    pub(in super::super) fn add(&mut self, attribute: &str, sentence: String) {
        match self.places.get(attribute) {
            Some(place) => self.said[*place].1.push(sentence),
            None => {
                self.places.insert(attribute.to_owned(), self.said.len());
                self.said.push((attribute.to_owned(), vec![sentence]));
            }
        }
    }

    pub(in super::super) fn of(attribute: &str, sentence: String) -> Errors {
        let mut errors = Errors::default();
        errors.add(attribute, sentence);
        errors
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    pub(in super::super) fn extend(&mut self, other: Errors) {
        for (attribute, sentences) in other.said {
            sentences.into_iter().for_each(|sentence| self.add(&attribute, sentence));
        }
    }
}

impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.said.len()))?;
        for (attribute, sentences) in &self.said {
            map.serialize_entry(attribute, sentences)?;
        }
        map.end()
    }
}

impl Rule {
    /// Whether it asks for a value, and not what the value is.
    fn is_about_presence(self) -> bool {
        matches!(self, Rule::Required | Rule::RequiredWith(_) | Rule::RequiredWithout(_))
    }

    fn is_broken(self, value: &Value<'_>, object: &Object<'_>) -> bool {
        if self.is_about_presence() {
            let is_missing = *value == Value::Null || value.count() == Some(0);
            is_missing && self.asks_for_value(object)
        } else {
            *value != Value::Null && !self.admits(value)
        }
    }

    fn asks_for_value(self, object: &Object<'_>) -> bool {
        if let Rule::RequiredWith(other) = self {
            return object.has(other);
        }
        if let Rule::RequiredWithout(other) = self { !object.has(other) } else { true }
    }

    fn admits(self, value: &Value<'_>) -> bool {
        let of_text = |is_right: &dyn Fn(&str) -> bool| text(value).is_none_or(is_right);
        match self {
            Rule::Required | Rule::RequiredWith(_) | Rule::RequiredWithout(_) => true,
            Rule::Text => text(value).is_some(),
            Rule::Integer => values::integer(value).is_some(),
            Rule::IntegerOrFalse => *value == Value::Flag(false) || values::integer(value).is_some(),
            Rule::Boolean => values::flag(value).is_some(),
            Rule::Array => matches!(value, Value::List(_) | Value::Object(_)),
            Rule::List => value.elements().is_some(),
            Rule::Min(least) => values::is_below(value, least) != Some(true),
            Rule::Max(most) => values::integer(value).is_none_or(|number| number <= most),
            Rule::Characters(most) => of_text(&|text| text.chars().count() <= most),
            Rule::Items(most) => value.count().is_none_or(|count| count <= most),
            Rule::In(is_word) => text(value).is_some_and(is_word),
            Rule::Date => values::day(value).is_some(),
            Rule::DateTime => values::instant(value).is_some(),
            Rule::Digits(count) => has_digits(value, count),
            Rule::Email => text(value).is_some_and(persons::is_email),
            Rule::Plain => of_text(&|text| !text.chars().any(char::is_control)),
        }
    }

    /// Names attributes, never values.
    fn sentence(self, attribute: &str, prefix: &str) -> String {
        let name = shown(attribute);
        let other = |other: &str| shown(&format!("{prefix}{other}"));
        match self {
            Rule::Required => format!("The {name} field is required."),
            Rule::RequiredWith(with) => {
                format!("The {name} field is required when {} is present.", other(with))
            }
            Rule::RequiredWithout(without) => {
                format!("The {name} field is required when {} is not present.", other(without))
            }
            Rule::Text => format!("The {name} must be a string."),
            Rule::Integer => format!("The {name} must be an integer."),
            Rule::IntegerOrFalse => format!("The {name} must be an integer or false."),
            Rule::Boolean => format!("The {name} field must be true or false."),
            Rule::Array | Rule::List => format!("The {name} must be an array."),
            Rule::Min(least) => format!("The {name} must be at least {least}."),
            Rule::Max(most) => format!("The {name} must not be greater than {most}."),
            Rule::Characters(most) => format!("The {name} must not be greater than {most} characters."),
            Rule::Items(most) => format!("The {name} must not have more than {most} items."),
            Rule::In(_) => invalid_choice(attribute),
            Rule::Date => format!("The {name} does not match the format Y-m-d."),
            Rule::DateTime => format!("The {name} is not a valid date."),
            Rule::Digits(count) => format!("The {name} must be {count} digits."),
            Rule::Email => format!("The {name} must be a valid email address."),
            Rule::Plain => format!("The {name} format is invalid."),
        }
    }
}

fn text<'a>(value: &'a Value<'_>) -> Option<&'a str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) | Value::Object(_) => None,
    }
}

/// A number of so many digits will do too.
fn has_digits(value: &Value<'_>, count: usize) -> bool {
    let digits = match value {
        Value::Text(text) => text.as_str(),
        Value::Number(text) => text.as_ref(),
        Value::Null | Value::Flag(_) | Value::List(_) | Value::Object(_) => return false,
    };
    digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// An attribute as sentences name it.
fn shown(attribute: &str) -> String {
    attribute.replace('_', " ")
}
