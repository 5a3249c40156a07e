//! How this vendor says no: `{"returnCode", "returnStatus", "errorSource"?}`.
//!
//! Refusals of the book become return codes in one exhaustive match.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loam_app::error::{AppError, StoreError};
use loam_book::loan::refusal::{ChargeRefusal, CustomPaymentRefusal, IdKind, Refusal, WriteOffRefusal};
use serde::Serialize;

use crate::auth::Denied;
use crate::body::BodyError;

use super::dynamic_codes::{of_dynamic, of_tranches};
use super::reply;
use super::return_codes::ReturnCode;
use super::translate::movement::channel_field;

/// A no, with the field that is at fault where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DoorError {
    code: ReturnCode,
    status: StatusCode,
    source: Option<Cow<'static, str>>,
}

/// The body of every error, and of a success that shows nothing.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status<'a> {
    return_code: u16,
    #[schema(value_type = String)]
    return_status: ReturnCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_source: Option<&'a str>,
}

impl Status<'static> {
    pub(super) const SUCCESS: Status<'static> =
        Status { return_code: 0, return_status: ReturnCode::Success, error_source: None };
}

impl DoorError {
    pub(super) fn new(code: ReturnCode) -> DoorError {
        DoorError { code, status: code.status(), source: None }
    }

    /// A no because of one field or parameter.
    pub(super) fn at(code: ReturnCode, source: impl Into<Cow<'static, str>>) -> DoorError {
        DoorError { source: Some(source.into()), ..DoorError::new(code) }
    }

    /// What the path names does not exist.
    pub(super) fn not_found(code: ReturnCode) -> DoorError {
        DoorError { status: StatusCode::NOT_FOUND, ..DoorError::new(code) }
    }

    /// What is wrong is named in the path: there is no such thing.
    pub(super) fn of_path(self) -> DoorError {
        DoorError { status: StatusCode::NOT_FOUND, ..self }
    }

    /// What was not found is named in the body, not in the path.
    pub(super) fn of_body(self) -> DoorError {
        DoorError { status: self.code.status(), ..self }
    }

    /// The contract knows the operation, this version does not.
    pub(super) fn disabled(source: impl Into<Cow<'static, str>>) -> DoorError {
        DoorError::at(ReturnCode::FeatureDisabled, source)
    }

    /// The same, where `code` is told as `other`.
    pub(super) fn told_as(self, code: ReturnCode, other: ReturnCode) -> DoorError {
        if self.code == code { DoorError { code: other, status: other.status(), ..self } } else { self }
    }

    pub(super) fn code(&self) -> ReturnCode {
        self.code
    }

    #[cfg(test)]
    pub(super) fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }
}

