//! `savings_account`, `savings_log` and `savings_transaction`.

use deadpool_postgres::ClientWrapper;
use jiff::civil::Date;
use loam_app::changes::{SavingsChange, SavingsLogRow, SavingsTransactionRow, SettlementChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::RowPlace;
use loam_app::views::Page;
use loam_book::ids::Part;
use loam_book::savings::event::SavingsEntry;

use super::pipeline::{Query, Writes, read_all, select};
use crate::cells::{Cell, Row};
use crate::numbers::LogNumbers;
use crate::rows::savings::{
    SavingsWrites, due_row, gone_savings_row, known_savings_row, read_savings_entry, savings_log_columns,
    savings_log_row, savings_reversal_row, savings_row, savings_transaction_row, settlement_place,
    settlement_row,
};

/// Writes the accounts, each only if nobody else did since it was read.
pub(super) fn save_savings<'a>(writes: &mut Writes<'a>, changes: &'a [SavingsChange]) {
    let all = SavingsWrites::new(changes);
    update_savings(writes, &all.known);
    insert_savings(writes, &all.new);
    let sql = "delete from savings_account
                where (part, account_no, version) in
                      (select * from unnest($1::bigint[], $2::bigint[], $3::bigint[]))";
    writes.all(sql, all.deleted.iter().map(|change| gone_savings_row(change)).collect());
}

fn update_savings<'a>(writes: &mut Writes<'a>, changes: &[&'a SavingsChange]) {
    let sql = "update savings_account as a
                  set savings_key = t.savings_key, id = t.id, version = t.version, holder_kind = t.holder_kind,
                      holder_key = t.holder_key, product_key = t.product_key, branch_key = t.branch_key,
                      centre_key = t.centre_key, user_key = t.user_key, status = t.status, name = t.name,
                      balance_minor = t.balance_minor, created_at = t.created_at, body = t.body,
                      next_action_on = t.next_action_on
                 from unnest(
                      $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                      $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                      $13::text[], $14::bigint[], $15::bigint[], $16::text[], $17::bigint[], $18::bigint[])
                   as t (part, account_no, savings_key, id, version, holder_kind, holder_key, product_key,
                      branch_key, centre_key, user_key, status, name, balance_minor, created_at, body,
                      next_action_on, version_read)
                where a.part = t.part and a.account_no = t.account_no and a.version = t.version_read";
    writes.all(sql, changes.iter().map(|change| known_savings_row(change)).collect());
}

fn insert_savings<'a>(writes: &mut Writes<'a>, changes: &[&'a SavingsChange]) {
    let sql =
        "insert into savings_account (part, account_no, savings_key, id, version, holder_kind, holder_key,
                 product_key, branch_key, centre_key, user_key, status, name, balance_minor, created_at, body,
                 next_action_on)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
                 $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                 $14::bigint[], $15::bigint[], $16::text[], $17::bigint[])";
    writes.all(sql, changes.iter().map(|change| savings_row(&change.account)).collect());
}

/// Writes anew from which day on the loans have something to settle.
pub(super) fn save_settlements<'a>(writes: &mut Writes<'a>, changes: &'a [SettlementChange]) {
    let delete = "delete from settlement
                   where (part, account_no) in (select * from unnest($1::bigint[], $2::bigint[]))";
    writes.any(delete, changes.iter().map(settlement_place).collect());
    let insert = "insert into settlement (part, account_no, loan_key, settles_on)
                  select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])";
    writes.all(insert, changes.iter().filter_map(settlement_row).collect());
}

pub(super) fn select_with_work<'a>(day: Date, after: RowPlace, limit: i64) -> Query<'a> {
    let sql = "select part, account_no, savings_key from savings_account
                where next_action_on <= $1 and (part, account_no) > ($2, $3)
                order by part, account_no limit $4";
    Query::one(sql, due_row(day, after, limit))
}

