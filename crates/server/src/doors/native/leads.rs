//! Leads: register one, read one. Whoever a lead is about can be compared with others and not read.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loam_app::command::{Command, Done};
use loam_app::views::{LeadFilter, Page};
use loam_book::reporting::lead::Lead;

use crate::Services;

use super::call::Call;
use super::error::DoorError;
use super::query::Query;
use super::translate::partner;
use super::wire;

/// Where a lead is found: its organization and number.
pub(super) struct Place(String, i64);

/// Registers a lead, or replaces what is known of it.
///
/// Social security number and e-mail address are kept as keyed hashes; no answer shows them.
#[utoipa::path(
    post,
    path = "/loam/v1/leads",
    tag = "leads",
    operation_id = "register_lead",
    params(
        ("realm" = Option<String>, Query, description = "`test`: the book for tests"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::NewLead,
    responses((status = 201, body = wire::Lead), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn register(
    State(services): State<Services>,
    query: Query,
    call: Call,
) -> Result<Response, DoorError> {
    let services = query.in_realm(&services)?;
    let lead = partner::lead_of(&call.members()?, services.clock.now(), &services.vault)?;
    let place = format!("/loam/v1/leads/{}/{}", encoded(&lead.organization), lead.lead_id);
    let outcome = call.submit(services, Command::RegisterLead(Box::new(lead))).await?;
    let registered = match outcome.done {
        Done::Lead { lead } => partner::wire_of_lead(&lead),
        Done::Loan { .. }
        | Done::Client { .. }
        | Done::Group { .. }
        | Done::Application { .. }
        | Done::Booking { .. }
        | Done::FundTransaction { .. }
        | Done::BookingOrder { .. }
        | Done::Orders { .. }
        | Done::Report { .. }
        | Done::Paper { .. }
        | Done::ManualEntry { .. }
        | Done::Posted { .. }
        | Done::Line { .. }
        | Done::Record { .. }
        | Done::Savings { .. }
        | Done::CustomValues { .. }
        | Done::LoanMoved { .. }
        | Done::ManyBegun
        | Done::BusinessDate { .. } => unreachable!("a registered lead is a lead"),
    };
    let mut response = (StatusCode::CREATED, Json(registered)).into_response();
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// One lead, by organization and number.
#[utoipa::path(
    get,
    path = "/loam/v1/leads/{organization}/{leadId}",
    tag = "leads",
    operation_id = "read_lead",
    params(
        ("organization" = String, Path),
        ("leadId" = i64, Path),
        ("realm" = Option<String>, Query, description = "`test`: the book for tests"),
    ),
    responses((status = 200, body = wire::Lead), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(
    State(services): State<Services>,
    Place(organization, lead_id): Place,
    query: Query,
    _call: Call,
) -> Result<Json<wire::Lead>, DoorError> {
    let services = query.in_realm(&services)?;
    let filter =
        LeadFilter { organization: Some(organization), lead_id: Some(lead_id), ..LeadFilter::default() };
    let found: Vec<Lead> = services.reading.store().leads(&filter, Page { offset: 0, limit: 1 }).await?;
    let lead = found.first().ok_or_else(|| DoorError::no_such("lead", &lead_id.to_string()))?;
    Ok(Json(partner::wire_of_lead(lead)))
}

/// A name as it stands in a path.
fn encoded(name: &str) -> String {
    let mut path = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                path.push(char::from(byte))
            }
            other => path.push_str(&format!("%{other:02X}")),
        }
    }
    path
}

impl FromRequestParts<Services> for Place {
    type Rejection = DoorError;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Place, DoorError> {
        let path = Path::<(String, i64)>::from_request_parts(parts, services).await;
        path.map(|Path((organization, id))| Place(organization, id)).map_err(|_| DoorError::nothing_here())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_path_is_encoded() {
        assert_eq!(encoded("Acme & Co/é"), "Acme%20%26%20Co%2F%C3%A9");
    }
}
