//! Subjects, reported loans, their reports and leads: what is written is read back, once and in its organization.

use jiff::civil::date;
use loam_app::changes::{Changes, IdName};
use loam_app::error::StoreError;
use loam_app::ports::{Need, WriteStore};
use loam_app::views::{LeadFilter, Page, StoredReport};
use loam_book::loan::refusal::IdKind;
use loam_book::reporting::lead::Lead;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::Subject;

use crate::places::{Open, Place};
use crate::reported::{
    changed_reported_loan, changed_subject, full_subject, lead, leads, loan_name, new_reported_loan,
    new_subject, reference_of, repayment_loan, reported_at_once, scored, settled, subject,
};
use crate::samples::{instant, new_client};

on_both_and_spread!(
    a_subject_is_read_back_as_it_was_written,
    a_reported_loan_is_read_back_as_it_was_written,
    a_stale_subject_is_a_conflict,
    a_stale_reported_loan_is_a_conflict,
    a_name_is_taken_in_its_scope_only,
    names_of_different_kinds_do_not_meet,
    a_subject_that_was_opened_meanwhile_is_a_conflict,
    two_organizations_may_use_the_same_ids,
    a_failed_save_leaves_no_report,
    reports_come_newest_first_in_pages,
    a_lead_that_is_named_again_stays_as_it_is,
    a_lead_that_is_registered_again_is_replaced,
    two_writers_of_one_subject_lose_nothing,
);

const ALL: Page = Page { offset: 0, limit: 100 };

async fn load_subject(open: &mut Open, subject: &Subject) -> Option<Subject> {
    let need = Need { subjects: vec![subject.address()], ..Need::default() };
    let mut loaded = open.lane.load(&need).await.unwrap();
    let found = loaded.subjects.remove(&subject.key);
    assert!(loaded.subjects.is_empty());
    assert_eq!(open.reader.subject(subject.address()).await.unwrap(), found);
    found
}

async fn load_loan(open: &mut Open, loan: &ReportedLoan) -> Option<ReportedLoan> {
    let need = Need { reported_loans: vec![loan.address()], ..Need::default() };
    let mut loaded = open.lane.load(&need).await.unwrap();
    let found = loaded.reported_loans.remove(&loan.key);
    assert!(loaded.reported_loans.is_empty());
    assert_eq!(open.reader.reported_loan(loan.address()).await.unwrap(), found);
    found
}

async fn a_subject_is_read_back_as_it_was_written(place: Place) {
    let mut open = place.book().await;
    let mut first = full_subject("lender", "s1");
    let other = subject("lender", "s2", 4);
    assert_eq!(load_subject(&mut open, &first).await, None);
    open.lane.save(&new_subject(&first)).await.unwrap();
    open.lane.save(&new_subject(&other)).await.unwrap();
    assert_eq!(load_subject(&mut open, &first).await.as_ref(), Some(&first));
    assert_eq!(load_subject(&mut open, &other).await.as_ref(), Some(&other));
    first.version = 2;
    first.client = None;
    first = scored(&first, &[400, 500, 450]);
    open.lane.save(&changed_subject(&first)).await.unwrap();
    assert_eq!(load_subject(&mut open, &first).await.as_ref(), Some(&first));
    assert_eq!(load_subject(&mut open, &other).await.as_ref(), Some(&other));
}

async fn a_reported_loan_is_read_back_as_it_was_written(place: Place) {
    let mut open = place.book().await;
    let first = repayment_loan("lender", "s1", 1);
    let other = repayment_loan("lender", "s1", 2);
    assert_eq!(load_loan(&mut open, &first).await, None);
    open.lane.save(&new_reported_loan(&first)).await.unwrap();
    open.lane.save(&new_reported_loan(&other)).await.unwrap();
    let later = ReportedLoan {
        version: 2,
        same_as: Some(other.address()),
        last_modified_at: instant(50),
        ..settled(&first, date(2026, 2, 3))
    };
    open.lane.save(&changed_reported_loan(&later)).await.unwrap();
    assert_eq!(load_loan(&mut open, &first).await.as_ref(), Some(&later));
    assert_eq!(load_loan(&mut open, &other).await.as_ref(), Some(&other));
    assert_eq!(place.count("loan_report").await, 3);
    // A key that carries its part needs no register, nor does one that is made from a name.
    assert_eq!(place.count("id_registry").await, 2);
}

