//! Loan purposes: list, read, create, change. `{id}` takes both forms of an id, and the key.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::application::foreign_id::ForeignId;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::partner::LoanPurpose;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::marketplace;
use super::wire;

impl Kind for LoanPurpose {
    type Wire = wire::LoanPurpose;
    const NAME: &'static str = "loan purpose";
    const PATH: &'static str = "/loam/v1/loan-purposes";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<LoanPurpose> {
        &catalog.purposes
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::LoanPurpose {
        marketplace::wire_of_purpose(self)
    }

    fn read(members: &Members, base: &Base<'_, LoanPurpose>) -> Result<LoanPurpose, DoorError> {
        marketplace::purpose_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::Purpose(self)
    }

    fn of_record(record: Record) -> Option<LoanPurpose> {
        if let Record::Purpose(found) = record { Some(found) } else { None }
    }
}

/// The form in which ids are kept; what is no such id may be a key.
fn short(id: &str) -> String {
    ForeignId::parse(id).map_or_else(|_| id.to_owned(), |id| id.to_string())
}

/// All loan purposes, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/loan-purposes",
    tag = "loan purposes",
    operation_id = "list_loan_purposes",
    responses((status = 200, body = Vec<wire::LoanPurpose>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::LoanPurpose>> {
    records::list::<LoanPurpose>(&call)
}

/// One loan purpose, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/loan-purposes/{id}",
    tag = "loan purposes",
    operation_id = "read_loan_purpose",
    params(("id" = String, Path, description = "The id in either form, or the key")),
    responses((status = 200, body = wire::LoanPurpose), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::LoanPurpose>, DoorError> {
    records::one::<LoanPurpose>(&call, &short(&id))
}

/// Creates a loan purpose; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/loan-purposes",
    tag = "loan purposes",
    operation_id = "create_loan_purpose",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::LoanPurpose,
    responses((status = 201, body = wire::LoanPurpose), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<LoanPurpose>(&services, &call).await
}

/// Changes a loan purpose; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/loan-purposes/{id}",
    tag = "loan purposes",
    operation_id = "change_loan_purpose",
    params(
        ("id" = String, Path, description = "The id in either form, or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::LoanPurpose, description = "Any of the members"),
    responses((status = 200, body = wire::LoanPurpose), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::LoanPurpose>, DoorError> {
    records::change::<LoanPurpose>(&services, &call, &short(&id)).await
}
