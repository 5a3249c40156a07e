//! Groups as they are kept, who may be deleted, and what ties a client.

use futures_util::future::join_all;
use jiff::civil::date;
use loam_app::changes::{Changes, Deleted, GroupChange, GuarantorsChange};
use loam_app::error::StoreError;
use loam_app::ports::{Loaded, Need};
use loam_app::views::{GroupFilter, Page};
use loam_book::ids::{Address, Part};
use loam_book::loan::course::Course;
use loam_book::loan::refusal::IdKind;
use loam_book::loan::securities::{Guarantee, GuaranteeKind};
use loam_book::loan::{Closure, Holder, HolderKind, Loan, LoanState};
use loam_book::party::Ties;
use loam_book::party::group::{Group, GroupContact, Member, RoleOfMember};
use loam_calc::money::Amount;
use loam_store::schema::migrations_after;

use crate::places::{Open, Place};
use crate::samples::{
    address, audit, book_id, client, foreign_key, instant, key, loan, new_client, new_loan, of_client,
};
use crate::savings::opened_by;

on_both_and_spread!(
    a_damaged_name_keeps_nobody_from_the_others,
    a_group_is_read_back_as_it_was_written,
    a_stale_group_is_a_conflict,
    groups_are_found_by_every_filter,
    a_group_is_shown_with_what_its_loans_say,
    who_is_deleted_is_gone_with_id_and_documents,
    nobody_is_deleted_who_has_a_loan_or_changed_meanwhile,
    nobody_is_deleted_who_has_a_deposit_account,
    a_client_is_tied_by_what_he_or_she_guarantees,
);

const ALL: Page = Page { offset: 0, limit: 100 };

pub(crate) fn group(part: u16, n: u64) -> Group {
    Group {
        key: key(part, n),
        part: Part::new(part),
        id: format!("G{part}-{n}"),
        version: 1,
        contact: GroupContact { name: format!("Group {n}"), ..GroupContact::default() },
        role: None,
        assignment: client(part, n).assignment,
        addresses: Vec::new(),
        members: vec![Member { client: of_client(&client(9, 1)), joined_at: instant(7) }],
        roles: vec![RoleOfMember { role: key(0, 903), client: key(9, 1) }],
        created_at: instant(i64::try_from(n).unwrap()),
        last_modified_at: instant(i64::try_from(n).unwrap()),
    }
}

fn of_group(group: &Group) -> Address {
    address(group.part, group.key)
}

pub(crate) fn new_group(group: &Group) -> Changes {
    Changes {
        ids: vec![book_id(IdKind::Group, &group.id, of_group(group))],
        groups: vec![GroupChange { group: group.clone(), version_read: None }],
        audit: vec![audit(group.part, group.key)],
        ..Changes::default()
    }
}

fn held_by(group: &Group, account_no: u64) -> Loan {
    let holder = Holder { kind: HolderKind::Group, key: group.key };
    Loan { holder, ..loan(&client(group.part.number(), 77), account_no) }
}

async fn load(open: &mut Open, address: Address) -> Loaded {
    let need = Need { groups: vec![address], clients: vec![address], ties: vec![address], ..Need::default() };
    open.lane.load(&need).await.unwrap()
}

async fn a_damaged_name_keeps_nobody_from_the_others(place: Place) {
    let mut open = place.book().await;
    for group in [group(5, 1), group(5, 2)] {
        open.lane.save(&new_group(&group)).await.unwrap();
    }
    place.tamper("update id_registry set entity_key = 'damaged' where id = 'G5-2'").await;
    let asked = ["G5-1", "G5-2", "LOST"].repeat(5);
    let found = join_all(asked.iter().map(|name| open.reader.resolve(IdKind::Group, name))).await;
    for (name, found) in asked.iter().zip(found) {
        match *name {
            "G5-1" => assert_eq!(found, Ok(Some(of_group(&group(5, 1))))),
            "G5-2" => assert!(matches!(found, Err(StoreError::Unreadable(_))), "{found:?}"),
            _ => assert_eq!(found, Ok(None)),
        }
    }
}

