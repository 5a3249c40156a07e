//! The members of a JSON object as they were sent. Figures stay text: no number goes through a
//! float. Names are matched exactly, unknown ones are ignored, and null or an empty text means "not
//! given". A value of another kind than its member's is the contract's "unable to parse".

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::value::RawValue;

use super::error::{DoorError, Row};

type Result<T> = std::result::Result<T, DoorError>;

/// How many digits a number may have, written out.
const MOST_DIGITS: usize = 100;

/// Named values; of several with one name, the last counts.
#[derive(Debug)]
pub(super) struct Fields(BTreeMap<String, Box<RawValue>>);

/// No text and no number of this contract is longer.
const LONGEST: usize = 255;

/// More objects than this are not taken in one list.
const MOST_OBJECTS: usize = 200;

impl Fields {
    /// The members of a JSON object.
    pub(super) fn of_json(text: &[u8]) -> Result<Fields> {
        serde_json::from_slice(text).map(Fields).map_err(|_| unparsable())
    }

    /// The names of all members.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.get()).filter(|text| !matches!(*text, "null" | "\"\""))
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        let text: String = serde_json::from_str(raw).map_err(|_| unparsable())?;
        if text.chars().count() > LONGEST { Err(unparsable()) } else { Ok(Some(text)) }
    }

    /// A number, or a text that is one, as a plain decimal: `1e4` is "10000".
    pub(super) fn decimal(&self, name: &str) -> Result<Option<String>> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        if raw.len() > LONGEST {
            return Err(unparsable());
        }
        plain_decimal(&unquoted(raw)).map(Some).ok_or_else(unparsable)
    }

    /// A whole number, or a text that is one.
    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>> {
        let Some(text) = self.decimal(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| unparsable())
    }

    /// `true` or `false`, or a text that is one of them.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        unquoted(raw).to_ascii_lowercase().parse().map(Some).map_err(|_| unparsable())
    }

    /// A day in the form 2014-12-31.
    pub(super) fn date(&self, name: &str) -> Result<Option<Date>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        // jiff would take a date-time too and drop its time.
        let is_date = text.len() == 10;
        text.parse().ok().filter(|_| is_date).map(Some).ok_or_else(unparsable)
    }

    /// The texts of a list, or of a text with commas between them; none that are blank.
    pub(super) fn list(&self, name: &str) -> Result<Vec<String>> {
        let Some(raw) = self.raw(name) else { return Ok(Vec::new()) };
        let list = if raw.starts_with('[') {
            serde_json::from_str::<Vec<String>>(raw).map_err(|_| unparsable())?
        } else {
            let text = serde_json::from_str::<String>(raw).map_err(|_| unparsable())?;
            // A list may come as a text.
            match text.trim_start().starts_with('[') {
                true => serde_json::from_str(&text).map_err(|_| unparsable())?,
                false => text.split(',').map(str::to_owned).collect(),
            }
        };
        let texts = list.iter().map(|text| text.trim().to_owned());
        Ok(texts.filter(|text| !text.is_empty()).collect())
    }

    /// The objects of a list; none where it is not given.
    pub(super) fn objects(&self, name: &str) -> Result<Vec<Fields>> {
        let Some(raw) = self.raw(name) else { return Ok(Vec::new()) };
        let list: Vec<BTreeMap<String, Box<RawValue>>> =
            serde_json::from_str(raw).map_err(|_| unparsable())?;
        if list.len() > MOST_OBJECTS { Err(unparsable()) } else { Ok(list.into_iter().map(Fields).collect()) }
    }
}

fn unparsable() -> DoorError {
    DoorError::row(Row::UnableToParse)
}

fn unquoted(raw: &str) -> String {
    serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned())
}

/// A decimal with or without an exponent, written out without one; `None` for anything else.
fn plain_decimal(text: &str) -> Option<String> {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent.parse().ok()?)?;
    let digits = format!("{whole}{fraction}");
    let (whole, fraction) = split_at_point(&digits, point)?;
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    let is_zero = whole == "0" && fraction.is_empty();
    let sign = if is_zero { "" } else { sign };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// The digits before and behind the point, which may lie outside of them.
