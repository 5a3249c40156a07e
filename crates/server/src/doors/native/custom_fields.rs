//! Custom fields: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::custom_field::CustomField;
use loam_book::ids::Key;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::custom_field;
use super::wire;

impl Kind for CustomField {
    type Wire = wire::CustomField;
    const NAME: &'static str = "custom field";
    const PATH: &'static str = "/loam/v1/custom-fields";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<CustomField> {
        &catalog.custom_fields
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::CustomField {
        custom_field::wire_of_field(self)
    }

    fn read(members: &Members, base: &Base<'_, CustomField>) -> Result<CustomField, DoorError> {
        custom_field::field_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::CustomField(Box::new(self))
    }

    fn of_record(record: Record) -> Option<CustomField> {
        if let Record::CustomField(found) = record { Some(*found) } else { None }
    }
}

/// All custom fields, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/custom-fields",
    tag = "custom fields",
    operation_id = "list_custom_fields",
    responses((status = 200, body = Vec<wire::CustomField>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::CustomField>> {
    records::list::<CustomField>(&call)
}

/// One custom field, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/custom-fields/{id}",
    tag = "custom fields",
    operation_id = "read_custom_field",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::CustomField), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::CustomField>, DoorError> {
    records::one::<CustomField>(&call, &id)
}

/// Creates a custom field; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/custom-fields",
    tag = "custom fields",
    operation_id = "create_custom_field",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::CustomField,
    responses((status = 201, body = wire::CustomField), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<CustomField>(&services, &call).await
}

/// Changes a custom field; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/custom-fields/{id}",
    tag = "custom fields",
    operation_id = "change_custom_field",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::CustomField, description = "Any of the members"),
    responses((status = 200, body = wire::CustomField), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::CustomField>, DoorError> {
    records::change::<CustomField>(&services, &call, &id).await
}
