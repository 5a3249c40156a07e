//! Why the book says no to what a loan would agree on: its rate, its payments, its dates.

use jiff::civil::Date;

use crate::ids::Key;

/// Terms that a product does not allow or that cannot be met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsRefusal {
    #[error("an interest rate of {value} was given for an interest free loan")]
    RateOfInterestFreeLoan { value: String },
    #[error("an interest spread of {value} was given for an interest free loan")]
    SpreadOfInterestFreeLoan { value: String },
    #[error("an interest rate of {value} was given, but the rate follows an index")]
    RateOfIndexedLoan { value: String },
    #[error("an interest spread of {value} was given, but the rate follows no index")]
    SpreadOfFixedRate { value: String },
    #[error("neither the product nor the loan says the spread over the index")]
    MissingSpread,
    #[error("interest spread \"{value}\" is not possible: {reason}")]
    InvalidSpread { value: String, reason: String },
    #[error("an interest rate of {value} was given, but the product has tiers of rates")]
    RateOfTieredLoan { value: String },
    #[error("an interest spread of {value} was given, but the product has tiers of rates")]
    SpreadOfTieredLoan { value: String },
    #[error("the index rate source {key} does not exist")]
    UnknownIndexRateSource { key: Key },
    #[error("the index rate {id} has no rate on {date}")]
    NoIndexRate { id: String, date: Date },
    #[error("a periodic payment of {value} was given, but the product has no balloon payments")]
    BalloonNotAllowed { value: String },
    #[error("the periodic payment is missing")]
    MissingPeriodicPayment,
    #[error("the periodic payment of {payment} is more than the loan amount of {amount}")]
    PeriodicPaymentAboveAmount { payment: String, amount: String },
    #[error("periodic payment \"{value}\" is not possible: {reason}")]
    InvalidPeriodicPayment { value: String, reason: String },
    #[error("a payment plan was given, but the product has none")]
    PaymentPlanNotAllowed,
    #[error("the payment plan is missing")]
    MissingPaymentPlan,
    #[error("the payment plan ends with installment {through}, and the loan with installment {installments}")]
    PaymentPlanEndsElsewhere { through: u32, installments: u32 },
    #[error("the payment \"{value}\" of a payment plan is not possible: {reason}")]
    InvalidPlannedPayment { value: String, reason: String },
    #[error("the payments of {sum} are not more than the loan amount of {amount}")]
    PaymentsNotMoreThanAmount { sum: String, amount: String },
    #[error("in the payment plan installment {through} comes after installment {after}")]
    PaymentPlanNotOrdered { through: u32, after: u32 },
    #[error("the payment plan has no rate: {reason}")]
    NoRateForPayments { reason: String },
    #[error("the loan amount {value} has decimals, and installments are whole units")]
    AmountHasDecimals { value: String },
    #[error(
        "first repayment date {first_due_date} is {days} days from the regular one; the product allows {bounds}"
    )]
    FirstDueDateOutsideOffset { first_due_date: Date, days: i64, bounds: String },
    #[error("fixed days of the month were given, but the product has an interval")]
    FixedDaysNotAllowed,
    #[error("neither the product nor the loan says the fixed days of the month")]
    MissingFixedDays,
    #[error("{day} is not a day of a month")]
    InvalidFixedDay { day: u8 },
    #[error("first repayment date {first_due_date} is not one of the fixed days of the month")]
    NotAFixedDay { first_due_date: Date },
    #[error("first repayment date {first_due_date} is not on the day on which the centre meets")]
    NotAMeetingDay { first_due_date: Date },
    #[error("the repayment period does not go with the weekly meetings of the centre")]
    PeriodWithoutMeetings,
    #[error("the centre meets on a day of the week that is not worked")]
    MeetingDayNotWorked,
}

impl TermsRefusal {
    /// The field of a loan that is at fault, in the words of the loan accounts contract.
    pub fn field(&self) -> &'static str {
        match self {
            TermsRefusal::RateOfInterestFreeLoan { .. }
            | TermsRefusal::RateOfIndexedLoan { .. }
            | TermsRefusal::RateOfTieredLoan { .. }
            | TermsRefusal::UnknownIndexRateSource { .. }
            | TermsRefusal::NoIndexRate { .. } => "interestRate",
            TermsRefusal::SpreadOfInterestFreeLoan { .. }
            | TermsRefusal::SpreadOfFixedRate { .. }
            | TermsRefusal::MissingSpread
            | TermsRefusal::InvalidSpread { .. }
            | TermsRefusal::SpreadOfTieredLoan { .. } => "interestSpread",
            TermsRefusal::BalloonNotAllowed { .. }
            | TermsRefusal::MissingPeriodicPayment
            | TermsRefusal::PeriodicPaymentAboveAmount { .. }
            | TermsRefusal::InvalidPeriodicPayment { .. } => "periodicPayment",
            TermsRefusal::PaymentPlanNotAllowed
            | TermsRefusal::MissingPaymentPlan
            | TermsRefusal::PaymentPlanEndsElsewhere { .. }
            | TermsRefusal::InvalidPlannedPayment { .. }
            | TermsRefusal::PaymentsNotMoreThanAmount { .. }
            | TermsRefusal::PaymentPlanNotOrdered { .. }
            | TermsRefusal::NoRateForPayments { .. } => "paymentPlan",
            TermsRefusal::AmountHasDecimals { .. } => "loanAmount",
            TermsRefusal::FirstDueDateOutsideOffset { .. }
            | TermsRefusal::NotAFixedDay { .. }
            | TermsRefusal::NotAMeetingDay { .. } => "firstRepaymentDate",
            TermsRefusal::FixedDaysNotAllowed
            | TermsRefusal::MissingFixedDays
            | TermsRefusal::InvalidFixedDay { .. } => "fixedDaysOfMonth",
            TermsRefusal::PeriodWithoutMeetings | TermsRefusal::MeetingDayNotWorked => "assignedCentreKey",
        }
    }
}
