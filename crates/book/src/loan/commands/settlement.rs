//! Deposit accounts from which a loan is paid: which may be linked, and what is taken from them.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::ids::Address;
use crate::loan::context::Context;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::loan::{Loan, LoanState};
use crate::product::linking::{LinkingRules, SettlementOptions};
use crate::savings::{Savings, SavingsState};

/// The accounts of a loan once one more is linked with it.
///
/// Checks, in this order: the loan is not closed, its product allows it, it is not linked yet, the
/// holder, the product of the account, the state of the account.
///
/// # Errors
/// A `Refusal` that says what was wrong.
pub fn linked(loan: &Loan, account: &Savings, context: &Context<'_>) -> Result<Vec<Address>, Refusal> {
    let refused = |refusal: SavingsRefusal| Err(refusal.into());
    require_open(loan, "link a settlement account")?;
    let rules = rules(loan, context);
    if !rules.is_enabled {
        return refused(SavingsRefusal::LinkingNotAllowed);
    }
    let mut accounts = loan.servicing.course.settlement_accounts.clone();
    if accounts.contains(&account.address()) {
        return refused(SavingsRefusal::AlreadyLinked);
    }
    if account.holder != loan.holder {
        return refused(SavingsRefusal::OtherHolder);
    }
    if !takes(rules, loan, account) {
        return refused(SavingsRefusal::ProductNotLinkable);
    }
    if let SavingsState::Closed { closure, .. } = account.state {
        return refused(SavingsRefusal::StateNotLinkable { state: closure.name() });
    }
    accounts.push(account.address());
    Ok(accounts)
}

/// The accounts of a loan without this one.
///
/// # Errors
/// `NotLinked` where it is not among them.
pub fn unlinked(loan: &Loan, account: Address) -> Result<Vec<Address>, Refusal> {
    let mut accounts = loan.servicing.course.settlement_accounts.clone();
    let before = accounts.len();
    accounts.retain(|linked| *linked != account);
    if accounts.len() == before { Err(SavingsRefusal::NotLinked.into()) } else { Ok(accounts) }
}

/// Whether accounts of this product may be linked.
fn takes(rules: LinkingRules, loan: &Loan, account: &Savings) -> bool {
    rules.savings_product.is_none_or(|product| product == account.terms.product)
        && account.terms.currency == loan.terms.currency
}

/// Links a loan that takes the place of another with the accounts of that one, as far as its product takes
/// them. That product may take none, or others: then they stay with the holder, and pay for nothing.
pub(super) fn carry(draft: &mut Draft<'_>, linked: &[&Savings]) {
    let (loan, rules) = (&draft.loan, rules(&draft.loan, draft.context));
    let is_closed = |account: &Savings| matches!(account.state, SavingsState::Closed { .. });
    let is_taken = |account: &&&Savings| {
        rules.is_enabled
            && account.holder == loan.holder
            && takes(rules, loan, account)
            && !is_closed(account)
    };
    let accounts: Vec<Address> = linked.iter().filter(is_taken).map(|account| account.address()).collect();
    if !accounts.is_empty() {
        draft.record(draft.context.business_date, Event::SettlementAccountsSet { accounts });
    }
}

/// Sets the accounts, as [`linked`] or [`unlinked`] found them.
pub(super) fn set_accounts(draft: &mut Draft<'_>, accounts: &[Address]) -> Result<(), Refusal> {
    let accounts = accounts.to_vec();
    draft.record(draft.context.business_date, Event::SettlementAccountsSet { accounts });
    Ok(())
}

fn require_open(loan: &Loan, command: &'static str) -> Result<(), Refusal> {
    if let LoanState::Closed { .. } = loan.state() {
        return Err(Refusal::WrongState { command, state: loan.state().name() });
    }
    Ok(())
}

fn rules(loan: &Loan, context: &Context<'_>) -> LinkingRules {
    let product = context.catalog.products.by_key(loan.terms.product);
    product.map(|product| product.linking).unwrap_or_default()
}

/// From which day on a loan has something that linked accounts are to pay. `None`: from none.
pub fn settles_on(loan: &Loan) -> Option<Date> {
    let is_linked = !loan.servicing.course.settlement_accounts.is_empty();
    if !is_linked || !loan.state().is_active() {
        return None;
    }
    let unpaid = loan.servicing.installments.iter().filter(|installment| !installment.is_paid());
    unpaid.map(|installment| installment.due_date).min()
}

/// What is taken from each of the linked accounts on the business date, in their order: what is due by
/// then, as far as the product says and there is money that is the holder's own and that nothing keeps.
pub fn takings(loan: &Loan, accounts: &[&Savings], context: &Context<'_>) -> Vec<(Address, Amount)> {
    let due = loan.due_by(context.business_date).total();
    let usable =
        |account: &&&Savings| account.may_be_drawn() && account.terms.currency == loan.terms.currency;
    let there = accounts.iter().filter(usable).map(|account| (account.address(), account.available()));
    let there: Vec<(Address, Amount)> = there.collect();
    let all: Amount = there.iter().map(|(_, amount)| *amount).sum();
    let pays = match rules(loan, context).options {
        SettlementOptions::NoAutomatedTransfers => false,
        SettlementOptions::FullDueAmounts => all >= due,
        SettlementOptions::PartialDueAmounts => true,
    };
    if !pays {
        return Vec::new();
    }
    let mut left = due;
    let mut takings = Vec::new();
    for (account, available) in there {
        let taken = available.min(left);
        if taken.is_positive() {
            takings.push((account, taken));
            left -= taken;
        }
    }
    takings
}
