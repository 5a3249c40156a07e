//! How this contract says no: the rows of its error table in its envelope, and in front of them the
//! platform's own array. What the book refuses and the table has no row for is an `API_EXCEPTION`
//! with the book's sentence, behind the name of the parameter at fault.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use loam_app::error::{AppError, StoreError};
use loam_book::loan::refusal::Refusal;

use crate::body::{self, BodyError};
use crate::oauth;

use super::wire::{Envelope, PlatformError};

/// The rows of the contract's error tables; all are 400 `INVALID_INPUT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    UnableToParse,
    AccountIdNull,
    AccountNotFound,
    LoanPurposeNotValid,
    LoanAmountNotValid,
    TermNotValid,
    LoanApplicationNull,
}

impl Row {
    fn message(self) -> &'static str {
        match self {
            Row::UnableToParse => "Unable to parse the Request parameters",
            Row::AccountIdNull => "Account Id is null",
            Row::AccountNotFound => "Unable to find the Account",
            Row::LoanPurposeNotValid => "Loan Purpose is not valid",
            Row::LoanAmountNotValid => "Loan amount is not valid",
            Row::TermNotValid => "Term is not valid",
            Row::LoanApplicationNull => "Loan Application is null.",
        }
    }
}

/// Why an operation said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DoorError {
    Row(Row),
    /// A rule between several parameters, or of the product.
    Exception(String),
    /// A rejection that is not possible.
    Unknown(String),
    /// The idempotency key was used with other content.
    OtherContent,
    Platform(Platform),
    /// Our own fault; what it was stands in the log.
    Internal,
}

/// What the platform says before an operation is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Platform {
    InvalidSession,
    Forbidden,
    TooManyRequests,
    NotFound,
    MethodNotAllowed,
    TooLarge,
    Busy,
}

impl DoorError {
    pub(super) fn row(row: Row) -> DoorError {
        DoorError::Row(row)
    }

    /// A refusal of an operation that calls every other failure unknown.
    pub(super) fn of_rejection(error: AppError) -> DoorError {
        match DoorError::from(error) {
            DoorError::Exception(reason) => DoorError::Unknown(reason),
            other @ (DoorError::Row(_)
            | DoorError::Unknown(_)
            | DoorError::OtherContent
            | DoorError::Platform(_)
            | DoorError::Internal) => other,
        }
    }
}

impl Platform {
    fn parts(&self) -> (StatusCode, &'static str, String) {
        let (status, code, message) = match self {
            Platform::InvalidSession => {
                (StatusCode::UNAUTHORIZED, "INVALID_SESSION_ID", "Session expired or invalid")
            }
            Platform::Forbidden => {
                (StatusCode::FORBIDDEN, "FORBIDDEN", "this client may not use the marketplace")
            }
            Platform::TooManyRequests => {
                (StatusCode::FORBIDDEN, "REQUEST_LIMIT_EXCEEDED", "the limit of requests is exceeded")
            }
            Platform::NotFound => (StatusCode::NOT_FOUND, "NOT_FOUND", "nothing is served under this path"),
            Platform::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "this path does not take that method")
            }
            Platform::TooLarge => {
                let message = format!("a body must be smaller than {} bytes", body::LIMIT);
                return (StatusCode::PAYLOAD_TOO_LARGE, "REQUEST_TOO_LARGE", message);
            }
            Platform::Busy => {
                (StatusCode::SERVICE_UNAVAILABLE, "SERVER_UNAVAILABLE", "nothing was done: ask again")
            }
        };
        (status, code, message.to_owned())
    }
}

impl IntoResponse for DoorError {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            DoorError::Row(row) => (StatusCode::BAD_REQUEST, "INVALID_INPUT", row.message().to_owned()),
            DoorError::Exception(reason) => (StatusCode::INTERNAL_SERVER_ERROR, "API_EXCEPTION", reason),
            DoorError::Unknown(reason) => (StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN_EXCEPTION", reason),
            DoorError::OtherContent => {
                let message = "the idempotency key was used with other content";
                (StatusCode::CONFLICT, "INVALID_INPUT", message.to_owned())
            }
            DoorError::Internal => {
                let message = "the request failed on our side; the log has more under its request id";
                (StatusCode::INTERNAL_SERVER_ERROR, "API_EXCEPTION", message.to_owned())
            }
            DoorError::Platform(platform) => {
                let (status, error_code, message) = platform.parts();
                return (status, Json([PlatformError { message, error_code }])).into_response();
            }
        };
        (status, Json(Envelope::failed(code, message))).into_response()
    }
}

impl From<Platform> for DoorError {
    fn from(platform: Platform) -> DoorError {
        DoorError::Platform(platform)
    }
}

