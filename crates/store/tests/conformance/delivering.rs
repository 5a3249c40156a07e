//! The outbox and its deliveries: nothing is forgotten, and one worker at a time tells a target about an account.

use std::slice::from_ref;
use std::sync::Arc;

use loam_app::changes::{Changes, OutboxRow};
use loam_app::ports::{Delivery, DeliveryCounts, DeliveryStore, Replay};
use loam_app::views::Page;
use loam_book::ids::Key;
use loam_book::loan::Loan;

use crate::places::{Open, Place};
use crate::reported::{new_reported_loan, repayment_loan};
use crate::samples::{client, instant, key, loan, new_client, new_loan, of_loan};
use crate::writing::with_loan;

on_both_and_spread!(
    a_change_of_a_serviced_loan_is_told_to_every_target,
    a_report_is_told_to_its_organization_only,
    outbox_rows_are_taken_in_the_order_of_recording,
    a_deleted_loan_is_told_to_nobody,
    nobody_to_tell_leaves_no_delivery,
    a_claimed_delivery_is_nobody_elses_until_the_lease_runs_out,
    deliveries_are_claimed_in_the_order_in_which_they_are_due,
    what_was_told_is_told_once,
    what_came_while_it_was_told_stays_to_be_told,
    a_failed_attempt_waits_and_is_repeated,
    a_change_does_not_shorten_the_wait_after_a_failure,
    a_delivery_that_was_given_up_stays_so_until_it_is_replayed,
    an_answer_after_the_lease_was_lost_counts_for_nothing,
    a_replay_during_an_attempt_is_not_lost,
    a_replay_during_the_first_attempt_is_not_lost,
    what_is_for_others_is_not_claimed,
    a_listener_has_slots_of_its_own,
    what_was_postponed_is_as_it_was_and_waits,
    what_was_given_up_goes_on_where_it_stood,
    one_account_or_all_are_replayed,
    a_new_target_is_told_of_every_loan,
    deliveries_are_listed_by_account_number,
    many_accounts_are_enrolled_and_replayed,
    two_workers_share_the_outbox,
    two_workers_share_the_deliveries,
);

const ALL: Page = Page { offset: 0, limit: 10_000 };

pub(crate) fn target(n: u64) -> Key {
    key(0, 700 + n)
}

/// A loan with two changes in the outbox, recorded in the 55th second.
async fn changed_loan(place: &Place) -> (Open, Arc<dyn DeliveryStore>, Loan) {
    let (open, loan) = with_loan(place).await;
    let deliveries = open.store.deliveries().unwrap();
    (open, deliveries, loan)
}

/// One that is due since the 60th second.
pub(crate) async fn due(place: &Place) -> (Open, Arc<dyn DeliveryStore>, Loan) {
    let (open, deliveries, loan) = changed_loan(place).await;
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(60), 100).await, Ok(2));
    (open, deliveries, loan)
}

/// What the first target is to be told of a loan that changed twice.
pub(crate) fn expected(loan: &Loan) -> Delivery {
    Delivery {
        target: target(1),
        account: of_loan(loan),
        account_no: loan.account_no,
        sent_seq: 0,
        wanted_seq: 2,
        attempts: 0,
        next_attempt_at: Some(instant(60)),
        claimed_until: None,
        is_dead: false,
        last_error: None,
    }
}

/// A further change of a loan, in the outbox.
pub(crate) async fn change(open: &mut Open, loan: &Loan, seq: i64) {
    let (part, account_no) = (loan.part, loan.account_no);
    let row = OutboxRow { part, account_no, seq, event: "repaid", recorded_at: instant(seq) };
    open.lane.save(&Changes { outbox: vec![row], ..Changes::default() }).await.unwrap();
}

/// Everybody listens, and has time for so many deliveries.
fn listeners(slots: i64) -> Vec<(Key, i64)> {
    (1..=9).map(|n| (target(n), slots)).collect()
}

