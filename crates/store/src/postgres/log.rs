//! `loan_log`, `outbox`, `audit` and `answer`: what is only ever added.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::{AnswerRow, AuditRow, LogRow, OutboxRow};
use loam_app::error::StoreError;
use loam_book::ids::Part;
use loam_book::loan::event::Entry;

use super::pipeline::{Query, Writes, read_all, select};
use super::write::Witness;
use crate::cells::{Cell, Row};
use crate::numbers::LogNumbers;
use crate::rows::answer::{answer_row, audit_row};
use crate::rows::log::{log_columns, log_row, outbox_row, read_entry};

pub(super) fn insert_entries<'a>(writes: &mut Writes<'a>, entries: &'a [LogRow], numbers: &LogNumbers) {
    let sql = "insert into loan_log (part, account_no, seq, event, value_date, booking_date, recorded_at, actor, door,
                 request_id, event_version, rules_version, step, log_no)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[],
                 $7::bigint[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::bigint[],
                 $13::text[], $14::bigint[])";
    writes.all(sql, entries.iter().map(|row| log_row(row, numbers)).collect());
}

pub(super) async fn select_entries(
    client: &ClientWrapper,
    part: Part,
    account_no: i64,
) -> Result<Vec<Entry>, StoreError> {
    let sql =
        concat!("select ", log_columns!(), " from loan_log where part = $1 and account_no = $2 order by seq");
    let rows = select(client, Query::one(sql, vec![Cell::part(part), Cell::int(account_no)])).await?;
    read_all(&rows, |row| read_entry(row).map(|(_, entry)| entry))
}

/// The logs of the accounts between two, both included.
pub(super) fn select_entries_between<'a>(bounds: &Row<'a>) -> Query<'a> {
    let sql = concat!(
        "select ",
        log_columns!(),
        " from loan_log where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)
          order by part, account_no, seq"
    );
    Query::one(sql, bounds.clone())
}

pub(super) fn insert_outbox<'a>(writes: &mut Writes<'a>, rows: &'a [OutboxRow]) {
    let sql = "insert into outbox (recorded_at, part, account_no, seq, event, sent_at)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[])";
    writes.all(sql, rows.iter().map(outbox_row).collect());
}

/// `first_id` is the first of as many numbers as there are rows.
pub(super) fn insert_audit<'a>(writes: &mut Writes<'a>, rows: &'a [AuditRow], first_id: i64) {
    let sql = "insert into audit (audit_id, part, recorded_at, booking_date, actor, door, request_id, command, entity,
                 was, became, is_logged)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
                 $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[])";
    writes.all(sql, (first_id..).zip(rows).map(|(id, row)| audit_row(row, id)).collect());
}

/// Whether a row is there, and with it the transaction that wrote it. An entry of somebody else may have its place.
pub(super) async fn is_there(client: &ClientWrapper, witness: Witness<'_>) -> Result<bool, StoreError> {
    let query = match witness {
        Witness::Audit(audit_id, part) => {
            let sql = "select audit_id from audit where audit_id = $1 and part = $2";
            Query::one(sql, vec![Cell::int(audit_id), Cell::part(part)])
        }
        Witness::Entry(LogRow { part, account_no, entry }) => {
            let sql = "select seq from loan_log where part = $1 and account_no = $2 and seq = $3
                          and request_id = $4 and recorded_at = $5";
            let (request_id, recorded_at) = (&entry.stamp.request_id, entry.stamp.recorded_at);
            let place = vec![Cell::part(*part), Cell::int(*account_no), Cell::int(entry.seq)];
            let own = [Cell::text(request_id), Cell::instant(recorded_at)];
            Query::one(sql, place.into_iter().chain(own).collect())
        }
    };
    Ok(!select(client, query).await?.is_empty())
}

/// Somebody else may have given an answer under the same key meanwhile; then the batch loads it.
pub(super) fn insert_answers<'a>(writes: &mut Writes<'a>, answers: &'a [AnswerRow]) {
    let sql = "insert into answer (part, idem_key, content, recorded_at, outcome)
               select * from unnest(
                 $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[])
               on conflict (part, idem_key) do nothing";
    writes.all(sql, answers.iter().map(answer_row).collect());
}

/// Each key is looked up by itself: planned on a table that was known to be empty, a join would begin with all answers.
pub(super) fn select_answers(keys: &[(Part, String)], is_spread: bool) -> Query<'_> {
    let everywhere = "select idem_key, content, outcome from answer
                       where (part, idem_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let sql = "select a.* from unnest($1::bigint[], $2::text[]) as t (part, idem_key)
                 cross join lateral (select idem_key, content, outcome from answer
                     where answer.part = t.part and answer.idem_key = t.idem_key offset 0) as a";
    Query::many(
        if is_spread { everywhere } else { sql },
        keys.iter().map(|(part, key)| vec![Cell::part(*part), Cell::text(key)]).collect(),
    )
}
