//! Refusals of what is kept beside accounts.

use axum::http::StatusCode;
use loam_book::loan::refusal::PaperRefusal;

/// Status and code of a refusal.
pub(super) fn status_and_code(refusal: &PaperRefusal) -> (StatusCode, &'static str) {
    match refusal {
        PaperRefusal::Template(_) => (StatusCode::BAD_REQUEST, "invalid_template"),
        PaperRefusal::Unknown { .. } => (StatusCode::NOT_FOUND, "not_found"),
        PaperRefusal::MissingText
        | PaperRefusal::TextTooLong { .. }
        | PaperRefusal::FileTooLarge { .. }
        | PaperRefusal::EmptyFile
        | PaperRefusal::NameTooLong { .. }
        | PaperRefusal::InvalidFileName
        | PaperRefusal::InvalidExtension
        | PaperRefusal::ExtensionNotAllowed { .. }
        | PaperRefusal::ExtensionOfOtherContent { .. }
        | PaperRefusal::UnsupportedImage
        | PaperRefusal::TitleLength { .. }
        | PaperRefusal::CompletionDate
        | PaperRefusal::CompletedTask => (StatusCode::BAD_REQUEST, "refused"),
    }
}

/// The member that a refusal is about.
pub(super) fn field_of(refusal: &PaperRefusal) -> Option<&'static str> {
    matches!(refusal, PaperRefusal::Template(_)).then_some("text")
}
