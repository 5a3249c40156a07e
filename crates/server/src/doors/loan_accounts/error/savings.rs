//! Return codes of what the book says no to about deposit accounts.

use loam_book::loan::refusal::SavingsRefusal;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal.
#[rustfmt::skip]
pub(super) fn code_of(refusal: &SavingsRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        SavingsRefusal::WrongTransition { .. } => Code::InvalidSavingsAccountStateTransition,
        SavingsRefusal::WrongState { .. } => Code::InvalidDepositAccountState,
        SavingsRefusal::InvalidAmount { .. } => Code::InvalidDepositAmount,
        SavingsRefusal::BalanceBelowZero { .. } => Code::OverdraftNotAllowed,
        SavingsRefusal::OverdraftLimitExceeded { .. } | SavingsRefusal::OverdraftLimitOutsideProduct { .. } => Code::MaximumOverdraftLimitExceeded,
        SavingsRefusal::OverdraftNotAllowed => Code::ProductSpecifiesOverdraftNotAllowed,
        SavingsRefusal::ReversalBelowZero { .. } => Code::BalanceBelowZero,
        SavingsRefusal::AmountLocked { .. } => Code::LockedSavingsAmount,
        SavingsRefusal::MaxWithdrawalExceeded { .. } => Code::MaximumWithdrawalAmountExceeded,
        SavingsRefusal::MinimumOpeningBalance { .. } => Code::MinimumOpeningBalanceAchieved,
        SavingsRefusal::InvalidMaxWithdrawal { is_zero: true, .. } => Code::MaxWithdrawalCannotBeZero,
        SavingsRefusal::InvalidMaxWithdrawal { is_zero: false, .. } => Code::MaxWithdrawalCannotBeNegative,
        SavingsRefusal::InvalidRecommendedDeposit { .. } => Code::RecommendedDepositAmountInvalid,
        SavingsRefusal::InterestNotAllowed { .. } => Code::InterestRateShouldBeZeroOrEmpty,
        SavingsRefusal::MissingInterestRate => Code::MissingInterestRateFromSavingsProduct,
        SavingsRefusal::InterestRateOutsideProduct { .. } => Code::InvalidInterestRate,
        SavingsRefusal::TaxNotAllowed => Code::ProductDoesntAllowWithholdingTaxes,
        SavingsRefusal::NoTaxSource => Code::InvalidWithholdingTaxSourceType,
        SavingsRefusal::InterestRemains { .. } => Code::AccountHasRemainingBalance,
        SavingsRefusal::FieldNotOfType { .. } => Code::AccountTypeDoesNotAllowField,
        SavingsRefusal::NoTerm => Code::AccountTypeDoesNotAllowField,
        SavingsRefusal::MissingMaturityDate | SavingsRefusal::TermOutsideProduct { .. } => Code::InvalidParameters,
        SavingsRefusal::BeforeActivation { .. } => Code::BackdateBeforeActivation,
        SavingsRefusal::BeforeOtherMovement { .. } => Code::BackdateBeforeOtherOperation,
        SavingsRefusal::DateInTheFuture { .. } => Code::BackdateSetInTheFuture,
        SavingsRefusal::HasTransactions => Code::AccountHasTransactions,
        SavingsRefusal::IsLinked => Code::LinkedAccountDeletionError,
        SavingsRefusal::NothingToKeep { .. } => Code::InsufficientBalance,
        SavingsRefusal::BalanceRemains { .. } => Code::AccountHasRemainingBalance,
        SavingsRefusal::ProductMismatch { .. } => Code::SavingsProductMismatch,
        SavingsRefusal::TransferToItself => Code::CannotMakeTransferToSourceAccount,
        SavingsRefusal::TransferNotPositive { .. } => Code::TransferAmountIsNotPositive,
        SavingsRefusal::OtherCurrency { .. } => Code::UndefinedExchangeRateForCurrency,
        SavingsRefusal::MadeByTransfer { .. } => Code::TransactionMadeFromATransfer,
        SavingsRefusal::TransferInTheWay { .. } => Code::CannotBulkReverseInternalTransferRepayment,
        SavingsRefusal::AlreadyLinked => Code::AccountAlreadyLinked,
        SavingsRefusal::LinkingNotAllowed => Code::ProductDoesNotAllowLinking,
        SavingsRefusal::ProductNotLinkable => Code::UnlinkableSavingsProduct,
        SavingsRefusal::OtherHolder => Code::InvalidSavingsAccountHolder,
        SavingsRefusal::NotLinked => Code::LinkBetweenAccountsDoesNotExist,
        SavingsRefusal::StateNotLinkable { .. } => Code::InvalidSettlementAccountState,
    }
}