async fn a_stale_subject_is_a_conflict(place: Place) {
    let mut open = place.book().await;
    let mut known = subject("lender", "s1", 1);
    open.lane.save(&new_subject(&known)).await.unwrap();
    assert_eq!(open.lane.save(&new_subject(&known)).await, Err(StoreError::VersionConflict));
    known.version = 2;
    open.lane.save(&changed_subject(&known)).await.unwrap();
    assert_eq!(open.lane.save(&changed_subject(&known)).await, Err(StoreError::VersionConflict));
    let unknown = Subject { version: 2, ..subject("lender", "s2", 1) };
    assert_eq!(open.lane.save(&changed_subject(&unknown)).await, Err(StoreError::VersionConflict));
    assert_eq!(load_subject(&mut open, &unknown).await, None);
    assert_eq!(load_subject(&mut open, &known).await, Some(known));
}

async fn a_stale_reported_loan_is_a_conflict(place: Place) {
    let mut open = place.book().await;
    let known = repayment_loan("lender", "s1", 1);
    open.lane.save(&new_reported_loan(&known)).await.unwrap();
    // Whoever opens it again with another number has not seen that it is there.
    let again =
        Changes { ids: vec![], ..new_reported_loan(&ReportedLoan { account_no: 2, ..known.clone() }) };
    assert_eq!(open.lane.save(&again).await, Err(StoreError::VersionConflict));
    let later = ReportedLoan { version: 2, ..known };
    open.lane.save(&changed_reported_loan(&later)).await.unwrap();
    assert_eq!(open.lane.save(&changed_reported_loan(&later)).await, Err(StoreError::VersionConflict));
    let unknown = ReportedLoan { version: 2, ..repayment_loan("lender", "s1", 3) };
    assert_eq!(open.lane.save(&changed_reported_loan(&unknown)).await, Err(StoreError::VersionConflict));
    assert_eq!(load_loan(&mut open, &later).await.as_ref(), Some(&later));
    assert_eq!(place.count("loan_report").await, 2);
}

async fn a_name_is_taken_in_its_scope_only(place: Place) {
    let mut open = place.book().await;
    let first = full_subject("lender", "s1");
    let mut twin = full_subject("lender", "s2");
    twin.reference.clone_from(&first.reference);
    let mut elsewhere = full_subject("bank", "s2");
    elsewhere.reference.clone_from(&first.reference);
    open.lane.save(&new_subject(&first)).await.unwrap();
    open.lane.save(&new_subject(&elsewhere)).await.unwrap();
    // Only the name that is in the way is told, although others of the batch are new.
    let mut changes = new_subject(&twin);
    changes.ids.extend(new_subject(&full_subject("lender", "s3")).ids);
    let taken = reference_of(&first).unwrap();
    assert_eq!(open.lane.save(&changes).await, Err(StoreError::Duplicate(vec![taken.clone()])));
    assert_eq!(load_subject(&mut open, &twin).await, None);
    let find = async |name: &IdName| open.reader.resolve_name(name).await.unwrap();
    assert_eq!(find(&taken).await, Some(first.address()));
    assert_eq!(find(&reference_of(&elsewhere).unwrap()).await, Some(elsewhere.address()));
    assert_eq!(find(&IdName { scope: Some("nobody".to_owned()), ..taken.clone() }).await, None);
    assert_eq!(find(&IdName { scope: None, ..taken.clone() }).await, None);
    assert_eq!(find(&IdName { kind: IdKind::ReportedLoan, ..taken }).await, None);
}

