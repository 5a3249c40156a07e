//! A loan product, with the member names of the loan accounts contract (§4.1).

use serde::Serialize;
use utoipa::ToSchema;

use super::product_rules::{
    ArrearsSettings, InterestRateSettings, PrincipalPaymentSettings, ProductCharges, ProductControls,
    ProductSecuritySettings, RedrawSettings,
};
use super::savings::ProductLinking;

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
    /// `FIXED_TERM_LOAN`, `DYNAMIC_TERM_LOAN`, `INTEREST_FREE_LOAN`, `TRANCHED_LOAN` or `REVOLVING_CREDIT`.
    #[schema(required = false, default = "FIXED_TERM_LOAN")]
    pub(crate) loan_product_type: &'static str,
    #[schema(required = false, default = true)]
    pub(crate) activated: bool,
    #[schema(required = false, default = true)]
    pub(crate) for_individuals: bool,
    #[schema(required = false, default = false)]
    pub(crate) for_pure_groups: bool,
    #[schema(required = false, default = false)]
    pub(crate) for_hybrid_groups: bool,
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
    /// `NONE`: nothing of its loans is booked; `CASH`: income counts when it is paid; `ACCRUAL`: when it is owed.
    #[schema(required = false, default = "ACCRUAL")]
    pub(crate) accounting_method: &'static str,
    /// Where in the chart what its loans move is booked; what no rule names, on the account that carries it.
    #[schema(required = false)]
    pub(crate) loan_product_rules: Vec<AccountingRule>,
    /// `NONE`, `DAILY` or `END_OF_MONTH`: when interest is posted that has grown and is not applied.
    #[schema(required = false, default = "NONE")]
    pub(crate) interest_accrued_accounting_method: &'static str,
    /// Interest is in suspense, and no income, while a loan is late for more than so many days. Loam's own member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_suspense_after_days: Option<u32>,
    /// What of the principal is set aside for losses by risk level; empty: what the levels say. Loam's own member.
    #[schema(required = false)]
    pub(crate) provisioning: Vec<ProvisionRate>,
    /// At most so many tranches; of a tranched loan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_number_of_disbursement_tranches: Option<u32>,
    #[serde(flatten)]
    pub(crate) interest: ProductInterest,
    #[serde(flatten)]
    pub(crate) schedule: ProductSchedule,
    #[serde(flatten)]
    pub(crate) payments: ProductPayments,
    #[serde(flatten)]
    pub(crate) charges: ProductCharges,
    #[serde(flatten)]
    pub(crate) controls: ProductControls,
    #[schema(required = false)]
    pub(crate) product_security_settings: ProductSecuritySettings,
    /// The bills of revolving credit; of no other type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principal_payment_settings: Option<PrincipalPaymentSettings>,
    #[serde(flatten)]
    pub(crate) linking: ProductLinking,
    #[schema(required = false)]
    pub(crate) marketplace: ProductMarketplace,
}

/// What of the principal of loans on a risk level is set aside for losses.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProvisionRate)]
pub(crate) struct ProvisionRate {
    /// Key or id in, key out.
    pub(crate) risk_level_key: String,
    /// At most 100.
    #[schema(example = "25")]
    pub(crate) percent: String,
}

/// Where in the chart one thing that accounts move is booked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::AccountingRule)]
pub(crate) struct AccountingRule {
    #[schema(example = "INTEREST_INCOME")]
    pub(crate) financial_resource: &'static str,
    pub(crate) account: RuledAccount,
}

/// An account that a rule names: in by one of the two, out by `encodedKey`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::RuledAccount)]
pub(crate) struct RuledAccount {
    #[schema(required = false)]
    pub(crate) encoded_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(write_only)]
    pub(crate) gl_code: Option<String>,
}

