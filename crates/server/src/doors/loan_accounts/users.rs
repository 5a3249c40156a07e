//! Users and their roles: list, read, create, change.

use std::sync::Arc;

use jiff::Timestamp;
use loam_app::command::{Command, Done};
use loam_book::actor::Permission;
use loam_book::catalog::Catalog;
use loam_book::custom_field::value::StatedValue;
use loam_book::ids::{Key, Part};
use loam_book::organization::User;
use loam_book::record::Record;
use loam_book::rights::check_password;

use crate::{auth, idempotency};

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::organization::values_of;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::custom_field::Shown;
use super::translate::new_client::branch_filter;
use super::translate::page::{page, slice};
use super::translate::user as translate;
use super::wire::user as wire;
use super::wire::values::Instant;

/// How much of a hexadecimal hash makes a salt: 128 bits.
const SALT_LENGTH: usize = 32;

/// `GET /api/users`, narrowed by `branchId`: users who belong to that branch, or with
/// `branchIdType=MANAGE` those who work in it as well or in all branches.
pub(super) async fn list(asked: Asked) -> Answer {
    asked.require(Permission::ViewUserDetails)?;
    let query = asked.query()?;
    let manages = match query.text("branchIdType")?.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None | Some("ASSIGNED") => false,
        Some("MANAGE") => true,
        Some(_) => return Err(invalid("branchIdType")),
    };
    let full_details = query.flag("fullDetails")?;
    let branch = branch_filter(&query, asked.catalog())?;
    let catalog = asked.catalog();
    let is_listed = |user: &User| match branch {
        None => true,
        Some(_) if !manages => user.branch == branch,
        Some(branch) => {
            user.rights(catalog).manages_all_branches || user.reach.managed_branches.contains(&branch)
        }
    };
    let rows: Vec<_> = slice(catalog.users.iter().filter(|row| is_listed(row)), page(&query)?).collect();
    let kept = values_of(&asked, full_details, rows.iter().map(|row| row.key)).await?;
    let values = asked.shown(&kept);
    let keys: Vec<Key> = rows.iter().map(|row| row.key).collect();
    let sign_ins = asked.services.auth.last_sign_ins(&keys).await?;
    let shown = |row| shown(row, &asked, (full_details, values), &sign_ins);
    reply::ok(&rows.into_iter().map(|row| shown(row)).collect::<Vec<_>>())
}

fn shown<'a>(
    row: &'a User,
    asked: &'a Asked,
    (full_details, values): (bool, Shown<'a>),
    sign_ins: &[(Key, Timestamp)],
) -> wire::User<'a> {
    let custom_fields = full_details.then(|| values.of(row.key));
    let last = sign_ins.iter().find(|(user, _)| *user == row.key);
    let last_logged_in_date = last.map(|(_, at)| Instant(*at));
    wire::User { custom_fields, last_logged_in_date, ..translate::user(row, asked.catalog(), full_details) }
}

/// By user name or key, or by the number that users are shown with.
pub(super) fn find<'a>(catalog: &'a Catalog, id: &str) -> Option<&'a Arc<User>> {
    let numbered = || {
        let number: i64 = id.parse().ok()?;
        catalog.users.iter().find(|user| user.number == number)
    };
    catalog.users.find(id).or_else(numbered)
}

/// `GET /api/users/{user}`. Everybody may see himself or herself.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let found = find(asked.catalog(), &id);
    if found.is_none_or(|user| user.key != asked.actor().user_key) {
        asked.require(Permission::ViewUserDetails)?;
    }
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidUserName))?;
    let full_details = asked.query()?.flag("fullDetails")?;
    let kept = values_of(&asked, full_details, [found.key]).await?;
    let sign_ins = asked.services.auth.last_sign_ins(&[found.key]).await?;
    reply::ok(&shown(found, &asked, (full_details, asked.shown(&kept)), &sign_ins))
}

/// `GET /api/users/{user}/views`: no view is kept, so there is none of any kind.
pub(super) async fn views(At(id): At<String>, asked: Asked) -> Answer {
    let query = asked.query()?;
    let kind = query.text("for")?;
    let kind = kind.ok_or_else(|| DoorError::at(ReturnCode::MissingRequiredParameter, "for"))?;
    if !translate::VIEWED.iter().any(|known| known.eq_ignore_ascii_case(&kind)) {
        return Err(invalid("for"));
    }
    show(At(id), asked).await?;
    reply::ok(&[(); 0])
}

