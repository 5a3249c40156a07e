//! What a lane writes is what is read back, and a save is whole or absent.

use std::sync::Arc;

use jiff::civil::date;
use loam_app::changes::{Changes, ClientChange, IdName, LoanChange, LogRow, Moved};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{IdBlock, Need};
use loam_app::views::Page;
use loam_book::ids::{Key, Part};
use loam_book::loan::course::Course;
use loam_book::loan::refusal::IdKind;
use loam_book::loan::{Closure, Loan, LoanState};
use loam_calc::money::Amount;

use crate::places::{Open, Place};
use crate::samples::{
    answer, audit, book_id, changed, client, components, course, entry, foreign_key, installment, key, loan,
    new_client, new_loan, new_row, of_client, of_loan, transaction,
};

on_both_and_spread!(
    a_loan_is_read_back_as_it_was_written,
    the_course_of_a_loan_is_kept_and_an_empty_one_takes_no_room,
    touched_installments_are_written_and_no_others,
    whatever_moves_of_a_loan_is_written,
    what_does_not_move_is_left_alone,
    a_new_schedule_replaces_the_old_one,
    a_client_is_read_back_as_it_was_written,
    a_taken_id_is_named_and_nothing_is_written,
    a_failed_save_leaves_nothing,
    a_stale_version_is_a_conflict,
    an_edited_id_frees_the_old_one,
    a_deleted_loan_leaves_only_its_log,
    a_loan_that_came_and_went_in_one_batch_leaves_only_its_log,
    answers_are_kept,
    an_answer_given_meanwhile_is_a_conflict,
    a_reversal_marks_what_it_takes_back,
    keys_of_other_systems_are_found,
    blocks_of_numbers_do_not_overlap,
    a_quarantined_account_is_loaded_as_such,
    many_loans_are_loaded_each_with_its_own,
    money_that_stays_in_place_is_refused,
);

pub(crate) async fn with_loan(place: &Place) -> (Open, Loan) {
    let mut open = place.book().await;
    let holder = client(5, 1);
    open.lane.save(&new_client(&holder)).await.unwrap();
    let loan = loan(&holder, 1);
    open.lane.save(&new_loan(&loan)).await.unwrap();
    (open, loan)
}

async fn read(open: &mut Open, expected: &Loan) -> (Option<Loan>, Option<Loan>) {
    let address = of_loan(expected);
    let need = Need { loans: vec![address], ..Need::default() };
    let mut loaded = open.lane.load(&need).await.unwrap();
    (loaded.loans.remove(&expected.key).map(Arc::unwrap_or_clone), open.reader.loan(address).await.unwrap())
}

async fn a_loan_is_read_back_as_it_was_written(place: Place) {
    let (mut open, loan) = with_loan(&place).await;
    let (loaded, shown) = read(&mut open, &loan).await;
    assert_eq!(loaded.as_ref(), Some(&loan));
    assert_eq!(shown.as_ref(), Some(&loan));
    let history = open.lane.load_history(loan.part, loan.account_no).await.unwrap();
    assert_eq!(history, [entry(1, date(2026, 1, 20)), entry(2, date(2026, 1, 20))]);
    assert_eq!(open.reader.history(loan.part, loan.account_no).await.unwrap(), history);
    for (table, rows) in [("journal_transfer", 3), ("outbox", 2), ("audit", 2), ("loan_transaction", 2)] {
        assert_eq!(place.count(table).await, rows, "{table}");
    }
}

async fn the_course_of_a_loan_is_kept_and_an_empty_one_takes_no_room(place: Place) {
    let (mut open, mut loan) = with_loan(&place).await;
    let holder = client(5, 1);
    let mut tranched = crate::samples::loan(&holder, 2);
    tranched.servicing.course = course();
    open.lane.save(&new_loan(&tranched)).await.unwrap();
    assert_eq!(read(&mut open, &tranched).await, (Some(tranched.clone()), Some(tranched)));
    assert_eq!(place.count("loan_account where course is null").await, 1);

    loan.version = 2;
    loan.servicing.course = course();
    open.lane.save(&changed(&loan, Some(Vec::new()))).await.unwrap();
    assert_eq!(read(&mut open, &loan).await, (Some(loan.clone()), Some(loan.clone())));
    assert_eq!(place.count("loan_account where course is null").await, 0);

    loan.version = 3;
    loan.servicing.course = Course::default();
    open.lane.save(&changed(&loan, Some(Vec::new()))).await.unwrap();
    assert_eq!(read(&mut open, &loan).await, (Some(loan.clone()), Some(loan)));
    assert_eq!(place.count("loan_account where course is null").await, 1);
}