pub(crate) async fn claim(deliveries: &Arc<dyn DeliveryStore>, now: i64, lease_until: i64) -> Vec<Delivery> {
    deliveries.claim(&listeners(100), instant(now), instant(lease_until), 100).await.unwrap()
}

/// A delivery while a worker has it.
pub(crate) fn claimed_until(until: i64, delivery: Delivery) -> Delivery {
    Delivery { claimed_until: Some(instant(until)), ..delivery }
}

async fn replay(deliveries: &Arc<dyn DeliveryStore>, target: Key, now: i64) -> i64 {
    deliveries.replay(target, None, Replay::FromTheBeginning, instant(now)).await.unwrap()
}

pub(crate) async fn all(deliveries: &Arc<dyn DeliveryStore>) -> Vec<Delivery> {
    deliveries.deliveries(None, false, ALL).await.unwrap()
}

async fn a_change_of_a_serviced_loan_is_told_to_every_target(place: Place) {
    let (_open, deliveries, loan) = changed_loan(&place).await;
    let counts = DeliveryCounts { waiting: 0, dead: 0, unread: 2 };
    assert_eq!(deliveries.counts().await, Ok(counts));
    let webhooks = [("lender".to_owned(), target(9))];
    assert_eq!(deliveries.fan_out(&[target(1), target(2)], &webhooks, instant(60), 100).await, Ok(2));
    let second = Delivery { target: target(2), ..expected(&loan) };
    assert_eq!(all(&deliveries).await, [expected(&loan), second]);
    assert_eq!(deliveries.counts().await, Ok(DeliveryCounts { waiting: 2, dead: 0, unread: 0 }));
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(61), 100).await, Ok(0));
    assert_eq!(place.count("outbox").await, 0);
}

async fn a_report_is_told_to_its_organization_only(place: Place) {
    let mut open = place.book().await;
    let deliveries = open.store.deliveries().unwrap();
    for (n, organization) in [(1, "lender"), (2, "bank"), (3, "nobody")] {
        open.lane.save(&new_reported_loan(&repayment_loan(organization, "s1", n))).await.unwrap();
    }
    let webhooks = [("lender".to_owned(), target(8)), ("bank".to_owned(), target(9))];
    assert_eq!(deliveries.fan_out(&[target(1)], &webhooks, instant(200), 100).await, Ok(3));
    let told = all(&deliveries).await;
    let told: Vec<_> = told.into_iter().map(|d| (d.target, d.account, d.account_no, d.wanted_seq)).collect();
    let lender = repayment_loan("lender", "s1", 1).address();
    let bank = repayment_loan("bank", "s1", 2).address();
    assert_eq!(told, [(target(8), lender, 1, 1), (target(9), bank, 2, 1)]);
}

async fn outbox_rows_are_taken_in_the_order_of_recording(place: Place) {
    let (mut open, deliveries, loan) = changed_loan(&place).await;
    let earlier = crate::samples::loan(&client(5, 1), 2);
    open.lane.save(&Changes { outbox: Vec::new(), ..new_loan(&earlier) }).await.unwrap();
    change(&mut open, &earlier, 3).await;
    // The third second comes before the 55th.
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(60), 1).await, Ok(1));
    let numbers =
        async || all(&deliveries).await.iter().map(|d| (d.account_no, d.wanted_seq)).collect::<Vec<_>>();
    assert_eq!(numbers().await, [(earlier.account_no, 3)]);
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(60), 1).await, Ok(1));
    assert_eq!(numbers().await, [(loan.account_no, 1), (earlier.account_no, 3)]);
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(60), 10).await, Ok(1));
    assert_eq!(numbers().await, [(loan.account_no, 2), (earlier.account_no, 3)]);
}

async fn a_deleted_loan_is_told_to_nobody(place: Place) {
    let (_open, deliveries, _) = changed_loan(&place).await;
    place.tamper("delete from installment; delete from loan_account").await;
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(60), 100).await, Ok(2));
    assert_eq!(all(&deliveries).await, []);
    assert_eq!(deliveries.counts().await, Ok(DeliveryCounts::default()));
}

