//! How this door says no: the envelope of its successes with `success` false, the first problem as
//! the message, and all of them in `errors`, which is ours (contract §2.1).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use loam_app::error::{AppError, StoreError};
use loam_book::loan::refusal::{IdKind, Refusal};

use crate::body::{self, BodyError};

use super::wire::{Failure, Problem};

const NO_CLIENT: &str = "Client not found";

/// A no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DoorError {
    status: StatusCode,
    message: String,
    problems: Vec<Problem>,
}

impl DoorError {
    fn new(status: StatusCode, message: impl Into<String>) -> DoorError {
        DoorError { status, message: message.into(), problems: Vec::new() }
    }

    /// What is wrong with what was sent; there is at least one problem.
    pub(super) fn invalid(problems: Vec<Problem>) -> DoorError {
        let message = problems.first().map(|first| first.message.clone()).unwrap_or_default();
        DoorError { status: StatusCode::BAD_REQUEST, message, problems }
    }

    /// The body cannot be read at all.
    pub(super) fn malformed(reason: impl std::fmt::Display) -> DoorError {
        DoorError::new(StatusCode::BAD_REQUEST, format!("The body is no JSON object: {reason}"))
    }

    /// No key was sent.
    pub(super) fn no_key() -> DoorError {
        DoorError::new(StatusCode::UNAUTHORIZED, "Send the key of your business in the header x-api-key")
    }

    /// Nobody has this key, or nobody any longer.
    pub(super) fn wrong_key() -> DoorError {
        DoorError::new(StatusCode::UNAUTHORIZED, "The key in x-api-key is not valid")
    }

    /// The key is one for tests, and this server has no book for them.
    pub(super) fn no_test_book() -> DoorError {
        DoorError::new(StatusCode::UNAUTHORIZED, "Test keys lead nowhere: this server has no book for tests")
    }

    /// The key is known and may not do this.
    pub(super) fn public_key() -> DoorError {
        DoorError::new(
            StatusCode::FORBIDDEN,
            "This needs the secret key of your business, not the public one",
        )
    }

    /// Nobody is known under the name that was given.
    pub(super) fn no_client() -> DoorError {
        DoorError::new(StatusCode::NOT_FOUND, NO_CLIENT)
    }

    pub(super) fn no_phone() -> DoorError {
        DoorError::new(StatusCode::NOT_FOUND, "Phone not found")
    }

    /// No route has this path.
    pub(super) fn nothing_here() -> DoorError {
        DoorError::new(StatusCode::NOT_FOUND, "Nothing is served under this path")
    }

    pub(super) fn method_not_allowed() -> DoorError {
        DoorError::new(StatusCode::METHOD_NOT_ALLOWED, "This path does not take that method")
    }

    /// Our own fault; what it was stands in the log and not in the answer.
    pub(super) fn internal() -> DoorError {
        let message = "The request failed on our side; the log has more under its request id";
        DoorError::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }
}

#[cfg(test)]
impl DoorError {
    /// The fields at fault, in order.
    pub(super) fn fields(&self) -> Vec<&str> {
        self.problems.iter().map(|problem| problem.field.as_str()).collect()
    }

    pub(super) fn messages(&self) -> Vec<&str> {
        self.problems.iter().map(|problem| problem.message.as_str()).collect()
    }

    pub(super) fn status(&self) -> u16 {
        self.status.as_u16()
    }
}

impl IntoResponse for DoorError {
    fn into_response(self) -> Response {
        let failure = Failure {
            success: false,
            status_code: self.status.as_u16(),
            message: self.message,
            data: (),
            links: [],
            errors: self.problems,
        };
        (self.status, axum::Json(failure)).into_response()
    }
}

impl From<BodyError> for DoorError {
    fn from(error: BodyError) -> DoorError {
        match error {
            BodyError::TooLarge => {
                let message = format!("A body must be smaller than {} bytes", body::LIMIT);
                DoorError::new(StatusCode::PAYLOAD_TOO_LARGE, message)
            }
            BodyError::Broken => {
                DoorError::new(StatusCode::BAD_REQUEST, "The body ended before it was whole")
            }
        }
    }
}

