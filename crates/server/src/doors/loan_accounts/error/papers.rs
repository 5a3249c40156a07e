//! Return codes of what the book says no to about what is kept beside accounts.

use loam_book::loan::refusal::PaperRefusal;
use loam_book::paper::PaperKind;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal.
pub(super) fn code_of(refusal: &PaperRefusal) -> ReturnCode {
    match refusal {
        // Templates are made through another door.
        PaperRefusal::Template(_) => ReturnCode::InvalidTemplateType,
        PaperRefusal::Unknown { kind: PaperKind::Document } => ReturnCode::InvalidDocumentId,
        PaperRefusal::Unknown { kind: PaperKind::Task } => ReturnCode::InvalidTaskId,
        PaperRefusal::Unknown { kind: PaperKind::Comment } => ReturnCode::ObjectNotFound,
        PaperRefusal::MissingText => ReturnCode::MissingText,
        PaperRefusal::TextTooLong { .. } => ReturnCode::MaxTextLengthExceeded,
        PaperRefusal::FileTooLarge { .. } => ReturnCode::MaxFileSizeExceeded,
        PaperRefusal::EmptyFile => ReturnCode::InvalidParameters,
        PaperRefusal::NameTooLong { .. } => ReturnCode::MaxFilenameLengthExceeded,
        PaperRefusal::InvalidFileName => ReturnCode::InvalidFilename,
        PaperRefusal::InvalidExtension => ReturnCode::InvalidFileExtension,
        PaperRefusal::ExtensionNotAllowed { .. } => ReturnCode::FileExtensionNotAllowed,
        PaperRefusal::ExtensionOfOtherContent { .. } => ReturnCode::InconsistentExtensionWithFileContent,
        PaperRefusal::UnsupportedImage => ReturnCode::UnsupportedImageType,
        PaperRefusal::TitleLength { .. } => ReturnCode::InvalidTaskTitleLength,
        PaperRefusal::CompletionDate => ReturnCode::InvalidTaskStateAndCompletionDate,
        PaperRefusal::CompletedTask => ReturnCode::InvalidTaskFieldChange,
    }
}
