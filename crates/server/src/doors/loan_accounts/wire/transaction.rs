//! LoanTransaction (contract §3.3).

use serde::Serialize;
use utoipa::ToSchema;

use super::custom_field::CustomFieldValue;
use super::product_rules::PredefinedFee;
use super::values::{Day, EncodedKey, Instant, Money, Percent, Zero};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoanTransaction<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) transaction_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<&'a str>,
    pub(crate) parent_account_key: EncodedKey,
    pub(crate) product_type_key: EncodedKey,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comment: Option<&'a str>,
    /// When it was posted.
    pub(crate) creation_date: Instant,
    /// The day from which it counts.
    pub(crate) entry_date: Day,
    pub(crate) value_date: Day,
    pub(crate) booking_date: Day,
    pub(crate) amount: Money,
    pub(crate) principal_paid: Money,
    pub(crate) interest_paid: Money,
    pub(crate) fees_paid: Money,
    pub(crate) penalty_paid: Money,
    pub(crate) deferred_interest_amount: Zero,
    pub(crate) tax_on_interest_paid: Money,
    pub(crate) tax_on_fees_amount: Money,
    pub(crate) tax_on_penalty_amount: Money,
    /// Fees of the product in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) loan_predefined_fee_amounts: Vec<FeeAmount<'a>>,
    /// Of a repayment that said itself what it pays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) custom_payment_amounts: Vec<CustomPaymentAmount>,
    pub(crate) balance: Money,
    pub(crate) principal_balance: Money,
    /// Of a change of the rate: the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<TransactionDetails<'a>>,
    pub(crate) user_key: EncodedKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) branch_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) centre_key: Option<EncodedKey>,
    /// On a transaction that was reversed: the reversal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reversal_transaction_key: Option<EncodedKey>,
    /// Of a repayment that came from a deposit account: the transfer there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) linked_savings_transaction_key: Option<EncodedKey>,
    /// Only with `fullDetails`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_information: Option<Vec<CustomFieldValue<'a>>>,
}

/// A fee of the product in a transaction.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FeeAmount<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) transaction_id: i64,
    pub(crate) amount: Money,
    pub(crate) tax_amount: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fee: Option<PredefinedFee<'a>>,
}

/// What a part of a repayment pays.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomPaymentAmount {
    #[schema(example = "PRINCIPAL")]
    pub(crate) custom_payment_amount_type: &'static str,
    pub(crate) amount: Money,
    pub(crate) tax_on_amount: Money,
}

#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransactionDetails<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_channel_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_channel: Option<ChannelReference<'a>>,
    pub(crate) internal_transfer: bool,
    /// The deposit account that a disbursement goes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_savings_account_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) receipt_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bank_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) check_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bank_account_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bank_routing_number: Option<&'a str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelReference<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
}
