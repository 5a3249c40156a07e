//! How this door says no: `{"error": {"code", "message", "field"?}}` with the status that fits.
//!
//! Refusals of the book become codes in one exhaustive match; its sentences are shown as they are.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loam_app::error::{AppError, StoreError};
use loam_book::loan::refusal::{JournalRefusal, Refusal};

use crate::auth::Denied;
use crate::body::{self, BodyError};
use crate::shapes::UnknownMember;

use super::wire::{ErrorBody, ErrorDetail};

/// A no, with the member that is at fault where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DoorError {
    status: StatusCode,
    code: &'static str,
    message: String,
    field: Option<String>,
}

impl DoorError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> DoorError {
        DoorError { status, code, message: message.into(), field: None }
    }

    fn at(self, field: &str) -> DoorError {
        DoorError { field: Some(field.to_owned()), ..self }
    }

    /// The body is no JSON object.
    pub(super) fn malformed_json(reason: impl std::fmt::Display) -> DoorError {
        DoorError::new(
            StatusCode::BAD_REQUEST,
            "malformed_json",
            format!("the body is no JSON object: {reason}"),
        )
    }

    /// The body is no JSON list.
    pub(super) fn no_list(reason: impl std::fmt::Display) -> DoorError {
        let message = format!("the body is no JSON list: {reason}");
        DoorError::new(StatusCode::BAD_REQUEST, "malformed_json", message)
    }

    /// More were sent than one request may bring.
    pub(super) fn too_many(what: &str, given: usize, most: usize) -> DoorError {
        let message = format!("{given} {what} are more than the {most} that one request may bring");
        DoorError::new(StatusCode::BAD_REQUEST, "too_many", message)
    }

    /// A member is given that what is asked for does not have.
    pub(super) fn no_member(unknown: &UnknownMember) -> DoorError {
        let meant = match &unknown.nearest {
            Some(nearest) => format!("did you mean {nearest}?"),
            None => "/docs shows those that there are".to_owned(),
        };
        let message = format!("{} is no member of this: {meant}", unknown.path);
        DoorError::new(StatusCode::BAD_REQUEST, "unknown_member", message).at(&unknown.path)
    }

    /// A member is given that only other commands have.
    pub(super) fn no_member_of(name: &str, command: &str) -> DoorError {
        let message = format!("{name} is no member of {command}");
        DoorError::new(StatusCode::BAD_REQUEST, "unknown_member", message).at(name)
    }

    /// A member that must be given is not.
    pub(super) fn missing(field: &str) -> DoorError {
        DoorError::new(StatusCode::BAD_REQUEST, "missing_member", format!("{field} is missing")).at(field)
    }

    /// A member's value cannot be what it stands for.
    pub(super) fn invalid(field: &str, value: &str, reason: impl std::fmt::Display) -> DoorError {
        let message = format!("{field} {value} is not possible: {reason}");
        DoorError::new(StatusCode::BAD_REQUEST, "invalid_member", message).at(field)
    }

    /// This version does nothing with the value, so it does not take it either.
    pub(super) fn not_supported(field: &str, value: &str, supported: &str) -> DoorError {
        let message = format!("{field} {value} is not among what this version supports ({supported})");
        DoorError::new(StatusCode::BAD_REQUEST, "not_supported", message).at(field)
    }

    /// What is asked for does not have this parameter.
    pub(super) fn no_parameter(name: &str, of: &str, has: &str) -> DoorError {
        let message = format!("{name} is no parameter of {of}, which has {has}");
        DoorError::new(StatusCode::BAD_REQUEST, "not_supported", message).at(name)
    }

    /// Two members say different things.
    pub(super) fn contradiction(field: &str, reason: impl std::fmt::Display) -> DoorError {
        let message = format!("{field} contradicts another member: {reason}");
        DoorError::new(StatusCode::BAD_REQUEST, "contradicting_members", message).at(field)
    }

    /// The record that the path names does not exist.
    pub(super) fn no_such(kind: &str, id: &str) -> DoorError {
        DoorError::new(StatusCode::NOT_FOUND, "not_found", format!("there is no {kind} \"{id}\""))
    }

    /// No route has this path.
    pub(super) fn nothing_here() -> DoorError {
        DoorError::new(StatusCode::NOT_FOUND, "not_found", "nothing is served under this path")
    }

    /// The route has other methods.
    pub(super) fn method_not_allowed() -> DoorError {
        DoorError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this path does not take that method",
        )
    }

    /// The caller is known and is no administrator.
    pub(super) fn not_an_administrator() -> DoorError {
        let message = "this door is for administrators only";
        DoorError::new(StatusCode::FORBIDDEN, "not_permitted", message)
    }

    /// Our own fault; what it was stands in the log and not in the answer.
    pub(super) fn internal() -> DoorError {
        let message = "the request failed on our side; the log has more under its request id";
        DoorError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
    }

    /// The status, and what is told beside it.
    pub(super) fn told(self) -> (StatusCode, ErrorDetail) {
        let detail = ErrorDetail { code: self.code.to_owned(), message: self.message, field: self.field };
        (self.status, detail)
    }
}

