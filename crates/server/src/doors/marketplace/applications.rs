//! Loan applications: apply, list, reject.

use axum::Json;
use axum::extract::RawQuery;
use loam_app::command::{Address, Command, Done};
use loam_app::views::{ApplicationFilter, Page};
use loam_book::application::NewApplication;
use serde::Deserialize;

use super::asked::{Asked, Id};
use super::error::{DoorError, Row};
use super::fields::Fields;
use super::lookups;
use super::translate::{self, Seen};
use super::wire::{self, Envelope, Nothing};

pub(super) type Answer<T> = Result<Json<Envelope<T>>, DoorError>;

/// How many applications a list holds at most.
pub(super) const MOST: Page = Page { offset: 0, limit: 2_000 };

/// Applies for a loan.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again. Without one a
/// repetition makes a second application.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/loanApplications",
    tag = "marketplace",
    operation_id = "create_loan_application",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::NewLoanApplication,
    responses(
        (status = 200, body = Envelope<wire::LoanApplication>),
        (status = 400, description = "`INVALID_INPUT`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<wire::PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<wire::PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<wire::PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<wire::PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create(asked: Asked) -> Answer<wire::LoanApplication> {
    let fields = Fields::of_json(&asked.body)?;
    let asking = translate::asking_of(&fields, &asked.now.catalog)?;
    let borrower = lookups::borrower(&asked.services.reading, asking.borrower_id.as_deref()).await?;
    let mut new = NewApplication { borrower_account: borrower.account.to_string(), ..asking.new };
    if let Some(refinancing) = &mut new.refinancing {
        lookups::loans_to_refinance(&asked.services.reading, &mut refinancing.loans).await?;
    }
    let command = Command::Apply { borrower: borrower.client, new: Box::new(new) };
    let outcome = asked.submit(command).await?;
    let business_date = outcome.business_date;
    let Done::Application { application, .. } = outcome.done else { return Err(DoorError::Internal) };
    // As it was when it was made, so that a repetition is answered the same.
    let seen = Seen { catalog: &asked.now.catalog, business_date, clock: application.created_at };
    Ok(Json(Envelope::of(vec![translate::wire_of(&application, seen)])))
}

/// What stands behind the question mark of a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    borrower_id: Option<String>,
    status: Option<String>,
}

/// The applications of a borrower, in the order of their names; at most 2,000.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanApplications",
    tag = "marketplace",
    operation_id = "list_loan_applications",
    params(
        ("borrowerId" = String, Query, description = "The account of the borrower, 15 or 18 characters"),
        ("status" = Option<String>, Query, description = "Stages, with commas between them: `New, In Funding`. Left out: all"),
    ),
    responses(
        (status = 200, body = Envelope<wire::LoanApplication>),
        (status = 400, description = "`INVALID_INPUT`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<wire::PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<wire::PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<wire::PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<wire::PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn list(RawQuery(query): RawQuery, asked: Asked) -> Answer<wire::LoanApplication> {
    let listed: Listed = serde_urlencoded::from_str(query.as_deref().unwrap_or_default())
        .map_err(|_| DoorError::row(Row::UnableToParse))?;
    let stages = translate::stages_of(listed.status.as_deref().unwrap_or_default())?;
    let reading = &asked.services.reading;
    let borrower = lookups::borrower(reading, listed.borrower_id.as_deref()).await?;
    let client = reading.store().client(borrower.client).await?;
    let client = client.ok_or_else(|| DoorError::row(Row::AccountNotFound))?.client;
    let name = format!("{} {}", client.profile.first_name, client.profile.last_name);
    let filter = ApplicationFilter { borrower: borrower.client, stages };
    let found = reading.store().applications(&filter, MOST).await?;
    let seen = Seen {
        catalog: &asked.now.catalog,
        business_date: asked.now.state.business_date,
        clock: asked.services.clock.now(),
    };
    let shown = found.iter().map(|application| wire::LoanApplication {
        expanded_borrower: Some(translate::borrower_of(
            &application.borrower_account,
            name.trim().to_owned(),
        )),
        ..translate::timed(application, seen)
    });
    Ok(Json(Envelope::of(shown.collect())))
}

/// Rejects an application that is new, in funding, or funded and not paid out, and with it the loan account made for it.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/loanApplications/reject/{applicationId}",
    tag = "marketplace",
    operation_id = "reject_loan_application",
    params(
        ("applicationId" = String, Path, description = "The id of 15 or 18 characters, or the name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    responses(
        (status = 200, description = "`content` holds one null", body = Envelope<Nothing>),
        (status = 400, description = "`INVALID_INPUT`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<wire::PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<wire::PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<wire::PlatformError>),
        (status = 500, description = "`UNKNOWN_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<wire::PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn reject(Id(id): Id, asked: Asked) -> Answer<Nothing> {
    let found = lookups::application(&asked.services.reading, &id).await?;
    let application = found.ok_or_else(|| DoorError::row(Row::LoanApplicationNull))?;
    let at = |key| Address { part: application.part, key };
    let loan = application.loan.as_ref().map(|loan| at(loan.key));
    let command = Command::RejectApplication { application: at(application.key), loan };
    asked.submit(command).await.map_err(DoorError::of_rejection)?;
    Ok(Json(Envelope::of(vec![Nothing])))
}

/// Rejects an application; the same with the other method that callers use.
#[utoipa::path(
    put,
    path = "/services/apexrest/peer/v1/loanApplications/reject/{applicationId}",
    tag = "marketplace",
    operation_id = "put_loan_application_rejection",
    params(
        ("applicationId" = String, Path, description = "The id of 15 or 18 characters, or the name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    responses(
        (status = 200, description = "`content` holds one null", body = Envelope<Nothing>),
        (status = 400, description = "`INVALID_INPUT`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<wire::PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<wire::PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<wire::PlatformError>),
        (status = 500, description = "`UNKNOWN_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<wire::PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn put_rejection(id: Id, asked: Asked) -> Answer<Nothing> {
    reject(id, asked).await
}

/// A rejection of nothing.
pub(super) async fn reject_nothing(_asked: Asked) -> DoorError {
    DoorError::row(Row::LoanApplicationNull)
}