async fn touched_installments_are_written_and_no_others(place: Place) {
    let (mut open, mut loan) = with_loan(&place).await;
    let before = loan.clone();
    loan.version = 2;
    loan.notes = None;
    loan.assignment.branch = None;
    loan.servicing.arrears_since = Some(date(2026, 2, 10));
    loan.servicing.late_since = Some(date(2026, 2, 1));
    loan.servicing.outstanding = components(9_999);
    for installment in &mut loan.servicing.installments {
        installment.paid = components(1);
        installment.repaid_on = Some(date(2026, 2, 11));
        installment.due_date = date(2027, 1, 1);
    }
    open.lane.save(&changed(&loan, Some(vec![2]))).await.unwrap();
    loan.servicing.installments[0] = before.servicing.installments[0].clone();
    loan.servicing.installments[2] = before.servicing.installments[2].clone();
    place.tamper("update loan_account set packed_installments = null").await;
    let (loaded, shown) = read(&mut open, &loan).await;
    assert_eq!(loaded.as_ref(), Some(&loan));
    assert_eq!(shown.as_ref(), Some(&loan));
}

/// Changes of one kind each, after another.
const MOVES: [fn(&mut Loan); 16] = [
    |loan| loan.id = "L5-NEW".to_owned(),
    |loan| loan.name = "Another name".to_owned(),
    |loan| loan.notes = None,
    |loan| loan.assignment.branch = None,
    |loan| loan.terms.amount = Amount::from_minor(77_700),
    |loan| loan.terms.product = key(0, 42),
    |loan| loan.approved_at = None,
    |loan| loan.last_appraised_at = Some(crate::samples::instant(500)),
    |loan| loan.servicing.outstanding = components(9_999),
    |loan| loan.servicing.late_since = Some(date(2026, 2, 1)),
    |loan| loan.servicing.arrears_since = Some(date(2026, 2, 10)),
    |loan| loan.servicing.course = course(),
    |loan| loan.servicing.installments[0].due_date = date(2026, 2, 3),
    |loan| loan.servicing.installments[2].due_date = date(2027, 1, 1),
    |loan| loan.servicing.late_since = None,
    |loan| {
        let before = Box::new(loan.servicing.state.clone());
        loan.servicing.state =
            LoanState::Closed { closure: Closure::Repaid, closed_on: date(2026, 3, 1), before };
        loan.closed_at = Some(crate::samples::instant(600));
    },
];

async fn whatever_moves_of_a_loan_is_written(place: Place) {
    let (mut open, mut loan) = with_loan(&place).await;
    for (at, change) in MOVES.into_iter().enumerate() {
        let before = loan.clone();
        loan.version += 1;
        change(&mut loan);
        let mut changes = changed(&loan, Some(vec![1, 2, 3]));
        changes.loans[0].moved = Moved::between(&before, &loan);
        open.lane.save(&changes).await.unwrap();
        assert_eq!(read(&mut open, &loan).await, (Some(loan.clone()), Some(loan.clone())), "change {at}");
        let accounts = open.store.checker().accounts_after(None, Part::LAST, 10).await.unwrap();
        assert_eq!(accounts[0].differing, Vec::<&str>::new(), "change {at}");
    }
}

async fn what_does_not_move_is_left_alone(place: Place) {
    let (mut open, loan) = with_loan(&place).await;
    let mut paid = loan.clone();
    paid.version += 1;
    paid.servicing.outstanding = components(9_999);
    let moved = Moved::between(&loan, &paid);
    assert_eq!(moved, Moved { agreement: false, standing: false });
    let mut changes = changed(&paid, Some(Vec::new()));
    Arc::make_mut(&mut changes.loans[0].loan).name = "not to be written".to_owned();
    changes.loans[0].moved = moved;
    open.lane.save(&changes).await.unwrap();
    assert_eq!(read(&mut open, &paid).await.1, Some(paid));
}

async fn a_new_schedule_replaces_the_old_one(place: Place) {
    let (mut open, mut loan) = with_loan(&place).await;
    loan.version = 2;
    loan.terms.installment_count = 5;
    loan.servicing.installments = (1..=5).map(installment).collect();
    open.lane.save(&changed(&loan, None)).await.unwrap();
    assert_eq!(read(&mut open, &loan).await.0.as_ref(), Some(&loan));
    loan.version = 3;
    loan.servicing.installments.clear();
    open.lane.save(&changed(&loan, None)).await.unwrap();
    assert_eq!(read(&mut open, &loan).await.1.as_ref(), Some(&loan));
}