/// `POST /api/users`.
pub(super) async fn create(asked: Asked) -> Answer {
    let entity = asked.entity(asked.fields()?, "user")?;
    let values = asked.stated(&asked.fields()?).await?.unwrap_or_default();
    for (name, code) in
        [("username", ReturnCode::InvalidUserName), ("email", ReturnCode::MissingEmailAddress)]
    {
        entity.text(name)?.ok_or_else(|| DoorError::at(code, name))?;
    }
    let no_password = || DoorError::at(ReturnCode::InvalidPassword, "password");
    let hash = password_hash(&asked, &entity).await?.ok_or_else(no_password)?;
    let key = asked.services.desk.new_key(Part::new(0));
    let new = translate::new_user(key, asked.services.clock.now());
    let user = User { password_hash: Some(hash), ..translate::changed(&new, &entity, asked.catalog())? };
    let user = submit(&asked, user, None, values).await?;
    let kept = values_of(&asked, true, [user.key]).await?;
    let custom_information = asked.shown(&kept).of(user.key);
    let shown =
        wire::UserEnvelope { user: translate::user(&user, asked.catalog(), false), custom_information };
    reply::created(&user.username, &shown)
}

/// `PATCH /api/users/{user}`: what is named changes.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    let entity = asked.entity(asked.fields()?, "user")?;
    let values = asked.stated(&asked.fields()?).await?.unwrap_or_default();
    let catalog = asked.catalog();
    let found = find(catalog, &id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidUserName))?;
    let hash = password_hash(&asked, &entity).await?;
    let mut user = translate::changed(found, &entity, catalog)?;
    user.password_hash = hash.or(user.password_hash);
    user.last_modified_at = asked.services.clock.now();
    submit(&asked, user, Some(catalog.version), values).await?;
    reply::success()
}

/// Without a version the user is a new one.
async fn submit(
    asked: &Asked,
    user: User,
    catalog_version: Option<i64>,
    values: Vec<StatedValue>,
) -> Result<User, DoorError> {
    let command = Command::UserWithValues { user: Box::new(user), catalog_version, values };
    let submitted = asked.submit(command).await;
    // A user is called by the name, and what is wrong with an id is wrong with that.
    let outcome = submitted.map_err(|error| {
        error
            .told_as(ReturnCode::DuplicateId, ReturnCode::UsernameAlreadyExists)
            .told_as(ReturnCode::InvalidId, ReturnCode::InvalidUserName)
    })?;
    let Done::Record { record } = outcome.done else { unreachable!("a command on a record gives a record") };
    let Record::User(user) = *record else { unreachable!("the record keeps its kind") };
    Ok(user)
}

/// The hash of the password that is given; made away from the threads that serve requests.
async fn password_hash(asked: &Asked, entity: &Fields<'_>) -> Result<Option<String>, DoorError> {
    let Some(password) = entity.owned("password")? else { return Ok(None) };
    check_password(&password).map_err(loam_book::loan::refusal::Refusal::from)?;
    let salt = idempotency::hex(&asked.services.desk.draw_bytes::<{ SALT_LENGTH / 2 }>());
    let hashing = tokio::task::spawn_blocking(move || auth::hash_password(&password, salt.as_bytes()));
    match hashing.await {
        Ok(Ok(hash)) => Ok(Some(hash)),
        Ok(Err(_)) => Err(DoorError::at(ReturnCode::InvalidPassword, "password")),
        Err(error) => {
            tracing::error!(%error, "a password could not be hashed");
            Err(DoorError::new(ReturnCode::InternalError))
        }
    }
}

/// `GET /api/userroles`.
pub(super) async fn list_roles(asked: Asked) -> Answer {
    asked.require(Permission::ViewUserDetails)?;
    let rows = slice(asked.catalog().roles.iter(), page(&asked.query()?)?);
    reply::ok(&rows.map(|row| translate::role(row)).collect::<Vec<_>>())
}

/// `GET /api/userroles/{role}`: by key or id.
pub(super) async fn show_role(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewUserDetails)?;
    let found = asked.catalog().roles.find(&id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidUserRoleKey))?;
    reply::ok(&translate::role(found))
}
