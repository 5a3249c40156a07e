//! What is said no to about an application whose loan pays others off.

use jiff::civil::Date;

/// Loans that cannot be refinanced this way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefinanceRefusal {
    #[error("additionalLoanAmount comes on top of loans that are refinanced, and none is named")]
    NoLoans,
    #[error("an application refinances {most} loans at most")]
    TooManyLoans { most: usize },
    #[error("there is no loan \"{value}\"")]
    UnknownLoan { value: String },
    #[error("loan {loan} is not the borrower's")]
    OtherBorrower { loan: String },
    #[error("loan {loan} is named twice")]
    NamedTwice { loan: String },
    #[error("loan {loan} is in {is} and the new one in {new}")]
    OtherCurrency { loan: String, is: String, new: String },
    #[error("loan {loan} is {state}, and only an active one is refinanced")]
    NotActive { loan: String, state: &'static str },
    #[error("loan {loan} is a revolving credit")]
    RevolvingCredit { loan: String },
    #[error("{amount} were paid too much on loan {loan} and are to be drawn again first")]
    Overpaid { loan: String, amount: String },
    #[error("nothing is owed of loan {loan}")]
    NothingOwed { loan: String },
    #[error("loan {loan} takes no payments ahead of their due dates")]
    NoPrepayments { loan: String },
    #[error("loan {loan} is to be refinanced by {application} already")]
    InAnotherApplication { loan: String, application: String },
    #[error("amount is {amount}, and paying off and additionalLoanAmount come to {expected}")]
    AmountDiffers { amount: String, expected: String },
    #[error("amount is {amount}, and paying off takes {payoff}")]
    AmountTooSmall { amount: String, payoff: String },
    #[error("paying the other loans off takes {payoff}, and the new one lends {lent} less its fees")]
    PayoffExceeds { payoff: String, lent: String },
    #[error(
        "a loan that pays others off is paid out on the business date {business_date}, not on {value_date}"
    )]
    AnotherDay { value_date: Date, business_date: Date },
}

impl From<RefinanceRefusal> for super::Refusal {
    fn from(refusal: RefinanceRefusal) -> super::Refusal {
        super::MarketRefusal::from(refusal).into()
    }
}

impl RefinanceRefusal {
    /// Whether it is about the loans that an application names, and not about amounts or the day.
    pub fn is_about_loans(&self) -> bool {
        match self {
            RefinanceRefusal::NoLoans
            | RefinanceRefusal::TooManyLoans { .. }
            | RefinanceRefusal::UnknownLoan { .. }
            | RefinanceRefusal::OtherBorrower { .. }
            | RefinanceRefusal::NamedTwice { .. }
            | RefinanceRefusal::OtherCurrency { .. }
            | RefinanceRefusal::NotActive { .. }
            | RefinanceRefusal::RevolvingCredit { .. }
            | RefinanceRefusal::Overpaid { .. }
            | RefinanceRefusal::NothingOwed { .. }
            | RefinanceRefusal::NoPrepayments { .. }
            | RefinanceRefusal::InAnotherApplication { .. } => true,
            RefinanceRefusal::AmountDiffers { .. }
            | RefinanceRefusal::AmountTooSmall { .. }
            | RefinanceRefusal::PayoffExceeds { .. }
            | RefinanceRefusal::AnotherDay { .. } => false,
        }
    }
}