async fn a_client_is_read_back_as_it_was_written(place: Place) {
    let mut open = place.book().await;
    let mut holder = client(5, 1);
    open.lane.save(&new_client(&holder)).await.unwrap();
    holder.version = 2;
    holder.profile.first_name = "Bea".to_owned();
    holder.documents[0].document_id = "other".to_owned();
    let change = ClientChange { client: holder.clone(), version_read: Some(1) };
    let changes = Changes { clients: vec![change], ..Changes::default() };
    open.lane.save(&changes).await.unwrap();
    let need = Need { clients: vec![of_client(&holder)], ..Need::default() };
    assert_eq!(open.lane.load(&need).await.unwrap().clients.get(&holder.key), Some(&holder));
    assert_eq!(open.reader.client(of_client(&holder)).await.unwrap().unwrap().client, holder);
    assert_eq!(place.count("client_document").await, 1);
    assert_eq!(open.lane.save(&changes).await, Err(StoreError::VersionConflict));
}

async fn a_taken_id_is_named_and_nothing_is_written(place: Place) {
    let (mut open, first) = with_loan(&place).await;
    open.lane.save(&new_client(&client(6, 1))).await.unwrap();
    let mut second = loan(&client(6, 1), 2);
    second.id = first.id.clone();
    let third = loan(&client(6, 1), 3);
    let mut changes = new_loan(&third);
    let more = new_loan(&second);
    changes.ids.extend(more.ids);
    changes.loans.extend(more.loans);
    changes.entries.extend(more.entries);
    let rows = place.count("id_registry").await;
    assert_eq!(
        open.lane.save(&changes).await,
        Err(StoreError::Duplicate(vec![IdName::of_book(IdKind::Loan, &first.id)]))
    );
    assert_eq!(read(&mut open, &third).await, (None, None));
    assert_eq!(place.count("id_registry").await, rows);
    // The lane goes on.
    open.lane.save(&new_loan(&third)).await.unwrap();
}

async fn a_failed_save_leaves_nothing(place: Place) {
    let (mut open, mut loan) = with_loan(&place).await;
    let before = loan.clone();
    loan.version = 2;
    loan.servicing.paid = components(5);
    let mut changes = changed(&loan, Some(vec![1, 2, 3]));
    // The second entry is in the log already.
    changes.entries.push(loam_app::changes::LogRow {
        part: loan.part,
        account_no: loan.account_no,
        entry: entry(2, date(2026, 1, 20)),
    });
    let audits = place.count("audit").await;
    assert_eq!(open.lane.save(&changes).await, Err(StoreError::VersionConflict));
    assert_eq!(read(&mut open, &loan).await, (Some(before.clone()), Some(before)));
    assert_eq!(place.count("audit").await, audits);
}

async fn a_stale_version_is_a_conflict(place: Place) {
    let (mut open, mut loan) = with_loan(&place).await;
    loan.version = 2;
    open.lane.save(&changed(&loan, Some(vec![]))).await.unwrap();
    let again = open.lane.save(&changed(&loan, Some(vec![]))).await;
    assert_eq!(again, Err(StoreError::VersionConflict));
    let mut unknown = loan.clone();
    unknown.account_no = 77;
    assert_eq!(open.lane.save(&changed(&unknown, Some(vec![]))).await, Err(StoreError::VersionConflict));
}

async fn an_edited_id_frees_the_old_one(place: Place) {
    let (mut open, loan) = with_loan(&place).await;
    let id = |id: &str| book_id(IdKind::Loan, id, of_loan(&loan));
    let rename =
        |from: &str, to: &str| Changes { ids: vec![id(to)], freed_ids: vec![id(from)], ..Changes::default() };
    open.lane.save(&rename(&loan.id, "NEW1")).await.unwrap();
    assert_eq!(open.reader.resolve(IdKind::Loan, &loan.id).await.unwrap(), None);
    assert_eq!(open.reader.resolve(IdKind::Loan, "NEW1").await.unwrap(), Some(of_loan(&loan)));
    assert_eq!(open.reader.resolve(IdKind::Client, "NEW1").await.unwrap(), None);
    assert_eq!(open.lane.save(&rename(&loan.id, "NEW2")).await, Err(StoreError::VersionConflict));
    assert_eq!(open.reader.resolve(IdKind::Loan, "NEW2").await.unwrap(), None);
}

