//! Answers as this door gives them: JSON, 200 or 201, the id of what was created in `Location`.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::error::{DoorError, Status};

/// What a handler gives.
pub(super) type Answer = Result<Response, DoorError>;

/// Room for a loan account, so that most answers are written without growing.
const USUAL_SIZE: usize = 3_072;

/// A JSON answer.
pub(super) fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    let mut body = Vec::with_capacity(USUAL_SIZE);
    if let Err(error) = serde_json::to_writer(&mut body, value) {
        unreachable!("wire structs have text keys and no failing parts: {error}");
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// 200 with what was asked for.
#[expect(clippy::unnecessary_wraps, reason = "every handler ends with an answer, most of them after a `?`")]
pub(super) fn ok<T: Serialize>(value: &T) -> Answer {
    Ok(json(StatusCode::OK, value))
}

/// 201 for what was posted.
#[expect(clippy::unnecessary_wraps, reason = "every handler ends with an answer, most of them after a `?`")]
pub(super) fn posted<T: Serialize>(value: &T) -> Answer {
    Ok(json(StatusCode::CREATED, value))
}

/// 201 with the id in `Location` (§1.9: the bare id, not a URI).
pub(super) fn created<T: Serialize>(id: &str, value: &T) -> Answer {
    let mut response = json(StatusCode::CREATED, value);
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(header::LOCATION, id);
    }
    Ok(response)
}

/// 200 with a document in HTML. Whatever stands in it, nothing of it runs in a browser.
#[expect(clippy::unnecessary_wraps, reason = "every handler ends with an answer, most of them after a `?`")]
pub(super) fn document(html: String) -> Answer {
    let mut response = Response::new(Body::from(html));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

/// `{"returnCode":0,"returnStatus":"SUCCESS"}`.
pub(super) fn success() -> Answer {
    ok(&Status::SUCCESS)
}

impl IntoResponse for Status<'static> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self)
    }
}
