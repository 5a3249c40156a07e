//! Clients in a batch.

use loam_book::actor::Permission;
use loam_book::ids::Key;
use loam_book::loan::commands::create::{check_assignment, drawn_client_id};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::party::{self, Client, ClientEdit, NewClient, Ties};

use crate::changes::{Deleted, IdName};
use crate::command::{Address, Caller, Done, Outcome};
use crate::error::AppError;
use crate::session::{Answer, Session};

impl Session {
    pub(crate) fn create_client(&mut self, new: &NewClient, caller: &Caller, ids: &NewIds) -> Answer {
        let context = self.context(caller, ids, None);
        context.require(Permission::CreateClient)?;
        check_assignment(&new.assignment, &context)?;
        let client = party::create_client(new, &drawn_client_id(ids.random), &context)?;
        self.take_id(IdName::of_book(IdKind::Client, &client.id), client.key, client.part)?;
        Ok(self.put_client(client, "create client", caller))
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
        if let Some(to) = edit.state.filter(|to| !to.may_borrow())
            && self.has_active_loans(address.key)
        {
            return Err(Refusal::ClientHasActiveLoans { to }.into());
        }
        let edited = party::edit_client(client, edit, &context)?;
        check_assignment(&edited.assignment, &context)?;
        let freed = (edited.id != client.id).then(|| client.id.clone());
        if let Some(id) = freed {
            self.take_id(IdName::of_book(IdKind::Client, &edited.id), edited.key, edited.part)?;
            self.free_id(IdKind::Client, &id, address);
        }
        Ok(self.put_client(edited, "edit client", caller))
    }

    /// Deletes a client with all that is known of him or her.
    pub(crate) fn delete_client(&mut self, address: Address, caller: &Caller, ids: &NewIds) -> Answer {
        self.context(caller, ids, None).require(Permission::DeleteClient)?;
        let client = self.client(address).ok_or(AppError::ClientNotFound)?.clone();
        party::delete_client(&client, self.ties(address.key))?;
        self.clients.remove(&address.key);
        let version_read = self.loaded.clients.get(&address.key).map(|before| before.version);
        let deleted =
            version_read.map(|version_read| Deleted { part: client.part, key: client.key, version_read });
        self.changes.deleted_clients.extend(deleted);
        self.forget(IdKind::Client, &client.id, address);
        self.audit(address, "delete client", caller, (None, None));
        Ok(self.outcome(Done::Client { client: Box::new(client) }))
    }

    fn ties(&self, client: Key) -> Ties {
        let tied = self.loaded.tied.get(&client).copied().unwrap_or_default();
        Ties { has_accounts: tied.has_accounts || self.has_accounts(client), ..tied }
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
