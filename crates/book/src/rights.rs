//! What somebody may do, where, and up to which amounts: roles, and the bounds of an actor.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Permission};
use crate::catalog::Catalog;
use crate::ids::Key;
use crate::loan::refusal::AccessRefusal;
use crate::organization::User;
use crate::party::Assignment;

mod wider;

/// How a user may come in; wire names are those of the loan accounts contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccessRight {
    /// The user interface of the contract; kept and shown, and of no effect here.
    Mambu,
    /// Of no effect here either.
    Mobile,
    Apis,
}

/// What transactions a limit is about; wire names are those of the loan accounts contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Limited {
    ApproveLoan,
    DisburseLoan,
    ApplyFee,
    MakeDeposit,
    MakeWithdrawal,
    MakeRepayment,
}

impl Limited {
    /// All of them.
    pub const ALL: [Limited; 6] = [
        Limited::ApproveLoan,
        Limited::DisburseLoan,
        Limited::ApplyFee,
        Limited::MakeDeposit,
        Limited::MakeWithdrawal,
        Limited::MakeRepayment,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Limited::ApproveLoan => "APPROVE_LOAN",
            Limited::DisburseLoan => "DISBURSE_LOAN",
            Limited::ApplyFee => "APPLY_FEE",
            Limited::MakeDeposit => "MAKE_DEPOSIT",
            Limited::MakeWithdrawal => "MAKE_WITHDRAWAL",
            Limited::MakeRepayment => "MAKE_REPAYMENT",
        }
    }
}

/// The most that may be moved at once, as plain decimals of whichever currency the account has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits(pub BTreeMap<Limited, String>);

impl Limits {
    /// Refuses an amount above the limit of its kind.
    ///
    /// # Errors
    /// `LimitExceeded`.
    pub fn check(&self, what: Limited, amount: Amount, currency: Currency) -> Result<(), AccessRefusal> {
        let Some(limit) = self.0.get(&what) else { return Ok(()) };
        let is_within = Exact::parse_decimal_text(limit).is_ok_and(|limit| {
            let minor_units = 10_i128.pow(u32::from(currency.digits()));
            Exact::from_amount(amount) <= limit.times(minor_units)
        });
        if is_within {
            return Ok(());
        }
        let amount = amount.to_fixed_text(currency);
        Err(AccessRefusal::LimitExceeded { what: what.name(), amount, limit: limit.clone() })
    }

    /// Refuses a limit that is below zero or no plain decimal.
    pub(crate) fn check_possible(&self) -> Result<(), AccessRefusal> {
        let is_possible =
            |text: &String| Exact::parse_decimal_text(text).is_ok_and(|limit| !limit.is_negative());
        let impossible = self.0.iter().find(|(_, text)| !is_possible(text));
        impossible.map_or(Ok(()), |(what, _)| Err(AccessRefusal::NegativeLimit { what: what.name() }))
    }
}

/// What a role, a consumer or a user of one's own may do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rights {
    pub is_administrator: bool,
    pub is_teller: bool,
    pub is_credit_officer: bool,
    pub is_support: bool,
    pub permissions: Vec<Permission>,
    pub manages_all_branches: bool,
    /// Whether a credit officer sees other officers' clients.
    pub sees_other_officers_clients: bool,
    pub access: BTreeSet<AccessRight>,
}

impl Rights {
    /// These and those together.
    #[must_use]
    pub fn with(mut self, other: &Rights) -> Rights {
        self.is_administrator |= other.is_administrator;
        self.is_teller |= other.is_teller;
        self.is_credit_officer |= other.is_credit_officer;
        self.is_support |= other.is_support;
        self.manages_all_branches |= other.manages_all_branches;
        self.sees_other_officers_clients |= other.sees_other_officers_clients;
        self.access.extend(&other.access);
        let new = other.permissions.iter().filter(|permission| !self.permissions.contains(permission));
        let new: Vec<Permission> = new.copied().collect();
        self.permissions.extend(new);
        self
    }

    /// Refuses rights that contradict each other: an administrator works everywhere and with everybody's
    /// clients, and an officer who sees only his or her own does not manage all branches.
    ///
    /// # Errors
    /// `AdministratorOfSomeBranches`, `AdministratorOfOwnClients`, `AllBranchesOwnClients`.
    pub fn check(&self) -> Result<(), AccessRefusal> {
        let sees_own = self.is_credit_officer && !self.sees_other_officers_clients;
        if self.is_administrator && !self.manages_all_branches {
            return Err(AccessRefusal::AdministratorOfSomeBranches);
        }
        if self.is_administrator && sees_own {
            return Err(AccessRefusal::AdministratorOfOwnClients);
        }
        if self.manages_all_branches && sees_own {
            return Err(AccessRefusal::AllBranchesOwnClients);
        }
        Ok(())
    }

