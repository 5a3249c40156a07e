//! The return codes of the contract (§1.11) that this door gives: number, name, HTTP status.

use axum::http::StatusCode;
use serde::Serialize;

/// A return code. Numbers and names are the contract's; the name on the wire is the variant's in
/// capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(u16)]
pub enum ReturnCode {
    Success = 0,
    InvalidBasicAuthorization = 1,
    InvalidCredentials = 2,
    InvalidApiOperation = 3,
    InvalidParameters = 4,
    MethodNotImplemented = 5,
    InternalError = 6,
    InvalidPaginationOffsetValue = 11,
    OutOfBoundsPaginationOffsetValue = 12,
    InvalidPaginationLimitValue = 13,
    OutOfBoundsPaginationLimitValue = 14,
    InvalidPermissions = 15,
    InactiveUser = 17,
    NoApiAccess = 18,
    FeatureDisabled = 19,
    MaxFileSizeExceeded = 20,
    UnsupportedCharacterEncoding = 22,
    InconsistentIdentifierWithJson = 25,
    InvalidJsonSyntax = 26,
    MissingEntityJson = 30,
    MissingRequiredParameter = 31,
    BlockingOperationInProgress = 60,
    InvalidLoanAccountId = 100,
    InvalidAmount = 101,
    InvalidDate = 102,
    InvalidTransactionTypeId = 104,
    InvalidAccountState = 105,
    LoanProductMismatch = 107,
    InvalidFieldForTransactionType = 108,
    InactiveTransactionType = 109,
    ExcessRepaymentError = 110,
    InvalidStateTransition = 116,
    InvalidFirstRepaymentDueDate = 118,
    InvalidInterestRate = 120,
    InvalidInstallments = 121,
    PrepaymentNotAllowedError = 123,
    RepaymentDateInTheFutureError = 124,
    InvalidDisbursementDate = 125,
    InvalidAccountStateForRepayments = 128,
    DisbursementFeesExceedLoanAmount = 129,
    EntryDateBeforeOtherTransaction = 131,
    InconsistentSchedulePrincipalDueWithLoanAmount = 132,
    AccountHasNoAccruedInterest = 133,
    InterestAlreadyAppliedOnDisbursementAccount = 134,
    NegativePrincipalForInstallment = 136,
    MissingRepaymentPeriodCount = 139,
    MissingRepaymentInterval = 140,
    MinimumArrearsDaysNotReached = 143,
    AccountAlreadyUnlocked = 144,
    RescheduledLoan = 146,
    RefinancedLoan = 147,
    InvalidId = 149,
    InvalidTransactionType = 165,
    UnreversedTransactionLoggedAfterCurrentOne = 166,
    MissingPenaltyRate = 169,
    InvalidRepaymentNumber = 170,
    MissingRepaymentNumber = 171,
    ArbitraryFeeNotAllowed = 174,
    InvalidRepaymentId = 175,
    EditingDateNotInCenterMeetingDay = 177,
    CustomMadeInstallmentAddedBeforePaidInstallment = 178,
    EditingRepaymentsNotAllowed = 179,
    InvalidDueDate = 181,
    NegativeBalance = 182,
    NonPositiveTotalBalance = 183,
    ParamsInconsistentWithProductRules = 184,
    InvalidGracePeriod = 185,
    /// The contract's spelling.
    #[serde(rename = "INVALID_PRINCIPAL_REPAYMENT_INVERVAL")]
    InvalidPrincipalRepaymentInterval = 188,
    InvalidProductState = 189,
    BalloonPaymentsNotAllowedByProduct = 190,
    FirstRepaymentDateBeforeExpectedDisbursementDate = 194,
    InvalidPenaltyRate = 195,
    UnknownLoanAccountError = 199,
    TransactionAlreadyReversed = 211,
    InvalidTransactionId = 212,
    TransactionIdAndAccountMismatch = 213,
    TransactionMadeFromADisbursement = 219,
    CustomAmountIsMandatory = 231,
    MissingFee = 233,
    InconsistentAccountFeeWithProductFee = 234,
    #[serde(rename = "CANNOT_USE_EFFECTIVE_INTEREST_RATE_FEE_WITHOUT_POSITIVE_INTEREST_RATE_VALUE")]
    CannotUseEffectiveInterestRateFee = 236,
    FeesNotAvailableForProduct = 238,
    InvalidFeeKey = 251,
    InconsistentFeeAmountWithProductFee = 252,
    FeeAmountMustBeStrictlyPositive = 253,
    RequiredFeeMissing = 254,
    FeeNotActive = 255,
    FeeNotAllowed = 256,
    RedrawDisabled = 244,
    DeductedFeesTotalMoreThanLoanAmount = 225,
    MissingOriginalTransactionId = 258,
    RepaymentWasFullyPaid = 260,
    RepaymentHasInterestApplied = 261,
    DueDateBeforeAccountingClosure = 262,
    DueDateBeforeLoggedTransaction = 263,
    PureGraceInstallmentAreNotEditable = 266,
    CustomPaymentNotAllowedByProduct = 267,
    ArrearsTolerancePeriodOutsideConstraints = 271,
    RequiredArrearsTolerancePeriodMissing = 273,
    PenaltyMethodNotAllowedByProduct = 276,
    InsufficientBalance = 278,
    MissingClientId = 300,
    InvalidClientId = 301,
    InvalidClientState = 305,
    InvalidClientRoleKey = 306,
    InvalidBirthDate = 309,
    InvalidClientStateTransition = 312,
    ClientHasAccounts = 315,
    ClientIdAlreadyInUse = 316,
    AccountIdAlreadyInUse = 411,
    AccountHasTransactions = 423,
    MissingTypeParameter = 427,
    InvalidProductId = 505,
    AccountHasRemainingBalance = 513,
    InterestSpreadNotAvailableForFixedRates = 518,
    DisbursementDateAfterLastRepaymentDueDate = 516,
    /// The contract's spelling.
    #[serde(rename = "TRANCHES_EXPECTED_DISBURSMENT_DATES_NOT_ORDERED")]
    TranchesExpectedDisbursementDatesNotOrdered = 519,
    TranchesNotAllowed = 520,
    TranchesNotDefined = 521,
    MoreTranchesThanAllowed = 522,
    TotalTranchesAmountMoreThanLoanAmount = 523,
    TotalAmountNotEqualWithLoanAmount = 524,
    TrancheAmountShouldBeStrictPositive = 525,
    InvalidTrancheKey = 526,
    CannotModifyDisbursedTranche = 527,
    AllTranchesAlreadyDisbursed = 530,
    TranchesCannotBeEdited = 531,
    JournalEntryBeforeClosure = 602,
    InvalidBookingDate = 614,
    InvalidCurrencyCode = 650,
    AccountCurrencyNotMatch = 652,
    InvalidUserName = 700,
    InvalidCreditOfficerKey = 702,
    InvalidBranchId = 800,
    InvalidBranchKey = 801,
    InvalidCentreKey = 850,
    InvalidCentreId = 851,
    InconsistentCentreWithBranch = 852,
    InvalidCustomFieldId = 903,
    CustomFieldsNeedChannelProvided = 925,
    MissingAccountHolderKey = 1490,
    MissingAccountHolderType = 1491,
    AccountHolderNotFound = 1492,
    RescheduledRepaymentBeforeDisbursementDate = 1907,
    FieldNotAllowed = 2001,
    SettingsOnlyAvailableForRevolvingCreditAccounts = 2300,
    TransactionTypeIsIrreversible = 2320,
    AccountAlreadyLocked = 2330,
    InstallmentWithInterestAppliedCannotBeEdited = 2402,
    PaidOrPureGraceInstallmentCannotBeDeleted = 2404,
    InvalidNumberOfInstallments = 2406,
    InvalidPrincipalAmountWithDecimals = 2407,
    DueDatesNotUnique = 2409,
    NonZeroPrincipalRepaymentCannotBeDeleted = 2410,
    NonDynamicAccountRepaymentDeletionNotAllowed = 2411,
    NonNativeGraceInstallmentCannotBeEdited = 2420,
    DueDatesNotInAscendingOrder = 2444,
    RepaymentFrequencyNotAllowed = 2204,
    InterestRateChangedTransactionNotAllowed = 2400,
    InterestRateChangedTransactionNotAllowedForLoanProductType = 2401,
    InvalidNewTotalLoanAmount = 2207,
    NegativeWriteOffAmount = 2208,
    CapitalizedAmountsNotAllowedDueToDifferentAccounting = 2209,
    TopUpAmountIsMandatory = 2210,
    RestructureDetailsAreMandatory = 2211,
    NegativeTopUpAmount = 2212,
    WriteOffAmountMoreThanBalanceAmount = 2213,
    CannotRefinanceRevolvingCreditLoan = 2214,
    PositiveCapitalizedAmountsForLoanFundedNotAllowed = 2215,
    WriteOffAmountForLoanFundedDifferentByBalanceAmount = 2216,
    CurrencyNotAvailableForProduct = 2217,
    AccountProductBranchAvailabilityMismatch = 2445,
    /// The contract's spelling.
    #[serde(rename = "TRANSACTION_DISBURSEMENT_DATE_DOES_NOT_MATCH_WITH_TRANCH_EXPECTED_DATE")]
    TransactionDisbursementDateDoesNotMatchWithTrancheExpectedDate = 3012,
    DuplicateId = 3300,
    AccountAlreadyClosed = 3610,
    CannotApplyRepaymentOnZeroBalanceAccount = 3620,
    InconsistentArrearsToleranceValuesWithArrearsToleranceMethod = 3624,
    LoanAccountFieldNotEditable = 3700,
    FeeAmountAlreadyDefinedInProduct = 3730,
}

