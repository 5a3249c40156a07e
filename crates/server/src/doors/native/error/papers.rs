//! Refusals of what is kept beside accounts.

use axum::http::StatusCode;
use loam_book::loan::refusal::PaperRefusal;

/// Status and code of a refusal.
pub(super) fn status_and_code(refusal: &PaperRefusal) -> (StatusCode, &'static str) {
    match refusal {
        PaperRefusal::Template(_) => (StatusCode::BAD_REQUEST, "invalid_template"),
    }
}

/// The member that a refusal is about.
pub(super) fn field_of(refusal: &PaperRefusal) -> Option<&'static str> {
    match refusal {
        PaperRefusal::Template(_) => Some("text"),
    }
}
