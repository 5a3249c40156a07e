//! Centres: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::organization::Centre;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::organization;
use super::wire;

impl Kind for Centre {
    type Wire = wire::Centre;
    const NAME: &'static str = "centre";
    const PATH: &'static str = "/loam/v1/centres";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<Centre> {
        &catalog.centres
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::Centre {
        organization::wire_of_centre(self)
    }

    fn read(members: &Members, base: &Base<'_, Centre>) -> Result<Centre, DoorError> {
        organization::centre_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::Centre(self)
    }

    fn of_record(record: Record) -> Option<Centre> {
        if let Record::Centre(found) = record { Some(found) } else { None }
    }
}

/// All centres, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/centres",
    tag = "centres",
    operation_id = "list_centres",
    responses((status = 200, body = Vec<wire::Centre>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::Centre>> {
    records::list::<Centre>(&call)
}

/// One centre, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/centres/{id}",
    tag = "centres",
    operation_id = "read_centre",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::Centre), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::Centre>, DoorError> {
    records::one::<Centre>(&call, &id)
}

/// Creates a centre; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/centres",
    tag = "centres",
    operation_id = "create_centre",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::Centre,
    responses((status = 201, body = wire::Centre), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<Centre>(&services, &call).await
}

/// Changes a centre; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/centres/{id}",
    tag = "centres",
    operation_id = "change_centre",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::Centre, description = "Any of the members"),
    responses((status = 200, body = wire::Centre), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::Centre>, DoorError> {
    records::change::<Centre>(&services, &call, &id).await
}
