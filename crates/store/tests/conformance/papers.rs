//! Papers: written once, changed by version, deleted with what stands in them, found by key, number and subject.

use jiff::civil::{Date, date};
use loam_app::changes::{AuditRow, Changes, PaperChange, PaperWrite};
use loam_app::error::StoreError;
use loam_app::ports::Need;
use loam_app::views::{ActedOn, ActivityFilter, Page, PaperFilter, TaskFilter, Within};
use loam_book::ids::{Address, Part};
use loam_book::line_of_credit::LineOfCredit;
use loam_book::paper::{
    Document, DocumentContent, Paper, PaperKind, PaperSubject, Sheet, SubjectKind, Task, TaskStatus,
};
use loam_book::party::Assignment;

use crate::lines_of_credit::{line, new_line};
use crate::places::Place;
use crate::samples::{audit, client, instant, key, loan, new_client, new_loan};

on_both_and_spread!(
    a_paper_is_read_back_as_it_was_written,
    papers_are_listed_by_what_they_are_about,
    tasks_are_listed_by_state_day_and_user,
    a_stale_paper_is_a_conflict,
    a_document_comes_and_goes_with_what_stands_in_it,
    papers_go_with_what_they_are_about,
    papers_about_nothing_are_found,
    activities_are_listed_by_time_entity_and_actor,
    what_the_log_of_a_loan_tells_of_is_found_by_it,
    who_is_bound_sees_what_lies_within,
);

const ALL: Page = Page { offset: 0, limit: 100 };

fn subject(part: u16) -> PaperSubject {
    PaperSubject {
        kind: SubjectKind::LoanAccount,
        address: Address { part: Part::new(part), key: key(part, 1) },
    }
}

fn paper(part: u16, number: i64, sheet: Sheet) -> Paper {
    Paper {
        key: key(part, 800 + u64::try_from(number).unwrap()),
        part: Part::new(part),
        number,
        version: 1,
        subject: Some(subject(part)),
        author: key(0, 901),
        sheet,
        created_at: instant(number),
        last_modified_at: instant(number),
    }
}

pub(crate) fn comment(part: u16, number: i64) -> Paper {
    paper(part, number, Sheet::Comment { text: format!("comment {number}") })
}

pub(crate) fn document(part: u16, number: i64) -> Paper {
    let document = Document {
        name: "contract.pdf".to_owned(),
        extension: "pdf".to_owned(),
        description: Some("signed".to_owned()),
        size: 8,
        picture: None,
    };
    paper(part, number, Sheet::Document(document))
}

fn task(number: i64, due_on: Date, status: TaskStatus, assignee: u64) -> Paper {
    let completed_on = (status == TaskStatus::Completed).then_some(due_on);
    let assignee = key(0, assignee);
    let task = Task { title: "Call".to_owned(), description: None, due_on, assignee, status, completed_on };
    paper(5, number, Sheet::Task(task))
}

pub(crate) fn put(paper: &Paper, version_read: Option<i64>, content: Option<&[u8]>) -> Changes {
    let content = content.map(|bytes| DocumentContent(bytes.to_vec()));
    let write = PaperWrite::Put { paper: Box::new(paper.clone()), content };
    change(paper, version_read, write)
}

fn change(paper: &Paper, version_read: Option<i64>, write: PaperWrite) -> Changes {
    Changes {
        papers: vec![PaperChange { address: paper.address(), version_read, write }],
        audit: vec![audit(paper.part, paper.key)],
        ..Changes::default()
    }
}

async fn a_paper_is_read_back_as_it_was_written(place: Place) {
    let mut open = place.book().await;
    let loose = Paper { subject: None, ..task(3, date(2026, 1, 31), TaskStatus::Open, 901) };
    for paper in [comment(5, 1), document(7, 2), loose] {
        open.lane.save(&put(&paper, None, None)).await.unwrap();
        let need = Need { papers: vec![paper.address()], ..Need::default() };
        let mut loaded = open.lane.load(&need).await.unwrap();
        assert_eq!(loaded.papers.remove(&paper.key).as_ref(), Some(&paper));
        assert_eq!(open.reader.paper(paper.address()).await.unwrap().as_ref(), Some(&paper));
        assert_eq!(open.reader.paper_by_number(paper.number).await.unwrap().as_ref(), Some(&paper));
    }
    assert_eq!(open.reader.paper(comment(5, 9).address()).await.unwrap(), None);
    assert_eq!(open.reader.paper_by_number(9).await.unwrap(), None);
}

