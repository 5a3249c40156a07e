//! Transfers to another account of the book: to a deposit account, or to a loan, where the money is a
//! repayment. Who may make one is asked where both sides are at hand. Both sides are decided here one after the other and written together.
//!
//! Checks, in this order: another account, states, amount, the actor's limits, value dates, what the
//! account allows; then the same of the receiving side, or what the loan refuses of a repayment. What
//! is transferred counts as a withdrawal on the one side and as a deposit or a repayment on the other.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::ids::Key;
use crate::loan::commands::repay::check_details;
use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::organization::{TransactionDetails, TransferLink};
use crate::rights::Limited;
use crate::savings::Savings;
use crate::savings::command::Move;
use crate::savings::commands::move_money::{
    amount_of, check_limit, check_movement, check_value_date, numbered, require_movable,
};
use crate::savings::commands::take_back::take_back;
use crate::savings::commands::{SavingsDecision, decision, refused};
use crate::savings::event::{MovementKind, SavingsEntry, SavingsEvent};
use crate::savings::log::movements;

/// Money on its way: taken from one account and not yet in the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnItsWay {
    pub amount: Amount,
    pub value_date: Date,
    /// The number of the side that pays.
    pub transaction_id: i64,
    pub details: TransactionDetails,
}

/// Both sides of a transfer between deposit accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BothSides {
    pub from: SavingsDecision,
    pub to: SavingsDecision,
}

/// Refuses a transfer that the paying side does not allow; what is taken is written by [`pay`].
///
/// # Errors
/// A `Refusal` that says what was wrong, with the value.
pub fn set_out(from: &Savings, wanted: &Move, context: &Context<'_>) -> Result<OnItsWay, Refusal> {
    require_movable(from, "transfer", false)?;
    let amount = amount_of(from, wanted).map_err(|refusal| not_positive(from, wanted, refusal))?;
    check_limit((Limited::MakeWithdrawal, amount), from, context)?;
    let value_date = wanted.value_date.unwrap_or(context.business_date);
    check_value_date(from, value_date, context)?;
    check_details(&wanted.details, context)?;
    check_applied(from, value_date)?;
    check_movement(from, -amount, MovementKind::Transfer)?;
    let transaction_id = context.ids.take_transaction_id();
    Ok(OnItsWay { amount, value_date, transaction_id, details: wanted.details.clone() })
}

/// A transfer changes no interest that was applied: two accounts are at stake.
fn check_applied(account: &Savings, value_date: Date) -> Result<(), Refusal> {
    let applied = account.accruing.as_ref().map(|accruing| accruing.from);
    match applied.filter(|applied| value_date < *applied) {
        None => Ok(()),
        Some(later) => refused(SavingsRefusal::BeforeOtherMovement { value_date, later }),
    }
}

/// A transfer of nothing is told from an amount that is none.
fn not_positive(from: &Savings, wanted: &Move, refusal: Refusal) -> Refusal {
    match wanted.amount.in_currency(from.terms.currency) {
        Ok(_) => SavingsRefusal::TransferNotPositive { value: wanted.amount.0.clone() }.into(),
        Err(_) => refusal,
    }
}

/// How the receiving side names the paying one; `to` is its branch.
pub fn source_of(from: &Savings, to: Option<Key>, money: &OnItsWay) -> TransferLink {
    TransferLink {
        account: from.address(),
        account_no: from.account_no,
        is_loan: false,
        transaction_id: money.transaction_id,
        is_source: true,
        is_between_branches: from.assignment.branch != to,
    }
}

/// Takes the money from the paying side; `to` names the receiving one.
pub fn pay(from: &Savings, money: &OnItsWay, to: TransferLink, context: &Context<'_>) -> SavingsDecision {
    let details = TransactionDetails { transfer: Some(to), ..money.details.clone() };
    let movement = numbered(from, (MovementKind::Transfer, -money.amount), details, money.transaction_id);
    decision(from, vec![(money.value_date, SavingsEvent::Moved { movement })], context)
}

/// Takes money that comes from a loan; `from` names the disbursement there. `money` has the number of this
/// side.
///
/// # Errors
/// A `Refusal` that says what was wrong, with the value.
pub fn receive(
    to: &Savings,
    money: &OnItsWay,
    from: TransferLink,
    context: &Context<'_>,
) -> Result<SavingsDecision, Refusal> {
    require_movable(to, "disbursement", true)?;
    check_value_date(to, money.value_date, context)?;
    check_applied(to, money.value_date)?;
    check_movement(to, money.amount, MovementKind::Transfer)?;
    let details = TransactionDetails { transfer: Some(from), ..money.details.clone() };
    let movement = numbered(to, (MovementKind::Transfer, money.amount), details, money.transaction_id);
    Ok(decision(to, vec![(money.value_date, SavingsEvent::Moved { movement })], context))
}

/// Decides a transfer between two deposit accounts.
///
/// # Errors
/// A `Refusal` that says what was wrong, with the value.
pub fn transfer(
    (from, to): (&Savings, &Savings),
    wanted: &Move,
    context: &Context<'_>,
) -> Result<BothSides, Refusal> {
    if from.key == to.key {
        return refused(SavingsRefusal::TransferToItself);
    }
    let money = set_out(from, wanted, context)?;
    require_movable(to, "transfer", true)?;
    if from.terms.currency != to.terms.currency {
        let (from, to) = (from.terms.currency.code().to_owned(), to.terms.currency.code().to_owned());
        return refused(SavingsRefusal::OtherCurrency { from, to });
    }
    check_limit((Limited::MakeDeposit, money.amount), to, context)?;
    check_value_date(to, money.value_date, context)?;
    check_applied(to, money.value_date)?;
    check_movement(to, money.amount, MovementKind::Transfer)?;
    let source = source_of(from, to.assignment.branch, &money);
    let details = TransactionDetails { transfer: Some(source), ..money.details.clone() };
    let received = context.ids.take_transaction_id();
    let movement = numbered(to, (MovementKind::Transfer, money.amount), details, received);
    let link = TransferLink {
        account: to.address(),
        account_no: to.account_no,
        is_loan: false,
        transaction_id: received,
        is_source: false,
        is_between_branches: source.is_between_branches,
    };
    let event = SavingsEvent::Moved { movement };
    Ok(BothSides {
        from: pay(from, &money, link, context),
        to: decision(to, vec![(money.value_date, event)], context),
    })
}

/// Takes one side of a transfer back; the caller takes back the other with it.
///
/// # Errors
/// What the balance does not allow, closed periods, and what was taken back already.
pub fn take_back_side(
    (account, history): (&Savings, &[SavingsEntry]),
    transaction_id: i64,
    notes: &Option<String>,
    context: &Context<'_>,
) -> Result<SavingsDecision, Refusal> {
    require_movable(account, "reversal", false)?;
    let all = movements(history);
    let original = all.iter().find(|logged| logged.movement.transaction_id == transaction_id);
    let original = original.ok_or(Refusal::UnknownTransaction { transaction_id })?;
    if original.is_reversed {
        return Err(Refusal::AlreadyReversed { transaction_id });
    }
    take_back(account, history, original, (notes, context))
}