impl IntoResponse for DoorError {
    fn into_response(self) -> Response {
        let body = Status {
            return_code: self.code.number(),
            return_status: self.code,
            error_source: self.source.as_deref(),
        };
        let mut response = reply::json(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"Loam\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl From<Denied> for DoorError {
    fn from(denied: Denied) -> DoorError {
        DoorError::new(match denied {
            Denied::Unreadable => ReturnCode::InvalidBasicAuthorization,
            Denied::Wrong => ReturnCode::InvalidCredentials,
            Denied::InactiveUser => ReturnCode::InactiveUser,
            Denied::Locked => ReturnCode::UserIsLocked,
            Denied::TooSoon => ReturnCode::ExcessiveInvalidRequests,
            Denied::Address => ReturnCode::InvalidIpAddress,
            Denied::Fault => ReturnCode::InternalError,
            Denied::NoApiAccess => ReturnCode::NoApiAccess,
        })
    }
}

impl From<BodyError> for DoorError {
    fn from(error: BodyError) -> DoorError {
        DoorError::new(match error {
            BodyError::TooLarge => ReturnCode::MaxFileSizeExceeded,
            BodyError::Broken => ReturnCode::InvalidParameters,
        })
    }
}

impl From<StoreError> for DoorError {
    fn from(error: StoreError) -> DoorError {
        match error {
            // The caller may simply ask again.
            StoreError::VersionConflict | StoreError::TryAgain(_) => {
                tracing::warn!(%error, "the store asked to try again");
                DoorError::new(ReturnCode::BlockingOperationInProgress)
            }
            StoreError::Duplicate(_) => DoorError::at(ReturnCode::DuplicateId, "id"),
            StoreError::Database(_) | StoreError::OutcomeUnknown(_) | StoreError::Unreadable(_) => {
                tracing::error!(%error, "the store failed");
                DoorError::new(ReturnCode::InternalError)
            }
        }
    }
}

impl From<AppError> for DoorError {
    fn from(error: AppError) -> DoorError {
        match error {
            AppError::Refused(refusal) => refusal.into(),
            AppError::AccountNotFound => DoorError::not_found(ReturnCode::InvalidLoanAccountId),
            AppError::SavingsNotFound => DoorError::not_found(ReturnCode::InvalidSavingsAccountId),
            AppError::GroupNotFound => DoorError::not_found(ReturnCode::InvalidGroupId),
            // No operation of this contract names an application.
            AppError::ApplicationNotFound | AppError::FundTransactionNotFound | AppError::ClientNotFound => {
                DoorError::not_found(ReturnCode::InvalidClientId)
            }
            AppError::IdempotencyKeyReused => DoorError {
                status: StatusCode::CONFLICT,
                ..DoorError::at(ReturnCode::InvalidParameters, "Idempotency-Key")
            },
            AppError::Quarantined | AppError::Broken(_) => {
                tracing::error!(%error, "a command could not be decided");
                DoorError::new(ReturnCode::InternalError)
            }
            AppError::Store(error) => error.into(),
            // Not the business saying no: clients may try again, and some do by themselves.
            AppError::Stopping => DoorError {
                status: StatusCode::SERVICE_UNAVAILABLE,
                ..DoorError::new(ReturnCode::InternalError)
            },
        }
    }
}

impl From<Refusal> for DoorError {
    fn from(refusal: Refusal) -> DoorError {
        tracing::info!(code = code_of(&refusal).number(), "refused");
        DoorError { source: source_of(&refusal), ..DoorError::new(code_of(&refusal)) }
    }
}

/// The return code of a refusal.
#[rustfmt::skip]
fn code_of(refusal: &Refusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        // Each of these has a table of its own.
        Refusal::Dynamic(refusal) => of_dynamic(refusal), Refusal::Tranches(refusal) => of_tranches(refusal),
        Refusal::Schedule(refusal) => schedule::code_of(refusal), Refusal::Restructure(refusal) => restructure::code_of(refusal),
        Refusal::Revolving(refusal) => revolving::code_of(refusal), Refusal::Security(refusal) => security::code_of(refusal),
        Refusal::CustomField(refusal) => custom_field::code_of(refusal), Refusal::Party(refusal) => party::code_of(refusal),
        Refusal::Access(refusal) => access::code_of(refusal), Refusal::Paper(refusal) => papers::code_of(refusal),
        Refusal::Terms(refusal) => terms::code_of(refusal), Refusal::Charge(refusal) => code_of_charge(refusal),
        Refusal::Savings(refusal) => savings::code_of(refusal), Refusal::Line(refusal) => line_of_credit::code_of(refusal), Refusal::Market(refusal) => market::code_of(refusal), Refusal::NotLocked => Code::AccountAlreadyUnlocked,
        Refusal::WrongState { command, .. } => code_of_wrong_state(command),
        Refusal::WrongStateForRepayment { .. } => Code::InvalidAccountStateForRepayments, Refusal::AlreadyInState { state } => code_of_state_reached(state),
        Refusal::InvalidAmount { .. } | Refusal::AmountOutsideProduct { .. } => Code::InvalidAmount,
        Refusal::InvalidInterestRate { .. } => Code::InvalidInterestRate,
        Refusal::InvalidInstallmentCount { .. } | Refusal::InvalidTerm { .. } => Code::InvalidInstallments,
        Refusal::InvalidGracePeriod { .. } => Code::InvalidGracePeriod,
        Refusal::InvalidArrearsTolerance { .. } => Code::ArrearsTolerancePeriodOutsideConstraints,
        Refusal::MissingArrearsTolerance => Code::RequiredArrearsTolerancePeriodMissing,
        Refusal::InvalidPrincipalRepaymentInterval { .. } => Code::InvalidPrincipalRepaymentInterval,
        Refusal::RepaymentPeriodNotAllowed { .. } => Code::RepaymentFrequencyNotAllowed,
        Refusal::MissingRepaymentPeriod { .. } => Code::MissingRepaymentPeriodCount,
        Refusal::MissingRepaymentPeriodUnit => Code::MissingRepaymentInterval,
        Refusal::FirstDueDateBeforeDisbursement { .. } => Code::FirstRepaymentDateBeforeExpectedDisbursementDate,
        Refusal::InvalidFirstDueDate { .. } => Code::InvalidFirstRepaymentDueDate,
        // Applications and reports are of other doors; this contract has no codes for them.
        Refusal::UnknownSubject { .. } | Refusal::UnknownReportedLoan { .. } | Refusal::TooManyPayments { .. } | Refusal::LinkedToItself { .. } | Refusal::LinkedFurther { .. }
        | Refusal::InvalidDueDay { .. } | Refusal::InvalidLastDueDate { .. } | Refusal::InvalidCapitalizedFee { .. } | Refusal::InvalidProtectFee { .. }
        | Refusal::UnknownPurpose { .. } | Refusal::WrongApplicationStage { .. } | Refusal::ImpossibleSchedule { .. } | Refusal::NotSupported(_)
        | Refusal::ContradictingProduct { .. } => Code::ParamsInconsistentWithProductRules,
        Refusal::UnknownProduct { .. } => Code::InvalidProductId,
        Refusal::InactiveProduct { .. } => Code::InvalidProductState,
        Refusal::ProductNotForHolder { .. } => Code::LoanProductMismatch,
        Refusal::ProductNotInBranch { .. } => Code::AccountProductBranchAvailabilityMismatch,
        Refusal::UnknownHolder { .. } => Code::AccountHolderNotFound,
        Refusal::HolderMayNotBorrow { .. } => Code::InvalidClientState,
        Refusal::ClientStateTransition { .. } => Code::InvalidClientStateTransition,
        Refusal::ClientHasActiveLoans { .. } => Code::ClientHasAccounts,
        Refusal::MissingField { field } => code_of_missing(field),
        Refusal::BirthDateInTheFuture { .. } => Code::InvalidBirthDate,
        Refusal::InvalidId { .. } => Code::InvalidId,
        Refusal::NoFreeId => Code::FailedToGenerateIdentifier,
        Refusal::IdInUse { kind, .. } => code_of_id_in_use(*kind),
        Refusal::UnknownBranch { .. } => Code::InvalidBranchKey, Refusal::UnknownCentre { .. } => Code::InvalidCentreKey,
        Refusal::CentreNotInBranch { .. } => Code::InconsistentCentreWithBranch,
        Refusal::UnknownUser { .. } => Code::InvalidCreditOfficerKey,
        Refusal::UnknownChannel { .. } => Code::InvalidTransactionTypeId, Refusal::InactiveChannel { .. } => Code::InactiveTransactionType, Refusal::OutsideChannelLimits { .. } => Code::TransactionIsNotWithinChannelConstraints,
        Refusal::FieldNotOfChannel { .. } => Code::InvalidFieldForTransactionType,
        Refusal::DateInTheFuture { command: "repay", .. } => Code::RepaymentDateInTheFutureError,
        Refusal::DateInTheFuture { .. } | Refusal::BeforeDisbursement { .. } | Refusal::BusinessDateGoesForward { .. } => Code::InvalidDate,
        Refusal::BeforeOtherTransaction { .. } => Code::EntryDateBeforeOtherTransaction,
        Refusal::LaterTransactionExists { .. } => Code::UnreversedTransactionLoggedAfterCurrentOne,
        Refusal::ClosedPeriod { .. } => Code::JournalEntryBeforeClosure,
        Refusal::ExcessRepayment { .. } => Code::ExcessRepaymentError, Refusal::PrepaymentNotAllowed { .. } => Code::PrepaymentNotAllowedError,
        Refusal::NothingToRepay => Code::CannotApplyRepaymentOnZeroBalanceAccount, Refusal::CustomPayment(refusal) => code_of_custom_payment(refusal),
        Refusal::Journal(refusal) => journal::code_of(refusal), Refusal::ArbitraryFeeNotAllowed => Code::ArbitraryFeeNotAllowed,
        Refusal::MissingInstallmentNumber => Code::MissingRepaymentNumber,
        Refusal::UnknownInstallment { .. } => Code::InvalidRepaymentNumber,
        Refusal::InstallmentPaid { .. } => Code::RepaymentWasFullyPaid,
        Refusal::WriteOff(refusal) => of_write_off(refusal),
        Refusal::NoAccruedInterest { .. } => Code::AccountHasNoAccruedInterest,
        Refusal::InterestAppliedOnDisbursement => Code::InterestAlreadyAppliedOnDisbursementAccount, Refusal::InterestOfDisbursement { .. } => Code::CannotReverseInterestOnDisbursement,
        Refusal::BalanceRemains { .. } => Code::AccountHasRemainingBalance,
        Refusal::UnknownTransaction { .. } => Code::InvalidTransactionId,
        Refusal::TransactionOfAnotherAccount { .. } => Code::TransactionIdAndAccountMismatch,
        Refusal::AlreadyReversed { .. } => Code::TransactionAlreadyReversed,
        Refusal::WrongKindOfTransaction { .. } => Code::InvalidTransactionType,
        Refusal::Irreversible { .. } => Code::TransactionTypeIsIrreversible,
        Refusal::HasTransactions => Code::AccountHasTransactions,
        Refusal::FieldNotEditable { .. } => Code::LoanAccountFieldNotEditable,
        Refusal::NotPermitted { .. } => Code::InvalidPermissions,
        Refusal::ChangedMeanwhile => Code::BlockingOperationInProgress,
    }
}

/// The return code of a fee, penalty or waiver that is refused.
#[rustfmt::skip]
fn code_of_charge(refusal: &ChargeRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        ChargeRefusal::MissingFee => Code::MissingFee,
        ChargeRefusal::UnknownFee { .. } => Code::InvalidFeeKey,
        ChargeRefusal::FeeOfAnotherProduct { .. } => Code::InconsistentAccountFeeWithProductFee,
        ChargeRefusal::FeesNotAvailable => Code::FeesNotAvailableForProduct,
        ChargeRefusal::FeeAmountNotOfProduct { .. } => Code::InconsistentFeeAmountWithProductFee,
        ChargeRefusal::FeeAmountDefined { .. } => Code::FeeAmountAlreadyDefinedInProduct,
        ChargeRefusal::FeeAmountNotPositive { .. } => Code::FeeAmountMustBeStrictlyPositive,
        ChargeRefusal::MissingFeeAmount { .. } => Code::CustomAmountIsMandatory,
        ChargeRefusal::RequiredFeeMissing { .. } => Code::RequiredFeeMissing,
        ChargeRefusal::InactiveFee { .. } => Code::FeeNotActive,
        ChargeRefusal::FeeNotAllowed { .. } => Code::FeeNotAllowed,
        ChargeRefusal::DisbursementFeesExceedAmount { .. } => Code::DisbursementFeesExceedLoanAmount,
        ChargeRefusal::EffectiveRateNeedsInterest { .. } => Code::CannotUseEffectiveInterestRateFee,
        ChargeRefusal::MadeByDisbursement { .. } => Code::TransactionMadeFromADisbursement,
        ChargeRefusal::WaiverExceedsCharge { .. } => Code::InsufficientBalance,
        ChargeRefusal::MissingPenaltyRate => Code::MissingPenaltyRate,
        ChargeRefusal::InvalidPenaltyRate { .. } => Code::InvalidPenaltyRate,
        ChargeRefusal::PenaltyNotOfProduct => Code::PenaltyMethodNotAllowedByProduct,
        ChargeRefusal::ArrearsToleranceNotOfMethod => Code::InconsistentArrearsToleranceValuesWithArrearsToleranceMethod,
    }
}

