//! What the contract's product says and this version does nothing with (§4.1). It is refused by name,
//! unless its value means that nothing is to be done.

use super::super::error::DoorError;
use super::super::members::Members;

/// A member, and its values that have no effect. Left out, null, "", `[]` and `{}` never have one.
type Member = (&'static str, &'static [&'static str]);

/// Members of the product itself.
pub(super) const OF_PRODUCT: &[Member] = &[
    ("forHybridGroups", &["false"]),
    ("maxNumberOfDisbursementTranches", &["0", "1"]),
    ("interestType", &["SIMPLE_INTEREST"]),
    ("interestBalanceCalculationMethod", &["PRINCIPAL_ONLY"]),
    ("accrueLateInterest", &["false"]),
    ("repaymentScheduleMethod", &["FIXED"]),
    ("amortizationMethod", &["STANDARD_PAYMENTS"]),
    ("repaymentScheduleEditOptions", &[]),
    ("paymentMethod", &["HORIZONTAL"]),
    ("allowCustomRepaymentAllocation", &["false"]),
    ("futurePaymentsAcceptance", &["NO_FUTURE_PAYMENTS"]),
    ("prepaymentRecalculationMethod", &["NO_RECALCULATION"]),
    ("principalPaidInstallmentStatus", &["PARTIALLY_PAID"]),
    ("applyInterestOnPrepaymentMethod", &["MANUAL"]),
    ("elementsRecalculationMethod", &[]),
    ("latePaymentsRecalculationMethod", &["INCREASE_OVERDUE_INSTALLMENTS"]),
    ("loanPenaltyCalculationMethod", &["NONE"]),
    ("defaultPenaltyRate", &["0"]),
    ("minPenaltyRate", &["0"]),
    ("maxPenaltyRate", &["0"]),
    ("loanPenaltyGracePeriod", &["0"]),
    ("loanFees", &[]),
    ("loanProductRules", &[]),
    ("interestAccruedAccountingMethod", &["NONE"]),
    ("accountLinkingEnabled", &["false"]),
    ("linkableSavingsProductKey", &[]),
    ("autoLinkAccounts", &["false"]),
    ("autoCreateLinkedAccounts", &["false"]),
    ("settlementOptions", &["NO_AUTOMATED_TRANSFERS"]),
    ("offsetPercentage", &["0"]),
    ("taxesOnInterestEnabled", &["false"]),
    ("taxesOnFeesEnabled", &["false"]),
    ("taxesOnPenaltyEnabled", &["false"]),
    ("taxSourceKey", &[]),
    ("taxCalculationMethod", &[]),
    ("dormancyPeriodDays", &[]),
    ("lockPeriodDays", &[]),
    ("cappingMethod", &["NONE"]),
    ("cappingConstraintType", &[]),
    ("cappingPercentage", &["0"]),
    ("cappingApplyAccruedChargesBeforeLocking", &["false"]),
    ("lineOfCreditRequirement", &["NOT_REQUIRED"]),
    ("templates", &[]),
    ("principalPaymentSettings", &[]),
    ("customFieldValues", &[]),
    ("customInformation", &[]),
];

/// Members of objects inside the product.
pub(super) const OF_OBJECTS: &[(&str, &[Member])] = &[
    (
        "interestRateSettings",
        &[
            ("interestRateSource", &["FIXED_INTEREST_RATE"]),
            ("indexSourceKey", &[]),
            ("interestRateReviewUnit", &[]),
            ("interestRateReviewCount", &["0"]),
            ("interestRateFloorValue", &["0"]),
            ("interestRateCeilingValue", &[]),
            ("interestRateTerms", &["FIXED"]),
            ("interestRateTiers", &[]),
            ("accrueInterestAfterMaturity", &["false"]),
        ],
    ),
    (
        "arrearsSettings",
        &[
            ("monthlyToleranceDay", &[]),
            ("toleranceCalculationMethod", &["ARREARS_TOLERANCE_PERIOD"]),
            // The book counts from the oldest installment that is late now.
            ("dateCalculationMethod", &["DATE_OF_LAST_LATE_REPAYMENT"]),
            ("nonWorkingDaysMethod", &["INCLUDED"]),
            ("toleranceFloorAmount", &["0"]),
            ("tolerancePercentageOfOutstandingPrincipal", &["0"]),
        ],
    ),
    ("redrawSettings", &[("allowRedraw", &["false"])]),
    (
        "productSecuritySettings",
        &[
            ("isGuarantorsEnabled", &["false"]),
            ("isCollateralEnabled", &["false"]),
            ("isInvestorFundsEnabled", &["false"]),
            ("requiredGuaranties", &["0"]),
            ("requiredInvestorFunds", &["0"]),
            ("funderInterestCommissionAllocationType", &[]),
            ("organizationInterestCommission", &[]),
            ("funderInterestCommission", &[]),
            ("lockFundsAtApproval", &["false"]),
        ],
    ),
];

/// Refuses the first member whose value would have an effect that this version does not have.
///
/// # Errors
/// `not_supported`, with the member and its value.
pub(super) fn refuse(product: &Members) -> Result<(), DoorError> {
    refuse_in(product, OF_PRODUCT)?;
    for (name, members) in OF_OBJECTS {
        refuse_in(&product.object(name)?, members)?;
    }
    Ok(())
}

fn refuse_in(object: &Members, members: &[Member]) -> Result<(), DoorError> {
    members.iter().try_for_each(|(name, without_effect)| object.refuse_unless(name, without_effect))
}
