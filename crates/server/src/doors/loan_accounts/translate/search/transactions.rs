//! The selections of searches of loan transactions; docs/search-fields.md has a line for each.

use loam_app::search::Choice;
use loam_app::search::transactions::{PartFact, TransactionColumn, TransactionFact, kinds};
use loam_book::loan::HolderKind;

use super::super::transaction::kind;
use super::{CustomFields, Kind, Selections};
use crate::product_names::{FEE_TRIGGERS, fee_trigger};

/// What transactions of loans are searched by.
pub(crate) fn selections(custom: CustomFields<'_>) -> Selections<'_, TransactionFact> {
    Selections { native: select, own: &OWN, custom: Some((custom, TransactionFact::Custom)) }
}

const OWN: [&str; 2] = ["LOAN_TRANSACTION", "TRANSACTION"];

/// The selection of a data item; see the one of loans.
fn select(item: Option<&str>, name: &str) -> Option<Option<(TransactionFact, Kind)>> {
    item.is_none_or(|item| OWN.contains(&item)).then(|| of_itself(name).or_else(|| of_its_loan(name)))
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
        _ => return of_its_parts(name),
    })
}

/// Fees of the product in it, its taxes, the rate that it brought and the other side of a transfer.
fn of_its_parts(name: &str) -> Option<(TransactionFact, Kind)> {
    let part = |fact, kind| (TransactionFact::Part(fact), kind);
    Some(match name {
        "FEE_KEY" => part(PartFact::FeeKey, Kind::Key),
        "FEE_NAME" => part(PartFact::FeeName, Kind::Text),
        "FEE_TYPE" => part(PartFact::FeeTrigger, Kind::Choice(triggers)),
        // As the members are called, and as the model calls them.
        "TAX_ON_INTEREST_PAID" | "TAX_ON_INTEREST_AMOUNT" => part(PartFact::TaxOnInterest, Kind::Decimal),
        "TAX_ON_FEES_AMOUNT" => part(PartFact::TaxOnFees, Kind::Decimal),
        "TAX_ON_PENALTY_AMOUNT" => part(PartFact::TaxOnPenalties, Kind::Decimal),
        "INTEREST_RATE" => part(PartFact::InterestRate, Kind::Decimal),
        "INTERNAL_TRANSFER" => part(PartFact::IsTransfer, Kind::Flag),
        "LINKED_LOAN_TRANSACTION_KEY" => part(PartFact::LinkedToLoan, Kind::Key),
        "LINKED_SAVINGS_TRANSACTION_KEY" => part(PartFact::LinkedToSavings, Kind::Key),
        _ => return None,
    })
}

fn triggers(name: &str) -> Option<Vec<Choice>> {
    let found = FEE_TRIGGERS.iter().copied().find(|of| fee_trigger(*of) == name)?;
    Some(vec![Choice::Fee(found)])
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

pub(super) fn holders(name: &str) -> Option<Vec<Choice>> {
    match name {
        "CLIENT" => Some(vec![Choice::Holder(HolderKind::Client)]),
        "GROUP" => Some(vec![Choice::Holder(HolderKind::Group)]),
        _ => None,
    }
}
