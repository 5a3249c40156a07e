//! Why the book says no. The caller's fault, never ours; each carries the figures.

use jiff::civil::Date;

use crate::custom_field::refusal::CustomFieldRefusal;
use crate::ids::Key;
pub use crate::journal::refusal::JournalRefusal;
pub use crate::loan::refusal_dynamic::{DynamicRefusal, TrancheRefusal};
pub use crate::loan::refusal_terms::TermsRefusal;
use crate::organization::ChannelField;
use crate::party::ClientState;
pub use crate::savings::refusal::SavingsRefusal;

pub use access::AccessRefusal;
pub use charge::ChargeRefusal;
pub use custom_payment::CustomPaymentRefusal;
pub use line_of_credit::LineRefusal;
pub use market::MarketRefusal;
pub use paper::PaperRefusal;
pub use party::PartyRefusal;
pub use protect::ProtectRefusal;
pub use refinance::RefinanceRefusal;
pub use restructure::RestructureRefusal;
pub use revolving::RevolvingRefusal;
pub use schedule::ScheduleRefusal;
pub use security::SecurityRefusal;
pub use write_off::WriteOffRefusal;

mod access;
mod charge;
mod custom_payment;
mod line_of_credit;
mod market;
mod paper;
mod party;
mod protect;
mod refinance;
mod restructure;
mod revolving;
mod schedule;
mod security;
mod write_off;

