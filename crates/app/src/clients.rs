//! Clients in a batch.

use loam_book::actor::Permission;
use loam_book::ids::{Key, Part};
use loam_book::loan::commands::create::{check_assignment, drawn_client_id};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::party::{self, Client, ClientEdit, NewClient};

use crate::changes::{IdName, NewId};
use crate::command::{Address, Caller, Done, Outcome};
use crate::error::AppError;
use crate::session::{Answer, Session};

impl Session {
    pub(crate) fn create_client(
        &mut self,
        part: Part,
        new: &NewClient,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let context = self.context(caller, ids, None);
        context.require(Permission::CreateClient)?;
        check_assignment(&new.assignment, &context)?;
        let drawn = drawn_client_id(ids.random);
        let business_date = self.loaded.state.business_date;
        let client = party::create_client(new, (ids.key, part, &drawn), business_date, self.recorded_at)?;
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
        let edited = party::edit_client(client, edit, self.loaded.state.business_date, self.recorded_at)?;
        check_assignment(&edited.assignment, &context)?;
        let freed = (edited.id != client.id).then(|| client.id.clone());
        if let Some(id) = freed {
            self.take_id(IdName::of_book(IdKind::Client, &edited.id), edited.key, edited.part)?;
            let name = IdName::of_book(IdKind::Client, &id);
            self.changes.freed_ids.push(NewId { name, key: edited.key, part: edited.part });
        }
        Ok(self.put_client(edited, "edit client", caller))
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
