//! What is said no to about what is kept beside accounts: templates, comments, documents, tasks.

use crate::paper::PaperKind;
use crate::template::TemplateError;

/// A paper that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperRefusal {
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error("there is no such {}", kind.name())]
    Unknown { kind: PaperKind },
    #[error("the text is missing")]
    MissingText,
    #[error("the text is longer than {most} characters")]
    TextTooLong { most: usize },
    #[error("the file is larger than {most} bytes")]
    FileTooLarge { most: usize },
    #[error("the file is empty")]
    EmptyFile,
    #[error("the name of the file is longer than {most} characters")]
    NameTooLong { most: usize },
    #[error("the name of the file is not possible")]
    InvalidFileName,
    #[error("the file has no possible extension")]
    InvalidExtension,
    #[error("files with the extension \"{value}\" are not taken")]
    ExtensionNotAllowed { value: String },
    #[error("the content of the file is not what \"{value}\" says")]
    ExtensionOfOtherContent { value: String },
    #[error("the picture is neither PNG, JPEG, GIF nor BMP")]
    UnsupportedImage,
    #[error("a title has 1 to {most} characters")]
    TitleLength { most: usize },
    #[error("a completed task has its day of completion, by the business date; an open one has none")]
    CompletionDate,
    #[error("a completed task does not change; it may be opened again")]
    CompletedTask,
}
