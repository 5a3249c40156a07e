//! Lines of credit: how much a client or group may owe with the accounts that are put on one.
//!
//! A line keeps what each of its accounts takes of it. Whatever makes an account take more writes the line with the
//! account, so that nothing about a line rests on accounts that were read at another time.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::custom_field::value::{CustomEdit, StatedValue};
use crate::ids::{Address, Key, Part};
use crate::loan::Holder;
use crate::party::Assignment;
use crate::stated::StatedAmount;

mod accounts;
mod life;
#[cfg(test)]
mod tests;

pub use accounts::{
    check_loan, check_savings, concerns_line, looks_at_line, needs_line, savings_needs_line, use_of_loan,
    use_of_savings,
};
pub(crate) use accounts::{require_on, require_on_none};
pub use life::{create, edit};

/// Where a line of credit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LineState {
    PendingApproval,
    /// Accounts may be put on it.
    Approved,
    /// Approved, and there are accounts on it.
    Active,
    Closed,
    Withdrawn,
    Rejected,
}

/// What accounts are counted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExposureLimit {
    /// The amount that was agreed, whatever was repaid of it.
    ApprovedAmount,
    /// What may be owed by now: what is repaid can be lent again.
    OutstandingAmount,
}

/// What an account on a line takes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineUse {
    pub account: Key,
    pub is_loan: bool,
    /// A closed account takes nothing.
    pub is_open: bool,
    pub amount: Amount,
    /// When an active loan was paid out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_out_on: Option<Date>,
    /// When the last installment of an active loan falls due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matures_on: Option<Date>,
}

/// A line of credit as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineOfCredit {
    pub key: Key,
    /// That of its holder, as of everything that hangs on one.
    pub part: Part,
    /// The id that people use, such as `FVT160`.
    pub id: String,
    pub version: i64,
    pub holder: Holder,
    /// Whoever looked after the holder when it was entered.
    pub assignment: Assignment,
    pub state: LineState,
    pub currency: Currency,
    pub amount: Amount,
    pub limit: ExposureLimit,
    pub start_on: Date,
    pub expire_on: Date,
    pub notes: Option<String>,
    /// The accounts on it, in the order in which they were put there.
    pub uses: Vec<LineUse>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
    pub approved_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

/// A new line as a door understood it. What is missing is refused by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// Given by the caller, or drawn by the book.
    pub id: Option<String>,
    pub holder: Holder,
    pub amount: Option<StatedAmount>,
    pub limit: Option<ExposureLimit>,
    pub start_on: Option<Date>,
    pub expire_on: Option<Date>,
    pub notes: Option<String>,
    /// Approved at once, for whoever may approve.
    pub is_approved: bool,
    pub custom_values: Vec<StatedValue>,
}

/// What to change of a line; `None` leaves a field alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineEdit {
    pub amount: Option<StatedAmount>,
    pub limit: Option<ExposureLimit>,
    pub start_on: Option<Date>,
    pub expire_on: Option<Date>,
    pub notes: Option<Option<String>>,
    /// The state that it is to be in.
    pub state: Option<LineState>,
    pub custom_values: Option<CustomEdit>,
}

/// Everything that somebody can ask of a line itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineCommand {
    Create { holder: Address, new: NewLine },
    Edit { line: Address, edit: LineEdit },
}

impl LineCommand {
    /// The part that decides which lane takes the command.
    pub fn part(&self) -> Part {
        match self {
            LineCommand::Create { holder, .. } => holder.part,
            LineCommand::Edit { line, .. } => line.part,
        }
    }

    /// The name written to the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            LineCommand::Create { .. } => "create line of credit",
            LineCommand::Edit { .. } => "edit line of credit",
        }
    }
}

impl LineState {
    pub const ALL: [LineState; 6] = [
        LineState::PendingApproval,
        LineState::Approved,
        LineState::Active,
        LineState::Closed,
        LineState::Withdrawn,
        LineState::Rejected,
    ];

    /// The name used in refusals and stored with the line.
    pub fn name(self) -> &'static str {
        match self {
            LineState::PendingApproval => "pending approval",
            LineState::Approved => "approved",
            LineState::Active => "active",
            LineState::Closed => "closed",
            LineState::Withdrawn => "withdrawn",
            LineState::Rejected => "rejected",
        }
    }

    /// Whether accounts may be put on a line in this state.
    pub fn is_open(self) -> bool {
        match self {
            LineState::Approved | LineState::Active => true,
            LineState::PendingApproval | LineState::Closed | LineState::Withdrawn | LineState::Rejected => {
                false
            }
        }
    }
}

impl LineOfCredit {
    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// What its accounts take of it.
    pub fn consumed(&self) -> Amount {
        self.uses.iter().map(|on_it| on_it.amount).sum()
    }

    /// What is left of it; less than zero where the amount was lowered below what is taken.
    pub fn available(&self) -> Amount {
        self.amount - self.consumed()
    }

    /// What an account takes of it, if it is on it.
    pub fn use_of(&self, account: Key) -> Option<&LineUse> {
        self.uses.iter().find(|on_it| on_it.account == account)
    }

    /// The line with what an account takes of it, in place of what it took. `None` where that is the same.
    pub fn with_use(&self, taken: LineUse, at: Timestamp) -> Option<LineOfCredit> {
        if self.use_of(taken.account) == Some(&taken) {
            return None;
        }
        let mut line = self.clone();
        match line.uses.iter_mut().find(|on_it| on_it.account == taken.account) {
            Some(before) => *before = taken,
            None => line.uses.push(taken),
        }
        Some(line.settled(at))
    }

    /// The line without an account. `None` where it was not on it.
    pub fn without(&self, account: Key, at: Timestamp) -> Option<LineOfCredit> {
        self.use_of(account)?;
        let mut line = self.clone();
        line.uses.retain(|on_it| on_it.account != account);
        Some(line.settled(at))
    }

    /// An approved line is active while there are accounts on it.
    fn settled(mut self, at: Timestamp) -> LineOfCredit {
        if self.state.is_open() {
            self.state = if self.uses.is_empty() { LineState::Approved } else { LineState::Active };
        }
        self.version += 1;
        self.last_modified_at = at;
        self
    }
}
