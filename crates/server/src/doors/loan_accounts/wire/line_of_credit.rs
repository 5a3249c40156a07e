//! LineOfCredit (contract §5.6).

use serde::Serialize;
use utoipa::ToSchema;

use super::custom_field::CustomFieldValue;
use super::loan::LoanAccount;
use super::savings::SavingsAccount;
use super::values::{Day, EncodedKey, Instant, Money};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineOfCredit<'a> {
    pub(crate) encoded_key: EncodedKey,
    #[schema(example = "FVT160")]
    pub(crate) id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group_key: Option<EncodedKey>,
    pub(crate) start_date: Day,
    pub(crate) expire_date: Day,
    pub(crate) amount: Money,
    /// What is left of it.
    pub(crate) available_credit_amount: Money,
    /// What its accounts take of it.
    pub(crate) consumed_credit_amount: Money,
    pub(crate) state: &'static str,
    pub(crate) exposure_limit_type: &'static str,
    #[schema(example = "EUR")]
    pub(crate) currency_code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) approved_date: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closed_date: Option<Instant>,
    /// Only with `fullDetails`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_field_values: Option<Vec<CustomFieldValue<'a>>>,
}

/// One line by itself: in its envelope, and the same members beside it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineOfCreditExpanded<'a> {
    pub(crate) line_of_credit: LineOfCredit<'a>,
    #[serde(flatten)]
    pub(crate) beside: LineOfCredit<'a>,
    pub(crate) custom_information: Vec<CustomFieldValue<'a>>,
}

/// The accounts on a line, in the order in which they were put there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountsOfLine<'a> {
    pub(crate) loan_accounts: Vec<LoanAccount<'a>>,
    pub(crate) savings_accounts: Vec<SavingsAccount<'a>>,
}
