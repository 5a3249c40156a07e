//! A deposit account on a day, and what stands in the ledger for it: on a value date, as known on a booking date.

use loam_calc::money::Amount;

use crate::loan::as_of::View;
use crate::product::AccountingMethod;
use crate::savings::event::{MovementKind, SavingsEntry};
use crate::savings::{Savings, log};

/// What an account's movements come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Less than zero: overdrawn.
    pub balance: Amount,
    /// What is booked as owed to the holder. By value date it is what was booked with such a date, which a later movement
    /// of an earlier day may have made less than zero.
    pub savings: Amount,
    /// What is booked as owed by the holder.
    pub overdraft: Amount,
    /// Kept of interest for the tax authority.
    pub taxes: Amount,
}

/// What stood for an account on a value date, as it was known on a booking date, and the account as it was known then.
/// `None` where nothing had moved it by then.
pub fn as_of(entries: &[SavingsEntry], view: View) -> Option<(Savings, Standing)> {
    let known = entries.partition_point(|entry| entry.stamp.booking_date <= view.known_on);
    let known = &entries[..known];
    let counted = known.iter().filter(|entry| entry.value_date <= view.as_of);
    let mut moved = counted.filter_map(|entry| entry.event.movement()).peekable();
    moved.peek()?;
    let account = log::fold(known)?;
    let is_booked = account.terms.accounting.method != AccountingMethod::None;
    let mut standing = Standing::default();
    for movement in moved {
        standing.balance += movement.amount;
        if is_booked {
            standing.savings += movement.amount + movement.overdraft;
            standing.overdraft += movement.overdraft;
        }
        if is_booked && movement.kind == MovementKind::WithholdingTax {
            standing.taxes -= movement.amount;
        }
    }
    Some((account, standing))
}
