//! Which transfers a movement of a deposit account makes. What the holder has is owed by the lender;
//! what is overdrawn is owed by the holder, and kept apart.

use loam_calc::money::Amount;

use crate::journal::rules::Booked;
use crate::journal::{GlAccount, Transfer};
use crate::savings::Savings;
use crate::savings::event::{Movement, MovementKind, SavingsEntry};

/// The transfers that an entry makes.
pub fn transfers(account: &Savings, entry: &SavingsEntry) -> Vec<Transfer> {
    let Some(movement) = entry.event.movement() else { return Vec::new() };
    let transfer = |(debit, credit, amount)| Transfer {
        debit,
        credit,
        booked: Booked::default(),
        amount,
        currency: account.terms.currency,
        value_date: entry.value_date,
        booking_date: entry.stamp.booking_date,
        branch: account.assignment.branch,
        product: account.terms.product,
        part: account.part,
        account_no: account.account_no,
        seq: entry.seq,
    };
    moved(movement).into_iter().map(transfer).collect()
}

/// Debit, credit and amount of each transfer.
pub(crate) fn moved(movement: &Movement) -> Vec<(GlAccount, GlAccount, Amount)> {
    let other = match movement.kind {
        MovementKind::Deposit | MovementKind::Withdrawal => GlAccount::DepositReference,
        MovementKind::Transfer => {
            movement.details.transfer.map_or(GlAccount::AccountTransfers, |other| other.clearing())
        }
        MovementKind::Fee => GlAccount::FeeIncome,
        MovementKind::Interest => GlAccount::InterestExpense,
        MovementKind::OverdraftInterest => GlAccount::InterestIncome,
        MovementKind::WithholdingTax => GlAccount::TaxesPayable,
    };
    let mut all = Vec::new();
    let owed_to_holder = movement.amount + movement.overdraft;
    if owed_to_holder.is_positive() {
        all.push((other, GlAccount::SavingsControl, owed_to_holder));
    } else if !owed_to_holder.is_zero() {
        all.push((GlAccount::SavingsControl, other, -owed_to_holder));
    }
    if movement.overdraft.is_positive() {
        all.push((GlAccount::OverdraftPortfolio, other, movement.overdraft));
    } else if !movement.overdraft.is_zero() {
        all.push((other, GlAccount::OverdraftPortfolio, -movement.overdraft));
    }
    all
}
