//! What deposit accounts are made from.

use serde::Serialize;
use utoipa::ToSchema;

use super::product::{AccountingRule, ProductBranch};

/// A deposit product.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::SavingsProduct)]
pub(crate) struct SavingsProduct {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    #[schema(example = "DSAV")]
    pub(crate) id: String,
    #[schema(example = "Daily Savings")]
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// `CURRENT_ACCOUNT`, `REGULAR_SAVINGS`, `FIXED_DEPOSIT`, `SAVINGS_PLAN` or `INVESTOR_ACCOUNT`.
    #[schema(required = false, default = "REGULAR_SAVINGS")]
    pub(crate) product_type: &'static str,
    #[schema(required = false, default = true)]
    pub(crate) activated: bool,
    #[schema(required = false, default = true)]
    pub(crate) for_individuals: bool,
    #[schema(required = false, default = false)]
    pub(crate) for_groups: bool,
    /// Empty: every branch.
    #[schema(required = false)]
    pub(crate) available_product_branches: Vec<ProductBranch>,
    /// Left out: the currency of the book.
    #[schema(required = false, example = "EUR")]
    pub(crate) currency_code: String,
    /// `RANDOM_PATTERN` or `INCREMENTAL_NUMBER`.
    #[schema(required = false, default = "RANDOM_PATTERN")]
    pub(crate) id_generator_type: &'static str,
    /// `@` a letter, `#` a digit, `$` either. Left out: `@@@@###`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_pattern: Option<String>,
    #[schema(required = false, default = false)]
    pub(crate) allow_overdraft: bool,
    /// The most that an account may be overdrawn, and what one gets that names no limit. Left out: an
    /// account names its own limit, without a bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_overdraft_limit: Option<String>,
    /// The most that one withdrawal may take. The contract's spelling.
    #[serde(rename = "maxWidthdrawlAmount", skip_serializing_if = "Option::is_none")]
    pub(crate) max_withdrawal_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recommended_deposit_amount: Option<String>,
    /// What the first money must amount to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_opening_balance: Option<String>,
    /// The members of a term; left out, each account names the day on which its term ends.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) term: Option<DepositTerm>,
    /// Accounts that their holders do not move for so many days become dormant. Left out: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dormancy_period_days: Option<u32>,
    /// The members of interest; left out, accounts earn none.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) interest: Option<DepositInterest>,
    #[schema(required = false, default = false)]
    pub(crate) allow_arbitrary_fees: bool,
    /// `CASH`: all that its accounts move is booked; `ACCRUAL`: the same, and interest may be posted while it grows; `NONE`: only
    /// what goes to other accounts or comes from there.
    #[schema(required = false, default = "CASH")]
    pub(crate) accounting_method: &'static str,
    /// When interest is posted that has grown and is not applied: `NONE`, `DAILY` or `END_OF_MONTH`; the last two with the
    /// method `ACCRUAL` only.
    #[schema(required = false, default = "NONE")]
    pub(crate) interest_accrued_accounting_method: &'static str,
    /// Where in the chart what its accounts move is booked; what no rule names, on the account that carries it.
    #[schema(required = false)]
    pub(crate) savings_product_rules: Vec<AccountingRule>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// Deposit accounts from which loans of a product are paid, and lines of credit that they are on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ProductLinking)]
pub(crate) struct ProductLinking {
    /// Whether deposit accounts may be linked with loans.
    #[schema(required = false, default = false)]
    pub(crate) account_linking_enabled: bool,
    /// The only product whose accounts may be linked: key or id in, key out. Left out: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) linkable_savings_product_key: Option<String>,
    /// What the end of day takes from linked accounts: `FULL_DUE_AMOUNTS`, `PARTIAL_DUE_AMOUNTS` or
    /// `NO_AUTOMATED_TRANSFERS`.
    #[schema(required = false, default = "NO_AUTOMATED_TRANSFERS")]
    pub(crate) settlement_options: &'static str,
    /// Whether loans are put on lines of credit: `OPTIONAL`, `REQUIRED` or `NOT_REQUIRED`, which means that none is.
    #[schema(required = false, default = "OPTIONAL")]
    pub(crate) line_of_credit_requirement: &'static str,
}

/// How long money of fixed deposits and savings plans is kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::DepositTerm)]
pub(crate) struct DepositTerm {
    /// `DAYS`, `WEEKS`, `MONTHS` or `YEARS`.
    #[schema(required = false, default = "MONTHS")]
    pub(crate) term_unit: &'static str,
    /// Of terms for which nobody names a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_term_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_term_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_term_length: Option<u32>,
}

/// What a deposit product says of interest.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::DepositInterest)]
pub(crate) struct DepositInterest {
    #[schema(required = false)]
    pub(crate) interest_rate_settings: DepositRates,
    /// Of what is overdrawn; with `allowOverdraft` only. Left out: that costs nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) overdraft_interest_settings: Option<DepositRates>,
    /// Whether accounts may name a tax that is withheld of interest.
    #[schema(required = false, default = false)]
    pub(crate) withholding_tax_enabled: bool,
    /// `FIRST_DAY_OF_MONTH`, `EVERY_WEEK`, `EVERY_OTHER_WEEK`, `EVERY_MONTH`, `EVERY_3_MONTHS`,
    /// `ON_FIXED_DATES` or `ON_ACCOUNT_MATURITY`.
    #[schema(required = false, default = "FIRST_DAY_OF_MONTH")]
    pub(crate) interest_payment_point: &'static str,
    /// With `ON_FIXED_DATES` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) interest_payment_dates: Vec<PaymentDate>,
    /// How a year is counted, as of loan products.
    #[schema(required = false, default = "ACTUAL_365_FIXED")]
    pub(crate) days_in_year: &'static str,
}

/// Rates in percent a year.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::DepositRates)]
pub(crate) struct DepositRates {
    /// Of accounts that name none. Left out: each names its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_interest_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_interest_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_interest_rate: Option<String>,
}

/// A day of every year; of a month that is shorter, its last one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::PaymentDate)]
pub(crate) struct PaymentDate {
    pub(crate) day_of_month: i8,
    pub(crate) month_of_year: i8,
}
