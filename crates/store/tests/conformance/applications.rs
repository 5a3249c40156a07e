//! Applications of the marketplace: written once, changed by version, found by key, number and borrower.

use jiff::civil::date;
use loam_app::changes::{ApplicationChange, Changes};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{IdBlock, Need};
use loam_app::views::{ApplicationFilter, Page};
use loam_book::application::order_book::OrderBook;
use loam_book::application::refinance::{Refinancing, ToBeRefinanced};
use loam_book::application::{
    Application, ApplicationLoan, EodAccrual, ProtectType, ProtectWaiver, Stage, loan_id,
};
use loam_book::loan::Loan;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::places::Place;
use crate::samples::{audit, client, instant, key, loan};

on_both_and_spread!(
    an_application_is_read_back_as_it_was_written,
    an_application_is_found_by_its_number_with_and_without_its_part,
    applications_are_listed_by_borrower_and_stage,
    all_applications_of_a_borrower_are_loaded_in_the_order_of_their_numbers,
    a_stale_application_is_a_conflict,
    a_number_or_key_is_given_once,
    numbers_of_applications_begin_with_one,
);

const ALL: Page = Page { offset: 0, limit: 100 };

fn refinancing(loan: &Loan) -> Refinancing {
    let address = Address { part: loan.part, key: key(loan.part.number(), 699) };
    let payoff = Amount::from_minor(9_000_01);
    let old = ToBeRefinanced { loan: address, account_no: 7, id: "LAI-00000001".to_owned(), payoff };
    Refinancing { loans: vec![old], additional: Amount::from_minor(999_99), expected_on: date(2026, 1, 31) }
}

/// The n-th application for a loan, by its holder.
pub(crate) fn application(loan: &Loan, n: i64) -> Application {
    Application {
        key: key(loan.part.number(), 700 + u64::try_from(n).unwrap()),
        part: loan.part,
        number: n,
        version: 1,
        borrower: loan.holder.key,
        borrower_account: "001G000001KY8by".to_owned(),
        product: key(0, 902),
        purpose: key(0, 903),
        stage: Stage::New,
        application_date: date(2026, 1, 31),
        currency: Currency::EUR,
        amount: Amount::from_minor(10_000_00),
        requested_amount: Amount::from_minor(10_200_00),
        capitalized_fee: Amount::from_minor(150_00),
        protect_fee: Amount::from_minor(50_00),
        interest_rate: Rate::from_ratio(9, 100),
        term: 10,
        monthly_payment: Amount::from_minor(1_062_55),
        first_payment_date: date(2026, 2, 28),
        disbursal_date: date(2026, 1, 31),
        expiry_date: date(2026, 3, 1),
        maturity_date: date(2026, 11, 30),
        due_day: Some(31),
        protect_type: Some(ProtectType::Partial),
        protect_fee_percent: Some(Rate::from_ratio(5, 1_000)),
        protect_waiver_type: Some(ProtectWaiver::InterestOnly),
        eod_accrual_type: Some(EodAccrual::ThroughDate),
        eod_fee_accrual: Some(true),
        refinancing: Some(refinancing(loan)),
        order_book: OrderBook::default(),
        amount_in_funding: Amount::ZERO,
        amount_funded: Amount::ZERO,
        loan: Some(ApplicationLoan { key: loan.key, account_no: loan.account_no, id: loan_id(n) }),
        created_at: instant(n),
        last_modified_at: instant(n),
        created_by: key(0, 901),
        last_modified_by: key(0, 901),
    }
}

pub(crate) fn new_application(application: &Application) -> Changes {
    change(application, None)
}

fn change(application: &Application, version_read: Option<i64>) -> Changes {
    let row = audit(application.part, application.key);
    let change = ApplicationChange { application: application.clone(), version_read };
    Changes { applications: vec![change], audit: vec![row], ..Changes::default() }
}

fn address(application: &Application) -> Address {
    Address { part: application.part, key: application.key }
}

fn sample(n: i64) -> Application {
    application(&loan(&client(5, 1), 1), n)
}

async fn an_application_is_read_back_as_it_was_written(place: Place) {
    let mut open = place.book_of(&[client(5, 1)]).await;
    let without_loan = Application { loan: None, due_day: None, ..sample(2) };
    for application in [sample(1), without_loan] {
        open.lane.save(&new_application(&application)).await.unwrap();
        let address = address(&application);
        let need = Need { applications: vec![address], ..Need::default() };
        let mut loaded = open.lane.load(&need).await.unwrap();
        assert_eq!(loaded.applications.remove(&application.key).as_ref(), Some(&application));
        assert_eq!(open.reader.application(address).await.unwrap().as_ref(), Some(&application));
    }
    let nowhere = address(&sample(9));
    assert_eq!(open.reader.application(nowhere).await.unwrap(), None);
}

