//! Loans that stand otherwise without an entry in their logs: a day came or passed, or the application moved.

use loam_app::ports::Delivery;
use loam_book::loan::Loan;

use crate::delivering::{all, change, claim, claimed_until, due, expected, target};
use crate::places::Place;
use crate::samples::instant;

on_both!(
    what_falls_due_is_told_again_to_those_who_know_the_loan,
    what_was_paid_before_it_falls_due_is_told_again_on_its_day,
    a_loan_that_stands_otherwise_without_an_entry_is_told_again,
    what_falls_due_while_it_is_told_is_told_again,
);

/// The first unpaid installment of the sample.
fn first_due(loan: &Loan) -> jiff::civil::Date {
    let unpaid = loan.servicing.installments.iter().filter(|row| row.repaid_on.is_none());
    unpaid.map(|row| row.due_date).min().unwrap()
}

async fn what_falls_due_is_told_again_to_those_who_know_the_loan(place: Place) {
    let (_open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    deliveries.delivered(&claimed[0], 2, instant(61)).await.unwrap();
    let day = first_due(&loan);
    let (before, after) = (day.yesterday().unwrap(), day.tomorrow().unwrap());
    let raise = async |n, from, to| deliveries.raise_due(&[target(n)], from, to, instant(70)).await.unwrap();
    assert_eq!(raise(1, before, day).await, 0, "it is due, and not yet over");
    assert_eq!(raise(1, after, after).await, 0);
    assert_eq!(raise(2, day, after).await, 0, "who does not know the loan learns nothing by it");
    assert_eq!(deliveries.raise_due(&[], day, after, instant(70)).await, Ok(0));
    assert_eq!(raise(1, day, after).await, 1);
    assert_eq!(raise(1, day, after).await, 0, "it is waiting");
    let told = Delivery { sent_seq: 2, next_attempt_at: Some(instant(70)), ..expected(&loan) };
    let claimed = claim(&deliveries, 70, 90).await;
    assert_eq!(claimed, [claimed_until(90, told)]);
    deliveries.failed(&claimed[0], "gone", None).await.unwrap();
    assert_eq!(raise(1, day, after).await, 0, "it was given up");
    place.tamper("update installment set repaid_on = due_date").await;
    place.tamper("update delivery set is_dead = 0").await;
    assert_eq!(
        raise(1, jiff::civil::date(2000, 1, 1), jiff::civil::date(2100, 1, 1)).await,
        0,
        "all is paid, each on its day"
    );
}

/// The loan performs from that day on, and an installment of nothing is settled by it.
async fn what_was_paid_before_it_falls_due_is_told_again_on_its_day(place: Place) {
    let (_open, deliveries, loan) = due(&place).await;
    let day = first_due(&loan);
    let (before, after) = (day.yesterday().unwrap(), day.tomorrow().unwrap());
    let nothing = "update installment set principal_expected_minor = 0, interest_expected_minor = 0,
                          fees_expected_minor = 0, penalties_expected_minor = 0, repaid_on = null";
    for change in ["update installment set repaid_on = due_date - 1", nothing] {
        place.tamper(change).await;
        place.tamper("update delivery set next_attempt_at = null, claimed_until = null").await;
        let raise = async |from, to| deliveries.raise_due(&[target(1)], from, to, instant(70)).await.unwrap();
        assert_eq!(raise(before, before).await, 0, "it is not due yet: {change}");
        assert_eq!(raise(before, day).await, 1, "{change}");
        assert_eq!(raise(before, day).await, 0, "it is waiting: {change}");
    }
    place.tamper("update installment set repaid_on = due_date - 1").await;
    place.tamper("update delivery set next_attempt_at = null, claimed_until = null").await;
    assert_eq!(deliveries.raise_due(&[target(1)], day, after, instant(70)).await, Ok(0), "its day is over");
}

/// What says so names no entry of the log: nothing is to be told beyond those that there are.
async fn a_loan_that_stands_otherwise_without_an_entry_is_told_again(place: Place) {
    let (mut open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    deliveries.delivered(&claimed[0], 2, instant(61)).await.unwrap();
    change(&mut open, &loan, -3).await;
    assert_eq!(deliveries.fan_out(&[target(1), target(2)], &[], instant(62), 100).await, Ok(1));
    let told = Delivery { sent_seq: 2, next_attempt_at: Some(instant(62)), ..expected(&loan) };
    let other =
        Delivery { target: target(2), wanted_seq: -3, next_attempt_at: Some(instant(62)), ..expected(&loan) };
    assert_eq!(all(&deliveries).await, [told.clone(), other.clone()]);
    let claimed = claim(&deliveries, 62, 90).await;
    assert_eq!(claimed, [claimed_until(90, told), claimed_until(90, other)]);
    // While they are told it moves on: what the first is told may be old.
    deliveries.delivered(&claimed[1], 2, instant(63)).await.unwrap();
    change(&mut open, &loan, -4).await;
    assert_eq!(deliveries.fan_out(&[target(1)], &[], instant(64), 100).await, Ok(1));
    deliveries.delivered(&claimed[0], 2, instant(65)).await.unwrap();
    let again: Vec<_> =
        claim(&deliveries, 90, 120).await.into_iter().map(|d| (d.target, d.sent_seq)).collect();
    assert_eq!(again, [(target(1), 2)]);
}

async fn what_falls_due_while_it_is_told_is_told_again(place: Place) {
    let (_open, deliveries, loan) = due(&place).await;
    let claimed = claim(&deliveries, 60, 90).await;
    let day = first_due(&loan);
    let raised = deliveries.raise_due(&[target(1)], day, day.tomorrow().unwrap(), instant(70)).await;
    assert_eq!(raised, Ok(1));
    // The worker read the loan before the day.
    deliveries.delivered(&claimed[0], 2, instant(71)).await.unwrap();
    assert_eq!(claim(&deliveries, 90, 120).await, [claimed_until(120, expected(&loan))]);
}