fn code_of_custom_payment(refusal: &CustomPaymentRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        CustomPaymentRefusal::NotAllowed => Code::CustomPaymentNotAllowedByProduct,
        CustomPaymentRefusal::NamedTwice { .. } => Code::SameCustomPaymentAmountTypeUsedMultipleTimes,
        CustomPaymentRefusal::OtherSum { .. } => Code::CustomPaymentAmountDifferentThanTotalPaymentAmount,
        CustomPaymentRefusal::MoreThanOwed { .. } => Code::ExcessRepaymentError,
    }
}

fn of_write_off(refusal: &WriteOffRefusal) -> ReturnCode {
    match refusal {
        WriteOffRefusal::ArrearsTooShort { .. } => ReturnCode::MinimumArrearsDaysNotReached,
        WriteOffRefusal::Overpaid { .. } | WriteOffRefusal::NothingLeft => ReturnCode::InvalidAccountState,
        WriteOffRefusal::BeforeWriteOff { .. } => ReturnCode::InvalidDate,
    }
}

/// Commands that only move an account from state to state have a code of their own.
fn code_of_wrong_state(command: &str) -> ReturnCode {
    const TRANSITIONS: [&str; 9] = [
        "request approval",
        "approve",
        "undo approval",
        "reject",
        "undo reject",
        "withdraw",
        "undo withdraw",
        "close",
        "undo close",
    ];
    if TRANSITIONS.contains(&command) {
        ReturnCode::InvalidStateTransition
    } else {
        ReturnCode::InvalidAccountState
    }
}

