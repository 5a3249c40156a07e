//! Settings of the organization, holidays, index rates.

use serde::Serialize;
use utoipa::ToSchema;

use super::party::{Label, PartySettings};

/// What counts in the whole organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Settings)]
pub(crate) struct Settings {
    #[schema(required = false, default = "Organization")]
    pub(crate) name: String,
    /// `MONDAY` to `SUNDAY`, at most six of them.
    #[schema(required = false)]
    pub(crate) non_working_days: Vec<&'static str>,
    #[schema(required = false)]
    pub(crate) holidays: Vec<Holiday>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email_address: Option<String>,
    /// Where things are not called as usual.
    #[schema(required = false)]
    pub(crate) labels: Vec<Label>,
    #[serde(flatten)]
    pub(crate) parties: PartySettings,
}

/// A day on which nobody works.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Holiday)]
pub(crate) struct Holiday {
    pub(crate) name: String,
    #[schema(format = Date, example = "2024-12-25")]
    pub(crate) date: String,
    /// Whether it comes back on this day of every year.
    #[schema(required = false, default = false)]
    pub(crate) is_annually_recurring: bool,
}

/// What rates of loans or taxes follow.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::IndexRateSource)]
pub(crate) struct IndexRateSource {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    #[schema(example = "PRIME")]
    pub(crate) id: String,
    pub(crate) name: String,
    /// `INTEREST_RATE`, `TAX_RATE` or `WITHHOLDING_TAX_RATE`.
    #[serde(rename = "type")]
    #[schema(required = false, default = "INTEREST_RATE")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    /// In the order of their days.
    #[schema(required = false)]
    pub(crate) index_rates: Vec<IndexRate>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// A rate of an index, from a day on; in percent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::IndexRate)]
pub(crate) struct IndexRate {
    #[schema(format = Date)]
    pub(crate) start_date: String,
    pub(crate) rate: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
}
