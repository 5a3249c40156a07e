//! Users: list, read, create, change, unlock.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_app::command::Command;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::organization::{User, UserState};
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::organization;
use super::wire;

impl Kind for User {
    type Wire = wire::User;
    const NAME: &'static str = "user";
    const PATH: &'static str = "/loam/v1/users";
    const ID: &'static str = "username";
    const HAS_PASSWORD: bool = true;

    fn shelf(catalog: &Catalog) -> &Shelf<User> {
        &catalog.users
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.username
    }

    fn to_wire(&self) -> wire::User {
        organization::wire_of_user(self)
    }

    fn read(members: &Members, base: &Base<'_, User>) -> Result<User, DoorError> {
        organization::user_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::User(self)
    }

    fn of_record(record: Record) -> Option<User> {
        if let Record::User(found) = record { Some(found) } else { None }
    }
}

/// All users, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/users",
    tag = "users",
    operation_id = "list_users",
    responses((status = 200, body = Vec<wire::User>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::User>> {
    records::list::<User>(&call)
}

/// One user, by username or key.
#[utoipa::path(
    get,
    path = "/loam/v1/users/{id}",
    tag = "users",
    operation_id = "read_user",
    params(("id" = String, Path, description = "The user name or the key")),
    responses((status = 200, body = wire::User), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::User>, DoorError> {
    records::one::<User>(&call, &id)
}

/// Creates a user; 409 when the username is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/users",
    tag = "users",
    operation_id = "create_user",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::User,
    responses((status = 201, body = wire::User), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<User>(&services, &call).await
}

/// Changes a user; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/users/{id}",
    tag = "users",
    operation_id = "change_user",
    params(
        ("id" = String, Path, description = "The user name or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::User, description = "Any of the members"),
    responses((status = 200, body = wire::User), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::User>, DoorError> {
    records::change::<User>(&services, &call, &id).await
}

/// Lets a user sign in again who was locked, by an administrator or after too many failures.
#[utoipa::path(
    post,
    path = "/loam/v1/users/{id}/unlock",
    tag = "users",
    operation_id = "unlock_user",
    params(("id" = String, Path, description = "The user name or the key")),
    responses((status = 200, body = wire::User), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn unlock(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::User>, DoorError> {
    let catalog = &call.now.catalog;
    let user = catalog.users.find(&id).ok_or_else(|| DoorError::no_such(User::NAME, &id))?;
    services.auth.unlock(&user.username).await?;
    if user.state != UserState::Locked {
        return Ok(Json(user.to_wire()));
    }
    let unlocked =
        User { state: UserState::Active, last_modified_at: services.clock.now(), ..user.as_ref().clone() };
    let record = Box::new(unlocked.into_record());
    let command = Command::ChangeRecord { record, catalog_version: catalog.version };
    Ok(Json(records::done::<User>(call.submit(&services, command).await?.done).to_wire()))
}
