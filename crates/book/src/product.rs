//! Loan products: the template from which the terms of a loan are agreed.

use jiff::Timestamp;
use loam_calc::allocation::AllocationOrder;
use loam_calc::calendar::PeriodUnit;
use loam_calc::currency::Currency;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::{NonWorkingDays, ShortMonth};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder};
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::journal::provisions::ProvisionRate;
use crate::journal::rules::{AccountingRules, AccrualPosting};
use crate::loan::terms::is_default;

mod agreeable;
pub mod charges;
pub mod controls;
pub mod interest;
pub mod linking;
pub mod payments;
pub mod securities;
mod serviced;

/// What a product allows for one figure. `None` sets no bound, or no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range<T> {
    pub min: Option<T>,
    pub default: Option<T>,
    pub max: Option<T>,
}

impl<T: PartialOrd + Copy> Range<T> {
    /// No bounds and no default.
    pub const OPEN: Range<T> = Range { min: None, default: None, max: None };

    /// Whether the product allows this figure.
    pub fn allows(&self, value: T) -> bool {
        self.min.is_none_or(|min| value >= min) && self.max.is_none_or(|max| value <= max)
    }

    /// Whether min, default and max stand in this order.
    pub fn is_ordered(&self) -> bool {
        self.default.is_none_or(|default| self.allows(default))
            && self.min.zip(self.max).is_none_or(|(min, max)| min <= max)
    }
}

/// What kind of loan a product makes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProductType {
    /// Interest is fixed when it is paid out.
    #[default]
    FixedTermLoan,
    /// Interest follows what is outstanding.
    DynamicTermLoan,
    InterestFreeLoan,
    TranchedLoan,
    RevolvingCredit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InitialState {
    PendingApproval,
    PartialApplication,
}

/// How the ids of a product's loans are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdPattern {
    /// `@` a letter, `#` a digit, `$` either; anything else stands for itself.
    Random(String),
    /// Counted up.
    Incremental,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InterestApplication {
    OnDisbursement,
    OnRepayment,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentMethod {
    /// Installment by installment.
    #[default]
    Horizontal,
    /// Component by component over the whole account.
    Vertical,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PrepaymentAcceptance {
    AcceptPrepayments,
    NoPrepayments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GracePeriodType {
    None,
    PayInterestOnly,
    InterestForgiveness,
}

/// On which days installments fall due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProductDueDates {
    /// Every so often; a product without count or unit leaves them to the loan.
    Interval {
        count: Option<u32>,
        unit: Option<PeriodUnit>,
    },
    FixedDaysOfMonth {
        days: Vec<u8>,
        short_month: ShortMonth,
    },
}

/// When income of a product's loans counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountingMethod {
    /// Nothing of the loans is booked.
    None,
    /// When it is paid.
    Cash,
    /// When it is owed.
    #[default]
    Accrual,
}

/// When on a day interest accrues.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DailyAccrual {
    /// In the morning, for the day before: an installment carries interest up to its due date.
    #[default]
    StartOfDay,
    /// In the evening, for the day itself: an installment may carry interest through its due date.
    EndOfDay,
}

/// What a product says about loans that are applied for in the marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MarketplaceTerms {
    /// The fee that is added to the amount applied for and kept at disbursement; at most 100 %.
    pub capitalized_fee_percent: Rate,
    pub daily_accrual: DailyAccrual,
    pub protect: ProtectRules,
    /// What one share of a loan is; without one, one of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denomination: Option<Amount>,
}

/// What a product says about protections that borrowers pay for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProtectRules {
    /// How many installments of a loan may be waived by partial claims; `None` sets no bound.
    pub maximum_installments: Option<u32>,
    /// The investors' share of the premium; at most all of it.
    pub investor_share: Rate,
    /// The premium is no part of the loan amount: it is charged with the first installment, and not kept.
    pub is_charged: bool,
    pub rebates: Rebates,
}

/// When investors get what was not earned of the lender's share of the premium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rebates {
    pub at_write_off: bool,
    pub at_refinance: bool,
    pub at_payoff: bool,
    /// Installments that were waived do not count as earned.
    pub ignores_waivers: bool,
}

