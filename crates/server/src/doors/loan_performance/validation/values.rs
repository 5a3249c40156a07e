//! What a value says where a number, a day, an instant or a flag is asked for. No float is near:
//! whole numbers are read from the text that was sent.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::Value;

/// A whole number: a JSON number without a fraction, or a text of the same kind.
pub(in super::super) fn integer(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Number(text) => {
            let whole = text.split_once('.').map_or(Some(text.as_ref()), |(whole, fraction)| {
                fraction.bytes().all(|digit| digit == b'0').then_some(whole)
            });
            whole?.parse().ok()
        }
        Value::Text(text) => {
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            (is_plain && (digits == "0" || !digits.starts_with('0'))).then(|| text.parse().ok())?
        }
        Value::Null | Value::Flag(_) | Value::List(_) | Value::Object(_) => None,
    }
}

/// Whether a value is a number below `bound`; none when it is no plain number.
pub(super) fn is_below(value: &Value<'_>, bound: i64) -> Option<bool> {
    let text = match value {
        Value::Number(text) => text.as_ref(),
        Value::Text(text) => text.as_str(),
        Value::Null | Value::Flag(_) | Value::List(_) | Value::Object(_) => return None,
    };
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = [whole, fraction]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_number {
        return None;
    }
    let magnitude = whole.parse::<i128>().unwrap_or(i128::MAX);
    let has_fraction = fraction.bytes().any(|digit| digit != b'0');
    let bound = i128::from(bound);
    Some(if is_negative {
        -magnitude < bound || (-magnitude == bound && has_fraction)
    } else {
        magnitude < bound
    })
}

/// True, false, or one of the numbers and texts that stand for them.
pub(in super::super) fn flag(value: &Value<'_>) -> Option<bool> {
    let text = match value {
        Value::Flag(flag) => return Some(*flag),
        Value::Number(text) => text.as_ref(),
        Value::Text(text) => text.as_str(),
        Value::Null | Value::List(_) | Value::Object(_) => return None,
    };
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// A day in the form 2021-09-25, which exists.
pub(in super::super) fn day(value: &Value<'_>) -> Option<Date> {
    let Value::Text(text) = value else { return None };
    if text.len() == DAY { date_of(text) } else { None }
}

/// An instant in the form 2021-09-25T04:01:57Z, which exists. A numeric offset will do for the Z,
/// and a fraction of a second is cut off.
pub(in super::super) fn instant(value: &Value<'_>) -> Option<Timestamp> {
    let Value::Text(text) = value else { return None };
    if !text.is_ascii() || text.len() <= DAY + 9 {
        return None;
    }
    let (date, rest) = text.split_at(DAY);
    let (time, rest) = rest.strip_prefix(['T', 't'])?.split_at(8);
    let rest = match rest.strip_prefix('.') {
        None => rest,
        Some(rest) => {
            let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == rest.len() { return None } else { zone }
        }
    };
    let local = DateTime::from_parts(date_of(date)?, time_of(time)?);
    offset_of(rest)?.to_timestamp(local).ok()
}

const DAY: usize = "2021-09-25".len();

fn date_of(text: &str) -> Option<Date> {
    let [year, month, day] = numbers(text, b'-')?;
    (text.as_bytes()[4] == b'-')
        .then(|| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok())?
}

fn time_of(text: &str) -> Option<Time> {
    let [hour, minute, second] = numbers(text, b':')?.map(|number| i8::try_from(number).ok());
    Time::new(hour?, minute?, second?, 0).ok()
}

/// `Z`, or `+02:00`, `+0200`, `+02`.
fn offset_of(text: &str) -> Option<Offset> {
    if text.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let (hours, minutes) = match digits.len() {
        5 if digits.as_bytes()[2] == b':' => (&digits[..2], &digits[3..]),
        4 => digits.split_at(2),
        2 => (digits, "0"),
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let exists = is_plain && hours < 24 && minutes < 60;
    exists.then(|| Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok())?
}

/// Three groups of digits with two separators between them.
fn numbers(text: &str, separator: u8) -> Option<[i16; 3]> {
    let mut groups = text.split(char::from(separator));
    let mut group = || {
        let digits = groups.next()?;
        let is_plain = (digits.len() == 2 || digits.len() == 4) && digits.bytes().all(|b| b.is_ascii_digit());
        if is_plain { digits.parse().ok() } else { None }
    };
    let three = [group()?, group()?, group()?];
    groups.next().is_none().then_some(three)
}
