//! Risk levels: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::record::Record;
use loam_book::risk_level::RiskLevel;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::papers;
use super::wire;

impl Kind for RiskLevel {
    type Wire = wire::RiskLevel;
    const NAME: &'static str = "risk level";
    const PATH: &'static str = "/loam/v1/risk-levels";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<RiskLevel> {
        &catalog.risk_levels
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::RiskLevel {
        papers::wire_of_level(self)
    }

    fn read(members: &Members, base: &Base<'_, RiskLevel>) -> Result<RiskLevel, DoorError> {
        papers::level_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::RiskLevel(self)
    }

    fn of_record(record: Record) -> Option<RiskLevel> {
        if let Record::RiskLevel(found) = record { Some(found) } else { None }
    }
}

/// All risk levels, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/risk-levels",
    tag = "risk levels",
    operation_id = "list_risk_levels",
    responses((status = 200, body = Vec<wire::RiskLevel>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::RiskLevel>> {
    records::list::<RiskLevel>(&call)
}

/// One risk level, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/risk-levels/{id}",
    tag = "risk levels",
    operation_id = "read_risk_level",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::RiskLevel), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::RiskLevel>, DoorError> {
    records::one::<RiskLevel>(&call, &id)
}

/// Creates a risk level; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/risk-levels",
    tag = "risk levels",
    operation_id = "create_risk_level",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::RiskLevel,
    responses((status = 201, body = wire::RiskLevel), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<RiskLevel>(&services, &call).await
}

/// Changes a risk level; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/risk-levels/{id}",
    tag = "risk levels",
    operation_id = "change_risk_level",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::RiskLevel, description = "Any of the members"),
    responses((status = 200, body = wire::RiskLevel), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::RiskLevel>, DoorError> {
    records::change::<RiskLevel>(&services, &call, &id).await
}
