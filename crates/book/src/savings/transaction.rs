//! Transactions of a deposit account: what the outside sees of its movements.

use jiff::civil::Date;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::event::Stamp;
use crate::organization::TransactionDetails;
use crate::savings::Savings;
use crate::savings::event::{MovementKind, SavingsEntry};
use crate::savings::log::reversed_by;

/// A served transaction. What left the account is negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavingsTransaction {
    pub id: i64,
    pub kind: MovementKind,
    /// The log entry that brought it.
    pub seq: i64,
    pub value_date: Date,
    pub stamp: Stamp,
    pub amount: Amount,
    /// The balance after it.
    pub balance: Amount,
    /// With the other side of a transfer.
    pub details: TransactionDetails,
    /// Of a reversal: the transaction that it takes back.
    pub reverses: Option<i64>,
    /// The transaction that took this one back.
    pub reversed_by: Option<i64>,
}

impl SavingsTransaction {
    /// The transaction's key.
    pub fn key(&self, account: &Savings) -> Key {
        Key::transaction(account.part, account.account_no, self.id)
    }

    /// Whether it credited shares of loans, which are told one by one.
    pub fn credits_shares(&self) -> bool {
        self.kind == MovementKind::Transfer && self.details.transfer.is_none()
    }

    /// The key of its custom field values.
    pub fn values_key(&self, account: &Savings) -> Key {
        self.details.values_key.unwrap_or_else(|| self.key(account))
    }
}

/// The transaction as which an entry is served, if it moved money.
pub fn transaction(entry: &SavingsEntry) -> Option<SavingsTransaction> {
    let movement = entry.event.movement()?;
    Some(SavingsTransaction {
        id: movement.transaction_id,
        kind: movement.kind,
        seq: entry.seq,
        value_date: entry.value_date,
        stamp: entry.stamp.clone(),
        amount: movement.amount,
        balance: movement.balance,
        details: movement.details.clone(),
        reverses: reversed_by(&entry.event),
        reversed_by: None,
    })
}
