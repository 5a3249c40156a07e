//! Two writers at once: nobody's change is lost.

use std::sync::Arc;

use loam_app::changes::IdName;
use loam_app::error::StoreError;
use loam_app::ports::{IdBlock, Need, WriteStore};
use loam_book::ids::Part;
use loam_book::loan::Loan;
use loam_book::loan::refusal::IdKind;
use loam_calc::money::Amount;

use crate::places::Place;
use crate::samples::{changed, client, loan, new_client, new_loan, of_loan};
use crate::writing::with_loan;

on_both_and_spread!(
    two_writers_of_one_loan_lose_nothing,
    two_writers_of_one_id_do_not_both_get_it,
    two_takers_of_numbers_never_get_the_same,
    a_reader_sees_whole_loans_while_they_are_written,
);

/// Two lanes of one book: on SQLite two connections, on PostgreSQL two lanes of one store.
async fn two_lanes(place: &Place) -> (crate::places::Open, Box<dyn WriteStore>, Loan) {
    let (open, loan) = with_loan(place).await;
    let second = open.store.lanes().unwrap().pop().unwrap();
    (open, second, loan)
}

/// Adds one to what is paid, as often as it takes; gives the number of conflicts.
async fn pay(mut lane: Box<dyn WriteStore>, loan: Loan, times: i64) -> i64 {
    let need = Need { loans: vec![of_loan(&loan)], ..Need::default() };
    let (mut done, mut conflicts) = (0, 0);
    while done < times {
        let read = lane.load(&need).await.unwrap().loans.remove(&loan.key).unwrap();
        let mut loan = Arc::unwrap_or_clone(read);
        tokio::task::yield_now().await;
        loan.version += 1;
        loan.servicing.paid.principal += Amount::from_minor(1);
        loan.servicing.installments[1].paid.principal += Amount::from_minor(1);
        match lane.save(&changed(&loan, Some(vec![2]))).await {
            Ok(()) => done += 1,
            Err(StoreError::VersionConflict | StoreError::TryAgain(_)) => conflicts += 1,
            Err(error) => panic!("{error}"),
        }
    }
    conflicts
}

async fn two_writers_of_one_loan_lose_nothing(place: Place) {
    let (open, second, loan) = two_lanes(&place).await;
    let (one, two) = tokio::join!(pay(open.lane, loan.clone(), 50), pay(second, loan.clone(), 50));
    assert!(one + two > 0, "they never met");
    let after = open.reader.loan(of_loan(&loan)).await.unwrap().unwrap();
    assert_eq!(after.version, loan.version + 100);
    assert_eq!(after.servicing.paid.principal, loan.servicing.paid.principal + Amount::from_minor(100));
    let paid = |loan: &Loan| loan.servicing.installments[1].paid.principal;
    assert_eq!(paid(&after), paid(&loan) + Amount::from_minor(100));
}

async fn two_writers_of_one_id_do_not_both_get_it(place: Place) {
    let (mut open, mut second, _) = two_lanes(&place).await;
    let mine = loan(&client(5, 1), 20);
    // Whoever comes first must find the holder.
    let other_holder = client(6, 2);
    open.lane.save(&new_client(&other_holder)).await.unwrap();
    let mut yours = loan(&other_holder, 21);
    yours.id = mine.id.clone();
    let (changes, other) = (new_loan(&mine), new_loan(&yours));
    let (one, two) = tokio::join!(open.lane.save(&changes), second.save(&other));
    let refused = Err(StoreError::Duplicate(vec![IdName::of_book(IdKind::Loan, &mine.id)]));
    assert!((one.is_ok() && two == refused) || (two.is_ok() && one == refused), "{one:?} {two:?}");
    assert_eq!(place.count("loan_account").await, 2);
}

async fn take(mut lane: Box<dyn WriteStore>) -> Vec<i64> {
    let mut taken = Vec::new();
    for _ in 0..30 {
        let first = lane.take_ids(IdBlock::Transaction, 10).await.unwrap();
        taken.extend(first..first + 10);
        tokio::task::yield_now().await;
    }
    taken
}

async fn two_takers_of_numbers_never_get_the_same(place: Place) {
    let (open, second, _) = two_lanes(&place).await;
    let (mut all, more) = tokio::join!(take(open.lane), take(second));
    all.extend(more);
    all.sort_unstable();
    assert_eq!(all, (1..=600).collect::<Vec<_>>());
}

async fn a_reader_sees_whole_loans_while_they_are_written(place: Place) {
    let (open, second, loan) = two_lanes(&place).await;
    let reader = open.reader.clone();
    let gap = |loan: &Loan| loan.servicing.paid.principal - loan.servicing.installments[1].paid.principal;
    let address = of_loan(&loan);
    let expected = gap(&loan);
    let reading = async {
        for _ in 0..200 {
            let seen = reader.loan(address).await.unwrap().unwrap();
            assert_eq!(gap(&seen), expected);
            let listed = open.lane_free_load(address).await;
            assert_eq!(gap(&listed), expected);
            tokio::task::yield_now().await;
        }
    };
    let (_, ()) = tokio::join!(pay(second, loan.clone(), 100), reading);
}

impl crate::places::Open {
    /// The loan as `check` reads it.
    async fn lane_free_load(&self, address: loam_app::command::Address) -> Loan {
        let accounts = self.store.checker().accounts_after(None, Part::LAST, 1).await.unwrap();
        let loan = accounts.into_iter().find_map(|account| account.loan).unwrap();
        assert_eq!(of_loan(&loan), address);
        loan
    }
}
