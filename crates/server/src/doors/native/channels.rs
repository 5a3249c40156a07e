//! Transaction channels: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::organization::TransactionChannel;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::organization;
use super::wire;

impl Kind for TransactionChannel {
    type Wire = wire::TransactionChannel;
    const NAME: &'static str = "transaction channel";
    const PATH: &'static str = "/loam/v1/transaction-channels";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<TransactionChannel> {
        &catalog.channels
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::TransactionChannel {
        organization::wire_of_channel(self)
    }

    fn read(members: &Members, base: &Base<'_, TransactionChannel>) -> Result<TransactionChannel, DoorError> {
        organization::channel_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::Channel(self)
    }

    fn of_record(record: Record) -> Option<TransactionChannel> {
        if let Record::Channel(found) = record { Some(found) } else { None }
    }
}

/// All transaction channels, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/transaction-channels",
    tag = "transaction channels",
    operation_id = "list_transaction_channels",
    responses((status = 200, body = Vec<wire::TransactionChannel>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::TransactionChannel>> {
    records::list::<TransactionChannel>(&call)
}

/// One transaction channel, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/transaction-channels/{id}",
    tag = "transaction channels",
    operation_id = "read_transaction_channel",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::TransactionChannel), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::TransactionChannel>, DoorError> {
    records::one::<TransactionChannel>(&call, &id)
}

/// Creates a transaction channel; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/transaction-channels",
    tag = "transaction channels",
    operation_id = "create_transaction_channel",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::TransactionChannel,
    responses((status = 201, body = wire::TransactionChannel), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<TransactionChannel>(&services, &call).await
}

/// Changes a transaction channel; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/transaction-channels/{id}",
    tag = "transaction channels",
    operation_id = "change_transaction_channel",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::TransactionChannel, description = "Any of the members"),
    responses((status = 200, body = wire::TransactionChannel), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::TransactionChannel>, DoorError> {
    records::change::<TransactionChannel>(&services, &call, &id).await
}
