//! LoanAccount (contract §2.2).

use serde::Serialize;
use utoipa::ToSchema;

use super::custom_field::CustomFieldValue;
use super::product_rules::{
    ArrearsSettings, Fund, Guarantee, PlannedPayment, PredefinedFee, PrincipalPaymentSettings, Tranche,
};
use super::savings::SavingsAccount;
use super::transaction::TransactionDetails;
use super::values::{Day, EncodedKey, Instant, Money, Percent, Zero};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoanAccount<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) account_holder_key: EncodedKey,
    pub(crate) account_holder_type: &'static str,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) approved_date: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closed_date: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_account_appraisal_date: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_interest_applied_date: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_locked_date: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_set_to_arrears_date: Option<Day>,
    pub(crate) account_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_sub_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) locked_operations: Option<[&'static str; 3]>,
    /// Of a loan that was refinanced or rescheduled: the loan in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rescheduled_account_key: Option<EncodedKey>,
    /// The loan whose place this one took. Loam's own member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) original_account_key: Option<EncodedKey>,
    /// The line of credit that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line_of_credit_key: Option<EncodedKey>,
    pub(crate) product_type_key: EncodedKey,
    pub(crate) loan_name: &'a str,
    pub(crate) loan_amount: Money,
    #[serde(flatten)]
    pub(crate) balances: Balances,
    #[serde(flatten)]
    pub(crate) terms: LoanTerms,
    /// The same dates as in `disbursementDetails`: older clients look here.
    #[serde(flatten)]
    pub(crate) dates: DisbursementDates,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) anticipated_disbursement_date: Option<Day>,
    pub(crate) disbursement_details: DisbursementDetails<'a>,
    pub(crate) days_in_arrears: i64,
    pub(crate) days_late: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_branch_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_centre_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_user_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) full_details: Option<FullDetails<'a>>,
}

/// What is owed, was paid, and is due on the business date.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Balances {
    pub(crate) principal_due: Money,
    pub(crate) principal_paid: Money,
    pub(crate) principal_balance: Money,
    pub(crate) interest_due: Money,
    pub(crate) interest_paid: Money,
    pub(crate) interest_balance: Money,
    pub(crate) fees_due: Money,
    pub(crate) fees_paid: Money,
    pub(crate) fees_balance: Money,
    pub(crate) penalty_due: Money,
    pub(crate) penalty_paid: Money,
    pub(crate) penalty_balance: Money,
    /// Interest that has grown and was not applied, with up to 20 decimals.
    pub(crate) accrued_interest: String,
    /// Penalties that have grown and were not applied, with up to 20 decimals.
    pub(crate) accrued_penalty: String,
    pub(crate) interest_adjustment: Zero,
    /// Paid and not owed: it can be drawn again.
    pub(crate) redraw_balance: Money,
}

/// What the loan agreed to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoanTerms {
    /// Of balloon payments; else "0".
    pub(crate) periodic_payment: Money,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) payment_plan: Vec<PlannedPayment>,
    pub(crate) schedule_due_dates_method: &'static str,
    pub(crate) repayment_period_count: u32,
    pub(crate) repayment_period_unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fixed_days_of_month: Option<Vec<u16>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) short_month_handling_method: Option<&'static str>,
    /// Revolving credit has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repayment_installments: Option<u32>,
    pub(crate) grace_period: u32,
    pub(crate) grace_period_type: &'static str,
    pub(crate) principal_repayment_interval: u32,
    pub(crate) interest_rate: Percent,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_spread: Option<Percent>,
    pub(crate) interest_rate_source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_review_unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_review_count: Option<u32>,
    pub(crate) interest_charge_frequency: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_charge_frequency_count: Option<u32>,
    pub(crate) interest_calculation_method: &'static str,
    pub(crate) interest_type: &'static str,
    pub(crate) interest_balance_calculation_method: &'static str,
    pub(crate) interest_application_method: &'static str,
    pub(crate) interest_rounding_version: &'static str,
    pub(crate) accrue_interest_after_maturity: bool,
    pub(crate) accrue_late_interest: bool,
    pub(crate) has_custom_schedule: bool,
    pub(crate) allow_offset: bool,
    pub(crate) repayment_schedule_method: &'static str,
    pub(crate) payment_method: &'static str,
    pub(crate) prepayment_acceptance: &'static str,
    pub(crate) future_payments_acceptance: &'static str,
    pub(crate) prepayment_recalculation_method: &'static str,
    pub(crate) principal_paid_installment_status: &'static str,
    pub(crate) apply_interest_on_prepayment_method: &'static str,
    pub(crate) elements_recalculation_method: &'static str,
    pub(crate) late_payments_recalculation_method: &'static str,
    pub(crate) loan_penalty_calculation_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) penalty_rate: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tax_rate: Option<Percent>,
    pub(crate) arrears_tolerance_period: u32,
    pub(crate) account_arrears_settings: ArrearsSettings,
    pub(crate) default_first_repayment_due_date_offset: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principal_payment_settings: Option<PrincipalPaymentSettings>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisbursementDates {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected_disbursement_date: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disbursement_date: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_repayment_date: Option<Day>,
}

/// How the loan is paid out, or is to be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisbursementDetails<'a> {
    #[serde(flatten)]
    pub(crate) dates: DisbursementDates,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_details: Option<TransactionDetails<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) fees: Vec<PlannedFee<'a>>,
    /// Only with `fullDetails`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) custom_information: Vec<CustomFieldValue<'a>>,
}

/// A fee that the disbursement is to charge.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlannedFee<'a> {
    pub(crate) encoded_key: EncodedKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fee: Option<PredefinedFee<'a>>,
    /// Where the product leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<Money>,
}

/// What only `fullDetails` shows.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FullDetails<'a> {
    /// The deposit accounts from which it is paid, in the order of linking.
    pub(crate) settlement_accounts: Vec<SavingsAccount<'a>>,
    pub(crate) custom_field_values: Vec<CustomFieldValue<'a>>,
    pub(crate) guarantees: Vec<Guarantee<'a>>,
    pub(crate) funds: Vec<Fund>,
    pub(crate) tranches: Vec<Tranche>,
}

/// The envelope of a created loan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoanAccountEnvelope<'a> {
    pub(crate) loan_account: LoanAccount<'a>,
    pub(crate) custom_information: Vec<CustomFieldValue<'a>>,
}
