//! Branches, centres and transaction channels, read-only.

use loam_app::command::Address;
use loam_book::actor::Permission;
use loam_book::custom_field::value::CustomValues;
use loam_book::ids::{Key, Part};
use loam_book::organization::{Branch, Centre};

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::custom_field::Shown;
use super::translate::new_client::branch_filter;
use super::translate::organization as translate;
use super::translate::page::{page, slice};
use super::wire::organization as wire;

/// `GET /api/branches`.
pub(super) async fn list_branches(asked: Asked) -> Answer {
    asked.require(Permission::ViewBranchDetails)?;
    let query = asked.query()?;
    let full_details = query.flag("fullDetails")?;
    let rows: Vec<_> = slice(asked.catalog().branches.iter(), page(&query)?).collect();
    let kept = values_of(&asked, full_details, rows.iter().map(|row| row.key)).await?;
    let values = asked.shown(&kept);
    reply::ok(&rows.into_iter().map(|row| branch(row, full_details, values)).collect::<Vec<_>>())
}

/// `GET /api/branches/{branch}`.
pub(super) async fn show_branch(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewBranchDetails)?;
    let found = asked.catalog().branches.find(&id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidBranchId))?;
    let full_details = asked.query()?.flag("fullDetails")?;
    let kept = values_of(&asked, full_details, [found.key]).await?;
    reply::ok(&branch(found, full_details, asked.shown(&kept)))
}

/// `GET /api/centres`, narrowed by `branchId`.
pub(super) async fn list_centres(asked: Asked) -> Answer {
    asked.require(Permission::ViewCentreDetails)?;
    let query = asked.query()?;
    let full_details = query.flag("fullDetails")?;
    let branch = branch_filter(&query, asked.catalog())?;
    let rows = asked.catalog().centres.iter().filter(|row| branch.is_none_or(|branch| row.branch == branch));
    let rows: Vec<_> = slice(rows, page(&query)?).collect();
    let kept = values_of(&asked, full_details, rows.iter().map(|row| row.key)).await?;
    let values = asked.shown(&kept);
    reply::ok(&rows.into_iter().map(|row| centre(row, full_details, values)).collect::<Vec<_>>())
}

/// `GET /api/centres/{centre}`.
pub(super) async fn show_centre(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewCentreDetails)?;
    let found = asked.catalog().centres.find(&id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidCentreId))?;
    let full_details = asked.query()?.flag("fullDetails")?;
    let kept = values_of(&asked, full_details, [found.key]).await?;
    reply::ok(&centre(found, full_details, asked.shown(&kept)))
}

/// The custom field values of records, where all details are asked for.
pub(super) async fn values_of(
    asked: &Asked,
    full_details: bool,
    keys: impl IntoIterator<Item = Key>,
) -> Result<Vec<CustomValues>, DoorError> {
    let keys = keys.into_iter().filter(|_| full_details);
    asked.kept_values(keys.map(|key| Address { part: Part::new(0), key }).collect()).await
}

fn branch<'a>(row: &'a Branch, full_details: bool, values: Shown<'a>) -> wire::Branch<'a> {
    let mut branch = translate::branch(row, full_details);
    if let Some(details) = &mut branch.full_details {
        details.custom_field_values = values.of(row.key);
    }
    branch
}

fn centre<'a>(row: &'a Centre, full_details: bool, values: Shown<'a>) -> wire::Centre<'a> {
    let mut centre = translate::centre(row, full_details);
    if let Some(details) = &mut centre.full_details {
        details.custom_field_values = values.of(row.key);
    }
    centre
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
