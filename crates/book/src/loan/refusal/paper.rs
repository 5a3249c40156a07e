//! What is said no to about what is kept beside accounts: templates, comments, documents, tasks.

use crate::template::TemplateError;

/// A paper that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperRefusal {
    #[error(transparent)]
    Template(#[from] TemplateError),
}
