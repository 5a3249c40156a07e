//! Interest comes to an account: on its days, when somebody asks for it, and again where the past changed.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::organization::TransactionDetails;
use crate::savings::Savings;
use crate::savings::commands::move_money::{check_balance, movement, on_balance};
use crate::savings::commands::{Account, SavingsDecision, decision, refused};
use crate::savings::event::{MovementKind, SavingsEntry, SavingsEvent};
use crate::savings::interest::history::payments;

/// What the days that have come bring, in their order: interest on its days, the end of a term with the
/// interest of it, sleep. Nothing where none has come: decided twice, it changes nothing.
pub(super) fn advance(account: &Savings, context: &Context<'_>) -> SavingsDecision {
    let mut whole = decision(account, Vec::new(), context);
    while let Some(on) = whole.account.next_action_on().filter(|on| *on <= context.business_date) {
        let next = decision(&whole.account, brought(&whole.account, on, context), context);
        whole = whole.followed_by(next);
    }
    whole
}

/// What this day brings, which is the next on which there is something.
fn brought(account: &Savings, on: Date, context: &Context<'_>) -> Vec<(Date, SavingsEvent)> {
    let mut events = Vec::new();
    let matures = account.matures_on() == Some(on);
    let has_grown = account.accruing.as_ref().is_some_and(|accruing| accruing.from < on);
    if account.next_interest_on() == Some(on) || (matures && has_grown) {
        events.push(applied(account, on, None, context));
    }
    if matures {
        events.push((on, SavingsEvent::Matured));
    } else if account.sleeps_on() == Some(on) {
        events.push((on, SavingsEvent::FellAsleep));
    }
    events
}

/// Applies what has accrued by now, after what days that have come bring: a term may be over.
pub(super) fn apply_now(
    account: &Savings,
    notes: &Option<String>,
    context: &Context<'_>,
) -> Result<SavingsDecision, Refusal> {
    let advanced = advance(account, context);
    let account = &advanced.account;
    if !account.earns_interest() {
        let (command, state) = ("apply interest", account.state.name());
        return match &account.terms.interest {
            Some(_) => refused(SavingsRefusal::WrongState { command, state }),
            None => Err(Refusal::NoAccruedInterest { value_date: context.business_date }),
        };
    }
    let on = context.business_date;
    if !account.accrued_interest(on).is_positive() {
        return Err(Refusal::NoAccruedInterest { value_date: on });
    }
    let now = decision(account, vec![applied(account, on, notes.clone(), context)], context);
    Ok(advanced.followed_by(now))
}

fn applied(
    account: &Savings,
    on: Date,
    notes: Option<String>,
    context: &Context<'_>,
) -> (Date, SavingsEvent) {
    let amount = account.accrued_interest(on);
    let details = TransactionDetails { notes, ..TransactionDetails::default() };
    let paid =
        amount.is_positive().then(|| movement(account, (MovementKind::Interest, amount), details, context));
    (on, SavingsEvent::InterestApplied { movement: paid })
}

/// Whether money on this day changes interest that was applied, and the log is not at hand.
pub(super) fn needs_history(on: Account<'_>, value_date: Date) -> bool {
    on.history.is_none() && changes_applied(on.account, value_date)
}

fn changes_applied(account: &Savings, value_date: Date) -> bool {
    account.accruing.as_ref().is_some_and(|accruing| value_date < accruing.from)
}

/// A decision that moved money on this day, with what becomes of interest that was applied since: what was
/// paid wrongly is taken back, and what should have been is paid, each on its day.
pub(super) fn with_interest(
    on: Account<'_>,
    decided: SavingsDecision,
    value_date: Date,
    context: &Context<'_>,
) -> Result<SavingsDecision, Refusal> {
    let Some(history) = on.history.filter(|_| changes_applied(on.account, value_date)) else {
        return Ok(decided);
    };
    let entries: Vec<SavingsEntry> = history.iter().chain(&decided.entries).cloned().collect();
    let events = made_good(&decided.account, &entries, context);
    let more = decision(&decided.account, events, context);
    let change = more.account.balance - decided.account.balance;
    check_balance(&decided.account, change)?;
    Ok(decided.followed_by(more))
}

fn made_good(
    account: &Savings,
    entries: &[SavingsEntry],
    context: &Context<'_>,
) -> Vec<(Date, SavingsEvent)> {
    let mut balance = account.balance;
    let mut moved = |amount: Amount| {
        let id = context.ids.take_transaction_id();
        let moved = on_balance(balance, (MovementKind::Interest, amount), TransactionDetails::default(), id);
        balance = moved.balance;
        moved
    };
    let mut events = Vec::new();
    for payment in payments(account, entries) {
        let is = payment.is.map_or(Amount::ZERO, |movement| movement.amount);
        if is == payment.should {
            continue;
        }
        if let Some(wrong) = payment.is {
            let event = SavingsEvent::Reversed {
                original: wrong.transaction_id,
                movement: moved(-is),
                latest_value_date: account.latest_value_date,
            };
            events.push((payment.on, event));
        }
        let right = payment.should.is_positive().then(|| moved(payment.should));
        events
            .extend(right.map(|right| (payment.on, SavingsEvent::InterestApplied { movement: Some(right) })));
    }
    events
}

impl SavingsDecision {
    /// This one and what was decided on its outcome.
    fn followed_by(mut self, next: SavingsDecision) -> SavingsDecision {
        self.account = next.account;
        self.entries.extend(next.entries);
        self.transactions.extend(next.transactions);
        self.transfers.extend(next.transfers);
        self
    }
}
