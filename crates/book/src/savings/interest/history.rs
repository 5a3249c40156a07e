//! Interest by the whole log: what was applied on which day, and what it should have been. Where somebody
//! moves money in time whose interest was applied already, the two differ, and the difference is made good.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::money::Amount;

use super::{BalanceFrom, DepositInterest, RateFrom, grown, put_rate, rounded, shift};
use crate::savings::Savings;
use crate::savings::event::{Movement, SavingsEntry, SavingsEvent};
use crate::savings::log::{movements, reversed_by};

/// The interest of one payment day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment<'a> {
    pub on: Date,
    /// What stands of it, if anything was paid.
    pub is: Option<&'a Movement>,
    /// What the balances of the log make.
    pub should: Amount,
}

/// Every day for which interest was applied, in order.
pub fn payments<'a>(account: &Savings, entries: &'a [SavingsEntry]) -> Vec<Payment<'a>> {
    let (Some(accruing), Some(interest)) = (&account.accruing, &account.terms.interest) else {
        return Vec::new();
    };
    let mut balances: Vec<BalanceFrom> = Vec::new();
    for logged in movements(entries).iter().filter(|logged| !logged.is_reversed) {
        shift(&mut balances, logged.value_date, logged.movement.amount);
    }
    let rates = rates(entries, accruing.since, interest);
    let mut from = accruing.since;
    let mut all = Vec::new();
    for (on, is) in applied(entries) {
        let should = rounded(grown((&balances, &rates), interest.day_count, (from, on)));
        shift(&mut balances, on, should);
        all.push(Payment { on, is, should });
        from = on;
    }
    all
}

/// The days on which interest was applied, each with the movement that stands.
fn applied(entries: &[SavingsEntry]) -> BTreeMap<Date, Option<&Movement>> {
    let mut all: BTreeMap<Date, Option<&Movement>> = BTreeMap::new();
    for entry in entries {
        if let SavingsEvent::InterestApplied { movement } = &entry.event {
            let kept = all.entry(entry.value_date).or_default();
            *kept = movement.as_ref().or(*kept);
        }
        let taken_back = reversed_by(&entry.event);
        for kept in all.values_mut() {
            if taken_back.is_some() && kept.map(|movement| movement.transaction_id) == taken_back {
                *kept = None;
            }
        }
    }
    all
}

/// The rates of an account, from its first money on. What was agreed before that came counts from its day,
/// whatever that is.
fn rates(entries: &[SavingsEntry], since: Date, present: &DepositInterest) -> Vec<RateFrom> {
    let mut rates = Vec::new();
    let begun = entries.iter().find(|entry| matches!(entry.event, SavingsEvent::Moved { .. }));
    let begun = begun.map_or(0, |entry| entry.seq);
    for entry in entries {
        let terms = match &entry.event {
            SavingsEvent::Created { opening } => &opening.terms,
            SavingsEvent::Edited { terms, .. } => terms,
            SavingsEvent::Approved { .. }
            | SavingsEvent::ApprovalUndone { .. }
            | SavingsEvent::Locked { .. }
            | SavingsEvent::Unlocked { .. }
            | SavingsEvent::Closed { .. }
            | SavingsEvent::Reopened { .. }
            | SavingsEvent::Moved { .. }
            | SavingsEvent::Reversed { .. }
            | SavingsEvent::InterestApplied { .. }
            | SavingsEvent::HoldsSet { .. }
            | SavingsEvent::LinksSet { .. }
            | SavingsEvent::LineOfCreditSet { .. }
            | SavingsEvent::FellAsleep
            | SavingsEvent::TermStarted { .. }
            | SavingsEvent::Matured
            | SavingsEvent::TermUndone { .. } => continue,
        };
        let rate = terms.interest.as_ref().map_or(present.rate, |interest| interest.rate);
        let from = if entry.seq < begun { since } else { entry.value_date.max(since) };
        put_rate(&mut rates, RateFrom { from, rate });
    }
    rates
}
