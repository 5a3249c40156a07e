//! Compares an answer with what is expected of it: members that are not named do not matter.

use serde_json::Value;

/// Panics unless every member of `expected` stands in `actual` with the same value. Lists have the
/// same length; null means that a member must not be there.
#[track_caller]
pub(crate) fn assert_shows(actual: &Value, expected: &Value) {
    if let Some(difference) = difference("", actual, expected) {
        panic!("{difference}\nin {actual:#}");
    }
}

/// The first place where `actual` does not show what is expected.
fn difference(path: &str, actual: &Value, expected: &Value) -> Option<String> {
    match (actual, expected) {
        (Value::Object(members), Value::Object(wanted)) => wanted.iter().find_map(|(name, wanted)| {
            let path = format!("{path}.{name}");
            match members.get(name) {
                Some(found) if wanted.is_null() => Some(format!("{path} is {found} and should not be there")),
                None if wanted.is_null() => None,
                None => Some(format!("{path} is missing, not {wanted}")),
                Some(found) => difference(&path, found, wanted),
            }
        }),
        (Value::Array(found), Value::Array(wanted)) => {
            if found.len() != wanted.len() {
                return Some(format!("{path} has {} elements, not {}", found.len(), wanted.len()));
            }
            let pairs = found.iter().zip(wanted).enumerate();
            pairs.into_iter().find_map(|(at, (f, w))| difference(&format!("{path}[{at}]"), f, w))
        }
        (found, wanted) if found == wanted => None,
        (found, wanted) => Some(format!("{path} is {found}, not {wanted}")),
    }
}

#[test]
fn a_difference_is_found_wherever_it_is() {
    let actual = serde_json::json!({"a": [{"b": "1", "c": 2}], "d": true});
    let find = |expected: Value| difference("", &actual, &expected);
    assert_eq!(find(serde_json::json!({"a": [{"b": "1"}]})), None);
    assert_eq!(find(serde_json::json!({"e": null})), None);
    assert_eq!(find(serde_json::json!({"a": [{"b": 1}]})).as_deref(), Some(".a[0].b is \"1\", not 1"));
    assert_eq!(find(serde_json::json!({"a": []})).as_deref(), Some(".a has 1 elements, not 0"));
    assert_eq!(find(serde_json::json!({"x": 1})).as_deref(), Some(".x is missing, not 1"));
    assert_eq!(find(serde_json::json!({"d": null})).as_deref(), Some(".d is true and should not be there"));
}
