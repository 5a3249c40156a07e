//! SavingsAccount, SavingsTransaction and SavingsProduct (contract §5.3).

use serde::Serialize;
use utoipa::ToSchema;

use super::custom_field::CustomFieldValue;
use super::transaction::TransactionDetails;
use super::values::{Day, EncodedKey, Instant, Money, Zero};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavingsAccount<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) account_holder_key: EncodedKey,
    pub(crate) account_holder_type: &'static str,
    pub(crate) name: &'a str,
    pub(crate) creation_date: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) approved_date: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) activation_date: Option<Instant>,
    pub(crate) last_modified_date: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closed_date: Option<Instant>,
    /// When the term for which money is kept ends, or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) maturity_date: Option<Day>,
    /// Before this day interest was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_interest_calculation_date: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) locked_date: Option<Instant>,
    pub(crate) product_type_key: EncodedKey,
    #[schema(example = "REGULAR_SAVINGS")]
    pub(crate) account_type: &'static str,
    pub(crate) account_state: &'static str,
    /// Less than zero: overdrawn.
    pub(crate) balance: Money,
    /// What loans keep of the balance.
    pub(crate) locked_balance: Money,
    pub(crate) hold_balance: Zero,
    /// The holder's own money that nothing keeps.
    pub(crate) available_balance: Money,
    /// What has grown by the business date and was not applied.
    pub(crate) accrued_interest: Money,
    /// What an overdraft has cost by the business date and was not applied.
    pub(crate) overdraft_interest_accrued: Money,
    pub(crate) overdraft_amount: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) overdraft_limit: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_payment_point: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) interest_payment_dates: Vec<PaymentDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_settings: Option<InterestSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) overdraft_interest_settings: Option<InterestSettings>,
    /// The index whose rate is withheld of interest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) withholding_tax_source_key: Option<EncodedKey>,
    pub(crate) interest_due: Zero,
    pub(crate) fees_due: Zero,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recommended_deposit_amount: Option<Money>,
    /// The contract's spelling.
    #[serde(rename = "maxWidthdrawlAmount", skip_serializing_if = "Option::is_none")]
    pub(crate) max_withdrawal_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_amount: Option<Money>,
    pub(crate) allow_overdraft: bool,
    #[schema(example = "EUR")]
    pub(crate) currency_code: &'static str,
    /// The line of credit that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line_of_credit_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_branch_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_centre_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_user_key: Option<EncodedKey>,
    /// Only with `fullDetails`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_field_values: Option<Vec<CustomFieldValue<'a>>>,
}

/// A created deposit account comes back as it was sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavingsAccountEnvelope<'a> {
    pub(crate) savings_account: SavingsAccount<'a>,
    pub(crate) custom_information: Vec<CustomFieldValue<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavingsTransaction<'a> {
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
    /// What left the account is negative.
    pub(crate) amount: Money,
    /// The balance after it.
    pub(crate) balance: Money,
    pub(crate) fees_paid: Money,
    /// Of interest that was applied: how much; less than zero where it was that of an overdraft.
    pub(crate) interest_paid: Money,
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
    /// Of a transfer to a loan: the repayment there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) linked_loan_transaction_key: Option<EncodedKey>,
    /// Of a transfer between deposit accounts: the other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) linked_savings_transaction_key: Option<EncodedKey>,
    pub(crate) currency_code: &'static str,
    /// Only with `fullDetails`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_information: Option<Vec<CustomFieldValue<'a>>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavingsProduct<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<&'a str>,
    pub(crate) product_type: &'static str,
    pub(crate) activated: bool,
    pub(crate) for_individuals: bool,
    pub(crate) for_groups: bool,
    pub(crate) for_all_branches: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) available_product_branches: Vec<EncodedKey>,
    pub(crate) currency_code: &'static str,
    pub(crate) allow_overdraft: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_overdraft_limit: Option<Money>,
    #[serde(rename = "maxWidthdrawlAmount", skip_serializing_if = "Option::is_none")]
    pub(crate) max_withdrawal_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recommended_deposit_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_opening_balance: Option<Money>,
    pub(crate) allow_arbitrary_fees: bool,
    /// Accounts that their holders do not move for so many days become dormant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dormancy_period_days: Option<u32>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) term: Option<ProductTerm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_payment_point: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) interest_payment_dates: Vec<PaymentDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_settings: Option<InterestRateSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) overdraft_interest_settings: Option<InterestRateSettings>,
    pub(crate) withholding_tax_enabled: bool,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
}

/// How long money is kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductTerm {
    pub(crate) term_unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_term_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_term_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_term_length: Option<u32>,
}

/// A day of every year on which interest is applied.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentDate {
    pub(crate) day_of_month: i8,
    pub(crate) month_of_year: i8,
    /// Always 0: every year.
    pub(crate) year: i16,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InterestSettings {
    /// In percent a year.
    pub(crate) interest_rate: String,
    pub(crate) interest_charge_frequency: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InterestRateSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_interest_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_interest_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_interest_rate: Option<String>,
    pub(crate) interest_charge_frequency: &'static str,
}