/// Codes whose HTTP status is not 400, by status (§1.10).
const STATUSES: [(StatusCode, &[ReturnCode]); 8] = [
    (StatusCode::OK, &[ReturnCode::Success]),
    (StatusCode::UNAUTHORIZED, &[ReturnCode::InvalidBasicAuthorization, ReturnCode::InvalidCredentials]),
    (
        StatusCode::FORBIDDEN,
        &[
            ReturnCode::InvalidPermissions,
            ReturnCode::InactiveUser,
            ReturnCode::NoApiAccess,
            ReturnCode::FeatureDisabled,
        ],
    ),
    (StatusCode::NOT_FOUND, &[ReturnCode::InvalidApiOperation, ReturnCode::InvalidLoanAccountId]),
    (StatusCode::METHOD_NOT_ALLOWED, &[ReturnCode::MethodNotImplemented]),
    (StatusCode::CONFLICT, &[ReturnCode::BlockingOperationInProgress]),
    (StatusCode::PAYLOAD_TOO_LARGE, &[ReturnCode::MaxFileSizeExceeded]),
    (StatusCode::INTERNAL_SERVER_ERROR, &[ReturnCode::InternalError]),
];

impl ReturnCode {
    /// The contract's number.
    pub fn number(self) -> u16 {
        self as u16
    }

    /// The HTTP status with which the code is given where nothing else is said.
    pub fn status(self) -> StatusCode {
        let row = STATUSES.iter().find(|(_, codes)| codes.contains(&self));
        row.map_or(StatusCode::BAD_REQUEST, |(status, _)| *status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_contract() {
        let check = |code: ReturnCode, number: u16, name: &str| {
            assert_eq!(code.number(), number);
            assert_eq!(serde_json::to_value(code).unwrap(), name);
        };
        check(ReturnCode::Success, 0, "SUCCESS");
        check(ReturnCode::InvalidLoanAccountId, 100, "INVALID_LOAN_ACCOUNT_ID");
        check(ReturnCode::InvalidPrincipalRepaymentInterval, 188, "INVALID_PRINCIPAL_REPAYMENT_INVERVAL");
        check(ReturnCode::InvalidJsonSyntax, 26, "INVALID_JSON_SYNTAX");
    }

    #[test]
    fn a_rule_of_the_business_is_a_bad_request_and_never_a_gateway_error() {
        assert_eq!(ReturnCode::ExcessRepaymentError.status(), StatusCode::BAD_REQUEST);
        assert!(STATUSES.iter().all(|(status, _)| ![429, 502, 503, 504].contains(&status.as_u16())));
    }
}
