//! Whoever holds loans: a client or a group.

use crate::ids::{Key, Part};
use crate::loan::HolderKind;
use crate::loan::refusal::{PartyRefusal, Refusal};
use crate::party::group::Group;
use crate::party::{Assignment, Client};

/// A client or a group, as the holder of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party<'a> {
    Client(&'a Client),
    Group(&'a Group),
}

impl<'a> Party<'a> {
    pub fn kind(self) -> HolderKind {
        match self {
            Party::Client(_) => HolderKind::Client,
            Party::Group(_) => HolderKind::Group,
        }
    }

    pub fn key(self) -> Key {
        match self {
            Party::Client(client) => client.key,
            Party::Group(group) => group.key,
        }
    }

    pub fn part(self) -> Part {
        match self {
            Party::Client(client) => client.part,
            Party::Group(group) => group.part,
        }
    }

    pub fn assignment(self) -> Assignment {
        match self {
            Party::Client(client) => client.assignment,
            Party::Group(group) => group.assignment,
        }
    }

    /// The type of the client or group.
    pub fn role(self) -> Option<Key> {
        match self {
            Party::Client(client) => client.role,
            Party::Group(group) => group.role,
        }
    }

    /// The client, if it is one.
    pub fn client(self) -> Option<&'a Client> {
        match self {
            Party::Client(client) => Some(client),
            Party::Group(_) => None,
        }
    }

    /// Refuses a client in whose state nobody borrows. A group has no state.
    ///
    /// # Errors
    /// `HolderMayNotBorrow`.
    pub fn check_state(self) -> Result<(), Refusal> {
        match self {
            Party::Client(client) if !client.state.may_borrow() => {
                Err(Refusal::HolderMayNotBorrow { state: client.state })
            }
            Party::Client(_) | Party::Group(_) => Ok(()),
        }
    }

    /// Refuses a holder for whose type no accounts are opened.
    ///
    /// # Errors
    /// `MayNotOpenAccounts`.
    pub fn check_type(self, roles: &crate::catalog::Shelf<super::kinds::ClientRole>) -> Result<(), Refusal> {
        let role = self.role().and_then(|role| roles.by_key(role));
        match role.filter(|role| !role.can_open_accounts) {
            Some(role) => Err(PartyRefusal::MayNotOpenAccounts { id: role.id.clone() }.into()),
            None => Ok(()),
        }
    }
}
