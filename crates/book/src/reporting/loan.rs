//! A reported loan: what the feed of one organization said about it, in the feed's own words.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{Address, Key, KeyKind, Part};
use crate::reporting::performance::PerformanceLoan;
use crate::reporting::repayment_data::RepaymentLoan;
use crate::reporting::subject::Scheme;

/// A loan that somebody reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedLoan {
    pub key: Key,
    pub part: Part,
    /// From the numbers of loan accounts: names it inside its part.
    pub account_no: i64,
    /// How often it was written: by reports and by links.
    pub version: i64,
    /// How many of the versions only linked it, or took the link away.
    #[serde(default)]
    pub links: i64,
    pub organization: String,
    /// The scheme of its subject, which tells the feed.
    pub scheme: Scheme,
    /// The id that the organization gave; see [`SubjectName::loan_scope`] for where it is unique.
    ///
    /// [`SubjectName::loan_scope`]: crate::reporting::subject::SubjectName::loan_scope
    pub id: String,
    pub subject: Key,
    /// The loan of the book, or the other reported loan, that this is, by an explicit link.
    pub same_as: Option<Address>,
    /// When somebody last linked it, or took the link away.
    #[serde(default)]
    pub linked_at: Option<Timestamp>,
    pub told: Told,
    pub created_at: Timestamp,
    /// When the last report was accepted.
    pub last_modified_at: Timestamp,
}

/// What was told, in the words of the feed. The tag stands beside the words and not among them, so
/// they are read straight away; they are read for every answer that shows a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "feed", content = "words", rename_all = "snake_case")]
pub enum Told {
    Performance(Box<PerformanceLoan>),
    RepaymentData(Box<RepaymentLoan>),
}

/// Whether a link with this address leads to another reported loan.
pub fn is_reported(linked: Address) -> bool {
    linked.key.kind() == Some(KeyKind::Named)
}

impl ReportedLoan {
    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// How many reports were accepted.
    pub fn reports(&self) -> i64 {
        self.version - self.links
    }

    /// The loan of the book that this is, if it is one. Keys of reported loans are made from names;
    /// a loan of a migrated book has a key of any other kind.
    pub fn serviced(&self) -> Option<Address> {
        self.same_as.filter(|other| !is_reported(*other))
    }

    pub fn performance(&self) -> Option<&PerformanceLoan> {
        match &self.told {
            Told::Performance(loan) => Some(loan),
            Told::RepaymentData(_) => None,
        }
    }

    pub fn repayment_data(&self) -> Option<&RepaymentLoan> {
        match &self.told {
            Told::RepaymentData(loan) => Some(loan),
            Told::Performance(_) => None,
        }
    }

    /// The lead from which the loan came, if one was named.
    pub fn lead_id(&self) -> Option<i64> {
        self.performance().and_then(|loan| loan.lead_id)
    }

    /// The status word of the feed.
    pub fn status(&self) -> &'static str {
        match &self.told {
            Told::Performance(loan) => loan.status.name(),
            Told::RepaymentData(loan) => loan.loan_repayment_status.name(),
        }
    }

    /// The day on which the feed says that the loan was settled, and that of its last due date.
    pub fn settlement(&self) -> (Option<Date>, Option<Date>) {
        match &self.told {
            Told::Performance(_) => (None, None),
            Told::RepaymentData(loan) => (loan.settled_on(), Some(loan.date_last_installment_is_due)),
        }
    }
}
