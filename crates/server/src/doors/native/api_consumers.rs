//! API consumers: list, read, create, change; make, rotate and revoke their keys. A key is shown in
//! the answer that makes it and never again.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use loam_app::command::Command;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::consumer::{ApiConsumer, ConsumerKey};
use loam_book::ids::{Key, Part};
use loam_book::record::Record;

use crate::Services;
use crate::auth::hash_api_key;
use crate::idempotency::hex;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::consumer;
use super::wire;

/// How long the keys before a new one are still good, where nothing is said: a day.
const GRACE_SECONDS: u32 = 24 * 60 * 60;

impl Kind for ApiConsumer {
    type Wire = wire::ApiConsumer;
    const NAME: &'static str = "API consumer";
    const PATH: &'static str = "/loam/v1/api-consumers";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<ApiConsumer> {
        &catalog.consumers
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::ApiConsumer {
        consumer::wire_of_consumer(self)
    }

    fn read(members: &Members, base: &Base<'_, ApiConsumer>) -> Result<ApiConsumer, DoorError> {
        consumer::consumer_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::ApiConsumer(self)
    }

    fn of_record(record: Record) -> Option<ApiConsumer> {
        if let Record::ApiConsumer(found) = record { Some(found) } else { None }
    }
}

/// All API consumers, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/api-consumers",
    tag = "API consumers",
    operation_id = "list_api_consumers",
    responses((status = 200, body = Vec<wire::ApiConsumer>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::ApiConsumer>> {
    records::list::<ApiConsumer>(&call)
}

/// One consumer, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/api-consumers/{id}",
    tag = "API consumers",
    operation_id = "read_api_consumer",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::ApiConsumer), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::ApiConsumer>, DoorError> {
    records::one::<ApiConsumer>(&call, &id)
}

/// Creates a consumer, which has no key yet; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/api-consumers",
    tag = "API consumers",
    operation_id = "create_api_consumer",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::ApiConsumer,
    responses((status = 201, body = wire::ApiConsumer), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<ApiConsumer>(&services, &call).await
}

/// Changes a consumer; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default. With
/// `isActive` false none of its keys is taken any more.
#[utoipa::path(
    patch,
    path = "/loam/v1/api-consumers/{id}",
    tag = "API consumers",
    operation_id = "change_api_consumer",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::ApiConsumer, description = "Any of the members"),
    responses((status = 200, body = wire::ApiConsumer), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::ApiConsumer>, DoorError> {
    records::change::<ApiConsumer>(&services, &call, &id).await
}

/// Makes one more key and shows it; those before stay good.
///
/// A repetition with the same `Idempotency-Key` makes none and shows none.
#[utoipa::path(
    post,
    path = "/loam/v1/api-consumers/{id}/keys",
    tag = "API consumers",
    operation_id = "create_api_key",
    params(
        ("id" = String, Path, description = "The id or the key of the consumer"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::NewApiKey, description = "When the key ends; nothing for never"),
    responses((status = 201, body = wire::ApiConsumer), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create_key(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Response, DoorError> {
    let drawn = Drawn::new(&services, &call.members_if_any()?)?;
    let now = drawn.key.created_at;
    let key = drawn.key.clone();
    let changed = put(&services, &call, &id, |present| Some(present.with_key(key, now))).await?;
    Ok((StatusCode::CREATED, drawn.shown(&changed)).into_response())
}

/// Makes a new key and shows it; those before end after a time of grace.
///
/// A repetition with the same `Idempotency-Key` makes none and shows none.
#[utoipa::path(
    post,
    path = "/loam/v1/api-consumers/{id}/rotate-keys",
    tag = "API consumers",
    operation_id = "rotate_api_keys",
    params(
        ("id" = String, Path, description = "The id or the key of the consumer"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::NewApiKey, description = "When the key ends, and how long those before it are still good"),
    responses((status = 200, body = wire::ApiConsumer), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn rotate_keys(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::ApiConsumer>, DoorError> {
    let members = call.members_if_any()?;
    let drawn = Drawn::new(&services, &members)?;
    let now = drawn.key.created_at;
    let grace = members.count("graceSeconds")?.unwrap_or(GRACE_SECONDS);
    let end = now.checked_add(SignedDuration::from_secs(i64::from(grace))).unwrap_or(Timestamp::MAX);
    let key = drawn.key.clone();
    let changed = put(&services, &call, &id, |present| Some(present.ending(end).with_key(key, now))).await?;
    Ok(drawn.shown(&changed))
}

/// Revokes a key: it is worth nothing from here on.
#[utoipa::path(
    delete,
    path = "/loam/v1/api-consumers/{id}/keys/{key}",
    tag = "API consumers",
    operation_id = "revoke_api_key",
    params(
        ("id" = String, Path, description = "The id or the key of the consumer"),
        ("key" = String, Path, description = "The id of the API key, which is not the key itself"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    responses((status = 200, body = wire::ApiConsumer), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn revoke_key(
    State(services): State<Services>,
    Path((id, key)): Path<(String, String)>,
    call: Call,
) -> Result<Json<wire::ApiConsumer>, DoorError> {
    let no_key = || DoorError::no_such("API key", &key);
    let named: Key = key.parse().map_err(|_| no_key())?;
    let consumer = call.now.catalog.consumers.find(&id);
    if consumer.is_some_and(|consumer| consumer.keys.iter().all(|present| present.id != named)) {
        return Err(no_key());
    }
    Ok(Json(put(&services, &call, &id, |present| present.without_key(named)).await?.to_wire()))
}

/// A key that was just made.
struct Drawn {
    secret: String,
    key: ConsumerKey,
}

impl Drawn {
    fn new(services: &Services, members: &Members) -> Result<Drawn, DoorError> {
        let secret = format!("ak_{}", hex(&services.desk.draw_bytes::<32>()));
        let key = ConsumerKey {
            id: services.desk.new_key(Part::new(0)),
            hash: hash_api_key(&secret),
            created_at: services.clock.now(),
            expires_at: members.figure("expirationDate", str::parse::<Timestamp>)?,
        };
        Ok(Drawn { secret, key })
    }

    /// The consumer with its new key, if it is the key of this request.
    fn shown(self, consumer: &ApiConsumer) -> Json<wire::ApiConsumer> {
        let is_its_own = consumer.keys.iter().any(|key| key.hash == self.key.hash);
        let api_key = is_its_own.then_some(self.secret);
        Json(wire::ApiConsumer { api_key, ..consumer.to_wire() })
    }
}

/// Puts a changed consumer in the place of the present one.
async fn put(
    services: &Services,
    call: &Call,
    id: &str,
    change: impl FnOnce(ApiConsumer) -> Option<ApiConsumer>,
) -> Result<ApiConsumer, DoorError> {
    let catalog = &call.now.catalog;
    let no_such = || DoorError::no_such(ApiConsumer::NAME, id);
    let present = catalog.consumers.find(id).ok_or_else(no_such)?;
    let changed = change(present.as_ref().clone()).ok_or_else(no_such)?;
    let changed = ApiConsumer { last_modified_at: services.clock.now(), ..changed };
    let record = Box::new(changed.into_record());
    let command = Command::ChangeRecord { record, catalog_version: catalog.version };
    Ok(records::done(call.submit(services, command).await?.done))
}
