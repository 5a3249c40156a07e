//! Document templates: texts with placeholders for a loan, its holder, its schedule and its
//! transactions, from which documents are made.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::Key;

mod engine;
pub mod placeholders;

pub use engine::{RENDERED_LIMIT, TEXT_LIMIT, TooMuch};
pub use placeholders::{Subject, variables};

/// What a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TemplateType {
    LoanAccount,
    /// One transaction of a loan account.
    Transaction,
}

/// A template of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub template_type: TemplateType,
    /// Loan products that it is for; empty: all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Key>,
    /// The placeholders stand in HTML: what is put in for them is escaped.
    pub text: String,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// A template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the template: {reason}")]
pub struct TemplateError {
    pub line: usize,
    pub reason: String,
}

impl Template {
    /// Whether documents of this product's loans are made from it.
    pub fn is_for(&self, product: Key) -> bool {
        self.products.is_empty() || self.products.contains(&product)
    }

    /// Checks the text: how it is written, that every placeholder exists, and that it can be filled in.
    ///
    /// # Errors
    /// The first line that is wrong, and why.
    pub fn check(&self) -> Result<(), TemplateError> {
        engine::check(&self.text, self.template_type)
    }

    /// The document about a subject.
    ///
    /// # Errors
    /// When it would be longer than [`RENDERED_LIMIT`], or take too long to make.
    pub fn render(&self, subject: &Subject<'_>) -> Result<String, TooMuch> {
        engine::render(&self.text, variables(subject))
    }
}

#[cfg(test)]
mod tests;
