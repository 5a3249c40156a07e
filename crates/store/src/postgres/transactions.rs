//! `loan_transaction`.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::TransactionRow;
use loam_app::error::StoreError;
use loam_app::views::Page;
use loam_book::ids::Part;
use loam_book::loan::transaction::LoanTransaction;

use super::pipeline::{Query, Writes, read_all, select};
use crate::cells::{Cell, Row};
use crate::numbers::LogNumbers;
use crate::rows::transaction::{read_transaction, reversal_row, transaction_columns, transaction_row};

/// Adds transactions and marks those that they take back.
pub(super) fn save_transactions<'a>(
    writes: &mut Writes<'a>,
    rows: &'a [TransactionRow],
    numbers: &LogNumbers,
) {
    insert_transactions(writes, rows, numbers);
    mark_reversed(writes, rows.iter().filter_map(reversal_row).collect());
}

fn insert_transactions<'a>(writes: &mut Writes<'a>, rows: &'a [TransactionRow], numbers: &LogNumbers) {
    let sql = "insert into loan_transaction (part, account_no, transaction_id, kind, seq, value_date, booking_date, recorded_at,
                 actor, door, request_id, event_version, rules_version, amount_minor, principal_minor,
                 interest_minor, fees_minor, penalties_minor, principal_balance_minor, details,
                 installment, reverses, reversed_by, log_no)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[],
                 $7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::bigint[],
                 $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
                 $18::bigint[], $19::bigint[], $20::text[], $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[])";
    writes.all(sql, rows.iter().map(|row| transaction_row(row, numbers)).collect());
}

fn mark_reversed<'a>(writes: &mut Writes<'a>, rows: Vec<Row<'a>>) {
    let sql = "update loan_transaction as a
                  set reversed_by = t.reversed_by
                 from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
                   as t (part, account_no, transaction_id, reversed_by)
                where a.part = t.part and a.account_no = t.account_no and a.transaction_id = t.transaction_id";
    writes.all(sql, rows);
}

/// The newest first.
pub(super) async fn select_transactions(
    client: &ClientWrapper,
    (part, account_no): (Part, i64),
    page: Page,
) -> Result<Vec<LoanTransaction>, StoreError> {
    let sql = concat!(
        "select ",
        transaction_columns!(),
        " from loan_log as l join loan_transaction as t on t.part = l.part and t.log_no = l.log_no
          where l.part = $1 and l.account_no = $2
          order by l.seq desc, t.transaction_id desc limit $3 offset $4"
    );
    let row = vec![Cell::part(part), Cell::int(account_no), Cell::int(page.limit), Cell::int(page.offset)];
    let rows = select(client, Query::one(sql, row)).await?;
    read_all(&rows, |row| read_transaction(row).map(|(_, transaction)| transaction))
}

/// The transactions of the accounts between two, both included, the oldest first. The parts are bounds by themselves too:
/// PostgreSQL takes pairs for a third of the table.
pub(super) fn select_transactions_between<'a>(bounds: &Row<'a>) -> Query<'a> {
    let sql = concat!(
        "select ",
        transaction_columns!(),
        " from loan_log as l join loan_transaction as t on t.part = l.part and t.log_no = l.log_no
          where l.part >= $1 and l.part <= $3 and (l.part, l.account_no) >= ($1, $2) and (l.part, l.account_no) <= ($3, $4)
          order by l.part, l.account_no, l.seq, t.transaction_id"
    );
    Query::one(sql, bounds.clone())
}
