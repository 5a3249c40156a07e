//! How this door says no: `{"message"}`, and for what was sent wrongly also `{"errors"}` with every
//! sentence by attribute. No answer repeats a value, so none repeats a bank account number.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loam_app::error::{AppError, StoreError};
use loam_book::loan::refusal::{IdKind, Refusal};

use crate::body::BodyError;
use crate::oauth::{Denied, TooMany};

use super::validation::{Errors, invalid_choice};
use super::wire::{Invalid, Message};

const RATE_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const RATE_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

/// A no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DoorError {
    /// The body cannot be read.
    Malformed,
    BodyTooLarge,
    Unauthenticated,
    /// The client belongs to the test realm, and no book for tests is open.
    NoBookForTests,
    /// The client lacks the scope.
    Unauthorized,
    NotFound,
    MethodNotAllowed,
    /// Something else has the id, or the idempotency key.
    Conflict(&'static str),
    Invalid(Errors),
    TooManyAttempts(TooMany),
    ServerError,
    Unavailable,
}

impl DoorError {
    /// One attribute is at fault, for a reason that its form does not show.
    pub(super) fn invalid_choice(attribute: &str) -> DoorError {
        DoorError::Invalid(Errors::of(attribute, invalid_choice(attribute)))
    }

    fn status_and_message(&self) -> (StatusCode, &'static str) {
        match self {
            DoorError::Malformed => (StatusCode::BAD_REQUEST, "The body is not valid JSON."),
            DoorError::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
            DoorError::Unauthenticated => (StatusCode::UNAUTHORIZED, "Unauthenticated."),
            DoorError::NoBookForTests => (
                StatusCode::UNAUTHORIZED,
                "This client belongs to the test realm, and no book for tests is served here.",
            ),
            DoorError::Unauthorized => (StatusCode::FORBIDDEN, "This action is unauthorized."),
            DoorError::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
            DoorError::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "This method is not supported for this route.")
            }
            DoorError::Conflict(message) => (StatusCode::CONFLICT, message),
            DoorError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "The given data was invalid."),
            DoorError::TooManyAttempts(_) => (StatusCode::TOO_MANY_REQUESTS, "Too Many Attempts."),
            DoorError::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "Server Error"),
            DoorError::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        }
    }
}

