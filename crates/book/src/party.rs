//! People: the clients of the book and their groups. Personal data is kept here and nowhere else.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::custom_field::value::{CustomEdit, StatedValue};
use crate::ids::{Key, Part};
use crate::rights::Branches;

mod client;
pub mod group;
pub mod holder;
pub mod kinds;
pub mod rules;
#[cfg(test)]
pub(crate) mod testing;

pub use client::{Ties, create_client, delete_client, edit_client};

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

impl Assignment {
    /// Who reaches only what he or she looks after, looks after what he or she enters; who works in some
    /// branches enters it for the own one.
    pub fn entered_by(self, actor: &Actor) -> Assignment {
        let is_bound = actor.bounds.branches != Branches::All;
        let branch = self.branch.or(actor.bounds.own_branch.filter(|_| is_bound));
        let user = self.user.or(actor.only_own_clients.then_some(actor.user_key));
        Assignment { branch, user, ..self }
    }

    /// Whoever looks after the holder, or the account before, looks after what names nobody. A centre
    /// belongs to a branch: where another one is named, it does not.
    pub fn completed_by(self, kept: Assignment) -> Assignment {
        let same_branch = self.branch.is_none_or(|branch| kept.branch == Some(branch));
        Assignment {
            branch: self.branch.or(kept.branch),
            centre: self.centre.or(kept.centre.filter(|_| same_branch)),
            user: self.user.or(kept.user),
        }
    }
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_type: Option<String>,
    /// Decimal degrees, as they were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentificationDocument {
    pub key: Key,
    pub document_type: String,
    pub document_id: String,
    pub issuing_authority: Option<String>,
    pub valid_until: Option<Date>,
    /// The template by which it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Key>,
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
    /// The type of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Key>,
    pub assignment: Assignment,
    pub addresses: Vec<Address>,
    pub documents: Vec<IdentificationDocument>,
    /// The groups of which the client is a member; they say so too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Key>,
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
    pub role: Option<Key>,
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
    pub role: Option<Option<Key>>,
    pub branch: Option<Option<Key>>,
    pub centre: Option<Option<Key>>,
    pub user: Option<Option<Key>>,
    /// The new complete list.
    pub addresses: Option<Vec<Address>>,
    /// The new complete list.
    pub documents: Option<Vec<IdentificationDocument>>,
    pub custom_values: Option<CustomEdit>,
}

fn set<T: Clone>(field: &mut T, value: &Option<T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Part;

    #[test]
    fn a_centre_does_not_come_along_to_another_branch() {
        let key = |number| Some(Key::entity(Part::new(0), 0, number));
        let kept = Assignment { branch: key(1), centre: key(2), user: key(3) };
        let named = |branch| Assignment { branch, ..Assignment::default() }.completed_by(kept);
        assert_eq!(named(None), kept);
        assert_eq!(named(key(1)), kept);
        assert_eq!(named(key(4)), Assignment { branch: key(4), centre: None, user: key(3) });
    }
}
