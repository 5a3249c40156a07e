//! Clients and groups whom something names besides the holder of an account: guarantors, borrowers of applications, whom
//! papers are about. Nobody is named who is gone, nobody goes who is named, and `check` finds where it happened.

use loam_app::changes::{Changes, Deleted, GuarantorsChange};
use loam_app::error::StoreError;
use loam_app::ports::WriteStore;
use loam_app::views::{Page, PaperFilter};
use loam_book::ids::{Address, Part};
use loam_book::loan::course::Course;
use loam_book::loan::securities::{Guarantee, GuaranteeKind};
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_book::paper::{Paper, PaperKind, PaperSubject, SubjectKind};
use loam_book::party::Client;
use loam_book::party::group::Group;
use loam_calc::money::Amount;
use loam_store::Store;

use crate::applications::{application, new_application};
use crate::papers::{document, put};
use crate::parties::{deletion, group, new_group};
use crate::places::{Open, Place};
use crate::samples::{client, foreign_key, key, loan, new_loan, of_client};

on_both_and_spread!(
    whoever_applied_for_a_loan_is_not_deleted,
    check_finds_guarantors_and_borrowers_who_are_gone,
);

on_servers!(
    nobody_is_deleted_while_another_server_names_a_guarantor,
    no_group_is_deleted_while_another_server_names_it_as_guarantor,
    nobody_is_deleted_while_another_server_applies_in_the_name,
    no_paper_is_left_of_whom_another_server_deletes,
    a_guarantor_who_is_carried_over_is_not_looked_up_again,
);

/// How often two servers meet.
const TIMES: u64 = 20;

fn client_holder(client: &Client) -> Holder {
    Holder { kind: HolderKind::Client, key: client.key }
}

fn group_holder(group: &Group) -> Holder {
    Holder { kind: HolderKind::Group, key: group.key }
}

/// A new loan, and who guarantees it.
fn guaranteed(borrower: &Client, n: u64, (holder, part): (Holder, Option<Part>)) -> (Loan, Changes) {
    let kind = GuaranteeKind::Guarantor { holder };
    let guarantee = Guarantee { key: key(5, 70), kind, amount: Amount::from_minor(5), savings_account: None };
    let mut secured = loan(borrower, n);
    secured.servicing.course = Course { guarantees: vec![guarantee], ..Course::default() };
    let guarantors = GuarantorsChange::of(None, &secured, |_| part).into_iter().collect();
    let changes = Changes { guarantors, ..new_loan(&secured) };
    (secured, changes)
}

fn gone(group: &Group) -> Changes {
    let deleted = Deleted { part: group.part, key: group.key, version_read: group.version };
    Changes { deleted_groups: vec![deleted], ..Changes::default() }
}

/// What deletes a client with all that is kept of him or her.
fn forgotten(client: &Client) -> Changes {
    let deleted_subjects = vec![of_client(client)];
    Changes { deleted_subjects, ..deletion(of_client(client), &client.id, client.version) }
}

async fn whoever_applied_for_a_loan_is_not_deleted(place: Place) {
    let borrower = client(5, 1);
    let mut open = place.book_of(std::slice::from_ref(&borrower)).await;
    let asked = application(&loan(&borrower, 1), 1);
    open.lane.save(&new_application(&asked)).await.unwrap();
    assert_eq!(open.lane.save(&forgotten(&borrower)).await, Err(StoreError::VersionConflict));
    place.tamper("delete from application").await;
    open.lane.save(&forgotten(&borrower)).await.unwrap();
    assert_eq!(open.reader.client(of_client(&borrower)).await.unwrap(), None);
}

/// What `check` asks: who of those that loans name is there, and which applications have no borrower.
async fn check_finds_guarantors_and_borrowers_who_are_gone(place: Place) {
    let borrower = client(5, 1);
    let marked = client(8, 2);
    let foreign = Client { key: foreign_key(4), id: "F".to_owned(), ..client(9, 3) };
    let mut open = place.book_of(&[borrower.clone(), marked.clone(), foreign.clone()]).await;
    let river = group(7, 1);
    open.lane.save(&new_group(&river)).await.unwrap();
    let asked = application(&loan(&borrower, 1), 1);
    open.lane.save(&new_application(&asked)).await.unwrap();
    let checker = open.store.checker();
    let named = [client_holder(&marked), client_holder(&foreign), group_holder(&river)];
    // Whose keys are those of others are not there.
    let other_kind =
        [Holder { kind: HolderKind::Group, ..named[0] }, Holder { kind: HolderKind::Client, ..named[2] }];
    let nobody = [client_holder(&client(8, 99)), Holder { key: foreign_key(9), ..named[1] }];
    let all = [&named[..], &other_kind, &nobody].concat();
    let mut there = checker.holders_there(&all).await.unwrap();
    there.sort_unstable();
    let mut expected = named.map(|holder| holder.key);
    expected.sort_unstable();
    assert_eq!(there, expected);
    assert_eq!(checker.stray_applications().await.unwrap(), [""; 0]);

    place.tamper("delete from client_document; delete from client; delete from client_group").await;
    assert_eq!(checker.holders_there(&all).await.unwrap(), []);
    let (application, borrower) = (asked.key, borrower.key);
    let lost = format!("application 1 ({application}): its borrower, the client {borrower}, is not there");
    assert_eq!(checker.stray_applications().await.unwrap(), [lost]);
}

