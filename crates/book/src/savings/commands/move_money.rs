//! Money in, money out, and fees.
//!
//! Checks, in this order: state, amount, the actor's limit, value date, channel and its limits, then what
//! the account allows, also of the interest that changes with it.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::actor::Permission;
use crate::channel_limits::{self, ChannelMovement, Passing};
use crate::loan::commands::repay::check_details;
use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::organization::TransactionDetails;
use crate::rights::Limited;
use crate::savings::command::Move;
use crate::savings::commands::apply_interest::{needs_history, with_interest};
use crate::savings::commands::{Account, SavingsDecided, decision, refused};
use crate::savings::event::{Movement, MovementKind, SavingsEvent};
use crate::savings::product::AccountType;
use crate::savings::term::Maturity;
use crate::savings::{Savings, SavingsState, overdraft_of};

/// Decides a deposit, a withdrawal or a fee.
pub(super) fn decide(
    on: Account<'_>,
    wanted: &Move,
    kind: MovementKind,
    context: &Context<'_>,
) -> Result<SavingsDecided, Refusal> {
    let account = on.account;
    require_movable(account, name_of(kind), kind == MovementKind::Deposit)?;
    if kind == MovementKind::Fee && !account.terms.allows_arbitrary_fees {
        return Err(Refusal::ArbitraryFeeNotAllowed);
    }
    let amount = amount_of(account, wanted)?;
    check_limit((limited(kind), amount), account, context)?;
    let value_date = wanted.value_date.unwrap_or(context.business_date);
    check_value_date(account, value_date, context)?;
    check_details(&wanted.details, context)?;
    check_channel((amount, kind), wanted, account, context)?;
    let change = match kind {
        MovementKind::Deposit | MovementKind::Interest => amount,
        MovementKind::Withdrawal
        | MovementKind::Transfer
        | MovementKind::Fee
        | MovementKind::OverdraftInterest
        | MovementKind::WithholdingTax => -amount,
    };
    check_movement(account, change, kind)?;
    if needs_history(on, value_date) {
        return Ok(SavingsDecided::NeedsHistory);
    }
    let movement = movement(account, (kind, change), wanted.details.clone(), context);
    let events = vec![(value_date, SavingsEvent::Moved { movement })];
    with_interest(on, decision(account, events, context), value_date, context).map(SavingsDecided::done)
}

/// The kind of limit that a movement falls under.
fn limited(kind: MovementKind) -> Limited {
    match kind {
        MovementKind::Deposit | MovementKind::Interest => Limited::MakeDeposit,
        MovementKind::Withdrawal | MovementKind::Transfer => Limited::MakeWithdrawal,
        MovementKind::Fee | MovementKind::OverdraftInterest | MovementKind::WithholdingTax => {
            Limited::ApplyFee
        }
    }
}

/// Refuses money that its channel does not take; channels know nothing of fees.
fn check_channel(
    (amount, kind): (Amount, MovementKind),
    wanted: &Move,
    account: &Savings,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let movement = match kind {
        MovementKind::Deposit => ChannelMovement::Deposit,
        MovementKind::Withdrawal => ChannelMovement::Withdrawal,
        MovementKind::Transfer
        | MovementKind::Fee
        | MovementKind::Interest
        | MovementKind::OverdraftInterest
        | MovementKind::WithholdingTax => return Ok(()),
    };
    let (currency, product) = (account.terms.currency, account.terms.product);
    channel_limits::check(&wanted.details, &Passing { movement, amount, currency, product }, context)
}

/// Refuses more than the actor may move at once.
pub(super) fn check_limit(
    (what, amount): (Limited, Amount),
    account: &Savings,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    Ok(context.actor.bounds.limits.check(what, amount, account.terms.currency)?)
}

fn name_of(kind: MovementKind) -> &'static str {
    match kind {
        MovementKind::Deposit => "deposit",
        MovementKind::Withdrawal => "withdrawal",
        MovementKind::Transfer => "transfer",
        MovementKind::Fee => "fee",
        MovementKind::Interest => "interest",
        MovementKind::OverdraftInterest => "overdraft interest",
        MovementKind::WithholdingTax => "withholding tax",
    }
}

/// Money comes in once the account is approved, and goes out once it is active. While a term runs nothing goes
/// out, and only what a plan saves comes in; afterwards nothing comes in, but for
/// what is owed.
pub(super) fn require_movable(
    account: &Savings,
    command: &'static str,
    is_incoming: bool,
) -> Result<(), Refusal> {
    let saves = account.terms.account_type == AccountType::SavingsPlan;
    let may = match account.state {
        SavingsState::Active { .. } | SavingsState::Dormant { .. } => {
            account.maturity.is_none() || (is_incoming && saves)
        }
        SavingsState::Approved => is_incoming,
        SavingsState::Matured { .. } => !is_incoming || account.balance.is_negative(),
        SavingsState::PendingApproval | SavingsState::Locked { .. } | SavingsState::Closed { .. } => false,
    };
    let state = if account.is_in_term() { "kept for a term" } else { account.state.name() };
    if may { Ok(()) } else { refused(SavingsRefusal::WrongState { command, state }) }
}

