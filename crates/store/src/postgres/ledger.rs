//! `manual_entry`, `manual_line` and `ledger_day`.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::Changes;
use loam_app::error::StoreError;
use loam_app::ports::Placed;
use loam_book::ids::Part;

use super::check::each_readable;
use super::pipeline::{Query, Writes, read_all, select, snapshot};
use crate::rows::check::{Account, after_row, bounds_row, read_account};
use crate::rows::ledger::{
    EnteredByHand, ledger_day_rows, manual_entry_row, manual_line_rows, read_manual_entry, read_manual_line,
    with_lines,
};

/// In how many places a day's sum stands. A lane has the parts whose number gives it one remainder, so lanes that
/// divide this number never meet in one.
const PLACES: u16 = 4;
/// Where tables are spread by part, a sum stands in the part of what it adds up: no other place is written to.
const SPREAD_PLACES: u16 = 4_096;

/// The entries by hand; their lines are numbered after the transfers of the batch.
pub(super) fn insert_manual_entries<'a>(writes: &mut Writes<'a>, changes: &'a Changes, first: i64) {
    let sql = "insert into manual_entry (part, number, entry_key, recorded_at, actor, notes, body)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])";
    writes.all(sql, changes.manual_entries.iter().map(manual_entry_row).collect());
    let sql = "insert into manual_line (part, number, n, side, account, account_key, amount_minor, currency,
                 booking_date, branch_key, entry_no)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                 $8::text[], $9::bigint[], $10::text[], $11::bigint[])";
    writes.all(sql, manual_line_rows(&changes.manual_entries, first));
}

/// Adds what the batch books to the sums of its days.
pub(super) fn add_to_days(writes: &mut Writes<'_>, changes: &Changes) {
    let sql = "insert into ledger_day (account, booking_date, branch_key, currency, part, debits_minor,
                 credits_minor)
               select * from unnest(
                 $1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
               on conflict (account, booking_date, branch_key, currency, part)
               do update set debits_minor = ledger_day.debits_minor + excluded.debits_minor,
                             credits_minor = ledger_day.credits_minor + excluded.credits_minor";
    let places = if writes.is_spread() { SPREAD_PLACES } else { PLACES };
    writes.all(sql, ledger_day_rows(changes, places));
}

/// The next entries by hand, with their lines.
pub(super) async fn select_manual_entries(
    client: &ClientWrapper,
    after: Option<(Part, i64)>,
    limit: i64,
) -> Result<Vec<Placed<EnteredByHand>>, StoreError> {
    let sql = "select part, number from manual_entry where (part, number) > ($1, $2)
                order by part, number limit $3";
    let places = select(client, Query::one(sql, after_row(after, limit))).await?;
    let places = read_all(&places, read_account)?;
    let entries = |places: Vec<Account>| async move { select_placed(client, &places).await };
    each_readable(places, entries, |place, reason| (place, Err(reason))).await
}

/// The entries from the first of these to the last.
async fn select_placed(
    client: &ClientWrapper,
    places: &[Account],
) -> Result<Vec<Placed<EnteredByHand>>, StoreError> {
    let Some(bounds) = bounds_row(places) else { return Ok(Vec::new()) };
    let entries = "select part, number, body from manual_entry
                    where (part, number) >= ($1, $2) and (part, number) <= ($3, $4) order by part, number";
    let lines = "select part, number, side, account, account_key, amount_minor from manual_line
                where (part, number) >= ($1, $2) and (part, number) <= ($3, $4) order by part, number, n";
    let queries = [entries, lines].map(|sql| Query::one(sql, bounds.clone()));
    let [entries, lines] = snapshot(client, queries).await?;
    Ok(with_lines(read_all(&entries, read_manual_entry)?, read_all(&lines, read_manual_line)?))
}
