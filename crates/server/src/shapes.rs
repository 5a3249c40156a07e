//! Which members bodies have, as an API reference says. The native door refuses others by its own reference, `loam apply`
//! by that of the server it asks: a misspelt member that is passed by would look as if it were as it should be.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use strsim::osa_distance;

/// A name with at most one slip for so many of its letters is taken for another one misspelt.
const LETTERS_FOR_A_SLIP: usize = 4;

/// The bodies of an API reference.
#[derive(Debug)]
pub struct Shapes {
    schemas: Map<String, Value>,
    /// The schema of the body that each path takes.
    bodies: BTreeMap<String, Value>,
}

/// A member that a body has and its reference does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownMember {
    /// Where it stands, as `fees[0].name`.
    pub path: String,
    /// The member that is probably meant.
    pub nearest: Option<String>,
}

impl Shapes {
    /// Those of an OpenAPI document, by the bodies of `POST` and `PATCH`. They are the same where a path takes both.
    #[must_use]
    pub fn of(reference: &Value) -> Shapes {
        let schemas = reference["components"]["schemas"].as_object().cloned().unwrap_or_default();
        let paths = reference["paths"].as_object().into_iter().flatten();
        let bodies = paths.filter_map(|(path, methods)| {
            let body = ["post", "patch"].into_iter().find_map(|method| methods[method].get("requestBody"))?;
            let schema = body["content"]["application/json"].get("schema")?;
            Some((path.clone(), schema.clone()))
        });
        Shapes { bodies: bodies.collect(), schemas }
    }

    /// The first member that the body of a path has and should not, or that an element of it has where it is a list. A
    /// path that is not described takes any.
    #[must_use]
    pub fn unknown_member(&self, path: &str, body: &Map<String, Value>) -> Option<UnknownMember> {
        let schema = self.bodies.get(path)?;
        self.unknown_in("", self.items(schema).unwrap_or(schema), body)
    }

    /// Whether an object inside the body of a path has a member of this name.
    #[must_use]
    pub fn has_inside(&self, path: &str, name: &str) -> bool {
        let members = self.bodies.get(path).map(|schema| self.members(schema)).unwrap_or_default();
        members.values().any(|schema| self.members(schema).contains_key(name))
    }

    fn unknown_in(&self, within: &str, schema: &Value, given: &Map<String, Value>) -> Option<UnknownMember> {
        let members = self.members(schema);
        // An object of which nothing is told holds names of its own.
        if members.is_empty() {
            return None;
        }
        given.iter().find_map(|(name, value)| {
            let path = format!("{within}{name}");
            match members.get(name.as_str()) {
                Some(schema) => self.unknown_below(&path, schema, value),
                None => Some(UnknownMember { path, nearest: nearest(name, members.keys().copied()) }),
            }
        })
    }

    fn unknown_below(&self, path: &str, schema: &Value, value: &Value) -> Option<UnknownMember> {
        match value {
            Value::Array(items) => {
                let schema = self.items(schema)?;
                let mut items = items.iter().enumerate();
                items.find_map(|(at, item)| self.unknown_below(&format!("{path}[{at}]"), schema, item))
            }
            Value::Object(given) => self.unknown_in(&format!("{path}."), schema, given),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }
    }

    /// All members that a schema has.
    fn members<'a>(&'a self, schema: &'a Value) -> BTreeMap<&'a str, &'a Value> {
        let parts = self.parts(schema).into_iter();
        let members = parts.filter_map(|part| part["properties"].as_object()).flatten();
        members.map(|(name, schema)| (name.as_str(), schema)).collect()
    }

    /// What the elements of a list are.
    fn items<'a>(&'a self, schema: &'a Value) -> Option<&'a Value> {
        self.parts(schema).into_iter().find_map(|part| part.get("items"))
    }

    /// A schema with the one that it refers to and those that it is made of.
    fn parts<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        let referred = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next());
        let referred = referred.and_then(|name| self.schemas.get(name));
        let made_of = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|name| schema[name].as_array());
        let others = referred.into_iter().chain(made_of.flatten());
        std::iter::once(schema).chain(others.flat_map(|part| self.parts(part))).collect()
    }
}

/// The name that is most like one that is not there, where one is like it at all.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let slips = names.map(|other| (osa_distance(name, other), other));
    let near = slips.filter(|(slips, _)| slips * LETTERS_FOR_A_SLIP <= name.chars().count());
    near.min().map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shapes() -> Shapes {
        Shapes::of(&json!({
            "paths": {"/v1/shops": {"post": {"requestBody": {"content": {"application/json":
                {"schema": {"$ref": "#/components/schemas/Shop"}}}}}}},
            "components": {"schemas": {
                "Shop": {"allOf": [{"$ref": "#/components/schemas/Place"}, {"properties": {
                    "name": {"type": "string"}, "till": {"$ref": "#/components/schemas/Till"},
                    "limits": {"type": "object", "additionalProperties": {"type": "string"}},
                    "doors": {"items": {"$ref": "#/components/schemas/Door"}}}}]},
                "Place": {"properties": {"town": {}}},
                "Till": {"oneOf": [{"type": "null"}, {"properties": {"cash": {}}}]},
                "Door": {"properties": {"width": {}}},
            }},
        }))
    }

    fn unknown(body: &Value) -> Option<(String, Option<String>)> {
        let found = shapes().unknown_member("/v1/shops", body.as_object().unwrap());
        found.map(|unknown| (unknown.path, unknown.nearest))
    }

    #[test]
    fn what_is_described_is_taken_wherever_it_stands() {
        let whole = json!({"name": "A", "town": "B", "till": {"cash": 1}, "limits": {"any": "1"},
            "doors": [{"width": 1}]});
        assert_eq!(unknown(&whole), None);
        assert_eq!(unknown(&json!({"name": null, "till": null, "doors": null})), None);
        // Of another type than described: whoever reads the member says so.
        assert_eq!(unknown(&json!({"till": 1, "doors": ["wide"], "name": {}})), None);
        assert_eq!(shapes().unknown_member("/v1/elsewhere", json!({"x": 1}).as_object().unwrap()), None);
    }

    #[test]
    fn what_is_not_described_is_named_with_its_place_and_what_is_most_like_it() {
        let named = |path: &str, nearest: Option<&str>| Some((path.to_owned(), nearest.map(str::to_owned)));
        assert_eq!(unknown(&json!({"nmae": "A"})), named("nmae", Some("name")));
        assert_eq!(unknown(&json!({"till": {"csah": 1}})), named("till.csah", Some("cash")));
        assert_eq!(unknown(&json!({"doors": [{"width": 1}, {"colour": 1}]})), named("doors[1].colour", None));
        // Null says that the member is not there, and it is not.
        assert_eq!(unknown(&json!({"colour": null})), named("colour", None));
    }

    #[test]
    fn a_member_of_an_object_inside_is_found_there() {
        assert!(shapes().has_inside("/v1/shops", "cash"));
        assert!(!shapes().has_inside("/v1/shops", "colour") && !shapes().has_inside("/v1/elsewhere", "cash"));
    }
}
