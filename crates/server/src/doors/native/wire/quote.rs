//! What pays a loan off, and what it costs in a year.

use serde::Serialize;
use utoipa::ToSchema;

/// What pays a loan off on a day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::PayoffQuote)]
pub(crate) struct PayoffQuote {
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    #[schema(format = Date)]
    pub(crate) on: String,
    pub(crate) currency_code: &'static str,
    /// Everything together: a repayment of this on that day closes the loan, if nothing happens before.
    pub(crate) amount: String,
    pub(crate) principal: String,
    pub(crate) interest: String,
    pub(crate) fees: String,
    pub(crate) penalty: String,
}

/// What a loan costs in a year, fees included.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::AnnualRates)]
pub(crate) struct AnnualRates {
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) currency_code: &'static str,
    /// The day on which the credit begins: of the disbursement, or the expected one.
    #[schema(format = Date)]
    pub(crate) begins_on: String,
    /// What the borrower gets.
    pub(crate) advanced: String,
    /// What the borrower pays by the schedule, everything together.
    pub(crate) paid_back: String,
    /// Percent, by Regulation Z (actuarial method); left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) annual_percentage_rate: Option<String>,
    /// Percent, by directive 2008/48/EC; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) annual_percentage_rate_of_charge: Option<String>,
    /// Percent: the nominal rate of a year, compounded with every installment; left out where the rate
    /// is not charged by the year, or installments are no equal parts of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) effective_interest_rate: Option<String>,
    /// Why a rate is left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reasons: Vec<String>,
}
