//! Which transfers a movement of a deposit account makes. What the holder has is owed by the lender;
//! what is overdrawn is owed by the holder, and kept apart.

use loam_calc::money::Amount;

use crate::journal::{GlAccount, Transfer};
use crate::product::AccountingMethod;
use crate::savings::Savings;
use crate::savings::event::{Movement, MovementKind, SavingsEntry};

/// The transfers that an entry makes.
pub fn transfers(account: &Savings, entry: &SavingsEntry) -> Vec<Transfer> {
    let Some(movement) = entry.event.movement() else { return Vec::new() };
    let accounting = &account.terms.accounting;
    let transfer = |(debit, credit, amount)| Transfer {
        debit,
        credit,
        booked: accounting.rules.booked(debit, credit),
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
    moved(movement, accounting.method).into_iter().map(transfer).collect()
}

/// Debit, credit and amount of each transfer, by a method of accounting.
pub(crate) fn moved(movement: &Movement, method: AccountingMethod) -> Vec<(GlAccount, GlAccount, Amount)> {
    let all = moved_on_account(movement);
    match method {
        AccountingMethod::Cash | AccountingMethod::Accrual => all,
        AccountingMethod::None => all.into_iter().filter_map(between_accounts).collect(),
    }
}

/// What goes to another account of the book, or comes from there: that one has accounting of its own, and the clearing
/// account between the two must come to nothing. The deposit reference stands for the account of which nothing is booked.
fn between_accounts(
    (debit, credit, amount): (GlAccount, GlAccount, Amount),
) -> Option<(GlAccount, GlAccount, Amount)> {
    match (debit.is_clearing(), credit.is_clearing()) {
        (false, false) => None,
        (true, _) => Some((debit, GlAccount::DepositReference, amount)),
        (false, true) => Some((GlAccount::DepositReference, credit, amount)),
    }
}

fn moved_on_account(movement: &Movement) -> Vec<(GlAccount, GlAccount, Amount)> {
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