impl From<StoreError> for DoorError {
    fn from(error: StoreError) -> DoorError {
        match error {
            StoreError::VersionConflict => Refusal::ChangedMeanwhile.into(),
            StoreError::Duplicate(_) => DoorError::new(StatusCode::CONFLICT, "The id is already in use"),
            StoreError::TryAgain(_) => {
                tracing::warn!(%error, "the store asked to try again");
                DoorError::new(StatusCode::SERVICE_UNAVAILABLE, "The book is busy: ask again")
            }
            StoreError::Database(_) | StoreError::OutcomeUnknown(_) | StoreError::Unreadable(_) => {
                tracing::error!(%error, "the store failed");
                DoorError::internal()
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
            | AppError::SavingsNotFound => DoorError::no_client(),
            AppError::IdempotencyKeyReused => {
                let message = "The Idempotency-Key was used with another request";
                DoorError::new(StatusCode::CONFLICT, message)
            }
            AppError::Quarantined | AppError::Broken(_) => {
                tracing::error!(%error, "a command could not be decided");
                DoorError::internal()
            }
            AppError::Stopping => {
                DoorError::new(StatusCode::SERVICE_UNAVAILABLE, "The service is stopping: ask again")
            }
        }
    }
}

impl From<Refusal> for DoorError {
    fn from(refusal: Refusal) -> DoorError {
        let (status, message) = status_and_message(&refusal);
        // Without the sentence: it may name a client.
        tracing::info!(status = status.as_u16(), "refused");
        DoorError::new(status, message.map_or_else(|| refusal.to_string(), str::to_owned))
    }
}

/// Status and message of a refusal; without one the book's own sentence.
#[rustfmt::skip]
fn status_and_message(refusal: &Refusal) -> (StatusCode, Option<&'static str>) {
    match refusal {
        Refusal::UnknownSubject { .. } => (StatusCode::NOT_FOUND, Some(NO_CLIENT)),
        Refusal::IdInUse { kind, .. } => (StatusCode::CONFLICT, Some(sentence_of_taken(*kind))),
        Refusal::ChangedMeanwhile => (StatusCode::CONFLICT, Some("The client was changed meanwhile: ask again")),
        Refusal::NotPermitted { .. } | Refusal::Access(_) => (StatusCode::FORBIDDEN, Some("Your business may not do this")),
        // This door only reports; should one of the others come, it is a no all the same.
        Refusal::MissingField { .. } | Refusal::InvalidId { .. } | Refusal::NoFreeId | Refusal::ContradictingProduct { .. }
        | Refusal::NotSupported(_) | Refusal::BusinessDateGoesForward { .. }
        | Refusal::UnknownBranch { .. } | Refusal::UnknownCentre { .. } | Refusal::CentreNotInBranch { .. }
        | Refusal::UnknownUser { .. } | Refusal::UnknownReportedLoan { .. }
        | Refusal::LinkedToItself { .. } | Refusal::LinkedFurther { .. } | Refusal::WrongState { .. }
        | Refusal::WrongStateForRepayment { .. } | Refusal::AlreadyInState { .. } | Refusal::NotLocked
        | Refusal::InvalidAmount { .. } | Refusal::AmountOutsideProduct { .. }
        | Refusal::InvalidInterestRate { .. } | Refusal::InvalidInstallmentCount { .. }
        | Refusal::InvalidGracePeriod { .. } | Refusal::InvalidArrearsTolerance { .. }
        | Refusal::MissingArrearsTolerance | Refusal::InvalidPrincipalRepaymentInterval { .. }
        | Refusal::RepaymentPeriodNotAllowed { .. } | Refusal::MissingRepaymentPeriod { .. }
        | Refusal::MissingRepaymentPeriodUnit | Refusal::FirstDueDateBeforeDisbursement { .. }
        | Refusal::InvalidFirstDueDate { .. } | Refusal::ImpossibleSchedule { .. }
        | Refusal::UnknownProduct { .. } | Refusal::InactiveProduct { .. }
        | Refusal::ProductNotForHolder { .. } | Refusal::ProductNotInBranch { .. }
        | Refusal::UnknownHolder { .. } | Refusal::HolderMayNotBorrow { .. } | Refusal::Party(_)
        | Refusal::ClientStateTransition { .. } | Refusal::ClientHasActiveLoans { .. }
        | Refusal::BirthDateInTheFuture { .. } | Refusal::UnknownChannel { .. }
        | Refusal::InactiveChannel { .. } | Refusal::OutsideChannelLimits { .. } | Refusal::FieldNotOfChannel { .. }
        | Refusal::DateInTheFuture { .. } | Refusal::BeforeDisbursement { .. }
        | Refusal::BeforeOtherTransaction { .. } | Refusal::LaterTransactionExists { .. }
        | Refusal::ClosedPeriod { .. } | Refusal::ExcessRepayment { .. }
        | Refusal::PrepaymentNotAllowed { .. } | Refusal::NothingToRepay | Refusal::CustomPayment(_) | Refusal::Dynamic(_) | Refusal::Tranches(_) | Refusal::ArbitraryFeeNotAllowed | Refusal::Charge(_)
        | Refusal::MissingInstallmentNumber | Refusal::UnknownInstallment { .. }
        | Refusal::InstallmentPaid { .. } | Refusal::Schedule(_) | Refusal::Restructure(_) | Refusal::WriteOff(_) | Refusal::Revolving(_) | Refusal::Security(_) | Refusal::Savings(_) | Refusal::Paper(_) | Refusal::Journal(_) | Refusal::Line(_) | Refusal::Market(_) | Refusal::CustomField(_) | Refusal::NoAccruedInterest { .. }
        | Refusal::InterestAppliedOnDisbursement | Refusal::InterestOfDisbursement { .. } | Refusal::BalanceRemains { .. }
        | Refusal::UnknownTransaction { .. } | Refusal::TransactionOfAnotherAccount { .. }
        | Refusal::AlreadyReversed { .. } | Refusal::WrongKindOfTransaction { .. }
        | Refusal::Irreversible { .. } | Refusal::InvalidDueDay { .. } | Refusal::InvalidLastDueDate { .. }
        | Refusal::InvalidCapitalizedFee { .. } | Refusal::Terms(_) | Refusal::UnknownPurpose { .. }
        | Refusal::InvalidTerm { .. } | Refusal::InvalidProtectFee { .. }
        | Refusal::WrongApplicationStage { .. } | Refusal::HasTransactions
        | Refusal::FieldNotEditable { .. } | Refusal::TooManyPayments { .. } => (StatusCode::BAD_REQUEST, None),
    }
}

fn sentence_of_taken(kind: IdKind) -> &'static str {
    match kind {
        IdKind::Subject => "A client with this clientId or externalClientId exists already",
        IdKind::ReportedLoan => "The loanReferenceId is another loan's",
        IdKind::Loan
        | IdKind::Client
        | IdKind::Group
        | IdKind::Record
        | IdKind::Savings
        | IdKind::LineOfCredit
        | IdKind::CustomValue => "The id is already in use",
    }
}
