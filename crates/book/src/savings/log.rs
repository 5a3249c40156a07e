//! Reading the log of a deposit account: the fold, and the movements that stand.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::loan::log::NotBegun;
use crate::savings::Savings;
use crate::savings::apply::{apply, open};
use crate::savings::event::{Movement, SavingsEntry, SavingsEvent};

/// That a log begins as logs do, or is empty. The fold takes it for granted.
///
/// # Errors
/// [`NotBegun`] when another entry than the creation stands first.
pub fn begun(entries: &[SavingsEntry]) -> Result<(), NotBegun> {
    let first = entries.first().map(|entry| &entry.event);
    let other = first.filter(|event| !matches!(event, SavingsEvent::Created { .. }));
    other.map_or(Ok(()), |event| Err(NotBegun { event: event.name() }))
}

/// The account that a log makes. `None` for an empty log.
pub fn fold(entries: &[SavingsEntry]) -> Option<Savings> {
    let (first, rest) = entries.split_first()?;
    let SavingsEvent::Created { opening } = &first.event else {
        unreachable!("a log begins with the creation, not with {}", first.event.name());
    };
    let mut account = open(opening, &first.stamp);
    account.version = first.seq;
    rest.iter().for_each(|entry| apply(&mut account, entry));
    Some(account)
}

/// A movement of the log, and whether it still stands.
#[derive(Debug, Clone, Copy)]
pub struct Logged<'a> {
    pub value_date: Date,
    pub movement: &'a Movement,
    pub is_reversed: bool,
}

/// The movements of a log without those that take others back.
pub fn movements(entries: &[SavingsEntry]) -> Vec<Logged<'_>> {
    let reversed: HashSet<i64> = entries.iter().filter_map(|entry| reversed_by(&entry.event)).collect();
    let mut all = Vec::new();
    for entry in entries {
        if let SavingsEvent::Moved { movement } = &entry.event {
            let is_reversed = reversed.contains(&movement.transaction_id);
            all.push(Logged { value_date: entry.value_date, movement, is_reversed });
        }
    }
    all
}

/// The transaction that an event takes back, if it takes one back.
pub fn reversed_by(event: &SavingsEvent) -> Option<i64> {
    if let SavingsEvent::Reversed { original, .. } = event { Some(*original) } else { None }
}
