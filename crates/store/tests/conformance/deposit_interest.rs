//! What evenings post of interest that has grown on deposits, and the accounts that they read for it.

use jiff::civil::date;
use loam_app::changes::{Changes, EveningChange};
use loam_app::check::check_book;
use loam_app::error::StoreError;
use loam_app::ports::RowPlace;
use loam_book::journal::deposit_interest::{
    DepositInterestAccount, DepositInterestAmounts, DepositInterestKind,
};
use loam_book::journal::evening::{EveningGroup, EveningPosting, post, what_does_not_hold};
use loam_book::journal::rules::AccrualPosting;
use loam_book::savings::{Savings, SavingsClosure, SavingsState};
use loam_calc::money::Amount;

use crate::places::Place;
use crate::samples::{audit, key};
use crate::savings::{self, account, change, changes};

on_both_and_spread!(
    what_is_posted_of_growing_interest_of_deposits_is_written_once,
    deposits_in_use_are_read_in_pages,
    a_deposit_that_cannot_be_read_keeps_nobody_from_the_others,
);

/// A posting as a batch writes it: so much is owed to depositors, and three by them.
fn posted(
    before: Option<DepositInterestAccount>,
    payable: i64,
    number: i64,
) -> (DepositInterestAccount, Changes) {
    let kind = DepositInterestKind {
        posting: AccrualPosting::Daily,
        payable_on: Some(key(0, 61)),
        expense_on: None,
        accrued_on: None,
        income_on: None,
    };
    let group = EveningGroup { product: key(0, 60), branch: None, currency: "EUR".to_owned(), kind };
    let [payable, accrued] = [payable, 3].map(Amount::from_minor);
    let amounts = DepositInterestAmounts { payable, accrued };
    let version_read = before.as_ref().map(|before| before.version);
    let (account, transfers) =
        post(&EveningPosting { group, before, amounts, on: date(2026, 1, 31) }, number);
    let deposit_interest_accounts = vec![EveningChange { account: account.clone(), version_read }];
    let audit = vec![audit(account.part, account.group.product)];
    (account, Changes { transfers, deposit_interest_accounts, audit, ..Changes::default() })
}

/// A posting of interest that has grown on deposits.
pub(crate) fn some_deposit_interest() -> Changes {
    posted(None, 10, 902).1
}

async fn what_is_posted_of_growing_interest_of_deposits_is_written_once(place: Place) {
    let mut open = place.book().await;
    let (first, changes) = posted(None, 10, 900);
    open.lane.save(&changes).await.unwrap();
    assert_eq!(open.reader.deposit_interest_accounts().await.unwrap(), std::slice::from_ref(&first));
    // Another server wants to post the same for the first time.
    assert_eq!(open.lane.save(&posted(None, 10, 901).1).await, Err(StoreError::VersionConflict));
    let (second, changes) = posted(Some(first.clone()), 4, 902);
    open.lane.save(&changes).await.unwrap();
    assert_eq!(open.lane.save(&posted(Some(first), 8, 903).1).await, Err(StoreError::VersionConflict));
    let check = open.store.checker();
    let read = check.posted_deposit_interest().await.unwrap();
    let [(_, Ok((account, transfers)))] = read.as_slice() else { panic!("one account: {read:?}") };
    assert_eq!((account, transfers.len()), (&second, 3));
    assert_eq!(what_does_not_hold(account, transfers), None);
    assert_eq!(check.orphans().await, Ok(vec![]));
    assert_eq!(check.wrong_sums().await, Ok(vec![]));
    place.tamper("delete from journal_transfer where account_no = 900 and amount_minor = 6").await;
    let found = check_book(&check).await.unwrap().findings;
    let is_told = |line: &String| line.starts_with("growing interest of deposits of ");
    assert!(found.iter().any(is_told), "{found:?}");
    place.tamper("update deposit_interest_account set body = 'no account'").await;
    let found = check_book(&check).await.unwrap().findings;
    let is_told = |line: &&String| line.starts_with("growing interest of deposits of account number 900 of ");
    assert_eq!(found.iter().filter(is_told).count(), 1, "{found:?}");
}

fn place_of(account: &Savings) -> RowPlace {
    (i64::from(account.part.number()), account.account_no)
}

async fn deposits_in_use_are_read_in_pages(place: Place) {
    let mut open = savings::book(&place).await;
    let activated_on = date(2026, 1, 1);
    let mut all = [account(5, 1), account(6, 2), account(6, 3), account(6, 4), account(6, 5)];
    all[0].state = SavingsState::Active { activated_on };
    all[1].state = SavingsState::Approved;
    all[2].state = SavingsState::Dormant { activated_on };
    let before = loam_book::savings::BeforeClosing::Active { activated_on };
    all[3].state = SavingsState::Closed { closure: SavingsClosure::Closed, before };
    all[4].state = SavingsState::Locked { activated_on };
    open.lane.save(&changes(all.iter().map(|account| change(account, None)).collect())).await.unwrap();
    let page = async |after, limit| {
        let page = open.reader.deposits_after(after, limit).await.unwrap();
        (page.rows.into_iter().map(Result::unwrap).collect::<Vec<Savings>>(), page.last)
    };
    let (first, last) = page(None, 2).await;
    assert_eq!((first, last), (vec![all[0].clone(), all[2].clone()], Some(place_of(&all[2]))));
    assert_eq!(page(last, 2).await, (vec![all[4].clone()], Some(place_of(&all[4]))));
    assert_eq!(page(Some(place_of(&all[4])), 2).await, (vec![], None));
}

async fn a_deposit_that_cannot_be_read_keeps_nobody_from_the_others(place: Place) {
    let mut open = savings::book(&place).await;
    let mut all = [account(5, 1), account(6, 2)];
    all.iter_mut()
        .for_each(|account| account.state = SavingsState::Active { activated_on: date(2026, 1, 1) });
    open.lane.save(&changes(all.iter().map(|account| change(account, None)).collect())).await.unwrap();
    place.tamper("update savings_account set body = '!' where account_no = 1").await;
    let page = open.reader.deposits_after(None, 5).await.unwrap();
    let [Err(broken), Ok(other)] = page.rows.as_slice() else { panic!("one of them: {:?}", page.rows) };
    assert_eq!((broken.account.clone(), other), (all[0].key.to_string(), &all[1]));
    assert_eq!(page.last, Some(place_of(&all[1])));
}