async fn names_of_different_kinds_do_not_meet(place: Place) {
    let mut open = place.book().await;
    let holder = crate::samples::client(5, 1);
    open.lane.save(&new_client(&holder)).await.unwrap();
    // An organization may be called what the book calls its own scope.
    let mut first = full_subject("book", "s1");
    first.reference = Some(holder.id.clone());
    open.lane.save(&new_subject(&first)).await.unwrap();
    assert_eq!(open.reader.resolve(IdKind::Client, &holder.id).await.unwrap().unwrap().key, holder.key);
    let of_book = IdName::of_book(IdKind::Client, &holder.id);
    assert_eq!(open.reader.resolve_name(&of_book).await.unwrap().unwrap().key, holder.key);
    let found = open.reader.resolve_name(&reference_of(&first).unwrap()).await.unwrap();
    assert_eq!(found, Some(first.address()));
}

async fn a_subject_that_was_opened_meanwhile_is_a_conflict(place: Place) {
    let mut open = place.book().await;
    let mut second = open.store.lanes().unwrap().pop().unwrap();
    let changes = reported_at_once(&full_subject("lender", "s1"), &repayment_loan("lender", "s1", 1));
    let (one, two) = tokio::join!(open.lane.save(&changes), second.save(&changes));
    // Its names are taken by itself, so nobody is refused for them.
    let lost = Err(StoreError::VersionConflict);
    assert!((one.is_ok() && two == lost) || (two.is_ok() && one == lost), "{one:?} {two:?}");
    assert_eq!((place.count("subject").await, place.count("reported_loan").await), (1, 1));
}

async fn two_organizations_may_use_the_same_ids(place: Place) {
    let mut open = place.book().await;
    for (n, organization) in [(1, "lender"), (2, "bank")] {
        let loan = ReportedLoan { account_no: n, ..repayment_loan(organization, "s1", 9) };
        open.lane.save(&reported_at_once(&full_subject(organization, "s1"), &loan)).await.unwrap();
    }
    for (n, organization) in [(1, "lender"), (2, "bank")] {
        let loan = ReportedLoan { account_no: n, ..repayment_loan(organization, "s1", 9) };
        let found = open.reader.resolve_name(&loan_name(&loan)).await.unwrap();
        assert_eq!(found, Some(loan.address()));
        assert_eq!(load_loan(&mut open, &loan).await.as_ref(), Some(&loan));
        let subject = full_subject(organization, "s1");
        assert_eq!(load_subject(&mut open, &subject).await.as_ref(), Some(&subject));
    }
}

async fn a_failed_save_leaves_no_report(place: Place) {
    let mut open = place.book().await;
    let known = repayment_loan("lender", "s1", 1);
    open.lane.save(&new_reported_loan(&known)).await.unwrap();
    let mut changes = reported_at_once(&full_subject("lender", "s2"), &repayment_loan("lender", "s2", 2));
    changes.leads = leads(vec![lead("lender", 7)], true).leads;
    // The first report of the first loan is there already.
    changes.reports.extend(new_reported_loan(&known).reports);
    assert_eq!(open.lane.save(&changes).await, Err(StoreError::VersionConflict));
    for (table, rows) in [
        ("subject", 0),
        ("reported_loan", 1),
        ("loan_report", 1),
        ("lead", 0),
        ("outbox", 1),
        ("id_registry", 1),
    ] {
        assert_eq!(place.count(table).await, rows, "{table}");
    }
}

