//! Document templates.

use loam_book::template::TemplateType;
use serde::Serialize;
use utoipa::ToSchema;

/// A text with placeholders, from which documents about loans are made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::DocumentTemplate)]
pub(crate) struct DocumentTemplate {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    /// `LOAN_ACCOUNT`, or `TRANSACTION` for a document about one transaction of a loan.
    #[serde(rename = "type")]
    #[schema(value_type = String, required = false, default = "LOAN_ACCOUNT")]
    pub(crate) template_type: TemplateType,
    /// Keys or ids in, keys out; empty: for all loan products.
    #[schema(required = false)]
    pub(crate) loan_products: Vec<String>,
    /// HTML with placeholders. One that cannot be filled in is refused with its line.
    #[schema(example = "<p>{{ client.firstName }} owes {{ loan.totalBalance }}.</p>")]
    pub(crate) text: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}
