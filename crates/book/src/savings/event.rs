//! What happened to a deposit account. Every figure that was decided stands in the event.

use jiff::civil::Date;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::{Address, Key, Part};
use crate::loan::Holder;
use crate::loan::event::Stamp;
use crate::loan::terms::is_zero;
use crate::organization::TransactionDetails;
use crate::party::Assignment;
use crate::savings::interest::Accruing;
use crate::savings::{Hold, SavingsClosure, SavingsTerms};

/// One entry of a deposit account's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavingsEntry {
    /// Position in the log, from 1.
    pub seq: i64,
    pub value_date: Date,
    pub event: SavingsEvent,
    pub stamp: Stamp,
}

/// How a deposit account began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavingsOpening {
    pub key: Key,
    pub part: Part,
    pub account_no: i64,
    pub id: String,
    pub holder: Holder,
    pub name: String,
    pub notes: Option<String>,
    pub assignment: Assignment,
    pub terms: SavingsTerms,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_of_credit: Option<Key>,
}

/// What kind of movement it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    Deposit,
    Withdrawal,
    /// To or from another account of the book.
    Transfer,
    Fee,
    /// That the lender pays.
    Interest,
    /// That the holder pays for an overdraft.
    OverdraftInterest,
    /// Kept of interest for somebody else.
    WithholdingTax,
}

/// Money that came in or went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    pub transaction_id: i64,
    pub kind: MovementKind,
    /// By how much the balance changed: negative for what left the account.
    pub amount: Amount,
    /// The balance after it.
    pub balance: Amount,
    /// By how much the overdraft changed.
    pub overdraft: Amount,
    /// By how much more an investor has in loans after it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub invested: Amount,
    /// With the other side of a transfer.
    pub details: TransactionDetails,
}

impl Movement {
    /// Whether it is what an investor paid for loans, or shares of them that were credited.
    pub fn is_of_investor(&self) -> bool {
        let credits = self.kind == MovementKind::Transfer && self.details.transfer.is_none();
        credits || self.details.investing.is_some()
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SavingsEvent {
    Created {
        opening: Box<SavingsOpening>,
    },
    Edited {
        terms: Box<SavingsTerms>,
        name: String,
        notes: Option<String>,
        assignment: Assignment,
    },
    Approved {
        notes: Option<String>,
    },
    ApprovalUndone {
        notes: Option<String>,
    },
    Locked {
        notes: Option<String>,
    },
    Unlocked {
        notes: Option<String>,
    },
    Closed {
        closure: SavingsClosure,
        notes: Option<String>,
    },
    Reopened {
        notes: Option<String>,
    },
    /// The first one activates the account.
    Moved {
        movement: Movement,
    },
    /// A movement was taken back by the opposite one.
    Reversed {
        original: i64,
        movement: Movement,
        /// Of the movements that stand without it.
        latest_value_date: Option<Date>,
    },
    /// Interest of the time before the value date came to the balance; nothing where it was not a cent.
    InterestApplied {
        movement: Option<Movement>,
        /// At which a tax was withheld, if one was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tax_rate: Option<Rate>,
    },
    /// What interest of the same day brought with it: that of an overdraft, a tax.
    ChargedWithInterest {
        movement: Movement,
    },
    /// Interest of the value date was taken back, with what it brought: it grows on as if it had not been
    /// applied.
    InterestUndone {
        accruing: Box<Accruing>,
    },
    /// What loans keep of the account, all of it.
    HoldsSet {
        holds: Vec<Hold>,
    },
    /// What an application or a withdrawal of the marketplace keeps of the account; nothing: no longer.
    HoldSet {
        hold: Hold,
    },
    /// What was announced and has not come in yet.
    AnnouncedSet {
        amount: Amount,
    },
    /// What an investor has in loans, where it changed without money: a loan was written off.
    InvestedSet {
        amount: Amount,
    },
    /// The loans that are paid from the account, all of them.
    LinksSet {
        loans: Vec<Address>,
    },
    /// Its holder did not move it for as long as was agreed.
    FellAsleep,
    /// From the value date on money is kept.
    TermStarted {
        matures_on: Date,
        notes: Option<String>,
    },
    /// The term is over; its interest was applied before.
    Matured,
    /// As if the term had never been started.
    TermUndone {
        notes: Option<String>,
    },
    /// The line of credit that the account is on; `None`: on none any more.
    LineOfCreditSet {
        line: Option<Key>,
    },
}

impl SavingsEvent {
    /// The name stored with the entry.
    pub fn name(&self) -> &'static str {
        match self {
            SavingsEvent::Created { .. } => "created",
            SavingsEvent::Edited { .. } => "edited",
            SavingsEvent::Approved { .. } => "approved",
            SavingsEvent::ApprovalUndone { .. } => "approval_undone",
            SavingsEvent::Locked { .. } => "locked",
            SavingsEvent::Unlocked { .. } => "unlocked",
            SavingsEvent::Closed { .. } => "closed",
            SavingsEvent::Reopened { .. } => "reopened",
            SavingsEvent::Moved { .. } => "moved",
            SavingsEvent::Reversed { .. } => "reversed",
            SavingsEvent::InterestApplied { .. } => "interest_applied",
            SavingsEvent::ChargedWithInterest { .. } => "charged_with_interest",
            SavingsEvent::InterestUndone { .. } => "interest_undone",
            SavingsEvent::HoldsSet { .. } => "holds_set",
            SavingsEvent::HoldSet { .. } => "hold_set",
            SavingsEvent::AnnouncedSet { .. } => "announced_set",
            SavingsEvent::InvestedSet { .. } => "invested_set",
            SavingsEvent::LinksSet { .. } => "links_set",
            SavingsEvent::LineOfCreditSet { .. } => "line_of_credit_set",
            SavingsEvent::FellAsleep => "fell_asleep",
            SavingsEvent::TermStarted { .. } => "term_started",
            SavingsEvent::Matured => "matured",
            SavingsEvent::TermUndone { .. } => "term_undone",
        }
    }

    /// The money that it moved.
    pub fn movement(&self) -> Option<&Movement> {
        match self {
            SavingsEvent::Moved { movement }
            | SavingsEvent::Reversed { movement, .. }
            | SavingsEvent::ChargedWithInterest { movement } => Some(movement),
            SavingsEvent::InterestApplied { movement, .. } => movement.as_ref(),
            SavingsEvent::Created { .. }
            | SavingsEvent::Edited { .. }
            | SavingsEvent::Approved { .. }
            | SavingsEvent::ApprovalUndone { .. }
            | SavingsEvent::Locked { .. }
            | SavingsEvent::Unlocked { .. }
            | SavingsEvent::Closed { .. }
            | SavingsEvent::Reopened { .. }
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
            | SavingsEvent::TermUndone { .. } => None,
        }
    }
}
