//! A client as Client and ClientExpanded.

use loam_app::views::{ClientView, ShownClientState};
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::party;

use super::super::wire::client as wire;
use super::super::wire::values::{Day, EncodedKey, Instant};
use super::group::shown_role;
use super::names;

/// The flat shape.
pub(crate) fn client<'a>(view: &'a ClientView, catalog: &'a Catalog) -> wire::Client<'a> {
    let party::Client { profile, assignment, .. } = &view.client;
    wire::Client {
        encoded_key: EncodedKey(view.client.key),
        id: &view.client.id,
        state: state(view),
        creation_date: Instant(view.client.created_at),
        last_modified_date: Instant(view.client.last_modified_at),
        approved_date: view.client.approved_at.map(Instant),
        closed_date: view.client.closed_at.map(Instant),
        first_name: &profile.first_name,
        middle_name: profile.middle_name.as_deref(),
        last_name: &profile.last_name,
        home_phone: profile.home_phone.as_deref(),
        mobile_phone1: profile.mobile_phone.as_deref(),
        mobile_phone2: profile.mobile_phone_2.as_deref(),
        email_address: profile.email_address.as_deref(),
        birth_date: profile.birth_date.map(Day),
        gender: profile.gender.map(names::gender),
        preferred_language: profile.preferred_language.as_deref(),
        notes: profile.notes.as_deref(),
        client_role: shown_role(view.client.role, catalog),
        assigned_branch_key: assignment.branch.map(EncodedKey),
        assigned_centre_key: assignment.centre.map(EncodedKey),
        assigned_user_key: assignment.user.map(EncodedKey),
        profile_picture_key: None,
        profile_signature_key: None,
        loan_cycle: view.loan_cycle,
        group_loan_cycle: view.group_loan_cycle,
    }
}

/// The shape with everything that hangs on the client.
pub(crate) fn expanded<'a>(view: &'a ClientView, catalog: &'a Catalog) -> wire::ClientExpanded<'a> {
    let key = view.client.key;
    let addresses = view.client.addresses.iter().enumerate();
    let documents = view.client.documents.iter().enumerate();
    wire::ClientExpanded {
        client: client(view, catalog),
        addresses: addresses.map(|(index, row)| address(row, key, index)).collect(),
        custom_information: Vec::new(),
        id_documents: documents.map(|(index, row)| document(row, key, index)).collect(),
        group_keys: view.client.groups.iter().copied().map(EncodedKey).collect(),
    }
}

/// A client in the book's care is active while a loan is.
fn state(view: &ClientView) -> &'static str {
    match shown_state(view) {
        ShownClientState::Active => "ACTIVE",
        ShownClientState::Stored(state) => names::client_state(state),
    }
}

pub(crate) fn shown_state(view: &ClientView) -> ShownClientState {
    if view.has_active_loans { ShownClientState::Active } else { ShownClientState::Stored(view.client.state) }
}

pub(crate) fn address(row: &party::Address, parent: Key, index_in_list: usize) -> wire::Address<'_> {
    wire::Address {
        encoded_key: EncodedKey(row.key),
        parent_key: EncodedKey(parent),
        line1: row.line1.as_deref(),
        line2: row.line2.as_deref(),
        city: row.city.as_deref(),
        region: row.region.as_deref(),
        postcode: row.postcode.as_deref(),
        country: row.country.as_deref(),
        address_type: row.address_type.as_deref(),
        latitude: row.latitude.as_deref(),
        longitude: row.longitude.as_deref(),
        index_in_list,
    }
}

fn document(
    row: &party::IdentificationDocument,
    client: Key,
    index_in_list: usize,
) -> wire::IdentificationDocument<'_> {
    wire::IdentificationDocument {
        encoded_key: EncodedKey(row.key),
        client_key: EncodedKey(client),
        document_type: &row.document_type,
        document_id: &row.document_id,
        issuing_authority: row.issuing_authority.as_deref(),
        valid_until: row.valid_until.map(Day),
        identification_document_template_key: row.template.map(EncodedKey),
        index_in_list,
    }
}
