//! Branches, centres, users and transaction channels, read-only.

use loam_book::actor::Permission;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::invalid;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::new_client::branch_filter;
use super::translate::organization as translate;
use super::translate::page::{page, slice};

/// `GET /api/branches`.
pub(super) async fn list_branches(asked: Asked) -> Answer {
    asked.require(Permission::ViewBranchDetails)?;
    let query = asked.query()?;
    let full_details = query.flag("fullDetails")?;
    let rows = slice(asked.catalog().branches.iter(), page(&query)?);
    reply::ok(&rows.map(|row| translate::branch(row, full_details)).collect::<Vec<_>>())
}

/// `GET /api/branches/{branch}`.
pub(super) async fn show_branch(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewBranchDetails)?;
    let found = asked.catalog().branches.find(&id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidBranchId))?;
    reply::ok(&translate::branch(found, asked.query()?.flag("fullDetails")?))
}

/// `GET /api/centres`, narrowed by `branchId`.
pub(super) async fn list_centres(asked: Asked) -> Answer {
    asked.require(Permission::ViewCentreDetails)?;
    let query = asked.query()?;
    let full_details = query.flag("fullDetails")?;
    let branch = branch_filter(&query, asked.catalog())?;
    let rows = asked.catalog().centres.iter().filter(|row| branch.is_none_or(|branch| row.branch == branch));
    let rows = slice(rows, page(&query)?);
    reply::ok(&rows.map(|row| translate::centre(row, full_details)).collect::<Vec<_>>())
}

/// `GET /api/centres/{centre}`.
pub(super) async fn show_centre(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewCentreDetails)?;
    let found = asked.catalog().centres.find(&id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidCentreId))?;
    reply::ok(&translate::centre(found, asked.query()?.flag("fullDetails")?))
}

/// `GET /api/users`, narrowed by `branchId`: users assigned to that branch. The branches that a
/// user manages beside the own one are not kept, so `branchIdType=MANAGE` is not here.
pub(super) async fn list_users(asked: Asked) -> Answer {
    asked.require(Permission::ViewUserDetails)?;
    let query = asked.query()?;
    match query.text("branchIdType")?.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None | Some("ASSIGNED") => {}
        Some("MANAGE") => return Err(DoorError::disabled("branchIdType")),
        Some(_) => return Err(invalid("branchIdType")),
    }
    let full_details = query.flag("fullDetails")?;
    let branch = branch_filter(&query, asked.catalog())?;
    let rows = asked.catalog().users.iter().filter(|row| branch.is_none() || row.branch == branch);
    let rows = slice(rows, page(&query)?);
    reply::ok(&rows.map(|row| translate::user(row, full_details)).collect::<Vec<_>>())
}

/// `GET /api/users/{user}`: by user name or key. Everybody may see himself or herself.
pub(super) async fn show_user(At(id): At<String>, asked: Asked) -> Answer {
    let found = asked.catalog().users.find(&id);
    if found.is_none_or(|user| user.key != asked.actor().user_key) {
        asked.require(Permission::ViewUserDetails)?;
    }
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidUserName))?;
    reply::ok(&translate::user(found, asked.query()?.flag("fullDetails")?))
}

/// `GET /api/transactionchannels`.
pub(super) async fn list_channels(asked: Asked) -> Answer {
    let page = page(&asked.query()?)?;
    let mut rows: Vec<_> = asked.catalog().channels.iter().collect();
    rows.sort_by_key(|row| row.index);
    reply::ok(&slice(rows.into_iter(), page).map(|row| translate::channel(row)).collect::<Vec<_>>())
}

/// `GET /api/transactionchannels/{channel}`.
pub(super) async fn show_channel(At(id): At<String>, asked: Asked) -> Answer {
    let found = asked.catalog().channels.find(&id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidTransactionTypeId))?;
    reply::ok(&translate::channel(found))
}
