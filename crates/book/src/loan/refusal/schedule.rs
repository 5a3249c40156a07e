//! What is said no to about schedules that are edited by hand, and about what is overdue and is
//! spread anew.

use jiff::civil::Date;

use crate::product::payments::ScheduleEdit;

/// A change of a schedule that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleRefusal {
    #[error("the product does not allow {edit:?}")]
    ScheduleEditNotAllowed { edit: ScheduleEdit },
    #[error("there is no installment {number} in the schedule")]
    UnknownScheduleRow { number: u32 },
    #[error("installment {number} has interest applied and cannot be edited")]
    RowHasInterestApplied { number: u32 },
    #[error("installment {number} has interest applied and keeps its due date")]
    DueDateOfAppliedInterest { number: u32 },
    #[error("installment {number} lies in the grace period and cannot be edited")]
    GraceRow { number: u32 },
    #[error("installment {number} is a payment holiday and cannot be edited")]
    HolidayRow { number: u32 },
    #[error("a principal of {value} is less than installment {number} can have")]
    NegativeRowPrincipal { number: u32, value: String },
    #[error("{value} is less than installment {number} can have")]
    NegativeRowFigure { number: u32, value: String },
    #[error("nothing would be expected of installment {number}")]
    EmptyRow { number: u32 },
    #[error("{field} would grow from {from} to {to}")]
    RowFigureGrows { field: &'static str, from: String, to: String },
    #[error("a principal of {value} has decimals, which the rounding of the schedule does not allow")]
    RowPrincipalWithDecimals { value: String },
    #[error("the principal of the schedule is {sum} and not {amount}")]
    PrincipalNotAddingUp { sum: String, amount: String },
    #[error("two installments fall due on {due_date}")]
    DueDatesNotUnique { due_date: Date },
    #[error("due date {next} follows {due_date}")]
    DueDatesNotAscending { due_date: Date, next: Date },
    #[error("due date {value} is not possible: {reason}")]
    InvalidDueDate { value: Date, reason: String },
    #[error("due date {due_date} is not after the disbursement on {disbursed_on}")]
    RowBeforeDisbursement { due_date: Date, disbursed_on: Date },
    #[error("due date {due_date} is before the last movement on {latest}")]
    DueDateBeforeTransaction { due_date: Date, latest: Date },
    #[error("due date {due_date} lies in a closed accounting period, which ends on {closed_through}")]
    DueDateInClosedPeriod { due_date: Date, closed_through: Date },
    #[error("due date {due_date} is no meeting day of the centre")]
    DueDateNotOnMeetingDay { due_date: Date },
    #[error(
        "an installment on {due_date} would stand before that of {paid}, which is paid or has interest applied"
    )]
    RowBeforePaid { due_date: Date, paid: Date },
    #[error("a schedule of {count} installments is too long")]
    TooManyRows { count: usize },
    #[error("installment {number} belongs to a fixed schedule and cannot be deleted")]
    RowOfFixedSchedule { number: u32 },
    #[error("installment {number} is paid or grace and cannot be deleted")]
    RowNotDeletable { number: u32 },
    #[error("installment {number} repays principal and cannot be deleted")]
    RowWithPrincipal { number: u32 },
    #[error("nothing is overdue")]
    NothingOverdue,
    #[error("no installment is left over which to spread what is overdue")]
    NoRemainingInstallments,
    #[error("installment {number} does not owe the {value} that were given up later")]
    ChargeNotOwed { number: u32, value: String },
}