async fn reports_come_newest_first_in_pages(place: Place) {
    let mut open = place.book().await;
    let mut loan = repayment_loan("lender", "s1", 1);
    open.lane.save(&new_reported_loan(&loan)).await.unwrap();
    open.lane.save(&new_reported_loan(&repayment_loan("lender", "s1", 2))).await.unwrap();
    for version in 2..=4 {
        loan.version = version;
        open.lane.save(&changed_reported_loan(&loan)).await.unwrap();
    }
    let page = async |offset, limit| {
        open.reader.reports(loan.part, loan.account_no, Page { offset, limit }).await.unwrap()
    };
    let seqs = |reports: Vec<StoredReport>| reports.iter().map(|report| report.seq).collect::<Vec<_>>();
    assert_eq!(seqs(page(0, 10).await), [4, 3, 2, 1]);
    assert_eq!(seqs(page(1, 2).await), [3, 2]);
    let oldest = StoredReport {
        seq: 1,
        recorded_at: instant(1),
        door: "repayment_data".to_owned(),
        report: "report repayment data".to_owned(),
        told: "{\"version\":1}".to_owned(),
    };
    assert_eq!(page(3, 10).await, [oldest]);
}

async fn known_leads(open: &Open) -> Vec<Lead> {
    open.reader.leads(&LeadFilter::default(), ALL).await.unwrap()
}

async fn a_lead_that_is_named_again_stays_as_it_is(place: Place) {
    let mut open = place.book().await;
    let named = |at| Lead::named("lender", 7, instant(at));
    open.lane.save(&leads(vec![named(1), named(2)], false)).await.unwrap();
    assert_eq!(known_leads(&open).await, [named(1)]);
    open.lane.save(&leads(vec![lead("lender", 7), lead("lender", 8)], true)).await.unwrap();
    let more = leads(vec![named(9), Lead::named("lender", 9, instant(9))], false);
    open.lane.save(&more).await.unwrap();
    assert_eq!(
        known_leads(&open).await,
        [lead("lender", 7), lead("lender", 8), Lead::named("lender", 9, instant(9))]
    );
}

async fn a_lead_that_is_registered_again_is_replaced(place: Place) {
    let mut open = place.book().await;
    open.lane.save(&leads(vec![lead("lender", 7), lead("bank", 7)], true)).await.unwrap();
    let later = Lead { ssn_hash: None, account_id: Some("other".to_owned()), ..lead("lender", 7) };
    let mut changes = leads(vec![lead("lender", 7), later.clone()], true);
    // A report of the same batch that names the lead does not undo what was registered.
    changes.leads.extend(leads(vec![Lead::named("lender", 7, instant(50))], false).leads);
    open.lane.save(&changes).await.unwrap();
    assert_eq!(known_leads(&open).await, [lead("bank", 7), later]);
}

/// Adds a loan to what is counted, as often as it takes; gives the number of conflicts.
async fn report_again(mut lane: Box<dyn WriteStore>, subject: &Subject, times: i64) -> i64 {
    let need = Need { subjects: vec![subject.address()], ..Need::default() };
    let (mut done, mut conflicts) = (0, 0);
    while done < times {
        let mut subject = lane.load(&need).await.unwrap().subjects.remove(&subject.key).unwrap();
        tokio::task::yield_now().await;
        subject.version += 1;
        subject.loan_count += 1;
        match lane.save(&changed_subject(&subject)).await {
            Ok(()) => done += 1,
            Err(StoreError::VersionConflict | StoreError::TryAgain(_)) => conflicts += 1,
            Err(error) => panic!("{error}"),
        }
    }
    conflicts
}

async fn two_writers_of_one_subject_lose_nothing(place: Place) {
    let mut open = place.book().await;
    let second = open.store.lanes().unwrap().pop().unwrap();
    let first = subject("lender", "s1", 1);
    open.lane.save(&new_subject(&first)).await.unwrap();
    let (one, two) = tokio::join!(report_again(open.lane, &first, 30), report_again(second, &first, 30));
    assert!(one + two > 0, "they never met");
    let after = open.reader.subject(first.address()).await.unwrap().unwrap();
    assert_eq!((after.version, after.loan_count), (61, 60));
}