/// A book of these clients on one server, and a lane of another.
async fn two_servers(place: &Place, clients: &[Client]) -> (Open, Box<dyn WriteStore>) {
    let open = place.book_of(clients).await;
    let other = Store::open(&place.url(), 1).await.unwrap();
    let lane = other.lanes().unwrap().remove(0);
    (open, lane)
}

/// Both are written at the same time, and one of them is; whichever it is.
async fn one_of(
    here: &mut Open,
    there: &mut dyn WriteStore,
    (naming, deleting): (&Changes, &Changes),
) -> bool {
    let (named, deleted) = tokio::join!(there.save(naming), here.lane.save(deleting));
    assert!(named.is_ok() != deleted.is_ok(), "{named:?} {deleted:?}");
    named.is_ok()
}

async fn nobody_is_deleted_while_another_server_names_a_guarantor(place: Place) {
    let borrower = client(5, 1);
    let guarantors: Vec<Client> = (1..=TIMES).map(|n| client(8, n)).collect();
    let all: Vec<Client> = guarantors.iter().chain([&borrower]).cloned().collect();
    let (mut here, mut there) = two_servers(&place, &all).await;
    for (guarantor, n) in guarantors.iter().zip(1..) {
        let (_, naming) = guaranteed(&borrower, n, (client_holder(guarantor), Some(guarantor.part)));
        let is_named = one_of(&mut here, there.as_mut(), (&naming, &forgotten(guarantor))).await;
        let is_kept = here.reader.client(of_client(guarantor)).await.unwrap().is_some();
        assert_eq!(is_kept, is_named);
    }
    let gone = client(8, 99);
    let (_, naming) = guaranteed(&borrower, 99, (client_holder(&gone), Some(gone.part)));
    assert_eq!(there.save(&naming).await, Err(StoreError::VersionConflict));
}

async fn no_group_is_deleted_while_another_server_names_it_as_guarantor(place: Place) {
    let borrower = client(5, 1);
    let (mut here, mut there) = two_servers(&place, std::slice::from_ref(&borrower)).await;
    for n in 1..=TIMES {
        let guarantor = group(8, n);
        here.lane.save(&new_group(&guarantor)).await.unwrap();
        let (_, naming) = guaranteed(&borrower, n, (group_holder(&guarantor), Some(guarantor.part)));
        let is_named = one_of(&mut here, there.as_mut(), (&naming, &gone(&guarantor))).await;
        let address = Address { part: guarantor.part, key: guarantor.key };
        assert_eq!(here.reader.group(address).await.unwrap().is_some(), is_named);
    }
}

async fn nobody_is_deleted_while_another_server_applies_in_the_name(place: Place) {
    let borrowers: Vec<Client> = (1..=TIMES).map(|n| client(5, n)).collect();
    let (mut here, mut there) = two_servers(&place, &borrowers).await;
    for (borrower, n) in borrowers.iter().zip(1..) {
        let asked = application(&loan(borrower, 1), n);
        let is_named =
            one_of(&mut here, there.as_mut(), (&new_application(&asked), &forgotten(borrower))).await;
        assert_eq!(here.reader.client(of_client(borrower)).await.unwrap().is_some(), is_named);
    }
    assert_eq!(here.store.checker().stray_applications().await.unwrap(), [""; 0]);
    let asked = application(&loan(&client(5, 99), 1), 99);
    assert_eq!(there.save(&new_application(&asked)).await, Err(StoreError::VersionConflict));
}

/// Papers tie nobody: whoever is deleted goes with those that were written before.
async fn no_paper_is_left_of_whom_another_server_deletes(place: Place) {
    let subjects: Vec<Client> = (1..=TIMES).map(|n| client(5, n)).collect();
    let (mut here, mut there) = two_servers(&place, &subjects).await;
    for (subject, n) in subjects.iter().zip(1..) {
        let about = Some(PaperSubject { kind: SubjectKind::Client, address: of_client(subject) });
        let paper = Paper { subject: about, ..document(5, n) };
        let (naming, deleting) = (put(&paper, None, Some(b"%PDF-1.7")), forgotten(subject));
        let (named, deleted) = tokio::join!(there.save(&naming), here.lane.save(&deleting));
        assert_eq!(deleted, Ok(()));
        assert!(matches!(named, Ok(()) | Err(StoreError::VersionConflict)), "{named:?}");
    }
    let filter = PaperFilter::of_kind(PaperKind::Document);
    assert_eq!(here.reader.papers(&filter, Page { offset: 0, limit: 100 }).await.unwrap(), []);
    assert_eq!(here.store.checker().stray_papers().await.unwrap(), [""; 0]);
}

/// The row of the loan whose place is taken kept the guarantor; one who is gone all the same keeps no loan from being
/// restructured.
async fn a_guarantor_who_is_carried_over_is_not_looked_up_again(place: Place) {
    let borrower = client(5, 1);
    let mut open = place.book_of(std::slice::from_ref(&borrower)).await;
    let nobody = client_holder(&client(8, 99));
    let (_, carried_over) = guaranteed(&borrower, 1, (nobody, None));
    open.lane.save(&carried_over).await.unwrap();
}
