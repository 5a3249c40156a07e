//! `booking` and `fund_transaction`.

use std::collections::HashMap;

use loam_app::changes::{BookingChange, FundTransactionChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::application::fund_transaction::FundTransaction;
use loam_book::application::portfolio::BookingOrder;
use loam_book::ids::Key;

use super::pipeline::{Query, Rows, Writes, read_all};
use crate::cells::Cell;
use crate::rows::market::{
    booking_order_row, booking_row, changed_booking_row, changed_fund_transaction_row, fund_transaction_row,
    read_fund_transaction,
};

/// Writes bookings, each only if nobody else did since it was read.
pub(super) fn save_bookings<'a>(writes: &mut Writes<'a>, changes: &'a [BookingChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update booking as a set version = t.version, state = t.state, body = t.body
                 from unnest(
                      $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
                   as t (part, number, version, state, body, version_read)
                where a.part = t.part and a.number = t.number and a.version = t.version_read";
    let row = |change: &&'a BookingChange| changed_booking_row(&change.booking, change.version_read);
    writes.all(sql, known.iter().map(row).collect());
    let sql = "insert into booking (part, number, booking_key, version, application_key, account_part,
                 account_key, state, booked_on, created_at, body)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[],
                 $8::text[], $9::bigint[], $10::bigint[], $11::text[])";
    writes.all(sql, new.iter().map(|change| booking_row(&change.booking)).collect());
}

/// The same of fund transactions.
pub(super) fn save_fund_transactions<'a>(writes: &mut Writes<'a>, changes: &'a [FundTransactionChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update fund_transaction as a set version = t.version, state = t.state, body = t.body
                 from unnest(
                      $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
                   as t (part, number, version, state, body, version_read)
                where a.part = t.part and a.number = t.number and a.version = t.version_read";
    let row = |change: &&'a FundTransactionChange| {
        changed_fund_transaction_row(&change.transaction, change.version_read)
    };
    writes.all(sql, known.iter().map(row).collect());
    let sql = "insert into fund_transaction (part, number, transaction_key, version, account_key, state,
                 created_at, body)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
                 $8::text[])";
    writes.all(sql, new.iter().map(|change| fund_transaction_row(&change.transaction)).collect());
}

/// Writes booking orders; they never change.
pub(super) fn insert_orders<'a>(writes: &mut Writes<'a>, orders: &'a [BookingOrder]) {
    let sql = "insert into booking_order (part, number, order_key, account_key, ordered_on, created_at, body)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[])";
    writes.all(sql, orders.iter().map(booking_order_row).collect());
}

pub(super) fn select_fund_transactions<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = "select body from fund_transaction
                where (part, transaction_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, addresses.iter().map(row).collect())
}

/// The transactions that were found, by their keys.
pub(super) fn read_funds(rows: &Rows) -> Result<HashMap<Key, FundTransaction>, StoreError> {
    let found = read_all(rows, read_fund_transaction)?;
    Ok(found.into_iter().map(|found| (found.key, found)).collect())
}
