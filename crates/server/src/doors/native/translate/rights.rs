//! Rights between the wire and the book: what users, roles and API consumers have in common.

use std::collections::{BTreeMap, BTreeSet};

use loam_book::ids::Key;
use loam_book::rights::{AccessRight, Limited, Limits, Reach, Rights, Role};

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::records::Base;
use super::super::wire;

type Result<T> = std::result::Result<T, DoorError>;

/// The rights that the members say. Left out, an administrator manages all branches and sees other
/// officers' clients, and nobody else does; `access` stands for access rights that are left out.
///
/// # Errors
/// A member that is malformed or not supported.
pub(super) fn rights_of(members: &Members, access: &[AccessRight]) -> Result<Rights> {
    let flag = |name| members.flag(name);
    let is_administrator = flag("isAdministrator")?.unwrap_or(false);
    let accesses = members.stored::<BTreeSet<AccessRight>>("accessRights")?;
    Ok(Rights {
        is_administrator,
        is_teller: flag("isTeller")?.unwrap_or(false),
        is_credit_officer: flag("isCreditOfficer")?.unwrap_or(false),
        is_support: flag("isSupport")?.unwrap_or(false),
        permissions: members.stored("permissions")?.unwrap_or_default(),
        manages_all_branches: flag("canManageAllBranches")?.unwrap_or(is_administrator),
        sees_other_officers_clients: flag("canManageEntitiesAssignedToOtherOfficers")?
            .unwrap_or(is_administrator),
        access: accesses.unwrap_or_else(|| access.iter().copied().collect()),
    })
}

/// Role, centre, branches beside the own one, limits and networks.
///
/// # Errors
/// A member that is malformed, or a role, branch or centre that does not exist.
pub(super) fn reach_of<T>(members: &Members, base: &Base<'_, T>, rights: &Rights) -> Result<Reach> {
    let mut other_access = rights.access.clone();
    other_access.remove(&AccessRight::Apis);
    Ok(Reach {
        role: role_of(members, base)?,
        centre: centre_of(members, base)?,
        manages_all_branches: rights.manages_all_branches,
        managed_branches: branches_of(members, base)?,
        limits: limits_of(members)?,
        is_support: rights.is_support,
        other_access,
        networks: members.stored("allowedAddresses")?.unwrap_or_default(),
    })
}

pub(super) fn role_of<T>(members: &Members, base: &Base<'_, T>) -> Result<Option<Key>> {
    let Some(named) = members.text("role")? else { return Ok(None) };
    let unknown = || DoorError::invalid(&members.path("role"), &named, "there is no such role");
    base.catalog.roles.find(&named).map(|role| Some(role.key)).ok_or_else(unknown)
}

fn centre_of<T>(members: &Members, base: &Base<'_, T>) -> Result<Option<Key>> {
    let name = "assignedCentreKey";
    let Some(named) = members.text(name)? else { return Ok(None) };
    let unknown = || DoorError::invalid(&members.path(name), &named, "there is no such centre");
    base.catalog.centres.find(&named).map(|centre| Some(centre.key)).ok_or_else(unknown)
}

pub(super) fn branches_of<T>(members: &Members, base: &Base<'_, T>) -> Result<Vec<Key>> {
    let name = "managedBranches";
    let named: Vec<String> = members.stored(name)?.unwrap_or_default();
    let find = |named: &String| {
        let unknown = || DoorError::invalid(&members.path(name), named, "there is no such branch");
        base.catalog.branches.find(named).map(|branch| branch.key).ok_or_else(unknown)
    };
    named.iter().map(find).collect()
}

const LIMITED: Names<'_, Limited> = Names { values: &Limited::ALL, name_of: Limited::name };

pub(super) fn limits_of(members: &Members) -> Result<Limits> {
    let given = members.object("transactionLimits")?;
    let mut limits = BTreeMap::new();
    for name in given.names() {
        let what = LIMITED.find(&given.path(name), name)?;
        if let Some(limit) = given.stated(name)? {
            limits.insert(what, limit);
        }
    }
    Ok(Limits(limits))
}

/// Limits as this door shows them.
pub(super) fn wire_of_limits(limits: &Limits) -> BTreeMap<&'static str, String> {
    limits.0.iter().map(|(what, limit)| (what.name(), limit.clone())).collect()
}

pub(super) fn keys(keys: &[Key]) -> Vec<String> {
    keys.iter().map(Key::to_string).collect()
}

/// Rights as this door shows them.
pub(super) fn wire_of_rights(rights: &Rights) -> wire::Rights {
    wire::Rights {
        is_administrator: rights.is_administrator,
        is_teller: rights.is_teller,
        is_credit_officer: rights.is_credit_officer,
        is_support: rights.is_support,
        access_rights: rights.access.iter().copied().collect(),
        can_manage_all_branches: rights.manages_all_branches,
        can_manage_entities_assigned_to_other_officers: rights.sees_other_officers_clients,
        permissions: rights.permissions.clone(),
    }
}

/// The role that the members say.
///
/// # Errors
/// A member that is missing, malformed or not supported.
pub(in super::super) fn role(members: &Members, base: &Base<'_, Role>) -> Result<Role> {
    Ok(Role {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        notes: members.text("notes")?,
        rights: rights_of(members, &[AccessRight::Apis])?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// A role as this door shows it.
pub(in super::super) fn wire_of_role(role: &Role) -> wire::Role {
    wire::Role {
        encoded_key: role.key.to_string(),
        id: role.id.clone(),
        name: role.name.clone(),
        notes: role.notes.clone(),
        rights: wire_of_rights(&role.rights),
        creation_date: role.created_at.to_string(),
        last_modified_date: role.last_modified_at.to_string(),
    }
}
