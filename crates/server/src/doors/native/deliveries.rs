//! Deliveries: what is still to be told to whom, what was given up, and telling it again.

use axum::Json;
use axum::extract::State;
use loam_app::ports::Replay;
use loam_book::ids::{Address, Key};

use crate::Services;

use super::call::Call;
use super::error::DoorError;
use super::query::Query;
use super::targets::{instant, listener_name};
use super::wire;

/// Deliveries of a target or of all, in the order of accounts, and how many there are.
#[utoipa::path(
    get,
    path = "/loam/v1/deliveries",
    tag = "outside",
    operation_id = "list_deliveries",
    params(
        ("target" = Option<String>, Query, description = "The id of a target or business"),
        ("dead" = Option<bool>, Query, description = "Only those that were given up"),
        ("realm" = Option<String>, Query, description = "`test` for the book for tests"),
        ("offset" = Option<i64>, Query, description = "How many to skip"),
        ("limit" = Option<i64>, Query, description = "At most 1000, otherwise 50"),
    ),
    responses((status = 200, body = wire::Deliveries), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(
    State(services): State<Services>,
    query: Query,
    call: Call,
) -> Result<Json<wire::Deliveries>, DoorError> {
    let services = query.in_realm(&services)?;
    let target = query.text("target").map(|id| listener(&call, id)).transpose()?;
    let (only_dead, page) = (query.flag("dead")?, query.page()?);
    let found = services.deliveries.deliveries(target, only_dead, page).await?;
    let counts = services.deliveries.counts().await?;
    let shown = found.into_iter().map(|delivery| wire::Delivery {
        target: listener_name(&call, delivery.target),
        account: delivery.account.key.to_string(),
        told_through: delivery.sent_seq,
        wanted_through: delivery.wanted_seq,
        attempts: delivery.attempts,
        next_attempt: delivery.next_attempt_at.map(instant),
        is_dead: delivery.is_dead,
        last_error: delivery.last_error,
    });
    Ok(Json(wire::Deliveries {
        waiting: counts.waiting,
        dead: counts.dead,
        unread: counts.unread,
        deliveries: shown.collect(),
    }))
}

/// Tells a target or webhook again, from the beginning of one account or of all it was told of.
///
/// With `dead` only what was given up, from where it stood.
#[utoipa::path(
    post,
    path = "/loam/v1/deliveries/replay",
    tag = "outside",
    operation_id = "replay_deliveries",
    params(("realm" = Option<String>, Query, description = "`test` for the book for tests")),
    request_body = wire::Replay,
    responses((status = 200, body = wire::Replayed), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn replay(
    State(services): State<Services>,
    query: Query,
    call: Call,
) -> Result<Json<wire::Replayed>, DoorError> {
    let services = query.in_realm(&services)?;
    let members = call.members()?;
    let target = listener(&call, &members.required("target")?)?;
    let account = members.text("account")?.map(|key| address(&key)).transpose()?;
    let what = match members.flag("dead")? {
        Some(true) => Replay::GivenUp,
        Some(false) | None => Replay::FromTheBeginning,
    };
    let accounts = services.deliveries.replay(target, account, what, services.clock.now()).await?;
    if let Some(account) = account.filter(|_| accounts == 0) {
        return Err(DoorError::no_such(what_is_missing(what), &account.key.to_string()));
    }
    Ok(Json(wire::Replayed { accounts }))
}

fn what_is_missing(what: Replay) -> &'static str {
    match what {
        Replay::FromTheBeginning => "delivery for account",
        Replay::GivenUp => "dead delivery for account",
    }
}

fn listener(call: &Call, id: &str) -> Result<Key, DoorError> {
    let catalog = &call.now.catalog;
    let target = catalog.targets.find(id).map(|target| target.key);
    let business = || catalog.businesses.find(id).map(|business| business.key);
    target.or_else(business).ok_or_else(|| DoorError::no_such("target or business", id))
}

fn address(text: &str) -> Result<Address, DoorError> {
    let key: Option<Key> = text.parse().ok();
    let address = key.and_then(|key| key.part().map(|part| Address { part, key }));
    address.ok_or_else(|| DoorError::invalid("account", text, "it is no key of an account"))
}
