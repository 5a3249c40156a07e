//! Balances from transfers alone: what the journal says a loan owes, and what moved on each day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::journal::chart::LedgerName;
use crate::journal::postings::Movement;
use crate::journal::{GlAccount, Transfer};

/// Debits minus credits of the accounts that hold a loan's balances.
pub fn outstanding(transfers: &[Transfer]) -> Components {
    let balance = |account| balance_of(transfers, account);
    Components {
        principal: balance(GlAccount::LoanPortfolio),
        interest: balance(GlAccount::InterestReceivable),
        fees: balance(GlAccount::FeeReceivable),
        penalties: balance(GlAccount::PenaltyReceivable),
    }
}

/// What stands in the ledger for a loan and is owed to others than its holder, or is not earned yet. Credits minus debits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwedToOthers {
    pub taxes: Amount,
    pub deferred_fees: Amount,
    pub investor_funds: Amount,
    pub investor_interest: Amount,
}

impl OwedToOthers {
    pub const ZERO: OwedToOthers = OwedToOthers {
        taxes: Amount::ZERO,
        deferred_fees: Amount::ZERO,
        investor_funds: Amount::ZERO,
        investor_interest: Amount::ZERO,
    };

    /// Counts what a step moves.
    pub(crate) fn add(&mut self, movement: &Movement) {
        for (account, amount) in [(movement.credit, movement.amount), (movement.debit, -movement.amount)] {
            let places = [
                (GlAccount::TaxesPayable, &mut self.taxes),
                (GlAccount::DeferredFeeIncome, &mut self.deferred_fees),
                (GlAccount::InvestorFunds, &mut self.investor_funds),
                (GlAccount::InvestorInterestPayable, &mut self.investor_interest),
            ];
            places.into_iter().filter(|(of, _)| *of == account).for_each(|(_, place)| *place += amount);
        }
    }
}

/// Debits minus credits of one account.
pub fn balance_of(transfers: &[Transfer], account: GlAccount) -> Amount {
    let debits: Amount = transfers.iter().filter(|t| t.debit == account).map(|t| t.amount).sum();
    let credits: Amount = transfers.iter().filter(|t| t.credit == account).map(|t| t.amount).sum();
    debits - credits
}

/// The same of what was posted up to a version: transfers that were read later may have come meanwhile.
pub(super) fn balance_up_to(transfers: &[Transfer], account: GlAccount, version: i64) -> Amount {
    let known: Vec<Transfer> = transfers.iter().filter(|t| t.seq <= version).cloned().collect();
    balance_of(&known, account)
}

/// Debits minus credits by account of the general ledger and value date; days on which an account did not move on
/// balance are left out.
pub fn by_account_and_day(transfers: &[Transfer]) -> BTreeMap<(LedgerName, Date), Amount> {
    let mut moved: BTreeMap<(LedgerName, Date), Amount> = BTreeMap::new();
    for transfer in transfers {
        *moved.entry((transfer.debit_name(), transfer.value_date)).or_default() += transfer.amount;
        *moved.entry((transfer.credit_name(), transfer.value_date)).or_default() -= transfer.amount;
    }
    moved.retain(|_, amount| !amount.is_zero());
    moved
}
