//! A posted or patched client as commands of the book, and the filters of the client list.

use jiff::civil::Date;
use loam_app::views::{ClientFilter, ShownClientState};
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::party::{
    Address, Client, ClientEdit, ClientState, Gender, IdentificationDocument, NewClient, Profile,
};

use super::super::error::DoorError;
use super::super::fields::{Change, Fields, invalid};
use super::super::return_codes::ReturnCode;
use super::custom_field::stated;
use super::names;
use super::new_loan::{assignment, branch, centre, user};

/// A new client. Addresses and documents stand beside the client in a JSON body; each needs a key.
pub(crate) fn new_client(
    client: &Fields<'_>,
    outer: &Fields<'_>,
    catalog: &Catalog,
    new_key: impl Fn() -> Key,
) -> Result<NewClient, DoorError> {
    Ok(NewClient {
        id: client.owned("id")?,
        state: initial_state(client)?,
        profile: profile(client)?,
        role: posted_role(client, catalog)?,
        assignment: assignment(client, catalog)?,
        addresses: addresses(outer, &[], &new_key)?.unwrap_or_default(),
        documents: documents(outer, &[], catalog, &new_key)?.unwrap_or_default(),
        custom_values: stated(outer)?.unwrap_or_default(),
    })
}

fn profile(client: &Fields<'_>) -> Result<Profile, DoorError> {
    // The book refuses names that are missing; it sees them as empty.
    Ok(Profile {
        first_name: client.owned("firstName")?.unwrap_or_default(),
        middle_name: client.owned("middleName")?,
        last_name: client.owned("lastName")?.unwrap_or_default(),
        home_phone: client.owned("homePhone")?,
        mobile_phone: client.owned("mobilePhone1")?,
        mobile_phone_2: client.owned("mobilePhone2")?,
        email_address: client.owned("emailAddress")?,
        birth_date: birth_date(client)?,
        gender: gender(client)?,
        preferred_language: language(client)?,
        notes: client.owned("notes")?,
    })
}

fn birth_date(fields: &Fields<'_>) -> Result<Option<Date>, DoorError> {
    fields.date("birthDate").map_err(|_| DoorError::at(ReturnCode::InvalidBirthDate, "birthDate"))
}

/// The languages of the contract.
const LANGUAGES: [&str; 11] = [
    "ENGLISH",
    "PORTUGESE",
    "SPANISH",
    "RUSSIAN",
    "FRENCH",
    "GEORGIAN",
    "CHINESE",
    "INDONESIAN",
    "ROMANIAN",
    "BURMESE",
    "PHRASE",
];

/// The preferred language of a client or group.
pub(super) fn language(fields: &Fields<'_>) -> Result<Option<String>, DoorError> {
    Ok(changed_language(fields)?.flatten())
}

pub(super) fn changed_language(fields: &Fields<'_>) -> Result<Change<String>, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidLanguage, "preferredLanguage");
    let named = |text: String| {
        let named = LANGUAGES.iter().find(|language| language.eq_ignore_ascii_case(&text));
        named.map(|language| (*language).to_owned()).ok_or_else(unknown)
    };
    let given = fields.changed_text("preferredLanguage")?;
    given.map(|text| text.map(named).transpose()).transpose()
}

fn gender(client: &Fields<'_>) -> Result<Option<Gender>, DoorError> {
    client.text("gender")?.map(|name| names::read_gender(&name).ok_or_else(|| invalid("gender"))).transpose()
}

/// A client becomes active by having an active account: `ACTIVE` asks for nothing.
fn initial_state(client: &Fields<'_>) -> Result<Option<ClientState>, DoorError> {
    match client.text("state")? {
        None => Ok(None),
        Some(name) if name.eq_ignore_ascii_case("ACTIVE") => Ok(None),
        Some(name) => state_named(&name).map(Some),
    }
}

fn state_named(name: &str) -> Result<ClientState, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidClientStateType, "state");
    names::read_client_state(name).ok_or_else(unknown)
}

