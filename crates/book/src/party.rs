//! People: the clients of the book. Personal data is kept here and nowhere else.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::custom_field::value::{CustomEdit, StatedValue};
use crate::ids::{Key, Part, is_possible_id};
use crate::loan::refusal::Refusal;

/// Where a client stands. `Active` is not among them: a client is shown as active while one of
/// the client's loans is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClientState {
    PendingApproval,
    Inactive,
    Exited,
    Blacklisted,
    Rejected,
}

impl ClientState {
    /// Whether loans may be opened for a client in this state.
    pub fn may_borrow(self) -> bool {
        match self {
            ClientState::Inactive => true,
            ClientState::PendingApproval
            | ClientState::Exited
            | ClientState::Blacklisted
            | ClientState::Rejected => false,
        }
    }

    /// Whether a client may go from this state to `next`.
    pub fn may_become(self, next: ClientState) -> bool {
        match self {
            ClientState::PendingApproval => matches!(next, ClientState::Inactive | ClientState::Rejected),
            ClientState::Inactive => matches!(next, ClientState::Exited | ClientState::Blacklisted),
            ClientState::Exited | ClientState::Blacklisted => next == ClientState::Inactive,
            ClientState::Rejected => next == ClientState::PendingApproval,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Gender {
    Male,
    Female,
}

/// What a client tells about himself or herself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    pub first_name: String,
    pub middle_name: Option<String>,
    pub last_name: String,
    pub home_phone: Option<String>,
    pub mobile_phone: Option<String>,
    pub mobile_phone_2: Option<String>,
    pub email_address: Option<String>,
    pub birth_date: Option<Date>,
    pub gender: Option<Gender>,
    pub preferred_language: Option<String>,
    pub notes: Option<String>,
}

/// Who looks after a client or an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Assignment {
    pub branch: Option<Key>,
    pub centre: Option<Key>,
    /// The credit officer.
    pub user: Option<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub key: Key,
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postcode: Option<String>,
    pub country: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentificationDocument {
    pub key: Key,
    pub document_type: String,
    pub document_id: String,
    pub issuing_authority: Option<String>,
    pub valid_until: Option<Date>,
}

/// A client: a person who borrows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    pub key: Key,
    pub part: Part,
    /// The id that people use, such as `"67"`.
    pub id: String,
    pub version: i64,
    pub state: ClientState,
    pub profile: Profile,
    pub assignment: Assignment,
    pub addresses: Vec<Address>,
    pub documents: Vec<IdentificationDocument>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
    pub approved_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

/// A new client as a door understood it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClient {
    /// Given by the caller, or drawn by the book.
    pub id: Option<String>,
    pub state: Option<ClientState>,
    pub profile: Profile,
    pub assignment: Assignment,
    pub addresses: Vec<Address>,
    pub documents: Vec<IdentificationDocument>,
    pub custom_values: Vec<StatedValue>,
}

/// What to change of a client; `None` leaves a field alone, `Some(None)` empties it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientEdit {
    pub id: Option<String>,
    pub state: Option<ClientState>,
    pub first_name: Option<String>,
    pub middle_name: Option<Option<String>>,
    pub last_name: Option<String>,
    pub home_phone: Option<Option<String>>,
    pub mobile_phone: Option<Option<String>>,
    pub mobile_phone_2: Option<Option<String>>,
    pub email_address: Option<Option<String>>,
    pub birth_date: Option<Option<Date>>,
    pub gender: Option<Option<Gender>>,
    pub preferred_language: Option<Option<String>>,
    pub notes: Option<Option<String>>,
    pub branch: Option<Option<Key>>,
    pub centre: Option<Option<Key>>,
    pub user: Option<Option<Key>>,
    pub custom_values: Option<CustomEdit>,
}

/// Opens a client. Checks, in this order: id, names, birth date.
///
/// # Errors
/// Refuses an id that cannot stand in a path, empty names, and a birth date after the business date.
pub fn create_client(
    new: &NewClient,
    identity: (Key, Part, &str),
    business_date: Date,
    recorded_at: Timestamp,
) -> Result<Client, Refusal> {
    let (key, part, drawn_id) = identity;
    let client = Client {
        key,
        part,
        id: new.id.clone().unwrap_or_else(|| drawn_id.to_owned()),
        version: 1,
        state: new.state.unwrap_or(ClientState::Inactive),
        profile: new.profile.clone(),
        assignment: new.assignment,
        addresses: new.addresses.clone(),
        documents: new.documents.clone(),
        created_at: recorded_at,
        last_modified_at: recorded_at,
        approved_at: None,
        closed_at: None,
    };
    check_profile(&client, business_date)?;
    Ok(client)
}

