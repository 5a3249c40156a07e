//! The answer to an upsert: 201 where something came to be and 200 where it was known, with the body
//! `null`; with what is known now for those who ask for it.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::asked::Asked;
use super::wire::Data;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What becomes of one thing.
pub(super) fn upserted<T: Serialize>(asked: &Asked, is_new: bool, shown: impl FnOnce() -> T) -> Response {
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    represented(asked, status, || Data { data: shown() })
}

/// `null`, or a representation.
pub(super) fn represented<T: Serialize>(
    asked: &Asked,
    status: StatusCode,
    shown: impl FnOnce() -> T,
) -> Response {
    if !asked.wants_representation {
        return (status, Json(())).into_response();
    }
    let mut response = (status, Json(shown())).into_response();
    let applied = HeaderValue::from_static("return=representation");
    response.headers_mut().insert(PREFERENCE_APPLIED, applied);
    response
}
