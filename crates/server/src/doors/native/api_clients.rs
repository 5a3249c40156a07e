//! Clients of the token endpoint: list, read, create, change, new secret, revoke. A secret is shown
//! in the answer that makes it and never again.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loam_app::command::Command;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::partner::ApiClient;
use loam_book::record::Record;

use crate::{Services, oauth};

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::partner;
use super::wire;

impl Kind for ApiClient {
    type Wire = wire::ApiClient;
    const NAME: &'static str = "API client";
    const PATH: &'static str = "/loam/v1/api-clients";
    const ID: &'static str = "clientId";

    fn shelf(catalog: &Catalog) -> &Shelf<ApiClient> {
        &catalog.api_clients
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::ApiClient {
        partner::wire_of_api_client(self)
    }

    fn read(members: &Members, base: &Base<'_, ApiClient>) -> Result<ApiClient, DoorError> {
        partner::api_client_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::ApiClient(self)
    }

    fn of_record(record: Record) -> Option<ApiClient> {
        if let Record::ApiClient(found) = record { Some(found) } else { None }
    }
}

/// All clients of the token endpoint, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/api-clients",
    tag = "API clients",
    operation_id = "list_api_clients",
    responses((status = 200, body = Vec<wire::ApiClient>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::ApiClient>> {
    records::list::<ApiClient>(&call)
}

/// One client, by `clientId` or key.
#[utoipa::path(
    get,
    path = "/loam/v1/api-clients/{id}",
    tag = "API clients",
    operation_id = "read_api_client",
    params(("id" = String, Path, description = "The clientId or the key")),
    responses((status = 200, body = wire::ApiClient), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::ApiClient>, DoorError> {
    records::one::<ApiClient>(&call, &id)
}

/// Creates a client and shows its id and secret; the secret is not shown again.
///
/// A repetition with the same `Idempotency-Key` gets the first client again, without the secret.
#[utoipa::path(
    post,
    path = "/loam/v1/api-clients",
    tag = "API clients",
    operation_id = "create_api_client",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::ApiClient,
    responses((status = 201, body = wire::ApiClient), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    let base = records::base::<ApiClient>(&services, &call, None);
    let (secret, secret_hash) = oauth::new_secret(&services);
    let mut client = ApiClient {
        id: oauth::new_client_id(&services),
        secret_hash,
        ..partner::api_client_of(&call.members()?, &base)?
    };
    if client.organization.is_empty() {
        client.organization.clone_from(&client.id);
    }
    let hash = client.secret_hash.clone();
    let command = Command::CreateRecord(Box::new(client.into_record()));
    let created: ApiClient = records::done(call.submit(&services, command).await?.done);
    let mut response = (StatusCode::CREATED, shown(&created, &hash, secret)).into_response();
    if let Ok(place) = HeaderValue::try_from(format!("{}/{}", ApiClient::PATH, created.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// Changes name, scopes, limit, or whether the client is let in.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
/// Whoever is let in again needs a new token.
#[utoipa::path(
    patch,
    path = "/loam/v1/api-clients/{id}",
    tag = "API clients",
    operation_id = "change_api_client",
    params(
        ("id" = String, Path, description = "The clientId or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::ApiClient, description = "Any of the members"),
    responses((status = 200, body = wire::ApiClient), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::ApiClient>, DoorError> {
    records::change::<ApiClient>(&services, &call, &id).await
}

/// Gives the client a new secret and shows it; the old one and all tokens made with it are worth
/// nothing from here on.
///
/// A repetition with the same `Idempotency-Key` changes nothing and shows no secret.
#[utoipa::path(
    post,
    path = "/loam/v1/api-clients/{id}/rotate-secret",
    tag = "API clients",
    operation_id = "rotate_api_client_secret",
    params(
        ("id" = String, Path, description = "The clientId or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    responses((status = 200, body = wire::ApiClient), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn rotate_secret(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::ApiClient>, DoorError> {
    let (secret, secret_hash) = oauth::new_secret(&services);
    let hash = secret_hash.clone();
    let now = services.clock.now();
    let rotate = |client: ApiClient| ApiClient {
        secret_hash,
        tokens_valid_from: now,
        last_modified_at: now,
        ..client
    };
    let changed = put(&services, &call, &id, rotate).await?;
    Ok(shown(&changed, &hash, secret))
}

/// Revokes a client: it gets no token, and those it has are worth nothing.
///
/// The client stays known and is let in again by `isActive`.
#[utoipa::path(
    delete,
    path = "/loam/v1/api-clients/{id}",
    tag = "API clients",
    operation_id = "revoke_api_client",
    params(
        ("id" = String, Path, description = "The clientId or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    responses((status = 200, body = wire::ApiClient), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn revoke(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::ApiClient>, DoorError> {
    let last_modified_at = services.clock.now();
    let revoke = |client: ApiClient| ApiClient { is_active: false, last_modified_at, ..client };
    Ok(Json(put(&services, &call, &id, revoke).await?.to_wire()))
}

/// Puts a changed client in the place of the present one.
async fn put(
    services: &Services,
    call: &Call,
    id: &str,
    change: impl FnOnce(ApiClient) -> ApiClient,
) -> Result<ApiClient, DoorError> {
    let catalog = &call.now.catalog;
    let no_such = || DoorError::no_such(ApiClient::NAME, id);
    let present = catalog.api_clients.find(id).ok_or_else(no_such)?;
    let record = Box::new(change(present.as_ref().clone()).into_record());
    let command = Command::ChangeRecord { record, catalog_version: catalog.version };
    Ok(records::done(call.submit(services, command).await?.done))
}

/// The client with its secret, if it is the secret of this request: a repetition gets the first
/// answer, and the secret that belongs to it is known no more.
fn shown(client: &ApiClient, hash: &str, secret: String) -> Json<wire::ApiClient> {
    let client_secret = (client.secret_hash == hash).then_some(secret);
    Json(wire::ApiClient { client_secret, ..client.to_wire() })
}
