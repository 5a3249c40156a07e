//! Money for a term, and accounts that nobody uses.
//!
//! Fixed deposits and savings plans are kept for a term, which somebody starts and the book ends: the account
//! has matured. Any account may fall asleep after so many days on which its holder did not move it.

use jiff::civil::Date;
use loam_calc::calendar::{Period, PeriodUnit, add_days};
use serde::{Deserialize, Serialize};

use crate::savings::product::AccountType;
use crate::savings::{Savings, SavingsState};

/// How long money is kept; a term that nobody named has the length of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermRules {
    pub unit: PeriodUnit,
    /// Nothing: each account names its day.
    pub length: Option<u32>,
    pub min: Option<u32>,
    pub max: Option<u32>,
}

/// A term that was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maturity {
    pub started_on: Date,
    pub matures_on: Date,
    pub is_over: bool,
}

impl AccountType {
    /// Whether money is kept for a term.
    pub fn has_term(self) -> bool {
        match self {
            AccountType::FixedDeposit | AccountType::SavingsPlan => true,
            AccountType::CurrentAccount | AccountType::RegularSavings | AccountType::InvestorAccount => false,
        }
    }
}

impl TermRules {
    /// Whether the lengths are some, and stand in order.
    pub fn is_possible(&self) -> bool {
        let in_order =
            |low: Option<u32>, high: Option<u32>| low.is_none_or(|low| high.is_none_or(|high| low <= high));
        [self.length, self.min, self.max].iter().flatten().all(|length| *length > 0)
            && in_order(self.min, self.max)
            && in_order(self.min, self.length)
            && in_order(self.length, self.max)
    }

    /// So many units after this day; none beyond the calendar.
    pub fn after(&self, day: Date, length: u32) -> Option<Date> {
        Period { count: length, unit: self.unit }.add_times(day, 1).ok()
    }
}

impl Savings {
    /// Whether a term runs: nothing may be taken.
    pub fn is_in_term(&self) -> bool {
        self.is_active() && self.maturity.is_some()
    }

    /// Whether the holder's own money may be taken.
    pub fn may_be_drawn(&self) -> bool {
        match self.state {
            SavingsState::Active { .. } | SavingsState::Dormant { .. } => self.maturity.is_none(),
            SavingsState::Matured { .. } => true,
            SavingsState::PendingApproval
            | SavingsState::Approved
            | SavingsState::Locked { .. }
            | SavingsState::Closed { .. } => false,
        }
    }

    /// The day on which the account falls asleep unless its holder moves it.
    pub fn sleeps_on(&self) -> Option<Date> {
        let SavingsState::Active { .. } = self.state else { return None };
        let days = self.terms.dormancy_days.filter(|_| self.maturity.is_none())?;
        add_days(self.last_used_on?, i64::from(days))
    }

    /// The day on which the running term ends, also of an account that is locked.
    pub fn matures_on(&self) -> Option<Date> {
        let runs = self.is_active() || matches!(self.state, SavingsState::Locked { .. });
        self.maturity.filter(|maturity| runs && !maturity.is_over).map(|maturity| maturity.matures_on)
    }

    /// When the book has something to do for the account.
    pub fn next_action_on(&self) -> Option<Date> {
        [self.next_interest_on(), self.matures_on(), self.sleeps_on()].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn months(length: Option<u32>, min: Option<u32>, max: Option<u32>) -> TermRules {
        TermRules { unit: PeriodUnit::Months, length, min, max }
    }

    #[test]
    fn lengths_stand_in_order() {
        assert!(months(None, None, None).is_possible());
        assert!(months(Some(6), Some(6), Some(6)).is_possible());
        for wrong in
            [months(Some(5), Some(6), None), months(Some(7), None, Some(6)), months(Some(0), None, None)]
        {
            assert!(!wrong.is_possible(), "{wrong:?}");
        }
        assert!(!months(None, Some(7), Some(6)).is_possible());
    }

    #[test]
    fn a_term_ends_on_the_last_day_of_a_shorter_month() {
        assert_eq!(months(None, None, None).after(date(2024, 1, 31), 1), Some(date(2024, 2, 29)));
    }
}
