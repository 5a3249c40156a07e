use super::*;
use crate::party::kinds::{ClientRole, GroupRole};
use crate::party::rules::PartyRules;
use crate::party::testing::{a_client, key, within};
use crate::record::Record;
use crate::working_days::OrganizationSettings;

fn settings(parties: PartyRules) -> Record {
    Record::Settings(OrganizationSettings {
        key: key(40),
        name: "The lender".to_owned(),
        non_working_weekdays: Vec::new(),
        holidays: Vec::new(),
        parties,
        contact: Default::default(),
        labels: Vec::new(),
        portfolios: Default::default(),
        provisioning: Default::default(),
        security: Default::default(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    })
}

fn head() -> Record {
    let (created_at, last_modified_at) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
    Record::GroupRole(GroupRole {
        key: key(50),
        id: "HEAD".to_owned(),
        name: "Head".to_owned(),
        created_at,
        last_modified_at,
    })
}

fn places(clients: &[Client]) -> Vec<Place> {
    clients.iter().map(|client| Place { part: client.part, key: client.key }).collect()
}

fn new_group(clients: &[Client]) -> NewGroup {
    NewGroup {
        id: None,
        contact: GroupContact { name: "River".to_owned(), ..GroupContact::default() },
        role: None,
        assignment: Assignment::default(),
        addresses: Vec::new(),
        members: places(clients),
        roles: Vec::new(),
        custom_values: Vec::new(),
    }
}

fn created(records: Vec<Record>, new: &NewGroup, clients: &[Client]) -> Result<Group, Refusal> {
    within(records, 90, |context| create_group(new, "G1", clients, context))
}

#[test]
fn a_group_has_each_member_once() {
    let clients = [a_client(1), a_client(2)];
    let mut new = new_group(&clients);
    new.members.push(new.members[0]);
    let group = created(vec![], &new, &clients).unwrap();
    assert_eq!((group.id.as_str(), group.version, group.members.len()), ("G1", 1, 2));
    assert!(group.has_member(clients[1].key) && !group.has_member(key(3)));
}

#[test]
fn who_leaves_loses_the_role_and_who_stays_the_day_of_joining_not() {
    let clients = [a_client(1), a_client(2)];
    let role = RoleOfMember { role: key(50), client: clients[0].key };
    let new = NewGroup { roles: vec![role], ..new_group(&clients) };
    let group = created(vec![head()], &new, &clients).unwrap();
    let edit = GroupEdit { members: Some(places(&clients[1..])), ..GroupEdit::default() };
    let edited = within(vec![head()], 91, |context| {
        let later = Context { recorded_at: Timestamp::MAX, ..*context };
        edit_group(&group, &edit, &clients, &later)
    });
    let edited = edited.unwrap();
    assert_eq!((edited.version, edited.roles.len()), (2, 0));
    assert_eq!(edited.members, [group.members[1]]);
    assert_eq!(edited.last_modified_at, Timestamp::MAX);
}

#[test]
fn only_who_exists_and_may_join_joins() {
    let client = a_client(1);
    let new = new_group(std::slice::from_ref(&client));
    let unknown = PartyRefusal::UnknownMember { key: client.key };
    assert_eq!(created(vec![], &new, &[]), Err(unknown.into()));
    for (state, joins) in [
        (ClientState::PendingApproval, true),
        (ClientState::Inactive, true),
        (ClientState::Exited, false),
        (ClientState::Blacklisted, false),
        (ClientState::Rejected, false),
    ] {
        let client = Client { state, ..client.clone() };
        assert_eq!(created(vec![], &new, &[client]).is_ok(), joins, "{state:?}");
    }
    // Who exits as a member stays one: nobody is asked again.
    let group = created(vec![], &new, std::slice::from_ref(&client)).unwrap();
    let exited = Client { state: ClientState::Exited, ..client };
    let edit = GroupEdit { members: Some(new.members), ..GroupEdit::default() };
    assert!(within(vec![], 91, |context| edit_group(&group, &edit, &[exited], context)).is_ok());
}

#[test]
fn the_organization_says_how_large_groups_are_and_in_how_many_one_is() {
    let clients = [a_client(1), Client { groups: vec![key(99)], ..a_client(2) }];
    let bounds = PartyRules {
        group_size_min: Some(1),
        group_size_max: Some(1),
        allows_several_groups: false,
        ..PartyRules::default()
    };
    let check = |clients: &[Client]| {
        created(vec![settings(bounds.clone())], &new_group(clients), clients).map(|_| ())
    };
    assert!(matches!(check(&[]), Err(Refusal::Party(PartyRefusal::GroupSize { size: 0, .. }))));
    assert_eq!(check(&clients[..1]), Ok(()));
    let elsewhere = PartyRefusal::InAnotherGroup { id: "2".to_owned() };
    assert_eq!(check(&clients[1..]), Err(elsewhere.into()));
    let more = [clients[0].clone(), a_client(3)];
    assert!(matches!(check(&more), Err(Refusal::Party(PartyRefusal::GroupSize { size: 2, .. }))));
    assert!(created(vec![], &new_group(&clients), &clients).is_ok());
}

#[test]
fn roles_are_those_of_members_and_types_those_of_groups() {
    let clients = [a_client(1)];
    let with_role =
        |role, client| NewGroup { roles: vec![RoleOfMember { role, client }], ..new_group(&clients) };
    let unknown = PartyRefusal::UnknownGroupRole { key: key(51) };
    assert_eq!(created(vec![head()], &with_role(key(51), key(1)), &clients), Err(unknown.into()));
    let nobody = PartyRefusal::RoleOfNoMember { key: key(2) };
    assert_eq!(created(vec![head()], &with_role(key(50), key(2)), &clients), Err(nobody.into()));
    let of_clients = Record::ClientRole(ClientRole {
        key: key(60),
        id: "SAVER".to_owned(),
        name: "Saver".to_owned(),
        role_for: RoleFor::Clients,
        description: None,
        can_open_accounts: true,
        can_guarantee: true,
        requires_document: false,
        has_address: true,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    });
    let new = NewGroup { role: Some(key(60)), ..new_group(&clients) };
    let others = PartyRefusal::RoleForOthers { id: "SAVER".to_owned() };
    assert_eq!(created(vec![of_clients], &new, &clients), Err(others.into()));
}

#[test]
fn what_one_enters_without_seeing_others_is_ones_own() {
    within(vec![], 90, |context| {
        let officer = crate::actor::Actor { only_own_clients: true, ..context.actor.clone() };
        let context = Context { actor: &officer, ..*context };
        let group = create_group(&new_group(&[]), "G1", &[], &context).unwrap();
        assert_eq!(group.assignment.user, Some(officer.user_key));
    });
    assert_eq!(created(vec![], &new_group(&[]), &[]).unwrap().assignment.user, None);
}
