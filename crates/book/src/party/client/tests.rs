use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::ids::Key;
use crate::party::testing::{a_client, key, new_client, within};
use crate::party::{Address, kinds};
use crate::record::Record;

fn edited(edit: &ClientEdit) -> Result<Client, Refusal> {
    within(vec![], 9, |context| edit_client(&a_client(67), edit, context))
}

fn role(number: u64, change: impl FnOnce(&mut ClientRole)) -> Record {
    let mut role = ClientRole {
        key: key(number),
        id: format!("R{number}"),
        name: "Role".to_owned(),
        role_for: RoleFor::Clients,
        description: None,
        can_open_accounts: true,
        can_guarantee: true,
        requires_document: false,
        has_address: true,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    };
    change(&mut role);
    Record::ClientRole(role)
}

fn template(is_mandatory: bool) -> Record {
    Record::DocumentTemplate(kinds::DocumentTemplate {
        key: key(50),
        id: "PASSPORT".to_owned(),
        document_type: "Passport".to_owned(),
        issuing_authority: None,
        pattern: Some("@###".to_owned()),
        is_mandatory,
        allows_attachments: false,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    })
}

fn document(number: &str, template: Option<Key>) -> IdentificationDocument {
    IdentificationDocument {
        key: key(60),
        document_type: "Passport".to_owned(),
        document_id: number.to_owned(),
        issuing_authority: None,
        valid_until: None,
        template,
    }
}

fn created(records: Vec<Record>, new: NewClient) -> Result<(), Refusal> {
    within(records, 9, |context| create_client(&new, "9", context)).map(|_| ())
}

#[test]
fn a_client_without_an_id_gets_the_drawn_one() {
    assert_eq!(a_client(67).id, "67");
}

#[test]
fn an_edit_changes_only_what_it_names() {
    let edited = edited(&ClientEdit { home_phone: Some(Some("1".into())), ..ClientEdit::default() }).unwrap();
    assert_eq!(edited.profile.home_phone.as_deref(), Some("1"));
    assert_eq!(edited.profile.first_name, "Ana");
    assert_eq!(edited.version, 2);
}

#[test]
fn a_birth_date_after_the_business_date_is_refused() {
    let edit = ClientEdit { birth_date: Some(Some(date(2024, 1, 2))), ..ClientEdit::default() };
    assert!(matches!(edited(&edit), Err(Refusal::BirthDateInTheFuture { .. })));
}

#[test]
fn an_inactive_client_cannot_be_rejected() {
    let edit = ClientEdit { state: Some(ClientState::Rejected), ..ClientEdit::default() };
    assert!(matches!(edited(&edit), Err(Refusal::ClientStateTransition { .. })));
}

#[test]
fn a_type_says_what_its_clients_show() {
    let address = Address {
        key: key(70),
        line1: Some("Main 1".to_owned()),
        line2: None,
        city: None,
        region: None,
        postcode: None,
        country: None,
        address_type: None,
        latitude: None,
        longitude: None,
    };
    let records = vec![
        role(1, |role| role.requires_document = true),
        role(2, |role| role.has_address = false),
        role(3, |role| role.role_for = RoleFor::Groups),
    ];
    let of = |number: u64| NewClient { role: Some(key(number)), ..new_client() };
    let missing = created(records.clone(), of(1));
    assert!(matches!(missing, Err(Refusal::Party(PartyRefusal::DocumentMissing { .. }))), "{missing:?}");
    let shown = NewClient { documents: vec![document("X", None)], ..of(1) };
    assert_eq!(created(records.clone(), shown), Ok(()));
    assert_eq!(created(records.clone(), of(2)), Ok(()));
    let addressed = NewClient { addresses: vec![address], ..of(2) };
    let no_address = PartyRefusal::AddressNotAllowed { id: "R2".to_owned() };
    assert_eq!(created(records.clone(), addressed), Err(no_address.into()));
    assert_eq!(
        created(records.clone(), of(3)),
        Err(PartyRefusal::RoleForOthers { id: "R3".to_owned() }.into())
    );
    assert_eq!(created(records, of(4)), Err(PartyRefusal::UnknownRole { key: key(4) }.into()));
}

#[test]
fn documents_are_those_of_their_templates() {
    let with = |documents| NewClient { documents, ..new_client() };
    let mandatory = || vec![template(true)];
    let missing = PartyRefusal::DocumentMissing { document: "Passport".to_owned() };
    assert_eq!(created(mandatory(), new_client()), Err(missing.into()));
    assert_eq!(created(mandatory(), with(vec![document("A123", Some(key(50)))])), Ok(()));
    let wrong = PartyRefusal::DocumentNumber { number: "1234".to_owned(), document: "Passport".to_owned() };
    assert_eq!(created(mandatory(), with(vec![document("1234", Some(key(50)))])), Err(wrong.into()));
    let unknown = PartyRefusal::UnknownTemplate { key: key(51) };
    assert_eq!(created(mandatory(), with(vec![document("A123", Some(key(51)))])), Err(unknown.into()));
    assert_eq!(created(vec![template(false)], with(vec![document("any", None)])), Ok(()));
    // Who changes a telephone number is not asked for documents.
    let phone = ClientEdit { home_phone: Some(Some("1".into())), ..ClientEdit::default() };
    assert!(within(mandatory(), 9, |context| edit_client(&a_client(67), &phone, context)).is_ok());
}

#[test]
fn who_is_tied_is_not_deleted() {
    let free = a_client(1);
    let member = Client { groups: vec![key(90)], ..free.clone() };
    let lends = Ties { has_accounts: true, guarantees_loans: true, has_lines_of_credit: true };
    let stands_in = Ties { guarantees_loans: true, ..Ties::default() };
    assert_eq!(delete_client(&free, Ties::default()), Ok(()));
    assert_eq!(delete_client(&member, lends), Err(PartyRefusal::ClientHasAccounts.into()));
    assert_eq!(delete_client(&member, stands_in), Err(PartyRefusal::IsMember.into()));
    assert_eq!(delete_client(&free, stands_in), Err(PartyRefusal::IsGuarantor.into()));
}