async fn papers_are_listed_by_what_they_are_about(place: Place) {
    let mut open = place.book().await;
    for paper in [comment(5, 2), comment(5, 1), comment(7, 3), document(5, 4)] {
        open.lane.save(&put(&paper, None, None)).await.unwrap();
    }
    let numbers = async |kind, subject: Option<PaperSubject>, page| {
        let subject = subject.map(|subject| subject.address);
        let filter = PaperFilter { subject, ..PaperFilter::of_kind(kind) };
        let found = open.reader.papers(&filter, page).await.unwrap();
        found.iter().map(|paper| paper.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(PaperKind::Comment, Some(subject(5)), ALL).await, [1, 2]);
    assert_eq!(numbers(PaperKind::Comment, None, ALL).await, [1, 2, 3]);
    assert_eq!(numbers(PaperKind::Comment, None, Page { offset: 1, limit: 1 }).await, [2]);
    assert_eq!(numbers(PaperKind::Document, Some(subject(5)), ALL).await, [4]);
    assert_eq!(numbers(PaperKind::Document, Some(subject(7)), ALL).await, [0; 0]);
}

async fn tasks_are_listed_by_state_day_and_user(place: Place) {
    let mut open = place.book().await;
    let (early, late) = (date(2026, 1, 30), date(2026, 2, 1));
    let others = Paper { author: key(0, 902), ..task(4, late, TaskStatus::Open, 903) };
    for paper in [
        task(1, late, TaskStatus::Open, 901),
        task(2, early, TaskStatus::Open, 902),
        task(3, early, TaskStatus::Completed, 901),
        others,
    ] {
        open.lane.save(&put(&paper, None, None)).await.unwrap();
    }
    let numbers = async |change: fn(PaperFilter) -> PaperFilter| {
        let filter = change(PaperFilter::of_kind(PaperKind::Task));
        let found = open.reader.papers(&filter, ALL).await.unwrap();
        found.iter().map(|paper| paper.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(|all| all).await, [2, 3, 1, 4]);
    assert_eq!(numbers(|all| PaperFilter { tasks: Some(TaskFilter::Open), ..all }).await, [2, 1, 4]);
    assert_eq!(numbers(|all| PaperFilter { tasks: Some(TaskFilter::Completed), ..all }).await, [3]);
    let overdue = |all| PaperFilter { tasks: Some(TaskFilter::Overdue(date(2026, 2, 1))), ..all };
    assert_eq!(numbers(overdue).await, [2]);
    assert_eq!(numbers(|all| PaperFilter { assignee: Some(key(0, 901)), ..all }).await, [3, 1]);
    assert_eq!(numbers(|all| PaperFilter { concerning: Some(key(0, 902)), ..all }).await, [2, 4]);
}

async fn a_stale_paper_is_a_conflict(place: Place) {
    let mut open = place.book().await;
    let first = comment(5, 1);
    open.lane.save(&put(&first, None, None)).await.unwrap();
    assert_eq!(open.lane.save(&put(&first, None, None)).await, Err(StoreError::VersionConflict));
    let second = Paper { version: 2, ..first.clone() };
    open.lane.save(&put(&second, Some(1), None)).await.unwrap();
    assert_eq!(open.lane.save(&put(&second, Some(1), None)).await, Err(StoreError::VersionConflict));
    let stale = change(&first, Some(1), PaperWrite::Delete);
    assert_eq!(open.lane.save(&stale).await, Err(StoreError::VersionConflict));
    assert_eq!(open.reader.paper(first.address()).await.unwrap(), Some(second));
}

async fn a_document_comes_and_goes_with_what_stands_in_it(place: Place) {
    let mut open = place.book().await;
    let (first, other) = (document(5, 1), document(5, 2));
    let large: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[usize::from(n % 3 == 0)]).collect();
    open.lane.save(&put(&first, None, Some(&large))).await.unwrap();
    open.lane.save(&put(&other, None, Some(b"%PDF-1.7"))).await.unwrap();
    let content = async |paper: &Paper| {
        open.reader.document_content(paper.address()).await.unwrap().map(|DocumentContent(bytes)| bytes)
    };
    assert_eq!(content(&first).await.as_ref(), Some(&large));
    assert_eq!(content(&other).await.as_deref(), Some(&b"%PDF-1.7"[..]));
    assert_eq!(content(&document(5, 3)).await, None);
    let second = Paper { version: 2, ..first.clone() };
    open.lane.save(&put(&second, Some(1), Some(b"%PDF-2"))).await.unwrap();
    let content = async |paper: &Paper| {
        open.reader.document_content(paper.address()).await.unwrap().map(|DocumentContent(bytes)| bytes)
    };
    assert_eq!(content(&first).await.as_deref(), Some(&b"%PDF-2"[..]));
    open.lane.save(&change(&second, Some(2), PaperWrite::Delete)).await.unwrap();
    assert_eq!(open.reader.paper(first.address()).await.unwrap(), None);
    assert_eq!(open.reader.document_content(first.address()).await.unwrap(), None);
    assert!(open.reader.document_content(other.address()).await.unwrap().is_some());
}

async fn papers_go_with_what_they_are_about(place: Place) {
    let mut open = place.book().await;
    let gone = [comment(5, 1), document(5, 2)];
    let elsewhere = document(7, 3);
    let about = PaperSubject { address: Address { part: Part::new(5), key: key(5, 2) }, ..subject(5) };
    let other = Paper { subject: Some(about), ..document(5, 4) };
    let loose = Paper { subject: None, ..comment(5, 5) };
    let kept = [elsewhere, other, loose];
    for paper in gone.iter().chain(&kept) {
        open.lane.save(&put(paper, None, Some(b"%PDF-1.7"))).await.unwrap();
    }
    let deleted = Changes { deleted_subjects: vec![subject(5).address], ..Changes::default() };
    open.lane.save(&deleted).await.unwrap();
    for paper in &gone {
        assert_eq!(open.reader.paper(paper.address()).await.unwrap(), None);
        assert_eq!(open.reader.document_content(paper.address()).await.unwrap(), None);
    }
    for paper in &kept {
        assert_eq!(open.reader.paper(paper.address()).await.unwrap().as_ref(), Some(paper));
        assert!(open.reader.document_content(paper.address()).await.unwrap().is_some());
    }
}

async fn papers_about_nothing_are_found(place: Place) {
    let mut open = place.book().await;
    let holder = client(5, 9);
    open.lane.save(&new_client(&holder)).await.unwrap();
    let of_client =
        PaperSubject { kind: SubjectKind::Client, address: Address { part: holder.part, key: holder.key } };
    let about = |subject: Option<PaperSubject>, paper: Paper| Paper { subject, ..paper };
    let (kept, loose) = (about(Some(of_client), document(5, 1)), about(None, comment(5, 2)));
    let stray = comment(5, 3);
    for paper in [&kept, &loose, &stray] {
        open.lane.save(&put(paper, None, Some(b"%PDF-1.7"))).await.unwrap();
    }
    let lost = |paper: &Paper| format!("paper {}: what it is about is not there", paper.key);
    assert_eq!(open.store.checker().orphans().await.unwrap(), [lost(&stray)]);
    place.tamper("delete from paper where number <> 3").await;
    let piece = |paper: &Paper| format!("paper {}: a document of it is kept, and no paper", paper.key);
    let expected = [lost(&stray), piece(&kept), piece(&loose)];
    assert_eq!(open.store.checker().orphans().await.unwrap(), expected);
}

async fn activities_are_listed_by_time_entity_and_actor(place: Place) {
    let mut open = place.book().await;
    let row = |n: u64, entity: u64, actor: u64| AuditRow {
        recorded_at: instant(i64::try_from(n).unwrap()),
        entity: key(5, entity),
        actor: key(0, actor),
        before: Some(format!("{n}")),
        after: None,
        ..audit(Part::new(5), key(5, entity))
    };
    let rows = vec![row(1, 1, 901), row(2, 2, 902), row(3, 1, 902), row(4, 3, 901)];
    open.lane.save(&Changes { audit: rows, ..Changes::default() }).await.unwrap();
    let whole =
        ActivityFilter { from: instant(0), before: instant(9), about: None, actor: None, within: None };
    let told = async |filter: ActivityFilter, page| {
        let found = open.reader.activities(&filter, page).await.unwrap();
        found.iter().map(|activity| activity.before.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(told(whole.clone(), ALL).await, ["4", "3", "2", "1"]);
    assert_eq!(told(whole.clone(), Page { offset: 1, limit: 2 }).await, ["3", "2"]);
    assert_eq!(
        told(ActivityFilter { from: instant(2), before: instant(4), ..whole.clone() }, ALL).await,
        ["3", "2"]
    );
    let about = |part| Some(ActedOn { part: Part::new(part), keys: vec![key(5, 1), key(5, 3)] });
    assert_eq!(told(ActivityFilter { about: about(5), ..whole.clone() }, ALL).await, ["4", "3", "1"]);
    assert!(told(ActivityFilter { about: about(6), ..whole.clone() }, ALL).await.is_empty());
    assert_eq!(told(ActivityFilter { actor: Some(key(0, 902)), ..whole }, ALL).await, ["3", "2"]);
}

async fn what_the_log_of_a_loan_tells_of_is_found_by_it(place: Place) {
    let mut open = place.book().await;
    let holder = client(5, 1);
    open.lane.save(&new_client(&holder)).await.unwrap();
    let (asked, other) = (loan(&holder, 2), loan(&holder, 3));
    let row = |entity, command, at, is_logged| AuditRow {
        command,
        recorded_at: instant(at),
        is_logged,
        ..audit(Part::new(5), entity)
    };
    // Both loans moved at once, and the one that is asked for again later, by what stands in no log.
    for (lent, command) in [(&asked, "approve"), (&other, "reject")] {
        let audit = vec![row(lent.key, command, 55, true)];
        open.lane.save(&Changes { audit, ..new_loan(lent) }).await.unwrap();
    }
    let beside = vec![row(asked.key, "attach", 56, false), row(holder.key, "name", 54, false)];
    open.lane.save(&Changes { audit: beside, ..Changes::default() }).await.unwrap();
    let told = async |keys, (from, before), limit| {
        let about = Some(ActedOn { part: Part::new(5), keys });
        let (from, before) = (instant(from), instant(before));
        let filter = ActivityFilter { from, before, about, actor: None, within: None };
        let found = open.reader.activities(&filter, Page { offset: 0, limit }).await.unwrap();
        found.into_iter().map(|activity| activity.command).collect::<Vec<_>>()
    };
    assert_eq!(told(vec![asked.key], (54, 60), 9).await, ["attach", "approve"]);
    assert_eq!(told(vec![asked.key], (54, 56), 9).await, ["approve"]);
    assert_eq!(told(vec![asked.key], (56, 60), 9).await, ["attach"]);
    assert_eq!(told(vec![asked.key, holder.key], (54, 60), 9).await, ["attach", "approve", "name"]);
    assert_eq!(told(vec![asked.key, holder.key], (54, 60), 2).await, ["attach", "approve"]);
    assert_eq!(told(vec![other.key], (54, 60), 9).await, ["reject"]);
}

async fn who_is_bound_sees_what_lies_within(place: Place) {
    let mut open = place.book().await;
    // Of branch 900 and user 901, as the samples are.
    let holder = client(5, 1);
    let lent = loan(&holder, 2);
    // Of the second nothing will be left but a task, which then lies within nothing.
    for known in [&holder, &client(5, 77)] {
        open.lane.save(&new_client(known)).await.unwrap();
    }
    open.lane.save(&new_loan(&lent)).await.unwrap();
    // A line of credit of another branch, and of nobody.
    let assignment = Assignment { branch: Some(key(0, 907)), ..Assignment::default() };
    let credit = LineOfCredit { assignment, ..line(5, 1) };
    open.lane.save(&new_line(&credit)).await.unwrap();
    let about = |number, kind, part, key| Paper {
        subject: Some(PaperSubject { kind, address: Address { part: Part::new(part), key } }),
        ..task(number, date(2026, 1, 30), TaskStatus::Open, 901)
    };
    let loose = Paper { subject: None, ..task(4, date(2026, 1, 30), TaskStatus::Open, 903) };
    for paper in [
        about(1, SubjectKind::Client, 5, holder.key),
        about(2, SubjectKind::LoanAccount, 5, lent.key),
        about(3, SubjectKind::Branch, 0, key(0, 900)),
        loose,
        about(5, SubjectKind::Client, 5, key(5, 77)),
        about(6, SubjectKind::LineOfCredit, 5, credit.key),
    ] {
        let mut changes = put(&paper, None, None);
        changes.audit = paper.subject.map(|of| audit(of.address.part, of.address.key)).into_iter().collect();
        open.lane.save(&changes).await.unwrap();
    }
    let from = |table: &str| format!("delete from {table} where client_key = '{}';", key(5, 77));
    place.tamper(&(from("client_document") + &from("client"))).await;
    let seen = async |within: Within| {
        let filter = PaperFilter { within: Some(within.clone()), ..PaperFilter::of_kind(PaperKind::Task) };
        let papers = open.reader.papers(&filter, ALL).await.unwrap();
        let whole = ActivityFilter {
            from: instant(-1_000_000),
            before: instant(1_000_000),
            about: None,
            actor: None,
            within: Some(within),
        };
        let mut told = open.reader.activities(&whole, ALL).await.unwrap();
        told.sort_by_key(|activity| activity.entity);
        told.dedup_by_key(|activity| activity.entity);
        (papers.iter().map(|paper| paper.number).collect::<Vec<_>>(), told.len())
    };
    let own = Within { branches: vec![key(0, 1), key(0, 900)], ..Within::default() };
    assert_eq!(seen(own.clone()).await, (vec![1, 2], 2));
    let more = Within { records: vec![key(0, 900)], users: vec![key(0, 903)], ..own.clone() };
    assert_eq!(seen(more).await, (vec![1, 2, 3, 4], 3));
    let other = Within { branches: vec![key(0, 1)], ..Within::default() };
    assert_eq!(seen(other).await, (vec![], 0));
    let of_the_line = Within { branches: vec![key(0, 907)], ..Within::default() };
    assert_eq!(seen(of_the_line).await, (vec![6], 1));
    let officer = |n| Within { officer: Some(key(0, n)), ..Within::default() };
    assert_eq!(seen(officer(901)).await, (vec![1, 2], 2));
    assert_eq!(seen(Within { officer: Some(key(0, 5)), ..own }).await, (vec![], 0));
}
