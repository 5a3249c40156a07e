//! The front doors, each named for what it carries. A door translates; it decides nothing. Doors
//! never use each other.

use axum::extract::Request;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::Services;

pub mod loan_accounts;
pub mod loan_performance;
pub mod marketplace;
pub mod native;
pub mod repayment_data;

/// What no route takes: each door says no in its own way.
pub(crate) async fn fallback(State(services): State<Services>, request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return loan_accounts::unserved(State(services), request).await;
    }
    (StatusCode::NOT_FOUND, "nothing is served here").into_response()
}

/// What a caller gets when a handler broke: nothing about how.
pub(crate) fn after_panic(door: &str) -> Response {
    match door {
        "loan_accounts" => loan_accounts::internal_error(),
        "loan_performance" => loan_performance::internal_error(),
        "marketplace" => marketplace::internal_error(),
        "repayment_data" => repayment_data::internal_error(),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "an unexpected fault").into_response(),
    }
}