#[cfg(test)]
impl DoorError {
    pub(super) fn parts(&self) -> (u16, &'static str, &str) {
        (self.status.as_u16(), self.code, self.field.as_deref().unwrap_or_default())
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for DoorError {
    fn into_response(self) -> Response {
        let (status, error) = self.told();
        let mut response = (status, axum::Json(ErrorBody { error })).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"Loam\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl From<Denied> for DoorError {
    fn from(denied: Denied) -> DoorError {
        let (status, code, message) = match denied {
            Denied::Unreadable => {
                (StatusCode::UNAUTHORIZED, "no_credentials", "send a user name and password, or an API key")
            }
            Denied::Wrong => (StatusCode::UNAUTHORIZED, "wrong_credentials", "the credentials are wrong"),
            Denied::InactiveUser => (StatusCode::FORBIDDEN, "inactive_user", "the user is not active"),
            Denied::NoApiAccess => (StatusCode::FORBIDDEN, "no_api_access", "the user may not call the API"),
            Denied::Locked => (StatusCode::FORBIDDEN, "locked_user", "the user is locked"),
            Denied::TooSoon => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_failures", "wait a little before you try again")
            }
            Denied::Address => {
                (StatusCode::FORBIDDEN, "address_not_allowed", "calls are not taken from your address")
            }
            Denied::Fault => return DoorError::internal(),
        };
        DoorError::new(status, code, message)
    }
}

impl From<BodyError> for DoorError {
    fn from(error: BodyError) -> DoorError {
        match error {
            BodyError::TooLarge => {
                let message = format!("a body must be smaller than {} bytes", body::LIMIT);
                DoorError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
            }
            BodyError::Broken => {
                DoorError::new(StatusCode::BAD_REQUEST, "broken_body", "the body ended before it was whole")
            }
        }
    }
}

impl From<StoreError> for DoorError {
    fn from(error: StoreError) -> DoorError {
        match error {
            StoreError::VersionConflict => Refusal::ChangedMeanwhile.into(),
            StoreError::Duplicate(_) => DoorError::new(StatusCode::CONFLICT, "id_in_use", error.to_string()),
            StoreError::TryAgain(_) => {
                tracing::warn!(%error, "the store asked to try again");
                DoorError::new(StatusCode::SERVICE_UNAVAILABLE, "try_again", "the book is busy: ask again")
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
            | AppError::SavingsNotFound => {
                DoorError::new(StatusCode::NOT_FOUND, "not_found", error.to_string())
            }
            AppError::IdempotencyKeyReused => {
                DoorError::new(StatusCode::CONFLICT, "idempotency_key_reused", error.to_string())
            }
            AppError::Quarantined | AppError::Broken(_) => {
                tracing::error!(%error, "a command could not be decided");
                DoorError::internal()
            }
            AppError::Stopping => {
                DoorError::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", error.to_string())
            }
        }
    }
}

impl From<Refusal> for DoorError {
    fn from(refusal: Refusal) -> DoorError {
        let (status, code) = status_and_code(&refusal);
        tracing::info!(code, "refused");
        DoorError { field: field_of(&refusal), ..DoorError::new(status, code, refusal.to_string()) }
    }
}

/// Status and code of a refusal.
#[rustfmt::skip]
fn status_and_code(refusal: &Refusal) -> (StatusCode, &'static str) {
    use StatusCode as Http;
    match refusal {
        Refusal::MissingField { .. } => (Http::BAD_REQUEST, "missing_member"),
        Refusal::InvalidId { .. } => (Http::BAD_REQUEST, "invalid_id"),
        Refusal::ContradictingProduct { .. } => (Http::BAD_REQUEST, "contradicting_members"),
        Refusal::NotSupported(_) => (Http::BAD_REQUEST, "not_supported"),
        Refusal::BusinessDateGoesForward { .. } => (Http::BAD_REQUEST, "business_date_goes_forward"),
        Refusal::UnknownBranch { .. } => (Http::BAD_REQUEST, "unknown_branch"),
        Refusal::UnknownCentre { .. } | Refusal::CentreNotInBranch { .. } => (Http::BAD_REQUEST, "unknown_centre"),
        Refusal::UnknownUser { .. } => (Http::BAD_REQUEST, "unknown_user"),
        Refusal::NotPermitted { .. } => (Http::FORBIDDEN, "not_permitted"),
        Refusal::Access(refusal) => access::status_and_code(refusal),
        Refusal::IdInUse { .. } => (Http::CONFLICT, "id_in_use"),
        Refusal::NoFreeId => (Http::CONFLICT, "no_free_id"),
        Refusal::ChangedMeanwhile => (Http::CONFLICT, "changed_meanwhile"),
        Refusal::Paper(refusal) => papers::status_and_code(refusal),
        Refusal::Journal(refusal) => (Http::BAD_REQUEST, code_of_journal(refusal)),
        Refusal::UnknownSubject { .. } => (Http::NOT_FOUND, "unknown_subject"),
        Refusal::UnknownReportedLoan { .. } => (Http::NOT_FOUND, "unknown_reported_loan"),
        Refusal::LinkedToItself { .. } => (Http::BAD_REQUEST, "linked_to_itself"),
        Refusal::LinkedFurther { .. } => (Http::CONFLICT, "linked_further"),
        // What a command on a loan is refused with; the sentence says which and with what figures.
        Refusal::WrongState { .. } | Refusal::WrongStateForRepayment { .. } | Refusal::AlreadyInState { .. }
        | Refusal::NotLocked | Refusal::InvalidAmount { .. } | Refusal::AmountOutsideProduct { .. }
        | Refusal::InvalidInterestRate { .. } | Refusal::InvalidInstallmentCount { .. }
        | Refusal::InvalidGracePeriod { .. } | Refusal::InvalidArrearsTolerance { .. }
        | Refusal::MissingArrearsTolerance | Refusal::InvalidPrincipalRepaymentInterval { .. }
        | Refusal::RepaymentPeriodNotAllowed { .. } | Refusal::MissingRepaymentPeriod { .. }
        | Refusal::MissingRepaymentPeriodUnit | Refusal::FirstDueDateBeforeDisbursement { .. }
        | Refusal::InvalidFirstDueDate { .. } | Refusal::ImpossibleSchedule { .. }
        | Refusal::UnknownProduct { .. } | Refusal::InactiveProduct { .. } | Refusal::ProductNotForHolder { .. }
        | Refusal::ProductNotInBranch { .. } | Refusal::UnknownHolder { .. }
        | Refusal::HolderMayNotBorrow { .. } | Refusal::Party(_) | Refusal::ClientStateTransition { .. }
        | Refusal::ClientHasActiveLoans { .. }
        | Refusal::BirthDateInTheFuture { .. } | Refusal::UnknownChannel { .. } | Refusal::InactiveChannel { .. } | Refusal::OutsideChannelLimits { .. }
        | Refusal::FieldNotOfChannel { .. } | Refusal::DateInTheFuture { .. } | Refusal::BeforeDisbursement { .. }
        | Refusal::BeforeOtherTransaction { .. } | Refusal::LaterTransactionExists { .. }
        | Refusal::ClosedPeriod { .. } | Refusal::ExcessRepayment { .. } | Refusal::PrepaymentNotAllowed { .. }
        | Refusal::NothingToRepay | Refusal::CustomPayment(_) | Refusal::Dynamic(_) | Refusal::Tranches(_) | Refusal::ArbitraryFeeNotAllowed | Refusal::Charge(_) | Refusal::MissingInstallmentNumber
        | Refusal::UnknownInstallment { .. } | Refusal::InstallmentPaid { .. } | Refusal::Schedule(_) | Refusal::Restructure(_) | Refusal::WriteOff(_) | Refusal::Revolving(_) | Refusal::Security(_) | Refusal::Savings(_) | Refusal::Line(_) | Refusal::Market(_) | Refusal::CustomField(_) | Refusal::NoAccruedInterest { .. }
        | Refusal::InterestAppliedOnDisbursement | Refusal::InterestOfDisbursement { .. } | Refusal::BalanceRemains { .. }
        | Refusal::UnknownTransaction { .. } | Refusal::TransactionOfAnotherAccount { .. }
        | Refusal::AlreadyReversed { .. } | Refusal::WrongKindOfTransaction { .. } | Refusal::Irreversible { .. }
        | Refusal::InvalidDueDay { .. } | Refusal::InvalidLastDueDate { .. } | Refusal::InvalidCapitalizedFee { .. } | Refusal::Terms(_)
        | Refusal::UnknownPurpose { .. } | Refusal::InvalidTerm { .. } | Refusal::InvalidProtectFee { .. }
        | Refusal::WrongApplicationStage { .. }
        | Refusal::HasTransactions | Refusal::FieldNotEditable { .. }
        | Refusal::TooManyPayments { .. } => (Http::BAD_REQUEST, "refused"),
    }
}

/// Entries by hand come in by another door.
fn code_of_journal(refusal: &JournalRefusal) -> &'static str {
    match refusal {
        JournalRefusal::StaysAsItIs { .. } => "stays_as_it_is",
        JournalRefusal::CarriesNothingNew => "carries_nothing_new",
        JournalRefusal::BookedByProduct { .. } => "booked_by_product",
        JournalRefusal::BookedByAccount { .. } => "booked_by_account",
        JournalRefusal::StandsUntilEvening { .. } => "stands_until_evening",
        JournalRefusal::NotOver { .. } => "not_over",
        JournalRefusal::OtherType { .. }
        | JournalRefusal::RuledTwice { .. }
        | JournalRefusal::NoRuleFor { .. } => "accounting_rule",
        JournalRefusal::MissingDate
        | JournalRefusal::InTheFuture { .. }
        | JournalRefusal::MissingSide { .. }
        | JournalRefusal::TooManyLines { .. }
        | JournalRefusal::UnknownAccount { .. }
        | JournalRefusal::IsHeader { .. }
        | JournalRefusal::Inactive { .. }
        | JournalRefusal::NoManualEntries { .. }
        | JournalRefusal::Unbalanced { .. }
        | JournalRefusal::NotesTooLong { .. } => "refused",
    }
}

/// The member that a refusal is about.
fn field_of(refusal: &Refusal) -> Option<String> {
    if let Refusal::MissingField { field } | Refusal::ContradictingProduct { field } = refusal {
        return Some((*field).to_owned());
    }
    if let Refusal::Journal(JournalRefusal::StaysAsItIs { member, .. }) = refusal {
        return Some((*member).to_owned());
    }
    if let Refusal::Paper(refusal) = refusal {
        return papers::field_of(refusal).map(str::to_owned);
    }
    if let Refusal::Access(refusal) = refusal {
        return access::member_of(refusal).map(str::to_owned);
    }
    matches!(refusal, Refusal::InvalidId { .. } | Refusal::IdInUse { .. }).then(|| "id".to_owned())
}

mod access;
mod papers;

#[cfg(test)]
mod tests;
