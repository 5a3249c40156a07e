//! The selections of client searches; docs/search-fields.md has a line for each.

use loam_app::search::Choice;
use loam_app::search::clients::{ClientColumn, ClientFact};
use loam_app::views::ShownClientState;

use super::super::names;
use super::Kind;

/// The selection of a data item; see the one of loans.
pub(crate) fn select(item: Option<&str>, name: &str) -> Option<Option<(ClientFact, Kind)>> {
    matches!(item, None | Some("CLIENT" | "CLIENTS")).then(|| of_clients(name))
}

fn of_clients(name: &str) -> Option<(ClientFact, Kind)> {
    let column = |column, kind| (ClientFact::Column(column), kind);
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
        "LOANS_BALANCE" | "TOTAL_BALANCE" => (ClientFact::LoansBalance, Kind::Decimal),
        "DEPOSITS_BALANCE" => (ClientFact::DepositsBalance, Kind::Decimal),
        "TOTAL_DUE" => (ClientFact::TotalDue, Kind::Decimal),
        "LOAN_CYCLE" => (ClientFact::LoanCycle, Kind::Number),
        "GROUP_KEY" => (ClientFact::Group, Kind::Key),
        "BRANCH_KEY" => column(ClientColumn::Branch, Kind::Key),
        "CENTRE_KEY" => column(ClientColumn::Centre, Kind::Key),
        "CREDIT_OFFICER_KEY" => column(ClientColumn::CreditOfficer, Kind::Key),
        "PREFERRED_LANGUAGE" => (ClientFact::Language, Kind::Text),
        _ => return None,
    })
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
