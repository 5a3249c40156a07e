//! Return codes of what the book says no to about what is kept beside accounts.

use loam_book::loan::refusal::PaperRefusal;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal.
pub(super) fn code_of(refusal: &PaperRefusal) -> ReturnCode {
    match refusal {
        // Templates are made through another door.
        PaperRefusal::Template(_) => ReturnCode::InvalidTemplateType,
    }
}
