//! Loans as they were or will be: any day, as known on any other.

use axum::Json;
use axum::extract::State;
use loam_app::looking::Seen;
use loam_book::loan::as_of::View;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::query::Query;
use super::translate::{self, loan};
use super::wire;

/// A loan on a day, as known on another.
///
/// On a day that is over: as it was. On a day to come: as it will be if nobody does anything.
#[utoipa::path(
    get,
    path = "/loam/v1/loans/{id}",
    tag = "loans",
    operation_id = "look_at_loan",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("asOf" = Option<String>, Query, description = "The day to look at; otherwise the business date"),
        ("knownOn" = Option<String>, Query, description = "Only what was booked by that day; otherwise everything"),
    ),
    responses((status = 200, body = wire::LoanView), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(
    State(services): State<Services>,
    Id(id): Id,
    query: Query,
    call: Call,
) -> Result<Json<wire::LoanView>, DoorError> {
    let seen = seen(&services, &id, view(&query, &call)?, &call).await?;
    Ok(Json(loan::view(&seen, call.now.state.business_date)))
}

/// Why the interest, fee and penalty figures of a loan are what they are.
///
/// The parts of each figure multiply out to it exactly. The figures are those that count on the day,
/// as known on the other; what a day to come applies is not in the log and so not among them.
#[utoipa::path(
    get,
    path = "/loam/v1/loans/{id}/explain",
    tag = "loans",
    operation_id = "explain_loan",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("asOf" = Option<String>, Query, description = "The day to look at; otherwise the business date"),
        ("knownOn" = Option<String>, Query, description = "Only what was booked by that day; otherwise everything"),
    ),
    responses((status = 200, body = wire::LoanExplained), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn explain(
    State(services): State<Services>,
    Id(id): Id,
    query: Query,
    call: Call,
) -> Result<Json<wire::LoanExplained>, DoorError> {
    let seen = seen(&services, &id, view(&query, &call)?, &call).await?;
    let known_on = seen.view.known_on.min(call.now.state.business_date).to_string();
    Ok(Json(translate::explain::explained(&seen, known_on)))
}

/// What pays a loan off on a day, the business date or later.
///
/// A repayment of exactly this on that day closes the loan, if nothing happens before.
#[utoipa::path(
    get,
    path = "/loam/v1/loans/{id}/quote",
    tag = "loans",
    operation_id = "quote_payoff",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("on" = Option<String>, Query, description = "The day of the repayment; otherwise the business date"),
    ),
    responses((status = 200, body = wire::PayoffQuote), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn quote(
    State(services): State<Services>,
    Id(id): Id,
    query: Query,
    call: Call,
) -> Result<Json<wire::PayoffQuote>, DoorError> {
    let today = call.now.state.business_date;
    let on = query.date("on")?.unwrap_or(today);
    if on < today || on > call.now.last_day_ahead() {
        let reason = format!("a quote is for {today} to {}", call.now.last_day_ahead());
        return Err(DoorError::invalid("on", &on.to_string(), reason));
    }
    let seen = seen(&services, &id, call.now.view(Some(on), None), &call).await?;
    Ok(Json(translate::quote::quote(&seen)))
}

/// What a loan costs in a year, fees included, by its schedule as it stands.
#[utoipa::path(
    get,
    path = "/loam/v1/loans/{id}/apr",
    tag = "loans",
    operation_id = "read_annual_rates",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::AnnualRates), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn annual_rates(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::AnnualRates>, DoorError> {
    let seen = seen(&services, &id, call.now.view(None, None), &call).await?;
    let rates = seen.annual_rates().ok_or_else(|| {
        DoorError::not_supported(
            "loan",
            &id,
            "loans that are paid out at once, with a fixed number of installments",
        )
    })?;
    Ok(Json(translate::quote::annual_rates(&seen, &rates)))
}

/// The view that `asOf` and `knownOn` ask for.
pub(super) fn view(query: &Query, call: &Call) -> Result<View, DoorError> {
    let view = call.now.view(query.date("asOf")?, query.date("knownOn")?);
    let last = call.now.last_day_ahead();
    if view.as_of > last {
        let as_of = view.as_of.to_string();
        return Err(DoorError::invalid(
            "asOf",
            &as_of,
            format!("the last day that can be looked at is {last}"),
        ));
    }
    Ok(view)
}

/// The loan that a path names, through a view.
pub(super) async fn seen(services: &Services, id: &str, view: View, call: &Call) -> Result<Seen, DoorError> {
    let unknown = || DoorError::no_such("loan", id);
    let address = services.reading.find_loan(id).await?.ok_or_else(unknown)?;
    services.reading.seen(address, view, &call.now).await?.ok_or_else(unknown)
}
