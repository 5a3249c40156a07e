//! Booking orders, what they choose among, and long lists of bookings and of an account's money, as they are kept.

use jiff::civil::{Date, date};
use loam_app::changes::Changes;
use loam_app::portfolios::{OpenAsked, OrdersAsked};
use loam_app::views::{BOOKED, BookingFilter, ORDERED, Page};
use loam_book::application::booking::{Booking, BookingState};
use loam_book::application::portfolio::{BookingOrder, OrdersBefore};
use loam_book::application::{Application, Stage};
use loam_book::ids::{Address, Part};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::applications::{application, new_application};
use crate::market::{booking, written};
use crate::places::Place;
use crate::samples::{audit, client, instant, key, loan};

on_both_and_spread!(
    open_applications_come_by_the_day_on_which_they_close_without_those_that_were_booked,
    orders_of_an_account_are_counted_since_an_instant_and_on_a_day,
    the_two_thousand_and_first_booking_is_reached_and_orders_are_told_from_bookings,
);

fn investor() -> Address {
    Address { part: Part::new(9), key: key(9, 801) }
}

fn closing(n: i64, expiry_date: Date) -> Application {
    Application { expiry_date, ..application(&loan(&client(5, 1), 1), n) }
}

async fn open_applications_come_by_the_day_on_which_they_close_without_those_that_were_booked(place: Place) {
    let mut open = place.book_of(&[client(5, 1), client(5, 77)]).await;
    let all = [
        closing(1, date(2026, 3, 2)),
        closing(2, date(2026, 3, 1)),
        Application { stage: Stage::InFunding, ..closing(3, date(2026, 3, 2)) },
        Application { stage: Stage::Funded, ..closing(4, date(2026, 3, 1)) },
        closing(5, date(2026, 2, 28)),
        Application { borrower: key(5, 77), ..closing(6, date(2026, 3, 3)) },
        closing(7, date(2026, 3, 4)),
    ];
    for application in &all {
        open.lane.save(&new_application(application)).await.unwrap();
    }
    let own = booking(&all[6], 11);
    let others =
        Booking { account: Address { part: Part::new(9), key: key(9, 899) }, ..booking(&all[0], 12) };
    open.lane.save(&written(&[own.clone(), others], None)).await.unwrap();
    let account = own.account;
    let asked = OpenAsked { account, holder: key(5, 77), on: date(2026, 3, 1), after: None, limit: 10 };
    let mut found = async |asked: OpenAsked| -> Vec<i64> {
        let found = open.lane.load_open_applications(&asked).await.unwrap();
        found.into_iter().map(|found| found.number).collect()
    };
    assert_eq!(found(asked).await, [2, 1, 3]);
    assert_eq!(found(OpenAsked { limit: 1, ..asked }).await, [2]);
    assert_eq!(found(OpenAsked { after: Some((date(2026, 3, 1), 2)), ..asked }).await, [1, 3]);
    assert_eq!(found(OpenAsked { after: Some((date(2026, 3, 2), 1)), ..asked }).await, [3]);
    assert_eq!(found(OpenAsked { on: date(2026, 3, 3), holder: key(5, 78), ..asked }).await, [6]);
    let other = Address { key: key(9, 898), ..account };
    assert_eq!(found(OpenAsked { account: other, on: date(2026, 3, 3), ..asked }).await, [7]);
}

pub(crate) fn order(n: i64, ordered_on: Date) -> BookingOrder {
    BookingOrder {
        key: key(9, 600 + u64::try_from(n).unwrap()),
        part: investor().part,
        number: n,
        investor_id: "001G000001INV01".to_owned(),
        account: investor().key,
        currency: Currency::EUR,
        amount: Amount::from_minor(100_00),
        bookings: 3,
        ordered_on,
        created_at: instant(n),
        created_by: key(0, 901),
    }
}

async fn orders_of_an_account_are_counted_since_an_instant_and_on_a_day(place: Place) {
    let mut open = place.book().await;
    let (first, second) = (date(2026, 1, 31), date(2026, 2, 1));
    let orders = [order(1, first), order(2, first), order(3, second)];
    let somebody_elses = BookingOrder { account: key(9, 802), ..order(4, second) };
    let booking_orders: Vec<BookingOrder> = orders.iter().cloned().chain([somebody_elses]).collect();
    let audit = vec![audit(investor().part, orders[0].key)];
    open.lane.save(&Changes { booking_orders, audit, ..Changes::default() }).await.unwrap();
    let mut counted = async |since: i64, on: Date| {
        let asked = OrdersAsked { account: investor(), since: instant(since), on };
        open.lane.load_orders_before(&asked).await.unwrap()
    };
    let counts = |in_the_hour, on_the_day| OrdersBefore { in_the_hour, on_the_day };
    assert_eq!(counted(2, first).await, counts(2, 2));
    assert_eq!(counted(4, second).await, counts(0, 1));
    assert_eq!(counted(1, date(2026, 3, 1)).await, counts(3, 0));
}

async fn the_two_thousand_and_first_booking_is_reached_and_orders_are_told_from_bookings(place: Place) {
    let mut open = place.book().await;
    let of = application(&loan(&client(5, 1), 1), 1);
    let all: Vec<Booking> = (1..=2_100).map(|n| booking(&of, n)).collect();
    open.lane.save(&written(&all, None)).await.unwrap();
    let filter = BookingFilter { account: Some(all[0].account), states: BOOKED, ..BookingFilter::default() };
    let page = Page { offset: 0, limit: 2_000 };
    let first = open.reader.bookings(&filter, page).await.unwrap();
    assert_eq!((first.len(), first.last().map(|last| last.number)), (2_000, Some(2_000)));
    let after = BookingFilter { after: Some(2_000), ..filter };
    let rest = open.reader.bookings(&after, page).await.unwrap();
    assert_eq!(rest, all[2_000..]);
    assert_eq!(open.reader.booking(of.part, 2_100).await.unwrap().as_ref(), all.last());
    assert_eq!(open.reader.booking(of.part, 2_101).await.unwrap(), None);
    assert_eq!(open.lane.load_booking(of.part, 1).await.unwrap().as_ref(), all.first());

    let place = Address { part: of.part, key: key(5, 1) };
    let state = BookingState::Bought {
        amount: Amount::from_minor(5),
        loan: place,
        account_no: 1,
        on: date(2026, 2, 1),
        of: Some(all[0].key),
    };
    let bought = Booking { state, ..booking(&of, 2_200) };
    open.lane.save(&written(std::slice::from_ref(&bought), None)).await.unwrap();
    let orders = BookingFilter { states: ORDERED, ..filter };
    assert_eq!(open.reader.bookings(&orders, page).await.unwrap(), [bought]);
    assert_eq!(open.reader.bookings(&after, page).await.unwrap().len(), 100, "it is no booking");
}
