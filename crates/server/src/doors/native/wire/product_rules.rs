//! The rules of a loan product that stand in objects of their own, with the member names of the loan
//! accounts contract (§4.1, §4.3).

use serde::Serialize;
use utoipa::ToSchema;

/// The rate, in percent. Each member is taken on the product itself too, as older writers do.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::InterestRateSettings)]
pub(crate) struct InterestRateSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_interest_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_interest_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_interest_rate: Option<String>,
    /// `ANNUALIZED`, `EVERY_MONTH`, `EVERY_FOUR_WEEKS`, `EVERY_WEEK`, `EVERY_DAY` or `EVERY_X_DAYS`.
    #[schema(required = false, default = "ANNUALIZED")]
    pub(crate) interest_charge_frequency: &'static str,
    /// How many days, with `EVERY_X_DAYS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_charge_frequency_count: Option<u32>,
    /// `FIXED_INTEREST_RATE`, or `INDEX_INTEREST_RATE`: an index rate and the loan's spread over it.
    #[schema(required = false, default = "FIXED_INTEREST_RATE")]
    pub(crate) interest_rate_source: &'static str,
    /// Key of the index; the next three members too are of an index rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) index_source_key: Option<String>,
    /// `DAYS`, `WEEKS` or `MONTHS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_review_unit: Option<&'static str>,
    /// Every so many of them the rate is looked at anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_review_count: Option<u32>,
    /// The rate with its spread is never less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_floor_value: Option<String>,
    /// The rate with its spread is never more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_rate_ceiling_value: Option<String>,
    /// The spread of a loan that names none. Loam's own member, as the two bounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_interest_spread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_interest_spread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_interest_spread: Option<String>,
    /// `FIXED`, `TIERED` by balance or `TIERED_PERIOD` by days.
    #[schema(required = false, default = "FIXED")]
    pub(crate) interest_rate_terms: &'static str,
    /// In the order of their ends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) interest_rate_tiers: Vec<InterestRateTier>,
    /// Whether interest goes on after the last due date.
    #[schema(required = false, default = false)]
    pub(crate) accrue_interest_after_maturity: bool,
}

/// The rate of a part of the balance, or of some days of the loan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::InterestRateTier)]
pub(crate) struct InterestRateTier {
    /// Given by the book: the order of the list counts.
    #[schema(read_only, required = false)]
    pub(crate) index: u32,
    /// With `TIERED`; left out for the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ending_balance: Option<String>,
    /// With `TIERED_PERIOD`; left out for the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ending_day: Option<u32>,
    pub(crate) interest_rate: String,
}

/// From when a loan that is late is in arrears. Each member is taken on the product itself too.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ArrearsSettings)]
pub(crate) struct ArrearsSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_tolerance_period: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_tolerance_period: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_tolerance_period: Option<u32>,
    /// The day of the month on which what is late becomes arrears; with `MONTHLY_ARREARS_TOLERANCE_DAY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) monthly_tolerance_day: Option<u8>,
    /// `ARREARS_TOLERANCE_PERIOD` or `MONTHLY_ARREARS_TOLERANCE_DAY`.
    #[schema(required = false, default = "ARREARS_TOLERANCE_PERIOD")]
    pub(crate) tolerance_calculation_method: &'static str,
    /// `DATE_OF_LAST_LATE_REPAYMENT`, the oldest installment that is late now, or
    /// `DATE_ACCOUNT_FIRST_WENT_TO_ARREARS`.
    #[schema(required = false, default = "DATE_OF_LAST_LATE_REPAYMENT")]
    pub(crate) date_calculation_method: &'static str,
    /// `INCLUDED` or `EXCLUDED`.
    #[schema(required = false, default = "INCLUDED")]
    pub(crate) non_working_days_method: &'static str,
    /// Less than this late is not arrears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tolerance_floor_amount: Option<String>,
    /// Less than this share of the outstanding principal late is not arrears; in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tolerance_percentage_of_outstanding_principal: Option<String>,
}

/// Whether what was paid too much can be drawn again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::RedrawSettings)]
pub(crate) struct RedrawSettings {
    #[schema(required = false, default = false)]
    pub(crate) allow_redraw: bool,
}

/// Fees, penalties and taxes; rates in percent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductCharges)]
pub(crate) struct ProductCharges {
    /// A list that is given replaces the present one; a fee with its key stays the same fee.
    #[schema(required = false)]
    pub(crate) loan_fees: Vec<PredefinedFee>,
    /// Whether an installment that is paid takes charges. Loam's own member.
    #[schema(required = false, default = false)]
    pub(crate) charges_on_paid_installments: bool,
    /// `NONE`, `OVERDUE_BALANCE`, `OVERDUE_BALANCE_AND_INTEREST` or `OUTSTANDING_PRINCIPAL`.
    #[schema(required = false, default = "NONE")]
    pub(crate) loan_penalty_calculation_method: &'static str,
    /// Per day on what is overdue; on outstanding principal, in the frequency of the interest rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_penalty_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_penalty_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_penalty_rate: Option<String>,
    /// Days late before a penalty is applied; it is counted from the due date all the same.
    #[schema(required = false, default = 0)]
    pub(crate) loan_penalty_grace_period: u32,
    #[schema(required = false, default = false)]
    pub(crate) taxes_on_interest_enabled: bool,
    #[schema(required = false, default = false)]
    pub(crate) taxes_on_fees_enabled: bool,
    #[schema(required = false, default = false)]
    pub(crate) taxes_on_penalty_enabled: bool,
    /// `INCLUSIVE` or `EXCLUSIVE`.
    #[schema(required = false, default = "INCLUSIVE")]
    pub(crate) tax_calculation_method: &'static str,
    /// Loam's own member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tax_rate: Option<String>,
}

