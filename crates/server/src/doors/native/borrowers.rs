//! Accounts of borrowers: by which id the marketplace knows a client. A book serves one marketplace.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loam_app::command::{Command, Done};
use loam_book::application::foreign_id::{ForeignId, ForeignKind};
use loam_book::party::Client;
use loam_book::reporting::subject::{Scheme, SubjectName};
use loam_book::reporting::{Report, ReportCommand};

use crate::Services;
use crate::borrower_accounts::ORGANIZATION;

use super::call::{Call, Id};
use super::error::DoorError;
use super::query::Query;
use super::translate::marketplace;
use super::wire;

const PATH: &str = "/loam/v1/borrower-accounts";

/// Registers the account by which the marketplace knows a client; 409 when it is another client's.
///
/// A client may have several accounts. One that is the client's already stays so.
#[utoipa::path(
    post,
    path = "/loam/v1/borrower-accounts",
    tag = "borrower accounts",
    operation_id = "create_borrower_account",
    params(
        ("realm" = Option<String>, Query, description = "`live` or `test`: the book in which the client is"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::NewBorrowerAccount,
    responses((status = 201, body = wire::BorrowerAccount), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(
    State(services): State<Services>,
    query: Query,
    call: Call,
) -> Result<Response, DoorError> {
    let services = query.in_realm(&services)?;
    let members = call.members()?;
    let id = members.required("client")?;
    let address = services.reading.find_client(&id).await?;
    let address = address.ok_or_else(|| DoorError::no_such("client", &id))?;
    let view = services.reading.store().client(address).await?;
    let client = view.ok_or_else(|| DoorError::no_such("client", &id))?.client;
    let made = || ForeignId::of_key(ForeignKind::Account, client.part, client.key);
    let account = marketplace::foreign_id(&members)?.unwrap_or_else(made);
    let subject = name_of(account);
    let report = Report::LinkSubject { client: Some(address) };
    let command = ReportCommand { address: subject.address(), subject, report };
    let outcome = call.submit(services, Command::Report(Box::new(command))).await?;
    let Done::Report { .. } = outcome.done else { return Err(DoorError::internal()) };
    let mut response = (StatusCode::CREATED, Json(shown(account, &client))).into_response();
    if let Ok(place) = HeaderValue::try_from(format!("{PATH}/{}", account.to_18())) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// The client behind an account of the marketplace.
#[utoipa::path(
    get,
    path = "/loam/v1/borrower-accounts/{id}",
    tag = "borrower accounts",
    operation_id = "read_borrower_account",
    params(
        ("id" = String, Path, description = "15 or 18 characters"),
        ("realm" = Option<String>, Query, description = "`live` or `test`"),
    ),
    responses((status = 200, body = wire::BorrowerAccount), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(
    State(services): State<Services>,
    Id(id): Id,
    query: Query,
    _call: Call,
) -> Result<Json<wire::BorrowerAccount>, DoorError> {
    let services = query.in_realm(&services)?;
    let unknown = || DoorError::no_such("borrower account", &id);
    let account = ForeignId::parse(&id).map_err(|_| unknown())?;
    let subject = services.reading.store().subject(name_of(account).address()).await?;
    let address = subject.and_then(|subject| subject.client).ok_or_else(unknown)?;
    let view = services.reading.store().client(address).await?.ok_or_else(unknown)?;
    Ok(Json(shown(account, &view.client)))
}

fn name_of(account: ForeignId) -> SubjectName {
    SubjectName {
        scheme: Scheme::MarketplaceAccount,
        organization: ORGANIZATION.to_owned(),
        id: account.to_string(),
        reference: None,
    }
}

fn shown(account: ForeignId, client: &Client) -> wire::BorrowerAccount {
    wire::BorrowerAccount {
        id: account.to_18(),
        client: client.id.clone(),
        client_key: client.key.to_string(),
    }
}
