//! A loan product, with the member names of the loan accounts contract (§4.1).

use serde::Serialize;
use utoipa::ToSchema;

/// A loan product. Only `id` and `productName` must be given when it is created; the defaults of the
/// others, and what is refused, stand in `docs/native-door.md`. Figures are shown as texts and taken
/// as texts or numbers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanProduct)]
pub(crate) struct LoanProduct {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    #[schema(example = "SME-12")]
    pub(crate) id: String,
    /// Goes one up with every change. Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) version: i64,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
    #[schema(example = "Small business, twelve months")]
    pub(crate) product_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product_description: Option<String>,
    /// Only `FIXED_TERM_LOAN`.
    #[schema(required = false)]
    pub(crate) loan_product_type: &'static str,
    #[schema(required = false, default = true)]
    pub(crate) activated: bool,
    #[schema(required = false, default = true)]
    pub(crate) for_individuals: bool,
    #[schema(required = false, default = false)]
    pub(crate) for_pure_groups: bool,
    /// Left out: true, if no branches are listed.
    #[schema(required = false)]
    pub(crate) for_all_branches: bool,
    /// Keys or ids in, keys out.
    #[schema(required = false)]
    pub(crate) available_product_branches: Vec<ProductBranch>,
    /// ISO 4217; left out: the currency of the book. Loam's own member.
    #[schema(required = false, example = "EUR")]
    pub(crate) currency_code: &'static str,
    /// `RANDOM_PATTERN` or `INCREMENTAL_NUMBER`.
    #[schema(required = false, default = "RANDOM_PATTERN")]
    pub(crate) id_generator_type: &'static str,
    /// `@` a letter, `#` a digit, `$` either; left out: `@@@@###`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_pattern: Option<String>,
    /// `PENDING_APPROVAL` or `PARTIAL_APPLICATION`.
    #[schema(required = false, default = "PENDING_APPROVAL")]
    pub(crate) account_initial_state: &'static str,
    /// `NONE`, `CASH` or `ACCRUAL`; the book itself always keeps its journal on accrual basis.
    #[schema(required = false, default = "ACCRUAL")]
    pub(crate) accounting_method: &'static str,
    #[serde(flatten)]
    pub(crate) interest: ProductInterest,
    #[serde(flatten)]
    pub(crate) schedule: ProductSchedule,
    #[serde(flatten)]
    pub(crate) payments: ProductPayments,
    #[schema(required = false)]
    pub(crate) marketplace: ProductMarketplace,
}

/// How interest is calculated.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductInterest)]
pub(crate) struct ProductInterest {
    /// `FLAT`, `DECLINING_BALANCE` or `DECLINING_BALANCE_DISCOUNTED` (equal installments).
    #[schema(required = false, default = "DECLINING_BALANCE")]
    pub(crate) interest_calculation_method: &'static str,
    /// Only `SIMPLE_INTEREST`.
    #[schema(required = false)]
    pub(crate) interest_type: &'static str,
    /// `ON_REPAYMENT` or `ON_DISBURSEMENT`.
    #[schema(required = false, default = "ON_REPAYMENT")]
    pub(crate) interest_application_method: &'static str,
    /// `ACTUAL_365_FIXED`, `ACTUAL_364`, `ACTUAL_360`, `E30_360`, and Loam's own `US30_360`,
    /// `ACTUAL_ACTUAL_ISDA` and `ACTUAL_ACTUAL_YEAR_OF_END`.
    #[schema(required = false, default = "ACTUAL_365_FIXED")]
    pub(crate) days_in_year: &'static str,
    /// `USING_ACTUAL_DAYS_COUNT` or `USING_REPAYMENT_PERIODICITY`.
    #[schema(required = false, default = "USING_ACTUAL_DAYS_COUNT")]
    pub(crate) schedule_interest_days_count_method: &'static str,
    #[schema(required = false)]
    pub(crate) interest_rate_settings: InterestRateSettings,
}

