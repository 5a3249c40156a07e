//! Bookings and fund transactions of the marketplace, as they are kept.

use jiff::civil::date;
use loam_app::changes::{BookingChange, Changes, FundTransactionChange};
use loam_app::error::StoreError;
use loam_app::ports::Need;
use loam_app::views::{BookingFilter, Page};
use loam_book::application::Application;
use loam_book::application::booking::{Booking, BookingState};
use loam_book::application::fund_transaction::{FundTransaction, FundTransactionState};
use loam_book::application::order_book::{OrderBook, Place as Standing};
use loam_book::ids::{Address, Part};
use loam_book::loan::refusal::IdKind;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::applications::{application, new_application};
use crate::places::Place;
use crate::samples::{audit, client, instant, key, loan};

on_both_and_spread!(
    a_booking_is_found_by_investor_application_and_state,
    of_two_who_write_a_booking_the_second_meets_a_conflict,
    a_fund_transaction_is_read_back_as_it_was_written,
    an_application_with_bookings_is_found_by_its_loan,
    applications_in_the_market_are_listed_place_by_place,
);

const ALL: Page = Page { offset: 0, limit: 100 };

fn sample(n: i64) -> Application {
    application(&loan(&client(5, 1), 1), n)
}

fn account(n: u64) -> Address {
    Address { part: Part::new(9), key: key(9, 800 + n) }
}

pub(crate) fn booking(application: &Application, n: i64) -> Booking {
    let cents = Amount::from_minor;
    Booking {
        key: key(application.part.number(), 740 + u64::try_from(n).unwrap()),
        part: application.part,
        number: n,
        version: 1,
        application: application.key,
        application_number: application.number,
        investor_id: "001G000001INV01".to_owned(),
        account: account(1),
        amount: cents(500_00),
        place: Standing { rate: Rate::from_ratio(85, 1_000), ahead: cents(100_00), reserved: cents(400_00) },
        service_rate: Some(Rate::from_ratio(5, 1_000)),
        booking_order: Some("a \"order\"".to_owned()),
        state: BookingState::Open,
        booked_on: date(2026, 1, 31),
        created_at: instant(n),
        last_modified_at: instant(n),
        created_by: key(0, 901),
        last_modified_by: key(0, 901),
    }
}

pub(crate) fn written(bookings: &[Booking], version_read: Option<i64>) -> Changes {
    let changes = bookings.iter().map(|booking| BookingChange { booking: booking.clone(), version_read });
    let audit = bookings.iter().map(|booking| audit(booking.part, booking.key)).collect();
    Changes { bookings: changes.collect(), audit, ..Changes::default() }
}

async fn a_booking_is_found_by_investor_application_and_state(place: Place) {
    let mut open = place.book().await;
    let (one, other) = (sample(1), sample(2));
    let first = booking(&one, 11);
    let waiting = Booking { state: BookingState::Uncommitted, ..booking(&one, 12) };
    let third = Booking { account: account(2), ..booking(&other, 13) };
    open.lane.save(&written(&[third.clone(), first.clone(), waiting.clone()], None)).await.unwrap();
    let by = |filter: BookingFilter| {
        let reader = &open.reader;
        async move { reader.bookings(&filter, ALL).await.unwrap() }
    };
    let filter = BookingFilter { account: Some(account(1)), ..BookingFilter::default() };
    assert_eq!(by(filter).await, [first.clone(), waiting.clone()]);
    assert_eq!(by(BookingFilter { states: &["open"], ..filter }).await, std::slice::from_ref(&first));
    let of_days = |from, to| BookingFilter { booked: Some((from, to)), ..filter };
    let day = first.booked_on;
    assert_eq!(by(of_days(day, day)).await.len(), 2);
    assert_eq!(by(of_days(day.tomorrow().unwrap(), date(2027, 1, 1))).await, []);
    assert_eq!(by(of_days(date(2025, 1, 1), day.yesterday().unwrap())).await, []);
    let filter = BookingFilter { application: Some(other.address()), ..BookingFilter::default() };
    assert_eq!(by(filter).await, std::slice::from_ref(&third));
    assert_eq!(open.lane.load_bookings_of(one.address()).await.unwrap(), [first, waiting.clone()]);
    assert_eq!(open.lane.load_uncommitted_of(account(1)).await.unwrap(), [waiting]);
    assert_eq!(open.lane.load_uncommitted_of(account(2)).await.unwrap(), []);
}

