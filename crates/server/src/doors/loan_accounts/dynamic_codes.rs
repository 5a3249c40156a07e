//! Return codes of what only dynamic and tranched loans refuse (§1.11).

use loam_book::loan::refusal::{DynamicRefusal, TrancheRefusal};

use super::return_codes::ReturnCode as Code;

/// The code of a refused rate change, pause or redraw.
pub(super) fn of_dynamic(refusal: &DynamicRefusal) -> Code {
    match refusal {
        DynamicRefusal::RateChangeNotAllowed { .. } => Code::InterestRateChangedTransactionNotAllowed,
        DynamicRefusal::RateChangeNotOfProductType { .. } => {
            Code::InterestRateChangedTransactionNotAllowedForLoanProductType
        }
        DynamicRefusal::PauseNotPossible { .. } => Code::InvalidDate,
        DynamicRefusal::RedrawNotPossible { .. } => Code::InsufficientBalance,
        DynamicRefusal::RedrawNotAllowed => Code::RedrawDisabled,
    }
}

/// The code of refused tranches.
pub(super) fn of_tranches(refusal: &TrancheRefusal) -> Code {
    match refusal {
        TrancheRefusal::NotOrdered { .. } => Code::TranchesExpectedDisbursementDatesNotOrdered,
        TrancheRefusal::NotAllowed => Code::TranchesNotAllowed,
        TrancheRefusal::NotDefined => Code::TranchesNotDefined,
        TrancheRefusal::TooMany { .. } => Code::MoreTranchesThanAllowed,
        TrancheRefusal::MoreThanLoanAmount { .. } => Code::TotalTranchesAmountMoreThanLoanAmount,
        TrancheRefusal::NotLoanAmount { .. } => Code::TotalAmountNotEqualWithLoanAmount,
        TrancheRefusal::AmountNotPositive { .. } => Code::TrancheAmountShouldBeStrictPositive,
        TrancheRefusal::Unknown { .. } | TrancheRefusal::NamedTwice { .. } => Code::InvalidTrancheKey,
        TrancheRefusal::Disbursed { .. } => Code::CannotModifyDisbursedTranche,
        TrancheRefusal::ChannelOfPart => Code::TransactionDetailsNotAvailableForProduct,
        TrancheRefusal::AllDisbursed => Code::AllTranchesAlreadyDisbursed,
        TrancheRefusal::NotEditable { .. } => Code::TranchesCannotBeEdited,
        TrancheRefusal::BeforeExpected { .. } => {
            Code::TransactionDisbursementDateDoesNotMatchWithTrancheExpectedDate
        }
        TrancheRefusal::AfterLastDueDate { .. } => Code::DisbursementDateAfterLastRepaymentDueDate,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn each_refusal_has_the_number_of_the_contract() {
        let day = date(2024, 2, 29);
        let dynamic = [
            (DynamicRefusal::RateChangeNotAllowed { reason: "" }, 2400),
            (DynamicRefusal::RateChangeNotOfProductType { product_type: "" }, 2401),
            (DynamicRefusal::PauseNotPossible { from: day, until: day, reason: "" }, 102),
            (DynamicRefusal::RedrawNotPossible { amount: String::new(), available: String::new() }, 278),
            (DynamicRefusal::RedrawNotAllowed, 244),
        ];
        for (refusal, code) in dynamic {
            assert_eq!(of_dynamic(&refusal) as u16, code, "{refusal}");
        }
        let text = String::new;
        let tranches = [
            (TrancheRefusal::NotOrdered { date: day, before: day }, 519),
            (TrancheRefusal::NotAllowed, 520),
            (TrancheRefusal::NotDefined, 521),
            (TrancheRefusal::TooMany { count: 3, max: 2 }, 522),
            (TrancheRefusal::MoreThanLoanAmount { total: text(), amount: text() }, 523),
            (TrancheRefusal::NotLoanAmount { total: text(), amount: text() }, 524),
            (TrancheRefusal::AmountNotPositive { value: text() }, 525),
            (TrancheRefusal::Unknown { key: text() }, 526),
            (TrancheRefusal::NamedTwice { key: text() }, 526),
            (TrancheRefusal::Disbursed { key: text() }, 527),
            (TrancheRefusal::ChannelOfPart, 237),
            (TrancheRefusal::AllDisbursed, 530),
            (TrancheRefusal::NotEditable { state: "" }, 531),
            (TrancheRefusal::BeforeExpected { value_date: day, expected_on: day }, 3012),
            (TrancheRefusal::AfterLastDueDate { value_date: day, last_due_date: day }, 516),
        ];
        for (refusal, code) in tranches {
            assert_eq!(of_tranches(&refusal) as u16, code, "{refusal}");
        }
    }
}