/// The bounds of amount and installments, when these fall due, and how they are rounded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductSchedule)]
pub(crate) struct ProductSchedule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_loan_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_loan_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_loan_amount: Option<String>,
    /// Only `FIXED`.
    #[schema(required = false)]
    pub(crate) repayment_schedule_method: &'static str,
    /// `INTERVAL` or `FIXED_DAYS_OF_MONTH`.
    #[schema(required = false, default = "INTERVAL")]
    pub(crate) schedule_due_dates_method: &'static str,
    /// Left out: the loan says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_repayment_period_count: Option<u32>,
    /// `DAYS`, `WEEKS`, `MONTHS` or `YEARS`; left out: the loan says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repayment_period_unit: Option<&'static str>,
    /// Days from 1 to 31.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fixed_days_of_month: Option<Vec<u32>>,
    /// `LAST_DAY_IN_MONTH` or `FIRST_DAY_OF_NEXT_MONTH`.
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
    /// `NONE`, `PAY_INTEREST_ONLY` or `INTEREST_FORGIVENESS`.
    #[schema(required = false, default = "NONE")]
    pub(crate) grace_period_type: &'static str,
    #[schema(required = false, default = 1)]
    pub(crate) default_principal_repayment_interval: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_first_repayment_due_date_offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_first_repayment_due_date_offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_first_repayment_due_date_offset: Option<u32>,
    /// `NONE`, `NEXT_WORKING_DAY`, `PREVIOUS_WORKING_DAY` or `EXTEND_SCHEDULE`.
    #[schema(required = false, default = "NONE")]
    pub(crate) repayment_rescheduling_method: &'static str,
    /// `NO_ROUNDING`, `ROUND_REMAINDER_INTO_FIRST_REPAYMENT`, `ROUND_REMAINDER_INTO_LAST_REPAYMENT` or
    /// `ROUND_PRINCIPAL_AND_INTEREST_REMAINDER_INTO_LAST_REPAYMENT`.
    #[schema(required = false, default = "NO_ROUNDING")]
    pub(crate) rounding_repayment_schedule_method: &'static str,
    /// `NO_ROUNDING`, `ROUND_TO_NEAREST_WHOLE_UNIT` or `ROUND_UP_TO_NEAREST_WHOLE_UNIT`.
    #[schema(required = false, default = "NO_ROUNDING")]
    pub(crate) repayment_currency_rounding: &'static str,
    /// The amount of which totals of installments are multiples; left out: one whole unit of the
    /// currency. Loam's own member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repayment_currency_rounding_unit: Option<String>,
    /// `PAYMENT_DUE` where totals are rounded, else `NO_ROUNDING`.
    #[schema(required = false)]
    pub(crate) repayment_elements_rounding_method: &'static str,
    /// `HALF_UP`, `HALF_EVEN`, `UP` or `DOWN`: how figures become minor units. Loam's own member.
    #[schema(required = false, default = "HALF_UP")]
    pub(crate) rounding_method: &'static str,
    /// Only `STANDARD_PAYMENTS`.
    #[schema(required = false)]
    pub(crate) amortization_method: &'static str,
}

/// How payments are taken, and what comes on top.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductPayments)]
pub(crate) struct ProductPayments {
    /// Only `HORIZONTAL`.
    #[schema(required = false)]
    pub(crate) payment_method: &'static str,
    /// Each of `FEE`, `PENALTY`, `INTEREST` and `PRINCIPAL` once; left out: in this order.
    #[schema(required = false)]
    pub(crate) repayment_allocation_order: Vec<&'static str>,
    /// `ACCEPT_PREPAYMENTS` or `NO_PREPAYMENTS`.
    #[schema(required = false, default = "ACCEPT_PREPAYMENTS")]
    pub(crate) prepayment_acceptance: &'static str,
    #[schema(required = false)]
    pub(crate) arrears_settings: ArrearsSettings,
    #[schema(required = false, default = false)]
    pub(crate) allow_arbitrary_fees: bool,
}

/// The rate, in percent. Each member is taken on the product itself too, as older writers do.
#[derive(Debug, Serialize, ToSchema)]
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
    /// Only `FIXED_INTEREST_RATE`.
    #[schema(required = false)]
    pub(crate) interest_rate_source: &'static str,
    /// Only `FIXED`.
    #[schema(required = false)]
    pub(crate) interest_rate_terms: &'static str,
}

/// How many days late an installment may be before the loan is in arrears. Each member is taken on
/// the product itself too.
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
    /// Only `ARREARS_TOLERANCE_PERIOD`.
    #[schema(required = false)]
    pub(crate) tolerance_calculation_method: &'static str,
    /// Only `DATE_OF_LAST_LATE_REPAYMENT`: days count from the oldest installment that is late now.
    #[schema(required = false)]
    pub(crate) date_calculation_method: &'static str,
}

/// What counts for loans that are applied for in the marketplace. Loam's own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductMarketplace)]
pub(crate) struct ProductMarketplace {
    /// Added to the amount applied for, and kept at disbursement; 0 to 100.
    #[schema(required = false, default = "0")]
    pub(crate) capitalized_fee_percent: String,
    /// `START_OF_DAY` or `END_OF_DAY`: whether an application may ask for interest through the due date.
    #[schema(required = false, default = "START_OF_DAY")]
    pub(crate) daily_accrual: &'static str,
}

/// A branch in which a product is offered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductBranch)]
pub(crate) struct ProductBranch {
    pub(crate) branch_key: String,
}
