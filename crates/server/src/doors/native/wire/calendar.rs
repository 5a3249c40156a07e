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
    /// Whether somebody else than the approver must pay a loan out.
    #[schema(required = false, default = false)]
    pub(crate) approval_disbursal_two_man_rule_enabled: bool,
    /// Networks and addresses from which calls with a password or an API key are taken; empty: from
    /// anywhere. The caller's own address must be among them.
    #[schema(required = false)]
    pub(crate) allowed_addresses: Vec<String>,
    /// After so many failures in a row nobody signs in under that name for a while; 0: without end.
    #[schema(required = false, default = 10)]
    pub(crate) failures_until_locked: u32,
    /// For how long.
    #[schema(required = false, default = 15)]
    pub(crate) locked_minutes: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email_address: Option<String>,
    /// Where things are not called as usual.
    #[schema(required = false)]
    pub(crate) labels: Vec<Label>,
    /// `NONE`, `DAILY` or `END_OF_MONTH`: when allowances for losses are posted, by the risk levels of loans.
    #[schema(required = false, default = "NONE")]
    pub(crate) provisioning: &'static str,
    /// What investors of the marketplace may have spread for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) portfolios: Option<PortfolioSettings>,
    #[serde(flatten)]
    pub(crate) parties: PartySettings,
}

/// What counts for booking orders of the marketplace. What is left out is not limited.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::PortfolioSettings)]
pub(crate) struct PortfolioSettings {
    /// How many orders one account gives within sixty minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_per_hour: Option<u32>,
    /// How many on one business date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_per_day: Option<u32>,
    /// How much of an order goes to one application at most, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "25")]
    pub(crate) largest_share_percent: Option<String>,
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