/// `addresses:[…]`, the new complete list; `None` where it is not given. An address with a key is one that was there
/// before.
pub(crate) fn addresses(
    outer: &Fields<'_>,
    before: &[Address],
    new_key: impl Fn() -> Key,
) -> Result<Option<Vec<Address>>, DoorError> {
    if !outer.names("addresses") {
        return Ok(None);
    }
    let unknown = || DoorError::at(ReturnCode::InvalidAddress, "encodedKey");
    let read = |row: Fields<'_>| {
        let named = row.text("encodedKey")?.map(|named| named.parse::<Key>());
        let key = match named {
            None => new_key(),
            Some(Ok(key)) if before.iter().any(|address| address.key == key) => key,
            Some(_) => return Err(unknown()),
        };
        address(&row, key)
    };
    outer.objects("addresses")?.into_iter().map(read).collect::<Result<_, _>>().map(Some)
}

/// `idDocuments:[…]`, as addresses.
fn documents(
    outer: &Fields<'_>,
    before: &[IdentificationDocument],
    catalog: &Catalog,
    new_key: impl Fn() -> Key,
) -> Result<Option<Vec<IdentificationDocument>>, DoorError> {
    if !outer.names("idDocuments") {
        return Ok(None);
    }
    let unknown = || DoorError::at(ReturnCode::InvalidIdDocument, "encodedKey");
    let read = |row: Fields<'_>| {
        let named = row.text("encodedKey")?.map(|named| named.parse::<Key>());
        let key = match named {
            None => new_key(),
            Some(Ok(key)) if before.iter().any(|document| document.key == key) => key,
            Some(_) => return Err(unknown()),
        };
        document(&row, key, catalog)
    };
    outer.objects("idDocuments")?.into_iter().map(read).collect::<Result<_, _>>().map(Some)
}

fn address(row: &Fields<'_>, key: Key) -> Result<Address, DoorError> {
    Ok(Address {
        key,
        line1: row.owned("line1")?,
        line2: row.owned("line2")?,
        city: row.owned("city")?,
        region: row.owned("region")?,
        postcode: row.owned("postcode")?,
        country: row.owned("country")?,
        address_type: row.owned("addressType")?,
        latitude: row.owned("latitude")?,
        longitude: row.owned("longitude")?,
    })
}

/// A document says by itself what it is, or names the template that does.
fn document(row: &Fields<'_>, key: Key, catalog: &Catalog) -> Result<IdentificationDocument, DoorError> {
    let missing = |name| DoorError::at(ReturnCode::MissingRequiredParameter, name);
    let by = "identificationDocumentTemplateKey";
    let unknown = || DoorError::at(ReturnCode::InvalidIdDocumentTemplateKey, by);
    let template = row.text(by)?.map(|named| catalog.document_templates.find(&named).ok_or_else(unknown));
    let template = template.transpose()?;
    let its_type = template.map(|template| template.document_type.clone());
    let its_authority = template.and_then(|template| template.issuing_authority.clone());
    Ok(IdentificationDocument {
        key,
        document_type: row.owned("documentType")?.or(its_type).ok_or_else(|| missing("documentType"))?,
        document_id: row.owned("documentId")?.ok_or_else(|| missing("documentId"))?,
        issuing_authority: row.owned("issuingAuthority")?.or(its_authority),
        valid_until: row.date("validUntil")?,
        template: template.map(|template| template.key),
    })
}

/// The type of a posted client or group: `clientRoleId` by id or key, or `clientRole` as it is shown.
pub(crate) fn posted_role(entity: &Fields<'_>, catalog: &Catalog) -> Result<Option<Key>, DoorError> {
    let find = |named: &str, source: &'static str| {
        let unknown = || DoorError::at(ReturnCode::InvalidClientRoleKey, source);
        Ok(catalog.client_roles.find(named).ok_or_else(unknown)?.key)
    };
    if let Some(named) = entity.text_of(&["clientRoleId", "clientRoleKey"])? {
        return find(&named, "clientRoleId").map(Some);
    }
    let Some(role) = entity.object("clientRole")? else { return Ok(None) };
    role.text_of(&["encodedKey", "id"])?.map(|named| find(&named, "clientRole")).transpose()
}

