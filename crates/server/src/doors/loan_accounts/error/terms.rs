//! The return codes of what a loan would agree on: its rate, its payments, its dates.

use loam_book::loan::refusal::TermsRefusal;

use super::super::return_codes::ReturnCode;

/// What a loan would agree on has a code for nearly each thing that can be wrong with it.
#[rustfmt::skip]
pub(super) fn code_of(refusal: &TermsRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        TermsRefusal::RateOfInterestFreeLoan { .. } => Code::InterestRateShouldBeZeroOrEmpty,
        TermsRefusal::SpreadOfInterestFreeLoan { .. } => Code::InterestSpreadShouldBeZeroOrEmpty,
        TermsRefusal::RateOfIndexedLoan { .. } => Code::InterestRateNotAvailableForIndexedRates,
        TermsRefusal::SpreadOfFixedRate { .. } => Code::InterestSpreadNotAvailableForFixedRates,
        TermsRefusal::MissingSpread => Code::MissingInterestRateSpreadOnProduct,
        TermsRefusal::InvalidSpread { .. } => Code::InvalidInterestSpread,
        TermsRefusal::RateOfTieredLoan { .. } => Code::InterestRateCannotBeEditedForTieredInterestRates,
        TermsRefusal::SpreadOfTieredLoan { .. } => Code::InterestSpreadCannotBeEditedForTieredInterestRates,
        TermsRefusal::UnknownIndexRateSource { .. } => Code::InvalidIndexRateSourceId,
        TermsRefusal::NoIndexRate { .. } => Code::NoIndexRateAvailable,
        TermsRefusal::BalloonNotAllowed { .. } => Code::BalloonPaymentsNotAllowedByProduct,
        TermsRefusal::MissingPeriodicPayment => Code::MandatoryPeriodicPayment,
        TermsRefusal::PeriodicPaymentAboveAmount { .. } => Code::PeriodicPaymentGreaterThanLoanAmount,
        TermsRefusal::InvalidPeriodicPayment { .. } => Code::InvalidPeriodicPayment,
        TermsRefusal::PaymentPlanNotAllowed => Code::PaymentPlanNotAvailable,
        TermsRefusal::MissingPaymentPlan => Code::AtLeastOnePeriodicPaymentPlanMandatory,
        TermsRefusal::PaymentPlanEndsElsewhere { .. } => Code::InvalidToInstallmentPosition,
        TermsRefusal::InvalidPlannedPayment { .. } => Code::InvalidPmtValue,
        TermsRefusal::PaymentsNotMoreThanAmount { .. } => Code::SumOfPeriodicPaymentsLessOrEqualWithLoanAmount,
        TermsRefusal::PaymentPlanNotOrdered { .. } => Code::PaymentPlanEntriesNotOrdered,
        TermsRefusal::NoRateForPayments { .. } => Code::InterestRateComputationError,
        TermsRefusal::AmountHasDecimals { .. } => Code::LoanAmountDecimalsNotAllowedWithRounding,
        TermsRefusal::FirstDueDateOutsideOffset { .. } => Code::InconsistentFirstRepaymentDateWithProductOffset,
        TermsRefusal::FixedDaysNotAllowed => Code::FixedDaysOfMonthNotAllowed,
        TermsRefusal::MissingFixedDays => Code::MissingFixedDaysOfMonth,
        TermsRefusal::InvalidFixedDay { .. } => Code::InvalidFixedDaysOfMonth,
        TermsRefusal::NotAFixedDay { .. } => Code::InconsistentWithFixedDaysOfMonth,
        TermsRefusal::NotAMeetingDay { .. } | TermsRefusal::PeriodWithoutMeetings => Code::InconsistentWithCentreMeetingDay,
        TermsRefusal::MeetingDayNotWorked => Code::CentreMeetingDayInNonWorkingDay,
    }
}
