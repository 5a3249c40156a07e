//! Why the ledger says no: to a change of its chart, or to an entry by hand.

use jiff::civil::Date;

use crate::journal::chart::LedgerType;

/// What the chart of accounts or the journal does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalRefusal {
    #[error("{member} of GL account {code} stays as it is")]
    StaysAsItIs { member: &'static str, code: String },
    #[error("a GL account carries nothing new: the chart has an account for each that the book posts to")]
    CarriesNothingNew,
    #[error("the entry has no date")]
    MissingDate,
    #[error("date {date} is after the business date {business_date}")]
    InTheFuture { date: Date, business_date: Date },
    #[error("the entry has no {side}")]
    MissingSide { side: &'static str },
    #[error("the entry has {count} lines, more than {most}")]
    TooManyLines { count: usize, most: usize },
    #[error("there is no GL account \"{value}\"")]
    UnknownAccount { value: String },
    #[error("GL account {code} is a header, which nothing is booked on")]
    IsHeader { code: String },
    #[error("GL account {code} is not active")]
    Inactive { code: String },
    #[error("GL account {code} takes no entries by hand")]
    NoManualEntries { code: String },
    #[error("debits of {debits} are not credits of {credits}")]
    Unbalanced { debits: String, credits: String },
    #[error("{closed_through} is not over on the business date {business_date}")]
    NotOver { closed_through: Date, business_date: Date },
    #[error("{resource} has two accounting rules")]
    RuledTwice { resource: &'static str },
    #[error("{resource} has no accounting rule: what goes between two accounts meets on one GL account")]
    NoRuleFor { resource: &'static str },
    #[error("GL account {code} is of type {} and {resource} needs one of type {}", .is.name(), .needed.name())]
    OtherType { code: String, resource: &'static str, is: LedgerType, needed: LedgerType },
    #[error("GL account {code} stays open: product {product} books on it")]
    BookedByProduct { code: String, product: String },
    #[error("GL account {code} stays open: {kind} {account} books on it by the rules that it was made with")]
    BookedByAccount { code: String, kind: &'static str, account: String },
    #[error(
        "GL account {code} stays open: an evening to come takes back what stands on it for product {product}"
    )]
    StandsUntilEvening { code: String, product: String },
    #[error("notes have {length} characters, more than {most}")]
    NotesTooLong { length: usize, most: usize },
}
