//! Clients in a batch.

use loam_book::actor::Permission;
use loam_book::custom_field::owner::{Owner, OwnerKind};
use loam_book::custom_field::value::CustomEdit;
use loam_book::ids::Key;
use loam_book::loan::commands::create::{check_assignment, drawn_client_id};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::party::{self, Client, ClientEdit, NewClient, Ties};

use crate::changes::{Deleted, IdName, NewId};
use crate::command::{Address, Caller, Done, Outcome};
use crate::custom_values::names;
use crate::error::AppError;
use crate::session::{Answer, Session};

impl Session {
    pub(crate) fn create_client(&mut self, new: &NewClient, caller: &Caller, ids: &NewIds) -> Answer {
        let context = self.context(caller, ids, None);
        context.require(Permission::CreateClient)?;
        check_assignment(&new.assignment, &context)?;
        context.require_reach(&new.assignment.entered_by(context.actor))?;
        let client = party::create_client(new, &drawn_client_id(ids.random), &context)?;
        let given = CustomEdit::Replace(new.custom_values.clone());
        let values = vec![self.decide_values(owner_of(&client), &given, caller)?];
        let name = IdName::of_book(IdKind::Client, &client.id);
        let mut ids = names(&values);
        ids.push(NewId { name, key: client.key, part: client.part });
        self.take_ids(ids)?;
        let outcome = self.put_client(client, "create client", caller);
        self.put_values(values, caller);
        Ok(outcome)
    }

    pub(crate) fn edit_client(
        &mut self,
        address: Address,
        edit: &ClientEdit,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let context = self.context(caller, ids, None);
        context.require(Permission::EditClient)?;
        let client = self.client(address).ok_or(AppError::ClientNotFound)?;
        context.require_reach(&client.assignment)?;
        if let Some(to) = edit.state.filter(|to| !to.may_borrow())
            && self.has_active_loans(address.key)
        {
            return Err(Refusal::ClientHasActiveLoans { to }.into());
        }
        let edited = party::edit_client(client, edit, &context)?;
        check_assignment(&edited.assignment, &context)?;
        context.require_reach(&edited.assignment)?;
        let freed = (edited.id != client.id).then(|| client.id.clone());
        let given = edit.custom_values.iter();
        let values = given.map(|given| self.decide_values(owner_of(&edited), given, caller));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        let mut ids = names(&values);
        if freed.is_some() {
            let name = IdName::of_book(IdKind::Client, &edited.id);
            ids.push(NewId { name, key: edited.key, part: edited.part });
        }
        self.take_ids(ids)?;
        if let Some(id) = freed {
            self.free_id(IdKind::Client, &id, address);
        }
        let outcome = self.put_client(edited, "edit client", caller);
        self.put_values(values, caller);
        Ok(outcome)
    }

    /// Deletes a client with all that is known of him or her.
    pub(crate) fn delete_client(&mut self, address: Address, caller: &Caller, ids: &NewIds) -> Answer {
        self.context(caller, ids, None).require(Permission::DeleteClient)?;
        let client = self.client(address).ok_or(AppError::ClientNotFound)?.clone();
        self.context(caller, ids, None).require_reach(&client.assignment)?;
        party::delete_client(&client, self.ties(address.key))?;
        let values = self.decide_values(owner_of(&client), &CustomEdit::RemoveAll, caller)?;
        self.clients.remove(&address.key);
        let version_read = self.loaded.clients.get(&address.key).map(|before| before.version);
        let deleted =
            version_read.map(|version_read| Deleted { part: client.part, key: client.key, version_read });
        self.changes.deleted_clients.extend(deleted);
        self.forget(IdKind::Client, &client.id, address);
        self.audit(address, "delete client", caller, (None, None));
        self.drop_values(vec![values]);
        Ok(self.outcome(Done::Client { client: Box::new(client) }))
    }

    /// What ties a client or group, by what is stored and by what this batch made.
    pub(crate) fn ties(&self, client: Key) -> Ties {
        let tied = self.loaded.tied.get(&client).copied().unwrap_or_default();
        Ties {
            has_accounts: tied.has_accounts
                || self.has_accounts(client)
                || self.applications.has_any_of(client),
            guarantees_loans: tied.guarantees_loans || self.guarantees_loans(client),
            has_lines_of_credit: tied.has_lines_of_credit || self.opens_line_of(client),
        }
    }

    /// Whether a client has an active loan, one that this batch paid out included.
    fn has_active_loans(&self, client: Key) -> bool {
        let mut in_batch = self.loans.values().map(|(loan, _)| loan);
        self.loaded.borrowers.contains(&client)
            || in_batch.any(|loan| loan.holder.key == client && loan.servicing.state.is_active())
    }

    fn put_client(&mut self, client: Client, command: &'static str, caller: &Caller) -> Outcome {
        let subject = Address { part: client.part, key: client.key };
        self.audit(subject, command, caller, (None, None));
        self.clients.insert(client.key, client.clone());
        self.outcome(Done::Client { client: Box::new(client) })
    }
}

/// A client as an owner of custom field values.
fn owner_of(client: &Client) -> Owner {
    let address = Address { part: client.part, key: client.key };
    Owner { kind: OwnerKind::Client, address, setting: client.role }
}
