//! Branches, centres, transaction channels and currencies (contract §5.4, §5.5).

use loam_book::organization::ChannelField;
use serde::Serialize;
use utoipa::ToSchema;

use super::client::Address;
use super::custom_field::CustomFieldValue;
use super::values::{Day, EncodedKey, Instant, Money, Percent};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Branch<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email_address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    pub(crate) branch_holidays: Vec<Holiday<'a>>,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) full_details: Option<OfficeDetails<'a>>,
}

/// A day on which nobody works.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Holiday<'a> {
    pub(crate) name: &'a str,
    pub(crate) date: Day,
    pub(crate) is_annually_recurring: bool,
}

/// What counts in the whole organization; the members that this version knows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GeneralSettings<'a> {
    /// The contract's spelling.
    pub(crate) decimal_seperator: &'static str,
    pub(crate) date_formats: DateFormats,
    pub(crate) non_working_days: Vec<&'static str>,
    pub(crate) holidays: Vec<Holiday<'a>>,
    pub(crate) exposure_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exposure_amount: Option<Money>,
    pub(crate) multiple_loans: &'static str,
    pub(crate) eod_processing_method: &'static str,
    /// This and the next three are members of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_group_size_limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_group_size_limit: Option<u32>,
    pub(crate) multiple_group_memberships: &'static str,
    pub(crate) other_id_documents_enabled: bool,
}

/// How this door writes days and instants.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) struct DateFormats {
    pub(crate) date_format: &'static str,
    pub(crate) date_time_format: &'static str,
}

/// The organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organization<'a> {
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_no: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email_address: Option<&'a str>,
    #[serde(rename = "timeZoneID")]
    pub(crate) time_zone_id: &'a str,
}

/// What something is called.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Label<'a> {
    #[serde(rename = "type")]
    pub(crate) of: &'static str,
    pub(crate) singular_value: &'a str,
    pub(crate) plural_value: &'a str,
    pub(crate) language: &'static str,
    pub(crate) has_custom_value: bool,
}

/// A kind of document by which clients identify themselves.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IdDocumentTemplate<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) document_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuing_authority: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document_id_template: Option<&'a str>,
    pub(crate) mandatory_for_clients: bool,
    pub(crate) allow_attachments: bool,
    pub(crate) creation_date: Instant,
}

/// A rate of an index.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IndexRate<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) user_key: EncodedKey,
    pub(crate) start_date: Day,
    pub(crate) rate: Percent,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    pub(crate) rate_source: IndexRateSource<'a>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IndexRateSource<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) name: &'a str,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Centre<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meeting_day: Option<&'static str>,
    pub(crate) assigned_branch_key: EncodedKey,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) full_details: Option<OfficeDetails<'a>>,
}

/// What only `fullDetails` shows of a branch or centre.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfficeDetails<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address<'a>>,
    pub(crate) custom_field_values: Vec<CustomFieldValue<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransactionChannel<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) index: i64,
    pub(crate) activated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_by_user_key: Option<EncodedKey>,
    pub(crate) creation_date: Instant,
    pub(crate) loan_constraints_usage: &'static str,
    pub(crate) savings_constraints_usage: &'static str,
    /// The fields that a transaction over this channel may carry.
    #[schema(value_type = Vec<String>)]
    pub(crate) fields: &'a [ChannelField],
}

/// What one unit of a foreign currency costs in the base currency, from a day on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExchangeRate {
    pub(crate) buy_rate: String,
    pub(crate) sell_rate: String,
    pub(crate) start_date: Day,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Currency {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) symbol: &'static str,
    pub(crate) digits_after_decimal: u8,
    pub(crate) currency_symbol_position: &'static str,
    pub(crate) is_base_currency: bool,
}
