//! A deposit account: what it is, what can happen to it, what it says no to.
//!
//! As with a loan, the log is the truth and `Savings` is the fold over it. Balances only add up; what a
//! movement changes of interest that was applied already is made good by further movements.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::ids::{Address, Key, Part};
use crate::journal::rules::DepositAccounting;
use crate::loan::Holder;
use crate::loan::terms::{is_default, is_zero};
use crate::party::Assignment;
use crate::savings::interest::{Accruing, DepositInterest};
use crate::savings::product::AccountType;
use crate::savings::term::{Maturity, TermRules};

pub mod apply;
pub mod as_of;
pub mod checks;
pub mod command;
pub mod commands;
pub mod event;
pub mod interest;
pub mod log;
pub mod postings;
pub mod product;
pub mod refusal;
pub mod share;
pub mod statement;
pub mod term;
pub mod transaction;

/// Where a deposit account stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SavingsState {
    PendingApproval,
    Approved,
    /// From the first money on.
    Active {
        activated_on: Date,
    },
    /// Takes no movements until it is unlocked.
    Locked {
        activated_on: Date,
    },
    /// Not moved by its holder for a long time; the next movement wakes it.
    Dormant {
        activated_on: Date,
    },
    /// Its term is over: money only leaves it.
    Matured {
        activated_on: Date,
    },
    Closed {
        closure: SavingsClosure,
        before: BeforeClosing,
    },
}

/// How a deposit account came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SavingsClosure {
    /// Emptied and closed.
    Closed,
    Withdrawn,
    Rejected,
    /// Never used and taken out of the book; only its log is left.
    Deleted,
}

/// Where undoing a closing leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "was", rename_all = "snake_case")]
pub enum BeforeClosing {
    PendingApproval,
    Approved,
    Active { activated_on: Date },
    Matured { activated_on: Date },
}

/// What was agreed for one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavingsTerms {
    pub product: Key,
    pub currency: Currency,
    pub account_type: AccountType,
    /// How far the balance may go below zero; nothing where the account has no overdraft.
    pub overdraft_limit: Option<Amount>,
    /// The most that one withdrawal may take.
    pub max_withdrawal: Option<Amount>,
    pub recommended_deposit: Option<Amount>,
    /// What a savings plan saves for.
    pub target: Option<Amount>,
    /// What the first money must amount to.
    pub minimum_opening_balance: Option<Amount>,
    pub allows_arbitrary_fees: bool,
    /// Nothing where the account earns none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interest: Option<DepositInterest>,
    /// After so many days on which its holder did not move it, it falls asleep; nothing: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dormancy_days: Option<u32>,
    /// Of accounts whose money is kept for a term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<TermRules>,
    /// As its product said when it was opened.
    #[serde(default, skip_serializing_if = "is_default")]
    pub accounting: DepositAccounting,
}

/// Why a loan keeps money of an account from being taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    Guarantee,
    Fund,
    /// For an application of the marketplace, which stands in the place of the loan.
    Booking,
    /// For a withdrawal that has not cleared yet, which stands in the place of the loan.
    Withdrawal,
}

/// Money that may not be taken while a loan counts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub loan: Address,
    pub kind: HoldKind,
    pub amount: Amount,
}

/// A deposit account as it stands: the fold over its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Savings {
    pub key: Key,
    pub part: Part,
    /// From the same numbers as those of loans, so no two accounts of the book share one.
    pub account_no: i64,
    /// The id that people use.
    pub id: String,
    /// How many entries the log has.
    pub version: i64,
    pub holder: Holder,
    pub name: String,
    pub notes: Option<String>,
    pub assignment: Assignment,
    pub terms: SavingsTerms,
    pub state: SavingsState,
    /// Less than zero: overdrawn.
    pub balance: Amount,
    /// Of the movements that stand.
    pub latest_value_date: Option<Date>,
    /// Whether it was ever moved, whatever stands of it.
    pub has_transactions: bool,
    pub holds: Vec<Hold>,
    /// Loans that are paid from it when they fall due.
    pub linked_loans: Vec<Address>,
    /// The line of credit that it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_of_credit: Option<Key>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
    pub approved_at: Option<Timestamp>,
    pub activated_at: Option<Timestamp>,
    pub locked_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// What an investor has in loans.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub invested: Amount,
    /// Deposits that have not cleared yet.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub announced: Amount,
    /// From the first money on, where interest was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accruing: Option<Accruing>,
    /// When its holder last moved it, where it may fall asleep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_on: Option<Date>,
    /// The term that was started, also once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maturity: Option<Maturity>,
}

impl Savings {
    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// What loans keep of the balance.
    pub fn held(&self) -> Amount {
        self.holds.iter().map(|hold| hold.amount).sum()
    }

    /// The holder's own money that nothing keeps.
    pub fn available(&self) -> Amount {
        (self.balance - self.held()).max(Amount::ZERO)
    }

    /// How far the account is overdrawn.
    pub fn overdraft(&self) -> Amount {
        overdraft_of(self.balance)
    }

    /// Whether it is in use; one that sleeps is.
    pub fn is_active(&self) -> bool {
        matches!(self.state, SavingsState::Active { .. } | SavingsState::Dormant { .. })
    }

    /// Whether an investor may announce money for it and invest what it has: it is in use, or waits for its first deposit.
    pub fn takes_investments(&self) -> bool {
        self.is_active() || self.state == SavingsState::Approved
    }

    pub fn is_deleted(&self) -> bool {
        matches!(self.state, SavingsState::Closed { closure: SavingsClosure::Deleted, .. })
    }
}

/// How far a balance lies below zero.
pub(crate) fn overdraft_of(balance: Amount) -> Amount {
    (-balance).max(Amount::ZERO)
}

impl SavingsState {
    /// The name used in refusals.
    pub fn name(&self) -> &'static str {
        match self {
            SavingsState::PendingApproval => "pending approval",
            SavingsState::Approved => "approved",
            SavingsState::Active { .. } => "active",
            SavingsState::Locked { .. } => "locked",
            SavingsState::Dormant { .. } => "dormant",
            SavingsState::Matured { .. } => "matured",
            SavingsState::Closed { closure, .. } => closure.name(),
        }
    }

    /// The day of the first money.
    pub fn activated_on(&self) -> Option<Date> {
        match self {
            SavingsState::Active { activated_on }
            | SavingsState::Locked { activated_on }
            | SavingsState::Dormant { activated_on }
            | SavingsState::Matured { activated_on } => Some(*activated_on),
            SavingsState::PendingApproval | SavingsState::Approved | SavingsState::Closed { .. } => None,
        }
    }

    /// The name stored with the account.
    pub fn status(&self) -> &'static str {
        match self {
            SavingsState::PendingApproval => "pending_approval",
            SavingsState::Approved
            | SavingsState::Active { .. }
            | SavingsState::Locked { .. }
            | SavingsState::Dormant { .. }
            | SavingsState::Matured { .. }
            | SavingsState::Closed { .. } => self.name(),
        }
    }
}

impl SavingsClosure {
    pub fn name(self) -> &'static str {
        match self {
            SavingsClosure::Closed => "closed",
            SavingsClosure::Withdrawn => "withdrawn",
            SavingsClosure::Rejected => "rejected",
            SavingsClosure::Deleted => "deleted",
        }
    }
}
