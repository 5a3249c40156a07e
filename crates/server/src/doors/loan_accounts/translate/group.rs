//! Groups as Group and GroupExpanded, posted ones as commands of the book, and what types and roles are called.

use loam_app::command::Address as Place;
use loam_app::views::{GroupFilter, GroupView};
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Name};
use loam_book::party::group::{Group, GroupContact, GroupEdit, NewGroup, RoleOfMember};
use loam_book::party::kinds::{ClientRole, GroupRole, RoleFor};

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;
use super::super::wire::group as wire;
use super::super::wire::values::{EncodedKey, Instant};
use super::client::address;
use super::new_client::{
    self, branch_filter, centre_filter, changed_language, changed_role, language, officer_filter, posted_role,
};
use super::new_loan::{assignment, branch, centre, user};

/// The flat shape.
pub(crate) fn group<'a>(view: &'a GroupView, catalog: &'a Catalog) -> wire::Group<'a> {
    let Group { contact, assignment, .. } = &view.group;
    wire::Group {
        encoded_key: EncodedKey(view.group.key),
        id: &view.group.id,
        group_name: &contact.name,
        creation_date: Instant(view.group.created_at),
        last_modified_date: Instant(view.group.last_modified_at),
        notes: contact.notes.as_deref(),
        email_address: contact.email_address.as_deref(),
        home_phone: contact.home_phone.as_deref(),
        mobile_phone1: contact.mobile_phone.as_deref(),
        preferred_language: contact.preferred_language.as_deref(),
        client_role: shown_role(view.group.role, catalog),
        assigned_branch_key: assignment.branch.map(EncodedKey),
        assigned_centre_key: assignment.centre.map(EncodedKey),
        assigned_user_key: assignment.user.map(EncodedKey),
        loan_cycle: view.loan_cycle,
    }
}

/// The shape with everything that hangs on the group.
pub(crate) fn expanded<'a>(view: &'a GroupView, catalog: &'a Catalog) -> wire::GroupExpanded<'a> {
    let Group { key, addresses, members, roles, .. } = &view.group;
    let addresses = addresses.iter().enumerate();
    let members = members.iter().enumerate().map(|(index_in_list, member)| wire::GroupMember {
        encoded_key: named(&view.group, &["member", &member.client.key.to_string()]),
        group_key: EncodedKey(*key),
        client_key: EncodedKey(member.client.key),
        creation_date: Instant(member.joined_at),
        index_in_list,
    });
    let roles = roles.iter().enumerate().map(|(index_in_list, held)| wire::GroupRole {
        encoded_key: named(&view.group, &["role", &held.role.to_string(), &held.client.to_string()]),
        group_key: EncodedKey(*key),
        group_role_name_key: EncodedKey(held.role),
        client_key: EncodedKey(held.client),
        role_name: catalog.group_roles.by_key(held.role).map(|role| role.name.as_str()),
        index_in_list,
    });
    wire::GroupExpanded {
        the_group: group(view, catalog),
        group: None,
        addresses: addresses.map(|(index, row)| address(row, *key, index)).collect(),
        custom_information: Vec::new(),
        group_roles: roles.collect(),
        group_members: members.collect(),
    }
}

/// The same under both names by which clients look for a posted group.
pub(crate) fn posted<'a>(view: &'a GroupView, catalog: &'a Catalog) -> wire::GroupExpanded<'a> {
    wire::GroupExpanded { group: Some(group(view, catalog)), ..expanded(view, catalog) }
}

/// A key that a row of a group always has: made from the group and what the row says.
fn named(group: &Group, row: &[&str]) -> EncodedKey {
    let key = group.key.to_string();
    let parts: Vec<&str> = std::iter::once(key.as_str()).chain(row.iter().copied()).collect();
    EncodedKey(Key::named(group.part, &Name::of(&parts)))
}

