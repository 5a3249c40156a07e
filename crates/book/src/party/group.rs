//! Groups: clients who borrow together. A group has its own address and its own people, each of whom may have a role
//! in it; what it borrows, it owes as one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::custom_field::value::{CustomEdit, StatedValue};
use crate::ids::{Address as Place, Key, Part, is_possible_id};
use crate::loan::context::Context;
use crate::loan::refusal::{PartyRefusal, Refusal};
use crate::party::kinds::{RoleFor, check_role};
use crate::party::{Address, Assignment, Client, ClientState, set};

/// A group of clients that borrows as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub key: Key,
    pub part: Part,
    /// The id that people use.
    pub id: String,
    pub version: i64,
    pub contact: GroupContact,
    /// The client type of the group.
    pub role: Option<Key>,
    pub assignment: Assignment,
    pub addresses: Vec<Address>,
    pub members: Vec<Member>,
    pub roles: Vec<RoleOfMember>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// What a group is called and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupContact {
    pub name: String,
    pub notes: Option<String>,
    pub email_address: Option<String>,
    pub home_phone: Option<String>,
    pub mobile_phone: Option<String>,
    pub preferred_language: Option<String>,
}

/// A client who belongs to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Clients are kept in parts of their own.
    pub client: Place,
    pub joined_at: Timestamp,
}

/// What a member is in the group, by the name of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleOfMember {
    pub role: Key,
    pub client: Key,
}

/// A new group as a door understood it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGroup {
    /// Given by the caller, or drawn by the book.
    pub id: Option<String>,
    pub contact: GroupContact,
    pub role: Option<Key>,
    pub assignment: Assignment,
    pub addresses: Vec<Address>,
    pub members: Vec<Place>,
    pub roles: Vec<RoleOfMember>,
    pub custom_values: Vec<StatedValue>,
}

/// What to change of a group; `None` leaves a field alone, `Some(None)` empties it. A list is the new complete one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupEdit {
    pub id: Option<String>,
    pub name: Option<String>,
    pub notes: Option<Option<String>>,
    pub email_address: Option<Option<String>>,
    pub home_phone: Option<Option<String>>,
    pub mobile_phone: Option<Option<String>>,
    pub preferred_language: Option<Option<String>>,
    pub role: Option<Option<Key>>,
    pub branch: Option<Option<Key>>,
    pub centre: Option<Option<Key>>,
    pub user: Option<Option<Key>>,
    pub addresses: Option<Vec<Address>>,
    pub members: Option<Vec<Place>>,
    pub roles: Option<Vec<RoleOfMember>>,
    pub custom_values: Option<CustomEdit>,
}

impl Group {
    pub fn has_member(&self, client: Key) -> bool {
        self.members.iter().any(|member| member.client.key == client)
    }
}

/// Opens a group. Checks, in this order: id, name, type, members, size, roles. `clients` are those of the members
/// who exist.
///
/// # Errors
/// The first check that does not hold.
pub fn create_group(
    new: &NewGroup,
    drawn_id: &str,
    clients: &[Client],
    context: &Context<'_>,
) -> Result<Group, Refusal> {
    let group = Group {
        key: context.ids.key,
        part: context.ids.part,
        id: new.id.clone().unwrap_or_else(|| drawn_id.to_owned()),
        version: 1,
        contact: new.contact.clone(),
        role: new.role,
        assignment: new.assignment.entered_by(context.actor),
        addresses: new.addresses.clone(),
        members: members(&new.members, &[], context),
        roles: new.roles.clone(),
        created_at: context.recorded_at,
        last_modified_at: context.recorded_at,
    };
    check(&group, &new.members, clients, context)?;
    Ok(group)
}

