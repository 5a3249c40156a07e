//! Lines of credit as they are kept.

use jiff::civil::date;
use loam_app::changes::{Changes, Deleted, LineChange};
use loam_app::error::StoreError;
use loam_app::ports::{Need, StoredLine};
use loam_app::views::{LineFilter, Page};
use loam_book::ids::{Address, Part};
use loam_book::line_of_credit::{ExposureLimit, LineOfCredit, LineState, LineUse};
use loam_book::loan::refusal::IdKind;
use loam_book::loan::{Holder, HolderKind};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::places::{Open, Place};
use crate::samples::{audit, book_id, client, instant, key, loan, new_client, new_loan, of_client};
use crate::savings::opened_by;

on_both_and_spread!(
    a_line_is_read_back_as_it_was_written,
    of_two_who_write_a_line_the_second_meets_a_conflict,
    lines_are_found_by_every_filter,
    nobody_is_deleted_who_has_a_line,
    check_reads_lines_with_the_accounts_of_their_holder,
);

const ALL: Page = Page { offset: 0, limit: 100 };

/// The parts in which the holders of the lines live.
const HOLDERS: [u16; 3] = [3, 5, 7];

pub(crate) fn line(part: u16, n: u64) -> LineOfCredit {
    LineOfCredit {
        key: key(part, 600 + n),
        part: Part::new(part),
        id: format!("L{part}-{n}"),
        version: 1,
        holder: Holder { kind: HolderKind::Client, key: client(part, 1).key },
        assignment: client(part, 1).assignment,
        state: LineState::PendingApproval,
        currency: Currency::USD,
        amount: Amount::from_minor(100_000),
        limit: ExposureLimit::OutstandingAmount,
        start_on: date(2026, 1, 1),
        expire_on: date(2026, 12, 31),
        notes: Some("a \"line\"".to_owned()),
        uses: Vec::new(),
        created_at: instant(i64::try_from(n).unwrap()),
        last_modified_at: instant(i64::try_from(n).unwrap()),
        approved_at: None,
        closed_at: None,
    }
}

pub(crate) fn new_line(line: &LineOfCredit) -> Changes {
    Changes {
        ids: vec![book_id(IdKind::LineOfCredit, &line.id, line.address())],
        lines: vec![LineChange { line: line.clone(), version_read: None }],
        audit: vec![audit(line.part, line.key)],
        ..Changes::default()
    }
}

fn change(line: &LineOfCredit, version_read: i64) -> Changes {
    let change = LineChange { line: line.clone(), version_read: Some(version_read) };
    Changes { lines: vec![change], ..Changes::default() }
}

async fn loaded(open: &mut Open, line: Address) -> Option<LineOfCredit> {
    let need = Need { lines: vec![line], ..Need::default() };
    open.lane.load(&need).await.unwrap().lines.remove(&line.key)
}

async fn a_line_is_read_back_as_it_was_written(place: Place) {
    let mut open = place.book_of(&HOLDERS.map(|part| client(part, 1))).await;
    let mut kept = line(5, 1);
    open.lane.save(&new_line(&kept)).await.unwrap();
    assert_eq!(open.reader.resolve(IdKind::LineOfCredit, "L5-1").await.unwrap(), Some(kept.address()));
    kept.state = LineState::Active;
    kept.version = 2;
    kept.uses.push(LineUse {
        account: key(5, 77),
        is_loan: true,
        is_open: true,
        amount: Amount::from_minor(950),
        paid_out_on: Some(date(2026, 1, 31)),
        matures_on: Some(date(2026, 6, 30)),
    });
    open.lane.save(&change(&kept, 1)).await.unwrap();
    assert_eq!(open.reader.line_of_credit(kept.address()).await.unwrap(), Some(kept.clone()));
    assert_eq!(loaded(&mut open, kept.address()).await, Some(kept.clone()));
    let elsewhere = Address { part: Part::new(6), key: kept.key };
    assert_eq!(open.reader.line_of_credit(elsewhere).await.unwrap(), None);
    assert_eq!(loaded(&mut open, elsewhere).await, None);
}

