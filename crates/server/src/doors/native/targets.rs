//! Targets: who is told about serviced loans. List, read, create, change, and tell them of all loans.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use loam_app::command::{Command, Done};
use loam_book::ids::{Key, Part};
use loam_book::partner::{SealedText, Target, TargetContract};
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::{Members, Names};
use super::translate::address::address;
use super::wire;

const LOAN_PERFORMANCE: &str = "LOAN_PERFORMANCE";
const REPAYMENT_DATA: &str = "REPAYMENT_DATA";

/// All targets, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/targets",
    tag = "outside",
    operation_id = "list_targets",
    responses((status = 200, body = Vec<wire::Target>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::Target>> {
    Json(call.now.catalog.targets.iter().map(|target| shown(target)).collect())
}

/// One target, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/targets/{id}",
    tag = "outside",
    operation_id = "read_target",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::Target), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::Target>, DoorError> {
    Ok(Json(shown(find(&call, &id)?)))
}

/// Creates a target; 409 when the id is taken.
///
/// From then on it is told of every serviced loan that changes; `enroll` tells it of all others.
#[utoipa::path(
    post,
    path = "/loam/v1/targets",
    tag = "outside",
    operation_id = "create_target",
    request_body = wire::Target,
    responses((status = 201, body = wire::Target), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(
    State(services): State<Services>,
    call: Call,
) -> Result<(StatusCode, Json<wire::Target>), DoorError> {
    let members = call.members()?;
    let sealed = services.vault.seal(&members.required("secret")?, &services.desk);
    let now = services.clock.now();
    let target = Target {
        key: services.desk.new_key(Part::new(0)),
        id: members.required("id")?,
        name: members.text("name")?.map_or_else(|| members.required("id"), Ok)?,
        url: url(&members)?.ok_or_else(|| DoorError::missing("url"))?,
        contract: new_contract(&members, sealed)?,
        is_active: members.flag("isActive")?.unwrap_or(true),
        created_at: now,
        last_modified_at: now,
    };
    let target = submit(&services, &call, Command::CreateRecord(Box::new(Record::Target(target)))).await?;
    Ok((StatusCode::CREATED, Json(shown(&target))))
}

/// Changes a target; 409 when a record was changed meanwhile. Only the members given change.
///
/// Another `url` needs the `secret`. A target that is not active is told nothing, and everything when it is active
/// again.
#[utoipa::path(
    patch,
    path = "/loam/v1/targets/{id}",
    tag = "outside",
    operation_id = "change_target",
    params(("id" = String, Path, description = "The id or the key")),
    request_body(content = wire::Target, description = "Any of the members"),
    responses((status = 200, body = wire::Target), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::Target>, DoorError> {
    let mut target = find(&call, &id)?.clone();
    let members = call.members()?;
    for fixed in ["id", "contract"] {
        members.refuse_unless(fixed, &[target.id.as_str(), name_of(&target.contract)])?;
    }
    let secret = members.text("secret")?.map(|secret| services.vault.seal(&secret, &services.desk));
    target.name = members.text("name")?.unwrap_or(target.name);
    target.url = changed_url(target.url, &members, secret.is_some())?;
    target.is_active = members.flag("isActive")?.unwrap_or(target.is_active);
    target.contract = changed_contract(target.contract, &members, secret)?;
    target.last_modified_at = services.clock.now();
    let record = Box::new(Record::Target(target));
    let command = Command::ChangeRecord { record, catalog_version: call.now.catalog.version };
    Ok(Json(shown(&submit(&services, &call, command).await?)))
}

/// Tells a target of every serviced loan, those that never changed since included.
#[utoipa::path(
    post,
    path = "/loam/v1/targets/{id}/enroll",
    tag = "outside",
    operation_id = "enroll_target",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::Replayed), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn enroll(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::Replayed>, DoorError> {
    let target = find(&call, &id)?;
    let accounts = services.deliveries.enroll(target.key, services.clock.now()).await?;
    Ok(Json(wire::Replayed { accounts }))
}

fn find<'a>(call: &'a Call, id: &str) -> Result<&'a Target, DoorError> {
    let found = call.now.catalog.targets.find(id);
    found.map(|target| target.as_ref()).ok_or_else(|| DoorError::no_such("target", id))
}

async fn submit(services: &Services, call: &Call, command: Command) -> Result<Target, DoorError> {
    let outcome = call.submit(services, command).await?;
    let Done::Record { record } = outcome.done else { return Err(DoorError::internal()) };
    if let Record::Target(target) = *record { Ok(target) } else { Err(DoorError::internal()) }
}

/// The address without a slash at its end.
fn url(members: &Members) -> Result<Option<String>, DoorError> {
    let Some(text) = members.text("url")? else { return Ok(None) };
    if address("url", &text)?.query().is_some() {
        return Err(DoorError::invalid("url", &text, "paths follow it, so it has no query"));
    }
    Ok(Some(text.trim_end_matches('/').to_owned()))
}

/// Who may change targets may not learn their secrets: nobody sends a secret to another address without knowing it.
fn changed_url(present: String, members: &Members, has_secret: bool) -> Result<String, DoorError> {
    let Some(url) = url(members)? else { return Ok(present) };
    if url != present && !has_secret {
        return Err(DoorError::missing("secret"));
    }
    Ok(url)
}

fn new_contract(members: &Members, secret: SealedText) -> Result<TargetContract, DoorError> {
    const NAMES: Names<'static, &'static str> =
        Names { values: &[LOAN_PERFORMANCE, REPAYMENT_DATA], name_of: |name| name };
    let contract = members.choice("contract", NAMES)?.ok_or_else(|| DoorError::missing("contract"))?;
    if contract == REPAYMENT_DATA {
        return Ok(TargetContract::RepaymentData { secret_key: secret });
    }
    Ok(TargetContract::LoanPerformance {
        client_id: members.required("clientId")?,
        client_secret: secret,
        management_system_id: management_system(members)?
            .ok_or_else(|| DoorError::missing("managementSystemId"))?,
    })
}

fn changed_contract(
    contract: TargetContract,
    members: &Members,
    secret: Option<SealedText>,
) -> Result<TargetContract, DoorError> {
    Ok(match contract {
        TargetContract::LoanPerformance { client_id, client_secret, management_system_id } => {
            TargetContract::LoanPerformance {
                client_id: members.text("clientId")?.unwrap_or(client_id),
                client_secret: secret.unwrap_or(client_secret),
                management_system_id: management_system(members)?.unwrap_or(management_system_id),
            }
        }
        TargetContract::RepaymentData { secret_key } => {
            TargetContract::RepaymentData { secret_key: secret.unwrap_or(secret_key) }
        }
    })
}

fn management_system(members: &Members) -> Result<Option<i64>, DoorError> {
    members.figure("managementSystemId", |text| text.parse::<i64>().map_err(|_| "it is no whole number"))
}

fn name_of(contract: &TargetContract) -> &'static str {
    match contract {
        TargetContract::LoanPerformance { .. } => LOAN_PERFORMANCE,
        TargetContract::RepaymentData { .. } => REPAYMENT_DATA,
    }
}

