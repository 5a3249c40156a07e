//! The return codes of lines of credit.

use loam_book::loan::refusal::LineRefusal;

use super::ReturnCode;

pub(super) fn code_of(refusal: &LineRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        LineRefusal::Unknown => Code::InvalidLineOfCreditId,
        LineRefusal::UnknownHolder => Code::AccountHolderNotFound,
        LineRefusal::HolderState => Code::InvalidAccountHolderState,
        LineRefusal::HolderType => Code::InvalidClientRolePermissionForOpeningLinesOfCredit,
        LineRefusal::StartMissing => Code::MissingLineOfCreditStartDate,
        LineRefusal::ExpiryMissing => Code::MissingLineOfCreditExpireDate,
        LineRefusal::AmountMissing => Code::MissingLineOfCreditAmount,
        LineRefusal::AmountNotPositive { .. } => Code::LineOfCreditAmountNotStrictlyPositive,
        LineRefusal::ExpiryBeforeStart { .. } => Code::ExpireDateBeforeStartDate,
        LineRefusal::WrongState { .. } | LineRefusal::WrongStep { .. } => Code::InvalidLineOfCreditState,
        LineRefusal::NotEditable { .. } => Code::CreditArrangementIllegalParameterModification,
        LineRefusal::HasOpenAccounts => Code::CreditArrangementHasNonClosedAccounts,
        LineRefusal::OtherHolder => Code::InconsistentLineOfCreditClientWithAccountOwner,
        LineRefusal::OtherCurrency => Code::AccountCurrencyNotMatch,
        LineRefusal::ProductNotAllowed => Code::ProductLineOfCreditAffiliationConstraintMismatch,
        LineRefusal::Required => Code::LineOfCreditRequiredException,
        LineRefusal::AccountClosed { .. } => Code::InvalidAccountState,
        LineRefusal::AlreadyOnLine => Code::AccountAlreadyOnLineOfCredit,
        LineRefusal::NotOnLine => Code::AccountIsNotPartOfLineOfCredit,
        LineRefusal::OverdraftLimitMissing | LineRefusal::LimitBelowOverdrawn { .. } => {
            Code::LineOfCreditRequiresOverdraftMaxLimit
        }
        LineRefusal::BeforeStart { .. } => Code::DisbursementDateBeforeLineOfCreditStartDate,
        LineRefusal::AfterExpiry { .. } => Code::MaturityDateAfterLineOfCreditEndDate,
        LineRefusal::Exceeded { .. } => Code::LineOfCreditAmountExceeded,
        LineRefusal::HolderHasLines => Code::HasLinesOfCredit,
    }
}

/// The field that is at fault.
pub(super) fn source_of(refusal: &LineRefusal) -> Option<&'static str> {
    match refusal {
        LineRefusal::StartMissing => Some("startDate"),
        LineRefusal::ExpiryMissing | LineRefusal::ExpiryBeforeStart { .. } => Some("expireDate"),
        LineRefusal::AmountMissing | LineRefusal::AmountNotPositive { .. } => Some("amount"),
        LineRefusal::NotEditable { field } => Some(field),
        LineRefusal::WrongStep { .. } => Some("state"),
        LineRefusal::LimitBelowOverdrawn { .. } => Some("overdraftLimit"),
        LineRefusal::Unknown
        | LineRefusal::UnknownHolder
        | LineRefusal::HolderState
        | LineRefusal::HolderType
        | LineRefusal::WrongState { .. }
        | LineRefusal::HasOpenAccounts
        | LineRefusal::OtherHolder
        | LineRefusal::OtherCurrency
        | LineRefusal::ProductNotAllowed
        | LineRefusal::Required
        | LineRefusal::AccountClosed { .. }
        | LineRefusal::AlreadyOnLine
        | LineRefusal::NotOnLine
        | LineRefusal::OverdraftLimitMissing
        | LineRefusal::BeforeStart { .. }
        | LineRefusal::AfterExpiry { .. }
        | LineRefusal::Exceeded { .. }
        | LineRefusal::HolderHasLines => None,
    }
}