async fn check_reads_lines_with_the_accounts_of_their_holder(place: Place) {
    let mut open = place.book().await;
    let (one, two) = (line(5, 1), line(7, 2));
    let holder = client(7, 1);
    let lent = loan(&holder, 1);
    open.lane.save(&new_client(&client(5, 1))).await.unwrap();
    open.lane.save(&new_client(&holder)).await.unwrap();
    open.lane.save(&new_loan(&lent)).await.unwrap();
    open.lane.save(&opened_by(two.holder, 7, 9)).await.unwrap();
    for line in [&one, &two] {
        open.lane.save(&new_line(line)).await.unwrap();
    }
    let checker = open.store.checker();
    let lines_after = async |after: Option<&LineOfCredit>, limit| -> Vec<StoredLine> {
        let after = after.map(|line| (line.part, line.key.to_string()));
        let lines = checker.lines_after(after, limit).await.unwrap();
        lines.into_iter().map(|(_, line)| line.unwrap()).collect()
    };
    let all = lines_after(None, 10).await;
    let read: Vec<_> = all
        .iter()
        .map(|stored| (stored.line.clone(), stored.differing.len(), stored.loans.len(), stored.savings.len()))
        .collect();
    assert_eq!(read, [(one.clone(), 0, 0, 0), (two.clone(), 0, 1, 1)]);
    assert_eq!(all[1].loans, [lent]);
    let next = lines_after(Some(&one), 1).await;
    assert_eq!(next[0].line, two);
    assert!(lines_after(Some(&two), 1).await.is_empty());
    place.tamper("update line_of_credit set holder_key = 'k', created_at = 0 where part = 5").await;
    let all = lines_after(None, 1).await;
    assert_eq!(all[0].differing, ["holder_key", "created_at"]);
}

async fn of_two_who_write_a_line_the_second_meets_a_conflict(place: Place) {
    let mut open = place.book_of(&HOLDERS.map(|part| client(part, 1))).await;
    let kept = line(5, 1);
    open.lane.save(&new_line(&kept)).await.unwrap();
    let first = LineOfCredit { version: 2, amount: Amount::from_minor(5), ..kept.clone() };
    let second = LineOfCredit { version: 2, amount: Amount::from_minor(7), ..kept };
    open.lane.save(&change(&first, 1)).await.unwrap();
    assert_eq!(open.lane.save(&change(&second, 1)).await, Err(StoreError::VersionConflict));
    assert_eq!(open.reader.line_of_credit(first.address()).await.unwrap(), Some(first));
}

async fn lines_are_found_by_every_filter(place: Place) {
    let mut open = place.book_of(&HOLDERS.map(|part| client(part, 1))).await;
    for (part, n) in [(7, 3), (7, 1), (3, 2)] {
        let mut line = line(part, n);
        if n == 3 {
            line.state = LineState::Approved;
            line.assignment.centre = Some(key(0, 555));
            line.assignment.branch = Some(key(0, 556));
        }
        open.lane.save(&new_line(&line)).await.unwrap();
    }
    let by = async |filter: LineFilter| {
        let lines = open.reader.lines_of_credit(&filter, ALL).await.unwrap();
        lines.into_iter().map(|line| line.id).collect::<Vec<_>>()
    };
    let none = LineFilter::default;
    assert_eq!(by(none()).await, ["L7-1", "L3-2", "L7-3"], "in the order in which they were entered");
    let holder = Some(of_client(&client(7, 1)));
    assert_eq!(by(LineFilter { holder, ..none() }).await, ["L7-1", "L7-3"]);
    assert_eq!(by(LineFilter { centre: Some(key(0, 555)), ..none() }).await, ["L7-3"]);
    assert_eq!(by(LineFilter { branch: Some(key(0, 556)), ..none() }).await, ["L7-3"]);
    assert_eq!(by(LineFilter { within: vec![key(0, 556), key(0, 1)], ..none() }).await, ["L7-3"]);
    assert_eq!(by(LineFilter { credit_officer: Some(key(0, 901)), ..none() }).await.len(), 3);
    assert_eq!(by(LineFilter { state: Some(LineState::PendingApproval), ..none() }).await.len(), 2);
    let second = open.reader.lines_of_credit(&none(), Page { offset: 1, limit: 1 }).await.unwrap();
    assert_eq!(second[0].id, "L3-2");
}

async fn nobody_is_deleted_who_has_a_line(place: Place) {
    let mut open = place.book().await;
    let kept = client(5, 1);
    open.lane.save(&new_client(&kept)).await.unwrap();
    let need = Need { clients: vec![of_client(&kept)], ties: vec![of_client(&kept)], ..Need::default() };
    let tied = open.lane.load(&need).await.unwrap().tied;
    assert!(!tied.get(&kept.key).copied().unwrap_or_default().has_lines_of_credit);
    open.lane.save(&new_line(&line(5, 1))).await.unwrap();
    let tied = open.lane.load(&need).await.unwrap().tied;
    assert!(tied[&kept.key].has_lines_of_credit);
    let deleted = Deleted { part: kept.part, key: kept.key, version_read: 1 };
    let deletion = Changes { deleted_clients: vec![deleted], ..Changes::default() };
    assert_eq!(open.lane.save(&deletion).await, Err(StoreError::VersionConflict));
}
