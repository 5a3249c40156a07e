//! The settings of the organization: one record, or none as long as nobody changed them.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use loam_app::command::{Command, Done};
use loam_book::ids::Part;
use loam_book::record::Record;
use loam_book::security::check_networks;
use loam_book::working_days::OrganizationSettings;

use crate::Services;

use super::call::Call;
use super::error::DoorError;
use super::members::Members;
use super::records::Base;
use super::translate::calendar;
use super::wire;

/// What counts in the whole organization.
#[utoipa::path(
    get,
    path = "/loam/v1/settings",
    tag = "settings",
    operation_id = "read_settings",
    responses((status = 200, body = wire::Settings), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn read(call: Call) -> Json<wire::Settings> {
    Json(calendar::wire_of_settings(call.now.catalog.settings.as_deref()))
}

/// Changes the settings; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
/// Due dates of running loans that are still to come follow other days off when the day is closed, or at once when the
/// present day is closed once more.
#[utoipa::path(
    patch,
    path = "/loam/v1/settings",
    tag = "settings",
    operation_id = "change_settings",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body(content = wire::Settings, description = "Any of the members"),
    responses((status = 200, body = wire::Settings), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    call: Call,
) -> Result<Json<wire::Settings>, DoorError> {
    let catalog = &call.now.catalog;
    let present = catalog.settings.as_deref();
    let members = Members::of_wire(&calendar::wire_of_settings(present)).merged_with(call.members()?);
    let base = base(&services, &call, present);
    let settings = calendar::settings_of(&members, &base)?;
    refuse_to_lock_out(&services, &call, &settings)?;
    let record = Box::new(Record::Settings(settings));
    let command = match present {
        None => Command::CreateRecord(record),
        Some(_) => Command::ChangeRecord { record, catalog_version: catalog.version },
    };
    let done = call.submit(&services, command).await?.done;
    let changed = if let Done::Record { record } = done
        && let Record::Settings(settings) = *record
    {
        Some(settings)
    } else {
        None
    };
    Ok(Json(calendar::wire_of_settings(changed.as_ref())))
}

/// Whoever says from where calls are taken must be able to say something else afterwards.
fn refuse_to_lock_out(
    services: &Services,
    call: &Call,
    settings: &OrganizationSettings,
) -> Result<(), DoorError> {
    let networks = &settings.security.networks;
    let are_readable = check_networks(networks).is_ok();
    if !are_readable || call.comes_from(services, networks) {
        return Ok(());
    }
    Err(DoorError::contradiction("allowedAddresses", "your own address is not among them"))
}

fn base<'a>(
    services: &Services,
    call: &'a Call,
    present: Option<&'a OrganizationSettings>,
) -> Base<'a, OrganizationSettings> {
    let new_key = || services.desk.new_key(Part::new(0));
    let now: Timestamp = services.clock.now();
    Base {
        key: present.map_or_else(new_key, |settings| settings.key),
        other_key: new_key(),
        now,
        catalog: &call.now.catalog,
        currency: call.now.state.currency,
        actor: call.caller.actor.user_key,
        present,
        password_hash: None,
    }
}
