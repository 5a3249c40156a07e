//! `booking` and `fund_transaction`.

use loam_app::changes::{BookingChange, FundTransactionChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::application::Application;
use loam_book::application::booking::Booking;
use loam_book::application::fund_transaction::FundTransaction;
use loam_book::application::portfolio::{BookingOrder, OrdersBefore};
use loam_book::ids::Part;
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_one};
use crate::cells::Cursor;
use crate::lists::Asking;
use crate::rows::application::read_application;
use crate::rows::market::{
    booking_order_row, booking_row, changed_booking_row, changed_fund_transaction_row, fund_transaction_row,
    read_booking, read_fund_transaction, read_orders_before,
};

/// Writes bookings, each only if nobody else did since it was read.
pub(super) fn save_bookings(connection: &Connection, changes: &[BookingChange]) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update booking set version = ?3, state = ?4, body = ?5
                where part = ?1 and number = ?2 and version = ?6";
    let rows = known.iter().map(|change| changed_booking_row(&change.booking, change.version_read));
    if !execute_each(connection, sql, rows)?.is_empty() {
        return Err(StoreError::VersionConflict);
    }
    let sql = "insert into booking (part, number, booking_key, version, application_key, account_part,
                 account_key, state, booked_on, created_at, body)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    insert_all(connection, sql, new.iter().map(|change| booking_row(&change.booking)))
}

/// The same of fund transactions.
pub(super) fn save_fund_transactions(
    connection: &Connection,
    changes: &[FundTransactionChange],
) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update fund_transaction set version = ?3, state = ?4, body = ?5
                where part = ?1 and number = ?2 and version = ?6";
    let rows =
        known.iter().map(|change| changed_fund_transaction_row(&change.transaction, change.version_read));
    if !execute_each(connection, sql, rows)?.is_empty() {
        return Err(StoreError::VersionConflict);
    }
    let sql = "insert into fund_transaction (part, number, transaction_key, version, account_key, state,
                 created_at, body)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    insert_all(connection, sql, new.iter().map(|change| fund_transaction_row(&change.transaction)))
}

/// Writes booking orders; they never change.
pub(super) fn insert_orders(connection: &Connection, orders: &[BookingOrder]) -> Result<(), StoreError> {
    let sql = "insert into booking_order (part, number, order_key, account_key, ordered_on, created_at, body)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    insert_all(connection, sql, orders.iter().map(booking_order_row))
}

pub(super) fn select_orders_before(
    connection: &Connection,
    (sql, row): Asking<'_>,
) -> Result<OrdersBefore, StoreError> {
    let found = select_one(connection, &sql, row, |row| read_orders_before(row))?;
    Ok(found.unwrap_or_default())
}

pub(super) fn select_bookings(
    connection: &Connection,
    (sql, row): Asking<'_>,
) -> Result<Vec<Booking>, StoreError> {
    select(connection, &sql, row, |row| read_booking(row))
}

pub(super) fn select_applications(
    connection: &Connection,
    (sql, row): Asking<'_>,
) -> Result<Vec<Application>, StoreError> {
    select(connection, &sql, row, |row| read_application(row))
}

pub(super) fn select_fund_transaction(
    connection: &Connection,
    (sql, row): Asking<'_>,
) -> Result<Option<FundTransaction>, StoreError> {
    select_one(connection, &sql, row, |row| read_fund_transaction(row))
}

/// Where an account is that is asked for by its number.
pub(super) fn select_place(
    connection: &Connection,
    part: Part,
    (sql, row): Asking<'_>,
) -> Result<Option<Address>, StoreError> {
    let key = select_one(connection, &sql, row, |row| Cursor::new("account", row).key())?;
    Ok(key.map(|key| Address { part, key }))
}
