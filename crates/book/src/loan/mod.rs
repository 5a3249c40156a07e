//! A loan account: what it is, what can happen to it, what it says no to.
//!
//! The log is the truth; `Loan` is the fold over it. `decide` reads, `apply` sets.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::{Key, Part};
use crate::party::Assignment;

pub mod accompanying;
pub mod advance;
mod agreed_payments;
mod agreed_rate;
pub mod annual_rates;
pub mod apply;
pub mod as_of;
pub mod brief;
mod charge_apply;
pub mod charges;
pub mod command;
mod command_rights;
pub mod commands;
pub mod context;
pub mod course;
pub mod custom_payment;
pub mod custom_schedule;
mod down_payment;
pub mod draft;
pub mod dynamic;
pub mod event;
pub mod explain;
pub mod lateness;
pub mod log;
pub mod outlook;
pub mod premium;
pub mod protection;
pub mod refold;
pub mod refusal;
mod refusal_dynamic;
mod refusal_terms;
pub mod rescheduling;
pub mod restructuring;
pub mod revolving;
pub mod securities;
pub mod state;
pub mod terms;
pub mod terms_agreed;
mod terms_schedule;
pub mod trades;
pub mod transaction;
mod turns;

pub use state::{Closure, LoanState};
pub use terms::Terms;

/// Who holds an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub kind: HolderKind,
    pub key: Key,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HolderKind {
    Client,
    Group,
}

/// One installment of a loan's schedule, with what was applied to it and paid of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installment {
    /// Counted from 1.
    pub number: u32,
    pub due_date: Date,
    /// The whole installment, paid or not.
    pub expected: Components,
    /// How much of the expected interest has become a balance of the account.
    #[serde(default, skip_serializing_if = "is_default")]
    pub interest_applied: Amount,
    #[serde(default, skip_serializing_if = "is_default")]
    pub paid: Components,
    /// Neither principal nor interest is expected.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_grace: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_paid_on: Option<Date>,
    /// When the last of it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repaid_on: Option<Date>,
}

/// Whether a value goes without saying in what is stored.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Installment {
    /// What is still to be paid of the installment.
    pub fn unpaid(&self) -> Components {
        self.expected - self.paid
    }

    /// Expected interest that has not become a balance yet.
    pub fn interest_to_apply(&self) -> Amount {
        self.expected.interest - self.interest_applied
    }

    /// Whether nothing is left to pay.
    pub fn is_paid(&self) -> bool {
        self.unpaid().is_zero()
    }
}

/// The servicing side of a loan: everything that a repayment, a fee or the passing of days moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Servicing {
    pub state: LoanState,
    /// Principal paid out and not repaid; interest, fees and penalties applied and not paid.
    pub outstanding: Components,
    pub paid: Components,
    pub installments: Vec<Installment>,
    /// Due date of the oldest installment that is late.
    pub late_since: Option<Date>,
    /// First day in arrears of the present spell.
    pub arrears_since: Option<Date>,
    /// When the account last went into arrears.
    pub last_set_to_arrears_on: Option<Date>,
    pub last_interest_applied_on: Option<Date>,
    pub last_locked_on: Option<Date>,
    /// Interest is not applied while the account is locked, and not before this date afterwards.
    pub unlocked_on: Option<Date>,
    /// The latest value date of a movement; an earlier one means a refold.
    pub latest_value_date: Option<Date>,
    #[serde(default, skip_serializing_if = "course::Course::is_default")]
    pub course: course::Course,
}

impl Servicing {
    /// Whether nothing is left to pay, neither balances nor installments.
    pub fn is_paid(&self) -> bool {
        self.outstanding.is_zero()
            && self.course.overpaid.is_zero()
            && self.installments.iter().all(Installment::is_paid)
    }
}

/// A loan account as it stands: the fold over its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    pub key: Key,
    pub part: Part,
    /// Names the account inside its part; keys of its installments and transactions carry it.
    pub account_no: i64,
    /// The id that people use, such as `OHNP076`.
    pub id: String,
    /// How many entries the log has.
    pub version: i64,
    pub holder: Holder,
    pub name: String,
    pub notes: Option<String>,
    pub assignment: Assignment,
    pub terms: Terms,
    pub servicing: Servicing,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
    pub approved_at: Option<Timestamp>,
    pub last_appraised_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

impl Loan {
    pub fn state(&self) -> &LoanState {
        &self.servicing.state
    }

    pub fn is_deleted(&self) -> bool {
        matches!(self.servicing.state, LoanState::Closed { closure: Closure::Deleted, .. })
    }

    /// The interest rate that counts on a day.
    pub fn rate_on(&self, date: Date) -> Rate {
        let mut changes = self.servicing.course.rates.iter().rev();
        changes.find(|rate| rate.from <= date).map_or(self.terms.interest.rate, |changed| changed.rate)
    }

    /// What due dates follow from: the first one may have been named with the disbursement.
    pub(crate) fn due_date_rule(&self) -> terms::DueDateRule<'_> {
        let rule = self.terms.due_date_rule();
        let first_due_date = self.servicing.course.first_due_date.or(rule.first_due_date);
        terms::DueDateRule { first_due_date, ..rule }
    }

    /// What is still to be paid of the installments that are due by `date`; interest only as far
    /// as it has been applied. Of a loan that is not active, nothing.
    pub fn due_by(&self, date: Date) -> Components {
        if !self.servicing.state.is_active() {
            return Components::default();
        }
        let due = self.servicing.installments.iter().filter(|installment| installment.due_date <= date);
        due.map(|installment| {
            let unpaid = installment.unpaid();
            Components { interest: installment.interest_applied - installment.paid.interest, ..unpaid }
        })
        .sum()
    }

    /// Days since the oldest late installment fell due; zero when none is late or the loan is not
    /// active.
    pub fn days_late(&self, business_date: Date) -> i64 {
        if !self.servicing.state.is_active() {
            return 0;
        }
        self.servicing.late_since.map_or(0, |since| days_between(since, business_date))
    }

    /// Days in arrears, the first one being day one; zero when the account is not in arrears. By
    /// default that is days late beyond the tolerance.
    pub fn days_in_arrears(&self, business_date: Date) -> i64 {
        lateness::days_in_arrears(self, business_date)
    }

    /// The first day in arrears that counts, while the account is active and in arrears.
    pub fn arrears_counted_from(&self) -> Option<Date> {
        lateness::arrears_counted_from(self).filter(|_| self.servicing.state.is_active())
    }

    /// When the oldest late installment fell due, while the account is active.
    pub fn late_since(&self) -> Option<Date> {
        self.servicing.late_since.filter(|_| self.servicing.state.is_active())
    }
}

/// Days from `from` to `to`, not negative.
fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).expect("both dates are in range").get_days()).max(0)
}
