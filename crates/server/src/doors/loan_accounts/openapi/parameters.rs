//! Parameters of paths and queries.

use serde_json::Value;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{KnownFormat, Required, SchemaFormat};

/// What may stand in a path, by the name of the parameter. Where an id stands, a key may stand as well.
const EXAMPLES: &[(&str, &str)] = &[
    ("branch", "2"),
    ("centre", "CD"),
    ("channel", "CASH"),
    ("client", "8"),
    ("currency", "EUR"),
    ("document", "1"),
    ("field", "Family_Members"),
    ("group", "G1"),
    ("index", "0"),
    ("loan", "ABC123"),
    ("picture", "PROFILE_PICTURE"),
    ("product", "AGRL"),
    ("role", "HEAD"),
    ("savings", "S1"),
    ("source", "PRIME"),
    ("template", "STATEMENT"),
    ("transaction", "1"),
    ("user", "creditofficer"),
];

/// Which entity a path may name.
pub(super) fn in_path(name: &str) -> Parameter {
    let example = EXAMPLES.iter().find(|(known, _)| *known == name);
    let example = example.map(|(_, example)| Value::from(*example));
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
    let text = ObjectBuilder::new().schema_type(Type::String);
    parameter.required(Required::True).schema(Some(text)).example(example).build()
}

/// What may be given in a query. None is asked for by every caller.
pub(super) fn in_query(name: &str) -> Parameter {
    let schema = match name {
        "fullDetails" | "includeForeign" => ObjectBuilder::new().schema_type(Type::Boolean),
        "offset" => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)),
        "limit" => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(1000)),
        "from" | "to" | "dueFrom" | "dueTo" | "startDate" | "endDate" | "birthDate" => {
            let day = SchemaFormat::KnownFormat(KnownFormat::Date);
            ObjectBuilder::new().schema_type(Type::String).format(Some(day))
        }
        _ => ObjectBuilder::new().schema_type(Type::String),
    };
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
    parameter.required(Required::False).schema(Some(schema)).build()
}