/// How interest is calculated.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductInterest)]
pub(crate) struct ProductInterest {
    /// `FLAT`, `DECLINING_BALANCE` or `DECLINING_BALANCE_DISCOUNTED` (equal installments).
    #[schema(required = false, default = "DECLINING_BALANCE")]
    pub(crate) interest_calculation_method: &'static str,
    /// `SIMPLE_INTEREST`, or `CAPITALIZED_INTEREST`: applied interest becomes principal.
    #[schema(required = false, default = "SIMPLE_INTEREST")]
    pub(crate) interest_type: &'static str,
    /// `PRINCIPAL_ONLY` or `PRINCIPAL_AND_INTEREST`: on what interest is charged.
    #[schema(required = false, default = "PRINCIPAL_ONLY")]
    pub(crate) interest_balance_calculation_method: &'static str,
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
    /// Whether overdue principal has interest of its own time.
    #[schema(required = false, default = false)]
    pub(crate) accrue_late_interest: bool,
    /// Whether late interest runs until the next due date, on whichever day before it is paid. Loam's
    /// own member.
    #[schema(required = false, default = false)]
    pub(crate) late_interest_to_due_date: bool,
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
    /// `FIXED` or `DYNAMIC`; goes with the type.
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
    /// `STANDARD_PAYMENTS`, `BALLOON_PAYMENTS`, `OPTIMIZED_PAYMENTS` or `PAYMENT_PLAN`.
    #[schema(required = false, default = "STANDARD_PAYMENTS")]
    pub(crate) amortization_method: &'static str,
    /// What may be changed by hand: `ADJUST_PAYMENT_DATES`, `ADJUST_PRINCIPAL_PAYMENT_SCHEDULE`,
    /// `ADJUST_INTEREST_PAYMENT_SCHEDULE`, `ADJUST_FEE_PAYMENT_SCHEDULE`,
    /// `ADJUST_PENALTY_PAYMENT_SCHEDULE` or `ADJUST_NUMBER_OF_INSTALLMENTS`.
    #[schema(required = false)]
    pub(crate) repayment_schedule_edit_options: Vec<&'static str>,
}

