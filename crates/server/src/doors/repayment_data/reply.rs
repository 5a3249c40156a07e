//! The envelope of a success (contract §2.1).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::wire::Success;

/// Room for a client with a loan or two, so that most answers are written without moving.
const ROOM: usize = 16 * 1024;

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
    let mut body = Vec::with_capacity(ROOM);
    serde_json::to_writer(&mut body, &answer).expect("wire structs have text keys and no failing parts");
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