async fn nobody_to_tell_leaves_no_delivery(place: Place) {
    let (_open, deliveries, _) = changed_loan(&place).await;
    assert_eq!(deliveries.fan_out(&[], &[], instant(60), 100).await, Ok(2));
    assert_eq!(deliveries.counts().await, Ok(DeliveryCounts::default()));
}

async fn a_claimed_delivery_is_nobody_elses_until_the_lease_runs_out(place: Place) {
    let (open, one, loan) = due(&place).await;
    let two = open.store.deliveries().unwrap();
    assert_eq!(claim(&one, 59, 90).await, [], "its time has not come");
    assert_eq!(claim(&one, 60, 90).await, [claimed_until(90, expected(&loan))]);
    assert_eq!(claim(&two, 89, 120).await, []);
    assert_eq!(claim(&one, 89, 120).await, []);
    assert_eq!(claim(&two, 90, 120).await, [claimed_until(120, expected(&loan))]);
}

async fn deliveries_are_claimed_in_the_order_in_which_they_are_due(place: Place) {
    let (mut open, deliveries, loan) = due(&place).await;
    let later = crate::samples::loan(&client(5, 1), 2);
    open.lane.save(&new_loan(&later)).await.unwrap();
    assert_eq!(deliveries.fan_out(&[target(1), target(2)], &[], instant(50), 100).await, Ok(2));
    let claimed = async |limit| {
        let claimed = deliveries.claim(&listeners(10), instant(70), instant(100), limit).await.unwrap();
        claimed.iter().map(|d| (d.target, d.account_no)).collect::<Vec<_>>()
    };
    assert_eq!(claimed(1).await, [(target(1), later.account_no)]);
    assert_eq!(claimed(10).await, [(target(2), later.account_no), (target(1), loan.account_no)]);
}

async fn what_was_told_is_told_once(place: Place) {
    let (mut open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    // Whoever tells how the account stands may tell more than was asked for.
    deliveries.delivered(&claimed[0], 3, instant(61)).await.unwrap();
    let told = Delivery { sent_seq: 3, wanted_seq: 3, next_attempt_at: None, ..expected(&loan) };
    assert_eq!(all(&deliveries).await, from_ref(&told));
    assert_eq!(claim(&deliveries, 1_000, 1_100).await, []);
    assert_eq!(deliveries.counts().await, Ok(DeliveryCounts::default()));
    change(&mut open, &loan, 3).await;
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(62), 100).await, Ok(1));
    assert_eq!(all(&deliveries).await, [told]);
    change(&mut open, &loan, 4).await;
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(63), 100).await, Ok(1));
    let claimed = claim(&deliveries, 63, 90).await;
    assert_eq!((claimed[0].sent_seq, claimed[0].wanted_seq), (3, 4));
}

async fn what_came_while_it_was_told_stays_to_be_told(place: Place) {
    let (mut open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    change(&mut open, &loan, 3).await;
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(61), 100).await, Ok(1));
    assert_eq!(claim(&deliveries, 62, 90).await, [], "somebody is telling it");
    deliveries.delivered(&claimed[0], 2, instant(63)).await.unwrap();
    let left = Delivery { sent_seq: 2, wanted_seq: 3, next_attempt_at: Some(instant(63)), ..expected(&loan) };
    assert_eq!(claim(&deliveries, 63, 90).await, [claimed_until(90, left)]);
}

