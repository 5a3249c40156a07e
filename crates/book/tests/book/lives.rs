//! Random lives of loans of every kind: whatever commands come in whatever order, the book never
//! panics and what must hold of it holds.
//!
//! 10,000 lives are led; `LOAM_LIVES` says how many otherwise.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::ToSpan;
use loam_book::loan::event::Entry;
use loam_book::loan::log::fold;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::projections::assert_told_well;

mod accountant;
pub(crate) mod dice;
mod extras;
mod kinds;
pub(crate) mod life;
pub(crate) mod moves;
pub(crate) mod properties;
mod terms;

use dice::Dice;
use kinds::{KINDS, Kind};
use life::Life;
use moves::{Act, Charging, Move, a_move};
use properties::{PROPERTIES, of_every_moment};
use terms::agreed;

/// How many lives all tests together lead.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how many lives are led")]
fn lives() -> usize {
    std::env::var("LOAM_LIVES").map_or(10_000, |count| count.parse().expect("LOAM_LIVES is a number"))
}

fn config(cases: usize) -> ProptestConfig {
    ProptestConfig {
        cases: u32::try_from(cases.max(1)).expect("a possible number of lives"),
        failure_persistence: None,
        max_global_rejects: u32::MAX,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    }
}

fn some_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 192)
}

/// Leads the lives of every so-manyeth kind, from the first of them on, and says of each kind what
/// went wrong first.
fn lead_lives(first: usize, every: usize) {
    let cases = lives().div_ceil(KINDS.len());
    let kinds = KINDS.iter().skip(first).step_by(every);
    let faults: Vec<String> = kinds.filter_map(|kind| lead_lives_of(kind, cases).err()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

fn lead_lives_of(kind: &Kind, cases: usize) -> Result<(), String> {
    let (led, impossible) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let life = (some_bytes(), prop::collection::vec(a_move(), 1..40));
    let outcome = TestRunner::new(config(cases)).run(&life, |(bytes, moves)| {
        let Some(mut life) = Life::begin(&agreed(kind, &mut Dice::new(&bytes))) else {
            impossible.fetch_add(1, Ordering::Relaxed);
            return Err(TestCaseError::reject("these terms give no loan"));
        };
        led.fetch_add(1, Ordering::Relaxed);
        prove(&mut life, &moves)
    });
    outcome.map_err(|error| format!("{}: {error}", kind.0))?;
    let (led, impossible) = (led.into_inner(), impossible.into_inner());
    let is_enough = impossible <= led * 2;
    is_enough.then_some(()).ok_or(format!("{}: {led} terms gave a loan, {impossible} did not", kind.0))
}

fn prove(life: &mut Life, moves: &[Move]) -> Result<(), TestCaseError> {
    for step in moves {
        life.lead(step);
        if let Some(fault) = of_every_moment(life) {
            return Err(TestCaseError::fail(format!("after {step:?}: {fault}")));
        }
    }
    assert_proved(life)?;
    for (place, mut earlier) in life.earlier.clone().into_iter().enumerate() {
        // What happens to a loan whose place was taken finds nothing to move.
        for step in [Move::Reverse(0), Move::Days(30), Move::Act(Act::Repay { share: 500, days_ago: 50 })] {
            earlier.lead(&step);
        }
        earlier.earlier = life.earlier.clone();
        earlier.earlier[place] = life.clone();
        assert_proved(&earlier)?;
    }
    Ok(())
}

fn assert_proved(life: &Life) -> Result<(), TestCaseError> {
    for (name, property) in PROPERTIES {
        if let Some(fault) = property(life) {
            return Err(TestCaseError::fail(format!("{name}: {fault}")));
        }
    }
    // These are slow, and what they look at is the same in many lives.
    if life.book.entries.len().is_multiple_of(8) {
        assert_told_well(&life.book);
        prop_assert_eq!(fold(&read_again(&life.book.entries)), life.book.loan.clone());
    }
    Ok(())
}

/// The log as it comes back from where it is kept.
fn read_again(entries: &[Entry]) -> Vec<Entry> {
    let again = |entry: &Entry| {
        let text = serde_json::to_string(entry).expect("plain data");
        serde_json::from_str(&text).expect("what was written can be read")
    };
    entries.iter().map(again).collect()
}

// Two tests, because tests run beside each other.
#[test]
fn whatever_happens_to_every_other_product_the_book_proves_itself() {
    lead_lives(0, 2);
}

#[test]
fn whatever_happens_to_the_products_between_them_the_book_proves_itself() {
    lead_lives(1, 2);
}

/// Advancing day by day or in one go leads to the same place.
#[test]
fn a_day_missed_is_a_day_caught_up() {
    let kinds = prop::sample::select(KINDS);
    let plan = (kinds, some_bytes(), 0i64..900, 0i64..40, 1i64..200);
    let outcome = TestRunner::new(config(lives() / 50)).run(&plan, |(kind, bytes, share, first, days)| {
        let Some(mut daily) = Life::begin(&agreed(&kind, &mut Dice::new(&bytes))) else {
            return Err(TestCaseError::reject("these terms give no loan"));
        };
        daily.lead(&Move::Days(first));
        daily.lead(&Move::Act(Act::Repay { share, days_ago: 0 }));
        let mut late = daily.clone();
        for _ in 0..days {
            daily.book.move_to(daily.book.business_date.saturating_add(1.day()));
        }
        late.book.move_to(late.book.business_date.saturating_add(days.days()));
        prop_assert_eq!(&daily.book.loan().servicing, &late.book.loan().servicing);
        prop_assert_eq!(daily.book.findings(), vec![]);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// A life with something of everything in it.
pub(crate) fn an_eventful_life() -> Life {
    let mut life = Life::begin(&agreed(&KINDS[1], &mut Dice::new(&[]))).expect("the plainest loan");
    for step in [
        Move::Days(40),
        Move::Act(Act::Repay { share: 200, days_ago: 0 }),
        Move::InVain(Act::Repay { share: 100, days_ago: 20 }),
        Move::Act(Act::Charge(Charging::Arbitrary { cents: 500, installment: 3 }, 0)),
        Move::Days(7),
        Move::Act(Act::ApplyInterest { days_ago: 0 }),
        Move::Act(Act::Repay { share: 100, days_ago: 30 }),
        Move::Days(3),
    ] {
        life.lead(&step);
    }
    life
}
