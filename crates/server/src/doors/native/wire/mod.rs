//! What this door shows. What it takes has the same members, and is read by `members`.

use serde::Serialize;
use utoipa::ToSchema;

mod business;
mod calendar;
mod command;
mod consumer;
mod custom_field;
mod day;
mod explain;
mod ledger;
mod loan;
mod loan_command;
mod marketplace;
mod organization;
mod outside;
mod papers;
mod partner;
mod party;
mod product;
mod product_rules;
mod quote;
mod rights;
mod savings;

pub(super) use business::{Business, BusinessKeys, Rotation};
pub(super) use calendar::{Holiday, IndexRate, IndexRateSource, PortfolioSettings, Settings};
pub(super) use command::{
    ChangedRepayment, CommandDone, CommandPreview, JournalTransfer, LoanMovement, PaidPart, PaymentRefused,
    PaymentResult, PaymentTaken,
};
pub(super) use consumer::{ApiConsumer, ApiKey, NewApiKey};
pub(super) use custom_field::{CustomField, CustomFieldSet, FieldRights, FieldSetting, SelectionOption};
pub(super) use day::{
    DayFailure, DayReport, DayStep, EndOfDay, EndOfDayProgress, EndOfDayReport, RunningDay,
};
pub(super) use explain::{
    ChangedFigure, Counting, ExplainedAnnuity, ExplainedPart, Explanation, LoanExplained, Ratio, TakenOff,
};
pub(super) use ledger::GlAccount;
pub(super) use loan::{LoanRepayment, LoanStanding, LoanView};
pub(super) use loan_command::{LoanCommand, LoanPayment};
pub(super) use marketplace::{BorrowerAccount, LoanPurpose, NewBorrowerAccount};
pub(super) use organization::{Address, Branch, Centre, TransactionChannel, User};
pub(super) use outside::{
    Deliveries, Delivery, Difference, Link, Person, ReconciledLoan, Reconciliation, Replay, Replayed,
    ReportedLoan, ServicedLoan, Subject, Target, Words,
};
pub(super) use papers::{AccountingClosure, RiskLevel, Template};
pub(super) use partner::{ApiClient, Lead, NewLead};
pub(super) use party::{ClientRole, DocumentTemplate, GroupRole, Label, PartySettings};
pub(super) use product::{
    AccountingRule, LoanProduct, ProductBranch, ProductInterest, ProductMarketplace, ProductPayments,
    ProductProtect, ProductSchedule, ProvisionRate, RuledAccount,
};
pub(super) use product_rules::{
    ArrearsSettings, InterestCommission, InterestRateSettings, InterestRateTier, PredefinedFee,
    PrincipalPaymentSettings, ProductCharges, ProductControls, ProductSecuritySettings, RedrawSettings,
};

pub(super) use quote::{AnnualRates, PayoffQuote};
pub(super) use rights::{Reach, Rights, Role};
pub(super) use savings::{
    DepositInterest, DepositRates, DepositTerm, PaymentDate, ProductLinking, SavingsProduct,
};

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::ErrorBody)]
pub(super) struct ErrorBody {
    pub(super) error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::ErrorDetail)]
pub(super) struct ErrorDetail {
    /// A name in snake_case that does not change between versions.
    #[schema(example = "not_supported")]
    pub(super) code: String,
    /// A sentence for people, with the figures.
    pub(super) message: String,
    /// The member that is at fault, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) field: Option<String>,
}

/// The day that the book is on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::BusinessDate)]
pub(super) struct BusinessDate {
    #[schema(format = Date, example = "2024-01-31")]
    pub(super) business_date: String,
}
