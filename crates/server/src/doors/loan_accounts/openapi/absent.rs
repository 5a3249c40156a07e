//! Members that stand in an object or are left out together.

use std::collections::BTreeMap;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{OneOf, Schema};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// A part that is described as "these members, or null" is these members, none of them required: what is left out
/// of an object leaves no null behind.
pub(super) fn without_nulls(schemas: Vec<(String, RefOr<Schema>)>) -> Schemas {
    let mut all: Schemas = schemas.into_iter().collect();
    let known = all.clone();
    for schema in all.values_mut() {
        let RefOr::T(Schema::AllOf(parts)) = schema else { continue };
        for part in &mut parts.items {
            if let RefOr::T(Schema::OneOf(choice)) = part
                && let Some(members) = members_that_may_be_absent(choice, &known)
            {
                *part = RefOr::T(members);
            }
        }
    }
    all
}

fn members_that_may_be_absent(choice: &OneOf, known: &Schemas) -> Option<Schema> {
    let name = choice.items.iter().find_map(|item| match item {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next(),
        RefOr::T(_) => None,
    })?;
    let RefOr::T(Schema::Object(members)) = known.get(name)? else { return None };
    let mut members = members.clone();
    members.required.clear();
    Some(Schema::Object(members))
}
