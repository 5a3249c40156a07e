//! What investors get of the premium of a protected loan: an expense beside the fee that the borrower paid.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::loan::premium::PremiumShare;

/// Less than nothing is taken back of them.
pub(super) fn shared(shares: &[PremiumShare]) -> Vec<Movement> {
    let amount: Amount = shares.iter().map(|share| share.amount).sum();
    let (expense, accounts) = (GlAccount::ProtectFeeExpense, GlAccount::AccountTransfers);
    if amount.is_negative() {
        return vec![Movement { debit: accounts, credit: expense, amount: -amount }];
    }
    vec![Movement { debit: expense, credit: accounts, amount }]
}
