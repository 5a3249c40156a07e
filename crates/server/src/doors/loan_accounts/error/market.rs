//! Return codes of what the book says no to about investors of the marketplace.

use loam_book::loan::refusal::MarketRefusal;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal: a loan is paid out, or an account closed, by this door too.
pub(super) fn code_of(refusal: &MarketRefusal) -> ReturnCode {
    match refusal {
        MarketRefusal::InsufficientFunds { .. } => ReturnCode::InsufficientFundsAccountBalance,
        MarketRefusal::StillInvested { .. } => ReturnCode::LinkedAccountDeletionError,
        MarketRefusal::NotAnInvestor { .. }
        | MarketRefusal::OtherCurrency { .. }
        | MarketRefusal::AccountNotActive { .. }
        | MarketRefusal::FundingOver { .. }
        | MarketRefusal::InvalidRate { .. }
        | MarketRefusal::RatesExceedLoan { .. }
        | MarketRefusal::TooManyRates { .. }
        | MarketRefusal::AlreadySettled { .. }
        | MarketRefusal::LoanState { .. }
        | MarketRefusal::PaidInDiffers { .. }
        | MarketRefusal::FundsByHand
        | MarketRefusal::FundsPaidIn
        | MarketRefusal::NotForInvestors { .. }
        | MarketRefusal::NothingAsked
        | MarketRefusal::Protect(_)
        | MarketRefusal::Refinance(_)
        | MarketRefusal::PortfolioLimit { .. }
        | MarketRefusal::NoApplications
        | MarketRefusal::UnknownOrder
        | MarketRefusal::MoreThanInvested { .. }
        | MarketRefusal::NothingLeft
        | MarketRefusal::OrdersTraded
        | MarketRefusal::SoldTooSoon { .. }
        | MarketRefusal::SaleRows { .. }
        | MarketRefusal::InsufficientApplications { .. }
        | MarketRefusal::HasLoan { .. } => ReturnCode::InvalidParameters,
    }
}
