//! The contract's own names. Not here: what they mean.

use serde::Serialize;
use utoipa::ToSchema;

mod analytics;
mod client;
mod loan;
mod report;
mod values;

pub(super) use analytics::{
    ClientsOfPeriod, LoanStats, PercentageChange, PercentageChanges, SettlementStats, SettlementsOfPeriod,
    Stats,
};
pub(super) use client::{Client, CreditInfo, CreditReason};
pub(super) use loan::{DerivedInstallment, DerivedLoan, Installment, Loan, Money, Tenure};
pub(super) use report::{
    AmountReport, ClientReport, InstallmentReport, LoanReport, NewClient, TenureReport, described,
};
pub(super) use values::{Decimal, Instant, Local};

/// Every success.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::Success)]
pub(super) struct Success<T> {
    #[schema(example = true)]
    pub(super) success: bool,
    /// The status of the answer.
    #[schema(example = 200)]
    pub(super) status_code: u16,
    #[schema(example = "Client data updated successfully!")]
    pub(super) message: &'static str,
    pub(super) data: T,
    /// Always empty.
    #[schema(value_type = Vec<String>)]
    pub(super) links: [(); 0],
}

/// Every refusal and every failure.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::Failure)]
pub(super) struct Failure {
    #[schema(example = false)]
    pub(super) success: bool,
    /// The status of the answer.
    #[schema(example = 400)]
    pub(super) status_code: u16,
    /// The first problem.
    pub(super) message: String,
    /// Always null.
    #[schema(value_type = Option<Object>)]
    pub(super) data: (),
    /// Always empty.
    #[schema(value_type = Vec<String>)]
    pub(super) links: [(); 0],
    /// All problems with what was sent, in the order of the contract's table. Not in the contract.
    pub(super) errors: Vec<Problem>,
}

/// Something that is wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = repayment_data::Problem)]
pub(super) struct Problem {
    #[schema(example = "installmentRepayments[0].amountDue.currency")]
    pub(super) field: String,
    pub(super) message: String,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = repayment_data::Listed)]
pub(super) struct Listed<T> {
    pub(super) docs: Vec<T>,
    pub(super) pagination: Pagination,
}

/// Where in a list a page stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = repayment_data::Pagination)]
pub(super) struct Pagination {
    pub(super) total_docs: i64,
    pub(super) per_page: i64,
    /// At least 1.
    pub(super) total_pages: i64,
    pub(super) current_page: i64,
    /// The number of the first document of the page in the whole list.
    pub(super) serial_no: i64,
    pub(super) has_prev_page: bool,
    pub(super) has_next_page: bool,
    pub(super) prev_page: Option<i64>,
    pub(super) next_page: Option<i64>,
}

/// What a telephone says about its owner. Loam collects none, so lists of them are empty.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = repayment_data::Phone)]
pub(super) struct Phone {}
