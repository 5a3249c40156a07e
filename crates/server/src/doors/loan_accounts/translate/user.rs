//! Users and roles between the contract's words and the book.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use loam_book::actor::Permission;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::organization::{User, UserState};
use loam_book::rights::{AccessRight, Limited, Limits, Reach, Rights, Role};
use serde::de::DeserializeOwned;

use super::super::error::DoorError;
use super::super::fields::{Fields, invalid};
use super::super::return_codes::ReturnCode;
use super::super::wire::user as wire;
use super::super::wire::values::{EncodedKey, Instant};
use super::names;

type Result<T> = std::result::Result<T, DoorError>;

/// What a view of a user may be of.
pub(crate) const VIEWED: [&str; 8] = [
    "CLIENTS",
    "GROUPS",
    "LINES_OF_CREDIT",
    "LOANS",
    "DEPOSITS",
    "LOAN_TRANSACTIONS",
    "DEPOSIT_TRANSACTIONS",
    "SYSTEM_ACTIVITIES",
];

/// A user of whom nothing is said yet.
pub(crate) fn new_user(key: Key, now: Timestamp) -> User {
    User {
        key,
        // The desk numbers a new user.
        number: 0,
        username: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        title: None,
        email_address: None,
        home_phone: None,
        mobile_phone: None,
        language: None,
        notes: None,
        state: UserState::Active,
        is_administrator: false,
        is_teller: false,
        is_credit_officer: false,
        has_api_access: false,
        sees_other_officers_clients: false,
        branch: None,
        permissions: Vec::new(),
        reach: Reach::default(),
        password_hash: None,
        api_key_hash: None,
        created_at: now,
        last_modified_at: now,
    }
}

/// A user with what is named changed. A user of whom nothing was said before gets what a new one has:
/// the name for a first name, and the right to call, which who has a role has from the role.
///
/// # Errors
/// A member that is malformed, a role, branch or centre that does not exist, and what is not here.
pub(crate) fn changed(user: &User, fields: &Fields<'_>, catalog: &Catalog) -> Result<User> {
    refuse_two_factors(fields, user)?;
    let is_new = user.username.is_empty();
    let username = fields.owned("username")?.unwrap_or_else(|| user.username.clone());
    if !is_new && username != user.username {
        return Err(DoorError::at(ReturnCode::ParameterNotAllowed, "username"));
    }
    let text = |name, kept: &Option<String>| -> Result<Option<String>> {
        Ok(fields.changed_text(name)?.unwrap_or_else(|| kept.clone()))
    };
    let role = role_of(fields, catalog)?;
    let rights = rights_of(fields, user, is_new.then_some(role.flatten().is_some()))?;
    let first_name = fields.owned("firstName")?.unwrap_or_else(|| user.first_name.clone());
    Ok(User {
        first_name: if first_name.is_empty() { username.clone() } else { first_name },
        last_name: fields.owned("lastName")?.unwrap_or_else(|| user.last_name.clone()),
        title: text("title", &user.title)?,
        email_address: text("email", &user.email_address)?,
        home_phone: text("homePhone", &user.home_phone)?,
        mobile_phone: text("mobilePhone1", &user.mobile_phone)?,
        language: text("language", &user.language)?,
        notes: text("notes", &user.notes)?,
        state: state(fields)?.unwrap_or(user.state),
        is_administrator: rights.is_administrator,
        is_teller: rights.is_teller,
        is_credit_officer: rights.is_credit_officer,
        has_api_access: rights.may_call(),
        sees_other_officers_clients: rights.sees_other_officers_clients,
        branch: branch(fields, catalog)?.unwrap_or(user.branch),
        reach: Reach {
            role: role.unwrap_or(user.reach.role),
            centre: centre(fields, catalog)?.unwrap_or(user.reach.centre),
            managed_branches: managed_branches(fields, catalog)?
                .unwrap_or_else(|| user.reach.managed_branches.clone()),
            limits: limits(fields)?.unwrap_or_else(|| user.reach.limits.clone()),
            manages_all_branches: rights.manages_all_branches,
            is_support: rights.is_support,
            other_access: rights.access.iter().copied().filter(|right| *right != AccessRight::Apis).collect(),
            networks: user.reach.networks.clone(),
        },
        permissions: rights.permissions,
        username,
        ..user.clone()
    })
}

/// A second factor is not here; one without a telephone is wrong besides.
fn refuse_two_factors(fields: &Fields<'_>, user: &User) -> Result<()> {
    if !fields.flag("twoFactorAuthentication")? {
        return Ok(());
    }
    if fields.changed_text("mobilePhone1")?.unwrap_or_else(|| user.mobile_phone.clone()).is_none() {
        return Err(DoorError::at(ReturnCode::MissingMobilePhone, "mobilePhone1"));
    }
    Err(DoorError::disabled("twoFactorAuthentication"))
}

