//! Groups in a batch. A group and those of its clients who join or leave it are written together.

use loam_book::actor::Permission;
use loam_book::custom_field::owner::{Owner, OwnerKind};
use loam_book::custom_field::value::CustomEdit;
use loam_book::ids::Key;
use loam_book::loan::HolderKind;
use loam_book::loan::commands::create::{check_assignment, drawn_group_id};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, LineRefusal, PartyRefusal, Refusal};
use loam_book::party::Client;
use loam_book::party::group::{self, Group, GroupEdit, NewGroup, with_membership};
use loam_book::party::holder::Party;

use crate::changes::{ClientChange, Deleted, GroupChange, IdName, NewId};
use crate::command::{Address, Caller, Done, Outcome};
use crate::custom_values::names;
use crate::error::AppError;
use crate::session::{Answer, Session};

/// A holder as the batch has made it so far.
pub(crate) enum Held {
    Client(Box<Client>),
    Group(Box<Group>),
}

impl Held {
    pub(crate) fn as_party(&self) -> Party<'_> {
        match self {
            Held::Client(client) => Party::Client(client),
            Held::Group(group) => Party::Group(group),
        }
    }
}

impl Session {
    pub(crate) fn holder(&self, address: Address, kind: HolderKind) -> Option<Held> {
        match kind {
            HolderKind::Client => self.client(address).cloned().map(|client| Held::Client(Box::new(client))),
            HolderKind::Group => self.group(address).cloned().map(|group| Held::Group(Box::new(group))),
        }
    }

    pub(crate) fn create_group(&mut self, new: &NewGroup, caller: &Caller, ids: &NewIds) -> Answer {
        let context = self.context(caller, ids, None);
        context.require(Permission::CreateGroup)?;
        check_assignment(&new.assignment, &context)?;
        context.require_reach(&new.assignment.entered_by(context.actor))?;
        let clients = self.clients_at(&new.members);
        clients.iter().try_for_each(|client| context.require_reach(&client.assignment))?;
        let group = group::create_group(new, &drawn_group_id(ids.random), &clients, &context)?;
        let given = CustomEdit::Replace(new.custom_values.clone());
        let values = vec![self.decide_values(owner_of(&group), &given, caller)?];
        let name = IdName::of_book(IdKind::Group, &group.id);
        let mut ids = names(&values);
        ids.push(NewId { name, key: group.key, part: group.part });
        self.take_ids(ids)?;
        self.put_memberships(&group, clients, "create group", caller);
        let outcome = self.put_group(group, "create group", caller);
        self.put_values(values, caller);
        Ok(outcome)
    }

    /// `members` are those whom the caller saw, so that who leaves is loaded with the group.
    pub(crate) fn edit_group(
        &mut self,
        (address, members): (Address, &[Address]),
        edit: &GroupEdit,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let context = self.context(caller, ids, None);
        context.require(Permission::EditGroup)?;
        let before = self.seen_group(address, members)?;
        context.require_reach(&before.assignment)?;
        let named: Vec<Address> = edit.members.iter().flatten().copied().collect();
        let joining = self.clients_at(&named);
        let edited = group::edit_group(before, edit, &joining, &context)?;
        check_assignment(&edited.assignment, &context)?;
        context.require_reach(&edited.assignment)?;
        let mut new_members = joining.iter().filter(|client| !before.has_member(client.key));
        new_members.try_for_each(|client| context.require_reach(&client.assignment))?;
        let leaving: Vec<Address> = members.iter().copied().filter(|m| !edited.has_member(m.key)).collect();
        let moved = joining.into_iter().chain(self.clients_at(&leaving)).collect();
        let freed = (edited.id != before.id).then(|| before.id.clone());
        let given = edit.custom_values.iter();
        let values = given.map(|given| self.decide_values(owner_of(&edited), given, caller));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        let mut ids = names(&values);
        if freed.is_some() {
            let name = IdName::of_book(IdKind::Group, &edited.id);
            ids.push(NewId { name, key: edited.key, part: edited.part });
        }
        self.take_ids(ids)?;
        if let Some(id) = freed {
            self.free_id(IdKind::Group, &id, address);
        }
        self.put_memberships(&edited, moved, "edit group", caller);
        let outcome = self.put_group(edited, "edit group", caller);
        self.put_values(values, caller);
        Ok(outcome)
    }

