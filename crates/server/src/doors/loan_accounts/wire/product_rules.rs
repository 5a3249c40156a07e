//! The objects inside a LoanProduct and a LoanAccount that carry rules (contract §2.2, §4.1, §4.3).

use serde::Serialize;
use utoipa::ToSchema;

use super::custom_field::CustomFieldValue;
use super::values::{Day, EncodedKey, Money, Percent};

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InterestRateTier {
    pub(crate) index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ending_balance: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ending_day: Option<u32>,
    pub(crate) interest_rate: Percent,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductArrearsSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_tolerance_period: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_tolerance_period: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_tolerance_period: Option<u32>,
    #[serde(flatten)]
    pub(crate) rules: ArrearsRules,
}

/// The arrears settings of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArrearsSettings {
    pub(crate) tolerance_period: u32,
    #[serde(flatten)]
    pub(crate) rules: ArrearsRules,
}

/// What products and accounts say of arrears besides the days.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArrearsRules {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) monthly_tolerance_day: Option<u8>,
    pub(crate) tolerance_calculation_method: &'static str,
    pub(crate) date_calculation_method: &'static str,
    pub(crate) non_working_days_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tolerance_floor_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tolerance_percentage_of_outstanding_principal: Option<Percent>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedrawSettings {
    pub(crate) allow_redraw: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PredefinedFee<'a> {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) percentage_amount: Option<Percent>,
    pub(crate) amount_calculation_method: &'static str,
    pub(crate) trigger: &'static str,
    pub(crate) fee_application: &'static str,
    pub(crate) active: bool,
    pub(crate) amortization_profile: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecuritySettings {
    pub(crate) is_guarantors_enabled: bool,
    pub(crate) is_collateral_enabled: bool,
    pub(crate) is_investor_funds_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) required_guaranties: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) required_investor_funds: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) funder_interest_commission_allocation_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) organization_interest_commission: Option<Commission>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) funder_interest_commission: Option<Commission>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lock_funds_at_approval: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Commission {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_value: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_value: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_value: Option<Percent>,
}

/// What a product allows for the bills of revolving credit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrincipalPaymentBounds {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_percentage: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_percentage: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_percentage: Option<Percent>,
    #[serde(flatten)]
    pub(crate) rules: PrincipalPaymentRules,
}

/// What an account agreed for its bills.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrincipalPaymentSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) percentage: Option<Percent>,
    #[serde(flatten)]
    pub(crate) rules: PrincipalPaymentRules,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrincipalPaymentRules {
    pub(crate) principal_payment_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principal_ceiling_value: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principal_floor_value: Option<Money>,
    pub(crate) include_interest_in_floor_amount: bool,
    pub(crate) include_fees_in_floor_amount: bool,
}

/// One payment of a payment plan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlannedPayment {
    pub(crate) index: u32,
    pub(crate) pmt: Money,
    pub(crate) ending_installment_position: u32,
    pub(crate) loan_account_encoded_key: EncodedKey,
}

/// What stands in for a loan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Guarantee<'a> {
    pub(crate) encoded_key: EncodedKey,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guarantor_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guarantor_type: Option<&'static str>,
    /// The deposit account that keeps the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) savings_account_key: Option<EncodedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asset_name: Option<&'a str>,
    pub(crate) amount: Money,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) custom_field_values: Vec<CustomFieldValue<'a>>,
}

/// An investor's money in a loan. The last two members are Loam's own: what came back so far.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fund {
    pub(crate) encoded_key: EncodedKey,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) savings_account_key: EncodedKey,
    pub(crate) amount: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_commission: Option<Percent>,
    pub(crate) state: &'static str,
    pub(crate) principal_repaid: Money,
    pub(crate) interest_earned: Money,
}

/// A part of a loan that is paid out on its own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tranche {
    pub(crate) encoded_key: EncodedKey,
    pub(crate) index: u32,
    pub(crate) amount: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected_disbursement_date: Option<Day>,
    /// Absent until it is paid out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disbursement_transaction_key: Option<EncodedKey>,
}
