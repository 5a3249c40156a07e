//! The selections of searches of loan transactions; docs/search-fields.md has a line for each.

use loam_app::search::Choice;
use loam_app::search::transactions::{TransactionColumn, TransactionFact, kinds};
use loam_book::loan::HolderKind;

use super::super::transaction::kind;
use super::Kind;

/// The selection of a data item; see the one of loans.
pub(crate) fn select(item: Option<&str>, name: &str) -> Option<Option<(TransactionFact, Kind)>> {
    matches!(item, None | Some("LOAN_TRANSACTION" | "TRANSACTION"))
        .then(|| of_itself(name).or_else(|| of_its_loan(name)))
}

fn of_itself(name: &str) -> Option<(TransactionFact, Kind)> {
    let column = |column, kind| (TransactionFact::Column(column), kind);
    let money = |fact| (fact, Kind::Decimal);
    let flag = |fact| (fact, Kind::Flag);
    Some(match name {
        "TRANSACTION_ID" => column(TransactionColumn::Id, Kind::Number),
        "ENCODED_KEY" => (TransactionFact::Key, Kind::Key),
        "EXTERNAL_ID" => (TransactionFact::ExternalId, Kind::Text),
        // Both are the day when it counts.
        "ENTRY_DATE" | "VALUE_DATE" | "TRANSACTION_DATE" => column(TransactionColumn::ValueDate, Kind::Date),
        "CREATION_DATE" => column(TransactionColumn::RecordedAt, Kind::Instant),
        "EVENT" | "TYPE" => (TransactionFact::Kind, Kind::Choice(events)),
        "AMOUNT" => money(TransactionFact::Amount),
        "TOTAL_BALANCE" | "PRINCIPAL_BALANCE" => money(TransactionFact::PrincipalBalance),
        "PRINCIPAL_PAID" => money(TransactionFact::PrincipalPaid),
        "INTEREST_PAID" => money(TransactionFact::InterestPaid),
        "FEES_PAID" => money(TransactionFact::FeesPaid),
        "PENALTY_PAID" => money(TransactionFact::PenaltiesPaid),
        "TRANSACTION_CHANNEL_KEY" => (TransactionFact::Channel, Kind::Key),
        "TRANSACTION_CHANNEL_ID" => (TransactionFact::ChannelId, Kind::Text),
        "USER_KEY" => column(TransactionColumn::User, Kind::Key),
        "USER" => (TransactionFact::UserId, Kind::Text),
        "WAS_REVERSED" => flag(TransactionFact::WasReversed),
        "TYPE_IS_REVERSAL" => flag(TransactionFact::IsReversal),
        "ONLY_UNREVERSED_TRANSACTIONS" => flag(TransactionFact::Stands),
        "REVERSAL_TRANSACTION_KEY" => (TransactionFact::ReversedBy, Kind::Key),
        "ORIGINAL_TRANSACTION_KEY" => (TransactionFact::Reverses, Kind::Key),
        "ORIGINAL_TRANSACTION_ID" => (TransactionFact::ReversesId, Kind::Number),
        "NOTES" => (TransactionFact::Notes, Kind::Text),
        _ => return None,
    })
}

fn of_its_loan(name: &str) -> Option<(TransactionFact, Kind)> {
    Some(match name {
        "PARENT_ACCOUNT_KEY" => (TransactionFact::Column(TransactionColumn::Loan), Kind::Key),
        "PARENT_ACCOUNT_ID" => (TransactionFact::Column(TransactionColumn::LoanId), Kind::Text),
        "PARENT_ACCOUNT_HOLDER_KEY" => (TransactionFact::HolderKey, Kind::Key),
        "PARENT_ACCOUNT_HOLDER_TYPE" => (TransactionFact::HolderType, Kind::Choice(holders)),
        "PARENT_ACCOUNT_HOLDER_ID" => (TransactionFact::HolderId, Kind::Text),
        "PRODUCT_TYPE_KEY" => (TransactionFact::Product, Kind::Key),
        "PRODUCT_ID" => (TransactionFact::ProductId, Kind::Text),
        "BRANCH_KEY" => (TransactionFact::Branch, Kind::Key),
        "BRANCH_ID" => (TransactionFact::BranchId, Kind::Text),
        "CENTRE_KEY" => (TransactionFact::Centre, Kind::Key),
        "CENTRE_ID" => (TransactionFact::CentreId, Kind::Text),
        _ => return None,
    })
}

/// The kinds that are shown under this name; a disbursement also under the right spelling.
fn events(name: &str) -> Option<Vec<Choice>> {
    let name = name.replace("DISBURSEMENT", "DISBURSMENT");
    Some(kinds(|of| kind(of) == name)).filter(|kinds| !kinds.is_empty())
}

fn holders(name: &str) -> Option<Vec<Choice>> {
    match name {
        "CLIENT" => Some(vec![Choice::Holder(HolderKind::Client)]),
        "GROUP" => Some(vec![Choice::Holder(HolderKind::Group)]),
        _ => None,
    }
}