/// The rights with what is named changed. `new_with_role` says of a new user whether a role is named.
fn rights_of(fields: &Fields<'_>, user: &User, new_with_role: Option<bool>) -> Result<Rights> {
    let own = user.own_rights();
    // The contract has them in an object; some clients write them beside it.
    let inner = fields.inner("permissions")?;
    let flag = |name, kept: bool| -> Result<bool> {
        let given = match &inner {
            Some(inner) if inner.has(name) => Some(inner.flag(name)),
            _ => fields.has(name).then(|| fields.flag(name)),
        };
        Ok(given.transpose()?.unwrap_or(kept))
    };
    let is_administrator = flag("isAdministrator", own.is_administrator)?;
    let becomes_administrator = is_administrator && !own.is_administrator;
    let listed = match &inner {
        Some(inner) => inner.texts("permissions")?,
        None => fields.texts("permissions")?,
    };
    let access = named::<AccessRight>(fields.texts("accessRights")?, "accessRights")?;
    let default_access = match new_with_role {
        None => own.access.clone(),
        Some(true) => BTreeSet::new(),
        Some(false) => BTreeSet::from([AccessRight::Apis]),
    };
    Ok(Rights {
        is_administrator,
        is_teller: flag("isTeller", own.is_teller)?,
        is_credit_officer: flag("isCreditOfficer", own.is_credit_officer)?,
        is_support: flag("isSupport", own.is_support)?,
        permissions: named::<Permission>(listed, "permissions")?.unwrap_or(own.permissions),
        manages_all_branches: flag(
            "canManageAllBranches",
            own.manages_all_branches || becomes_administrator,
        )?,
        sees_other_officers_clients: flag(
            "canManageEntitiesAssignedToOtherOfficers",
            own.sees_other_officers_clients || becomes_administrator,
        )?,
        access: access.map_or(default_access, |access| access.into_iter().collect()),
    })
}

/// Names of the contract.
fn named<T: DeserializeOwned>(given: Option<Vec<String>>, member: &'static str) -> Result<Option<Vec<T>>> {
    let read = |name: String| serde_json::from_value(name.into()).map_err(|_| invalid(member));
    given.map(|names| names.into_iter().map(read).collect()).transpose()
}

fn state(fields: &Fields<'_>) -> Result<Option<UserState>> {
    let Some(name) = fields.text("userState")? else { return Ok(None) };
    let all = [UserState::Active, UserState::Inactive, UserState::Locked];
    let found = all.into_iter().find(|state| names::user_state(*state).eq_ignore_ascii_case(&name));
    found.map(Some).ok_or_else(|| invalid("userState"))
}

/// The role: its key, id or name, or an object with one of them. A list may name one.
fn role_of(fields: &Fields<'_>, catalog: &Catalog) -> Result<Option<Option<Key>>> {
    if fields.texts("roles")?.is_some_and(|roles| roles.len() > 1) {
        return Err(DoorError::at(ReturnCode::OnlyOneRoleAllowed, "roles"));
    }
    let unknown = || DoorError::at(ReturnCode::InvalidUserRoleKey, "role");
    let find = |named: &str| {
        let by_name = || catalog.roles.iter().find(|role| role.name == named);
        catalog.roles.find(named).or_else(by_name).map(|role| role.key).ok_or_else(unknown)
    };
    let Some(object) = fields.inner("role")? else {
        let given = fields.changed_text("role")?.or(fields.changed_text("userRoleKey")?);
        return given.map(|named| named.map(|named| find(&named)).transpose()).transpose();
    };
    let mut found = BTreeSet::new();
    for member in ["encodedKey", "id", "name"] {
        if let Some(named) = object.text(member)? {
            found.insert(find(&named)?);
        }
    }
    match (found.pop_first(), found.is_empty()) {
        (None, _) => Err(unknown()),
        (Some(role), true) => Ok(Some(Some(role))),
        (Some(_), false) => Err(DoorError::at(ReturnCode::OnlyOneRoleAllowed, "role")),
    }
}

fn branch(fields: &Fields<'_>, catalog: &Catalog) -> Result<Option<Option<Key>>> {
    let Some(named) = fields.changed_text("assignedBranchKey")? else { return Ok(None) };
    let unknown = || DoorError::at(ReturnCode::InvalidBranchKey, "assignedBranchKey");
    let find = |id: String| catalog.branches.find(&id).map(|branch| branch.key).ok_or_else(unknown);
    named.map(find).transpose().map(Some)
}

fn centre(fields: &Fields<'_>, catalog: &Catalog) -> Result<Option<Option<Key>>> {
    let Some(named) = fields.changed_text("assignedCentreKey")? else { return Ok(None) };
    let unknown = || DoorError::at(ReturnCode::InvalidCentreKey, "assignedCentreKey");
    let find = |id: String| catalog.centres.find(&id).map(|centre| centre.key).ok_or_else(unknown);
    named.map(find).transpose().map(Some)
}

