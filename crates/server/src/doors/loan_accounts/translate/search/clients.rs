//! The selections of client searches; docs/search-fields.md has a line for each.

use loam_app::search::Choice;
use loam_app::search::accounts::BalanceFact;
use loam_app::search::clients::{ClientColumn, ClientFact};
use loam_app::views::ShownClientState;

use super::super::names;
use super::{CustomFields, Kind, Selections};

/// What clients are searched by.
pub(crate) fn selections(custom: CustomFields<'_>) -> Selections<'_, ClientFact> {
    Selections {
        native: select,
        own: &OWN,
        custom: Some((custom, |column| ClientFact::Column(ClientColumn::Custom(column)))),
    }
}

const OWN: [&str; 2] = ["CLIENT", "CLIENTS"];

/// The selection of a data item; see the one of loans.
fn select(item: Option<&str>, name: &str) -> Option<Option<(ClientFact, Kind)>> {
    item.is_none_or(|item| OWN.contains(&item)).then(|| of_clients(name))
}

fn of_clients(name: &str) -> Option<(ClientFact, Kind)> {
    let column = |column, kind| (ClientFact::Column(column), kind);
    let balance = |of| (ClientFact::Balance(of), Kind::Decimal);
    Some(match name {
        "ENCODED_KEY" => column(ClientColumn::Key, Kind::Key),
        "ID" => column(ClientColumn::Id, Kind::Text),
        "FULL_NAME" => column(ClientColumn::FullName, Kind::Text),
        "FIRST_NAME" => column(ClientColumn::FirstName, Kind::Text),
        "MIDDLE_NAME" => (ClientFact::MiddleName, Kind::Text),
        "LAST_NAME" => column(ClientColumn::LastName, Kind::Text),
        "CREATION_DATE" => column(ClientColumn::CreatedAt, Kind::Instant),
        "LAST_MODIFIED_DATE" => (ClientFact::LastModifiedAt, Kind::Instant),
        "APPROVED_DATE" | "ACTIVATION_DATE" => (ClientFact::ApprovedAt, Kind::Instant),
        "CLOSED_DATE" => (ClientFact::ClosedAt, Kind::Instant),
        "BIRTHDATE" | "BIRTH_DATE" => column(ClientColumn::BirthDate, Kind::Date),
        "GENDER" => (ClientFact::Gender, Kind::Choice(genders)),
        "CLIENT_STATE" => (ClientFact::State, Kind::Choice(states)),
        "HOME_PHONE_NUMBER" => (ClientFact::HomePhone, Kind::Text),
        "MOBILE_PHONE_NUMBER" => (ClientFact::MobilePhone, Kind::Text),
        "EMAIL_ADDRESS" => (ClientFact::EmailAddress, Kind::Text),
        "CLIENT_ADDRESS" => (ClientFact::Address, Kind::Text),
        "CLIENT_ROLE" | "CLIENT_ROLE_KEY" => (ClientFact::Role, Kind::Key),
        "LOANS_BALANCE" => balance(BalanceFact::Loans),
        "TOTAL_BALANCE" => balance(BalanceFact::Total),
        "DEPOSITS_BALANCE" => balance(BalanceFact::Deposits),
        "TOTAL_DUE" => balance(BalanceFact::Due),
        "LOAN_CYCLE" => (ClientFact::LoanCycle, Kind::Number),
        "GROUP_KEY" => (ClientFact::Group, Kind::Key),
        "GROUP_ID" => (ClientFact::GroupId, Kind::Text),
        "BRANCH_KEY" => column(ClientColumn::Branch, Kind::Key),
        "CENTRE_KEY" => column(ClientColumn::Centre, Kind::Key),
        "CREDIT_OFFICER_KEY" => column(ClientColumn::CreditOfficer, Kind::Key),
        "PREFERRED_LANGUAGE" => (ClientFact::Language, Kind::Text),
        "PORTAL_STATE" => (ClientFact::Portal, Kind::Choice(portal_states)),
        _ => return None,
    })
}

/// No client comes in by himself or herself.
fn portal_states(name: &str) -> Option<Vec<Choice>> {
    match name {
        "DISABLED" => Some(vec![Choice::NoPortal]),
        "ENABLED" => Some(Vec::new()),
        _ => None,
    }
}

fn genders(name: &str) -> Option<Vec<Choice>> {
    names::read_gender(name).map(|gender| vec![Choice::Gender(gender)])
}

fn states(name: &str) -> Option<Vec<Choice>> {
    if name == "ACTIVE" {
        return Some(vec![Choice::Client(ShownClientState::Active)]);
    }
    names::read_client_state(name).map(|state| vec![Choice::Client(ShownClientState::Stored(state))])
}