pub(super) fn select_to_settle<'a>(day: Date, after: RowPlace, limit: i64) -> Query<'a> {
    let sql = "select part, account_no, loan_key from settlement
                where settles_on <= $1 and (part, account_no) > ($2, $3)
                order by part, account_no limit $4";
    Query::one(sql, due_row(day, after, limit))
}

pub(super) fn insert_entries<'a>(writes: &mut Writes<'a>, rows: &'a [SavingsLogRow], numbers: &LogNumbers) {
    let sql =
        "insert into savings_log (part, account_no, seq, event, value_date, booking_date, recorded_at, actor,
                 door, request_id, event_version, rules_version, body, log_no)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[],
                 $7::bigint[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::bigint[],
                 $13::text[], $14::bigint[])";
    writes.all(sql, rows.iter().map(|row| savings_log_row(row, numbers)).collect());
}

/// Adds transactions and marks those that they take back.
pub(super) fn save_transactions<'a>(writes: &mut Writes<'a>, rows: &'a [SavingsTransactionRow]) {
    let insert = "insert into savings_transaction (part, account_no, transaction_id, kind, seq, value_date,
                    booking_date, recorded_at, amount_minor, balance_minor, reversed_by, body)
                  select * from unnest(
                    $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[],
                    $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[])";
    writes.all(insert, rows.iter().map(savings_transaction_row).collect());
    let mark = "update savings_transaction as a set reversed_by = t.reversed_by
                  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
                    as t (part, account_no, transaction_id, reversed_by)
                 where a.part = t.part and a.account_no = t.account_no
                   and a.transaction_id = t.transaction_id";
    writes.all(mark, rows.iter().filter_map(savings_reversal_row).collect());
}

pub(super) fn select_named<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = "select body from savings_account
                where (part, savings_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, addresses.iter().map(row).collect())
}

/// What moved an account from a day on, the oldest first.
pub(super) fn select_movements<'a>((part, account_no): (Part, i64), from: Date) -> Query<'a> {
    let sql = "select part, account_no, reversed_by, body from savings_transaction
                where part = $1 and account_no = $2 and value_date >= $3 order by seq, transaction_id";
    Query::one(sql, vec![Cell::part(part), Cell::int(account_no), Cell::date(from)])
}

pub(super) async fn load_entries(
    client: &ClientWrapper,
    part: Part,
    account_no: i64,
) -> Result<Vec<SavingsEntry>, StoreError> {
    let sql = concat!(
        "select ",
        savings_log_columns!(),
        " from savings_log where part = $1 and account_no = $2 order by seq"
    );
    let rows = select(client, Query::one(sql, vec![Cell::part(part), Cell::int(account_no)])).await?;
    read_all(&rows, |row| read_savings_entry(row).map(|(_, entry)| entry))
}

/// The newest first.
pub(super) fn select_transactions<'a>((part, account_no): (Part, i64), page: Page) -> Query<'a> {
    let sql = "select part, account_no, reversed_by, body from savings_transaction
                where part = $1 and account_no = $2
                order by seq desc, transaction_id desc limit $3 offset $4";
    let place = [Cell::part(part), Cell::int(account_no)];
    let row = place.into_iter().chain([Cell::int(page.limit), Cell::int(page.offset)]).collect();
    Query::one(sql, row)
}

/// Accounts with a log, after the given one.
pub(super) fn select_logged(after: Row<'_>) -> Query<'_> {
    let sql = "select distinct part, account_no from savings_log where (part, account_no) > ($1, $2)
                order by part, account_no limit $3";
    Query::one(sql, after)
}

/// Account, log and transactions of the accounts between two, both included.
pub(super) fn select_between<'a>(bounds: &Row<'a>) -> [Query<'a>; 2] {
    let entries = concat!(
        "select ",
        savings_log_columns!(),
        " from savings_log where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)
          order by part, account_no, seq"
    );
    let transactions = "select part, account_no, reversed_by, body from savings_transaction
                         where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)
                         order by part, account_no, seq, transaction_id";
    [entries, transactions].map(|sql| Query::one(sql, bounds.clone()))
}
