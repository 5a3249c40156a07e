//! Return codes of what the book says no to about loans that take the place of others.

use loam_book::loan::refusal::RestructureRefusal;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal.
#[rustfmt::skip]
pub(super) fn code_of(refusal: &RestructureRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        RestructureRefusal::Rescheduled => Code::RescheduledLoan,
        RestructureRefusal::Refinanced => Code::RefinancedLoan,
        RestructureRefusal::RevolvingCredit => Code::CannotRefinanceRevolvingCreditLoan,
        RestructureRefusal::DetailsMissing => Code::RestructureDetailsAreMandatory,
        RestructureRefusal::TopUpMissing => Code::TopUpAmountIsMandatory,
        RestructureRefusal::NegativeTopUp { .. } => Code::NegativeTopUpAmount,
        RestructureRefusal::NegativeWriteOff { .. } => Code::NegativeWriteOffAmount,
        RestructureRefusal::WriteOffExceedsBalance { .. } => Code::WriteOffAmountMoreThanBalanceAmount,
        RestructureRefusal::FieldNotAllowed { .. } => Code::FieldNotAllowed,
        RestructureRefusal::AmountDiffers { .. } => Code::InvalidNewTotalLoanAmount,
        RestructureRefusal::IntoRevolvingCredit => Code::InvalidProductType,
        RestructureRefusal::FirstTrancheTooSmall { .. } => Code::InvalidNewTotalLoanAmount,
        RestructureRefusal::TranchesStay => Code::CannotModifyTranchesOnRescheduledRefinancedAccounts,
        RestructureRefusal::Overpaid { .. } => Code::InvalidAccountState,
        RestructureRefusal::OtherCurrency => Code::CurrencyNotAvailableForProduct,
        RestructureRefusal::OtherAccounting => Code::CapitalizedAmountsNotAllowedDueToDifferentAccounting,
        RestructureRefusal::FeeExceedsTopUp { .. } => Code::DeductedFeesTotalMoreThanLoanAmount,
        RestructureRefusal::OriginalHasFunds => Code::OriginalAccountHasFunds,
        RestructureRefusal::FundedCapitalization => Code::PositiveCapitalizedAmountsForLoanFundedNotAllowed,
        RestructureRefusal::FundedAmountChanges => Code::WriteOffAmountForLoanFundedDifferentByBalanceAmount,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_restructuring_has_the_number_of_the_contract() {
        let (field, command, text) = ("topUpAmount", "reschedule", String::new);
        let all = [
            (RestructureRefusal::Rescheduled, 146),
            (RestructureRefusal::Refinanced, 147),
            (RestructureRefusal::RevolvingCredit, 2214),
            (RestructureRefusal::DetailsMissing, 2211),
            (RestructureRefusal::TopUpMissing, 2210),
            (RestructureRefusal::NegativeTopUp { value: text() }, 2212),
            (RestructureRefusal::NegativeWriteOff { field, value: text() }, 2208),
            (RestructureRefusal::WriteOffExceedsBalance { field, value: text(), outstanding: text() }, 2213),
            (RestructureRefusal::FieldNotAllowed { field, command }, 2001),
            (RestructureRefusal::AmountDiffers { value: text(), expected: text() }, 2207),
            (RestructureRefusal::IntoRevolvingCredit, 279),
            (RestructureRefusal::FirstTrancheTooSmall { value: text(), carried_over: text() }, 2207),
            (RestructureRefusal::TranchesStay, 529),
            (RestructureRefusal::Overpaid { amount: text() }, 105),
            (RestructureRefusal::OtherCurrency, 2217),
            (RestructureRefusal::OtherAccounting, 2209),
            (RestructureRefusal::FeeExceedsTopUp { fee: text(), paid_out: text() }, 225),
            (RestructureRefusal::OriginalHasFunds, 127),
            (RestructureRefusal::FundedCapitalization, 2215),
            (RestructureRefusal::FundedAmountChanges, 2216),
        ];
        for (refusal, number) in all {
            assert_eq!(code_of(&refusal).number(), number, "{refusal:?}");
        }
    }
}
