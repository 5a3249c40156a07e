//! Return codes of what the book says no to about revolving credits.

use loam_book::loan::refusal::RevolvingRefusal;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal.
#[rustfmt::skip]
pub(super) fn code_of(refusal: &RevolvingRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        RevolvingRefusal::InstallmentsNotAvailable => Code::NumInstallmentsNotAvailableForRevolvingCredit,
        RevolvingRefusal::NoPreview => Code::SchedulePreviewNotAvailableForRevolvingCredit,
        RevolvingRefusal::MoreThanAvailable { .. } => Code::AmountMoreThanCurrentAvailableAmount,
        RevolvingRefusal::SettingsNotAvailable => Code::SettingsOnlyAvailableForRevolvingCreditAccounts,
        RevolvingRefusal::RuleOfProduct { .. } => Code::PrincipalPaymentInconsistentWithProduct,
        RevolvingRefusal::AmountOutsideProduct { .. } => Code::InconsistentFlatAmountWithProductConstraints,
        RevolvingRefusal::PercentageOutsideProduct { .. } => Code::InconsistentPercentangeWithProductConstraints,
        RevolvingRefusal::AmountMissing => Code::AmountRequiredForFlatPrincipalPaymentMethod,
        RevolvingRefusal::PercentageMissing => Code::PercentageRequiredForPrincipalPaymentPercentageMethod,
        RevolvingRefusal::AmountNotAvailable => Code::AmountOnlyAvailableForFlatPrincipalPaymentMethod,
        RevolvingRefusal::PercentageNotAvailable => Code::PercentageOnlyAvailableForOutstandingPrincipalPercentageMethod,
        RevolvingRefusal::AmountWithDecimals { .. } => Code::InvalidPrincipalPaymentFlatAmountWithDecimals,
        RevolvingRefusal::ImpossiblePercentage { .. } => Code::InvalidPrincipalPaymentPercentageValue,
        RevolvingRefusal::BilledInstallment { .. } => Code::NonCustomMadeIntallmentCannotBeDeletedForRevolvingCreditAccount,
    }
}

/// The member that a refusal is about.
pub(super) fn source_of(refusal: &RevolvingRefusal) -> Option<&'static str> {
    match refusal {
        RevolvingRefusal::InstallmentsNotAvailable => Some("repaymentInstallments"),
        RevolvingRefusal::RuleOfProduct { field } => Some(field),
        RevolvingRefusal::SettingsNotAvailable
        | RevolvingRefusal::AmountOutsideProduct { .. }
        | RevolvingRefusal::PercentageOutsideProduct { .. }
        | RevolvingRefusal::AmountMissing
        | RevolvingRefusal::PercentageMissing
        | RevolvingRefusal::AmountNotAvailable
        | RevolvingRefusal::PercentageNotAvailable
        | RevolvingRefusal::AmountWithDecimals { .. }
        | RevolvingRefusal::ImpossiblePercentage { .. } => Some("principalPaymentSettings"),
        RevolvingRefusal::NoPreview
        | RevolvingRefusal::MoreThanAvailable { .. }
        | RevolvingRefusal::BilledInstallment { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_revolving_credit_has_the_number_of_the_contract() {
        let text = String::new;
        let all = [
            (RevolvingRefusal::InstallmentsNotAvailable, 1901),
            (RevolvingRefusal::NoPreview, 1903),
            (RevolvingRefusal::MoreThanAvailable { amount: text(), available: text() }, 1904),
            (RevolvingRefusal::SettingsNotAvailable, 2300),
            (RevolvingRefusal::RuleOfProduct { field: "principalFloorValue" }, 1902),
            (RevolvingRefusal::AmountOutsideProduct { value: text() }, 2301),
            (RevolvingRefusal::PercentageOutsideProduct { value: text() }, 2302),
            (RevolvingRefusal::AmountMissing, 2303),
            (RevolvingRefusal::PercentageMissing, 2304),
            (RevolvingRefusal::AmountNotAvailable, 2305),
            (RevolvingRefusal::PercentageNotAvailable, 2306),
            (RevolvingRefusal::AmountWithDecimals { value: text() }, 2307),
            (RevolvingRefusal::ImpossiblePercentage { value: text() }, 2308),
            (RevolvingRefusal::BilledInstallment { number: 1 }, 2405),
        ];
        for (refusal, number) in all {
            assert_eq!(code_of(&refusal).number(), number, "{refusal:?}");
        }
    }
}