fn split_at_point(digits: &str, point: i64) -> Option<(String, String)> {
    let count = i64::try_from(digits.len()).ok()?;
    let zeros =
        |missing: i64| usize::try_from(missing).ok().filter(|n| *n <= MOST_DIGITS).map(|n| "0".repeat(n));
    if point <= 0 {
        return Some((String::new(), zeros(point.checked_neg()?)? + digits));
    }
    if point >= count {
        return Some((digits.to_owned() + &zeros(point - count)?, String::new()));
    }
    let (whole, fraction) = digits.split_at(usize::try_from(point).ok()?);
    Some((whole.to_owned(), fraction.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::of_json(text.as_bytes()).expect("an object")
    }

    #[test]
    fn numbers_are_written_out_exactly() {
        for (text, expected) in [
            ("10000", "10000"),
            ("10000.00", "10000"),
            ("1e4", "10000"),
            ("1.5E+3", "1500"),
            ("1.25e1", "12.5"),
            ("25e-2", "0.25"),
            ("-0.50", "-0.5"),
            ("-0", "0"),
            ("0.1", "0.1"),
            ("12345678901234567890.05", "12345678901234567890.05"),
            ("0009", "9"),
        ] {
            assert_eq!(plain_decimal(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_none() {
        for text in [
            "",
            " 1",
            "1 ",
            "ten",
            "1,000",
            "1.",
            ".5",
            "+1",
            "--1",
            "1e",
            "1e999999999999",
            "1e-200",
            "NaN",
            "0x1",
        ] {
            assert_eq!(plain_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn a_figure_may_be_a_number_or_a_text() {
        let given = fields(r#"{"a": 1e4, "b": "10000", "c": null, "d": "", "e": true, "f": [1], "g": {}}"#);
        assert_eq!(given.decimal("a").ok().flatten().as_deref(), Some("10000"));
        assert_eq!(given.whole("b").ok().flatten(), Some(10_000));
        for nothing in ["c", "d", "unknown"] {
            assert_eq!(given.decimal(nothing).ok(), Some(None), "{nothing}");
        }
        for other in ["e", "f", "g"] {
            assert!(given.decimal(other).is_err() && given.text(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_whole_number_has_no_fraction_and_fits() {
        let given = fields(r#"{"a": 10.0, "b": 10.5, "c": 99999999999999999999, "d": -3}"#);
        assert_eq!(given.whole("a").ok().flatten(), Some(10));
        assert_eq!(given.whole("d").ok().flatten(), Some(-3));
        assert!(given.whole("b").is_err() && given.whole("c").is_err());
    }

    #[test]
    fn flags_dates_and_texts_are_what_they_are() {
        let given = fields(
            r#"{"yes": "TRUE", "no": false, "one": 1, "day": "2014-02-28", "gone": "2014-02-30",
            "instant": "2014-02-28T00:00:00Z", "number": 20140228}"#,
        );
        assert_eq!(
            (given.flag("yes").ok().flatten(), given.flag("no").ok().flatten()),
            (Some(true), Some(false))
        );
        assert!(given.flag("one").is_err() && given.text("one").is_err());
        assert_eq!(given.date("day").ok().flatten(), Some(jiff::civil::date(2014, 2, 28)));
        for wrong in ["gone", "instant", "number"] {
            assert!(given.date(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn loans_are_named_by_a_text_or_a_list() {
        let given = fields(r#"{"a": ["x"], "b": "x, y,", "c": [], "d": " ", "e": 5, "f": [5]}"#);
        for (name, expected) in [("a", vec!["x"]), ("b", vec!["x", "y"]), ("c", vec![]), ("d", vec![])] {
            assert_eq!(given.list(name).expect("a list or a text"), expected, "{name}");
        }
        assert!(given.list("e").is_err() && given.list("f").is_err());
    }

    #[test]
    fn only_an_object_is_parsed() {
        for text in ["", "[]", "null", "5", "{", "{\"a\":1,}", "\u{feff}{}"] {
            assert!(Fields::of_json(text.as_bytes()).is_err(), "{text}");
        }
        assert!(
            Fields::of_json(b"{\"a\": \"\xff\"}").is_ok_and(|given| given.text("a").is_err())
                || Fields::of_json(b"{\"a\": \"\xff\"}").is_err()
        );
    }
}
