//! How this contract says no: the rows of its error table in its envelope, and in front of them the
//! platform's own array. What the book refuses and the table has no row for is an `API_EXCEPTION`
//! with the book's sentence, behind the name of the parameter at fault.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use loam_app::error::{AppError, StoreError};
use loam_book::application::orders::SaleRow;
use loam_book::loan::refusal::{MarketRefusal, Refusal, TermsRefusal};

use crate::body::{self, BodyError};
use crate::oauth;

use super::trades;
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
    /// The same of a booking, where the contract has no full stop.
    LoanApplicationMissing,
    LoanProductIdNull,
}

/// Rows of which the contract prints only the name: it is the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    InvestorIdNull,
    InvestorAccountNotFound,
    FundTransactionAmountNull,
    FundTransactionDateNull,
    FundTransactionNotFound,
    InsufficientFunds,
    OrderNotFound,
    OrderNotSaleable,
    SaleTransactionsNull,
    PortfolioAmount,
    PortfolioLimitHit,
    NoLoanApplications,
    InsufficientLoanApplications,
    EmptyBody,
    DisbursementIdsNull,
    PayoffQuoteNotGenerated,
    LoanNotFound,
    ClaimNotFound,
    StatementAccountNotFound,
    StatementFailed,
}

impl Named {
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Named::InvestorIdNull => (bad, "INVESTOR_ID_NULL", "Investor Id is null"),
            Named::InvestorAccountNotFound => {
                (bad, "INVESTOR_ACCOUNT_NOT_FOUND", "Unable to find the Investor Account")
            }
            Named::FundTransactionAmountNull => {
                (bad, "INVESTOR_FUND_TXN_AMT_NULL", "Investor Fund Transaction Amount is null")
            }
            Named::FundTransactionDateNull => {
                (bad, "INVESTOR_FUND_TXN_DATE_NULL", "Investor Fund Transaction Date is null")
            }
            Named::FundTransactionNotFound => {
                (bad, "INVESTOR_FUND_TXN_NOT_FOUND", "Unable to find the Investor Fund Transaction")
            }
            Named::OrderNotFound => {
                (bad, "INVESTMENT_ORDER_NOT_FOUND", "Unable to find the Investment Order")
            }
            Named::OrderNotSaleable => (
                bad,
                "INVESTMENT_ORDER_NOT_SALEABLE",
                "The Investment Order was made today, or nothing is left in it",
            ),
            Named::SaleTransactionsNull => (bad, "INVALID_INPUT", "Sale Transactions are null"),
            Named::PortfolioAmount => (bad, "INVALID_INPUT", "Amount is not valid"),
            Named::PortfolioLimitHit => {
                (bad, "PORTFOLIO_LIMIT_HIT", "The limit of portfolios within the hour or the day is hit")
            }
            Named::NoLoanApplications => (
                bad,
                "NO_LOAN_APPS_FOR_THIS_INVESTOR",
                "There are no Loan Applications that this investor may book",
            ),
            Named::InsufficientLoanApplications => {
                (bad, "INSUFFICIENT_LOANS_APPS", "The Loan Applications do not take all of the amount")
            }
            Named::EmptyBody => {
                (bad, "INVALID_JSON_BODY_IN_POST_REQUEST", "The body of the request is no JSON object")
            }
            Named::DisbursementIdsNull => {
                (bad, "LOAN_DISBURSEMENT_IDS_NULL", "Loan Disbursement Ids are null")
            }
            Named::PayoffQuoteNotGenerated => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "PAYOFF_QUOTE_NOT_GENERATED",
                "The payoff quote could not be generated",
            ),
            Named::ClaimNotFound => (bad, "PROTECT_CLAIM_NOT_FOUND", "Unable to find the Protect Claim"),
            Named::LoanNotFound => (bad, "LOAN_ACCOUNT_NOT_FOUND", "Unable to find the Loan Account"),
            Named::StatementAccountNotFound => {
                (StatusCode::NOT_FOUND, "ACCOUNT_NOT_FOUND", "Unable to find the Account")
            }
            Named::StatementFailed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "EXCEPTION_WHILE_PROCESSING",
                "startDate and endDate must be days, one not after the other",
            ),
            Named::InsufficientFunds => {
                (bad, "INSUFFICIENT_FUNDS", "The account of the investor has not enough cash")
            }
        }
    }
}

impl Row {
    pub(super) fn message(self) -> &'static str {
        match self {
            Row::UnableToParse => "Unable to parse the Request parameters",
            Row::AccountIdNull => "Account Id is null",
            Row::AccountNotFound => "Unable to find the Account",
            Row::LoanPurposeNotValid => "Loan Purpose is not valid",
            Row::LoanAmountNotValid => "Loan amount is not valid",
            Row::TermNotValid => "Term is not valid",
            Row::LoanApplicationNull => "Loan Application is null.",
            Row::LoanApplicationMissing => "The Loan Application is null",
            Row::LoanProductIdNull => "Loan Product Id is null.",
        }
    }
}

