//! What may be done with a client: opened, changed, deleted.

use crate::ids::is_possible_id;
use crate::loan::context::Context;
use crate::loan::refusal::{LineRefusal, PartyRefusal, Refusal};
use crate::party::kinds::{ClientRole, DocumentTemplate, RoleFor, check_role};
use crate::party::{Client, ClientEdit, ClientState, IdentificationDocument, NewClient, set};

/// What keeps a client from being deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ties {
    /// A loan of any state, or an application for one.
    pub has_accounts: bool,
    pub guarantees_loans: bool,
    pub has_lines_of_credit: bool,
}

/// Opens a client. Checks, in this order: id, names, birth date, type, addresses, documents.
///
/// # Errors
/// The first check that does not hold.
pub fn create_client(new: &NewClient, drawn_id: &str, context: &Context<'_>) -> Result<Client, Refusal> {
    let client = Client {
        key: context.ids.key,
        part: context.ids.part,
        id: new.id.clone().unwrap_or_else(|| drawn_id.to_owned()),
        version: 1,
        state: new.state.unwrap_or(ClientState::Inactive),
        profile: new.profile.clone(),
        role: new.role,
        assignment: new.assignment.entered_by(context.actor),
        addresses: new.addresses.clone(),
        documents: new.documents.clone(),
        groups: Vec::new(),
        created_at: context.recorded_at,
        last_modified_at: context.recorded_at,
        approved_at: None,
        closed_at: None,
    };
    check_profile(&client, context)?;
    check_type(&client, true, context)?;
    Ok(client)
}

/// Changes a client. Checks, in this order: state transition, and what [`create_client`] checks. Documents that are
/// missing are asked for when the edit names documents or the type.
///
/// # Errors
/// The first check that does not hold.
pub fn edit_client(client: &Client, edit: &ClientEdit, context: &Context<'_>) -> Result<Client, Refusal> {
    let mut edited = client.clone();
    if let Some(next) = edit.state.filter(|next| *next != client.state) {
        if !client.state.may_become(next) {
            return Err(Refusal::ClientStateTransition { from: client.state, to: next });
        }
        edited.state = next;
        let is_over = !next.may_borrow() && next != ClientState::PendingApproval;
        edited.closed_at = is_over.then_some(context.recorded_at);
        if client.state == ClientState::PendingApproval && next == ClientState::Inactive {
            edited.approved_at = Some(context.recorded_at);
        }
    }
    set_members(&mut edited, edit);
    check_profile(&edited, context)?;
    check_type(&edited, edit.documents.is_some() || edit.role.is_some(), context)?;
    edited.version += 1;
    edited.last_modified_at = context.recorded_at;
    Ok(edited)
}

fn set_members(edited: &mut Client, edit: &ClientEdit) {
    set(&mut edited.id, &edit.id);
    let profile = &mut edited.profile;
    set(&mut profile.first_name, &edit.first_name);
    set(&mut profile.middle_name, &edit.middle_name);
    set(&mut profile.last_name, &edit.last_name);
    set(&mut profile.home_phone, &edit.home_phone);
    set(&mut profile.mobile_phone, &edit.mobile_phone);
    set(&mut profile.mobile_phone_2, &edit.mobile_phone_2);
    set(&mut profile.email_address, &edit.email_address);
    set(&mut profile.birth_date, &edit.birth_date);
    set(&mut profile.gender, &edit.gender);
    set(&mut profile.preferred_language, &edit.preferred_language);
    set(&mut profile.notes, &edit.notes);
    set(&mut edited.role, &edit.role);
    set(&mut edited.assignment.branch, &edit.branch);
    set(&mut edited.assignment.centre, &edit.centre);
    set(&mut edited.assignment.user, &edit.user);
    set(&mut edited.addresses, &edit.addresses);
    set(&mut edited.documents, &edit.documents);
}

/// Whether a client may be deleted, with all that is known of him or her. Checks, in this order: accounts, groups,
/// guarantees, lines of credit.
///
/// # Errors
/// `ClientHasAccounts`, `IsMember`, `IsGuarantor`, `HolderHasLines`.
pub fn delete_client(client: &Client, ties: Ties) -> Result<(), Refusal> {
    let checks = [
        (ties.has_accounts, Refusal::Party(PartyRefusal::ClientHasAccounts)),
        (!client.groups.is_empty(), PartyRefusal::IsMember.into()),
        (ties.guarantees_loans, PartyRefusal::IsGuarantor.into()),
        (ties.has_lines_of_credit, LineRefusal::HolderHasLines.into()),
    ];
    match checks.into_iter().find(|(is_tied, _)| *is_tied) {
        Some((_, refusal)) => Err(refusal),
        None => Ok(()),
    }
}

fn check_profile(client: &Client, context: &Context<'_>) -> Result<(), Refusal> {
    if !is_possible_id(&client.id) {
        return Err(Refusal::InvalidId { value: client.id.clone() });
    }
    let profile = &client.profile;
    for (name, field) in [(&profile.first_name, "firstName"), (&profile.last_name, "lastName")] {
        if name.trim().is_empty() {
            return Err(Refusal::MissingField { field });
        }
    }
    let business_date = context.business_date;
    if let Some(birth_date) = profile.birth_date.filter(|date| *date > business_date) {
        return Err(Refusal::BirthDateInTheFuture { birth_date, business_date });
    }
    Ok(())
}

/// What the type of the client and the templates of documents ask for.
fn check_type(client: &Client, asks_for_documents: bool, context: &Context<'_>) -> Result<(), Refusal> {
    let role = check_role(client.role, RoleFor::Clients, context)?;
    if let Some(role) = role.filter(|role| !role.has_address && !client.addresses.is_empty()) {
        return Err(PartyRefusal::AddressNotAllowed { id: role.id.clone() }.into());
    }
    if !asks_for_documents {
        return Ok(());
    }
    for document in &client.documents {
        check_document(document, context)?;
    }
    check_missing(client, role, context)
}

fn check_document(document: &IdentificationDocument, context: &Context<'_>) -> Result<(), Refusal> {
    let Some(key) = document.template else {
        let takes_others = context.catalog.party_rules().takes_other_documents;
        return if takes_others { Ok(()) } else { Err(PartyRefusal::OtherDocument.into()) };
    };
    let template = context.catalog.document_templates.by_key(key);
    let template = template.ok_or(PartyRefusal::UnknownTemplate { key })?;
    if !template.takes(&document.document_id) {
        let (number, name) = (document.document_id.clone(), template.document_type.clone());
        return Err(PartyRefusal::DocumentNumber { number, document: name }.into());
    }
    Ok(())
}

fn check_missing(client: &Client, role: Option<&ClientRole>, context: &Context<'_>) -> Result<(), Refusal> {
    let has = |template: &DocumentTemplate| {
        client.documents.iter().any(|document| document.template == Some(template.key))
    };
    let mut mandatory = context.catalog.document_templates.iter().filter(|template| template.is_mandatory);
    if let Some(template) = mandatory.find(|template| !has(template)) {
        return Err(PartyRefusal::DocumentMissing { document: template.document_type.clone() }.into());
    }
    match role.filter(|role| role.requires_document && client.documents.is_empty()) {
        Some(role) => Err(PartyRefusal::DocumentMissing { document: format!("any, for {}", role.id) }.into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
