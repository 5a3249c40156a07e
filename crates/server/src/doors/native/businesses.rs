//! Businesses: list, read, create, change, and new keys and secrets. What is secret is shown in the
//! answer that made it and never again.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loam_app::command::{Command, Done};
use loam_book::ids::Part;
use loam_book::partner::{Business, Realm, Webhook};
use loam_book::record::Record;

use crate::Services;
use crate::object_id::ObjectId;
use crate::secrets::{NewKeys, draw_webhook_secret};

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::translate::business::{given_id, realms, said, wire_of_business};
use super::wire;

type Result<T> = std::result::Result<T, DoorError>;

const PATH: &str = "/loam/v1/businesses";

/// What an answer shows once.
#[derive(Default)]
struct Made {
    live_keys: Option<NewKeys>,
    test_keys: Option<NewKeys>,
    webhook_secret: Option<String>,
    test_webhook_secret: Option<String>,
}

/// All businesses, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/businesses",
    tag = "outside",
    operation_id = "list_businesses",
    responses((status = 200, body = Vec<wire::Business>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::Business>> {
    Json(call.now.catalog.businesses.iter().map(|business| wire_of_business(business)).collect())
}

/// One business, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/businesses/{id}",
    tag = "outside",
    operation_id = "read_business",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::Business), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::Business>> {
    Ok(Json(wire_of_business(find(&call, &id)?)))
}

/// Creates a business; 409 when the id is taken.
///
/// Both pairs of keys are in the answer, and so is the secret of each webhook. An `Idempotency-Key`
/// makes a repetition safe: it gets the business again, without what is secret.
#[utoipa::path(
    post,
    path = "/loam/v1/businesses",
    tag = "outside",
    operation_id = "create_business",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer, without secrets")),
    request_body = wire::Business,
    responses((status = 201, body = wire::Business), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response> {
    let members = call.members()?;
    let said = said(&members)?;
    let now = services.clock.now();
    let id = given_id(&members)?.unwrap_or_else(|| ObjectId::draw(now, &services.desk));
    let (live, test) =
        (NewKeys::draw(Realm::Live, &services.desk), NewKeys::draw(Realm::Test, &services.desk));
    let mut made = Made::default();
    let business = Business {
        key: services.desk.new_key(Part::new(0)),
        id: id.to_string(),
        name: said.name,
        live_keys: live.hashed(),
        test_keys: test.hashed(),
        live_webhook: webhook(&services, (said.webhook_url, None), &mut made.webhook_secret),
        test_webhook: webhook(&services, (said.test_webhook_url, None), &mut made.test_webhook_secret),
        allowed_notification: said.allowed_notification,
        time_zone: said.time_zone,
        doubles_seconds: said.doubles_seconds,
        reads_book: said.reads_book,
        is_active: said.is_active,
        created_at: now,
        last_modified_at: now,
    };
    let made = Made { live_keys: Some(live), test_keys: Some(test), ..made };
    let record = Box::new(Record::Business(business.clone()));
    let shown = submit(&services, &call, (Command::CreateRecord(record), business, made)).await?;
    let place = HeaderValue::try_from(format!("{PATH}/{}", shown.id));
    let mut response = (StatusCode::CREATED, Json(shown)).into_response();
    if let Ok(place) = place {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// Changes a business; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default. The
/// first URL of a webhook brings its secret, which another URL keeps.
#[utoipa::path(
    patch,
    path = "/loam/v1/businesses/{id}",
    tag = "outside",
    operation_id = "change_business",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer, without secrets"),
    ),
    request_body(content = wire::Business, description = "Any of the members"),
    responses((status = 200, body = wire::Business), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::Business>> {
    let present = find(&call, &id)?;
    let members = Members::of_wire(&wire_of_business(present)).merged_with(call.members()?);
    if given_id(&members)?.is_none_or(|id| id.to_string() != present.id) {
        return Err(DoorError::invalid("id", "as given", format!("it is \"{}\" and stays so", present.id)));
    }
    let said = said(&members)?;
    let mut made = Made::default();
    let live = (said.webhook_url, present.live_webhook.as_ref());
    let test = (said.test_webhook_url, present.test_webhook.as_ref());
    let changed = Business {
        name: said.name,
        live_webhook: webhook(&services, live, &mut made.webhook_secret),
        test_webhook: webhook(&services, test, &mut made.test_webhook_secret),
        allowed_notification: said.allowed_notification,
        time_zone: said.time_zone,
        doubles_seconds: said.doubles_seconds,
        reads_book: said.reads_book,
        is_active: said.is_active,
        ..present.clone()
    };
    save(&services, &call, changed, made).await
}

/// Makes new keys; the old ones open nothing from then on.
#[utoipa::path(
    post,
    path = "/loam/v1/businesses/{id}/rotate-keys",
    tag = "outside",
    operation_id = "rotate_business_keys",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer, without secrets"),
    ),
    request_body(content = Option<wire::Rotation>),
    responses((status = 200, body = wire::Business), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn rotate_keys(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::Business>> {
    let mut business = find(&call, &id)?.clone();
    let mut made = Made::default();
    for realm in realms(&call.members_if_any()?)? {
        let keys = NewKeys::draw(realm, &services.desk);
        let (kept, shown) = match realm {
            Realm::Live => (&mut business.live_keys, &mut made.live_keys),
            Realm::Test => (&mut business.test_keys, &mut made.test_keys),
        };
        *kept = keys.hashed();
        *shown = Some(keys);
    }
    save(&services, &call, business, made).await
}

/// Makes new secrets for webhooks; what is told from then on is signed with them.
#[utoipa::path(
    post,
    path = "/loam/v1/businesses/{id}/rotate-webhook-secret",
    tag = "outside",
    operation_id = "rotate_webhook_secret",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer, without secrets"),
    ),
    request_body(content = Option<wire::Rotation>),
    responses((status = 200, body = wire::Business), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn rotate_webhook_secret(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::Business>> {
    let mut business = find(&call, &id)?.clone();
    let mut made = Made::default();
    for realm in realms(&call.members_if_any()?)? {
        let (kept, shown) = match realm {
            Realm::Live => (&mut business.live_webhook, &mut made.webhook_secret),
            Realm::Test => (&mut business.test_webhook, &mut made.test_webhook_secret),
        };
        if let Some(present) = kept.take() {
            *kept = webhook(&services, (Some(present.url), None), shown);
        }
    }
    if made.webhook_secret.is_none() && made.test_webhook_secret.is_none() {
        return Err(DoorError::invalid("realm", "as given", "no webhook has a URL there"));
    }
    save(&services, &call, business, made).await
}

/// A webhook for a URL: with the secret that it has, or with a new one.
fn webhook(
    services: &Services,
    (url, present): (Option<String>, Option<&Webhook>),
    made: &mut Option<String>,
) -> Option<Webhook> {
    let url = url?;
    if let Some(present) = present {
        return Some(Webhook { url, ..present.clone() });
    }
    let secret = draw_webhook_secret(&services.desk);
    let sealed = services.vault.seal(&secret, &services.desk);
    *made = Some(secret);
    Some(Webhook { url, secret: sealed })
}

fn find<'a>(call: &'a Call, id: &str) -> Result<&'a Business> {
    let found = call.now.catalog.businesses.find(id);
    found.map(|business| business.as_ref()).ok_or_else(|| DoorError::no_such("business", id))
}

/// Hands a changed business in.
async fn save(
    services: &Services,
    call: &Call,
    changed: Business,
    made: Made,
) -> Result<Json<wire::Business>> {
    let changed = Business { last_modified_at: services.clock.now(), ..changed };
    let record = Box::new(Record::Business(changed.clone()));
    let command = Command::ChangeRecord { record, catalog_version: call.now.catalog.version };
    submit(services, call, (command, changed, made)).await.map(Json)
}

/// What is shown of the outcome. A repetition gets what was kept of the first answer, which is
/// another business than the one that was handed in: what was made for that one, nobody has. A dry run makes nothing.
async fn submit(
    services: &Services,
    call: &Call,
    (command, sent, made): (Command, Business, Made),
) -> Result<wire::Business> {
    let outcome = call.submit(services, command).await?;
    let Done::Record { record } = outcome.done else { return Err(DoorError::internal()) };
    let Record::Business(kept) = *record else { return Err(DoorError::internal()) };
    let made = if kept == sent && !call.is_dry_run { made } else { Made::default() };
    Ok(wire::Business {
        live_keys: made.live_keys.map(shown),
        test_keys: made.test_keys.map(shown),
        webhook_secret: made.webhook_secret,
        test_webhook_secret: made.test_webhook_secret,
        ..wire_of_business(&kept)
    })
}

fn shown(keys: NewKeys) -> wire::BusinessKeys {
    wire::BusinessKeys { secret_key: keys.secret, public_key: keys.public }
}
