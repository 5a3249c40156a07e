//! Interest comes to an account: on its days, when somebody asks for it, and again where the past changed.

use jiff::civil::Date;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::organization::TransactionDetails;
use crate::savings::Savings;
use crate::savings::commands::move_money::{check_balance, on_balance};
use crate::savings::commands::{Account, SavingsDecision, decision, refused};
use crate::savings::event::{MovementKind, SavingsEntry, SavingsEvent};
use crate::savings::interest::history::{parts, payments};

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
        events.extend(applied(account, on, None, context));
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
    let has_grown = account.accrued_interest(on).is_positive();
    if !has_grown && !account.accrued_overdraft_interest(on).is_positive() {
        return Err(Refusal::NoAccruedInterest { value_date: on });
    }
    let now = decision(account, applied(account, on, notes.clone(), context), context);
    Ok(advanced.followed_by(now))
}

/// The interest of a day, with the tax on it and that of the overdraft.
fn applied(
    account: &Savings,
    on: Date,
    notes: Option<String>,
    context: &Context<'_>,
) -> Vec<(Date, SavingsEvent)> {
    let tax_rate = tax_rate(account, on, context);
    let (earned, owed) = (account.accrued_interest(on), account.accrued_overdraft_interest(on));
    let details = TransactionDetails { notes, ..TransactionDetails::default() };
    let mut balance = account.balance;
    let mut moved = |(kind, amount): (MovementKind, Amount)| {
        let id = context.ids.take_transaction_id();
        let movement = on_balance(balance, (kind, amount), details.clone(), id);
        balance = movement.balance;
        movement
    };
    let [interest, rest @ ..] = parts(earned, tax_rate, owed);
    let paid = interest.1.is_positive().then(|| moved(interest));
    let mut events = vec![(on, SavingsEvent::InterestApplied { movement: paid, tax_rate })];
    let charged = rest.into_iter().filter(|(_, amount)| !amount.is_zero());
    events.extend(charged.map(|part| (on, SavingsEvent::ChargedWithInterest { movement: moved(part) })));
    events
}

/// The rate of the tax that is withheld on this day, if one is.
fn tax_rate(account: &Savings, on: Date, context: &Context<'_>) -> Option<Rate> {
    let source = account.terms.interest.as_ref()?.tax_source?;
    context.catalog.index_rates.by_key(source)?.rate_on(on)
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
    let mut moved = |kind: MovementKind, amount: Amount| {
        let id = context.ids.take_transaction_id();
        let moved = on_balance(balance, (kind, amount), TransactionDetails::default(), id);
        balance = moved.balance;
        moved
    };
    let mut events = Vec::new();
    for payment in payments(account, entries) {
        let tax_rate = payment.is.tax_rate;
        for (kind, is, should) in payment.kinds() {
            let amount = is.map_or(Amount::ZERO, |movement| movement.amount);
            if amount == should {
                continue;
            }
            let latest_value_date = account.latest_value_date;
            events.extend(is.map(|wrong| {
                let (original, movement) = (wrong.transaction_id, moved(kind, -amount));
                (payment.on, SavingsEvent::Reversed { original, movement, latest_value_date })
            }));
            if !should.is_zero() {
                let movement = moved(kind, should);
                let event = if kind == MovementKind::Interest {
                    SavingsEvent::InterestApplied { movement: Some(movement), tax_rate }
                } else {
                    SavingsEvent::ChargedWithInterest { movement }
                };
                events.push((payment.on, event));
            }
        }
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
