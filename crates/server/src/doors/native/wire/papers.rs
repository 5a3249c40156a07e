//! Document templates and risk levels.

use loam_book::template::TemplateType;
use serde::Serialize;
use utoipa::ToSchema;

/// A text with placeholders, from which documents about loans are made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Template)]
pub(crate) struct Template {
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

/// A band of days in arrears, both ends included.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::RiskLevel)]
pub(crate) struct RiskLevel {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    #[schema(required = false, default = 0)]
    pub(crate) from_days: u32,
    /// Left out: without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to_days: Option<u32>,
    /// Which part of the outstanding principal of loans on it is set aside for losses, unless their product says
    /// otherwise. Left out: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "25")]
    pub(crate) provisioning_percent: Option<String>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// The end of an accounting period.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::AccountingClosure)]
pub(crate) struct AccountingClosure {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    #[schema(example = "2026-01")]
    pub(crate) id: String,
    /// Key or id in, key out; left out: the whole book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) branch_key: Option<String>,
    /// Nothing is booked on this day or before; it lies before the business date.
    #[schema(format = Date)]
    pub(crate) closed_through: String,
    /// `false` undoes the closure.
    #[schema(required = false, default = true)]
    pub(crate) activated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}