/// A change of the type; a null takes it away.
pub(crate) fn changed_role(entity: &Fields<'_>, catalog: &Catalog) -> Result<Change<Key>, DoorError> {
    match posted_role(entity, catalog)? {
        Some(role) => Ok(Some(Some(role))),
        None => Ok(entity.changed_text("clientRoleId")?.map(|_| None)),
    }
}

/// What a change names besides the client's own members: addresses and documents, as new complete lists.
pub(crate) fn with_lists(
    edit: ClientEdit,
    outer: &Fields<'_>,
    before: &Client,
    catalog: &Catalog,
    new_key: impl Fn() -> Key,
) -> Result<ClientEdit, DoorError> {
    Ok(ClientEdit {
        addresses: addresses(outer, &before.addresses, &new_key)?,
        documents: documents(outer, &before.documents, catalog, &new_key)?,
        ..edit
    })
}

/// What a PATCH changes. A null or an empty text empties a field that may be empty.
///
/// `shown` is the client's state as it is shown: asking for that one changes nothing, and nobody
/// becomes active by being asked to.
pub(crate) fn client_edit(
    client: &Fields<'_>,
    catalog: &Catalog,
    shown: ShownClientState,
) -> Result<ClientEdit, DoorError> {
    let gender = match client.changed_text("gender")? {
        Some(Some(_)) => gender(client)?.map(Some),
        other => other.map(|_| None),
    };
    let birth_date = match client.changed_text("birthDate")? {
        Some(Some(_)) => birth_date(client)?.map(Some),
        other => other.map(|_| None),
    };
    Ok(ClientEdit {
        id: client.owned("id")?,
        state: next_state(client, shown)?,
        first_name: client.owned("firstName")?,
        middle_name: client.changed_text("middleName")?,
        last_name: client.owned("lastName")?,
        home_phone: client.changed_text("homePhone")?,
        mobile_phone: client.changed_text("mobilePhone1")?,
        mobile_phone_2: client.changed_text("mobilePhone2")?,
        email_address: client.changed_text("emailAddress")?,
        birth_date,
        gender,
        preferred_language: changed_language(client)?,
        notes: client.changed_text("notes")?,
        role: changed_role(client, catalog)?,
        branch: reference(client, "assignedBranchKey", |id| branch(id, catalog))?,
        centre: reference(client, "assignedCentreKey", |id| centre(id, catalog))?,
        user: reference(client, "assignedUserKey", |id| user(id, catalog))?,
        addresses: None,
        documents: None,
        custom_values: None,
    })
}

fn next_state(client: &Fields<'_>, shown: ShownClientState) -> Result<Option<ClientState>, DoorError> {
    let Some(name) = client.text("state")? else { return Ok(None) };
    if name.eq_ignore_ascii_case("ACTIVE") {
        return match shown {
            ShownClientState::Active => Ok(None),
            ShownClientState::Stored(_) => {
                Err(DoorError::at(ReturnCode::InvalidClientStateTransition, "state"))
            }
        };
    }
    state_named(&name).map(Some)
}

pub(crate) fn reference(
    client: &Fields<'_>,
    name: &'static str,
    find: impl Fn(&str) -> Result<Key, DoorError>,
) -> Result<Change<Key>, DoorError> {
    Ok(match client.changed_text(name)? {
        None => None,
        Some(None) => Some(None),
        Some(Some(id)) => Some(Some(find(&id)?)),
    })
}

/// The filters of the client list. Looking names up is case-sensitive.
pub(crate) fn client_filter(query: &Fields<'_>, catalog: &Catalog) -> Result<ClientFilter, DoorError> {
    let state = match query.text("state")? {
        None => None,
        Some(name) if name.eq_ignore_ascii_case("ACTIVE") => Some(ShownClientState::Active),
        Some(name) => {
            let state = names::read_client_state(&name).ok_or_else(|| invalid("state"))?;
            Some(ShownClientState::Stored(state))
        }
    };
    Ok(ClientFilter {
        first_name: query.owned("firstName")?,
        last_name: query.owned("lastName")?,
        id_document: query.owned("idDocument")?,
        birth_date: birth_date(query)?,
        branch: branch_filter(query, catalog)?,
        centre: centre_filter(query, catalog)?,
        credit_officer: officer_filter(query, catalog)?,
        state,
        within: Vec::new(),
    })
}

