//! The selections of group searches; docs/search-fields.md has a line for each.

use loam_app::search::accounts::BalanceFact;
use loam_app::search::groups::{GroupColumn, GroupFact};

use super::{CustomFields, Kind, Selections};

/// What groups are searched by.
pub(crate) fn selections(custom: CustomFields<'_>) -> Selections<'_, GroupFact> {
    let of_custom = |column| GroupFact::Column(GroupColumn::Custom(column));
    Selections { native: select, own: &OWN, custom: Some((custom, of_custom)) }
}

const OWN: [&str; 2] = ["GROUP", "GROUPS"];

/// The selection of a data item; see the one of loans.
fn select(item: Option<&str>, name: &str) -> Option<Option<(GroupFact, Kind)>> {
    item.is_none_or(|item| OWN.contains(&item)).then(|| of_groups(name))
}

fn of_groups(name: &str) -> Option<(GroupFact, Kind)> {
    let column = |column, kind| (GroupFact::Column(column), kind);
    let balance = |of| (GroupFact::Balance(of), Kind::Decimal);
    Some(match name {
        "ENCODED_KEY" => column(GroupColumn::Key, Kind::Key),
        "ID" => column(GroupColumn::Id, Kind::Text),
        "GROUP_NAME" => column(GroupColumn::Name, Kind::Text),
        "CREATION_DATE" => column(GroupColumn::CreatedAt, Kind::Instant),
        "LAST_MODIFIED_DATE" => (GroupFact::LastModifiedAt, Kind::Instant),
        "HOME_PHONE_NUMBER" => (GroupFact::HomePhone, Kind::Text),
        "MOBILE_PHONE_NUMBER" => (GroupFact::MobilePhone, Kind::Text),
        "EMAIL_ADDRESS" => (GroupFact::EmailAddress, Kind::Text),
        "PREFERRED_LANGUAGE" => (GroupFact::Language, Kind::Text),
        "GROUP_ADDRESS" => (GroupFact::Address, Kind::Text),
        "NOTES" => (GroupFact::Notes, Kind::Text),
        "CLIENT_ROLE" | "CLIENT_ROLE_KEY" => (GroupFact::Role, Kind::Key),
        "CLIENT_KEY" => (GroupFact::Member, Kind::Key),
        "NUMBER_OF_MEMBERS" => (GroupFact::NumberOfMembers, Kind::Number),
        "LOAN_CYCLE" => (GroupFact::LoanCycle, Kind::Number),
        "LOANS_BALANCE" => balance(BalanceFact::Loans),
        "DEPOSITS_BALANCE" => balance(BalanceFact::Deposits),
        "TOTAL_BALANCE" => balance(BalanceFact::Total),
        "TOTAL_DUE" => balance(BalanceFact::Due),
        "BRANCH_KEY" => column(GroupColumn::Branch, Kind::Key),
        "CENTRE_KEY" => column(GroupColumn::Centre, Kind::Key),
        "CREDIT_OFFICER_KEY" => column(GroupColumn::CreditOfficer, Kind::Key),
        _ => return None,
    })
}
