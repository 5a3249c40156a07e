//! The marketplace door (`/services/apexrest/peer/v1`): loan applications, after the contract of
//! Cloud Lending Marketplace. `docs/marketplace-door.md` tells what each parameter does.

use axum::Router;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Services;

use self::asked::Asked;
use self::error::{DoorError, Platform};

mod additional;
mod applications;
mod asked;
mod bookings;
mod error;
mod fields;
mod investing_wire;
mod investors;
mod loan_accounts;
mod loan_payments;
mod loan_shown;
mod loan_wire;
mod lookups;
mod new_loan_account;
mod orders;
mod portfolio_wire;
mod portfolios;
mod protect_claims;
mod protect_wire;
mod sobject_error;
mod sobject_wire;
mod sobjects;
mod trade_wire;
mod trades;
mod translate;
mod wire;

/// The head of this door's part of the API reference.
#[derive(OpenApi)]
#[openapi(tags((name = "marketplace", description = "Loan applications of a peer-to-peer marketplace.")))]
struct Head;

/// Every route of this door, with the description of each.
fn described() -> OpenApiRouter<Services> {
    OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(applications::list, applications::create))
        .routes(routes!(applications::reject, applications::put_rejection))
        .routes(routes!(investors::create))
        .routes(routes!(investors::settle))
        .routes(routes!(bookings::list, bookings::create))
        .routes(routes!(portfolios::create))
        .routes(routes!(loan_accounts::list, loan_accounts::create))
        .routes(routes!(loan_accounts::one))
        .routes(routes!(loan_accounts::details))
        .routes(routes!(loan_accounts::application))
        .routes(routes!(loan_accounts::investment_details))
        .routes(routes!(loan_accounts::schedule))
        .routes(routes!(loan_payments::disburse))
        .routes(routes!(loan_payments::reverse))
        .routes(routes!(loan_payments::payments, loan_payments::pay))
        .routes(routes!(loan_payments::payoff))
        .routes(routes!(protect_claims::list, protect_claims::create))
        .routes(routes!(protect_claims::reverse))
        .routes(routes!(orders::list))
        .routes(routes!(trades::create))
        .routes(routes!(trades::sell))
        .routes(routes!(orders::statement))
        .routes(routes!(sobjects::create_account))
        .routes(routes!(sobjects::account))
        .routes(routes!(sobjects::create_purpose))
        .routes(routes!(sobjects::purpose))
        .routes(routes!(sobjects::create_product))
        .routes(routes!(sobjects::product))
}

/// The routes, and the platform's no for everything else below `/services`.
pub(crate) fn router() -> Router<Services> {
    let reject_nothing = post(applications::reject_nothing).put(applications::reject_nothing);
    Router::from(described())
        .route("/services/apexrest/peer/v1/loanApplications/reject", reject_nothing)
        .route("/services", any(unserved))
        .route("/services/{*rest}", any(unserved))
        .method_not_allowed_fallback(other_method)
}

/// This door's part of the API reference.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    described().into_openapi()
}

/// What a caller gets when a handler broke.
pub(crate) fn internal_error() -> Response {
    DoorError::Internal.into_response()
}

/// No operation has this path. Strangers learn nothing.
async fn unserved(State(services): State<Services>, request: Request) -> DoorError {
    Asked::from_request(request, &services).await.err().unwrap_or(Platform::NotFound.into())
}

/// The operation has other methods.
async fn other_method(State(services): State<Services>, request: Request) -> DoorError {
    Asked::from_request(request, &services).await.err().unwrap_or(Platform::MethodNotAllowed.into())
}

#[cfg(test)]
mod tests;