/// A fee that a product names.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::PredefinedFee)]
pub(crate) struct PredefinedFee {
    /// Given by the book.
    #[schema(required = false)]
    pub(crate) encoded_key: String,
    #[schema(example = "Processing fee")]
    pub(crate) name: String,
    /// `MANUAL`, `DISBURSEMENT`, `CAPITALIZED_DISBURSEMENT`, `UPFRONT_DISBURSEMENT`, `LATE_REPAYMENT` or
    /// `PAYMENT_DUE`.
    #[schema(required = false, default = "MANUAL")]
    pub(crate) trigger: &'static str,
    /// `FLAT`, `LOAN_AMOUNT_PERCENTAGE`, `REPAYMENT_PRINCIPAL_AMOUNT_PERCENTAGE`,
    /// `LOAN_AMOUNT_PERCENTAGE_NUMBER_OF_INSTALLMENTS` or `FLAT_NUMBER_OF_INSTALLMENTS`.
    #[schema(required = false, default = "FLAT")]
    pub(crate) amount_calculation_method: &'static str,
    /// Of flat calculations; left out: whoever charges it says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<String>,
    /// Of percentages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) percentage_amount: Option<String>,
    /// `REQUIRED` or `OPTIONAL`.
    #[schema(required = false, default = "REQUIRED")]
    pub(crate) fee_application: &'static str,
    #[schema(required = false, default = true)]
    pub(crate) active: bool,
    /// `NONE`, `SUM_OF_YEARS_DIGITS`, `STRAIGHT_LINE` or `EFFECTIVE_INTEREST_RATE`.
    #[schema(required = false, default = "NONE")]
    pub(crate) amortization_profile: &'static str,
}

/// Locks, capping and dormancy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductControls)]
pub(crate) struct ProductControls {
    /// Locked after so many days in arrears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lock_period_days: Option<u32>,
    /// Days for which a loan that is paid stays open; left out: it is closed with the last payment.
    /// A loan is not written off before it is so many days in arrears. Loam's own member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) write_off_after_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dormancy_period_days: Option<u32>,
    /// `OUTSTANDING_PRINCIPAL_PERCENTAGE` or `ORIGINAL_PRINCIPAL_PERCENTAGE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capping_method: Option<&'static str>,
    /// `SOFT_CAP` or `HARD_CAP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capping_constraint_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capping_percentage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capping_apply_accrued_charges_before_locking: Option<bool>,
}

/// Securities that a product takes; shares and rates in percent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductSecuritySettings)]
pub(crate) struct ProductSecuritySettings {
    #[schema(required = false, default = false)]
    pub(crate) is_guarantors_enabled: bool,
    #[schema(required = false, default = false)]
    pub(crate) is_collateral_enabled: bool,
    #[schema(required = false, default = false)]
    pub(crate) is_investor_funds_enabled: bool,
    /// The share of the loan amount that guarantees must cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) required_guaranties: Option<String>,
    /// The share of the loan amount that funds must cover; this and what follows only with funds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) required_investor_funds: Option<String>,
    /// `PERCENTAGE_OF_LOAN_FUNDING` or `FIXED_INTEREST_COMMISSIONS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) funder_interest_commission_allocation_type: Option<&'static str>,
    /// What the lender keeps of the rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) organization_interest_commission: Option<InterestCommission>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) funder_interest_commission: Option<InterestCommission>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lock_funds_at_approval: Option<bool>,
}

/// The bounds of a commission.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::InterestCommission)]
pub(crate) struct InterestCommission {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_value: Option<String>,
}

/// How much principal a bill of revolving credit asks for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::PrincipalPaymentSettings)]
pub(crate) struct PrincipalPaymentSettings {
    /// `FLAT`, `OUTSTANDING_PRINCIPAL_PERCENTAGE` or `TOTAL_BALANCE_PERCENTAGE`.
    pub(crate) principal_payment_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_percentage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_percentage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_percentage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principal_ceiling_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principal_floor_value: Option<String>,
    #[schema(required = false, default = false)]
    pub(crate) include_interest_in_floor_amount: bool,
    #[schema(required = false, default = false)]
    pub(crate) include_fees_in_floor_amount: bool,
}