/// A command that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{command} is not possible while the loan is {state}")]
    WrongState { command: &'static str, state: &'static str },
    #[error("repayments are not accepted while the loan is {state}")]
    WrongStateForRepayment { state: &'static str },
    #[error("the loan is already {state}")]
    AlreadyInState { state: &'static str },
    #[error("the loan is not locked")]
    NotLocked,
    #[error("amount \"{value}\" is not possible: {reason}")]
    InvalidAmount { value: String, reason: String },
    #[error("amount {value} is outside what the product allows ({bounds})")]
    AmountOutsideProduct { value: String, bounds: String },
    #[error("interest rate \"{value}\" is not possible: {reason}")]
    InvalidInterestRate { value: String, reason: String },
    #[error("{value} installments are not possible: {reason}")]
    InvalidInstallmentCount { value: String, reason: String },
    #[error("a grace period of {value} installments is not possible: {reason}")]
    InvalidGracePeriod { value: u32, reason: String },
    #[error("an arrears tolerance of {value} days is outside what the product allows ({bounds})")]
    InvalidArrearsTolerance { value: u32, bounds: String },
    #[error("the product has no default arrears tolerance and the loan names none")]
    MissingArrearsTolerance,
    #[error("a principal repayment interval of {value} is not possible")]
    InvalidPrincipalRepaymentInterval { value: u32 },
    #[error("the repayment period {value} contradicts the product's {product}")]
    RepaymentPeriodNotAllowed { value: String, product: String },
    #[error("neither the product nor the loan says every how many {missing} repayments are made")]
    MissingRepaymentPeriod { missing: &'static str },
    #[error("the repayment period unit is missing")]
    MissingRepaymentPeriodUnit,
    #[error("first repayment date {first_due_date} is not after the disbursement on {disbursed_on}")]
    FirstDueDateBeforeDisbursement { first_due_date: Date, disbursed_on: Date },
    #[error("first repayment date {value} is not possible: {reason}")]
    InvalidFirstDueDate { value: String, reason: String },
    #[error("due day {value} is not possible: {reason}")]
    InvalidDueDay { value: i64, reason: String },
    #[error("maturity date {value} is not possible: {reason}")]
    InvalidLastDueDate { value: Date, reason: String },
    #[error("a capitalized fee of \"{value}\" is not possible: {reason}")]
    InvalidCapitalizedFee { value: String, reason: String },
    #[error(transparent)]
    Terms(#[from] TermsRefusal),
    #[error("the terms give no schedule: {reason}")]
    ImpossibleSchedule { reason: String },
    #[error("the product \"{value}\" does not exist")]
    UnknownProduct { value: String },
    #[error("the product {id} is not active")]
    InactiveProduct { id: String },
    #[error("the product {id} is not offered to {holder}")]
    ProductNotForHolder { id: String, holder: &'static str },
    #[error("the product {id} is not offered in that branch")]
    ProductNotInBranch { id: String },
    #[error("the loan purpose \"{value}\" does not exist")]
    UnknownPurpose { value: String },
    #[error("a term of {value} is not possible: {reason}")]
    InvalidTerm { value: i64, reason: String },
    #[error("a protect fee of \"{value}\" percent is not possible: {reason}")]
    InvalidProtectFee { value: String, reason: String },
    #[error("{command} is not possible while the application is {stage}")]
    WrongApplicationStage { command: &'static str, stage: &'static str },
    #[error("the account holder \"{value}\" does not exist")]
    UnknownHolder { value: String },
    #[error("the client is {state:?} and may not open accounts")]
    HolderMayNotBorrow { state: ClientState },
    #[error("the client state cannot go from {from:?} to {to:?}")]
    ClientStateTransition { from: ClientState, to: ClientState },
    #[error("the client has active loans and cannot become {to:?}")]
    ClientHasActiveLoans { to: ClientState },
    #[error("{field} is missing")]
    MissingField { field: &'static str },
    #[error("birth date {birth_date} is after the business date {business_date}")]
    BirthDateInTheFuture { birth_date: Date, business_date: Date },
    #[error("the id \"{value}\" is not possible")]
    InvalidId { value: String },
    #[error("no id could be drawn that is not in use")]
    NoFreeId,
    #[error("the id \"{value}\" is already in use")]
    IdInUse { kind: IdKind, value: String },
    #[error("the branch {key} does not exist")]
    UnknownBranch { key: Key },
    #[error("the centre {key} does not exist")]
    UnknownCentre { key: Key },
    #[error("the centre {key} does not belong to that branch")]
    CentreNotInBranch { key: Key },
    #[error("the user {key} does not exist")]
    UnknownUser { key: Key },
    #[error("the transaction channel \"{value}\" does not exist")]
    UnknownChannel { value: String },
    #[error("the transaction channel {id} is not active")]
    InactiveChannel { id: String },
    #[error("the transaction channel {id} does not take this")]
    OutsideChannelLimits { id: String },
    #[error("the transaction channel {id} takes no {field:?}")]
    FieldNotOfChannel { id: String, field: ChannelField },
    #[error("{command} on {value_date} is after the business date {business_date}")]
    DateInTheFuture { command: &'static str, value_date: Date, business_date: Date },
    #[error("{value_date} is before the disbursement on {disbursed_on}")]
    BeforeDisbursement { value_date: Date, disbursed_on: Date },
    #[error("{value_date} is before transaction {transaction_id} of {later}")]
    BeforeOtherTransaction { value_date: Date, transaction_id: i64, later: Date },
    #[error("transaction {later} was made after transaction {original} and stands in its way")]
    LaterTransactionExists { original: i64, later: i64 },
    #[error("{value_date} lies in a closed accounting period, which ends on {closed_through}")]
    ClosedPeriod { value_date: Date, closed_through: Date },
    #[error("repayment {amount} is more than the outstanding {outstanding}")]
    ExcessRepayment { amount: String, outstanding: String },
    #[error("repayment {amount} is more than the due {due} and the product takes no prepayments")]
    PrepaymentNotAllowed { amount: String, due: String },
    #[error("there is nothing to repay")]
    NothingToRepay,
    #[error(transparent)]
    CustomPayment(#[from] CustomPaymentRefusal),
    #[error(transparent)]
    Dynamic(#[from] DynamicRefusal),
    #[error(transparent)]
    Tranches(#[from] TrancheRefusal),
    #[error("the product does not allow arbitrary fees")]
    ArbitraryFeeNotAllowed,
    #[error(transparent)]
    Charge(#[from] ChargeRefusal),
    #[error("the number of the installment is missing")]
    MissingInstallmentNumber,
    #[error("there is no installment {number}")]
    UnknownInstallment { number: u32 },
    #[error("installment {number} is paid already")]
    InstallmentPaid { number: u32 },
    #[error(transparent)]
    Schedule(ScheduleRefusal),
    #[error(transparent)]
    Restructure(RestructureRefusal),
    #[error(transparent)]
    WriteOff(WriteOffRefusal),
    #[error(transparent)]
    Revolving(RevolvingRefusal),
    #[error(transparent)]
    Security(SecurityRefusal),
    #[error(transparent)]
    Savings(#[from] SavingsRefusal),
    #[error(transparent)]
    Paper(#[from] PaperRefusal),
    #[error(transparent)]
    Journal(#[from] JournalRefusal),
    #[error(transparent)]
    Party(#[from] PartyRefusal),
    #[error(transparent)]
    Line(#[from] LineRefusal),
    #[error(transparent)]
    Market(#[from] MarketRefusal),
    #[error(transparent)]
    CustomField(CustomFieldRefusal),
    #[error("there is no accrued interest to apply by {value_date}")]
    NoAccruedInterest { value_date: Date },
    #[error("all interest was applied on disbursement")]
    InterestAppliedOnDisbursement,
    #[error("the interest of transaction {transaction_id} was applied by the disbursement and goes with it")]
    InterestOfDisbursement { transaction_id: i64 },
    #[error("the loan has an outstanding balance of {outstanding}")]
    BalanceRemains { outstanding: String },
    #[error("transaction {transaction_id} does not exist")]
    UnknownTransaction { transaction_id: i64 },
    #[error("transaction {transaction_id} belongs to another account")]
    TransactionOfAnotherAccount { transaction_id: i64 },
    #[error("transaction {transaction_id} was reversed already")]
    AlreadyReversed { transaction_id: i64 },
    #[error("transaction {transaction_id} cannot be reversed this way")]
    WrongKindOfTransaction { transaction_id: i64 },
    #[error("transaction {transaction_id} cannot be reversed")]
    Irreversible { transaction_id: i64 },
    #[error("the loan has transactions")]
    HasTransactions,
    #[error("{field} cannot be changed while the loan is {state}")]
    FieldNotEditable { field: &'static str, state: &'static str },
    #[error("the permission {permission} is needed")]
    NotPermitted { permission: String },
    #[error(transparent)]
    Access(AccessRefusal),
    #[error("{field} is not possible: its bounds are not in order, or it does not go with the rest")]
    ContradictingProduct { field: &'static str },
    #[error("the record was changed meanwhile")]
    ChangedMeanwhile,
    #[error("nobody is known here as \"{value}\"")]
    UnknownSubject { value: String },
    #[error("no loan \"{value}\" was reported")]
    UnknownReportedLoan { value: String },
    #[error("loan \"{loan_id}\" has {most} payments already")]
    TooManyPayments { loan_id: String, most: usize },
    #[error("\"{value}\" cannot be linked to itself")]
    LinkedToItself { value: String },
    #[error("\"{value}\" is itself linked to another loan; link to that one")]
    LinkedFurther { value: String },
    #[error("{0} is not among what this version supports")]
    NotSupported(String),
    #[error("the business date is {business_date} and cannot go back to {wanted}")]
    BusinessDateGoesForward { business_date: Date, wanted: Date },
}

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdKind {
    Loan,
    Client,
    Group,
    Record,
    /// A deposit account.
    Savings,
    LineOfCredit,
    /// The second name of a reported subject, in its organization.
    Subject,
    /// The id of a reported loan, in its organization.
    ReportedLoan,
    /// The value of a custom field that no two owners share, in its field.
    CustomValue,
}