fn code_of_state_reached(state: &str) -> ReturnCode {
    match state {
        "locked" => ReturnCode::AccountAlreadyLocked,
        "closed" => ReturnCode::AccountAlreadyClosed,
        _ => ReturnCode::InvalidStateTransition,
    }
}

fn code_of_missing(field: &str) -> ReturnCode {
    match field {
        "loanAmount" => ReturnCode::InvalidAmount,
        "interestRate" => ReturnCode::InvalidInterestRate,
        "repaymentInstallments" => ReturnCode::InvalidInstallments,
        _ => ReturnCode::MissingRequiredParameter,
    }
}

fn code_of_id_in_use(kind: IdKind) -> ReturnCode {
    match kind {
        IdKind::Loan | IdKind::Savings => ReturnCode::AccountIdAlreadyInUse,
        IdKind::Client => ReturnCode::ClientIdAlreadyInUse,
        IdKind::Group => ReturnCode::GroupIdAlreadyInUse,
        IdKind::LineOfCredit => ReturnCode::LineOfCreditIdAlreadyInUse,
        IdKind::Record | IdKind::Subject | IdKind::ReportedLoan => ReturnCode::DuplicateId,
        IdKind::CustomValue => ReturnCode::DuplicateUniqueValue,
    }
}

/// The field that a refusal names; names only, never what stood in it.
fn source_of(refusal: &Refusal) -> Option<Cow<'static, str>> {
    if let Refusal::MissingField { field } | Refusal::FieldNotEditable { field, .. } = refusal {
        return Some(Cow::Borrowed(field));
    }
    if let Refusal::Terms(refusal) = refusal {
        return Some(Cow::Borrowed(refusal.field()));
    }
    if let Refusal::Line(refusal) = refusal {
        return line_of_credit::source_of(refusal).map(Cow::Borrowed);
    }
    if let Refusal::Revolving(refusal) = refusal {
        return revolving::source_of(refusal).map(Cow::Borrowed);
    }
    if let Refusal::CustomField(refusal) = refusal {
        return refusal.field().map(|field| Cow::Owned(field.to_owned()));
    }
    if let Refusal::Journal(refusal) = refusal {
        return journal::source_of(refusal);
    }
    if let Refusal::Access(refusal) = refusal {
        return access::source_of(refusal).map(Cow::Borrowed);
    }
    if let Refusal::NotPermitted { permission } = refusal {
        return Some(Cow::Owned(permission.clone()));
    }
    if let Refusal::FieldNotOfChannel { field, .. } = refusal {
        return Some(Cow::Borrowed(channel_field(*field)));
    }
    None
}

mod access;
mod custom_field;
mod journal;
mod line_of_credit;
mod market;
mod papers;
mod party;
mod restructure;
mod revolving;
mod savings;
mod schedule;
mod security;
mod terms;

#[cfg(test)]
mod tests;