    /// Whether these rights come in by an API.
    pub fn may_call(&self) -> bool {
        self.access.contains(&AccessRight::Apis)
    }

    /// Whether an actor has all of this, and so may give it.
    fn are_within(&self, actor: &Actor) -> bool {
        actor.is_administrator
            || (!self.is_administrator
                && (actor.may(Permission::Administration)
                    || self.permissions.iter().all(|permission| actor.may(*permission))))
    }
}

/// Rights that many users share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub notes: Option<String>,
    pub rights: Rights,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// How far a user reaches: besides permissions, which stand with the user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reach {
    pub role: Option<Key>,
    pub centre: Option<Key>,
    pub manages_all_branches: bool,
    /// Besides the own branch.
    pub managed_branches: Vec<Key>,
    pub limits: Limits,
    pub is_support: bool,
    /// Besides [`AccessRight::Apis`], which stands with the user.
    pub other_access: BTreeSet<AccessRight>,
    /// Networks from which the user may call; empty: from anywhere.
    pub networks: Vec<String>,
}

/// In which branches somebody works.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Branches {
    #[default]
    All,
    /// In these, the own one first.
    Only(Vec<Key>),
}

/// Within what somebody acts. The default is no bound at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bounds {
    pub branches: Branches,
    /// Where somebody belongs who works in some branches only.
    pub own_branch: Option<Key>,
    pub limits: Limits,
}

impl Bounds {
    /// The bounds of somebody with these rights. Whoever belongs to no branch at all is not bound by
    /// branches.
    pub fn of(rights: &Rights, own_branch: Option<Key>, reach: &Reach) -> Bounds {
        let named: Vec<Key> = own_branch.into_iter().chain(reach.managed_branches.iter().copied()).collect();
        let is_free = rights.is_administrator || rights.manages_all_branches || named.is_empty();
        let branches = if is_free { Branches::All } else { Branches::Only(named) };
        Bounds { branches, own_branch, limits: reach.limits.clone() }
    }

    /// Whether this branch is within them; of what belongs to no branch, only without bounds.
    pub fn contain(&self, branch: Option<Key>) -> bool {
        match &self.branches {
            Branches::All => true,
            Branches::Only(named) => branch.is_some_and(|branch| named.contains(&branch)),
        }
    }
}

impl Actor {
    /// Refuses what is assigned to another branch, or to another officer than one who sees only the
    /// own clients.
    ///
    /// # Errors
    /// `AnotherBranch`, `AnotherOfficer`.
    pub fn check_reach(&self, assignment: &Assignment) -> Result<(), AccessRefusal> {
        if !self.bounds.contain(assignment.branch) {
            return Err(AccessRefusal::AnotherBranch);
        }
        if self.only_own_clients && assignment.user != Some(self.user_key) {
            return Err(AccessRefusal::AnotherOfficer);
        }
        Ok(())
    }
}

impl User {
    /// The user's own rights, without those of the role.
    pub fn own_rights(&self) -> Rights {
        let mut access = self.reach.other_access.clone();
        if self.has_api_access {
            access.insert(AccessRight::Apis);
        }
        Rights {
            is_administrator: self.is_administrator,
            is_teller: self.is_teller,
            is_credit_officer: self.is_credit_officer,
            is_support: self.reach.is_support,
            permissions: self.permissions.clone(),
            manages_all_branches: self.reach.manages_all_branches,
            sees_other_officers_clients: self.sees_other_officers_clients,
            access,
        }
    }

    /// What the user may do: the role's rights and the own ones together.
    pub fn rights(&self, catalog: &Catalog) -> Rights {
        let role = self.reach.role.and_then(|role| catalog.roles.by_key(role));
        role.map_or_else(|| self.own_rights(), |role| self.own_rights().with(&role.rights))
    }

    /// The user as somebody who acts.
    pub fn to_actor(&self, catalog: &Catalog) -> Actor {
        let rights = self.rights(catalog);
        Actor {
            user_key: self.key,
            username: self.username.clone(),
            is_administrator: rights.is_administrator,
            only_own_clients: rights.is_credit_officer
                && !rights.sees_other_officers_clients
                && !rights.is_administrator,
            role: self.reach.role,
            bounds: Bounds::of(&rights, self.branch, &self.reach),
            permissions: rights.permissions,
        }
    }
}

