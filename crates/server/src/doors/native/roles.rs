//! Roles: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::record::Record;
use loam_book::rights::Role;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::rights;
use super::wire;

impl Kind for Role {
    type Wire = wire::Role;
    const NAME: &'static str = "role";
    const PATH: &'static str = "/loam/v1/roles";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<Role> {
        &catalog.roles
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::Role {
        rights::wire_of_role(self)
    }

    fn read(members: &Members, base: &Base<'_, Role>) -> Result<Role, DoorError> {
        rights::role(members, base)
    }

    fn into_record(self) -> Record {
        Record::Role(self)
    }

    fn of_record(record: Record) -> Option<Role> {
        if let Record::Role(found) = record { Some(found) } else { None }
    }
}

/// All roles, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/roles",
    tag = "roles",
    operation_id = "list_roles",
    responses((status = 200, body = Vec<wire::Role>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::Role>> {
    records::list::<Role>(&call)
}

/// One role, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/roles/{id}",
    tag = "roles",
    operation_id = "read_role",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::Role), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::Role>, DoorError> {
    records::one::<Role>(&call, &id)
}

/// Creates a role; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/roles",
    tag = "roles",
    operation_id = "create_role",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::Role,
    responses((status = 201, body = wire::Role), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<Role>(&services, &call).await
}

/// Changes a role; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/roles/{id}",
    tag = "roles",
    operation_id = "change_role",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::Role, description = "Any of the members"),
    responses((status = 200, body = wire::Role), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::Role>, DoorError> {
    records::change::<Role>(&services, &call, &id).await
}
