//! Index rate sources: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::index_rate::IndexRateSource;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::calendar;
use super::wire;

impl Kind for IndexRateSource {
    type Wire = wire::IndexRateSource;
    const NAME: &'static str = "index rate source";
    const PATH: &'static str = "/loam/v1/index-rate-sources";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<IndexRateSource> {
        &catalog.index_rates
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::IndexRateSource {
        calendar::wire_of_index(self)
    }

    fn read(members: &Members, base: &Base<'_, IndexRateSource>) -> Result<IndexRateSource, DoorError> {
        calendar::index_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::IndexRateSource(self)
    }

    fn of_record(record: Record) -> Option<IndexRateSource> {
        if let Record::IndexRateSource(found) = record { Some(found) } else { None }
    }
}

/// All index rate sources, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/index-rate-sources",
    tag = "index rate sources",
    operation_id = "list_index_rate_sources",
    responses((status = 200, body = Vec<wire::IndexRateSource>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::IndexRateSource>> {
    records::list::<IndexRateSource>(&call)
}

/// One index rate source, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/index-rate-sources/{id}",
    tag = "index rate sources",
    operation_id = "read_index_rate_source",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::IndexRateSource), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::IndexRateSource>, DoorError> {
    records::one::<IndexRateSource>(&call, &id)
}

/// Creates an index rate source; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/index-rate-sources",
    tag = "index rate sources",
    operation_id = "create_index_rate_source",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::IndexRateSource,
    responses((status = 201, body = wire::IndexRateSource), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<IndexRateSource>(&services, &call).await
}

/// Changes an index rate source; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/index-rate-sources/{id}",
    tag = "index rate sources",
    operation_id = "change_index_rate_source",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::IndexRateSource, description = "Any of the members"),
    responses((status = 200, body = wire::IndexRateSource), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::IndexRateSource>, DoorError> {
    records::change::<IndexRateSource>(&services, &call, &id).await
}
