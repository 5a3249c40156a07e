//! LoanProduct (contract §4.1).

use serde::Serialize;
use utoipa::ToSchema;

use super::ledger::GlAccount;
use super::product_rules::{
    InterestRateTier, PredefinedFee, PrincipalPaymentBounds, ProductArrearsSettings, RedrawSettings,
    SecuritySettings,
};
use super::values::{EncodedKey, Instant, Money, Percent};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoanProduct<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
    pub(crate) product_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product_description: Option<&'a str>,
    pub(crate) loan_product_type: &'static str,
    pub(crate) activated: bool,
    pub(crate) for_individuals: bool,
    pub(crate) for_pure_groups: bool,
    pub(crate) for_hybrid_groups: bool,
    pub(crate) for_all_branches: bool,
    pub(crate) available_product_branches: Vec<BranchReference>,
    pub(crate) currency_code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_loan_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_loan_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_loan_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_number_of_disbursement_tranches: Option<u32>,
    pub(crate) id_generator_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_pattern: Option<&'a str>,
    pub(crate) account_initial_state: &'static str,
    /// Documents that can be made about its loans.
    pub(crate) templates: Vec<DocumentTemplate<'a>>,
    #[serde(flatten)]
    pub(crate) interest: ProductInterest,
    #[serde(flatten)]
    pub(crate) schedule: ProductSchedule,
    #[serde(flatten)]
    pub(crate) payments: ProductPayments,
    #[serde(flatten)]
    pub(crate) charges: ProductCharges<'a>,
    #[serde(flatten)]
    pub(crate) controls: ProductControls,
    pub(crate) product_security_settings: SecuritySettings,
    /// Of revolving credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principal_payment_settings: Option<PrincipalPaymentBounds>,
    pub(crate) account_linking_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) linkable_savings_product_key: Option<EncodedKey>,
    pub(crate) settlement_options: &'static str,
    pub(crate) line_of_credit_requirement: &'static str,
    /// Where in the chart what its loans move is booked.
    pub(crate) loan_product_rules: Vec<AccountingRule<'a>>,
    pub(crate) interest_accrued_accounting_method: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GLAccountingRule)]
pub(crate) struct AccountingRule<'a> {
    pub(crate) financial_resource: &'static str,
    pub(crate) account: GlAccount<'a>,
}

/// A template of documents; the text itself is shown where it is set up.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DocumentTemplate<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) creation_date: Instant,
    pub(crate) last_modified_date: Instant,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BranchReference {
    pub(crate) branch_key: EncodedKey,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductInterest {
    pub(crate) interest_calculation_method: &'static str,
    pub(crate) interest_type: &'static str,
    pub(crate) interest_balance_calculation_method: &'static str,
    pub(crate) interest_application_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days_in_year: Option<&'static str>,
    pub(crate) schedule_interest_days_count_method: &'static str,
    pub(crate) accrue_late_interest: bool,
    pub(crate) interest_rate_settings: InterestRateSettings,
    /// Older clients look for the settings on the product itself.
    #[serde(flatten)]
    pub(crate) flat_settings: InterestRateSettings,
}

#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InterestRateSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_interest_rate: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_interest_rate: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_interest_rate: Option<Percent>,
    pub(crate) interest_charge_frequency: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_charge_frequency_count: Option<u32>,
    pub(crate) interest_rate_source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) index_source_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_review_unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_review_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_floor_value: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_ceiling_value: Option<Percent>,
    /// Of an index rate: what a loan may add to it. Loam's own members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_interest_spread: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_interest_spread: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_interest_spread: Option<Percent>,
    pub(crate) interest_rate_terms: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) interest_rate_tiers: Vec<InterestRateTier>,
    pub(crate) accrue_interest_after_maturity: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductSchedule {
    pub(crate) repayment_schedule_method: &'static str,
    pub(crate) schedule_due_dates_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_repayment_period_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repayment_period_unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fixed_days_of_month: Option<Vec<u16>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) short_month_handling_method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_num_installments: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_num_installments: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_num_installments: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_grace_period: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_grace_period: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_grace_period: Option<u32>,
    pub(crate) grace_period_type: &'static str,
    pub(crate) default_principal_repayment_interval: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_first_repayment_due_date_offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_first_repayment_due_date_offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_first_repayment_due_date_offset: Option<u32>,
    pub(crate) repayment_rescheduling_method: &'static str,
    pub(crate) rounding_repayment_schedule_method: &'static str,
    pub(crate) repayment_currency_rounding: &'static str,
    pub(crate) repayment_elements_rounding_method: &'static str,
    pub(crate) amortization_method: &'static str,
    pub(crate) repayment_schedule_edit_options: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductPayments {
    pub(crate) payment_method: &'static str,
    pub(crate) repayment_allocation_order: [&'static str; 4],
    pub(crate) allow_custom_repayment_allocation: bool,
    pub(crate) prepayment_acceptance: &'static str,
    pub(crate) future_payments_acceptance: &'static str,
    pub(crate) prepayment_recalculation_method: &'static str,
    pub(crate) principal_paid_installment_status: &'static str,
    pub(crate) apply_interest_on_prepayment_method: &'static str,
    pub(crate) elements_recalculation_method: &'static str,
    pub(crate) late_payments_recalculation_method: &'static str,
    pub(crate) redraw_settings: RedrawSettings,
    pub(crate) arrears_settings: ProductArrearsSettings,
    pub(crate) accounting_method: &'static str,
}

/// Fees, penalties and taxes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductCharges<'a> {
    pub(crate) loan_fees: Vec<PredefinedFee<'a>>,
    pub(crate) allow_arbitrary_fees: bool,
    pub(crate) loan_penalty_calculation_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_penalty_rate: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_penalty_rate: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_penalty_rate: Option<Percent>,
    pub(crate) loan_penalty_grace_period: u32,
    pub(crate) taxes_on_interest_enabled: bool,
    pub(crate) taxes_on_fees_enabled: bool,
    pub(crate) taxes_on_penalty_enabled: bool,
    pub(crate) tax_calculation_method: &'static str,
    /// Loam's own member: the rate stands on the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tax_rate: Option<Percent>,
}

/// Locks, capping and dormancy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductControls {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lock_period_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dormancy_period_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capping_method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capping_constraint_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capping_percentage: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capping_apply_accrued_charges_before_locking: Option<bool>,
}
