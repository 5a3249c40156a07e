//! What stands in the accounts of a client or a group.

use jiff::civil::Date;
use loam_book::loan::Loan;
use loam_book::savings::Savings;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use super::Value;
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;
use crate::views::{LoanFilter, Page, SavingsFilter};

/// A sum over the accounts of a holder, in units of their currencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BalanceFact {
    /// Outstanding of all loans.
    Loans,
    /// What stands in all deposit accounts.
    Deposits,
    /// Both together.
    Total,
    /// Due by the business date, of all loans.
    Due,
}

/// Nobody has more.
const EVERY_ACCOUNT: Page = Page { offset: 0, limit: 65_535 };

/// The accounts of a holder, as far as somebody asks for what stands in them.
pub(super) struct Accounts {
    loans: Vec<Loan>,
    deposits: Vec<Savings>,
}

impl Accounts {
    pub(super) async fn read(
        store: &dyn ReadStore,
        holder: Address,
        asked: &[BalanceFact],
    ) -> Result<Accounts, StoreError> {
        let mut accounts = Accounts { loans: Vec::new(), deposits: Vec::new() };
        if asked.iter().any(|fact| *fact != BalanceFact::Deposits) {
            accounts.loans = store.loans(&LoanFilter::of_holder(holder), EVERY_ACCOUNT).await?;
        }
        if asked.iter().any(|fact| matches!(fact, BalanceFact::Deposits | BalanceFact::Total)) {
            let filter = SavingsFilter { holder: Some(holder), ..SavingsFilter::default() };
            accounts.deposits = store.list_savings(&filter, EVERY_ACCOUNT).await?;
        }
        Ok(accounts)
    }

    pub(super) fn value(&self, fact: BalanceFact, today: Date) -> Value {
        let outstanding = || self.owed(|loan| loan.servicing.outstanding.total());
        Value::Decimal(match fact {
            BalanceFact::Loans => outstanding(),
            BalanceFact::Deposits => self.deposited(),
            BalanceFact::Total => outstanding() + self.deposited(),
            BalanceFact::Due => self.owed(|loan| loan.due_by(today).total()),
        })
    }

    fn owed(&self, of: impl Fn(&Loan) -> Amount) -> Exact {
        let units = self.loans.iter().map(|loan| units(of(loan), loan.terms.currency));
        units.fold(Exact::ZERO, |sum, units| sum + units)
    }

    /// What is overdrawn counts against what is there.
    fn deposited(&self) -> Exact {
        let units = self.deposits.iter().map(|account| units(account.balance, account.terms.currency));
        units.fold(Exact::ZERO, |sum, units| sum + units)
    }
}

/// An amount in units of its currency.
pub(super) fn units(amount: Amount, currency: Currency) -> Exact {
    Exact::from_amount(amount).divided_by(10_i128.pow(u32::from(currency.digits())))
}
