//! The loan performance door: a lender's system tells what became of loans that came from leads it
//! bought. Follows the public documentation of Decision Cloud: `/api/v1/loan-performance`,
//! `/api/v1/lead-processing`, `/api/v1/lead-data`. Tokens come from `/oauth/token`, which stands
//! outside this door. `docs/loan-performance-door.md` tells what is served and how.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use loam_book::partner::Scope;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Services;

use self::error::DoorError;

mod asked;
mod batch;
mod customers;
mod dry_run;
mod error;
mod fields;
mod lead_data;
mod loans;
mod pages;
mod payments;
mod reading;
mod reply;
mod translate;
mod validation;
mod wire;

/// The head of this door's part of the API reference.
#[derive(OpenApi)]
#[openapi(tags(
    (name = "loan performance", description = "What lenders report of customers, loans and payments."),
    (name = "lead processing", description = "Whether somebody was a lead before."),
    (name = "lead data", description = "Leads by number."),
))]
struct Head;

fn loan_performance() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(customers::upsert))
        .routes(routes!(customers::show))
        .routes(routes!(batch::upsert))
        .routes(routes!(loans::list, loans::upsert))
        .routes(routes!(loans::show))
        .routes(routes!(payments::list, payments::upsert))
        .routes(routes!(payments::list_of_loan, payments::upsert_on_loan))
}

fn lead_processing() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(dry_run::run))
}

fn lead_data() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(lead_data::list)).routes(routes!(lead_data::show))
}

/// The routes, each for clients with its scope, and this door's own no for every other path and
/// method below its prefixes.
pub(crate) fn router(services: &Services) -> Router<Services> {
    let for_scope = |routes: OpenApiRouter<Services>, scope: Scope| {
        let admit = from_fn_with_state((services.clone(), scope), asked::admit);
        Router::from(routes).route_layer(admit)
    };
    let mut router = for_scope(loan_performance(), Scope::LoanPerformance)
        .merge(for_scope(lead_processing(), Scope::DryRun))
        .merge(for_scope(lead_data(), Scope::LeadData));
    for prefix in ["/api/v1/loan-performance", "/api/v1/lead-processing", "/api/v1/lead-data"] {
        router = router.route(prefix, any(unserved)).route(&format!("{prefix}/{{*rest}}"), any(unserved));
    }
    router.method_not_allowed_fallback(async || DoorError::MethodNotAllowed)
}

/// This door's part of the API reference.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    OpenApiRouter::with_openapi(Head::openapi())
        .merge(loan_performance())
        .merge(lead_processing())
        .merge(lead_data())
        .into_openapi()
}

async fn unserved() -> DoorError {
    DoorError::NotFound
}

/// What a caller gets when a handler broke.
pub(crate) fn internal_error() -> Response {
    DoorError::ServerError.into_response()
}

#[cfg(test)]
mod tests;
