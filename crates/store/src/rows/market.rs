//! `booking`, `booking_order` and `fund_transaction`.

use loam_app::error::StoreError;
use loam_book::application::booking::Booking;
use loam_book::application::fund_transaction::FundTransaction;
use loam_book::application::portfolio::{BookingOrder, OrdersBefore};

use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn booking_row(booking: &Booking) -> Row<'_> {
    vec![
        Cell::part(booking.part),
        Cell::int(booking.number),
        Cell::key(booking.key),
        Cell::int(booking.version),
        Cell::key(booking.application),
        Cell::part(booking.account.part),
        Cell::key(booking.account.key),
        Cell::text(booking.state.name()),
        Cell::date(booking.booked_on),
        Cell::instant(booking.created_at),
        Cell::json(booking),
    ]
}

/// What changes of a booking: place, new version, state and body, and the version that was read.
pub(crate) fn changed_booking_row(booking: &Booking, version_read: Option<i64>) -> Row<'_> {
    vec![
        Cell::part(booking.part),
        Cell::int(booking.number),
        Cell::int(booking.version),
        Cell::text(booking.state.name()),
        Cell::json(booking),
        Cell::Int(version_read),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_booking(row: &impl Columns) -> Result<Booking, StoreError> {
    Cursor::new("booking", row).json()
}

pub(crate) fn fund_transaction_row(transaction: &FundTransaction) -> Row<'_> {
    vec![
        Cell::part(transaction.part),
        Cell::int(transaction.number),
        Cell::key(transaction.key),
        Cell::int(transaction.version),
        Cell::key(transaction.account),
        Cell::text(transaction.state.name()),
        Cell::instant(transaction.created_at),
        Cell::json(transaction),
    ]
}

/// As of a booking.
pub(crate) fn changed_fund_transaction_row(
    transaction: &FundTransaction,
    version_read: Option<i64>,
) -> Row<'_> {
    vec![
        Cell::part(transaction.part),
        Cell::int(transaction.number),
        Cell::int(transaction.version),
        Cell::text(transaction.state.name()),
        Cell::json(transaction),
        Cell::Int(version_read),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_fund_transaction(row: &impl Columns) -> Result<FundTransaction, StoreError> {
    Cursor::new("fund_transaction", row).json()
}

pub(crate) fn booking_order_row(order: &BookingOrder) -> Row<'_> {
    vec![
        Cell::part(order.part),
        Cell::int(order.number),
        Cell::key(order.key),
        Cell::key(order.account),
        Cell::date(order.ordered_on),
        Cell::instant(order.created_at),
        Cell::json(order),
    ]
}

/// Reads two counts.
pub(crate) fn read_orders_before(row: &impl Columns) -> Result<OrdersBefore, StoreError> {
    let mut cursor = Cursor::new("booking_order", row);
    Ok(OrdersBefore { in_the_hour: cursor.int()?, on_the_day: cursor.int()? })
}
