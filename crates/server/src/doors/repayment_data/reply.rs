//! The envelope of a success (contract §2.1).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::wire::Success;

/// 200 with what was asked for.
pub(super) fn ok<T: Serialize>(message: &'static str, data: T) -> Response {
    with_status(StatusCode::OK, message, data)
}

/// 201 with what was created.
pub(super) fn created<T: Serialize>(message: &'static str, data: T) -> Response {
    with_status(StatusCode::CREATED, message, data)
}

fn with_status<T: Serialize>(status: StatusCode, message: &'static str, data: T) -> Response {
    let answer = Success { success: true, status_code: status.as_u16(), message, data, links: [] };
    (status, Json(answer)).into_response()
}