async fn an_application_is_found_by_its_number_with_and_without_its_part(place: Place) {
    let mut open = place.book_of(&[client(5, 1), client(7, 1)]).await;
    let (first, second) = (sample(1), application(&loan(&client(7, 1), 2), 2));
    open.lane.save(&new_application(&first)).await.unwrap();
    open.lane.save(&new_application(&second)).await.unwrap();
    for part in [None, Some(second.part)] {
        let found = open.reader.application_by_number(part, 2).await.unwrap();
        let place = open.reader.application_place(part, 2).await.unwrap();
        assert_eq!(place, found.as_ref().map(Application::address));
        assert_eq!(found.as_ref(), Some(&second));
    }
    assert_eq!(open.reader.application_by_number(Some(first.part), 2).await.unwrap(), None);
    assert_eq!(open.reader.application_by_number(None, 3).await.unwrap(), None);
    assert_eq!(open.reader.application_place(Some(first.part), 2).await.unwrap(), None);
    assert_eq!(open.reader.application_place(None, 3).await.unwrap(), None);
}

async fn applications_are_listed_by_borrower_and_stage(place: Place) {
    let mut open = place.book_of(&[client(5, 1), client(5, 2)]).await;
    let stages = [Stage::New, Stage::InFunding, Stage::Funded, Stage::Rejected];
    for (n, stage) in (1..).zip(stages) {
        open.lane.save(&new_application(&Application { stage, ..sample(n) })).await.unwrap();
    }
    let stranger = application(&loan(&client(5, 2), 2), 5);
    open.lane.save(&new_application(&stranger)).await.unwrap();
    let borrower = Address { part: stranger.part, key: sample(1).borrower };
    let numbers = async |stages: &[Stage], page| {
        let filter = ApplicationFilter { borrower, stages: stages.to_vec() };
        let found = open.reader.applications(&filter, page).await.unwrap();
        found.iter().map(|application| application.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&[], ALL).await, [1, 2, 3, 4]);
    assert_eq!(numbers(&[Stage::New, Stage::InFunding], ALL).await, [1, 2]);
    assert_eq!(numbers(&[Stage::Expired], ALL).await, [0; 0]);
    assert_eq!(numbers(&[], Page { offset: 1, limit: 2 }).await, [2, 3]);
}

async fn all_applications_of_a_borrower_are_loaded_in_the_order_of_their_numbers(place: Place) {
    let mut open = place.book_of(&[client(5, 1), client(5, 2)]).await;
    for (n, stage) in [(3, Stage::Expired), (1, Stage::Funded), (2, Stage::New)] {
        open.lane.save(&new_application(&Application { stage, ..sample(n) })).await.unwrap();
    }
    let stranger = application(&loan(&client(5, 2), 2), 5);
    open.lane.save(&new_application(&stranger)).await.unwrap();
    let borrower = Address { part: stranger.part, key: sample(1).borrower };
    let found = open.lane.load_applications_of(borrower).await.unwrap();
    assert_eq!(found.iter().map(|found| found.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(found[1], sample(2));
}

async fn a_stale_application_is_a_conflict(place: Place) {
    let mut open = place.book_of(&[client(5, 1)]).await;
    let first = sample(1);
    open.lane.save(&new_application(&first)).await.unwrap();
    let rejected = Application { stage: Stage::Rejected, version: 2, ..first.clone() };
    open.lane.save(&change(&rejected, Some(1))).await.unwrap();
    assert_eq!(open.lane.save(&change(&rejected, Some(1))).await, Err(StoreError::VersionConflict));
    let stored = open.reader.application(address(&first)).await.unwrap();
    assert_eq!(stored, Some(rejected));
}

async fn a_number_or_key_is_given_once(place: Place) {
    let mut open = place.book_of(&[client(5, 1)]).await;
    let first = sample(1);
    open.lane.save(&new_application(&first)).await.unwrap();
    for other in
        [Application { key: key(5, 999), ..first.clone() }, Application { number: 9, ..first.clone() }]
    {
        assert!(open.lane.save(&new_application(&other)).await.is_err());
    }
    assert_eq!(open.reader.application(address(&first)).await.unwrap(), Some(first));
}

async fn numbers_of_applications_begin_with_one(place: Place) {
    let mut open = place.book().await;
    assert_eq!(open.lane.take_ids(IdBlock::Application, 10).await, Ok(1));
    assert_eq!(open.lane.take_ids(IdBlock::Application, 1).await, Ok(11));
}
