//! Starts the term for which money is kept, and undoes it.
//!
//! Checks, in this order: the type of the account, its state, its balance, the first day, the last day, the lengths that
//! the product allows.

use jiff::civil::Date;

use crate::actor::Permission;
use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::savings::Savings;
use crate::savings::SavingsState;
use crate::savings::command::StartTerm;
use crate::savings::commands::{SavingsDecided, decision, refused};
use crate::savings::event::SavingsEvent;
use crate::savings::term::TermRules;

/// Starts a term on an account that has money and keeps none yet.
pub(super) fn start(
    account: &Savings,
    wanted: &StartTerm,
    context: &Context<'_>,
) -> Result<SavingsDecided, Refusal> {
    if !account.terms.account_type.has_term() {
        return refused(SavingsRefusal::NoTerm);
    }
    let Some(activated_on) = account.state.activated_on().filter(|_| account.is_active()) else {
        return wrong(account, "start maturity");
    };
    if account.maturity.is_some() {
        return wrong(account, "start maturity");
    }
    if !account.balance.is_positive() {
        return refused(SavingsRefusal::NothingToKeep {
            balance: account.balance.to_fixed_text(account.terms.currency),
        });
    }
    let from = first_day(account, activated_on, wanted, context)?;
    let matures_on = last_day(account.terms.term, from, wanted, context)?;
    let event = SavingsEvent::TermStarted { matures_on, notes: wanted.notes.clone() };
    Ok(SavingsDecided::done(decision(account, vec![(from, event)], context)))
}

fn first_day(
    account: &Savings,
    activated_on: Date,
    wanted: &StartTerm,
    context: &Context<'_>,
) -> Result<Date, Refusal> {
    let business_date = context.business_date;
    let value_date = wanted.from.unwrap_or(business_date);
    if value_date > business_date {
        return refused(SavingsRefusal::DateInTheFuture { value_date, business_date });
    }
    if value_date < activated_on {
        return refused(SavingsRefusal::BeforeActivation { value_date, activated_on });
    }
    if let Some(later) = account.latest_value_date.filter(|later| value_date < *later) {
        return refused(SavingsRefusal::BeforeOtherMovement { value_date, later });
    }
    if value_date < business_date {
        context.require(Permission::BackdateSavingsTransactions)?;
    }
    Ok(value_date)
}

/// The day that is named, or that of the product's length; it lies ahead.
fn last_day(
    rules: Option<TermRules>,
    from: Date,
    wanted: &StartTerm,
    context: &Context<'_>,
) -> Result<Date, Refusal> {
    let of_product = rules.and_then(|rules| rules.after(from, rules.length?));
    let Some(matures_on) = wanted.matures_on.or(of_product) else {
        return refused(SavingsRefusal::MissingMaturityDate);
    };
    let day = |length: Option<u32>| rules.and_then(|rules| rules.after(from, length?));
    let (min, max) = (day(rules.and_then(|rules| rules.min)), day(rules.and_then(|rules| rules.max)));
    let is_too_early = matures_on <= context.business_date || min.is_some_and(|min| matures_on < min);
    if is_too_early || max.is_some_and(|max| matures_on > max) {
        let text = |bound: Option<Date>| bound.map_or_else(|| "any".to_owned(), |day| day.to_string());
        let earliest = min.or_else(|| context.business_date.tomorrow().ok());
        let bounds = format!("{} to {}", text(earliest), text(max));
        return refused(SavingsRefusal::TermOutsideProduct { from, matures_on, bounds });
    }
    Ok(matures_on)
}

/// Undoes the term, whether it runs or is over.
pub(super) fn undo(account: &Savings, notes: &Option<String>) -> Result<SavingsEvent, Refusal> {
    let is_kept = account.maturity.is_some();
    let is_open = account.is_active() || matches!(account.state, SavingsState::Matured { .. });
    if !is_kept || !is_open {
        return wrong(account, "undo maturity");
    }
    Ok(SavingsEvent::TermUndone { notes: notes.clone() })
}

fn wrong<T>(account: &Savings, command: &'static str) -> Result<T, Refusal> {
    let state = if account.is_in_term() { "kept for a term" } else { account.state.name() };
    refused(SavingsRefusal::WrongTransition { command, state })
}
