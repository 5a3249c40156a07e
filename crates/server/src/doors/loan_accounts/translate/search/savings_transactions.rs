//! The selections of searches of deposit transactions; docs/search-fields.md has a line for each.

use loam_app::search::Choice;
use loam_app::search::savings_transactions::{
    AccountFact, CountedFact, MovementColumn, MovementFact, OwnFact,
};
use loam_book::savings::event::MovementKind;

use super::super::savings::kind;
use super::transactions::holders;
use super::{CustomFields, Kind, Selections};

/// What transactions of deposit accounts are searched by.
pub(crate) fn selections(custom: CustomFields<'_>) -> Selections<'_, MovementFact> {
    Selections { native: select, own: &OWN, custom: Some((custom, MovementFact::Custom)) }
}

const OWN: [&str; 2] = ["SAVINGS_TRANSACTION", "TRANSACTION"];

/// The selection of a data item; see the one of loans.
fn select(item: Option<&str>, name: &str) -> Option<Option<(MovementFact, Kind)>> {
    let of_transactions = || of_itself(name).or_else(|| of_its_account(name));
    item.is_none_or(|item| OWN.contains(&item)).then(of_transactions)
}

fn of_itself(name: &str) -> Option<(MovementFact, Kind)> {
    let column = |column, kind| (MovementFact::Column(column), kind);
    let own = |fact, kind| (MovementFact::Own(fact), kind);
    let counted = |fact, kind| (MovementFact::Counted(fact), kind);
    Some(match name {
        "TRANSACTION_ID" => column(MovementColumn::Id, Kind::Number),
        "ENCODED_KEY" => counted(CountedFact::Key, Kind::Key),
        "EXTERNAL_ID" => own(OwnFact::ExternalId, Kind::Text),
        // Both are the day when it counts.
        "ENTRY_DATE" | "VALUE_DATE" | "TRANSACTION_DATE" => column(MovementColumn::ValueDate, Kind::Date),
        "CREATION_DATE" => column(MovementColumn::RecordedAt, Kind::Instant),
        "EVENT" | "TYPE" => own(OwnFact::Kind, Kind::Choice(events)),
        "AMOUNT" => counted(CountedFact::Amount, Kind::Decimal),
        "BALANCE" | "TOTAL_BALANCE" => counted(CountedFact::Balance, Kind::Decimal),
        "FEES_PAID" => counted(CountedFact::FeesPaid, Kind::Decimal),
        "TRANSACTION_CHANNEL_KEY" => own(OwnFact::Channel, Kind::Key),
        "TRANSACTION_CHANNEL_ID" => own(OwnFact::ChannelId, Kind::Text),
        "USER_KEY" => own(OwnFact::User, Kind::Key),
        "USER" => own(OwnFact::UserId, Kind::Text),
        "WAS_REVERSED" => own(OwnFact::WasReversed, Kind::Flag),
        "TYPE_IS_REVERSAL" => own(OwnFact::IsReversal, Kind::Flag),
        "ONLY_UNREVERSED_TRANSACTIONS" => own(OwnFact::Stands, Kind::Flag),
        "REVERSAL_TRANSACTION_KEY" => counted(CountedFact::ReversedBy, Kind::Key),
        "ORIGINAL_TRANSACTION_KEY" => counted(CountedFact::Reverses, Kind::Key),
        "ORIGINAL_TRANSACTION_ID" => own(OwnFact::ReversesId, Kind::Number),
        "NOTES" => own(OwnFact::Notes, Kind::Text),
        "INTERNAL_TRANSFER" => own(OwnFact::IsTransfer, Kind::Flag),
        "LINKED_LOAN_TRANSACTION_KEY" => own(OwnFact::LinkedToLoan, Kind::Key),
        "LINKED_SAVINGS_TRANSACTION_KEY" => own(OwnFact::LinkedToSavings, Kind::Key),
        _ => return None,
    })
}

fn of_its_account(name: &str) -> Option<(MovementFact, Kind)> {
    let column = |column, kind| (MovementFact::Column(column), kind);
    let account = |fact, kind| (MovementFact::Account(fact), kind);
    Some(match name {
        "PARENT_ACCOUNT_KEY" => column(MovementColumn::Account, Kind::Key),
        "PARENT_ACCOUNT_ID" => column(MovementColumn::AccountId, Kind::Text),
        "PARENT_ACCOUNT_HOLDER_KEY" => account(AccountFact::HolderKey, Kind::Key),
        "PARENT_ACCOUNT_HOLDER_TYPE" => account(AccountFact::HolderType, Kind::Choice(holders)),
        "PARENT_ACCOUNT_HOLDER_ID" => account(AccountFact::HolderId, Kind::Text),
        "PRODUCT_TYPE_KEY" => account(AccountFact::Product, Kind::Key),
        "PRODUCT_ID" => account(AccountFact::ProductId, Kind::Text),
        "BRANCH_KEY" => account(AccountFact::Branch, Kind::Key),
        "BRANCH_ID" => account(AccountFact::BranchId, Kind::Text),
        "CENTRE_KEY" => account(AccountFact::Centre, Kind::Key),
        "CENTRE_ID" => account(AccountFact::CentreId, Kind::Text),
        _ => return None,
    })
}

/// The movement that is shown under this name, or what takes one back.
fn events(name: &str) -> Option<Vec<Choice>> {
    const KINDS: [MovementKind; 7] = [
        MovementKind::Deposit,
        MovementKind::Withdrawal,
        MovementKind::Transfer,
        MovementKind::Fee,
        MovementKind::Interest,
        MovementKind::OverdraftInterest,
        MovementKind::WithholdingTax,
    ];
    let both = |of| [(of, false), (of, true)];
    let found = KINDS.into_iter().flat_map(both).filter(|(of, is_reversal)| kind(*of, *is_reversal) == name);
    let found: Vec<Choice> = found.map(|(of, is_reversal)| Choice::Movement(of, is_reversal)).collect();
    (!found.is_empty()).then_some(found)
}