/// How payments are taken, and what those do that come early, late or too large.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductPayments)]
pub(crate) struct ProductPayments {
    /// `HORIZONTAL`, installment by installment, or `VERTICAL`, component by component.
    #[schema(required = false, default = "HORIZONTAL")]
    pub(crate) payment_method: &'static str,
    /// Each of `FEE`, `PENALTY`, `INTEREST` and `PRINCIPAL` once; left out: in this order.
    #[schema(required = false)]
    pub(crate) repayment_allocation_order: Vec<&'static str>,
    /// The same in an installment that falls due on the day of the payment. Loam's own member.
    #[schema(required = false)]
    pub(crate) repayment_allocation_order_when_due: Option<Vec<&'static str>>,
    /// The same in an installment that is paid ahead. Loam's own member.
    #[schema(required = false)]
    pub(crate) repayment_allocation_order_ahead: Option<Vec<&'static str>>,
    /// `NEXT_INSTALLMENT` or `LAST_INSTALLMENT`: which one takes what is paid ahead first. Loam's own
    /// member.
    #[schema(required = false, default = "NEXT_INSTALLMENT")]
    pub(crate) payments_ahead: &'static str,
    /// Whether a repayment may say what it pays.
    #[schema(required = false, default = false)]
    pub(crate) allow_custom_repayment_allocation: bool,
    /// `ACCEPT_PREPAYMENTS` or `NO_PREPAYMENTS`.
    #[schema(required = false, default = "ACCEPT_PREPAYMENTS")]
    pub(crate) prepayment_acceptance: &'static str,
    /// `NO_FUTURE_PAYMENTS`, `ACCEPT_FUTURE_PAYMENTS` or `ACCEPT_OVERPAYMENTS`.
    #[schema(required = false, default = "NO_FUTURE_PAYMENTS")]
    pub(crate) future_payments_acceptance: &'static str,
    /// `NO_RECALCULATION`, `RESCHEDULE_REMAINING_REPAYMENTS`,
    /// `RECALCULATE_SCHEDULE_KEEP_SAME_NUMBER_OF_TERMS`, `RECALCULATE_SCHEDULE_KEEP_SAME_PRINCIPAL_AMOUNT`,
    /// `RECALCULATE_SCHEDULE_KEEP_SAME_TOTAL_REPAYMENT_AMOUNT`, `REDUCE_AMOUNT_PER_INSTALLMENT`,
    /// `REDUCE_NUMBER_OF_INSTALLMENTS` or `REDUCE_NUMBER_OF_INSTALLMENTS_NEW`.
    #[schema(required = false, default = "NO_RECALCULATION")]
    pub(crate) prepayment_recalculation_method: &'static str,
    /// `PARTIALLY_PAID`, `PAID` or `ORIGINAL_TOTAL_EXPECTED_PAID`.
    #[schema(required = false, default = "PARTIALLY_PAID")]
    pub(crate) principal_paid_installment_status: &'static str,
    /// `AUTOMATIC` or `MANUAL`: whether an early payment applies the interest that has accrued; or
    /// Loam's own `WHOLE_INSTALLMENT`: it applies that of the installment's whole time.
    #[schema(required = false, default = "AUTOMATIC")]
    pub(crate) apply_interest_on_prepayment_method: &'static str,
    /// `FIXED_TOTAL_EXPECTED` or `FIXED_PRINCIPAL_EXPECTED`.
    #[schema(required = false, default = "FIXED_TOTAL_EXPECTED")]
    pub(crate) elements_recalculation_method: &'static str,
    /// `INCREASE_OVERDUE_INSTALLMENTS` or `INCREASE_LAST_INSTALLMENT`.
    #[schema(required = false, default = "INCREASE_OVERDUE_INSTALLMENTS")]
    pub(crate) late_payments_recalculation_method: &'static str,
    /// Whether a last installment that would differ is evened out over all of them. Loam's own member.
    #[schema(required = false, default = false)]
    pub(crate) evens_installments: bool,
    /// Whether a loan may be paid out in parts that were not named before. Loam's own member.
    #[schema(required = false, default = false)]
    pub(crate) disburses_in_parts: bool,
    /// The share of the loan amount that is owed on the day of the payout. Loam's own member.
    #[schema(required = false)]
    pub(crate) down_payment_percent: Option<String>,
    #[schema(required = false)]
    pub(crate) redraw_settings: RedrawSettings,
    #[schema(required = false)]
    pub(crate) arrears_settings: ArrearsSettings,
    #[schema(required = false, default = false)]
    pub(crate) allow_arbitrary_fees: bool,
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
    pub(crate) protect: ProductProtect,
    /// What one share of a loan is, where investors sell what they have in it. Left out: one of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) denomination: Option<String>,
}

/// What counts for protections that borrowers pay for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductProtect)]
pub(crate) struct ProductProtect {
    /// How many installments of a loan partial claims may waive in all; `null` sets no bound.
    #[schema(required = false)]
    pub(crate) maximum_installments: Option<u32>,
    /// The investors' share of the protect fee, credited when the loan is paid out; 0 to 100.
    #[schema(required = false, default = "0")]
    pub(crate) investor_share_percent: String,
    /// Whether the fee is added to the amount and kept at disbursement; else it is charged with the first installment.
    #[schema(required = false, default = true)]
    pub(crate) part_of_disbursal: bool,
    /// Whether investors get what was not earned of the lender's share of the fee when the loan is written off.
    #[schema(required = false, default = false)]
    pub(crate) rebate_at_write_off: bool,
    /// The same when it is refinanced.
    #[schema(required = false, default = false)]
    pub(crate) rebate_at_refinance: bool,
    /// The same when it is paid off before its last due date.
    #[schema(required = false, default = false)]
    pub(crate) rebate_at_payoff: bool,
    /// Whether installments that were waived before they fell due count as not earned.
    #[schema(required = false, default = false)]
    pub(crate) ignore_waiver_for_rebate: bool,
}

/// A branch in which a product is offered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductBranch)]
pub(crate) struct ProductBranch {
    pub(crate) branch_key: String,
}
