//! Interest by the whole log: what was applied on which day, and what it should have been. Where somebody
//! moves money in time whose interest was applied already, the two differ, and the difference is made good.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use super::{
    Accruing, BalanceFrom, DepositInterest, RateFrom, grown, owed, put_rate, rounded, shift, tax_on,
};
use crate::savings::Savings;
use crate::savings::event::{Movement, MovementKind, SavingsEntry, SavingsEvent};
use crate::savings::log::{movements, reversed_by};

/// What stands of the interest of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied<'a> {
    pub interest: Option<&'a Movement>,
    pub overdraft_interest: Option<&'a Movement>,
    pub tax: Option<&'a Movement>,
    pub tax_rate: Option<Rate>,
}

/// The interest of one payment day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment<'a> {
    pub on: Date,
    pub is: Applied<'a>,
    /// What the balances of the log make, each as it changes the balance.
    pub should: [(MovementKind, Amount); 3],
}

impl<'a> Applied<'a> {
    fn of_kind(&mut self, kind: MovementKind) -> Option<&mut Option<&'a Movement>> {
        match kind {
            MovementKind::Interest => Some(&mut self.interest),
            MovementKind::OverdraftInterest => Some(&mut self.overdraft_interest),
            MovementKind::WithholdingTax => Some(&mut self.tax),
            MovementKind::Deposit | MovementKind::Withdrawal | MovementKind::Transfer | MovementKind::Fee => {
                None
            }
        }
    }

    /// All that stands, in the order in which it came.
    pub fn movements(&self) -> impl Iterator<Item = &'a Movement> {
        [self.interest, self.tax, self.overdraft_interest].into_iter().flatten()
    }
}

impl<'a> Payment<'a> {
    /// What stands and what should, of each kind.
    pub fn kinds(&self) -> [(MovementKind, Option<&'a Movement>, Amount); 3] {
        let mut is = self.is;
        self.should.map(|(kind, should)| (kind, is.of_kind(kind).and_then(|found| *found), should))
    }
}

/// Every day for which interest was applied, in order.
pub fn payments<'a>(account: &Savings, entries: &'a [SavingsEntry]) -> Vec<Payment<'a>> {
    let (Some(accruing), Some(interest)) = (&account.accruing, &account.terms.interest) else {
        return Vec::new();
    };
    let mut balances = moved(entries);
    let [rates, overdraft_rates] = rates(entries, accruing.since, interest);
    let mut from = accruing.since;
    let mut all = Vec::new();
    for (on, is) in applied(entries) {
        let earned = rounded(grown((&balances, &rates), interest.day_count, (from, on)));
        let owed = rounded(owed((&balances, &overdraft_rates), interest.day_count, (from, on)));
        let should = parts(earned, is.tax_rate, owed);
        shift(&mut balances, on, should.iter().map(|(_, amount)| *amount).sum());
        all.push(Payment { on, is, should });
        from = on;
    }
    all
}

/// What comes to the balance and goes from it when this interest is applied.
pub fn parts(earned: Amount, tax_rate: Option<Rate>, owed: Amount) -> [(MovementKind, Amount); 3] {
    let tax = tax_rate.map_or(Amount::ZERO, |rate| tax_on(earned, rate));
    [
        (MovementKind::Interest, earned),
        (MovementKind::WithholdingTax, -tax),
        (MovementKind::OverdraftInterest, -owed),
    ]
}

/// The balances that movements of others than interest make.
fn moved(entries: &[SavingsEntry]) -> Vec<BalanceFrom> {
    let mut balances = Vec::new();
    for logged in movements(entries).iter().filter(|logged| !logged.is_reversed) {
        shift(&mut balances, logged.value_date, logged.movement.amount);
    }
    balances
}

/// The interest of an account as it grows after the last of its payments, that of `undone`, was taken back.
pub fn reaccruing(account: &Savings, entries: &[SavingsEntry], undone: Date) -> Option<Accruing> {
    let (accruing, interest) = (account.accruing.as_ref()?, account.terms.interest.as_ref()?);
    let [rates, overdraft_rates] = rates(entries, accruing.since, interest);
    let balances = moved(entries);
    let begun = Accruing { from: accruing.since, balances, rates, overdraft_rates, ..accruing.clone() };
    let standing = applied(entries).into_iter().filter(|(on, _)| *on < undone);
    let again = standing.fold(begun, |mut accruing, (on, is)| {
        accruing.applied(on, is.movements().map(|movement| movement.amount).sum());
        accruing
    });
    // Days that were put off before, or had nothing to apply, do not come again by themselves either.
    let put_off = undone.max(accruing.from).max(accruing.put_off.unwrap_or(undone));
    Some(Accruing { put_off: Some(put_off), ..again })
}

/// The days on which interest was applied, each with what stands of it.
pub fn applied(entries: &[SavingsEntry]) -> BTreeMap<Date, Applied<'_>> {
    let mut all: BTreeMap<Date, Applied<'_>> = BTreeMap::new();
    for entry in entries {
        if let SavingsEvent::InterestApplied { movement, tax_rate } = &entry.event {
            let kept = all.entry(entry.value_date).or_default();
            kept.interest = movement.as_ref().or(kept.interest);
            kept.tax_rate = *tax_rate;
        } else if let SavingsEvent::ChargedWithInterest { movement } = &entry.event {
            let kept = all.entry(entry.value_date).or_default();
            kept.of_kind(movement.kind).into_iter().for_each(|found| *found = Some(movement));
        } else if let SavingsEvent::InterestUndone { .. } = &entry.event {
            all.retain(|on, _| *on < entry.value_date);
        }
        reversed_by(&entry.event).into_iter().for_each(|original| forget(&mut all, original));
    }
    all
}

/// What was taken back does not stand.
fn forget(all: &mut BTreeMap<Date, Applied<'_>>, original: i64) {
    let is_it = |movement: &&Movement| movement.transaction_id == original;
    for kept in all.values_mut() {
        for found in [&mut kept.interest, &mut kept.overdraft_interest, &mut kept.tax] {
            *found = found.filter(|movement| !is_it(movement));
        }
    }
}

/// The rates of an account, from its first money on, of what is there and of what is overdrawn. What was
/// agreed before that came counts from its day, whatever that is.
fn rates(entries: &[SavingsEntry], since: Date, present: &DepositInterest) -> [Vec<RateFrom>; 2] {
    let mut rates = [Vec::new(), Vec::new()];
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
            | SavingsEvent::ChargedWithInterest { .. }
            | SavingsEvent::InterestUndone { .. }
            | SavingsEvent::HoldsSet { .. }
            | SavingsEvent::HoldSet { .. }
            | SavingsEvent::AnnouncedSet { .. }
            | SavingsEvent::InvestedSet { .. }
            | SavingsEvent::LinksSet { .. }
            | SavingsEvent::LineOfCreditSet { .. }
            | SavingsEvent::FellAsleep
            | SavingsEvent::TermStarted { .. }
            | SavingsEvent::Matured
            | SavingsEvent::TermUndone { .. } => continue,
        };
        let agreed = terms.interest.as_ref().unwrap_or(present);
        let from = if entry.seq < begun { since } else { entry.value_date.max(since) };
        put_rate(&mut rates[0], RateFrom { from, rate: agreed.rate });
        if let Some(rate) = agreed.overdraft_rate {
            put_rate(&mut rates[1], RateFrom { from, rate });
        }
    }
    rates
}
