//! Sets of custom fields: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::custom_field::CustomFieldSet;
use loam_book::ids::Key;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::custom_field;
use super::wire;

impl Kind for CustomFieldSet {
    type Wire = wire::CustomFieldSet;
    const NAME: &'static str = "custom field set";
    const PATH: &'static str = "/loam/v1/custom-field-sets";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<CustomFieldSet> {
        &catalog.custom_field_sets
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::CustomFieldSet {
        custom_field::wire_of_set(self)
    }

    fn read(members: &Members, base: &Base<'_, CustomFieldSet>) -> Result<CustomFieldSet, DoorError> {
        custom_field::set_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::CustomFieldSet(self)
    }

    fn of_record(record: Record) -> Option<CustomFieldSet> {
        if let Record::CustomFieldSet(found) = record { Some(found) } else { None }
    }
}

/// All custom field sets, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/custom-field-sets",
    tag = "custom fields",
    operation_id = "list_custom_field_sets",
    responses((status = 200, body = Vec<wire::CustomFieldSet>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::CustomFieldSet>> {
    records::list::<CustomFieldSet>(&call)
}

/// One custom field set, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/custom-field-sets/{id}",
    tag = "custom fields",
    operation_id = "read_custom_field_set",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::CustomFieldSet), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::CustomFieldSet>, DoorError> {
    records::one::<CustomFieldSet>(&call, &id)
}

/// Creates a custom field set; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/custom-field-sets",
    tag = "custom fields",
    operation_id = "create_custom_field_set",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::CustomFieldSet,
    responses((status = 201, body = wire::CustomFieldSet), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<CustomFieldSet>(&services, &call).await
}

/// Changes a custom field set; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/custom-field-sets/{id}",
    tag = "custom fields",
    operation_id = "change_custom_field_set",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::CustomFieldSet, description = "Any of the members"),
    responses((status = 200, body = wire::CustomFieldSet), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::CustomFieldSet>, DoorError> {
    records::change::<CustomFieldSet>(&services, &call, &id).await
}