/// The branch that a list is narrowed to.
pub(crate) fn branch_filter(query: &Fields<'_>, catalog: &Catalog) -> Result<Option<Key>, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidBranchId, "branchId");
    let named = query.text("branchId")?;
    named.map(|id| catalog.branches.find(&id).map(|branch| branch.key).ok_or_else(unknown)).transpose()
}

pub(crate) fn centre_filter(query: &Fields<'_>, catalog: &Catalog) -> Result<Option<Key>, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidCentreId, "centreId");
    let named = query.text("centreId")?;
    named.map(|id| catalog.centres.find(&id).map(|centre| centre.key).ok_or_else(unknown)).transpose()
}

pub(crate) fn officer_filter(query: &Fields<'_>, catalog: &Catalog) -> Result<Option<Key>, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidUserName, "creditOfficerUsername");
    let named = query.text("creditOfficerUsername")?;
    named.map(|name| catalog.users.find(&name).map(|user| user.key).ok_or_else(unknown)).transpose()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use jiff::civil::date;
    use loam_book::ids::Part;

    fn key() -> Key {
        Key::entity(Part::new(3), 1, 9)
    }

    #[test]
    fn a_posted_client_keeps_addresses_and_documents() {
        let text = r#"{"client":{"firstName":"Ana","lastName":"Lima","birthDate":"1980-02-03T00:00:00+0000",
            "gender":"FEMALE","state":"ACTIVE","assignedBranchKey":"1"},
            "addresses":[{"line1":"Main Street 1","city":"Recife"}],
            "idDocuments":[{"documentType":"PASSPORT","documentId":"X1"}],"customInformation":[]}"#;
        let outer = Fields::of_json(text.as_bytes()).unwrap();
        let client = outer.object("client").unwrap().unwrap();
        let new = new_client(&client, &outer, &samples::catalog(), key).unwrap();
        assert_eq!(new.profile.birth_date, Some(date(1980, 2, 3)));
        assert_eq!(new.profile.gender, Some(Gender::Female));
        assert_eq!(new.state, None);
        assert_eq!(new.assignment.branch, Some(samples::branch().key));
        assert_eq!(new.addresses[0].city.as_deref(), Some("Recife"));
        assert_eq!(new.documents[0].document_id, "X1");
    }

    fn edit(text: &str, shown: ShownClientState) -> Result<ClientEdit, ReturnCode> {
        let fields = Fields::of_json(text.as_bytes()).unwrap();
        client_edit(&fields, &samples::catalog(), shown).map_err(|error| error.code())
    }

    #[test]
    fn a_null_empties_a_field_and_an_absent_one_stays() {
        let inactive = ShownClientState::Stored(ClientState::Inactive);
        let edit =
            edit(r#"{"homePhone":null,"birthDate":null,"gender":"","lastName":null}"#, inactive).unwrap();
        assert_eq!((edit.home_phone, edit.birth_date, edit.gender), (Some(None), Some(None), Some(None)));
        assert_eq!((edit.last_name, edit.middle_name), (None, None));
    }

    #[test]
    fn nobody_becomes_active_by_being_asked_to() {
        let inactive = ShownClientState::Stored(ClientState::Inactive);
        let active = r#"{"state":"ACTIVE"}"#;
        assert_eq!(edit(active, inactive), Err(ReturnCode::InvalidClientStateTransition));
        assert_eq!(edit(active, ShownClientState::Active).unwrap().state, None);
        assert_eq!(edit(r#"{"state":"EXITED"}"#, inactive).unwrap().state, Some(ClientState::Exited));
        assert_eq!(edit(r#"{"state":"SLEEPING"}"#, inactive), Err(ReturnCode::InvalidClientStateType));
    }

    #[test]
    fn an_unknown_filter_value_is_named() {
        let query = Fields::of_form(b"branchId=nowhere").unwrap();
        let error = client_filter(&query, &samples::catalog()).unwrap_err();
        assert_eq!((error.code(), error.source()), (ReturnCode::InvalidBranchId, Some("branchId")));
    }
}
