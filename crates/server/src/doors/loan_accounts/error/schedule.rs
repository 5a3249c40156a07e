//! Return codes of what the book says no to about schedules.

use loam_book::loan::refusal::ScheduleRefusal;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal.
#[rustfmt::skip]
pub(super) fn code_of(refusal: &ScheduleRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        ScheduleRefusal::ScheduleEditNotAllowed { .. } => Code::EditingRepaymentsNotAllowed,
        ScheduleRefusal::UnknownScheduleRow { .. } => Code::InvalidRepaymentId,
        ScheduleRefusal::RowHasInterestApplied { .. } => Code::InstallmentWithInterestAppliedCannotBeEdited,
        ScheduleRefusal::DueDateOfAppliedInterest { .. } => Code::RepaymentHasInterestApplied,
        ScheduleRefusal::GraceRow { .. } => Code::PureGraceInstallmentAreNotEditable,
        ScheduleRefusal::HolidayRow { .. } => Code::NonNativeGraceInstallmentCannotBeEdited,
        ScheduleRefusal::NegativeRowPrincipal { .. } => Code::NegativePrincipalForInstallment,
        ScheduleRefusal::NegativeRowFigure { .. } => Code::NegativeBalance,
        ScheduleRefusal::EmptyRow { .. } => Code::NonPositiveTotalBalance,
        ScheduleRefusal::RowPrincipalWithDecimals { .. } => Code::InvalidPrincipalAmountWithDecimals,
        ScheduleRefusal::PrincipalNotAddingUp { .. } => Code::InconsistentSchedulePrincipalDueWithLoanAmount,
        ScheduleRefusal::DueDatesNotUnique { .. } => Code::DueDatesNotUnique,
        ScheduleRefusal::DueDatesNotAscending { .. } => Code::DueDatesNotInAscendingOrder,
        ScheduleRefusal::InvalidDueDate { .. } => Code::InvalidDueDate,
        ScheduleRefusal::RowBeforeDisbursement { .. } => Code::RescheduledRepaymentBeforeDisbursementDate,
        ScheduleRefusal::DueDateBeforeTransaction { .. } => Code::DueDateBeforeLoggedTransaction,
        ScheduleRefusal::DueDateInClosedPeriod { .. } => Code::DueDateBeforeAccountingClosure,
        ScheduleRefusal::DueDateNotOnMeetingDay { .. } => Code::EditingDateNotInCenterMeetingDay,
        ScheduleRefusal::RowBeforePaid { .. } => Code::CustomMadeInstallmentAddedBeforePaidInstallment,
        ScheduleRefusal::TooManyRows { .. } => Code::InvalidNumberOfInstallments,
        ScheduleRefusal::RowOfFixedSchedule { .. } => Code::NonDynamicAccountRepaymentDeletionNotAllowed,
        ScheduleRefusal::RowNotDeletable { .. } => Code::PaidOrPureGraceInstallmentCannotBeDeleted,
        ScheduleRefusal::RowWithPrincipal { .. } => Code::NonZeroPrincipalRepaymentCannotBeDeleted,
        ScheduleRefusal::ChargeNotOwed { .. } => Code::UnreversedTransactionLoggedAfterCurrentOne,
        ScheduleRefusal::RowFigureGrows { .. } | ScheduleRefusal::NothingOverdue | ScheduleRefusal::NoRemainingInstallments => Code::ParamsInconsistentWithProductRules,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use loam_book::product::payments::ScheduleEdit;

    use super::*;

    const DAY: Date = date(2012, 6, 28);

    #[test]
    fn every_refusal_of_a_schedule_has_the_number_of_the_contract() {
        let (number, text) = (1, String::new);
        let all = [
            (ScheduleRefusal::ScheduleEditNotAllowed { edit: ScheduleEdit::AdjustPaymentDates }, 179),
            (ScheduleRefusal::UnknownScheduleRow { number }, 175),
            (ScheduleRefusal::RowHasInterestApplied { number }, 2402),
            (ScheduleRefusal::DueDateOfAppliedInterest { number }, 261),
            (ScheduleRefusal::GraceRow { number }, 266),
            (ScheduleRefusal::HolidayRow { number }, 2420),
            (ScheduleRefusal::NegativeRowPrincipal { number, value: text() }, 136),
            (ScheduleRefusal::NegativeRowFigure { number, value: text() }, 182),
            (ScheduleRefusal::EmptyRow { number }, 183),
            (ScheduleRefusal::RowFigureGrows { field: "feesDue", from: text(), to: text() }, 184),
            (ScheduleRefusal::RowPrincipalWithDecimals { value: text() }, 2407),
            (ScheduleRefusal::PrincipalNotAddingUp { sum: text(), amount: text() }, 132),
            (ScheduleRefusal::DueDatesNotUnique { due_date: DAY }, 2409),
            (ScheduleRefusal::DueDatesNotAscending { due_date: DAY, next: DAY }, 2444),
            (ScheduleRefusal::InvalidDueDate { value: DAY, reason: text() }, 181),
            (ScheduleRefusal::RowBeforeDisbursement { due_date: DAY, disbursed_on: DAY }, 1907),
            (ScheduleRefusal::DueDateBeforeTransaction { due_date: DAY, latest: DAY }, 263),
            (ScheduleRefusal::DueDateInClosedPeriod { due_date: DAY, closed_through: DAY }, 262),
            (ScheduleRefusal::DueDateNotOnMeetingDay { due_date: DAY }, 177),
            (ScheduleRefusal::RowBeforePaid { due_date: DAY, paid: DAY }, 178),
            (ScheduleRefusal::TooManyRows { count: 3_000 }, 2406),
            (ScheduleRefusal::RowOfFixedSchedule { number }, 2411),
            (ScheduleRefusal::RowNotDeletable { number }, 2404),
            (ScheduleRefusal::RowWithPrincipal { number }, 2410),
            (ScheduleRefusal::ChargeNotOwed { number, value: text() }, 166),
            (ScheduleRefusal::NothingOverdue, 184),
            (ScheduleRefusal::NoRemainingInstallments, 184),
        ];
        for (refusal, number) in all {
            assert_eq!(code_of(&refusal).number(), number, "{refusal:?}");
        }
    }
}
