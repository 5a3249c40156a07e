//! The statement of a deposit account: what moved it, and instead of a transaction that credited shares the shares
//! themselves, waiting or not.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::savings::Savings;
use crate::savings::share::InvestorShare;
use crate::savings::transaction::SavingsTransaction;

/// An account with all that moved it from some day on, of one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSince {
    /// Its balance counts what waits for it.
    pub account: Savings,
    /// By their value dates.
    pub movements: Vec<SavingsTransaction>,
    /// By the days on which they were booked.
    pub shares: Vec<InvestorShare>,
}

/// A line of a statement.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub day: Date,
    /// When it was written, and of what was written at once the number.
    pub at: (Timestamp, i64),
    pub cash: Amount,
    /// After it, in the order of the lines.
    pub balance: Amount,
    pub what: LineOf<'a>,
}

/// What a line is of.
#[derive(Debug, Clone, Copy)]
pub enum LineOf<'a> {
    Movement(&'a SavingsTransaction),
    Share(&'a InvestorShare),
}

impl AccountSince {
    /// The lines by day and then as they were written. Balances are told back from the present one.
    pub fn lines(&self) -> Vec<Line<'_>> {
        let own = self.movements.iter().filter(|row| !row.credits_shares()).map(|row| Line {
            day: row.value_date,
            at: (row.stamp.recorded_at, row.id),
            cash: row.amount,
            balance: Amount::ZERO,
            what: LineOf::Movement(row),
        });
        let later = self.shares.iter().filter(|share| !share.what.is_at_once() && !share.cash.is_zero());
        let of_loans = later.map(|share| Line {
            day: share.booked_on,
            at: (share.recorded_at, share.transaction_id),
            cash: share.cash,
            balance: Amount::ZERO,
            what: LineOf::Share(share),
        });
        let mut lines: Vec<Line<'_>> = own.chain(of_loans).collect();
        lines.sort_by_key(|line| (line.day, line.at));
        let mut balance = self.account.balance;
        for line in lines.iter_mut().rev() {
            line.balance = balance;
            balance -= line.cash;
        }
        lines
    }
}