async fn a_group_is_read_back_as_it_was_written(place: Place) {
    let mut open = place.book().await;
    let mut kept = group(5, 1);
    open.lane.save(&new_group(&kept)).await.unwrap();
    kept.contact.name = "Other".to_owned();
    kept.members.clear();
    kept.version = 2;
    let change = GroupChange { group: kept.clone(), version_read: Some(1) };
    open.lane.save(&Changes { groups: vec![change], ..Changes::default() }).await.unwrap();
    let found = open.reader.resolve(IdKind::Group, "G5-1").await.unwrap();
    assert_eq!(found, Some(of_group(&kept)));
    assert_eq!(open.reader.group(of_group(&kept)).await.unwrap().unwrap().group, kept);
    assert_eq!(load(&mut open, of_group(&kept)).await.groups[&kept.key], kept);
    let foreign = Group { key: foreign_key(4), id: "F".to_owned(), ..kept.clone() };
    open.lane.save(&new_group(&foreign)).await.unwrap();
    let key = foreign.key.to_string();
    let found = open.reader.resolve(IdKind::Group, &key).await.unwrap();
    assert_eq!(found, Some(of_group(&foreign)));
    let asked = ["G5-1", &key, "LOST", "F", "G5-1"];
    let all = open.reader.resolve_all(IdKind::Group, &asked).await.unwrap();
    let known = [("G5-1", of_group(&kept)), (key.as_str(), of_group(&foreign)), ("F", of_group(&foreign))];
    assert_eq!(all, known.map(|(id, address)| (id.to_owned(), address)).into());
    assert!(open.reader.resolve_all(IdKind::Loan, &asked).await.unwrap().is_empty());
    assert!(open.reader.resolve_all(IdKind::Group, &[]).await.unwrap().is_empty());
    let (at_once, asked) = (open.reader.as_ref(), asked.repeat(9));
    for kind in [IdKind::Group, IdKind::Loan] {
        let found = join_all(asked.iter().map(|name| at_once.resolve(kind, name))).await;
        for (name, found) in asked.iter().zip(found) {
            let expected = all.get(*name).filter(|_| kind == IdKind::Group);
            assert_eq!(found.unwrap().as_ref(), expected, "{name} among others");
        }
    }
}

async fn a_stale_group_is_a_conflict(place: Place) {
    let mut open = place.book().await;
    let kept = group(5, 1);
    open.lane.save(&new_group(&kept)).await.unwrap();
    let change = GroupChange { group: Group { version: 3, ..kept.clone() }, version_read: Some(2) };
    let stale = Changes { groups: vec![change], ..Changes::default() };
    assert_eq!(open.lane.save(&stale).await, Err(StoreError::VersionConflict));
    assert_eq!(open.reader.group(of_group(&kept)).await.unwrap().unwrap().group, kept);
}

async fn groups_are_found_by_every_filter(place: Place) {
    let mut open = place.book().await;
    for (part, n) in [(7, 3), (7, 1), (3, 2)] {
        let mut group = group(part, n);
        if n == 3 {
            group.assignment.centre = Some(key(0, 555));
        }
        open.lane.save(&new_group(&group)).await.unwrap();
    }
    let by = async |filter: GroupFilter| {
        let groups = open.reader.groups(&filter, ALL).await.unwrap();
        groups.into_iter().map(|view| view.group.id).collect::<Vec<_>>()
    };
    let none = GroupFilter::default();
    assert_eq!(by(none.clone()).await, ["G7-1", "G3-2", "G7-3"], "in the order in which they were entered");
    assert_eq!(by(GroupFilter { centre: Some(key(0, 555)), ..none.clone() }).await, ["G7-3"]);
    assert_eq!(by(GroupFilter { branch: Some(key(0, 1)), ..none.clone() }).await.len(), 0);
    assert_eq!(by(GroupFilter { credit_officer: Some(key(0, 901)), ..none.clone() }).await.len(), 3);
    let second = open.reader.groups(&none, Page { offset: 1, limit: 1 }).await.unwrap();
    assert_eq!(second[0].group.id, "G3-2");
}