/// Changes a client. Checks, in this order: state transition, id, names, birth date.
///
/// # Errors
/// Refuses a state that cannot follow the present one, and what [`create_client`] refuses.
pub fn edit_client(
    client: &Client,
    edit: &ClientEdit,
    business_date: Date,
    recorded_at: Timestamp,
) -> Result<Client, Refusal> {
    let mut edited = client.clone();
    if let Some(next) = edit.state.filter(|next| *next != client.state) {
        if !client.state.may_become(next) {
            return Err(Refusal::ClientStateTransition { from: client.state, to: next });
        }
        edited.state = next;
        edited.closed_at =
            (!next.may_borrow() && next != ClientState::PendingApproval).then_some(recorded_at);
        if client.state == ClientState::PendingApproval && next == ClientState::Inactive {
            edited.approved_at = Some(recorded_at);
        }
    }
    set(&mut edited.id, &edit.id);
    let profile = &mut edited.profile;
    set(&mut profile.first_name, &edit.first_name);
    set(&mut profile.middle_name, &edit.middle_name);
    set(&mut profile.last_name, &edit.last_name);
    set(&mut profile.home_phone, &edit.home_phone);
    set(&mut profile.mobile_phone, &edit.mobile_phone);
    set(&mut profile.mobile_phone_2, &edit.mobile_phone_2);
    set(&mut profile.email_address, &edit.email_address);
    set(&mut profile.birth_date, &edit.birth_date);
    set(&mut profile.gender, &edit.gender);
    set(&mut profile.preferred_language, &edit.preferred_language);
    set(&mut profile.notes, &edit.notes);
    set(&mut edited.assignment.branch, &edit.branch);
    set(&mut edited.assignment.centre, &edit.centre);
    set(&mut edited.assignment.user, &edit.user);
    check_profile(&edited, business_date)?;
    edited.version += 1;
    edited.last_modified_at = recorded_at;
    Ok(edited)
}

fn set<T: Clone>(field: &mut T, value: &Option<T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

fn check_profile(client: &Client, business_date: Date) -> Result<(), Refusal> {
    if !is_possible_id(&client.id) {
        return Err(Refusal::InvalidId { value: client.id.clone() });
    }
    let profile = &client.profile;
    for (name, field) in [(&profile.first_name, "firstName"), (&profile.last_name, "lastName")] {
        if name.trim().is_empty() {
            return Err(Refusal::MissingField { field });
        }
    }
    if let Some(birth_date) = profile.birth_date.filter(|date| *date > business_date) {
        return Err(Refusal::BirthDateInTheFuture { birth_date, business_date });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn a_client() -> Client {
        let new = NewClient {
            id: None,
            state: None,
            profile: Profile { first_name: "Ana".into(), last_name: "Lima".into(), ..Profile::default() },
            assignment: Assignment::default(),
            addresses: vec![],
            documents: vec![],
            custom_values: vec![],
        };
        let part = Part::new(1);
        create_client(&new, (Key::entity(part, 0, 1), part, "67"), date(2024, 1, 1), Timestamp::UNIX_EPOCH)
            .expect("the client is complete")
    }

    #[test]
    fn a_client_without_an_id_gets_the_drawn_one() {
        assert_eq!(a_client().id, "67");
    }

    #[test]
    fn an_edit_changes_only_what_it_names() {
        let edit = ClientEdit { home_phone: Some(Some("1".into())), ..ClientEdit::default() };
        let edited = edit_client(&a_client(), &edit, date(2024, 1, 1), Timestamp::UNIX_EPOCH).expect("valid");
        assert_eq!(edited.profile.home_phone.as_deref(), Some("1"));
        assert_eq!(edited.profile.first_name, "Ana");
        assert_eq!(edited.version, 2);
    }

    #[test]
    fn a_birth_date_after_the_business_date_is_refused() {
        let edit = ClientEdit { birth_date: Some(Some(date(2024, 1, 2))), ..ClientEdit::default() };
        assert!(matches!(
            edit_client(&a_client(), &edit, date(2024, 1, 1), Timestamp::UNIX_EPOCH),
            Err(Refusal::BirthDateInTheFuture { .. })
        ));
    }

    #[test]
    fn an_inactive_client_cannot_be_rejected() {
        let edit = ClientEdit { state: Some(ClientState::Rejected), ..ClientEdit::default() };
        assert!(matches!(
            edit_client(&a_client(), &edit, date(2024, 1, 1), Timestamp::UNIX_EPOCH),
            Err(Refusal::ClientStateTransition { .. })
        ));
    }
}
