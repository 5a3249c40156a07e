//! Random lives of loans: whatever commands come in whatever order, the book never panics and what
//! must hold of it holds.
//!
//! 10,000 lives are led; `LOAM_LIVES` says how many otherwise.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::moves::text;
use crate::projections::assert_told_well;
use crate::support::{TestBook, product};

pub(crate) mod moves;
pub(crate) mod properties;
pub(crate) mod terms;

use moves::{Life, Move, a_move};
use properties::{PROPERTIES, of_every_moment};
use terms::{Dice, VARIANTS, agreed};

/// How many lives all tests together lead.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how many lives are led")]
fn lives() -> usize {
    std::env::var("LOAM_LIVES").map_or(10_000, |count| count.parse().expect("LOAM_LIVES is a number"))
}

/// Leads the lives of every so-manyeth variant, from the first of them on.
fn lead_lives(first: usize, every: usize) {
    let cases = lives() * VARIANTS.len().saturating_sub(first).div_ceil(every) / VARIANTS.len();
    let config = ProptestConfig {
        cases: u32::try_from(cases.max(1)).expect("a possible number of lives"),
        failure_persistence: None,
        max_global_rejects: u32::MAX,
        ..ProptestConfig::default()
    };
    let (led, impossible) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let life = (
        prop::sample::select(VARIANTS.iter().skip(first).step_by(every).collect::<Vec<_>>()),
        prop::collection::vec(any::<u8>(), 48),
        prop::collection::vec(a_move(), 1..40),
    );
    let outcome = TestRunner::new(config).run(&life, |(variant, bytes, moves)| {
        let Some(mut life) = Life::begin(agreed(variant, &mut Dice::new(&bytes))) else {
            impossible.fetch_add(1, Ordering::Relaxed);
            return Err(TestCaseError::reject("these terms give no loan"));
        };
        led.fetch_add(1, Ordering::Relaxed);
        prove(&mut life, &moves)
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let (led, impossible) = (led.into_inner(), impossible.into_inner());
    assert!(impossible <= led, "only {led} terms gave a loan, {impossible} did not");
}

fn prove(life: &mut Life, moves: &[Move]) -> Result<(), TestCaseError> {
    for step in moves {
        life.lead(step);
        if let Some(fault) = of_every_moment(life) {
            return Err(TestCaseError::fail(format!("after {step:?}: {fault}")));
        }
    }
    for (name, property) in PROPERTIES {
        if let Some(fault) = property(life) {
            return Err(TestCaseError::fail(format!("{name}: {fault}")));
        }
    }
    assert_told_well(&life.book);
    Ok(())
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

/// A life with something of everything in it.
pub(crate) fn an_eventful_life() -> Life {
    let mut life = Life::begin(agreed(&VARIANTS[1], &mut Dice::new(&[]))).expect("the plainest loan");
    for step in [
        Move::Days(40),
        Move::Repay { share: 200, days_ago: 0 },
        Move::RepayInVain { share: 100, days_ago: 20 },
        Move::Charge { cents: 500, installment: 3, days_ago: 0 },
        Move::Days(7),
        Move::ApplyInterest { days_ago: 0 },
        Move::Repay { share: 100, days_ago: 30 },
        Move::Days(3),
    ] {
        life.lead(&step);
    }
    life
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Advancing day by day or in one go leads to the same place.
    #[test]
    fn a_day_missed_is_a_day_caught_up(days in 1i64..200, cents in 1i64..90_000) {
        let start = date(2012, 6, 28);
        let mut daily = TestBook::active_loan(product(), "950", start);
        let mut late = TestBook::active_loan(product(), "950", start);
        for book in [&mut daily, &mut late] {
            let _refused = book.repay(&text(cents));
        }
        for day in 1..=days {
            daily.move_to(start.saturating_add(day.days()));
        }
        late.move_to(start.saturating_add(days.days()));
        prop_assert_eq!(&daily.loan().servicing, &late.loan().servicing);
    }
}