async fn a_group_is_shown_with_what_its_loans_say(place: Place) {
    let mut open = place.book().await;
    let kept = group(5, 1);
    open.lane.save(&new_group(&kept)).await.unwrap();
    assert!(!load(&mut open, of_group(&kept)).await.holders.contains(&kept.key));
    open.lane.save(&new_loan(&held_by(&kept, 1))).await.unwrap();
    let mut closed = held_by(&kept, 2);
    let before = Box::new(closed.servicing.state.clone());
    closed.servicing.state =
        LoanState::Closed { closure: Closure::Repaid, closed_on: date(2026, 1, 31), before };
    open.lane.save(&new_loan(&closed)).await.unwrap();
    let view = open.reader.group(of_group(&kept)).await.unwrap().unwrap();
    assert_eq!(view.loan_cycle, 1);
    assert_eq!(open.reader.groups(&GroupFilter::default(), ALL).await.unwrap(), [view]);
    assert!(load(&mut open, of_group(&kept)).await.holders.contains(&kept.key));
}

pub(crate) fn deletion(client: Address, id: &str, version_read: i64) -> Changes {
    Changes {
        deleted_clients: vec![Deleted { part: client.part, key: client.key, version_read }],
        freed_ids: vec![book_id(IdKind::Client, id, client)],
        audit: vec![audit(client.part, client.key)],
        ..Changes::default()
    }
}

async fn who_is_deleted_is_gone_with_id_and_documents(place: Place) {
    let mut open = place.book().await;
    let (kept, gone) = (client(5, 1), client(5, 2));
    for client in [&kept, &gone] {
        open.lane.save(&new_client(client)).await.unwrap();
    }
    open.lane.save(&deletion(of_client(&gone), &gone.id, 1)).await.unwrap();
    assert_eq!(open.reader.client(of_client(&gone)).await.unwrap(), None);
    assert_eq!(open.reader.resolve(IdKind::Client, &gone.id).await.unwrap(), None);
    assert_eq!(open.reader.client(of_client(&kept)).await.unwrap().unwrap().client, kept);
    open.lane.save(&new_client(&gone)).await.unwrap();

    let group = group(6, 1);
    open.lane.save(&new_group(&group)).await.unwrap();
    let deleted = Deleted { part: group.part, key: group.key, version_read: 1 };
    let deletion = Changes {
        deleted_groups: vec![deleted],
        freed_ids: vec![book_id(IdKind::Group, &group.id, of_group(&group))],
        ..Changes::default()
    };
    open.lane.save(&deletion).await.unwrap();
    assert_eq!(open.reader.group(of_group(&group)).await.unwrap(), None);
    assert_eq!(open.reader.resolve(IdKind::Group, &group.id).await.unwrap(), None);
}

async fn nobody_is_deleted_who_has_a_loan_or_changed_meanwhile(place: Place) {
    let mut open = place.book().await;
    let kept = client(5, 1);
    open.lane.save(&new_client(&kept)).await.unwrap();
    let stale = deletion(of_client(&kept), &kept.id, 2);
    assert_eq!(open.lane.save(&stale).await, Err(StoreError::VersionConflict));
    open.lane.save(&new_loan(&loan(&kept, 1))).await.unwrap();
    let lends = deletion(of_client(&kept), &kept.id, 1);
    assert_eq!(open.lane.save(&lends).await, Err(StoreError::VersionConflict));
    assert_eq!(open.reader.client(of_client(&kept)).await.unwrap().unwrap().client, kept);
    assert_eq!(open.reader.resolve(IdKind::Client, &kept.id).await.unwrap(), Some(of_client(&kept)));

    let group = group(6, 1);
    open.lane.save(&new_group(&group)).await.unwrap();
    open.lane.save(&new_loan(&held_by(&group, 2))).await.unwrap();
    let deleted = Deleted { part: group.part, key: group.key, version_read: 1 };
    let deletion = Changes { deleted_groups: vec![deleted], ..Changes::default() };
    assert_eq!(open.lane.save(&deletion).await, Err(StoreError::VersionConflict));
}

