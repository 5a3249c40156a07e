//! One loan that takes the place of another: what somebody asks for, and what was decided.

use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::ids::{Address, Key};
use crate::loan::command::NewLoan;
use crate::loan::commands::Decision;
use crate::loan::{Closure, Loan};
use crate::stated::StatedAmount;

/// In which way one loan takes the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestructureKind {
    /// The new loan repays the old one, and what is lent on top is paid out.
    Refinance,
    /// The new loan carries on what is owed of the old one, and nothing is paid out.
    Reschedule,
}

/// A loan that is to take the place of another one of the same holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restructure {
    pub kind: RestructureKind,
    /// The holder is that of the old loan, whatever stands here; so is the assignment where none is
    /// named. Without an amount it is the one that the restructuring gives.
    pub new: NewLoan,
    /// Rescheduling needs none.
    pub details: Option<RestructureDetails>,
    pub notes: Option<String>,
}

/// What of the old loan is given up, and what is lent on top. What is `None` is carried over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestructureDetails {
    /// Of a refinancing, which needs it; it may be zero.
    pub top_up: Option<StatedAmount>,
    /// Of a rescheduling.
    pub principal_write_off: Option<StatedAmount>,
    pub interest_write_off: Option<StatedAmount>,
    pub fees_write_off: Option<StatedAmount>,
    pub penalty_write_off: Option<StatedAmount>,
}

/// What becomes of the old loan and of the new one; the two are written together.
#[derive(Debug)]
pub struct Restructured {
    pub closed: Decision,
    pub opened: Decision,
}

/// The other loan of a restructuring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub kind: RestructureKind,
    pub loan: Key,
}

/// A loan that another one paid off when it was paid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidOff {
    pub loan: Address,
    pub account_no: i64,
    /// The repayment there.
    pub transaction_id: i64,
    pub amount: Amount,
}

impl PaidOff {
    /// The other loan, as one that was refinanced.
    pub(crate) fn origin(&self) -> Origin {
        Origin { kind: RestructureKind::Refinance, loan: self.loan.key }
    }
}

/// What is outstanding of the old loan, as it was divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Division {
    pub(crate) written_off: Components,
    pub(crate) carried_over: Components,
    pub(crate) top_up: Amount,
}

impl Division {
    /// The amount of the new loan.
    pub(crate) fn new_amount(&self) -> Amount {
        self.carried_over.total() + self.top_up
    }
}

impl RestructureKind {
    /// How the old loan is closed.
    pub fn closure(self) -> Closure {
        match self {
            RestructureKind::Refinance => Closure::Refinanced,
            RestructureKind::Reschedule => Closure::Rescheduled,
        }
    }

    /// The name used in refusals and the audit trail.
    pub fn name(self) -> &'static str {
        match self {
            RestructureKind::Refinance => "refinance",
            RestructureKind::Reschedule => "reschedule",
        }
    }
}

impl Loan {
    /// The loan whose place this one took.
    pub fn origin(&self) -> Option<Origin> {
        self.servicing.course.origin
    }

    /// The loan that took the place of this one.
    pub fn successor(&self) -> Option<Origin> {
        self.servicing.course.successor
    }
}
