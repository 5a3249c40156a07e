//! What members a kind of record has, as the server describes itself. A member that the server does not know
//! would be ignored there, and a misspelt one would look as if it were as it should be.

use std::collections::BTreeMap;

use anyhow::bail;
use serde_json::{Map, Value};

use crate::apply::file::Members;

/// The schemas of an API description.
pub(super) struct Shapes {
    schemas: Map<String, Value>,
    /// The schema of each kind, by its path behind the prefix.
    kinds: BTreeMap<String, Value>,
}

impl Shapes {
    /// Reads a description; a kind that it does not describe has any members.
    pub(super) fn of(described: &Value, prefix: &str) -> Shapes {
        let schemas = described["components"]["schemas"].as_object().cloned().unwrap_or_default();
        let paths = described["paths"].as_object().into_iter().flatten();
        let kinds = paths.filter_map(|(path, methods)| {
            let body = ["post", "patch"].into_iter().find_map(|method| methods[method].get("requestBody"))?;
            let schema = body["content"]["application/json"].get("schema")?;
            Some((path.strip_prefix(prefix)?.to_owned(), schema.clone()))
        });
        Shapes { kinds: kinds.collect(), schemas }
    }

    /// Refuses a record with a member that its kind does not have.
    ///
    /// # Errors
    /// Names the member, where it stands, and those that there are.
    pub(super) fn check(&self, kind: &str, record: &Members) -> anyhow::Result<()> {
        let Some(schema) = self.kinds.get(kind) else { return Ok(()) };
        let members = self.members(schema);
        // Those of an object inside the record may stand on the record itself.
        let inside: Vec<Map<String, Value>> = members.values().map(|schema| self.members(schema)).collect();
        for (name, value) in record {
            match members.get(name) {
                Some(schema) => self.check_value(&format!("{kind}: {name}"), schema, value)?,
                None if inside.iter().any(|members| members.contains_key(name)) => {}
                None => bail!("{kind}: there is no member {name}, but {}", names(&members)),
            }
        }
        Ok(())
    }

    fn check_value(&self, place: &str, schema: &Value, value: &Value) -> anyhow::Result<()> {
        match value {
            Value::Array(items) => {
                let schema = schema.get("items").unwrap_or(&Value::Null);
                items.iter().try_for_each(|item| self.check_value(place, schema, item))
            }
            Value::Object(given) => {
                let members = self.members(schema);
                // An object of which nothing is told holds names of its own.
                for (name, value) in given.iter().filter(|_| !members.is_empty()) {
                    let Some(schema) = members.get(name) else {
                        bail!("{place}: there is no member {name}, but {}", names(&members));
                    };
                    self.check_value(&format!("{place}.{name}"), schema, value)?;
                }
                Ok(())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    /// All members that a schema has, by itself, by the one that it refers to, or by those that it is made of.
    fn members(&self, schema: &Value) -> Map<String, Value> {
        let referred = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next());
        let referred = referred.and_then(|name| self.schemas.get(name));
        let made_of = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|name| schema[name].as_array());
        let own = schema["properties"].as_object().cloned().unwrap_or_default();
        own.into_iter()
            .chain(referred.into_iter().chain(made_of.flatten()).flat_map(|part| self.members(part)))
            .collect()
    }
}

fn names(members: &Map<String, Value>) -> String {
    members.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(record: Value) -> String {
        let described = json!({
            "paths": {"/v1/shops": {"post": {"requestBody": {"content": {"application/json":
                {"schema": {"$ref": "#/components/schemas/Shop"}}}}}}},
            "components": {"schemas": {
                "Shop": {"allOf": [{"$ref": "#/components/schemas/Place"}, {"properties": {
                    "name": {"type": "string"}, "till": {"$ref": "#/components/schemas/Till"},
                    "limits": {"type": "object", "additionalProperties": {"type": "string"}},
                    "doors": {"items": {"$ref": "#/components/schemas/Door"}}}}]},
                "Place": {"properties": {"town": {}}},
                "Till": {"oneOf": [{"type": "null"}, {"properties": {"float": {}}}]},
                "Door": {"properties": {"width": {}}},
            }},
        });
        let Value::Object(record) = record else { panic!("{record} is no record") };
        match Shapes::of(&described, "/v1/").check("shops", &record) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_described_is_taken_wherever_it_stands() {
        let whole = json!({"name": "A", "town": "B", "till": {"float": 1}, "limits": {"any": "1"},
            "doors": [{"width": 1}]});
        assert_eq!(said(whole), "");
        assert_eq!(said(json!({"float": 1, "name": null})), "");
    }

    #[test]
    fn what_is_not_described_is_named_with_its_place() {
        assert_eq!(
            said(json!({"nmae": "A"})),
            "shops: there is no member nmae, but doors, limits, name, till, town"
        );
        assert_eq!(said(json!({"till": {"flota": 1}})), "shops: till: there is no member flota, but float");
        assert_eq!(
            said(json!({"doors": [{"widht": 1}]})),
            "shops: doors: there is no member widht, but width"
        );
    }
}
