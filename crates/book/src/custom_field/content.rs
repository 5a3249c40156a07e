//! One value: whether it fits its field, and how it is kept.

use jiff::civil::Date;
use regex::Regex;

use super::refusal::CustomFieldRefusal as Refusal;
use super::value::{StatedLink, StatedValue};
use super::{CustomField, DataType};
use crate::ids::Key;

/// How many bytes a compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 20;

/// Finds what a value links to.
pub type FindLink<'a> = &'a dyn Fn(DataType, &StatedLink) -> Option<Key>;

/// A pattern that the whole text must match; `None` for what is no regular expression.
pub fn whole_pattern(pattern: &str) -> Option<Regex> {
    let anchored = format!("^(?:{pattern})$");
    // Alone first, so that no parenthesis of the pattern closes ours.
    regex::RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build().ok()?;
    regex::RegexBuilder::new(&anchored).size_limit(PATTERN_SIZE).build().ok()
}

/// The value as it is kept; `None` where none is given. Checks, in this order: kind of value, length, type or
/// link, pattern.
///
/// # Errors
/// `OtherType`, `TooLong`, `UnknownLink`, `OtherPattern`.
pub fn content(
    field: &CustomField,
    stated: &StatedValue,
    find_link: FindLink<'_>,
) -> Result<Option<String>, Refusal> {
    let id = || field.id.clone();
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if field.data_type.is_link() {
        let by_value = given(&stated.value).map(|named| StatedLink { named, address: None });
        let Some(link) = stated.link.clone().or(by_value) else { return Ok(None) };
        let linked = find_link(field.data_type, &link).ok_or_else(|| Refusal::UnknownLink { field: id() })?;
        return Ok(Some(linked.to_string()));
    }
    if stated.link.is_some() {
        return Err(Refusal::OtherType { field: id() });
    }
    let Some(text) = given(&stated.value) else { return Ok(None) };
    let max = field.value_length.max();
    if text.chars().count() > max {
        return Err(Refusal::TooLong { field: id(), max });
    }
    let kept = typed(field, &text).ok_or_else(|| Refusal::OtherType { field: id() })?;
    if let Some(pattern) = field.validation_pattern.as_deref().and_then(whole_pattern)
        && !pattern.is_match(&kept)
    {
        return Err(Refusal::OtherPattern { field: id() });
    }
    Ok(Some(kept))
}

fn typed(field: &CustomField, text: &str) -> Option<String> {
    match field.data_type {
        DataType::String => Some(text.to_owned()),
        DataType::Selection => chosen(field, text),
        DataType::Number => number(text),
        DataType::Checkbox => {
            let text = text.trim().to_ascii_uppercase();
            ["TRUE", "FALSE"].contains(&text.as_str()).then_some(text)
        }
        DataType::Date => {
            let date: Date = Some(text.trim()).filter(|text| text.len() == 10)?.parse().ok()?;
            Some(date.to_string())
        }
        DataType::ClientLink | DataType::GroupLink | DataType::UserLink => None,
    }
}

/// The option as it is spelled; callers write them in any case.
fn chosen(field: &CustomField, text: &str) -> Option<String> {
    let exact = field.options.iter().find(|option| option.value == text);
    let alike = || field.options.iter().find(|option| option.value.eq_ignore_ascii_case(text));
    exact.or_else(alike).map(|option| option.value.clone())
}

/// A plain decimal without zeros that say nothing.
pub fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let digits = digits.strip_prefix('+').filter(|_| sign.is_empty()).unwrap_or(digits);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_plain = (!whole.is_empty() || !fraction.is_empty())
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_plain || (digits.contains('.') && fraction.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if whole == "0" && fraction.is_empty() { "" } else { sign };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::super::samples::{field, selection};
    use super::*;

    fn read(field: &CustomField, text: &str) -> Result<Option<String>, Refusal> {
        let stated = StatedValue { value: Some(text.to_owned()), ..StatedValue::default() };
        content(field, &stated, &|_, _| None)
    }

    fn kept(field: &CustomField, text: &str) -> String {
        read(field, text).expect("it fits").expect("it is given")
    }

    #[test]
    fn a_number_is_a_plain_decimal_without_idle_zeros() {
        let of = |text| number(text).unwrap_or_else(|| "no".to_owned());
        assert_eq!([of("10"), of("010.50"), of("-0.0"), of(".5")], ["10", "10.5", "0", "0.5"]);
        assert_eq!([of("1e3"), of("5."), of(""), of("--1"), of("1,5")], ["no"; 5]);
    }

    #[test]
    fn a_value_has_the_type_of_its_field() {
        let of = |data_type| CustomField { data_type, ..field("Field", 1) };
        assert_eq!(kept(&of(DataType::Checkbox), "true"), "TRUE");
        assert_eq!(kept(&of(DataType::Date), "2012-10-10"), "2012-10-10");
        assert_eq!(kept(&selection("Field", 1, &["None", "Ten"]), "TEN"), "Ten");
        let refused = Err(Refusal::OtherType { field: "Field".to_owned() });
        assert_eq!(read(&of(DataType::Checkbox), "yes"), refused);
        assert_eq!(read(&of(DataType::Date), "2012-13-10"), refused);
        assert_eq!(read(&selection("Field", 1, &["None"]), "Ten"), refused);
        assert_eq!(read(&of(DataType::String), ""), Ok(None));
    }

    #[test]
    fn a_text_is_bounded_and_matches_its_pattern_wholly() {
        let pattern = |text: &str| CustomField { validation_pattern: Some(text.to_owned()), ..field("F", 1) };
        assert_eq!(kept(&pattern("[A-Z]{2}|x"), "DE"), "DE");
        let refused = Err(Refusal::OtherPattern { field: "F".to_owned() });
        assert_eq!(read(&pattern("[A-Z]{2}|x"), "DEU"), refused);
        let long = "x".repeat(256);
        assert_eq!(read(&field("F", 1), &long), Err(Refusal::TooLong { field: "F".to_owned(), max: 255 }));
        assert!(whole_pattern("a)(b").is_none());
    }

    #[test]
    fn a_link_leads_somewhere() {
        let linked = CustomField { data_type: DataType::ClientLink, ..field("F", 1) };
        let link = StatedLink { named: "67".to_owned(), address: None };
        let stated = StatedValue { link: Some(link), ..StatedValue::default() };
        let found = content(&linked, &stated, &|_, _| Some(linked.key));
        assert_eq!(found, Ok(Some(linked.key.to_string())));
        let lost = content(&linked, &stated, &|_, _| None);
        assert_eq!(lost, Err(Refusal::UnknownLink { field: "F".to_owned() }));
        assert!(matches!(content(&field("F", 1), &stated, &|_, _| None), Err(Refusal::OtherType { .. })));
    }
}