/// Why an operation said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DoorError {
    Row(Row),
    Named(Named),
    /// A rule between several parameters, or of the product.
    Exception(String),
    /// A member that was asked for and is nowhere.
    NoSuchField(String),
    /// Rows of a sale that are not valid.
    Rows(Vec<SaleRow>),
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

    /// A refusal of an operation whose amount is not the loan's.
    pub(super) fn of_amount(parameter: &'static str) -> impl Fn(AppError) -> DoorError {
        move |error| {
            if let AppError::Refused(refusal @ Refusal::InvalidAmount { .. }) = &error {
                return DoorError::Exception(format!("{parameter}: {refusal}"));
            }
            error.into()
        }
    }

    /// A refusal of an operation that calls every other failure unknown.
    pub(super) fn of_rejection(error: AppError) -> DoorError {
        match DoorError::from(error) {
            DoorError::Exception(reason) => DoorError::Unknown(reason),
            other @ (DoorError::Row(_)
            | DoorError::Named(_)
            | DoorError::Rows(_)
            | DoorError::NoSuchField(_)
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
            DoorError::Named(named) => {
                let (status, code, message) = named.parts();
                (status, code, message.to_owned())
            }
            DoorError::NoSuchField(said) => (StatusCode::BAD_REQUEST, "INVALID_INPUT", said),
            DoorError::Rows(rows) => {
                let code = rows.first().map_or("00010", |row| trades::code_of(&row.fault));
                let message = rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
                let failed = Envelope { response: trades::rows_of(&rows), ..Envelope::failed(code, message) };
                return (StatusCode::BAD_REQUEST, Json(failed)).into_response();
            }
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
            AppError::FundTransactionNotFound => DoorError::Named(Named::FundTransactionNotFound),
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
        if let Refusal::Market(MarketRefusal::SaleRows { rows }) = refusal {
            return DoorError::Rows(rows);
        }
        if let Some(named) = named_of(&refusal) {
            return DoorError::Named(named);
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

/// The row that the contract only names.
fn named_of(refusal: &Refusal) -> Option<Named> {
    type IsIt = fn(&MarketRefusal) -> bool;
    const NAMED: [(Named, IsIt); 7] = [
        (Named::InsufficientFunds, |refusal| matches!(refusal, MarketRefusal::InsufficientFunds { .. })),
        (Named::InvestorAccountNotFound, |refusal| matches!(refusal, MarketRefusal::NotAnInvestor { .. })),
        (Named::OrderNotFound, |refusal| matches!(refusal, MarketRefusal::UnknownOrder)),
        (Named::OrderNotSaleable, |refusal| {
            matches!(refusal, MarketRefusal::SoldTooSoon { .. } | MarketRefusal::NothingLeft)
        }),
        (Named::PortfolioLimitHit, |refusal| matches!(refusal, MarketRefusal::PortfolioLimit { .. })),
        (Named::NoLoanApplications, |refusal| matches!(refusal, MarketRefusal::NoApplications)),
        (Named::InsufficientLoanApplications, |refusal| {
            matches!(refusal, MarketRefusal::InsufficientApplications { .. })
        }),
    ];
    if matches!(refusal, Refusal::MissingField { field: "saleTransactions" }) {
        return Some(Named::SaleTransactionsNull);
    }
    let Refusal::Market(refusal) = refusal else { return None };
    NAMED.iter().find(|(_, is_it)| is_it(refusal)).map(|(named, _)| *named)
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
    const PARAMETERS: [(&str, IsAbout); 11] = [
        (
            "loansToBeRefinanced",
            |refusal| matches!(refusal, Refusal::Market(MarketRefusal::Refinance(refusal)) if refusal.is_about_loans()),
        ),
        ("amount", |refusal| matches!(refusal, Refusal::AmountOutsideProduct { .. })),
        ("interestRate", |refusal| matches!(refusal, Refusal::InvalidInterestRate { .. })),
        ("term", |refusal| matches!(refusal, Refusal::InvalidInstallmentCount { .. })),
        ("dueDay", |refusal| matches!(refusal, Refusal::InvalidDueDay { .. })),
        ("maturityDate", |refusal| matches!(refusal, Refusal::InvalidLastDueDate { .. })),
        ("firstInstallmentDate", |refusal| {
            matches!(
                refusal,
                Refusal::FirstDueDateBeforeDisbursement { .. }
                    | Refusal::InvalidFirstDueDate { .. }
                    | Refusal::Terms(TermsRefusal::NotAFixedDay { .. })
            )
        }),
        ("frequencyOfPayment", |refusal| matches!(refusal, Refusal::RepaymentPeriodNotAllowed { .. })),
        ("interestOnlyPeriod", |refusal| matches!(refusal, Refusal::InvalidGracePeriod { .. })),
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