/// A loan product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    pub key: Key,
    pub id: String,
    pub version: i64,
    pub name: String,
    pub description: Option<String>,
    pub product_type: ProductType,
    pub is_active: bool,
    pub for_individuals: bool,
    pub for_groups: bool,
    /// Groups whose members owe each for himself or herself: nobody opens such loans over a door.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_hybrid_groups: bool,
    /// Empty: offered in all branches.
    pub branches: Vec<Key>,
    pub currency: Currency,
    pub amount: Range<Amount>,
    pub interest_rate: Range<Rate>,
    pub installments: Range<u32>,
    pub grace_period: Range<u32>,
    pub grace_period_type: GracePeriodType,
    pub interest_method: InterestMethod,
    pub charge_frequency: ChargeFrequency,
    pub day_count: DayCount,
    pub days_method: DaysMethod,
    pub interest_application: InterestApplication,
    pub due_dates: ProductDueDates,
    pub non_working_days: NonWorkingDays,
    pub first_due_date_offset_days: Range<u32>,
    pub principal_repayment_interval: u32,
    pub remainder: Remainder,
    pub installment_rounding: InstallmentRounding,
    pub rounding: Rounding,
    pub payment_method: PaymentMethod,
    pub allocation_order: AllocationOrder,
    pub prepayment: PrepaymentAcceptance,
    pub arrears_tolerance_days: Range<u32>,
    pub allows_arbitrary_fees: bool,
    pub accounting: AccountingMethod,
    #[serde(default, skip_serializing_if = "AccountingRules::is_empty")]
    pub accounting_rules: AccountingRules,
    #[serde(default, skip_serializing_if = "is_default")]
    pub accrual_posting: AccrualPosting,
    /// Interest is in suspense while a loan is late for more than so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspense_after_days: Option<u32>,
    /// What is set aside by risk level; empty: what the levels say themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provision_rates: Vec<ProvisionRate>,
    pub id_pattern: IdPattern,
    pub initial_state: InitialState,
    #[serde(default)]
    pub marketplace: MarketplaceTerms,
    /// At most so many tranches; of a tranched loan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tranches: Option<u32>,
    #[serde(default)]
    pub amortization: payments::Amortization,
    #[serde(default)]
    pub interest_rules: interest::InterestRules,
    #[serde(default)]
    pub payment_rules: payments::PaymentRules,
    #[serde(default)]
    pub charges: charges::ChargeRules,
    #[serde(default)]
    pub controls: controls::ControlRules,
    #[serde(default)]
    pub securities: securities::SecurityRules,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revolving: Option<securities::RevolvingRules>,
    #[serde(default)]
    pub linking: linking::LinkingRules,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl Product {
    /// The name of the first figure whose bounds contradict each other.
    pub fn contradiction(&self) -> Option<&'static str> {
        let pairs = [
            (self.amount.is_ordered() && self.has_possible_amounts(), "loanAmount"),
            (self.interest_rate.is_ordered(), "interestRate"),
            (self.installments.is_ordered(), "numInstallments"),
            (self.grace_period.is_ordered(), "gracePeriod"),
            (self.first_due_date_offset_days.is_ordered(), "firstRepaymentDueDateOffset"),
            (self.arrears_tolerance_days.is_ordered(), "tolerancePeriod"),
            (self.principal_repayment_interval > 0, "defaultPrincipalRepaymentInterval"),
            (self.payment_method == PaymentMethod::Horizontal || self.is_dynamic(), "paymentMethod"),
            (self.marketplace.capitalized_fee_percent <= Rate::from_ratio(1, 1), "capitalizedFeePercent"),
            (self.marketplace.protect.investor_share <= Rate::from_ratio(1, 1), "investorSharePercent"),
            (self.marketplace.denomination.is_none_or(Amount::is_positive), "denomination"),
            (self.has_possible_provisions(), "provisioning"),
            (self.has_possible_ids(), "idPattern"),
            // What a product may say, and this version does not do yet.
            (self.is_type_serviced(), "loanProductType"),
            (self.are_interest_rules_serviced(), "interestRateSettings"),
            (self.are_payment_rules_serviced(), "prepaymentRecalculationMethod"),
            (self.securities.is_possible(), "productSecuritySettings"),
            (self.linking.has_possible_options(), "settlementOptions"),
            (self.linking.has_possible_product(), "linkableSavingsProductKey"),
        ];
        let broken = pairs.into_iter().find(|(holds, _)| !holds).map(|(_, field)| field);
        // The rate of a payment plan follows from its payments, whatever of them is a tax.
        let is_planned = self.amortization == payments::Amortization::PaymentPlan;
        let tax_on_top =
            self.charges.tax.on_interest && self.charges.tax.method == charges::TaxMethod::Exclusive;
        // A credit is drawn again and again: no disbursement of it is the first one.
        let is_drawn = self.product_type == ProductType::RevolvingCredit;
        broken
            .or_else(|| (is_planned && tax_on_top).then_some("taxCalculationMethod"))
            .or_else(|| (is_planned && self.charges.adds_to_principal()).then_some("loanFees"))
            .or_else(|| (is_drawn && self.charges.has_disbursement_fees()).then_some("loanFees"))
            .or_else(|| self.contradicts_capitalized_interest())
            .or_else(|| self.charges.contradiction())
            .or_else(|| self.controls.contradiction())
            .or_else(|| self.contradicting_agreement())
    }

    /// Whether no loan of less than nothing could be asked for.
    fn has_possible_amounts(&self) -> bool {
        [self.amount.min, self.amount.default, self.amount.max]
            .iter()
            .flatten()
            .all(|amount| !amount.is_negative())
    }

    /// Whether each level has one rate, of all that is lent at most.
    fn has_possible_provisions(&self) -> bool {
        let mut levels: Vec<Key> = self.provision_rates.iter().map(|rate| rate.level).collect();
        levels.sort_unstable();
        levels.dedup();
        levels.len() == self.provision_rates.len()
            && self.provision_rates.iter().all(|is| is.rate <= Rate::from_ratio(1, 1))
    }
}
