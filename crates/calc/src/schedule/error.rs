//! Why a schedule or its due dates cannot be.

use jiff::civil::Date;

use crate::calendar::CalendarError;
use crate::money::Amount;

/// Terms or dates that give no schedule. Amounts in messages are minor units: no currency is known here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// No due date at all.
    #[error("a schedule needs at least one installment")]
    NoInstallments,
    /// Nothing is lent.
    #[error("principal of {} minor units is not positive", principal.minor())]
    PrincipalNotPositive {
        /// What was given.
        principal: Amount,
    },
    /// More is lent than the book can keep.
    #[error("principal of {} minor units is more than the largest amount of {}", principal.minor(), Amount::MAX.minor())]
    PrincipalTooLarge {
        /// What was given.
        principal: Amount,
    },
    /// The grace leaves no installment to repay in.
    #[error("a grace of {grace} installments leaves none of {installments} to repay in")]
    GraceTooLong {
        /// How many installments of grace.
        grace: u32,
        /// How many installments at all.
        installments: u32,
    },
    /// Principal on every zeroth installment.
    #[error("a principal repayment interval of 0 repays nothing")]
    PrincipalIntervalIsZero,
    /// A rate per zero days.
    #[error("a rate cannot be charged every 0 days")]
    ChargeFrequencyIsZero,
    /// Installments every zero days, weeks, months or years.
    #[error("a repayment period of 0 leads nowhere")]
    PeriodIsZero,
    /// Totals rounded to a multiple of nothing.
    #[error("installments cannot be rounded to multiples of {} minor units", multiple.minor())]
    MultipleNotPositive {
        /// What was given.
        multiple: Amount,
    },
    /// The agreed first due date is too early.
    #[error("the first due date {first_due_date} is not after the start {start}")]
    FirstDueDateNotAfterStart {
        /// The agreed first due date.
        first_due_date: Date,
        /// The disbursement date.
        start: Date,
    },
    /// The agreed first due date is none of the fixed days.
    #[error("the first due date {first_due_date} is not one of the fixed days of the month")]
    FirstDueDateNotAFixedDay {
        /// The agreed first due date.
        first_due_date: Date,
    },
    /// The agreed first due date is not on the day of the meetings.
    #[error("the first due date {first_due_date} is not on the day of the week of the meetings")]
    FirstDueDateNotAMeetingDay {
        /// The agreed first due date.
        first_due_date: Date,
    },
    /// A fixed day that no month has.
    #[error("{day} is not a day of a month")]
    NotADayOfMonth {
        /// What was given.
        day: u8,
    },
    /// Fixed days, but none listed.
    #[error("due dates on fixed days need at least one day")]
    NoFixedDays,
    /// The agreed last due date comes before the regular one.
    #[error("the regular due dates end on {regular}, after {last_due_date}")]
    RegularDatesEndLater {
        /// The last of the regular due dates.
        regular: Date,
        /// The last due date that was agreed.
        last_due_date: Date,
    },
    /// A due date does not follow the date before it.
    #[error("due date {due_date} is not after {previous}")]
    DueDatesNotIncreasing {
        /// The due date before, or the start.
        previous: Date,
        /// The one that does not follow it.
        due_date: Date,
    },
    /// No due date from this one on is ever a working day.
    #[error("no due date from {from} on is a working day")]
    NoWorkingDueDate {
        /// The first one that was tried.
        from: Date,
    },
    /// The next due date lies after the year 9999.
    #[error("the due date after {after} is beyond the calendar")]
    DueDateBeyondCalendar {
        /// The date before it.
        after: Date,
    },
    /// A step of the calendar failed.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// Tiers whose bounds do not increase, or a last tier that is bounded.
    #[error("the bounds of rate tiers increase, and only the last tier has none")]
    TiersNotInOrder,
    /// The agreed payment does not cover the interest.
    #[error(
        "installment {number} has interest of {} minor units, more than its payment of {}",
        interest.minor(),
        payment.minor()
    )]
    PaymentBelowInterest {
        /// Its number, from one.
        number: u32,
        /// What was agreed.
        payment: Amount,
        /// What it costs.
        interest: Amount,
    },
    /// The agreed payments repay the loan too early.
    #[error("the payments repay everything with installment {number} of {installments}")]
    RepaidTooEarly {
        /// The installment that repays the last of it.
        number: u32,
        /// How many there are.
        installments: u32,
    },
    /// Not one agreed payment for each installment.
    #[error("there are {payments} agreed payments for {installments} installments")]
    PaymentsMissing {
        /// How many payments were agreed.
        payments: u32,
        /// How many installments there are.
        installments: u32,
    },
    /// No rate makes these payments repay the loan.
    #[error("no rate up to 1000000 percent makes the payments repay the loan")]
    NoRate,
    /// The interest or total of an installment is more than the book can keep.
    #[error("installment {number} is more than the largest amount of {} minor units", Amount::MAX.minor())]
    InstallmentTooLarge {
        /// Its number, from one.
        number: u32,
    },
}
