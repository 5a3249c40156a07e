//! Branches: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::organization::Branch;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::organization;
use super::wire;

impl Kind for Branch {
    type Wire = wire::Branch;
    const NAME: &'static str = "branch";
    const PATH: &'static str = "/loam/v1/branches";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<Branch> {
        &catalog.branches
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::Branch {
        organization::wire_of_branch(self)
    }

    fn read(members: &Members, base: &Base<'_, Branch>) -> Result<Branch, DoorError> {
        organization::branch_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::Branch(self)
    }

    fn of_record(record: Record) -> Option<Branch> {
        if let Record::Branch(found) = record { Some(found) } else { None }
    }
}

/// All branches, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/branches",
    tag = "branches",
    operation_id = "list_branches",
    responses((status = 200, body = Vec<wire::Branch>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::Branch>> {
    records::list::<Branch>(&call)
}

/// One branch, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/branches/{id}",
    tag = "branches",
    operation_id = "read_branch",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::Branch), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::Branch>, DoorError> {
    records::one::<Branch>(&call, &id)
}

/// Creates a branch; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/branches",
    tag = "branches",
    operation_id = "create_branch",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::Branch,
    responses((status = 201, body = wire::Branch), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<Branch>(&services, &call).await
}

/// Changes a branch; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/branches/{id}",
    tag = "branches",
    operation_id = "change_branch",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::Branch, description = "Any of the members"),
    responses((status = 200, body = wire::Branch), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::Branch>, DoorError> {
    records::change::<Branch>(&services, &call, &id).await
}
