//! Names of roles in groups: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::party::kinds::GroupRole;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::party;
use super::wire;

impl Kind for GroupRole {
    type Wire = wire::GroupRole;
    const NAME: &'static str = "group role";
    const PATH: &'static str = "/loam/v1/group-roles";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<GroupRole> {
        &catalog.group_roles
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::GroupRole {
        party::wire_of_group_role(self)
    }

    fn read(members: &Members, base: &Base<'_, GroupRole>) -> Result<GroupRole, DoorError> {
        party::group_role_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::GroupRole(self)
    }

    fn of_record(record: Record) -> Option<GroupRole> {
        if let Record::GroupRole(found) = record { Some(found) } else { None }
    }
}

/// All group roles, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/group-roles",
    tag = "group roles",
    operation_id = "list_group_roles",
    responses((status = 200, body = Vec<wire::GroupRole>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::GroupRole>> {
    records::list::<GroupRole>(&call)
}

/// One group role, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/group-roles/{id}",
    tag = "group roles",
    operation_id = "read_group_role",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::GroupRole), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::GroupRole>, DoorError> {
    records::one::<GroupRole>(&call, &id)
}

/// Creates a group role; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/group-roles",
    tag = "group roles",
    operation_id = "create_group_role",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::GroupRole,
    responses((status = 201, body = wire::GroupRole), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<GroupRole>(&services, &call).await
}

/// Changes a group role; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/group-roles/{id}",
    tag = "group roles",
    operation_id = "change_group_role",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::GroupRole, description = "Any of the members"),
    responses((status = 200, body = wire::GroupRole), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::GroupRole>, DoorError> {
    records::change::<GroupRole>(&services, &call, &id).await
}
