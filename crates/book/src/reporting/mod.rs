//! What others report: people and loans that are serviced elsewhere, in the words of the contract
//! in which they were told. Of a reported loan the feed is the truth; a report about a loan that
//! this book services is kept beside it and never moves it.
//!
//! `decide` may refuse a report; the words themselves were checked by the door.

pub mod decide;
pub mod lead;
pub mod loan;
pub mod performance;
pub mod performance_report;
pub mod projection;
pub mod reconcile;
pub mod repayment_data;
pub mod score;
pub mod subject;

use crate::ids::Address;

use self::performance_report::{PerformanceLoanReport, PerformancePaymentReport};
use self::repayment_data::RepaymentLoan;
use self::subject::SubjectName;

/// A report on its way to the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportCommand {
    /// Whom it is about.
    pub subject: SubjectName,
    /// Where the subject is kept; [`SubjectName::address`], or what the register says.
    pub address: Address,
    pub report: Report,
}

/// What is reported, or done about reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// Opens a subject; one that is known stays as it is and gets the reference if it has none.
    Subject,
    /// A loan together with its customer: opens the subject too if it is not known.
    CustomerLoan(Box<PerformanceLoanReport>),
    PerformanceLoan(Box<PerformanceLoanReport>),
    PerformancePayment {
        loan_id: String,
        payment: Box<PerformancePaymentReport>,
    },
    RepaymentLoan(Box<RepaymentLoan>),
    /// Says that the subject is this client of the book, or no longer is.
    LinkSubject {
        client: Option<Address>,
    },
    /// Says that a reported loan is this loan of the book, or the same as another reported one.
    LinkLoan {
        loan_id: String,
        to: Option<Address>,
    },
}

impl Report {
    /// The name written to the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            Report::Subject => "open subject",
            Report::CustomerLoan(_) => "report customer",
            Report::PerformanceLoan(_) => "report loan",
            Report::PerformancePayment { .. } => "report payment",
            Report::RepaymentLoan(_) => "report repayment data",
            Report::LinkSubject { .. } => "link subject",
            Report::LinkLoan { .. } => "link reported loan",
        }
    }

    /// What was said, as JSON, for the record of reports. Bank account numbers only masked.
    pub fn told(&self) -> String {
        let text = match self {
            Report::Subject => Ok("{}".to_owned()),
            Report::CustomerLoan(report) | Report::PerformanceLoan(report) => {
                serde_json::to_string(&report.without_sealed())
            }
            Report::PerformancePayment { payment, .. } => serde_json::to_string(&payment.without_sealed()),
            Report::RepaymentLoan(report) => serde_json::to_string(report),
            Report::LinkSubject { client } => serde_json::to_string(client),
            Report::LinkLoan { to, .. } => serde_json::to_string(to),
        };
        text.expect("reports have only text as map keys")
    }

    /// Whether it tells something of a loan; a link only says which loan it is.
    pub fn tells_of_a_loan(&self) -> bool {
        match self {
            Report::CustomerLoan(_)
            | Report::PerformanceLoan(_)
            | Report::PerformancePayment { .. }
            | Report::RepaymentLoan(_) => true,
            Report::Subject | Report::LinkSubject { .. } | Report::LinkLoan { .. } => false,
        }
    }

    /// The other reported loan that it links to, if it does.
    pub fn linked(&self) -> Option<Address> {
        match self {
            Report::LinkLoan { to, .. } => to.filter(|to| loan::is_reported(*to)),
            Report::Subject
            | Report::CustomerLoan(_)
            | Report::PerformanceLoan(_)
            | Report::PerformancePayment { .. }
            | Report::RepaymentLoan(_)
            | Report::LinkSubject { .. } => None,
        }
    }

    /// The outside id of the loan that it is about, if it is about one.
    pub fn loan_id(&self) -> Option<&str> {
        match self {
            Report::CustomerLoan(report) | Report::PerformanceLoan(report) => Some(&report.loan_id),
            Report::PerformancePayment { loan_id, .. } | Report::LinkLoan { loan_id, .. } => Some(loan_id),
            Report::RepaymentLoan(report) => Some(&report.loan_reference_id),
            Report::Subject | Report::LinkSubject { .. } => None,
        }
    }
}
