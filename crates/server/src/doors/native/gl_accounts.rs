//! GL accounts: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::journal::chart::LedgerAccount;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::ledger;
use super::wire;

impl Kind for LedgerAccount {
    type Wire = wire::GlAccount;
    const NAME: &'static str = "GL account";
    const PATH: &'static str = "/loam/v1/gl-accounts";
    const ID: &'static str = "glCode";

    fn shelf(catalog: &Catalog) -> &Shelf<LedgerAccount> {
        &catalog.ledger_accounts
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.code
    }

    fn to_wire(&self) -> wire::GlAccount {
        ledger::wire_of_account(self)
    }

    fn read(members: &Members, base: &Base<'_, LedgerAccount>) -> Result<LedgerAccount, DoorError> {
        ledger::account_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::LedgerAccount(Box::new(self))
    }

    fn of_record(record: Record) -> Option<LedgerAccount> {
        if let Record::LedgerAccount(found) = record { Some(*found) } else { None }
    }
}

/// All GL accounts, in the order of their codes.
#[utoipa::path(
    get,
    path = "/loam/v1/gl-accounts",
    tag = "GL accounts",
    operation_id = "list_gl_accounts",
    responses((status = 200, body = Vec<wire::GlAccount>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::GlAccount>> {
    records::list::<LedgerAccount>(&call)
}

/// One GL account, by code or key.
#[utoipa::path(
    get,
    path = "/loam/v1/gl-accounts/{id}",
    tag = "GL accounts",
    operation_id = "read_gl_account",
    params(("id" = String, Path, description = "The code or the key")),
    responses((status = 200, body = wire::GlAccount), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::GlAccount>, DoorError> {
    records::one::<LedgerAccount>(&call, &id)
}

/// Creates a GL account; 409 when the code is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/gl-accounts",
    tag = "GL accounts",
    operation_id = "create_gl_account",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::GlAccount,
    responses((status = 201, body = wire::GlAccount), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<LedgerAccount>(&services, &call).await
}

/// Changes a GL account; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/gl-accounts/{id}",
    tag = "GL accounts",
    operation_id = "change_gl_account",
    params(
        ("id" = String, Path, description = "The code or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::GlAccount, description = "Any of the members"),
    responses((status = 200, body = wire::GlAccount), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::GlAccount>, DoorError> {
    records::change::<LedgerAccount>(&services, &call, &id).await
}