/// Whether an actor may enter or change a user, and whether the user is possible.
///
/// An actor with `Administration` may do so for everybody; others need `CreateUser` or `EditUser` and
/// stay within their branches, their own permissions, limits, clients and networks, and so must whom they
/// change, before and after it. Only an administrator makes or changes one.
///
/// # Errors
/// `NeedsAdministrator`, `MoreThanOwnRights`, `AnotherBranchOfUser`, then what is wrong with the user.
pub fn check_user(
    user: &User,
    before: Option<&User>,
    actor: &Actor,
    catalog: &Catalog,
) -> Result<(), AccessRefusal> {
    let rights = user.rights(catalog);
    let had = before.map(|before| before.rights(catalog));
    if rights.is_administrator && !actor.is_administrator {
        return Err(AccessRefusal::NeedsAdministrator);
    }
    if !rights.are_within(actor) || had.is_some_and(|had| !had.are_within(actor)) {
        return Err(AccessRefusal::MoreThanOwnRights);
    }
    if !actor.may(Permission::Administration) {
        let all = || std::iter::once(user).chain(before);
        if all().any(|user| wider::in_branches(user, actor, catalog)) {
            return Err(AccessRefusal::AnotherBranchOfUser);
        }
        if all().any(|user| wider::otherwise(user, actor, catalog)) {
            return Err(AccessRefusal::MoreThanOwnRights);
        }
    }
    rights_of_new(user, before, &rights)?;
    check_places(user, catalog)?;
    user.reach.limits.check_possible()?;
    check_email(user, before, catalog)
}

/// Rights are looked at where they change: users of an older book stay as they are.
fn rights_of_new(user: &User, before: Option<&User>, rights: &Rights) -> Result<(), AccessRefusal> {
    let is_same = before.is_some_and(|before| {
        before.own_rights() == user.own_rights() && before.reach.role == user.reach.role
    });
    if is_same { Ok(()) } else { rights.check() }
}

/// Whether an actor may make or change a role.
///
/// # Errors
/// `NeedsAdministrator`, and what [`Rights::check`] refuses.
pub fn check_rights(rights: &Rights, actor: &Actor) -> Result<(), AccessRefusal> {
    if !rights.are_within(actor) {
        return Err(AccessRefusal::NeedsAdministrator);
    }
    rights.check()
}

fn check_places(user: &User, catalog: &Catalog) -> Result<(), AccessRefusal> {
    let role = user.reach.role;
    if let Some(role) = role.filter(|role| catalog.roles.by_key(*role).is_none()) {
        return Err(AccessRefusal::UnknownRole { value: role.to_string() });
    }
    let unknown = |branch: &&Key| catalog.branches.by_key(**branch).is_none();
    if let Some(branch) = user.reach.managed_branches.iter().find(unknown) {
        return Err(AccessRefusal::UnknownManagedBranch { value: branch.to_string() });
    }
    Ok(())
}

/// An address that is new must look like one and be nobody else's.
fn check_email(user: &User, before: Option<&User>, catalog: &Catalog) -> Result<(), AccessRefusal> {
    let Some(address) = &user.email_address else { return Ok(()) };
    if before.is_some_and(|before| before.email_address.as_ref() == Some(address)) {
        return Ok(());
    }
    if !is_email_address(address) {
        return Err(AccessRefusal::NoEmailAddress { value: address.clone() });
    }
    let same = |other: &str| other.eq_ignore_ascii_case(address);
    let mut others = catalog.users.iter().filter(|other| other.key != user.key);
    if others.any(|other| other.email_address.as_deref().is_some_and(same)) {
        return Err(AccessRefusal::EmailAddressInUse);
    }
    Ok(())
}

/// One `@` with something before it, and behind it a domain of names with a dot between.
fn is_email_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    let labels: Vec<&str> = domain.split('.').collect();
    is_plain(local) && is_plain(domain) && labels.len() > 1 && labels.iter().all(|label| !label.is_empty())
}

/// Whether a password may be set: eight characters at least, and no more than 128.
///
/// # Errors
/// `PasswordTooShort`, `PasswordTooLong`.
pub fn check_password(password: &str) -> Result<(), AccessRefusal> {
    match password.chars().count() {
        0..8 => Err(AccessRefusal::PasswordTooShort),
        8..=128 => Ok(()),
        _ => Err(AccessRefusal::PasswordTooLong),
    }
}

#[cfg(test)]
mod tests;
