//! What events have changed of a loan besides balances and installments. Stored as a whole.

use jiff::civil::Date;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::Installment;
use crate::loan::rescheduling::MovedInterest;
use crate::loan::restructuring::Origin;

/// A part of a loan that is paid out on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tranche {
    pub key: Key,
    pub amount: Amount,
    pub expected_on: Option<Date>,
    /// The transaction that paid it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disbursement: Option<i64>,
}

/// A rate and the day from which it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateFrom {
    pub from: Date,
    pub rate: Rate,
}

/// An outstanding principal and the day from which it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrincipalFrom {
    pub from: Date,
    pub principal: Amount,
}

/// The first day without interest, and the first one with interest again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: Date,
    pub to: Date,
}

/// The course that a loan took. The default is that of a loan to which nothing of this happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Course {
    /// In the order of their days; empty while the agreed rate counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<RateFrom>,
    /// Outstanding principal over the period whose interest is not applied yet; of dynamic loans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub principal: Vec<PrincipalFrom>,
    /// How many installments' time is over, so that their rows are facts; of dynamic loans.
    #[serde(skip_serializing_if = "crate::loan::terms::is_default")]
    pub closed: u32,
    /// Interest of earlier time that no row carries yet; less than zero where interest of the time
    /// that runs was applied ahead of its due date. Of dynamic loans.
    #[serde(skip_serializing_if = "crate::loan::terms::is_zero")]
    pub carried: Amount,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// Paid and not owed: it can be drawn again.
    #[serde(skip_serializing_if = "crate::loan::terms::is_default")]
    pub overpaid: Amount,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tranches: Vec<Tranche>,
    /// The schedule by which the loan is to be paid out, if it was edited by hand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agreed_schedule: Vec<Installment>,
    /// Interest that the installments carry for others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<MovedInterest>,
    /// The loan whose place this one took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The loan that took the place of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<Origin>,
}

impl Course {
    /// What the installment with this due date carries for others.
    pub fn moved_to(&self, due_date: Date) -> Option<&MovedInterest> {
        self.moved.iter().find(|moved| moved.due_date == due_date)
    }

    /// Another rate counts from a day; one that counted from the same day never did.
    pub(crate) fn set_rate(&mut self, rate: RateFrom) {
        self.rates.retain(|before| before.from < rate.from);
        self.rates.push(rate);
    }

    /// Whether nothing of this happened.
    pub fn is_default(&self) -> bool {
        *self == Course::default()
    }
}
