//! Indicators: which reads each needs.

use jiff::ToSpan;
use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::indicator::{Indicator, percent_of};
use loam_book::journal::GlAccount;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::error::StoreError;
use crate::ports::{BookState, ReadStore};
use crate::search::entries::SumFilter;
use crate::views::LoanStatus;

/// What a store counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    Clients,
    /// Clients who hold a loan that is active, in arrears or not.
    ClientsWithActiveLoans,
    Groups,
    Loans(&'static [LoanStatus]),
    /// By the name that is stored with the account.
    Savings(&'static [&'static str]),
}

/// What loans in arrears owe, for each product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtRisk {
    pub product: Key,
    pub principal: Amount,
}

const ACTIVE: &[LoanStatus] = &[LoanStatus::Active, LoanStatus::ActiveInArrears];

/// An indicator today, as plain text; money is in the currency of the book. `within` are the branches that count,
/// none for all.
///
/// # Errors
/// What the store answers.
pub async fn work_out(
    store: &dyn ReadStore,
    indicator: Indicator,
    (state, catalog): (&BookState, &Catalog),
    within: &[Key],
) -> Result<String, StoreError> {
    if let Some(account) = indicator.account() {
        return Ok(balance(store, account, (state.currency, catalog), within).await?.to_text(state.currency));
    }
    if let Some(counted) = counted(indicator) {
        return Ok(store.count_of(counted, within).await?.to_string());
    }
    let Indicator::PortfolioAtRisk { days } = indicator else {
        unreachable!("{indicator:?} is a balance, a count or a share")
    };
    let whole = balance(store, GlAccount::LoanPortfolio, (state.currency, catalog), within).await?;
    let at_risk = store.principal_at_risk(in_arrears_since(state.business_date, days), within).await?;
    let is_own = |risk: &&AtRisk| {
        catalog.products.by_key(risk.product).is_none_or(|product| product.currency == state.currency)
    };
    let part = at_risk.iter().filter(is_own).map(|risk| risk.principal).sum();
    Ok(percent_of(part, whole))
}

fn counted(indicator: Indicator) -> Option<Counted> {
    match indicator {
        Indicator::Clients => Some(Counted::Clients),
        Indicator::ActiveClients => Some(Counted::ClientsWithActiveLoans),
        Indicator::Groups => Some(Counted::Groups),
        Indicator::ActiveLoans => Some(Counted::Loans(ACTIVE)),
        Indicator::LoansInArrears => Some(Counted::Loans(&[LoanStatus::ActiveInArrears])),
        Indicator::LoansPending => Some(Counted::Loans(&[LoanStatus::PendingApproval])),
        Indicator::LoansApproved => Some(Counted::Loans(&[LoanStatus::Approved])),
        Indicator::ActiveDeposits => Some(Counted::Savings(&["active", "locked"])),
        Indicator::Portfolio
        | Indicator::InterestOwed
        | Indicator::FeesOwed
        | Indicator::PenaltiesOwed
        | Indicator::Deposits
        | Indicator::PortfolioAtRisk { .. } => None,
    }
}

/// The last first day in arrears of a loan that has been so for more than so many days; that day counts as one.
fn in_arrears_since(today: Date, days: u32) -> Date {
    today.saturating_sub(i64::from(days).days())
}

async fn balance(
    store: &dyn ReadStore,
    account: GlAccount,
    (currency, catalog): (Currency, &Catalog),
    within: &[Key],
) -> Result<Amount, StoreError> {
    let accounts = catalog.names_of(account);
    let filter = SumFilter { accounts, within: within.to_vec(), ..SumFilter::default() };
    let ledger_type = catalog.carrier_of(account).ledger_type;
    let sums = store.ledger_sums(&filter).await?;
    let own = sums.iter().filter(|sum| sum.currency == currency);
    Ok(own.map(|sum| sum.balance(ledger_type)).sum())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_first_day_in_arrears_counts_as_one() {
        assert_eq!(in_arrears_since(date(2024, 3, 31), 0), date(2024, 3, 31));
        assert_eq!(in_arrears_since(date(2024, 3, 31), 30), date(2024, 3, 1));
    }
}
