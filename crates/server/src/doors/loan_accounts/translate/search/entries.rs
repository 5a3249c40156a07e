//! The selections of searches of journal entries; docs/search-fields.md has a line for each.

use loam_app::search::Choice;
use loam_app::search::entries::{AccountFact, EntryColumn, EntryFact, ProductFamily};
use loam_book::journal::manual::Side;

use super::super::ledger::{family_name, side_name, type_named};
use super::Kind;

/// The selection of a data item; see the one of loans.
pub(crate) fn select(item: Option<&str>, name: &str) -> Option<Option<(EntryFact, Kind)>> {
    matches!(item, None | Some("JOURNAL_ENTRY" | "GL_JOURNAL_ENTRY")).then(|| of_entries(name))
}

fn of_entries(name: &str) -> Option<(EntryFact, Kind)> {
    let column = |column, kind| (EntryFact::Column(column), kind);
    let account = |fact, kind| (EntryFact::Account(fact), kind);
    Some(match name {
        "ENTRY_ID" => (EntryFact::Number, Kind::Number),
        "ENCODED_KEY" => (EntryFact::Key, Kind::Key),
        // Both are the day on which it was booked.
        "ENTRY_DATE" | "BOOKING_DATE" => column(EntryColumn::BookingDate, Kind::Date),
        "VALUE_DATE" => column(EntryColumn::ValueDate, Kind::Date),
        "CREATION_DATE" => (EntryFact::RecordedAt, Kind::Instant),
        "TRANSACTION_ID" => (EntryFact::TransactionId, Kind::Text),
        "AMOUNT" => column(EntryColumn::Amount, Kind::Decimal),
        "DEBIT" => (EntryFact::Debit, Kind::Decimal),
        "CREDIT" => (EntryFact::Credit, Kind::Decimal),
        "TYPE" | "ENTRY_TYPE" => (EntryFact::Side, Kind::Choice(sides)),
        "GL_ACCOUNT_KEY" => account(AccountFact::Key, Kind::Key),
        "GL_ACCOUNT_ID" | "GL_CODE" => account(AccountFact::Code, Kind::Text),
        "GL_ACCOUNT_NAME" => account(AccountFact::Name, Kind::Text),
        "GL_ACCOUNT_TYPE" => account(AccountFact::Type, Kind::Choice(types)),
        "BRANCH_KEY" | "ASSIGNED_BRANCH_KEY" => column(EntryColumn::Branch, Kind::Key),
        "BRANCH_ID" => (EntryFact::BranchId, Kind::Text),
        "PRODUCT_KEY" => column(EntryColumn::Product, Kind::Key),
        "PRODUCT_ID" => (EntryFact::ProductId, Kind::Text),
        "PRODUCT_TYPE" => (EntryFact::ProductType, Kind::Choice(families)),
        "ACCOUNT_KEY" | "PARENT_ACCOUNT_KEY" => (EntryFact::SourceKey, Kind::Key),
        "ACCOUNT_ID" | "PARENT_ACCOUNT_ID" => (EntryFact::SourceId, Kind::Text),
        "USER_KEY" => (EntryFact::User, Kind::Key),
        "USER" => (EntryFact::UserName, Kind::Text),
        "NOTES" => (EntryFact::Notes, Kind::Text),
        _ => return None,
    })
}

fn sides(name: &str) -> Option<Vec<Choice>> {
    let found = [Side::Debit, Side::Credit].into_iter().find(|side| side_name(*side) == name)?;
    Some(vec![Choice::Side(found)])
}

fn types(name: &str) -> Option<Vec<Choice>> {
    type_named(name).map(|found| vec![Choice::Ledger(found)])
}

fn families(name: &str) -> Option<Vec<Choice>> {
    let families = [ProductFamily::Loans, ProductFamily::Savings];
    let found = families.into_iter().find(|family| family_name(*family) == name)?;
    Some(vec![Choice::Family(found)])
}