/// `[{"branchKey": …}]`; keys and ids alone are taken too.
fn managed_branches(fields: &Fields<'_>, catalog: &Catalog) -> Result<Option<Vec<Key>>> {
    const NAME: &str = "managedBranches";
    if !fields.names(NAME) {
        return Ok(None);
    }
    let malformed = |_| DoorError::at(ReturnCode::InvalidValueForManagedBranches, NAME);
    let named: Vec<String> = match fields.texts(NAME) {
        Ok(texts) => texts.unwrap_or_default(),
        Err(_) => {
            let key = |branch: &Fields<'_>| {
                let named = branch.text_of(&["branchKey", "encodedKey", "id"])?.map(|text| text.into_owned());
                named.ok_or_else(|| DoorError::at(ReturnCode::InvalidValueForManagedBranches, NAME))
            };
            let listed = fields.objects(NAME).map_err(malformed)?;
            listed.iter().map(key).collect::<Result<_>>()?
        }
    };
    let unknown = || DoorError::at(ReturnCode::InvalidManagedBranchId, NAME);
    let find = |id: &String| catalog.branches.find(id).map(|branch| branch.key).ok_or_else(unknown);
    named.iter().map(find).collect::<Result<_>>().map(Some)
}

/// `{"DISBURSE_LOAN": "1000"}`.
fn limits(fields: &Fields<'_>) -> Result<Option<Limits>> {
    let Some(given) = fields.object("transactionLimits")? else { return Ok(None) };
    let mut limits = BTreeMap::new();
    for (name, limit) in given.texts_by_name("transactionLimits")? {
        let what = Limited::ALL.into_iter().find(|what| what.name().eq_ignore_ascii_case(&name));
        let unknown = || DoorError::at(ReturnCode::InvalidTransactionLimitType, name.clone());
        limits.insert(what.ok_or_else(unknown)?, limit);
    }
    Ok(Some(Limits(limits)))
}

/// Never with password or key, not even as hashes. What the role gives is shown with the role.
pub(crate) fn user<'a>(user: &'a User, catalog: &'a Catalog, full_details: bool) -> wire::User<'a> {
    let reach = &user.reach;
    let rights = user.own_rights();
    let role = reach.role.and_then(|role| catalog.roles.by_key(role));
    wire::User {
        encoded_key: EncodedKey(user.key),
        id: user.number,
        username: &user.username,
        first_name: &user.first_name,
        last_name: &user.last_name,
        title: user.title.as_deref(),
        email: user.email_address.as_deref(),
        home_phone: user.home_phone.as_deref(),
        mobile_phone1: user.mobile_phone.as_deref(),
        language: user.language.as_deref(),
        user_state: names::user_state(user.state),
        is_administrator: user.is_administrator,
        is_teller: user.is_teller,
        is_credit_officer: user.is_credit_officer,
        is_support: reach.is_support,
        access_rights: rights.access.iter().copied().collect(),
        assigned_branch_key: user.branch.map(EncodedKey),
        assigned_centre_key: reach.centre.map(EncodedKey),
        managed_branches: reach
            .managed_branches
            .iter()
            .map(|branch| wire::ManagedBranch { branch_key: EncodedKey(*branch) })
            .collect(),
        transaction_limits: reach
            .limits
            .0
            .iter()
            .map(|(what, limit)| (what.name(), limit.as_str()))
            .collect(),
        role: role.map(|role| wire::RoleOfUser {
            encoded_key: EncodedKey(role.key),
            id: &role.id,
            name: &role.name,
        }),
        permissions: permissions(&rights),
        two_factor_authentication: false,
        notes: user.notes.as_deref(),
        creation_date: Instant(user.created_at),
        last_modified_date: Instant(user.last_modified_at),
        last_logged_in_date: None,
        custom_fields: full_details.then(Vec::new),
    }
}

/// A new user as it is answered.
pub(crate) fn role(role: &Role) -> wire::Role<'_> {
    let rights = &role.rights;
    wire::Role {
        encoded_key: EncodedKey(role.key),
        id: &role.id,
        name: &role.name,
        is_administrator: rights.is_administrator,
        is_teller: rights.is_teller,
        is_credit_officer: rights.is_credit_officer,
        is_support: rights.is_support,
        permissions: permissions(rights),
        access_rights: rights.access.iter().copied().collect(),
        notes: role.notes.as_deref(),
        creation_date: Instant(role.created_at),
        last_modified_date: Instant(role.last_modified_at),
    }
}

fn permissions(rights: &Rights) -> wire::Permissions {
    // Our own permissions have no name in the contract.
    let ours = [Permission::Administration, Permission::ReportLoans, Permission::SetUpMarketplace];
    let named = |permission: &Permission| !ours.contains(permission);
    wire::Permissions {
        permissions: rights.permissions.iter().copied().filter(named).collect(),
        can_manage_all_branches: rights.manages_all_branches,
        can_manage_entities_assigned_to_other_officers: rights.sees_other_officers_clients,
    }
}

#[cfg(test)]
mod tests;