/// Changes a group; checks as [`create_group`] does. Whoever leaves loses his or her roles, unless the edit names
/// the roles itself.
///
/// # Errors
/// The first check that does not hold.
pub fn edit_group(
    group: &Group,
    edit: &GroupEdit,
    clients: &[Client],
    context: &Context<'_>,
) -> Result<Group, Refusal> {
    let mut edited = group.clone();
    set(&mut edited.id, &edit.id);
    let contact = &mut edited.contact;
    set(&mut contact.name, &edit.name);
    set(&mut contact.notes, &edit.notes);
    set(&mut contact.email_address, &edit.email_address);
    set(&mut contact.home_phone, &edit.home_phone);
    set(&mut contact.mobile_phone, &edit.mobile_phone);
    set(&mut contact.preferred_language, &edit.preferred_language);
    set(&mut edited.role, &edit.role);
    set(&mut edited.assignment.branch, &edit.branch);
    set(&mut edited.assignment.centre, &edit.centre);
    set(&mut edited.assignment.user, &edit.user);
    set(&mut edited.addresses, &edit.addresses);
    if let Some(named) = &edit.members {
        edited.members = members(named, &group.members, context);
        let stays = |role: &RoleOfMember| named.iter().any(|client| client.key == role.client);
        edited.roles.retain(stays);
    }
    set(&mut edited.roles, &edit.roles);
    let joining = edit.members.iter().flatten().filter(|client| !group.has_member(client.key));
    check(&edited, &joining.copied().collect::<Vec<_>>(), clients, context)?;
    edited.version += 1;
    edited.last_modified_at = context.recorded_at;
    Ok(edited)
}

/// The client as a member of the group, or as one no longer.
pub fn with_membership(client: &Client, group: Key, is_member: bool, at: Timestamp) -> Client {
    let mut changed = client.clone();
    changed.groups.retain(|key| *key != group);
    if is_member {
        changed.groups.push(group);
    }
    changed.version += 1;
    changed.last_modified_at = at;
    changed
}

/// Those named, each once; who was a member already keeps the day of joining.
fn members(named: &[Place], before: &[Member], context: &Context<'_>) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::with_capacity(named.len());
    for client in named {
        if members.iter().all(|member| member.client.key != client.key) {
            let known = before.iter().find(|member| member.client.key == client.key).copied();
            members.push(known.unwrap_or(Member { client: *client, joined_at: context.recorded_at }));
        }
    }
    members
}

fn check(group: &Group, joining: &[Place], clients: &[Client], context: &Context<'_>) -> Result<(), Refusal> {
    if !is_possible_id(&group.id) {
        return Err(Refusal::InvalidId { value: group.id.clone() });
    }
    if group.contact.name.trim().is_empty() {
        return Err(Refusal::MissingField { field: "groupName" });
    }
    check_role(group.role, RoleFor::Groups, context)?;
    for place in joining {
        check_joining(clients.iter().find(|client| client.key == place.key), group, place, context)?;
    }
    check_size(group, context)?;
    check_roles(group, context)
}

fn check_joining(
    client: Option<&Client>,
    group: &Group,
    place: &Place,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let client = client.ok_or(PartyRefusal::UnknownMember { key: place.key })?;
    match client.state {
        ClientState::PendingApproval | ClientState::Inactive => {}
        state @ (ClientState::Exited | ClientState::Blacklisted | ClientState::Rejected) => {
            return Err(Refusal::HolderMayNotBorrow { state });
        }
    }
    let is_elsewhere = client.groups.iter().any(|other| *other != group.key);
    if is_elsewhere && !context.catalog.party_rules().allows_several_groups {
        return Err(PartyRefusal::InAnotherGroup { id: client.id.clone() }.into());
    }
    Ok(())
}

fn check_size(group: &Group, context: &Context<'_>) -> Result<(), Refusal> {
    let rules = context.catalog.party_rules();
    let size = u32::try_from(group.members.len()).unwrap_or(u32::MAX);
    let is_too_small = rules.group_size_min.is_some_and(|least| size < least);
    if is_too_small || rules.group_size_max.is_some_and(|most| size > most) {
        let bound = |bound: Option<u32>| bound.map_or_else(|| "any".to_owned(), |bound| bound.to_string());
        let bounds = format!("from {} to {}", bound(rules.group_size_min), bound(rules.group_size_max));
        return Err(PartyRefusal::GroupSize { size, bounds }.into());
    }
    Ok(())
}

fn check_roles(group: &Group, context: &Context<'_>) -> Result<(), Refusal> {
    for held in &group.roles {
        if context.catalog.group_roles.by_key(held.role).is_none() {
            return Err(PartyRefusal::UnknownGroupRole { key: held.role }.into());
        }
        if !group.has_member(held.client) {
            return Err(PartyRefusal::RoleOfNoMember { key: held.client }.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
