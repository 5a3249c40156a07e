//! A score of repayment behaviour, from what was reported and nothing else.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::reporting::repayment_data::RepaymentLoan;

/// What a score needs of one reported loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behaviour {}

impl Behaviour {
    /// What `loan` shows on `business_date`.
    pub fn of(_loan: &RepaymentLoan, _business_date: Date) -> Behaviour {
        Behaviour {}
    }
}

/// A score and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// 100 to 1000.
    pub value: u32,
    pub created_at: Timestamp,
}
