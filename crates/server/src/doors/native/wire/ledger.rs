//! The chart of accounts on the wire.

use serde::Serialize;
use utoipa::ToSchema;

/// An account of the general ledger.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::GlAccount)]
pub(crate) struct GlAccount {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    pub(crate) gl_code: String,
    pub(crate) name: String,
    /// ASSET, LIABILITY, EQUITY, INCOME or EXPENSE; stays as it is.
    #[serde(rename = "type")]
    pub(crate) ledger_type: &'static str,
    /// DETAIL is booked on, HEADER adds others up; stays as it is.
    #[schema(required = false, default = "DETAIL")]
    pub(crate) usage: &'static str,
    #[schema(required = false, default = true)]
    pub(crate) activated: bool,
    #[schema(required = false, default = true)]
    pub(crate) allow_manual_journal_entries: bool,
    /// Whether zeros at the end of a header's code stand for any digits.
    #[schema(required = false, default = true)]
    pub(crate) strip_trailing_zeroes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// What the book posts there by itself. Given by the book.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(read_only, required = false)]
    pub(crate) carries: Option<&'static str>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}
