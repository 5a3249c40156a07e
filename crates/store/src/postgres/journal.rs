//! `journal_transfer` and `evening_log`.

use loam_book::journal::Transfer;

use super::pipeline::{Query, Writes};
use crate::cells::Row;
use crate::numbers::FirstNumbers;
use crate::rows::transfer::{Log, transfer_rows, transfers_between};

pub(super) fn insert_transfers<'a>(
    writes: &mut Writes<'a>,
    transfers: &'a [Transfer],
    numbers: &FirstNumbers,
) {
    let sql = "insert into evening_log (part, account_no, seq, log_no)
               select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])";
    writes.all(sql, numbers.log.evening_rows().collect());
    let sql = "insert into journal_transfer (part, account_no, seq, n, debit, credit, amount_minor, currency, value_date,
                 booking_date, branch_key, product_key, entry_no, log_no)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
                 $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::text[], $12::text[],
                 $13::bigint[], $14::bigint[])";
    writes.all(sql, transfer_rows(transfers, numbers));
}

/// The transfers that a log brought to the accounts between two, both included.
pub(super) fn select_transfers_between<'a>(log: Log, bounds: &Row<'a>) -> Query<'a> {
    Query::one(transfers_between(log, '$'), bounds.clone())
}
