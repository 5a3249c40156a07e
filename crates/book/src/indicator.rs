//! Indicators: single figures that say how the lender stands today.

use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use crate::journal::GlAccount;

/// What an indicator says. What the contract calls it stands with the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Indicator {
    Clients,
    /// Those with an active loan.
    ActiveClients,
    Groups,
    ActiveLoans,
    LoansInArrears,
    /// Loans that wait for an approval, or for being paid out.
    LoansPending,
    LoansApproved,
    ActiveDeposits,
    /// Principal of loans that is outstanding.
    Portfolio,
    /// What is applied and not paid.
    InterestOwed,
    FeesOwed,
    PenaltiesOwed,
    /// What depositors have.
    Deposits,
    /// Percent of the portfolio that belongs to loans in arrears for more than so many days.
    PortfolioAtRisk {
        days: u32,
    },
}

impl Indicator {
    /// The account of the journal whose balance it is.
    pub fn account(self) -> Option<GlAccount> {
        match self {
            Indicator::Portfolio => Some(GlAccount::LoanPortfolio),
            Indicator::InterestOwed => Some(GlAccount::InterestReceivable),
            Indicator::FeesOwed => Some(GlAccount::FeeReceivable),
            Indicator::PenaltiesOwed => Some(GlAccount::PenaltyReceivable),
            Indicator::Deposits => Some(GlAccount::SavingsControl),
            Indicator::Clients
            | Indicator::ActiveClients
            | Indicator::Groups
            | Indicator::ActiveLoans
            | Indicator::LoansInArrears
            | Indicator::LoansPending
            | Indicator::LoansApproved
            | Indicator::ActiveDeposits
            | Indicator::PortfolioAtRisk { .. } => None,
        }
    }
}

/// How much of a whole a part is, in percent with two decimals; of nothing, nothing is.
pub fn percent_of(part: Amount, whole: Amount) -> String {
    if !whole.is_positive() {
        return "0".to_owned();
    }
    let ratio = Exact::from_amount(part).times(100).divided_by(i128::from(whole.minor()));
    ratio.to_decimals(2).to_decimal_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_in_percent() {
        let percent = |part, whole| percent_of(Amount::from_minor(part), Amount::from_minor(whole));
        assert_eq!(percent(50, 200), "25");
        assert_eq!(percent(1, 3), "33.33");
        assert_eq!(percent(0, 200), "0");
        assert_eq!(percent(5, 0), "0");
    }
}
