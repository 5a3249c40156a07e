//! The repayment data door (`/v1/api`).

use axum::Router;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;

use crate::Services;

/// Every route of this door, with the description of each.
fn described() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
}

/// The routes of this door.
pub(crate) fn router() -> Router<Services> {
    Router::from(described())
}

/// This door's part of the API reference.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    described().into_openapi()
}

/// What a caller gets when a handler broke.
pub(crate) fn internal_error() -> Response {
    use axum::response::IntoResponse;
    axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// What a webhook says about a reported loan.
pub(crate) fn webhook_body(
    _business: &loam_book::partner::Business,
    _subject: &loam_book::reporting::subject::Subject,
    _loan: &loam_book::reporting::loan::ReportedLoan,
) -> String {
    String::new()
}