async fn a_failed_attempt_waits_and_is_repeated(place: Place) {
    let (_open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    deliveries.failed(&claimed[0], "no answer", Some(instant(80))).await.unwrap();
    let waiting = Delivery {
        attempts: 1,
        next_attempt_at: Some(instant(80)),
        last_error: Some("no answer".to_owned()),
        ..expected(&loan)
    };
    assert_eq!(all(&deliveries).await, from_ref(&waiting));
    assert_eq!(claim(&deliveries, 79, 100).await, []);
    let claimed = claim(&deliveries, 80, 100).await;
    assert_eq!(claimed, [claimed_until(100, waiting)]);
    deliveries.delivered(&claimed[0], 2, instant(81)).await.unwrap();
    let told = Delivery { sent_seq: 2, next_attempt_at: None, ..expected(&loan) };
    assert_eq!(all(&deliveries).await, [told]);
}

async fn a_change_does_not_shorten_the_wait_after_a_failure(place: Place) {
    let (mut open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    deliveries.failed(&claimed[0], "no answer", Some(instant(80))).await.unwrap();
    change(&mut open, &loan, 3).await;
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(70), 100).await, Ok(1));
    let found = all(&deliveries).await;
    assert_eq!((found[0].wanted_seq, found[0].next_attempt_at), (3, Some(instant(80))));
    assert_eq!(found[0].attempts, 1);
}

async fn a_delivery_that_was_given_up_stays_so_until_it_is_replayed(place: Place) {
    let (mut open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    deliveries.failed(&claimed[0], "gone", None).await.unwrap();
    assert_eq!(deliveries.counts().await, Ok(DeliveryCounts { waiting: 0, dead: 1, unread: 0 }));
    change(&mut open, &loan, 3).await;
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(70), 100).await, Ok(1));
    assert_eq!(claim(&deliveries, 1_000, 1_100).await, []);
    let dead = Delivery {
        wanted_seq: 3,
        attempts: 1,
        next_attempt_at: None,
        is_dead: true,
        last_error: Some("gone".to_owned()),
        ..expected(&loan)
    };
    assert_eq!(deliveries.deliveries(Some(target(1)), true, ALL).await.unwrap(), [dead]);
    assert_eq!(replay(&deliveries, target(1), 80).await, 1);
    assert_eq!(deliveries.counts().await, Ok(DeliveryCounts { waiting: 1, dead: 0, unread: 0 }));
    assert_eq!(claim(&deliveries, 80, 90).await.len(), 1);
}

async fn an_answer_after_the_lease_was_lost_counts_for_nothing(place: Place) {
    let (_open, deliveries, loan) = due(&place).await;
    let slow = claim(&deliveries, 60, 70).await;
    let quick = claim(&deliveries, 70, 90).await;
    deliveries.delivered(&quick[0], 2, instant(71)).await.unwrap();
    deliveries.failed(&slow[0], "no answer", None).await.unwrap();
    deliveries.delivered(&slow[0], 1, instant(72)).await.unwrap();
    let told = Delivery { sent_seq: 2, next_attempt_at: None, ..expected(&loan) };
    assert_eq!(all(&deliveries).await, [told]);
}

async fn a_replay_during_an_attempt_is_not_lost(place: Place) {
    let (mut open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    deliveries.delivered(&claimed[0], 2, instant(61)).await.unwrap();
    change(&mut open, &loan, 3).await;
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(62), 100).await, Ok(1));
    let claimed = claim(&deliveries, 62, 90).await;
    assert_eq!(replay(&deliveries, target(1), 63).await, 1);
    // The worker tells what is new; all that came before is still to be told again.
    deliveries.delivered(&claimed[0], 3, instant(64)).await.unwrap();
    assert_eq!(claim(&deliveries, 89, 100).await, []);
    let again = claim(&deliveries, 90, 100).await;
    assert_eq!((again[0].sent_seq, again[0].wanted_seq), (0, 3));
}

