//! Rows and the book's types: what stands in which column, written once for both databases.
//!
//! Each `…_row` gives all columns of a table in the order of its `create table`, each `read_…`
//! reads them in that order; the `…_columns!` macros name them for a `select`.

pub(crate) mod answer;
pub(crate) mod application;
pub(crate) mod book;
pub(crate) mod check;
pub(crate) mod client;
pub(crate) mod custom_value;
pub(crate) mod delivery;
pub(crate) mod evening;
pub(crate) mod group;
pub(crate) mod guarantor;
pub(crate) mod lead;
pub(crate) mod ledger;
pub(crate) mod line_of_credit;
pub(crate) mod listed;
pub(crate) mod loan;
pub(crate) mod log;
pub(crate) mod market;
pub(crate) mod packed;
pub(crate) mod paper;
pub(crate) mod repeated;
pub(crate) mod report;
pub(crate) mod reported_loan;
pub(crate) mod savings;
pub(crate) mod share;
pub(crate) mod sign_in;
pub(crate) mod strays;
pub(crate) mod subject;
pub(crate) mod token;
pub(crate) mod transaction;
pub(crate) mod transfer;
pub(crate) mod working;

use loam_book::actor::Door;
use loam_book::loan::refusal::IdKind;

/// The scope of ids that the book itself keeps unique. No kind is unique both here and in organizations, so an
/// organization of this name is in nobody's way.
pub(crate) const SCOPE: &str = "book";

/// The name under which an id's kind is registered.
pub(crate) fn id_kind_name(kind: IdKind) -> &'static str {
    match kind {
        IdKind::Loan => "loan",
        IdKind::Client => "client",
        IdKind::Group => "group",
        IdKind::Record => "record",
        IdKind::Savings => "savings",
        IdKind::LineOfCredit => "line_of_credit",
        IdKind::Subject => "subject",
        IdKind::ReportedLoan => "reported_loan",
        IdKind::CustomValue => "custom_value",
    }
}

/// The name under which a key without Loam's mark is registered.
pub(crate) fn key_kind_name(kind: IdKind) -> &'static str {
    match kind {
        IdKind::Loan => "loan_key",
        IdKind::Client => "client_key",
        IdKind::Group => "group_key",
        IdKind::Record => "record_key",
        IdKind::Savings => "savings_key",
        IdKind::LineOfCredit => "line_of_credit_key",
        IdKind::Subject => "subject_key",
        IdKind::ReportedLoan => "reported_loan_key",
        IdKind::CustomValue => "custom_value_key",
    }
}

fn door_named(name: &str) -> Option<Door> {
    Door::ALL.into_iter().find(|door| door.name() == name)
}
