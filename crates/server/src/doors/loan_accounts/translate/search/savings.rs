//! The selections of searches of deposit accounts; docs/search-fields.md has a line for each.

use loam_app::search::Choice;
use loam_app::search::savings::{SavingsAmount, SavingsColumn, SavingsFact, SavingsInstant};

use super::super::savings::state_filter;
use super::transactions::holders;
use super::{CustomFields, Kind, Selections};
use crate::product_names::{ACCOUNT_TYPES, account_type};

/// What deposit accounts are searched by.
pub(crate) fn selections(custom: CustomFields<'_>) -> Selections<'_, SavingsFact> {
    Selections {
        native: select,
        own: &OWN,
        custom: Some((custom, |column| SavingsFact::Column(SavingsColumn::Custom(column)))),
    }
}

const OWN: [&str; 2] = ["SAVINGS", "SAVINGS_ACCOUNT"];

/// The selection of a data item; see the one of loans.
fn select(item: Option<&str>, name: &str) -> Option<Option<(SavingsFact, Kind)>> {
    let of_savings = || named(name).or_else(|| figures(name));
    item.is_none_or(|item| OWN.contains(&item)).then(of_savings)
}

fn named(name: &str) -> Option<(SavingsFact, Kind)> {
    let column = |column, kind| (SavingsFact::Column(column), kind);
    Some(match name {
        "ENCODED_KEY" => column(SavingsColumn::Key, Kind::Key),
        "ACCOUNT_ID" | "ID" => column(SavingsColumn::Id, Kind::Text),
        "ACCOUNT_NAME" | "NAME" => column(SavingsColumn::Name, Kind::Text),
        "ACCOUNT_HOLDER_KEY" => column(SavingsColumn::Holder, Kind::Key),
        "ACCOUNT_HOLDER_ID" => column(SavingsColumn::HolderId, Kind::Text),
        "ACCOUNT_HOLDER_TYPE" => (SavingsFact::HolderType, Kind::Choice(holders)),
        "RECIPIENT" | "ACCOUNT_HOLDER_NAME" => column(SavingsColumn::HolderName, Kind::Text),
        "PRODUCT_KEY" | "PRODUCT_TYPE_KEY" => column(SavingsColumn::Product, Kind::Key),
        "PRODUCT_ID" => (SavingsFact::ProductId, Kind::Text),
        "ACCOUNT_STATE" => (SavingsFact::Status, Kind::Choice(states)),
        "ACCOUNT_TYPE" => (SavingsFact::Type, Kind::Choice(types)),
        "CURRENCY_CODE" => (SavingsFact::Currency, Kind::Text),
        "NOTES" => (SavingsFact::Notes, Kind::Text),
        "BRANCH_KEY" => column(SavingsColumn::Branch, Kind::Key),
        "CENTRE_KEY" => column(SavingsColumn::Centre, Kind::Key),
        "CREDIT_OFFICER_KEY" => column(SavingsColumn::CreditOfficer, Kind::Key),
        "CREATION_DATE" => column(SavingsColumn::CreatedAt, Kind::Instant),
        _ => return None,
    })
}

fn figures(name: &str) -> Option<(SavingsFact, Kind)> {
    let money = |fact| (SavingsFact::Amount(fact), Kind::Decimal);
    let instant = |fact| (SavingsFact::Instant(fact), Kind::Instant);
    Some(match name {
        "BALANCE" => money(SavingsAmount::Balance),
        "AVAILABLE_BALANCE" => money(SavingsAmount::Available),
        "LOCKED_BALANCE" => money(SavingsAmount::Locked),
        "OVERDRAFT_AMOUNT" => money(SavingsAmount::Overdraft),
        "OVERDRAFT_LIMIT" => money(SavingsAmount::OverdraftLimit),
        // The contract's spelling of the member, and the right one.
        "MAX_WIDTHDRAWL_AMOUNT" | "MAX_WITHDRAWAL_AMOUNT" => money(SavingsAmount::MaxWithdrawal),
        "RECOMMENDED_DEPOSIT_AMOUNT" => money(SavingsAmount::RecommendedDeposit),
        "TARGET_AMOUNT" => money(SavingsAmount::Target),
        "ALLOW_OVERDRAFT" => (SavingsFact::AllowsOverdraft, Kind::Flag),
        "LAST_MODIFIED_DATE" => instant(SavingsInstant::LastModified),
        "APPROVED_DATE" => instant(SavingsInstant::Approved),
        "ACTIVATION_DATE" => instant(SavingsInstant::Activated),
        "LOCKED_DATE" => instant(SavingsInstant::Locked),
        "CLOSED_DATE" => instant(SavingsInstant::Closed),
        _ => return None,
    })
}

/// States that no deposit account is ever in are known, and find nothing.
fn states(name: &str) -> Option<Vec<Choice>> {
    state_filter(name).map(|status| status.map(Choice::SavingsStatus).into_iter().collect())
}

fn types(name: &str) -> Option<Vec<Choice>> {
    let found = ACCOUNT_TYPES.iter().copied().find(|of| account_type(*of) == name)?;
    Some(vec![Choice::Savings(found)])
}
