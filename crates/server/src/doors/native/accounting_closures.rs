//! Accounting closures: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::journal::closure::Closure;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::ledger;
use super::wire;

impl Kind for Closure {
    type Wire = wire::AccountingClosure;
    const NAME: &'static str = "accounting closure";
    const PATH: &'static str = "/loam/v1/accounting-closures";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<Closure> {
        &catalog.closures
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::AccountingClosure {
        ledger::wire_of_closure(self)
    }

    fn read(members: &Members, base: &Base<'_, Closure>) -> Result<Closure, DoorError> {
        ledger::closure_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::Closure(self)
    }

    fn of_record(record: Record) -> Option<Closure> {
        if let Record::Closure(found) = record { Some(found) } else { None }
    }
}

/// All accounting closures, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/accounting-closures",
    tag = "accounting closures",
    operation_id = "list_accounting_closures",
    responses((status = 200, body = Vec<wire::AccountingClosure>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::AccountingClosure>> {
    records::list::<Closure>(&call)
}

/// One accounting closure, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/accounting-closures/{id}",
    tag = "accounting closures",
    operation_id = "read_accounting_closure",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::AccountingClosure), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::AccountingClosure>, DoorError> {
    records::one::<Closure>(&call, &id)
}

/// Creates an accounting closure; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/accounting-closures",
    tag = "accounting closures",
    operation_id = "create_accounting_closure",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::AccountingClosure,
    responses((status = 201, body = wire::AccountingClosure), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<Closure>(&services, &call).await
}

/// Changes an accounting closure; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/accounting-closures/{id}",
    tag = "accounting closures",
    operation_id = "change_accounting_closure",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::AccountingClosure, description = "Any of the members"),
    responses((status = 200, body = wire::AccountingClosure), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::AccountingClosure>, DoorError> {
    records::change::<Closure>(&services, &call, &id).await
}