    pub(crate) fn delete_group(
        &mut self,
        address: Address,
        members: &[Address],
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        self.context(caller, ids, None).require(Permission::DeleteGroup)?;
        let group = self.seen_group(address, members)?.clone();
        self.context(caller, ids, None).require_reach(&group.assignment)?;
        if self.has_accounts(address.key) {
            return Err(Refusal::from(PartyRefusal::GroupHasAccounts).into());
        }
        if self.ties(address.key).guarantees_loans {
            return Err(Refusal::from(PartyRefusal::IsGuarantor).into());
        }
        if self.ties(address.key).has_lines_of_credit {
            return Err(Refusal::from(LineRefusal::HolderHasLines).into());
        }
        let values = self.decide_values(owner_of(&group), &CustomEdit::RemoveAll, caller)?;
        self.drop_values(vec![values]);
        let nobody = Group { members: Vec::new(), ..group.clone() };
        let leaving = self.clients_at(members);
        self.put_memberships(&nobody, leaving, "delete group", caller);
        self.groups.remove(&address.key);
        let version_read = self.loaded.groups.get(&address.key).map(|before| before.version);
        let deleted =
            version_read.map(|version_read| Deleted { part: address.part, key: address.key, version_read });
        self.changes.deleted_groups.extend(deleted);
        self.forget(IdKind::Group, &group.id, address);
        self.audit(address, "delete group", caller, (None, None));
        Ok(self.outcome(Done::Group { group: Box::new(group) }))
    }

    pub(crate) fn group(&self, address: Address) -> Option<&Group> {
        if self.deleted.contains(&address.key) {
            return None;
        }
        self.groups.get(&address.key).or_else(|| self.loaded.groups.get(&address.key))
    }

    /// The group, if it has just the members whom the caller saw.
    fn seen_group(&self, address: Address, members: &[Address]) -> Result<&Group, AppError> {
        let group = self.group(address).ok_or(AppError::GroupNotFound)?;
        let is_seen =
            members.len() == group.members.len() && members.iter().all(|member| group.has_member(member.key));
        if is_seen { Ok(group) } else { Err(Refusal::ChangedMeanwhile.into()) }
    }

    /// Those clients who exist.
    fn clients_at(&self, addresses: &[Address]) -> Vec<Client> {
        addresses.iter().filter_map(|address| self.client(*address).cloned()).collect()
    }

    /// Writes into clients whether they are members of the group, where that is not what they say.
    fn put_memberships(
        &mut self,
        group: &Group,
        clients: Vec<Client>,
        command: &'static str,
        caller: &Caller,
    ) {
        for client in clients {
            let is_member = group.has_member(client.key);
            if is_member != client.groups.contains(&group.key) {
                let changed = with_membership(&client, group.key, is_member, self.recorded_at);
                let subject = Address { part: changed.part, key: changed.key };
                self.audit(subject, command, caller, (None, None));
                self.clients.insert(changed.key, changed);
            }
        }
    }

    fn put_group(&mut self, group: Group, command: &'static str, caller: &Caller) -> Outcome {
        let subject = Address { part: group.part, key: group.key };
        self.audit(subject, command, caller, (None, None));
        self.groups.insert(group.key, group.clone());
        self.outcome(Done::Group { group: Box::new(group) })
    }

    /// Whether a client or group holds an account, one that this batch opened included.
    pub(crate) fn has_accounts(&self, holder: Key) -> bool {
        self.loaded.holders.contains(&holder)
            || self.loans.values().any(|(loan, _)| loan.holder.key == holder)
            || self.savings.has_accounts_of(holder)
    }

    pub(crate) fn free_id(&mut self, kind: IdKind, id: &str, address: Address) {
        let name = IdName::of_book(kind, id);
        self.changes.freed_ids.push(NewId { name, key: address.key, part: address.part });
    }

    /// What is deleted is there no longer for the rest of the batch.
    pub(crate) fn forget(&mut self, kind: IdKind, id: &str, address: Address) {
        self.free_id(kind, id, address);
        self.deleted.insert(address.key);
        self.drop_papers_about(address);
    }

    /// Hands over the clients and groups that are to be written, in the order of parts and keys.
    pub(crate) fn finish_parties(&mut self) {
        for (key, client) in std::mem::take(&mut self.clients) {
            let version_read = self.loaded.clients.get(&key).map(|before| before.version);
            self.changes.clients.push(ClientChange { client, version_read });
        }
        for (key, group) in std::mem::take(&mut self.groups) {
            let version_read = self.loaded.groups.get(&key).map(|before| before.version);
            self.changes.groups.push(GroupChange { group, version_read });
        }
        self.changes.clients.sort_by_key(|change| (change.client.part, change.client.key));
        self.changes.groups.sort_by_key(|change| (change.group.part, change.group.key));
    }
}

/// A group as an owner of custom field values.
fn owner_of(group: &Group) -> Owner {
    let address = Address { part: group.part, key: group.key };
    Owner { kind: OwnerKind::Group, address, setting: group.role }
}