fn deleted(mut loan: Loan) -> Loan {
    loan.version += 1;
    let before = Box::new(LoanState::PendingApproval);
    loan.servicing.state =
        LoanState::Closed { closed_on: date(2026, 1, 31), closure: Closure::Deleted, before };
    loan
}

async fn a_deleted_loan_leaves_only_its_log(place: Place) {
    let (mut open, loan) = with_loan(&place).await;
    let gone = deleted(loan.clone());
    open.lane.save(&changed(&gone, Some(vec![]))).await.unwrap();
    assert_eq!(read(&mut open, &loan).await, (None, None));
    assert_eq!(place.count("installment").await, 0);
    assert_eq!(open.reader.history(loan.part, loan.account_no).await.unwrap().len(), 2);
}

async fn a_loan_that_came_and_went_in_one_batch_leaves_only_its_log(place: Place) {
    let mut open = place.book().await;
    let gone = deleted(loan(&client(5, 1), 1));
    let mut changes = new_loan(&gone);
    changes.freed_ids = changes.ids.clone();
    open.lane.save(&changes).await.unwrap();
    assert_eq!(place.count("loan_account").await, 0);
    assert_eq!(place.count("id_registry").await, 0);
    assert_eq!(place.count("loan_log").await, 2);
}

async fn answers_are_kept(place: Place) {
    let (mut open, loan) = with_loan(&place).await;
    let given = answer(&loan, "k1");
    let need =
        Need { answers: vec![(loan.part, "k1".to_owned()), (loan.part, "k2".to_owned())], ..Need::default() };
    let changes = Changes { answers: vec![answer(&loan, "k1")], ..Changes::default() };
    open.lane.save(&changes).await.unwrap();
    let loaded = open.lane.load(&need).await.unwrap();
    assert_eq!(loaded.answers.len(), 1);
    assert_eq!(loaded.answers["k1"].content, given.content);
    assert_eq!(loaded.answers["k1"].outcome, given.outcome);
}

async fn an_answer_given_meanwhile_is_a_conflict(place: Place) {
    let (mut open, loan) = with_loan(&place).await;
    let changes = Changes { answers: vec![answer(&loan, "k1")], ..Changes::default() };
    open.lane.save(&changes).await.unwrap();
    assert_eq!(open.lane.save(&changes).await, Err(StoreError::VersionConflict));
}

async fn a_reversal_marks_what_it_takes_back(place: Place) {
    let (mut open, loan) = with_loan(&place).await;
    let (part, account_no) = (loan.part, loan.account_no);
    let row = |seq, id, original| {
        let transaction = loam_book::loan::transaction::LoanTransaction {
            reverses: Some(original),
            ..transaction(id, seq)
        };
        let row = loam_app::changes::TransactionRow { part, account_no, transaction };
        let brought_by = LogRow { part, account_no, entry: entry(seq, date(2026, 1, 21)) };
        Changes { entries: vec![brought_by], transactions: vec![row], ..Changes::default() }
    };
    open.lane.save(&row(3, 1_003, 1_001)).await.unwrap();
    let page = Page { offset: 0, limit: 10 };
    let all = open.reader.transactions(loan.part, loan.account_no, page).await.unwrap();
    let marks: Vec<_> = all.iter().map(|t| (t.id, t.reverses, t.reversed_by)).collect();
    assert_eq!(marks, [(1_003, Some(1_001), None), (1_002, None, None), (1_001, None, Some(1_003))]);
    assert_eq!(open.lane.save(&row(4, 1_004, 9_999)).await, Err(StoreError::VersionConflict));
    assert_eq!(place.count("loan_transaction").await, 3);
}

async fn keys_of_other_systems_are_found(place: Place) {
    let mut open = place.book().await;
    let mut holder = client(9, 1);
    holder.key = foreign_key(1);
    open.lane.save(&new_client(&holder)).await.unwrap();
    let mut migrated = loan(&holder, 1);
    migrated.key = foreign_key(2);
    open.lane.save(&new_loan(&migrated)).await.unwrap();
    let find = async |kind, text: &str| open.reader.resolve(kind, text).await.unwrap();
    assert_eq!(find(IdKind::Client, &holder.key.to_string()).await, Some(of_client(&holder)));
    assert_eq!(find(IdKind::Loan, &migrated.key.to_string()).await, Some(of_loan(&migrated)));
    assert_eq!(find(IdKind::Loan, &migrated.id).await, Some(of_loan(&migrated)));
    assert_eq!(find(IdKind::Loan, &holder.key.to_string()).await, None);
    assert_eq!(open.reader.loan(of_loan(&migrated)).await.unwrap(), Some(migrated.clone()));
    // The same key in another part is somebody else's mistake.
    let mut twin = migrated.clone();
    twin.part = loam_book::ids::Part::new(10);
    twin.id = "TWIN".to_owned();
    assert_eq!(open.lane.save(&new_loan(&twin)).await, Err(StoreError::VersionConflict));
}

