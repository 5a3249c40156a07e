//! Installments that a loan carries in its own row, and the rows of installments that count.

use std::sync::Arc;

use loam_app::ports::Need;
use loam_app::views::{LoanFilter, Page};
use loam_book::ids::Part;
use loam_book::loan::{Installment, Loan};
use loam_calc::money::Amount;

use crate::places::{Open, Place};
use crate::samples::{changed, client, installment, loan, new_client, new_loan, of_loan};

on_both_and_spread!(
    a_loan_is_read_with_the_installments_that_it_carries,
    what_another_program_wrote_is_read_from_the_rows,
    loans_in_all_ways_come_in_their_order,
    a_long_schedule_is_read_from_its_rows,
    each_change_packs_them_anew,
    check_compares_the_two,
);

/// Loans 1, 2 and 3 of one client.
async fn filled(place: &Place) -> (Open, Vec<Loan>) {
    let mut open = place.book().await;
    let holder = client(5, 1);
    open.lane.save(&new_client(&holder)).await.unwrap();
    let loans: Vec<Loan> = (1..=3).map(|n| loan(&holder, n)).collect();
    for loan in &loans {
        open.lane.save(&new_loan(loan)).await.unwrap();
    }
    (open, loans)
}

/// The loans as each reader has them: lane, one by one, list, and the page of a report.
async fn read(open: &mut Open, loans: &[Loan]) -> [Vec<Loan>; 4] {
    let need = Need { loans: loans.iter().map(of_loan).collect(), ..Need::default() };
    let mut loaded = open.lane.load(&need).await.unwrap().loans;
    let loaded = loans.iter().map(|loan| Arc::unwrap_or_clone(loaded.remove(&loan.key).unwrap()));
    let mut shown = Vec::new();
    for loan in loans {
        shown.push(open.reader.loan(of_loan(loan)).await.unwrap().unwrap());
    }
    let listed = open.reader.loans(&LoanFilter::default(), Page { offset: 0, limit: 10 }).await.unwrap();
    let page = open.reader.loans_after(None, 10).await.unwrap();
    [loaded.collect(), shown, listed, page.loans]
}

async fn differing(open: &Open) -> Vec<Vec<&'static str>> {
    let accounts = open.store.checker().accounts_after(None, Part::LAST, 10).await.unwrap();
    accounts.into_iter().map(|account| account.differing).collect()
}

async fn a_loan_is_read_with_the_installments_that_it_carries(place: Place) {
    let (mut open, loans) = filled(&place).await;
    place.tamper("delete from installment").await;
    assert_eq!(read(&mut open, &loans).await, [(); 4].map(|()| loans.clone()));
}

/// An older program moves the version on, writes the rows, and knows nothing of the column.
async fn what_another_program_wrote_is_read_from_the_rows(place: Place) {
    let (mut open, mut loans) = filled(&place).await;
    place.tamper("update loan_account set version = version + 1 where account_no = 2").await;
    place.tamper("update installment set fees_paid_minor = 77 where number = 2 and account_no = 2").await;
    loans[1].version += 1;
    loans[1].servicing.installments[1].paid.fees = Amount::from_minor(77);
    assert_eq!(read(&mut open, &loans).await, [(); 4].map(|()| loans.clone()));
    assert_eq!(differing(&open).await, [vec![], vec![], Vec::<&str>::new()]);
    // And is carried from the next change on.
    let mut second = loans[1].clone();
    second.version += 1;
    open.lane.save(&changed(&second, Some(vec![2]))).await.unwrap();
    place.tamper("delete from installment").await;
    assert_eq!(read(&mut open, &[second.clone()]).await[1], [second]);
}

async fn loans_in_all_ways_come_in_their_order(place: Place) {
    let (mut open, loans) = filled(&place).await;
    place.tamper("update loan_account set packed_installments = null where account_no = 1").await;
    let cut = "update loan_account set packed_installments = substr(packed_installments, 1, 5) where account_no = 3";
    place.tamper(cut).await;
    assert_eq!(read(&mut open, &loans).await, [(); 4].map(|()| loans.clone()));
    place.tamper("delete from installment").await;
    let mut bare = loans.clone();
    for at in [0, 2] {
        bare[at].servicing.installments.clear();
    }
    assert_eq!(read(&mut open, &loans).await, [(); 4].map(|()| bare.clone()));
}

async fn a_long_schedule_is_read_from_its_rows(place: Place) {
    let (mut open, mut loans) = filled(&place).await;
    loans[0].version += 1;
    loans[0].servicing.installments =
        (1..=120).map(|number| Installment { number, ..installment(1) }).collect();
    open.lane.save(&changed(&loans[0], None)).await.unwrap();
    assert_eq!(read(&mut open, &loans).await, [(); 4].map(|()| loans.clone()));
    assert_eq!(differing(&open).await, [vec![], vec![], Vec::<&str>::new()]);
    place.tamper("delete from installment where number > 100").await;
    loans[0].servicing.installments.truncate(100);
    assert_eq!(read(&mut open, &loans).await, [(); 4].map(|()| loans.clone()));
}

async fn each_change_packs_them_anew(place: Place) {
    let (mut open, mut loans) = filled(&place).await;
    for (touched, fees) in [(Some(vec![1]), 5), (None, 6), (Some(vec![]), 6)] {
        loans[0].version += 1;
        loans[0].servicing.installments[0].paid.fees = Amount::from_minor(fees);
        open.lane.save(&changed(&loans[0], touched)).await.unwrap();
        assert_eq!(differing(&open).await, [vec![], vec![], Vec::<&str>::new()]);
        assert_eq!(read(&mut open, &loans).await, [(); 4].map(|()| loans.clone()));
    }
    place.tamper("delete from installment").await;
    assert_eq!(read(&mut open, &loans).await, [(); 4].map(|()| loans.clone()));
}

async fn check_compares_the_two(place: Place) {
    let (open, loans) = filled(&place).await;
    assert_eq!(differing(&open).await, [vec![], vec![], Vec::<&str>::new()]);
    place.tamper("update installment set repaid_on = 7 where number = 2 and account_no = 1").await;
    let cut = "update loan_account set packed_installments = substr(packed_installments, 1, 5) where account_no = 3";
    place.tamper(cut).await;
    let found = vec!["packed_installments"];
    assert_eq!(differing(&open).await, [found.clone(), vec![], found]);
    let accounts = open.store.checker().accounts_after(None, Part::LAST, 10).await.unwrap();
    let told = accounts[0].loan.as_ref().unwrap();
    assert_ne!(told.servicing.installments, loans[0].servicing.installments, "the rows are what is checked");
}