async fn nobody_is_deleted_who_has_a_deposit_account(place: Place) {
    let mut open = place.book().await;
    let (kept, group) = (client(5, 1), group(6, 1));
    open.lane.save(&new_client(&kept)).await.unwrap();
    open.lane.save(&new_group(&group)).await.unwrap();
    let (of_kept, of_that_group) = (of_client(&kept), of_group(&group));
    let holder = Holder { kind: HolderKind::Client, key: kept.key };
    open.lane.save(&opened_by(holder, 5, 1)).await.unwrap();
    let holder = Holder { kind: HolderKind::Group, key: group.key };
    open.lane.save(&opened_by(holder, 6, 2)).await.unwrap();
    assert!(load(&mut open, of_kept).await.holders.contains(&kept.key));
    let saves = deletion(of_kept, &kept.id, 1);
    assert_eq!(open.lane.save(&saves).await, Err(StoreError::VersionConflict));
    assert_eq!(open.reader.client(of_kept).await.unwrap().unwrap().client, kept);
    let deleted = Deleted { part: group.part, key: group.key, version_read: 1 };
    let deletion = Changes { deleted_groups: vec![deleted], ..Changes::default() };
    assert_eq!(open.lane.save(&deletion).await, Err(StoreError::VersionConflict));
    assert!(open.reader.group(of_that_group).await.unwrap().is_some());
}

async fn a_client_is_tied_by_what_he_or_she_guarantees(place: Place) {
    let mut open = place.book().await;
    let (borrower, guarantor) = (client(5, 1), client(8, 2));
    for client in [&borrower, &guarantor] {
        open.lane.save(&new_client(client)).await.unwrap();
    }
    let holder = Holder { kind: HolderKind::Client, key: guarantor.key };
    let kind = GuaranteeKind::Guarantor { holder };
    let guarantee = Guarantee { key: key(5, 70), kind, amount: Amount::from_minor(5), savings_account: None };
    let mut secured = loan(&borrower, 1);
    secured.servicing.course = Course { guarantees: vec![guarantee], ..Course::default() };
    let guarantors = GuarantorsChange::of(None, &secured, |_| Some(guarantor.part)).into_iter().collect();
    open.lane.save(&Changes { guarantors, ..new_loan(&secured) }).await.unwrap();
    let tied = load(&mut open, of_client(&guarantor)).await.tied;
    let expected = Ties { guarantees_loans: true, ..Ties::default() };
    assert_eq!(tied.get(&guarantor.key), Some(&expected));
    let tied = load(&mut open, of_client(&borrower)).await.tied;
    assert_eq!(tied.get(&borrower.key).copied().unwrap_or_default(), Ties::default());
    let deleted = open.lane.save(&deletion(of_client(&guarantor), &guarantor.id, 1)).await;
    assert_eq!(deleted, Err(StoreError::VersionConflict));
    // As the migration finds them that brought the table.
    place.tamper(&format!("delete from guarantor; {}", found_again(&place))).await;
    let tied = load(&mut open, of_client(&guarantor)).await.tied;
    assert_eq!(tied.get(&guarantor.key), Some(&expected));
    let mut free = secured.clone();
    free.servicing.course = Course::default();
    let guarantors = GuarantorsChange::of(Some(&secured), &free, |_| None).into_iter().collect();
    open.lane.save(&Changes { guarantors, ..Changes::default() }).await.unwrap();
    let tied = load(&mut open, of_client(&guarantor)).await.tied;
    assert_eq!(tied.get(&guarantor.key).copied().unwrap_or_default(), Ties::default());
    open.lane.save(&deletion(of_client(&guarantor), &guarantor.id, 1)).await.unwrap();
    assert!(GuarantorsChange::of(Some(&free), &free, |_| None).is_none());
}

/// The statement that fills the table of guarantors in a book that had none.
fn found_again(place: &Place) -> String {
    let all = migrations_after(0, place.dialect());
    let mut statements = all.iter().flat_map(|(_, text)| text.split(';'));
    let found = statements.find(|statement| statement.contains("insert into guarantor"));
    found.expect("the migration fills it").to_owned()
}