fn shown(target: &Target) -> wire::Target {
    let (client_id, management_system_id, secret) = match &target.contract {
        TargetContract::LoanPerformance { client_id, client_secret, management_system_id } => {
            (Some(client_id.clone()), Some(*management_system_id), client_secret)
        }
        TargetContract::RepaymentData { secret_key } => (None, None, secret_key),
    };
    wire::Target {
        encoded_key: target.key.to_string(),
        id: target.id.clone(),
        name: target.name.clone(),
        url: target.url.clone(),
        contract: name_of(&target.contract),
        client_id,
        management_system_id,
        secret: secret.masked.clone(),
        is_active: target.is_active,
        creation_date: instant(target.created_at),
        last_modified_date: instant(target.last_modified_at),
    }
}

/// As this door writes instants.
pub(super) fn instant(at: Timestamp) -> String {
    at.to_string()
}

/// The id of a target or business, or its key when it is gone.
pub(super) fn listener_name(call: &Call, key: Key) -> String {
    let catalog = &call.now.catalog;
    let target = catalog.targets.by_key(key).map(|target| target.id.clone());
    let business = || catalog.businesses.by_key(key).map(|business| business.id.clone());
    target.or_else(business).unwrap_or_else(|| key.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn members(value: &Value) -> Members {
        Members::of_json(value.to_string().as_bytes()).expect("an object")
    }

    #[test]
    fn targets_are_told_over_https_or_on_the_machine() {
        let url = |text: &str| url(&members(&json!({ "url": text })));
        let fine = url("https://example.com/feed/").ok().flatten();
        assert_eq!(fine.as_deref(), Some("https://example.com/feed"));
        assert!(url("http://127.0.0.1:8080").is_ok());
        for refused in ["http://example.com", "https://me:secret@example.com", "https://example.com?a=b"] {
            assert_eq!(url(refused).expect_err(refused).parts(), (400, "invalid_member", "url"));
        }
    }

    #[test]
    fn a_secret_does_not_move_to_another_address() {
        let changed = |value: Value, has_secret| {
            changed_url("https://a.example".to_owned(), &members(&value), has_secret)
        };
        let moved = json!({"url": "https://b.example"});
        let refusal = changed(moved.clone(), false).expect_err("the secret is not given");
        assert_eq!(refusal.parts(), (400, "missing_member", "secret"));
        assert_eq!(changed(moved, true).ok().as_deref(), Some("https://b.example"));
        let same = json!({"url": "https://a.example/"});
        assert_eq!(changed(same, false).ok().as_deref(), Some("https://a.example"));
        assert_eq!(changed(json!({}), false).ok().as_deref(), Some("https://a.example"));
    }
}
