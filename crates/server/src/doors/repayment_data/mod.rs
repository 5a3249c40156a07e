//! Repayment data over HTTP, after the Fumiwo API ("Add Loan Repayment Data to a Client") and what
//! its own dashboard calls: clients of a business, their loans as they were reported, scores.
//!
//! `docs/repayment-data-door.md` has the rules and every reading of the contract.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Services;

use self::error::DoorError;

pub(crate) use self::webhook::webhook_body;

mod analytics;
mod asked;
mod clients;
mod error;
mod person;
mod phones;
mod reply;
mod translate;
mod webhook;
mod wire;

/// The head of this door's part of the API reference.
#[derive(OpenApi)]
#[openapi(
    tags((name = "repayment data", description = "Loans that businesses report, and how their clients repay. Every path below `/v1/api` that is read can be read below `/v1` too.")),
    modifiers(&BusinessKey),
)]
struct Head;

struct BusinessKey;

impl Modify for BusinessKey {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let key = ApiKeyValue::with_description(asked::KEY.as_str(), "A key of a business");
        let scheme = SecurityScheme::ApiKey(ApiKey::Header(key));
        document.components.get_or_insert_default().add_security_scheme(asked::KEY.as_str(), scheme);
    }
}

/// Every route of this door, with the description of each.
fn described() -> OpenApiRouter<Services> {
    OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(clients::report_loan))
        .routes(routes!(clients::list, clients::create))
        .routes(routes!(phones::list))
        .routes(routes!(clients::one))
        .routes(routes!(phones::one))
        .routes(routes!(analytics::totals))
        .routes(routes!(analytics::clients))
        .routes(routes!(analytics::settlements))
}

/// The reads once more, where the contract's dashboard looks for them.
fn for_dashboards() -> Router<Services> {
    Router::new()
        .route("/v1/clients", get(clients::list))
        .route("/v1/clients/phones", get(phones::list))
        .route("/v1/clients/{clientId}", get(clients::one))
        .route("/v1/clients/{clientId}/phones/{phoneId}", get(phones::one))
        .route("/v1/analytics/stats", get(analytics::totals))
        .route("/v1/analytics/loan-stats", get(analytics::clients))
        .route("/v1/analytics/loan-settlement-stats", get(analytics::settlements))
}

/// The routes, and this door's own no for every other path and method below `/v1`.
pub(crate) fn router() -> Router<Services> {
    Router::from(described())
        .merge(for_dashboards())
        .route("/v1", any(unserved))
        .route("/v1/{*rest}", any(unserved))
        .method_not_allowed_fallback(async || DoorError::method_not_allowed())
}

/// This door's part of the API reference.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    described().into_openapi()
}

/// What a caller gets when a handler broke.
pub(crate) fn internal_error() -> Response {
    DoorError::internal().into_response()
}

async fn unserved() -> DoorError {
    DoorError::nothing_here()
}
