//! Return codes of what the book says no to about guarantees and funds.

use loam_book::loan::refusal::SecurityRefusal;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal.
#[rustfmt::skip]
pub(super) fn code_of(refusal: &SecurityRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        SecurityRefusal::InsufficientGuarantees { .. } => Code::InsufficientGuarantees,
        SecurityRefusal::GuarantorsNotAllowed => Code::GuarantorNotAllowedByProduct,
        SecurityRefusal::CollateralNotAllowed => Code::CollateralNotAllowedByProduct,
        SecurityRefusal::UnknownGuarantee | SecurityRefusal::GuaranteeNamedTwice => Code::InvalidGuarantyEncodedKey,
        SecurityRefusal::TooMany { .. } => Code::InvalidParameters,
        SecurityRefusal::OtherTypeOfGuarantee => Code::GuarantyKeyTypeMismatch,
        SecurityRefusal::AssetNameMissing => Code::InvalidAssetName,
        SecurityRefusal::GuarantorOfAsset => Code::GuarantorKeyNotAllowed,
        SecurityRefusal::SavingsAccountOfAsset => Code::GuarantorSavingsKeyNotAllowed,
        SecurityRefusal::AssetNameOfGuarantor => Code::GuarantorAssetNameNotAllowed,
        SecurityRefusal::UnknownGuarantor => Code::InvalidGuarantorKey,
        SecurityRefusal::GuarantorState => Code::InvalidGuarantorState,
        SecurityRefusal::UnknownSavingsAccount => Code::InvalidSavingsAccountKey,
        SecurityRefusal::DuplicateSavingsAccount => Code::DuplicatedSavingsAccount,
        SecurityRefusal::InsufficientSavings { .. } => Code::InsufficientSavingsAccountBalance,
        SecurityRefusal::SavingsAccountState { .. } => Code::InvalidSavingsAccountState,
        SecurityRefusal::OtherCurrency => Code::AccountCurrencyNotMatch,
        SecurityRefusal::FundAccountType => Code::InvalidSavingsAccountTypeForFunding,
        SecurityRefusal::InsufficientFundAccount { .. } => Code::InsufficientFundsAccountBalance,
        SecurityRefusal::DuplicateGuarantor => Code::DuplicatedGuarantorWithoutSavingsAccount,
        SecurityRefusal::DuplicateAsset => Code::DuplicatedAsset,
        SecurityRefusal::GuarantorStays => Code::GuarantorCannotBeDeleted,
        SecurityRefusal::FundsNotAllowed => Code::FundsNotAllowed,
        SecurityRefusal::FundsOfState { .. } => Code::InvalidLoanAccountStateForFundsEdit,
        SecurityRefusal::UnknownFund | SecurityRefusal::FundNamedTwice => Code::InvalidFundEncodedKey,
        SecurityRefusal::FundsExceedAmount { .. } => Code::InvestorsTotalAmountMoreThanLoanAmount,
        SecurityRefusal::InsufficientFunds { .. } => Code::InsufficientFundsTotalAmount,
        SecurityRefusal::FundNotPositive { .. } => Code::FundingAmountMustBeStrictlyPositive,
        SecurityRefusal::FundAccountMissing => Code::InvalidSavingsAccountTypeForFunding,
        SecurityRefusal::DuplicateFundAccount => Code::DuplicatedSavingsAccountForFunding,
        SecurityRefusal::CommissionOutsideProduct { .. } => Code::FunderInterestCommissionConstraintsValidation,
        SecurityRefusal::CommissionMissing => Code::MissingFunderInterestCommission,
        SecurityRefusal::CommissionExceedsRate { .. } => Code::InvalidInterestRateAgainstInterestCommission,
        SecurityRefusal::FundsNotTaken => Code::InvalidProductWithFundingSourceDisabled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_security_has_the_number_of_the_contract() {
        let text = String::new;
        let all = [
            (SecurityRefusal::InsufficientGuarantees { sum: text(), required: text() }, 138),
            (SecurityRefusal::GuarantorsNotAllowed, 222),
            (SecurityRefusal::CollateralNotAllowed, 223),
            (SecurityRefusal::UnknownGuarantee, 2121),
            (SecurityRefusal::GuaranteeNamedTwice, 2121),
            (SecurityRefusal::FundNamedTwice, 2018),
            (SecurityRefusal::TooMany { count: 2, max: 1 }, 4),
            (SecurityRefusal::OtherTypeOfGuarantee, 2124),
            (SecurityRefusal::AssetNameMissing, 152),
            (SecurityRefusal::GuarantorOfAsset, 153),
            (SecurityRefusal::SavingsAccountOfAsset, 154),
            (SecurityRefusal::AssetNameOfGuarantor, 163),
            (SecurityRefusal::UnknownGuarantor, 155),
            (SecurityRefusal::GuarantorState, 157),
            (SecurityRefusal::UnknownSavingsAccount, 156),
            (SecurityRefusal::DuplicateSavingsAccount, 159),
            (SecurityRefusal::InsufficientSavings { amount: text(), available: text() }, 160),
            (SecurityRefusal::SavingsAccountState { state: "closed" }, 161),
            (SecurityRefusal::OtherCurrency, 652),
            (SecurityRefusal::FundAccountType, 2114),
            (SecurityRefusal::InsufficientFundAccount { amount: text(), available: text() }, 2106),
            (SecurityRefusal::DuplicateGuarantor, 158),
            (SecurityRefusal::DuplicateAsset, 162),
            (SecurityRefusal::GuarantorStays, 230),
            (SecurityRefusal::FundsNotAllowed, 2108),
            (SecurityRefusal::FundsOfState { state: "active" }, 2412),
            (SecurityRefusal::UnknownFund, 2018),
            (SecurityRefusal::FundsExceedAmount { sum: text(), amount: text() }, 2019),
            (SecurityRefusal::InsufficientFunds { sum: text(), required: text() }, 2107),
            (SecurityRefusal::FundNotPositive { value: text() }, 2109),
            (SecurityRefusal::FundAccountMissing, 2114),
            (SecurityRefusal::DuplicateFundAccount, 2115),
            (SecurityRefusal::CommissionOutsideProduct { value: text() }, 2110),
            (SecurityRefusal::CommissionMissing, 2111),
            (SecurityRefusal::CommissionExceedsRate { value: text(), rate: text() }, 2113),
            (SecurityRefusal::FundsNotTaken, 148),
        ];
        for (refusal, number) in all {
            assert_eq!(code_of(&refusal).number(), number, "{refusal:?}");
        }
    }
}
