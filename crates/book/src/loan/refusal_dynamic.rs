//! Why the book says no to what only loans with a schedule of their own take: rate changes, pauses,
//! redraws and tranches.

use jiff::civil::Date;

/// A command that such a loan does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DynamicRefusal {
    #[error("the interest rate of this loan does not change: {reason}")]
    RateChangeNotAllowed { reason: &'static str },
    #[error("the interest rate of a {product_type} does not change")]
    RateChangeNotOfProductType { product_type: &'static str },
    #[error("the interest of this loan cannot be paused from {from} to {until}: {reason}")]
    PauseNotPossible { from: Date, until: Date, reason: &'static str },
    #[error("{amount} is more than the {available} that can be drawn again")]
    RedrawNotPossible { amount: String, available: String },
    #[error("the product does not let payments be drawn again")]
    RedrawNotAllowed,
}

/// Tranches that are not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrancheRefusal {
    #[error("tranche of {date} stands after one of {before}")]
    NotOrdered { date: Date, before: Date },
    #[error("the product takes no tranches")]
    NotAllowed,
    #[error("a tranched loan needs tranches")]
    NotDefined,
    #[error("{count} tranches are more than the {max} that the product allows")]
    TooMany { count: usize, max: u32 },
    #[error("tranches of {total} are more than the loan amount {amount}")]
    MoreThanLoanAmount { total: String, amount: String },
    #[error("tranches of {total} are not the loan amount {amount}")]
    NotLoanAmount { total: String, amount: String },
    #[error("a tranche of \"{value}\" is not possible")]
    AmountNotPositive { value: String },
    #[error("there is no tranche {key}")]
    Unknown { key: String },
    #[error("tranche {key} stands there twice")]
    NamedTwice { key: String },
    #[error("tranche {key} was paid out already")]
    Disbursed { key: String },
    #[error("each part of the loan names its own channel")]
    ChannelOfPart,
    #[error("all tranches were paid out")]
    AllDisbursed,
    #[error("tranches cannot be changed while the loan is {state}")]
    NotEditable { state: &'static str },
    #[error("{value_date} is before {expected_on}, the day of the tranche")]
    BeforeExpected { value_date: Date, expected_on: Date },
    #[error("{value_date} is after {last_due_date}, the last due date")]
    AfterLastDueDate { value_date: Date, last_due_date: Date },
}
