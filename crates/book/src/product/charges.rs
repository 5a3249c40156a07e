//! Fees, penalties and taxes of a product.

use std::collections::HashSet;

use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::product::Range;

/// What makes a fee due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FeeTrigger {
    /// Somebody charges it.
    Manual,
    /// Kept from what is paid out.
    Disbursement,
    /// Added to the principal when the loan is paid out.
    CapitalizedDisbursement,
    /// Owed from the disbursement on, with the first installment.
    UpfrontDisbursement,
    /// An installment went late.
    LateRepayment,
    /// With each installment.
    PaymentDue,
}

/// How much a fee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FeeCalculation {
    Flat,
    LoanAmountPercentage,
    RepaymentPrincipalAmountPercentage,
    /// Of the interest of the installment.
    RepaymentInterestAmountPercentage,
    /// Of the principal and the interest of the installment.
    RepaymentAmountPercentage,
    LoanAmountPercentageNumberOfInstallments,
    FlatNumberOfInstallments,
}

/// How the income of a fee is spread over the loan's life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FeeAmortization {
    #[default]
    None,
    SumOfYearsDigits,
    StraightLine,
    EffectiveInterestRate,
}

/// A fee that a product names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductFee {
    pub key: Key,
    pub name: String,
    pub trigger: FeeTrigger,
    pub calculation: FeeCalculation,
    /// Of flat calculations; `None` leaves it to whoever charges it.
    pub amount: Option<Amount>,
    /// Of percentages.
    pub percentage: Option<Rate>,
    pub is_required: bool,
    pub is_active: bool,
    #[serde(default)]
    pub amortization: FeeAmortization,
}

/// On what penalties are charged, and from when the rate counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PenaltyMethod {
    #[default]
    None,
    /// Per day, on overdue principal.
    OverdueBalance,
    /// Per day, on overdue principal and interest.
    OverdueBalanceAndInterest,
    /// In the frequency of the interest rate, on outstanding principal.
    OutstandingPrincipal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PenaltyRules {
    pub method: PenaltyMethod,
    pub rate: Range<Rate>,
    /// Days late before a penalty is applied; it is counted from the due date all the same.
    pub tolerance_days: u32,
}

impl Default for PenaltyRules {
    fn default() -> PenaltyRules {
        PenaltyRules { method: PenaltyMethod::None, rate: Range::OPEN, tolerance_days: 0 }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaxMethod {
    /// The tax is part of what is charged.
    #[default]
    Inclusive,
    /// The tax comes on top.
    Exclusive,
}

/// Taxes on what the lender earns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaxRules {
    pub on_interest: bool,
    pub on_fees: bool,
    pub on_penalties: bool,
    pub method: TaxMethod,
    pub rate: Option<Rate>,
}

/// All charges of a product besides interest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChargeRules {
    pub fees: Vec<ProductFee>,
    pub penalty: PenaltyRules,
    pub tax: TaxRules,
    /// Whether an installment that is paid takes charges: it is owed again then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub on_paid_installments: bool,
}

/// The longest penalty tolerance: a hundred years.
const MAX_TOLERANCE_DAYS: u32 = 36_500;

impl ChargeRules {
    /// Whether a fee is charged when a loan is paid out.
    pub fn has_disbursement_fees(&self) -> bool {
        self.fees.iter().any(|fee| fee.trigger.is_of_disbursement())
    }

    /// Whether a fee is added to the principal.
    pub fn adds_to_principal(&self) -> bool {
        self.fees.iter().any(|fee| fee.trigger == FeeTrigger::CapitalizedDisbursement)
    }

    /// The name of the first figure that is not possible.
    pub fn contradiction(&self) -> Option<&'static str> {
        let keys: HashSet<Key> = self.fees.iter().map(|fee| fee.key).collect();
        let tax = &self.tax;
        let is_taxed = tax.on_interest || tax.on_fees || tax.on_penalties;
        let pairs = [
            (keys.len() == self.fees.len() && self.fees.iter().all(ProductFee::is_possible), "loanFees"),
            (self.penalty.rate.is_ordered(), "defaultPenaltyRate"),
            (self.penalty.tolerance_days <= MAX_TOLERANCE_DAYS, "loanPenaltyGracePeriod"),
            (!is_taxed || tax.rate.is_some_and(|rate| rate <= Rate::from_ratio(1, 1)), "taxRate"),
        ];
        pairs.into_iter().find(|(holds, _)| !holds).map(|(_, field)| field)
    }
}

impl FeeTrigger {
    /// Whether such a fee is charged when the loan is paid out.
    pub fn is_of_disbursement(self) -> bool {
        match self {
            FeeTrigger::Disbursement
            | FeeTrigger::CapitalizedDisbursement
            | FeeTrigger::UpfrontDisbursement => true,
            FeeTrigger::Manual | FeeTrigger::LateRepayment | FeeTrigger::PaymentDue => false,
        }
    }
}

impl FeeCalculation {
    /// Whether it is a share of what the installment asks for.
    pub fn is_of_installment(self) -> bool {
        match self {
            FeeCalculation::RepaymentPrincipalAmountPercentage
            | FeeCalculation::RepaymentInterestAmountPercentage
            | FeeCalculation::RepaymentAmountPercentage => true,
            FeeCalculation::Flat
            | FeeCalculation::LoanAmountPercentage
            | FeeCalculation::LoanAmountPercentageNumberOfInstallments
            | FeeCalculation::FlatNumberOfInstallments => false,
        }
    }
}

impl ProductFee {
    /// What the book charges by itself has a defined amount; what no installment carries is no
    /// share of an installment.
    fn is_possible(&self) -> bool {
        let is_share = match self.calculation {
            FeeCalculation::Flat | FeeCalculation::FlatNumberOfInstallments => false,
            FeeCalculation::LoanAmountPercentage
            | FeeCalculation::RepaymentPrincipalAmountPercentage
            | FeeCalculation::RepaymentInterestAmountPercentage
            | FeeCalculation::RepaymentAmountPercentage
            | FeeCalculation::LoanAmountPercentageNumberOfInstallments => true,
        };
        let is_defined = if is_share { self.percentage.is_some() } else { self.amount.is_some() };
        let of_installment = self.calculation.is_of_installment();
        let is_positive = self.amount.is_none_or(Amount::is_positive);
        let fits = match self.trigger {
            FeeTrigger::Manual => true,
            FeeTrigger::Disbursement
            | FeeTrigger::CapitalizedDisbursement
            | FeeTrigger::UpfrontDisbursement => !of_installment,
            FeeTrigger::LateRepayment | FeeTrigger::PaymentDue => is_defined,
        };
        is_positive && fits
    }
}