impl IntoResponse for DoorError {
    fn into_response(self) -> Response {
        let (status, message) = self.status_and_message();
        let message = message.to_owned();
        let mut response = match self {
            DoorError::Invalid(errors) => (status, Json(Invalid { message, errors })).into_response(),
            DoorError::TooManyAttempts(too_many) => {
                let mut response = (status, Json(Message { message })).into_response();
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, HeaderValue::from(too_many.retry_after));
                show_limit(headers, too_many.limit, 0);
                response
            }
            DoorError::Malformed
            | DoorError::BodyTooLarge
            | DoorError::Unauthenticated
            | DoorError::NoBookForTests
            | DoorError::Unauthorized
            | DoorError::NotFound
            | DoorError::MethodNotAllowed
            | DoorError::Conflict(_)
            | DoorError::ServerError
            | DoorError::Unavailable => (status, Json(Message { message })).into_response(),
        };
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"Loam\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Says how much of a limit is left.
pub(super) fn show_limit(headers: &mut axum::http::HeaderMap, limit: u32, remaining: u32) {
    headers.insert(RATE_LIMIT, HeaderValue::from(limit));
    headers.insert(RATE_REMAINING, HeaderValue::from(remaining));
}

impl From<Denied> for DoorError {
    fn from(denied: Denied) -> DoorError {
        match denied {
            Denied::Unauthenticated => DoorError::Unauthenticated,
            Denied::Store(error) => error.into(),
        }
    }
}

impl From<BodyError> for DoorError {
    fn from(error: BodyError) -> DoorError {
        match error {
            BodyError::TooLarge => DoorError::BodyTooLarge,
            BodyError::Broken => DoorError::Malformed,
        }
    }
}

impl From<StoreError> for DoorError {
    fn from(error: StoreError) -> DoorError {
        match error {
            StoreError::TryAgain(_) | StoreError::VersionConflict | StoreError::Duplicate(_) => {
                tracing::warn!(%error, "the store asked to try again");
                DoorError::Unavailable
            }
            StoreError::Database(_) | StoreError::OutcomeUnknown(_) | StoreError::Unreadable(_) => {
                tracing::error!(%error, "the store failed");
                DoorError::ServerError
            }
        }
    }
}

impl From<AppError> for DoorError {
    fn from(error: AppError) -> DoorError {
        match error {
            AppError::Refused(refusal) => refusal.into(),
            AppError::Store(error) => error.into(),
            AppError::AccountNotFound
            | AppError::ClientNotFound
            | AppError::GroupNotFound
            | AppError::ApplicationNotFound
            | AppError::FundTransactionNotFound
            | AppError::SavingsNotFound => DoorError::NotFound,
            AppError::IdempotencyKeyReused => {
                DoorError::Conflict("The Idempotency-Key was used with another request.")
            }
            AppError::Quarantined | AppError::Broken(_) => {
                tracing::error!(%error, "a report could not be decided");
                DoorError::ServerError
            }
            AppError::Stopping => DoorError::Unavailable,
        }
    }
}

impl From<Refusal> for DoorError {
    fn from(refusal: Refusal) -> DoorError {
        let no = of_refusal(&refusal);
        tracing::info!(status = no.status_and_message().0.as_u16(), "refused");
        no
    }
}

/// Said of a loan id that another customer's loan has.
pub(super) const LOAN_ID_TAKEN: &str = "The loan id belongs to another customer.";

/// Said of a loan that has all the payments that it can have.
pub(super) fn too_many_payments(most: usize) -> String {
    format!("The loan must not have more than {most} payments.")
}

/// What a refusal is in this contract.
#[rustfmt::skip]
fn of_refusal(refusal: &Refusal) -> DoorError {
    match refusal {
        Refusal::NotPermitted { .. } | Refusal::Access(_) => DoorError::Unauthorized,
        Refusal::UnknownSubject { .. } => DoorError::NotFound,
        Refusal::UnknownReportedLoan { .. } => DoorError::invalid_choice("loan_id"),
        Refusal::TooManyPayments { most, .. } => {
            DoorError::Invalid(Errors::of("payment_id", too_many_payments(*most)))
        }
        Refusal::IdInUse { kind: IdKind::ReportedLoan, .. } => DoorError::Conflict(LOAN_ID_TAKEN),
        Refusal::IdInUse { kind: IdKind::Loan | IdKind::Client | IdKind::Group | IdKind::Record | IdKind::Savings | IdKind::LineOfCredit | IdKind::Subject | IdKind::CustomValue, .. } => {
            DoorError::Conflict("The id is in use.")
        }
        // No report leads to any of these; should one come, it is a no all the same.
        Refusal::WrongState { .. } | Refusal::WrongStateForRepayment { .. }
        | Refusal::AlreadyInState { .. } | Refusal::NotLocked | Refusal::InvalidAmount { .. }
        | Refusal::AmountOutsideProduct { .. } | Refusal::InvalidInterestRate { .. }
        | Refusal::InvalidInstallmentCount { .. } | Refusal::InvalidGracePeriod { .. }
        | Refusal::InvalidArrearsTolerance { .. } | Refusal::MissingArrearsTolerance
        | Refusal::InvalidPrincipalRepaymentInterval { .. } | Refusal::RepaymentPeriodNotAllowed { .. }
        | Refusal::MissingRepaymentPeriod { .. } | Refusal::MissingRepaymentPeriodUnit
        | Refusal::FirstDueDateBeforeDisbursement { .. } | Refusal::InvalidFirstDueDate { .. }
        | Refusal::InvalidDueDay { .. } | Refusal::InvalidLastDueDate { .. }
        | Refusal::InvalidCapitalizedFee { .. } | Refusal::Terms(_) | Refusal::ImpossibleSchedule { .. }
        | Refusal::UnknownProduct { .. } | Refusal::InactiveProduct { .. }
        | Refusal::ProductNotForHolder { .. } | Refusal::ProductNotInBranch { .. }
        | Refusal::UnknownPurpose { .. } | Refusal::InvalidTerm { .. }
        | Refusal::InvalidProtectFee { .. } | Refusal::WrongApplicationStage { .. }
        | Refusal::UnknownHolder { .. } | Refusal::HolderMayNotBorrow { .. } | Refusal::Party(_)
        | Refusal::ClientStateTransition { .. } | Refusal::ClientHasActiveLoans { .. }
        | Refusal::MissingField { .. } | Refusal::BirthDateInTheFuture { .. }
        | Refusal::InvalidId { .. } | Refusal::NoFreeId | Refusal::UnknownBranch { .. } | Refusal::UnknownCentre { .. }
        | Refusal::CentreNotInBranch { .. } | Refusal::UnknownUser { .. }
        | Refusal::UnknownChannel { .. } | Refusal::InactiveChannel { .. } | Refusal::OutsideChannelLimits { .. }
        | Refusal::FieldNotOfChannel { .. } | Refusal::DateInTheFuture { .. }
        | Refusal::BeforeDisbursement { .. } | Refusal::BeforeOtherTransaction { .. }
        | Refusal::LaterTransactionExists { .. } | Refusal::ClosedPeriod { .. }
        | Refusal::ExcessRepayment { .. } | Refusal::PrepaymentNotAllowed { .. }
        | Refusal::NothingToRepay | Refusal::CustomPayment(_) | Refusal::Dynamic(_) | Refusal::Tranches(_) | Refusal::ArbitraryFeeNotAllowed | Refusal::Charge(_) | Refusal::MissingInstallmentNumber
        | Refusal::UnknownInstallment { .. } | Refusal::InstallmentPaid { .. }
        | Refusal::Schedule(_) | Refusal::Restructure(_) | Refusal::WriteOff(_) | Refusal::Revolving(_) | Refusal::Security(_) | Refusal::Savings(_) | Refusal::Paper(_) | Refusal::Journal(_) | Refusal::Line(_) | Refusal::Market(_) | Refusal::CustomField(_) | Refusal::NoAccruedInterest { .. } | Refusal::InterestAppliedOnDisbursement | Refusal::InterestOfDisbursement { .. }
        | Refusal::BalanceRemains { .. } | Refusal::UnknownTransaction { .. }
        | Refusal::TransactionOfAnotherAccount { .. } | Refusal::AlreadyReversed { .. }
        | Refusal::WrongKindOfTransaction { .. } | Refusal::Irreversible { .. }
        | Refusal::HasTransactions | Refusal::FieldNotEditable { .. }
        | Refusal::ContradictingProduct { .. } | Refusal::ChangedMeanwhile
        | Refusal::LinkedToItself { .. } | Refusal::LinkedFurther { .. } | Refusal::NotSupported(_)
        | Refusal::BusinessDateGoesForward { .. } => {
            tracing::error!("a report was refused for a reason that reports do not have");
            DoorError::ServerError
        }
    }
}