/// Also when nothing about the row is to be changed by the replay.
async fn a_replay_during_the_first_attempt_is_not_lost(place: Place) {
    let (_open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    assert_eq!(replay(&deliveries, target(1), 61).await, 1);
    deliveries.delivered(&claimed[0], 2, instant(62)).await.unwrap();
    deliveries.failed(&claimed[0], "late", None).await.unwrap();
    deliveries.postponed(&claimed[0], instant(1_000)).await.unwrap();
    assert_eq!(claim(&deliveries, 89, 100).await, [], "its worker has the target's ear");
    let again = Delivery { next_attempt_at: Some(instant(61)), ..expected(&loan) };
    assert_eq!(claim(&deliveries, 90, 100).await, [claimed_until(100, again)]);
}

async fn what_is_for_others_is_not_claimed(place: Place) {
    let (_open, deliveries, loan) = due(&place).await;
    let claimed = async |n| deliveries.claim(&[(target(n), 10)], instant(60), instant(90), 10).await.unwrap();
    assert_eq!(claimed(2).await, []);
    assert_eq!(deliveries.claim(&[], instant(60), instant(90), 10).await, Ok(Vec::new()));
    assert_eq!(all(&deliveries).await, [expected(&loan)]);
    assert_eq!(claimed(1).await, [claimed_until(90, expected(&loan))]);
}

async fn a_listener_has_slots_of_its_own(place: Place) {
    let (mut open, deliveries, _) = due(&place).await;
    for n in 2..=4 {
        let holder = client(5, n);
        open.lane.save(&new_client(&holder)).await.unwrap();
        open.lane.save(&new_loan(&crate::samples::loan(&holder, n))).await.unwrap();
    }
    deliveries.fan_out(&[target(1)], &[], instant(50), 100).await.unwrap();
    assert_eq!(deliveries.enroll(target(2), instant(60)).await, Ok(4));
    let slots = [(target(1), 2), (target(2), 1)];
    let claimed = async |limit| {
        let claimed = deliveries.claim(&slots, instant(70), instant(100), limit).await.unwrap();
        claimed.iter().map(|d| (d.target, d.account_no)).collect::<Vec<_>>()
    };
    // The first has the older ones, and still the second gets its turn.
    assert_eq!(claimed(10).await, [(target(1), 2), (target(1), 3), (target(2), 1)]);
    assert_eq!(claimed(2).await, [(target(1), 4), (target(1), 1)], "the oldest first");
}

async fn what_was_postponed_is_as_it_was_and_waits(place: Place) {
    let (_open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    deliveries.postponed(&claimed[0], instant(75)).await.unwrap();
    let waiting = Delivery { next_attempt_at: Some(instant(75)), ..expected(&loan) };
    assert_eq!(all(&deliveries).await, from_ref(&waiting));
    assert_eq!(claim(&deliveries, 74, 100).await, []);
    assert_eq!(claim(&deliveries, 75, 100).await, [claimed_until(100, waiting)]);
}

async fn what_was_given_up_goes_on_where_it_stood(place: Place) {
    let (mut open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    deliveries.delivered(&claimed[0], 2, instant(61)).await.unwrap();
    let dead = Replay::GivenUp;
    assert_eq!(deliveries.replay(target(1), None, dead, instant(62)).await, Ok(0), "nothing is dead");
    change(&mut open, &loan, 3).await;
    assert_eq!(deliveries.fan_out(&[target(1), target(2)], &[], instant(63), 100).await, Ok(1));
    for claimed in claim(&deliveries, 63, 90).await {
        deliveries.failed(&claimed, "gone", None).await.unwrap();
    }
    assert_eq!(deliveries.replay(target(1), None, dead, instant(64)).await, Ok(1));
    let account = Some(of_loan(&loan));
    assert_eq!(deliveries.replay(target(1), account, dead, instant(65)).await, Ok(0));
    assert_eq!(deliveries.replay(target(2), account, dead, instant(65)).await, Ok(1));
    let again = claim(&deliveries, 65, 90).await;
    let told: Vec<_> = again.iter().map(|d| (d.target, d.sent_seq, d.wanted_seq, d.attempts)).collect();
    assert_eq!(told, [(target(1), 2, 3, 0), (target(2), 0, 3, 0)]);
}

async fn one_account_or_all_are_replayed(place: Place) {
    let (mut open, deliveries, loan) = due(&place).await;
    let other = crate::samples::loan(&client(5, 1), 2);
    open.lane.save(&new_loan(&other)).await.unwrap();
    assert_eq!(deliveries.fan_out(&[target(1), target(2)], &[], instant(60), 100).await, Ok(2));
    for claimed in claim(&deliveries, 60, 90).await {
        deliveries.delivered(&claimed, claimed.wanted_seq, instant(61)).await.unwrap();
    }
    assert_eq!(claim(&deliveries, 70, 90).await, []);
    let account = Some(of_loan(&other));
    assert_eq!(deliveries.replay(target(3), account, Replay::FromTheBeginning, instant(70)).await, Ok(0));
    assert_eq!(deliveries.replay(target(1), account, Replay::FromTheBeginning, instant(70)).await, Ok(1));
    let claimed = claim(&deliveries, 70, 90).await;
    let of =
        |claimed: &[Delivery]| claimed.iter().map(|d| (d.target, d.account, d.sent_seq)).collect::<Vec<_>>();
    assert_eq!(of(&claimed), [(target(1), of_loan(&other), 0)]);
    assert_eq!(replay(&deliveries, target(2), 71).await, 1);
    assert_eq!(of(&claim(&deliveries, 71, 90).await), [(target(2), of_loan(&other), 0)]);
    deliveries.delivered(&claimed[0], 2, instant(72)).await.unwrap();
    assert_eq!(replay(&deliveries, target(1), 73).await, 2);
    assert_eq!(
        of(&claim(&deliveries, 73, 95).await),
        [(target(1), of_loan(&loan), 0), (target(1), of_loan(&other), 0)]
    );
}

async fn a_new_target_is_told_of_every_loan(place: Place) {
    let (mut open, deliveries, first) = due(&place).await;
    let second = Loan { version: 7, ..crate::samples::loan(&client(5, 1), 2) };
    open.lane.save(&new_loan(&second)).await.unwrap();
    open.lane.save(&new_reported_loan(&repayment_loan("lender", "s1", 3))).await.unwrap();
    assert_eq!(deliveries.enroll(target(1), instant(70)).await, Ok(1), "one loan was known");
    assert_eq!(deliveries.enroll(target(2), instant(70)).await, Ok(2));
    assert_eq!(deliveries.enroll(target(2), instant(70)).await, Ok(0));
    let known = deliveries.deliveries(Some(target(1)), false, ALL).await.unwrap();
    let enrolled = Delivery {
        account: of_loan(&second),
        account_no: second.account_no,
        wanted_seq: 7,
        next_attempt_at: Some(instant(70)),
        ..expected(&first)
    };
    assert_eq!(known, [expected(&first), enrolled]);
    assert_eq!(deliveries.counts().await.unwrap().waiting, 4);
}

async fn deliveries_are_listed_by_account_number(place: Place) {
    let mut open = place.book().await;
    let holders = [client(9, 1), client(5, 1)];
    for (n, holder) in (1..).zip(&holders) {
        open.lane.save(&new_client(holder)).await.unwrap();
        open.lane.save(&new_loan(&loan(holder, n))).await.unwrap();
    }
    let deliveries = open.store.deliveries().unwrap();
    deliveries.fan_out(&[target(2), target(1)], &[], instant(60), 100).await.unwrap();
    let claimed = claim(&deliveries, 60, 90).await;
    deliveries.failed(&claimed[0], "gone", None).await.unwrap();
    let listed = async |target, only_dead, offset, limit| {
        let list = deliveries.deliveries(target, only_dead, Page { offset, limit }).await.unwrap();
        list.iter().map(|d| (d.account_no, d.target)).collect::<Vec<_>>()
    };
    let everything = [(1, target(1)), (1, target(2)), (2, target(1)), (2, target(2))];
    assert_eq!(listed(None, false, 0, 10).await, everything);
    assert_eq!(listed(None, false, 1, 2).await, everything[1..3]);
    assert_eq!(listed(Some(target(2)), false, 0, 10).await, [everything[1], everything[3]]);
    assert_eq!(listed(None, true, 0, 10).await, [everything[0]]);
    assert_eq!(listed(Some(target(2)), true, 0, 10).await, []);
    assert_eq!(listed(None, false, 4, 10).await, []);
}

/// Copies of the only loan, so that it has `count` more.
async fn multiply(place: &Place, count: i64) {
    let catalogue = loam_store::schema::catalogue();
    let table = catalogue.iter().find(|table| table.name == "loan_account").unwrap();
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let values = columns.iter().map(|column| match *column {
        "part" => "n % 4096".to_owned(),
        "account_no" => "10 + n / 2".to_owned(),
        "loan_key" => "substr(loan_key, 1, 20) || substr(cast(100000000000 + n as text), 1, 12)".to_owned(),
        other => other.to_owned(),
    });
    let (columns, values) = (columns.join(", "), values.collect::<Vec<_>>().join(", "));
    let sql = format!(
        "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < {count})
         insert into loan_account ({columns}) select {values} from numbers, loan_account"
    );
    place.tamper(&sql).await;
}

/// More than are written in one step, and two for each number.
async fn many_accounts_are_enrolled_and_replayed(place: Place) {
    let (_open, deliveries, _) = changed_loan(&place).await;
    multiply(&place, 2_499).await;
    assert_eq!(deliveries.enroll(target(1), instant(60)).await, Ok(2_500));
    assert_eq!(deliveries.enroll(target(2), instant(60)).await, Ok(2_500));
    let claimed = deliveries.claim(&listeners(10_000), instant(60), instant(90), 10_000).await.unwrap();
    assert_eq!(claimed.len(), 5_000);
    place.tamper("update delivery set sent_seq = 1, next_attempt_at = null, claimed_until = null").await;
    assert_eq!(replay(&deliveries, target(1), 100).await, 2_500);
    let claimed = deliveries.claim(&listeners(10_000), instant(100), instant(190), 10_000).await.unwrap();
    assert_eq!(claimed.len(), 2_500);
    assert!(claimed.iter().all(|delivery| delivery.target == target(1) && delivery.sent_seq == 0));
}

async fn two_workers_share_the_outbox(place: Place) {
    let (mut open, one, loan) = changed_loan(&place).await;
    let two = open.store.deliveries().unwrap();
    for seq in 3..=40 {
        change(&mut open, &loan, seq).await;
    }
    let take = async |worker: Arc<dyn DeliveryStore>| {
        let mut taken = 0;
        loop {
            match worker.fan_out(&[target(1), target(2)], &[], instant(60), 3).await.unwrap() {
                0 => return taken,
                count => taken += count,
            }
        }
    };
    let (mine, yours) = tokio::join!(take(Arc::clone(&one)), take(two));
    assert_eq!(mine + yours, 40);
    let wanted: Vec<_> = all(&one).await.iter().map(|d| (d.target, d.wanted_seq)).collect();
    assert_eq!(wanted, [(target(1), 40), (target(2), 40)]);
}

async fn two_workers_share_the_deliveries(place: Place) {
    let (open, one, _) = changed_loan(&place).await;
    let two = open.store.deliveries().unwrap();
    multiply(&place, 299).await;
    one.enroll(target(1), instant(60)).await.unwrap();
    let take = async |worker: Arc<dyn DeliveryStore>| {
        let mut taken = Vec::new();
        loop {
            let claimed = worker.claim(&listeners(7), instant(60), instant(90), 7).await.unwrap();
            if claimed.is_empty() {
                return taken;
            }
            taken.extend(claimed.into_iter().map(|delivery| delivery.account));
        }
    };
    let (mut both, yours) = tokio::join!(take(one), take(two));
    both.extend(yours);
    both.sort_unstable();
    let count = both.len();
    both.dedup();
    assert_eq!((both.len(), count), (300, 300), "each was claimed once");
}
