//! What loans have to do with a deposit account: they are paid from it, or count on its money.

use loam_calc::money::Amount;

use crate::ids::Address;
use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal, SecurityRefusal};
use crate::loan::securities::GuaranteeKind;
use crate::loan::{Holder, Loan, LoanState};
use crate::savings::commands::{SavingsDecision, decision};
use crate::savings::event::SavingsEvent;
use crate::savings::product::AccountType;
use crate::savings::{Hold, HoldKind, Savings};

/// Money of a deposit account that a loan counts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedOn {
    pub account: Address,
    pub kind: HoldKind,
    pub amount: Amount,
    /// Whose account it must be.
    pub holder: Option<Holder>,
}

/// What a loan counts on while it is open: accounts that guarantors name, and those of investors. The
/// account of a fund may be kept elsewhere; then there is none here.
pub fn counted_on(loan: &Loan) -> Vec<CountedOn> {
    if let LoanState::Closed { .. } = loan.state() {
        return Vec::new();
    }
    let course = &loan.servicing.course;
    let guarantees = course.guarantees.iter().filter_map(|guarantee| {
        let holder = match guarantee.kind {
            GuaranteeKind::Guarantor { holder } => Some(holder),
            GuaranteeKind::Asset { .. } => None,
        };
        let account = guarantee.savings_account?;
        Some(CountedOn { account, kind: HoldKind::Guarantee, amount: guarantee.amount, holder })
    });
    // What was paid in has left the account.
    let funds = course.funds.iter().filter(|fund| !fund.is_paid_in).filter_map(|fund| {
        let account = Address { part: fund.account.part()?, key: fund.account };
        Some(CountedOn { account, kind: HoldKind::Fund, amount: fund.amount, holder: None })
    });
    guarantees.chain(funds).collect()
}

/// Deposit accounts that know of a loan, or are to know of it.
pub fn accounts_of(loan: &Loan) -> Vec<Address> {
    let counted = counted_on(loan).into_iter().map(|counted| counted.account);
    counted.chain(loan.servicing.course.settlement_accounts.iter().copied()).chain(target_of(loan)).collect()
}

/// The deposit account to which the loan is to be paid out.
pub fn target_of(loan: &Loan) -> Option<Address> {
    loan.servicing.course.disbursement_plan.details.target
}

/// Refuses a deposit account to which a loan cannot be paid out: one that is not there, of another holder, or in
/// another currency.
///
/// # Errors
/// `UnknownSavingsAccount`, `OtherHolder`, `OtherCurrency`.
pub fn check_target(account: Option<&Savings>, loan: &Loan) -> Result<(), Refusal> {
    let Some(account) = account else {
        return Err(Refusal::Security(SecurityRefusal::UnknownSavingsAccount));
    };
    if account.holder != loan.holder {
        return Err(SavingsRefusal::OtherHolder.into());
    }
    let (from, to) = (loan.terms.currency, account.terms.currency);
    if from != to {
        let (from, to) = (from.code().to_owned(), to.code().to_owned());
        return Err(SavingsRefusal::OtherCurrency { from, to }.into());
    }
    Ok(())
}

/// Refuses what a loan is to count on that is not there. An account of a fund that is not kept here is
/// somebody else's.
///
/// # Errors
/// Guarantees: `UnknownSavingsAccount`, `OtherCurrency`, `SavingsAccountState`, `InsufficientSavings`.
/// Funds: `FundAccountType`, `OtherCurrency`, `SavingsAccountState`, `InsufficientFundAccount`.
pub fn check(account: Option<&Savings>, counted: &CountedOn, loan: &Loan) -> Result<(), Refusal> {
    let refused = |refusal: SecurityRefusal| Err(Refusal::Security(refusal));
    let Some(account) = account else {
        return match counted.kind {
            HoldKind::Guarantee => refused(SecurityRefusal::UnknownSavingsAccount),
            HoldKind::Fund | HoldKind::Booking | HoldKind::Withdrawal => Ok(()),
        };
    };
    if counted.holder.is_some_and(|holder| holder != account.holder) {
        return refused(SecurityRefusal::UnknownSavingsAccount);
    }
    let is_investor = account.terms.account_type == AccountType::InvestorAccount;
    if counted.kind == HoldKind::Fund && !is_investor {
        return refused(SecurityRefusal::FundAccountType);
    }
    if account.terms.currency != loan.terms.currency {
        return refused(SecurityRefusal::OtherCurrency);
    }
    if !account.is_active() {
        return refused(SecurityRefusal::SavingsAccountState { state: account.state.name() });
    }
    // What the loan itself keeps already is there for it, and all that it counts on there is to be there at
    // once: a guarantee and a fund may name one account.
    let address = Address { part: loan.part, key: loan.key };
    let kept: Amount = account.holds.iter().filter(|hold| hold.loan == address).map(|hold| hold.amount).sum();
    let all = counted_on(loan).into_iter().filter(|other| other.account == counted.account);
    let amount: Amount = all.map(|other| other.amount).sum();
    let available = account.available() + kept;
    if amount <= available {
        return Ok(());
    }
    let text = |amount: Amount| amount.to_fixed_text(account.terms.currency);
    let (amount, available) = (text(amount), text(available));
    match counted.kind {
        HoldKind::Guarantee => refused(SecurityRefusal::InsufficientSavings { amount, available }),
        HoldKind::Fund | HoldKind::Booking | HoldKind::Withdrawal => {
            refused(SecurityRefusal::InsufficientFundAccount { amount, available })
        }
    }
}

/// Lets the account keep what the loan counts on, in place of what it kept for it, and know whether it pays
/// for the loan: no longer for one that is closed, and again for one that is reopened. `None` where nothing
/// changes.
pub fn follow(account: &Savings, loan: &Loan, context: &Context<'_>) -> Option<SavingsDecision> {
    let address = Address { part: loan.part, key: loan.key };
    let mut holds = account.holds.clone();
    holds.retain(|hold| hold.loan != address);
    let counted = counted_on(loan).into_iter().filter(|counted| counted.account == account.address());
    holds.extend(counted.map(|counted| Hold { loan: address, kind: counted.kind, amount: counted.amount }));
    let mut events = Vec::new();
    if holds != account.holds {
        events.push((context.business_date, SavingsEvent::HoldsSet { holds }));
    }
    let is_linked = account.linked_loans.contains(&address);
    if is_linked != pays_for(account, loan) {
        let loans = with_link(account, address, !is_linked);
        events.push((context.business_date, SavingsEvent::LinksSet { loans }));
    }
    (!events.is_empty()).then(|| decision(account, events, context))
}

/// Whether the account pays for the loan.
fn pays_for(account: &Savings, loan: &Loan) -> bool {
    let is_open = !matches!(loan.state(), LoanState::Closed { .. });
    is_open && loan.servicing.course.settlement_accounts.contains(&account.address())
}

/// Links a loan with the account, or takes the link away.
pub fn link(account: &Savings, loan: Address, is_linked: bool, context: &Context<'_>) -> SavingsDecision {
    let loans = with_link(account, loan, is_linked);
    decision(account, vec![(context.business_date, SavingsEvent::LinksSet { loans })], context)
}

fn with_link(account: &Savings, loan: Address, is_linked: bool) -> Vec<Address> {
    let mut loans = account.linked_loans.clone();
    loans.retain(|linked| *linked != loan);
    loans.extend(is_linked.then_some(loan));
    loans
}
