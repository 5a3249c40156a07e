//! Money of investors in a loan. It comes from their deposit accounts and goes back there; what they earn of the
//! interest is an expense beside the income from the borrower.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::loan::securities::{Fund, FundShare};
use crate::loan::trades::Traded;

/// The investors' accounts have paid.
pub(super) fn paid_in(funds: &[Fund]) -> Vec<Movement> {
    let amount = funds.iter().map(|fund| fund.amount).sum();
    vec![Movement { debit: GlAccount::AccountTransfers, credit: GlAccount::InvestorFunds, amount }]
}

/// An investor's account has paid the lender for what is left in a part of the loan. What investors sell each other moves
/// their accounts alone.
pub(super) fn traded(traded: &Traded) -> Vec<Movement> {
    let amount = if traded.from.is_none() { traded.fund.left() } else { Amount::ZERO };
    vec![Movement { debit: GlAccount::AccountTransfers, credit: GlAccount::InvestorFunds, amount }]
}

/// The investors' accounts get their shares of a repayment, or are owed what is theirs of its interest. What is given up of a loan is their loss and not the
/// lender's; what comes in all the same ends the loss.
pub(super) fn shared(shares: &[FundShare]) -> Vec<Movement> {
    let paid_out = || shares.iter().filter(|share| share.is_paid_out);
    let principal: Amount = paid_out().map(|share| share.principal).sum();
    let interest: Amount = paid_out().map(|share| share.interest).sum();
    let lost: Amount = paid_out().map(|share| share.lost).sum();
    let is_waived = paid_out().any(|share| share.is_waived);
    let expense = if is_waived { GlAccount::WaiverExpense } else { GlAccount::WriteOffExpense };
    let (from, to) = (GlAccount::InvestorFunds, expense);
    let (debit, credit) = if lost.is_negative() { (to, from) } else { (from, to) };
    let given_up = Movement { debit, credit, amount: if lost.is_negative() { -lost } else { lost } };
    let to_accounts = |debit, amount| Movement { debit, credit: GlAccount::AccountTransfers, amount };
    let paid =
        [to_accounts(GlAccount::InvestorFunds, principal), to_accounts(GlAccount::InterestExpense, interest)];
    // What is shared with those who did not pay in goes to accounts that others keep: it is owed until they are paid.
    let owed = shares.iter().filter(|share| share.is_owed).map(|share| share.interest).sum();
    let owed = Movement {
        debit: GlAccount::InterestExpense,
        credit: GlAccount::InvestorInterestPayable,
        amount: owed,
    };
    [given_up].into_iter().chain(paid).chain([owed]).collect()
}