async fn blocks_of_numbers_do_not_overlap(place: Place) {
    let mut open = place.book().await;
    assert_eq!(open.lane.take_ids(IdBlock::Account, 100).await, Ok(1));
    assert_eq!(open.lane.take_ids(IdBlock::Account, 50).await, Ok(101));
    assert_eq!(open.lane.take_ids(IdBlock::Transaction, 10).await, Ok(1));
    drop(open);
    let mut open = place.open().await;
    assert_eq!(open.lane.take_ids(IdBlock::Account, 1).await, Ok(151));
    // Two audit rows of two lanes never meet.
    let changes =
        |n| Changes { audit: vec![audit(loam_book::ids::Part::new(0), key(0, n))], ..Changes::default() };
    open.lane.save(&changes(1)).await.unwrap();
    for mut lane in open.store.lanes().unwrap() {
        lane.save(&changes(2)).await.unwrap();
    }
}

/// So many that a file is read by several threads.
async fn many_loans_are_loaded_each_with_its_own(place: Place) {
    let (mut open, first) = with_loan(&place).await;
    let mut loans = vec![first];
    for number in 2..=150 {
        let loan = loan(&client(5, 1), number);
        open.lane.save(&new_loan(&loan)).await.unwrap();
        loans.push(loan);
    }
    let nobody = Address { part: Part::new(5), key: Key::entity(Part::new(5), 1, 1) };
    let asked = loans.iter().map(of_loan).chain([nobody]).collect();
    let loaded = open.lane.load(&Need { loans: asked, ..Need::default() }).await.unwrap();
    assert_eq!(loaded.loans.len(), 150);
    for loan in &loans {
        assert_eq!(loaded.loans[&loan.key].as_ref(), loan);
        assert_eq!(loaded.actions[&loan.key], date(2026, 2, 28));
    }
}

async fn a_quarantined_account_is_loaded_as_such(place: Place) {
    let (mut open, loan) = with_loan(&place).await;
    let need = Need { loans: vec![of_loan(&loan)], ..Need::default() };
    assert_eq!(open.lane.load(&need).await.unwrap().quarantined, []);
    open.lane.quarantine(of_loan(&loan), "a first reason", loan.created_at).await.unwrap();
    open.lane.quarantine(of_loan(&loan), "a broken sum", loan.created_at).await.unwrap();
    assert_eq!(open.lane.load(&need).await.unwrap().quarantined, [loan.key]);
    let listed = open.store.checker().quarantined().await.unwrap();
    assert_eq!(listed, [(of_loan(&loan), "a broken sum".to_owned())]);
    open.lane.lift_quarantine(of_loan(&loan)).await.unwrap();
    open.lane.lift_quarantine(of_loan(&loan)).await.unwrap();
    assert_eq!(open.lane.load(&need).await.unwrap().quarantined, []);
    assert_eq!(open.store.checker().quarantined().await.unwrap(), []);
}

async fn money_that_stays_in_place_is_refused(place: Place) {
    let (mut open, loan) = with_loan(&place).await;
    let mut idle = crate::samples::transfer(&loan, 3, 5);
    idle.credit = idle.debit;
    let mut nothing = crate::samples::transfer(&loan, 3, 5);
    nothing.amount = Amount::ZERO;
    for transfer in [idle, nothing] {
        let changes = Changes { transfers: vec![transfer], ..Changes::default() };
        assert!(matches!(open.lane.save(&changes).await, Err(StoreError::Database(_))));
    }
    let mut owed: LoanChange = new_row(&crate::samples::loan(&client(5, 1), 2));
    Arc::make_mut(&mut owed.loan).servicing.outstanding.principal = Amount::from_minor(-1);
    let changes = Changes { loans: vec![owed], ..Changes::default() };
    assert!(matches!(open.lane.save(&changes).await, Err(StoreError::Database(_))));
    assert_eq!(place.count("loan_account").await, 1);
}
