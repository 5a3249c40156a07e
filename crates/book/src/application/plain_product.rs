//! A loan product of which only what the marketplace needs is said: equal installments once a month, 30/360, late from
//! the first day.

use jiff::Timestamp;
use loam_calc::allocation::{AllocationOrder, Component};
use loam_calc::calendar::PeriodUnit;
use loam_calc::currency::Currency;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::NonWorkingDays;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder};

use crate::ids::Key;
use crate::product::linking::LinkingRules;
use crate::product::{
    AccountingMethod, GracePeriodType, IdPattern, InitialState, InterestApplication, MarketplaceTerms,
    PaymentMethod, PrepaymentAcceptance, Product, ProductDueDates, ProductType, Range,
};

/// What is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainProduct {
    /// The id by which applications name it.
    pub id: String,
    pub name: String,
    pub currency: Currency,
    pub amount: Range<Amount>,
    pub interest_rate: Range<Rate>,
    pub installments: Range<u32>,
    pub marketplace: MarketplaceTerms,
}

/// Ids of loans that are no application's.
const ID_PATTERN: &str = "@@@@###";

impl PlainProduct {
    /// The whole product.
    pub fn to_product(&self, key: Key, at: Timestamp) -> Product {
        let order = [Component::Fee, Component::Penalty, Component::Interest, Component::Principal];
        let none = Range { min: None, default: Some(0), max: None };
        Product {
            key,
            id: self.id.clone(),
            version: 1,
            name: self.name.clone(),
            description: None,
            product_type: ProductType::FixedTermLoan,
            is_active: true,
            for_individuals: true,
            for_groups: false,
            for_hybrid_groups: false,
            branches: Vec::new(),
            currency: self.currency,
            amount: self.amount,
            interest_rate: self.interest_rate,
            installments: self.installments,
            grace_period: Range::OPEN,
            grace_period_type: GracePeriodType::None,
            interest_method: InterestMethod::DecliningBalanceDiscounted,
            charge_frequency: ChargeFrequency::Annualized,
            day_count: DayCount::ThirtyE360,
            days_method: DaysMethod::RepaymentPeriodicity,
            interest_application: InterestApplication::OnRepayment,
            due_dates: ProductDueDates::Interval { count: Some(1), unit: Some(PeriodUnit::Months) },
            non_working_days: NonWorkingDays::None,
            first_due_date_offset_days: Range::OPEN,
            principal_repayment_interval: 1,
            remainder: Remainder::None,
            installment_rounding: InstallmentRounding::None,
            rounding: Rounding::HalfUp,
            payment_method: PaymentMethod::Horizontal,
            allocation_order: AllocationOrder::try_new(order).expect("each stands there once"),
            prepayment: PrepaymentAcceptance::AcceptPrepayments,
            arrears_tolerance_days: none,
            allows_arbitrary_fees: false,
            accounting: AccountingMethod::Accrual,
            accounting_rules: Default::default(),
            accrual_posting: Default::default(),
            suspense_after_days: None,
            provision_rates: Vec::new(),
            id_pattern: IdPattern::Random(ID_PATTERN.to_owned()),
            initial_state: InitialState::PendingApproval,
            marketplace: self.marketplace,
            max_tranches: None,
            amortization: Default::default(),
            interest_rules: Default::default(),
            payment_rules: Default::default(),
            charges: Default::default(),
            controls: Default::default(),
            securities: Default::default(),
            revolving: None,
            linking: LinkingRules::default(),
            created_at: at,
            last_modified_at: at,
        }
    }
}