pub(crate) fn client_role(role: &ClientRole) -> wire::ClientRole<'_> {
    wire::ClientRole {
        encoded_key: EncodedKey(role.key),
        id: &role.id,
        name: &role.name,
        description: role.description.as_deref(),
        client_type: match role.role_for {
            RoleFor::Clients => "CLIENT",
            RoleFor::Groups => "GROUP",
        },
        can_open_accounts: role.can_open_accounts,
        can_guarantee: role.can_guarantee,
        require_id: role.requires_document,
        use_default_address: role.has_address,
        creation_date: Instant(role.created_at),
    }
}

pub(crate) fn shown_role(role: Option<Key>, catalog: &Catalog) -> Option<wire::ClientRole<'_>> {
    role.and_then(|role| catalog.client_roles.by_key(role)).map(|role| client_role(role))
}

pub(crate) fn group_role(role: &GroupRole) -> wire::GroupRoleName<'_> {
    wire::GroupRoleName { encoded_key: EncodedKey(role.key), id: &role.id, name: &role.name }
}

/// What stands around a posted group, looked up by the door.
pub(crate) struct People {
    pub(crate) members: Option<Vec<Place>>,
    pub(crate) roles: Option<Vec<RoleOfMember>>,
}

/// A new group. Addresses, members and roles stand beside it in a JSON body.
pub(crate) fn new_group(
    group: &Fields<'_>,
    outer: &Fields<'_>,
    people: People,
    catalog: &Catalog,
    new_key: impl Fn() -> Key,
) -> Result<NewGroup, DoorError> {
    Ok(NewGroup {
        id: group.owned("id")?,
        contact: GroupContact {
            // The book refuses a name that is missing; it sees it as empty.
            name: group.owned("groupName")?.unwrap_or_default(),
            notes: group.owned("notes")?,
            email_address: group.owned("emailAddress")?,
            home_phone: group.owned("homePhone")?,
            mobile_phone: group.owned("mobilePhone1")?,
            preferred_language: language(group)?,
        },
        role: posted_role(group, catalog)?,
        assignment: assignment(group, catalog)?,
        addresses: new_client::addresses(outer, &[], new_key)?.unwrap_or_default(),
        members: people.members.unwrap_or_default(),
        roles: people.roles.unwrap_or_default(),
        custom_values: Vec::new(),
    })
}

/// What a change of a group names. A null or an empty text empties a field that may be empty.
pub(crate) fn group_edit(
    group: &Fields<'_>,
    outer: &Fields<'_>,
    (people, before): (People, &Group),
    catalog: &Catalog,
    new_key: impl Fn() -> Key,
) -> Result<GroupEdit, DoorError> {
    Ok(GroupEdit {
        id: group.owned("id")?,
        name: group.owned("groupName")?,
        notes: group.changed_text("notes")?,
        email_address: group.changed_text("emailAddress")?,
        home_phone: group.changed_text("homePhone")?,
        mobile_phone: group.changed_text("mobilePhone1")?,
        preferred_language: changed_language(group)?,
        role: changed_role(group, catalog)?,
        branch: new_client::reference(group, "assignedBranchKey", |id| branch(id, catalog))?,
        centre: new_client::reference(group, "assignedCentreKey", |id| centre(id, catalog))?,
        user: new_client::reference(group, "assignedUserKey", |id| user(id, catalog))?,
        addresses: new_client::addresses(outer, &before.addresses, new_key)?,
        members: people.members,
        roles: people.roles,
        custom_values: None,
    })
}

/// The role that a row names by key or id.
pub(crate) fn role_named(row: &Fields<'_>, catalog: &Catalog) -> Result<Key, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidGroupRoleNameKey, "groupRoleNameKey");
    let named = row.text("groupRoleNameKey")?.ok_or_else(unknown)?;
    Ok(catalog.group_roles.find(&named).ok_or_else(unknown)?.key)
}

/// The filters of the group list.
pub(crate) fn group_filter(query: &Fields<'_>, catalog: &Catalog) -> Result<GroupFilter, DoorError> {
    Ok(GroupFilter {
        branch: branch_filter(query, catalog)?,
        centre: centre_filter(query, catalog)?,
        credit_officer: officer_filter(query, catalog)?,
        within: Vec::new(),
    })
}
