//! The states of a loan account. A state holds exactly the data that exists in it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::event::charge::LockCause;
use crate::loan::terms::is_default;

/// Where a loan stands in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum LoanState {
    PartialApplication,
    PendingApproval,
    Approved {
        approved_on: Date,
        approved_by: Key,
    },
    Active {
        approved_on: Date,
        approved_by: Key,
        disbursed_on: Date,
        is_locked: bool,
        /// Of a locked loan.
        #[serde(default, skip_serializing_if = "is_default")]
        lock_cause: LockCause,
    },
    /// `before` is the state to which undoing the closure returns.
    Closed {
        closed_on: Date,
        closure: Closure,
        before: Box<LoanState>,
    },
}

/// How a loan came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closure {
    /// All obligations met.
    Repaid,
    Withdrawn,
    Rejected,
    WrittenOff,
    /// Another loan repaid it.
    Refinanced,
    /// Another loan carries on what was owed.
    Rescheduled,
    /// Never disbursed and taken out of the book; only its log is left.
    Deleted,
}

impl LoanState {
    /// The name used in refusals.
    pub fn name(&self) -> &'static str {
        match self {
            LoanState::PartialApplication => "a partial application",
            LoanState::PendingApproval => "pending approval",
            LoanState::Approved { .. } => "approved",
            LoanState::Active { is_locked: false, .. } => "active",
            LoanState::Active { is_locked: true, .. } => "active and locked",
            LoanState::Closed { closure, .. } => closure.name(),
        }
    }

    /// Whether the loan has been paid out and is not closed.
    pub fn is_active(&self) -> bool {
        match self {
            LoanState::Active { .. } => true,
            LoanState::PartialApplication
            | LoanState::PendingApproval
            | LoanState::Approved { .. }
            | LoanState::Closed { .. } => false,
        }
    }

    /// When the loan was paid out, if it was.
    pub fn disbursed_on(&self) -> Option<Date> {
        match self {
            LoanState::PartialApplication | LoanState::PendingApproval | LoanState::Approved { .. } => None,
            LoanState::Active { disbursed_on, .. } => Some(*disbursed_on),
            LoanState::Closed { before, .. } => before.disbursed_on(),
        }
    }
}

impl Closure {
    pub fn name(self) -> &'static str {
        match self {
            Closure::Repaid => "closed",
            Closure::Withdrawn => "withdrawn",
            Closure::Rejected => "rejected",
            Closure::WrittenOff => "written off",
            Closure::Refinanced => "refinanced",
            Closure::Rescheduled => "rescheduled",
            Closure::Deleted => "deleted",
        }
    }
}