/// The amount, more than nothing.
pub(super) fn amount_of(account: &Savings, wanted: &Move) -> Result<Amount, Refusal> {
    wanted.amount.positive_in(account.terms.currency).map_err(|refusal| {
        let value = wanted.amount.0.clone();
        SavingsRefusal::InvalidAmount { value, reason: refusal.to_string() }.into()
    })
}

/// Refuses a value date in the future, in a closed period, before the account's first money or before
/// another movement that stands, and the past without permission. In this order.
pub(super) fn check_value_date(
    account: &Savings,
    value_date: Date,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let business_date = context.business_date;
    if value_date > business_date {
        return refused(SavingsRefusal::DateInTheFuture { value_date, business_date });
    }
    if let Some(closed_through) =
        context.closed_in(account.assignment.branch).filter(|closed| value_date <= *closed)
    {
        return Err(Refusal::ClosedPeriod { value_date, closed_through });
    }
    if let Some(activated_on) = account.state.activated_on().filter(|first| value_date < *first) {
        return refused(SavingsRefusal::BeforeActivation { value_date, activated_on });
    }
    // What was kept for a term was not there to be moved.
    let is_over = |maturity: &Maturity| maturity.is_over && value_date < maturity.matures_on;
    if let Some(Maturity { matures_on: later, .. }) = account.maturity.filter(is_over) {
        return refused(SavingsRefusal::BeforeOtherMovement { value_date, later });
    }
    if let Some(later) = account.latest_value_date.filter(|later| value_date < *later) {
        return refused(SavingsRefusal::BeforeOtherMovement { value_date, later });
    }
    if value_date < business_date {
        context.require(Permission::BackdateSavingsTransactions)?;
    }
    Ok(())
}

/// Refuses what the account does not allow: too little to begin with, too much at once, more than
/// loans leave, more than there is.
pub(super) fn check_movement(account: &Savings, change: Amount, kind: MovementKind) -> Result<(), Refusal> {
    let text = |amount: Amount| amount.to_fixed_text(account.terms.currency);
    let minimum = account.terms.minimum_opening_balance.filter(|_| !account.has_transactions);
    if let Some(minimum) = minimum.filter(|minimum| change < *minimum) {
        let (amount, minimum) = (text(change), text(minimum));
        return refused(SavingsRefusal::MinimumOpeningBalance { amount, minimum });
    }
    let max = account.terms.max_withdrawal.filter(|_| kind == MovementKind::Withdrawal);
    if let Some(max) = max.filter(|max| -change > *max) {
        let (amount, max) = (text(-change), text(max));
        return refused(SavingsRefusal::MaxWithdrawalExceeded { amount, max });
    }
    check_balance(account, change)
}

/// Refuses a change after which the balance would be less than is allowed.
pub(super) fn check_balance(account: &Savings, change: Amount) -> Result<(), Refusal> {
    let text = |amount: Amount| amount.to_fixed_text(account.terms.currency);
    let after = account.balance + change;
    if change >= Amount::ZERO {
        return Ok(());
    }
    let amount = text(-change);
    let held = account.held();
    if held.is_positive() && after < held {
        return refused(SavingsRefusal::AmountLocked { amount, available: text(account.available()) });
    }
    if after >= Amount::ZERO {
        return Ok(());
    }
    // What an account that has matured would owe costs nothing any more.
    let has_matured = matches!(account.state, SavingsState::Matured { .. });
    match account.terms.overdraft_limit.filter(|_| !has_matured) {
        None => refused(SavingsRefusal::BalanceBelowZero { amount, balance: text(account.balance) }),
        Some(limit) if -after > limit => {
            refused(SavingsRefusal::OverdraftLimitExceeded { amount, limit: text(limit) })
        }
        Some(_) => Ok(()),
    }
}

/// The movement that brings this change, under the next number.
pub(super) fn movement(
    account: &Savings,
    (kind, amount): (MovementKind, Amount),
    details: TransactionDetails,
    context: &Context<'_>,
) -> Movement {
    let transaction_id = context.ids.take_transaction_id();
    numbered(account, (kind, amount), details, transaction_id)
}

/// The same, under a number that was taken before.
pub(super) fn numbered(
    account: &Savings,
    (kind, amount): (MovementKind, Amount),
    details: TransactionDetails,
    transaction_id: i64,
) -> Movement {
    on_balance(account.balance, (kind, amount), details, transaction_id)
}

/// The same on another balance than that of the account.
pub(super) fn on_balance(
    before: Amount,
    (kind, amount): (MovementKind, Amount),
    details: TransactionDetails,
    transaction_id: i64,
) -> Movement {
    let balance = before + amount;
    let overdraft = overdraft_of(balance) - overdraft_of(before);
    Movement { transaction_id, kind, amount, balance, overdraft, invested: Amount::ZERO, details }
}
