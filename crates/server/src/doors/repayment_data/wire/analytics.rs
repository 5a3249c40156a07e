//! Figures for a dashboard (contract §2.1).

use serde::Serialize;
use utoipa::ToSchema;

/// What there is, and how that changed in thirty days.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::Stats)]
pub(in super::super) struct Stats {
    pub(in super::super) total_clients: i64,
    /// Always 0.
    pub(in super::super) total_phone_data: i64,
    /// How many loans were reported.
    pub(in super::super) total_loan_data: i64,
    /// Rounded half up; 0 without a score.
    pub(in super::super) average_credit_score: i64,
    /// 0 without a score.
    pub(in super::super) highest_credit_score: i64,
    pub(in super::super) percentage_change: PercentageChanges,
}

/// Each figure beside the same figure without the clients of the last thirty days.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::PercentageChanges)]
pub(in super::super) struct PercentageChanges {
    pub(in super::super) total_clients: PercentageChange,
    pub(in super::super) total_phone_data: PercentageChange,
    pub(in super::super) total_loan_data: PercentageChange,
    pub(in super::super) average_credit_score: PercentageChange,
    pub(in super::super) highest_credit_score: PercentageChange,
}

/// How far a figure moved.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = repayment_data::PercentageChange)]
pub(in super::super) struct PercentageChange {
    /// Whole percent, never negative.
    pub(in super::super) change: i64,
    /// `increase`, `decrease` or `none`.
    pub(in super::super) direction: &'static str,
}

/// New clients by periods.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::LoanStats)]
pub(in super::super) struct LoanStats {
    /// `day`, `week`, `month` or `year`, by the length of the time that was asked about.
    pub(in super::super) time_format: &'static str,
    pub(in super::super) stats: Vec<ClientsOfPeriod>,
}

/// Clients that were created in one period.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::ClientsOfPeriod)]
pub(in super::super) struct ClientsOfPeriod {
    /// `2024-07-20`, `2024-W29`, `2024-07` or `2024`.
    pub(in super::super) time_unit: String,
    pub(in super::super) clients_with_loans: i64,
    pub(in super::super) clients_without_loans: i64,
}

/// Settled loans by periods.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::SettlementStats)]
pub(in super::super) struct SettlementStats {
    /// `day`, `week`, `month` or `year`, by the length of the time that was asked about.
    pub(in super::super) time_format: &'static str,
    pub(in super::super) stats: Vec<SettlementsOfPeriod>,
}

/// Loans that were settled in one period. Each loan is counted once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::SettlementsOfPeriod)]
pub(in super::super) struct SettlementsOfPeriod {
    /// `2024-07-20`, `2024-W29`, `2024-07` or `2024`.
    pub(in super::super) time_unit: String,
    /// By the last due date.
    pub(in super::super) settled_on_time: i64,
    /// 1 to 30 days after it.
    #[serde(rename = "settledLessThan30DaysLate")]
    pub(in super::super) settled_less_than_30_days_late: i64,
    /// 31 to 60 days.
    #[serde(rename = "settledMoreThan30DaysLate")]
    pub(in super::super) settled_more_than_30_days_late: i64,
    /// 61 to 90 days.
    #[serde(rename = "settledMoreThan60DaysLate")]
    pub(in super::super) settled_more_than_60_days_late: i64,
    /// More than 90 days.
    #[serde(rename = "settledMoreThan90DaysLate")]
    pub(in super::super) settled_more_than_90_days_late: i64,
}
