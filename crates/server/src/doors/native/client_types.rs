//! Types of clients and groups: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::party::kinds::ClientRole;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::party;
use super::wire;

impl Kind for ClientRole {
    type Wire = wire::ClientRole;
    const NAME: &'static str = "client type";
    const PATH: &'static str = "/loam/v1/client-types";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<ClientRole> {
        &catalog.client_roles
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::ClientRole {
        party::wire_of_client_role(self)
    }

    fn read(members: &Members, base: &Base<'_, ClientRole>) -> Result<ClientRole, DoorError> {
        party::client_role_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::ClientRole(self)
    }

    fn of_record(record: Record) -> Option<ClientRole> {
        if let Record::ClientRole(found) = record { Some(found) } else { None }
    }
}

/// All client types, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/client-types",
    tag = "client types",
    operation_id = "list_client_types",
    responses((status = 200, body = Vec<wire::ClientRole>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::ClientRole>> {
    records::list::<ClientRole>(&call)
}

/// One client type, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/client-types/{id}",
    tag = "client types",
    operation_id = "read_client_type",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::ClientRole), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::ClientRole>, DoorError> {
    records::one::<ClientRole>(&call, &id)
}

/// Creates a client type; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/client-types",
    tag = "client types",
    operation_id = "create_client_type",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::ClientRole,
    responses((status = 201, body = wire::ClientRole), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<ClientRole>(&services, &call).await
}

/// Changes a client type; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/client-types/{id}",
    tag = "client types",
    operation_id = "change_client_type",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::ClientRole, description = "Any of the members"),
    responses((status = 200, body = wire::ClientRole), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::ClientRole>, DoorError> {
    records::change::<ClientRole>(&services, &call, &id).await
}
