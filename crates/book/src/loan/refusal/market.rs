//! What is said no to about investors of the marketplace.

use jiff::civil::Date;

use super::{ProtectRefusal, RefinanceRefusal};
use crate::application::orders::SaleRow;

/// An investor's wish that the marketplace does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarketRefusal {
    #[error("account \"{value}\" is not an investor's")]
    NotAnInvestor { value: String },
    #[error("the investor's account is in {account} and the loan in {loan}")]
    OtherCurrency { account: String, loan: String },
    #[error("the investor's account is {state}")]
    AccountNotActive { state: &'static str },
    #[error("{amount} is more than the {available} that the investor's account has left")]
    InsufficientFunds { amount: String, available: String },
    #[error("the funding window ended on {expiry_date}")]
    FundingOver { expiry_date: Date },
    #[error("rate \"{value}\" is not possible: {reason}")]
    InvalidRate { value: String, reason: String },
    #[error("certificate and service rate of {sum} percent are more than the loan's rate of {rate} percent")]
    RatesExceedLoan { sum: String, rate: String },
    #[error("bookings ask for {most} different rates already")]
    TooManyRates { most: usize },
    #[error("the transaction is {state} already")]
    AlreadySettled { state: &'static str },
    #[error("the loan is {state}, and its application cannot be funded")]
    LoanState { state: &'static str },
    #[error("the application has a loan account already: {id}")]
    HasLoan { id: String },
    #[error(
        "investors pay in {paid_in} and {lent} is lent: a loan with investors is paid out at once, with all of it"
    )]
    PaidInDiffers { paid_in: String, lent: String },
    #[error("the loan has funds that were set by hand, and investors' bookings besides")]
    FundsByHand,
    #[error("investors have paid for the loan: its funds are theirs")]
    FundsPaidIn,
    #[error("investors cannot pay for a loan with {what}")]
    NotForInvestors { what: &'static str },
    #[error("the application asks for nothing more: a booking of it names its amount")]
    NothingAsked,
    #[error(transparent)]
    Refinance(#[from] RefinanceRefusal),
    #[error("the account has {invested} in loans")]
    StillInvested { invested: String },
    #[error(transparent)]
    Protect(#[from] ProtectRefusal),
    #[error("an account gives {most} booking orders within the {within} at most")]
    PortfolioLimit { most: u32, within: &'static str },
    #[error("the loan has no such order of an investor")]
    UnknownOrder,
    #[error("{wanted} is not a part of the {invested} that is invested")]
    MoreThanInvested { wanted: String, invested: String },
    #[error("nothing is left in what is to be sold: it has been repaid")]
    NothingLeft,
    #[error("orders of the loan were sold: its disbursement stays")]
    OrdersTraded,
    #[error("the order was made on {on} and is not sold on the same day")]
    SoldTooSoon { on: Date },
    #[error("{}", rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    SaleRows { rows: Vec<SaleRow> },
    #[error("no application that the investor may book waits for money")]
    NoApplications,
    #[error("the {found} applications that the investor may book do not take all of {amount}")]
    InsufficientApplications { amount: String, found: usize },
}
