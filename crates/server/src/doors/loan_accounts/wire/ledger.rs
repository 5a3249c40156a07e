//! GL accounts and journal entries (contract §5.8).

use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Day, EncodedKey, Instant, Money};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GLAccount)]
pub(crate) struct GlAccount<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    pub(crate) gl_code: &'a str,
    pub(crate) name: &'a str,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) usage: &'static str,
    pub(crate) activated: bool,
    pub(crate) allow_manual_journal_entries: bool,
    pub(crate) strip_trailing_zeroes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<&'a str>,
    /// Of an account that is asked for by itself.
    #[serde(flatten)]
    pub(crate) standing: Option<Standing>,
}

/// What stands on an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Standing {
    pub(crate) balance: Money,
    pub(crate) currency: CurrencyCode,
    /// In other currencies than that of the book.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) foreign_balances: Vec<ForeignBalance>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CurrencyCode {
    pub(crate) code: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForeignBalance {
    pub(crate) balance: Money,
    pub(crate) currency: CurrencyCode,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GLJournalEntry)]
pub(crate) struct GlJournalEntry<'a> {
    pub(crate) encoded_key: EncodedKey,
    #[serde(rename = "entryID")]
    pub(crate) entry_id: i64,
    pub(crate) creation_date: Instant,
    pub(crate) entry_date: Day,
    pub(crate) booking_date: Day,
    /// The day when it counts for interest.
    pub(crate) value_date: Day,
    /// What all entries of one event have in common.
    #[serde(rename = "transactionID")]
    pub(crate) transaction_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product_type: Option<&'static str>,
    pub(crate) amount: Money,
    pub(crate) currency: CurrencyCode,
    pub(crate) gl_account: GlAccount<'a>,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) user_key: EncodedKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_branch_key: Option<EncodedKey>,
    /// On an entry that was taken back: the one that does it, with the same account on the other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reversal_entry_key: Option<EncodedKey>,
}
