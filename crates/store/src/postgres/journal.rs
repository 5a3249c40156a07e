//! `journal_transfer`.

use loam_book::journal::Transfer;

use super::pipeline::{Query, Writes};
use crate::cells::Row;
use crate::rows::transfer::{transfer_columns, transfer_rows};

pub(super) fn insert_transfers<'a>(writes: &mut Writes<'a>, transfers: &'a [Transfer], first: i64) {
    let sql = "insert into journal_transfer (part, account_no, seq, n, debit, credit, amount_minor, currency, value_date,
                 booking_date, branch_key, product_key, entry_no)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
                 $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::text[], $12::text[],
                 $13::bigint[])";
    writes.all(sql, transfer_rows(transfers, first));
}

/// The transfers of the accounts between two, both included.
pub(super) fn select_transfers_between<'a>(bounds: &Row<'a>) -> Query<'a> {
    let sql = concat!(
        "select ",
        transfer_columns!(),
        " from journal_transfer where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)
          order by part, account_no, seq, n"
    );
    Query::one(sql, bounds.clone())
}