impl From<oauth::Denied> for DoorError {
    fn from(denied: oauth::Denied) -> DoorError {
        match denied {
            oauth::Denied::Unauthenticated => Platform::InvalidSession.into(),
            oauth::Denied::Store(error) => error.into(),
        }
    }
}

impl From<BodyError> for DoorError {
    fn from(error: BodyError) -> DoorError {
        match error {
            BodyError::TooLarge => Platform::TooLarge.into(),
            BodyError::Broken => DoorError::Row(Row::UnableToParse),
        }
    }
}

impl From<StoreError> for DoorError {
    fn from(error: StoreError) -> DoorError {
        match error {
            StoreError::TryAgain(_) | StoreError::VersionConflict | StoreError::Duplicate(_) => {
                tracing::warn!(%error, "the store asked to try again");
                Platform::Busy.into()
            }
            StoreError::Database(_) | StoreError::OutcomeUnknown(_) | StoreError::Unreadable(_) => {
                tracing::error!(%error, "the store failed");
                DoorError::Internal
            }
        }
    }
}

impl From<AppError> for DoorError {
    fn from(error: AppError) -> DoorError {
        match error {
            AppError::Refused(refusal) => refusal.into(),
            AppError::Store(error) => error.into(),
            AppError::ApplicationNotFound => DoorError::Row(Row::LoanApplicationNull),
            AppError::AccountNotFound
            | AppError::ClientNotFound
            | AppError::GroupNotFound
            | AppError::SavingsNotFound => DoorError::Exception(error.to_string()),
            AppError::IdempotencyKeyReused => DoorError::OtherContent,
            AppError::Quarantined | AppError::Broken(_) => {
                tracing::error!(%error, "a command could not be decided");
                DoorError::Internal
            }
            AppError::Stopping => Platform::Busy.into(),
        }
    }
}

impl From<Refusal> for DoorError {
    fn from(refusal: Refusal) -> DoorError {
        // Not the refusal itself: it repeats what the caller sent.
        tracing::info!(row = ?row_of(&refusal), "refused");
        if matches!(refusal, Refusal::NotPermitted { .. } | Refusal::Access(_)) {
            return Platform::Forbidden.into();
        }
        if let Some(row) = row_of(&refusal) {
            return DoorError::Row(row);
        }
        DoorError::Exception(match parameter_of(&refusal) {
            Some(parameter) => format!("{parameter}: {refusal}"),
            None => refusal.to_string(),
        })
    }
}

/// The row of the error table; every other refusal of the book is an exception.
fn row_of(refusal: &Refusal) -> Option<Row> {
    if matches!(refusal, Refusal::UnknownHolder { .. }) {
        return Some(Row::AccountNotFound);
    }
    if matches!(refusal, Refusal::UnknownPurpose { .. }) {
        return Some(Row::LoanPurposeNotValid);
    }
    if matches!(refusal, Refusal::InvalidAmount { .. } | Refusal::MissingField { field: "amount" }) {
        return Some(Row::LoanAmountNotValid);
    }
    let is_term = matches!(refusal, Refusal::InvalidTerm { .. } | Refusal::MissingField { field: "term" });
    is_term.then_some(Row::TermNotValid)
}

/// The parameter that a refusal is about, where its sentence does not name it.
fn parameter_of(refusal: &Refusal) -> Option<&'static str> {
    type IsAbout = fn(&Refusal) -> bool;
    const PARAMETERS: [(&str, IsAbout); 8] = [
        ("amount", |refusal| matches!(refusal, Refusal::AmountOutsideProduct { .. })),
        ("interestRate", |refusal| matches!(refusal, Refusal::InvalidInterestRate { .. })),
        ("term", |refusal| matches!(refusal, Refusal::InvalidInstallmentCount { .. })),
        ("dueDay", |refusal| matches!(refusal, Refusal::InvalidDueDay { .. })),
        ("maturityDate", |refusal| matches!(refusal, Refusal::InvalidLastDueDate { .. })),
        ("firstInstallmentDate", |refusal| {
            matches!(
                refusal,
                Refusal::FirstDueDateBeforeDisbursement { .. } | Refusal::InvalidFirstDueDate { .. }
            )
        }),
        ("protectFeePercent", |refusal| matches!(refusal, Refusal::InvalidProtectFee { .. })),
        ("loanProductId", |refusal| {
            matches!(
                refusal,
                Refusal::UnknownProduct { .. }
                    | Refusal::InactiveProduct { .. }
                    | Refusal::ProductNotForHolder { .. }
                    | Refusal::ProductNotInBranch { .. }
            )
        }),
    ];
    PARAMETERS.iter().find(|(_, is_about)| is_about(refusal)).map(|(parameter, _)| *parameter)
}

#[cfg(test)]
mod tests;