async fn of_two_who_write_a_booking_the_second_meets_a_conflict(place: Place) {
    let mut open = place.book().await;
    let before = booking(&sample(1), 11);
    open.lane.save(&written(std::slice::from_ref(&before), None)).await.unwrap();
    let after = Booking { version: 2, state: BookingState::Released { won: Amount::ZERO }, ..before };
    open.lane.save(&written(std::slice::from_ref(&after), Some(1))).await.unwrap();
    let stale = open.lane.save(&written(std::slice::from_ref(&after), Some(1))).await;
    assert_eq!(stale, Err(StoreError::VersionConflict));
    let filter = BookingFilter { states: &["released"], ..BookingFilter::default() };
    assert_eq!(open.reader.bookings(&filter, ALL).await.unwrap(), [after]);
}

async fn a_fund_transaction_is_read_back_as_it_was_written(place: Place) {
    let mut open = place.book().await;
    let before = fund_transaction();
    open.lane.save(&announced(&before, None)).await.unwrap();
    let need = Need { fund_transactions: vec![before.address()], ..Need::default() };
    let loaded = open.lane.load(&need).await.unwrap();
    assert_eq!(loaded.fund_transactions.get(&before.key), Some(&before));
    let cleared = FundTransactionState::Cleared { on: date(2026, 2, 2) };
    let after = FundTransaction { version: 2, state: cleared, ..before };
    open.lane.save(&announced(&after, Some(1))).await.unwrap();
    assert_eq!(open.lane.save(&announced(&after, Some(1))).await, Err(StoreError::VersionConflict));
    assert_eq!(open.reader.fund_transaction(Part::new(9), 21).await.unwrap(), Some(after));
    assert_eq!(open.reader.fund_transaction(Part::new(8), 21).await.unwrap(), None);
}

pub(crate) fn announced(transaction: &FundTransaction, version_read: Option<i64>) -> Changes {
    Changes {
        fund_transactions: vec![FundTransactionChange { transaction: transaction.clone(), version_read }],
        audit: vec![audit(transaction.part, transaction.key)],
        ..Changes::default()
    }
}

pub(crate) fn fund_transaction() -> FundTransaction {
    FundTransaction {
        key: key(9, 760),
        part: Part::new(9),
        number: 21,
        version: 1,
        investor_id: "001G000001INV01".to_owned(),
        account: account(1).key,
        currency: Currency::EUR,
        amount: Amount::from_minor(-5_00),
        transaction_date: date(2026, 2, 1),
        payment_mode: Some("ACH".to_owned()),
        bank_account: None,
        state: FundTransactionState::Uncleared,
        created_at: instant(1),
        last_modified_at: instant(1),
        created_by: key(0, 901),
        last_modified_by: key(0, 901),
    }
}

async fn an_application_with_bookings_is_found_by_its_loan(place: Place) {
    let mut open = place.book_of(&[client(5, 1)]).await;
    let standing = booking(&sample(1), 11).place;
    let order_book = OrderBook::default().with(standing, Amount::from_minor(10_200_00));
    let application = Application { order_book, ..sample(1) };
    open.lane.save(&new_application(&application)).await.unwrap();
    let account_no = application.loan.as_ref().unwrap().account_no;
    let found = open.reader.application_of(application.part, account_no).await.unwrap();
    assert_eq!(found.as_ref(), Some(&application));
    assert_eq!(open.lane.load_application_of(application.part, account_no).await.unwrap(), found);
    assert_eq!(open.reader.application_of(application.part, account_no + 1).await.unwrap(), None);
    let nowhere = open.reader.account_numbered(IdKind::Savings, application.part, account_no).await;
    assert_eq!(nowhere.unwrap(), None);
}

async fn applications_in_the_market_are_listed_place_by_place(place: Place) {
    use loam_book::application::Stage;
    let mut open = place.book_of(&[client(5, 1)]).await;
    let stages = [Stage::New, Stage::Funded, Stage::InFunding, Stage::Expired];
    for (n, stage) in (1..).zip(stages) {
        open.lane.save(&new_application(&Application { stage, ..sample(n) })).await.unwrap();
    }
    let late = sample(1).expiry_date.tomorrow().unwrap();
    let end_of_day = open.store.end_of_day().unwrap();
    let list = async |on, after, limit| end_of_day.applications_in_market(on, after, limit).await.unwrap();
    let numbers = async |on, after, limit| {
        let found = list(on, after, limit).await.rows.into_iter();
        found.map(|row| row.expect("it can be read").1.number).collect::<Vec<_>>()
    };
    let beginning = (0, 0);
    assert_eq!(numbers(late, beginning, 10).await, [1, 3]);
    assert_eq!(numbers(late, beginning, 1).await, [1]);
    assert_eq!(list(late, beginning, 1).await.last, Some((5, 1)));
    assert_eq!(numbers(late, (5, 1), 10).await, [3]);
    assert_eq!(list(late, (5, 3), 10).await.last, None);
    assert_eq!(numbers(sample(1).expiry_date, beginning, 10).await, [0; 0], "not yet");
}
