//! `calendar_work`: parts whose loans are to follow days off that were changed.

use loam_app::changes::RecordChange;
use loam_app::ports::{CalendarWork, WrittenKey};

use super::pipeline::{Query, Writes};
use crate::cells::Cell;
use crate::rows::book::{accounts_to_follow, days_off_row, work_cells};

/// Every part with loans that the change is about is to be worked on. Where there is no loan, there is
/// nothing to do.
pub(super) fn insert_work(writes: &mut Writes<'_>, change: &RecordChange) {
    let sql = "insert into calendar_work (part, branch_key, catalog_version)
               select distinct a.part, t.branch_key, t.catalog_version
                 from unnest($1::text[], $2::bigint[]) as t (branch_key, catalog_version)
                 join loan_account a on t.branch_key = '' or a.branch_key = t.branch_key
                where a.closed_at is null
               on conflict (part, branch_key) do update set catalog_version = excluded.catalog_version";
    writes.any(sql, days_off_row(change).into_iter().collect());
}

pub(super) fn select_work<'a>() -> Query<'a> {
    let sql = "select part, branch_key, catalog_version from calendar_work order by part, branch_key";
    Query::one(sql, vec![])
}

pub(super) fn select_accounts<'a>(work: &CalendarWork, after: Option<WrittenKey>, limit: i64) -> Query<'a> {
    let [part, branch] = work_cells(work);
    let sql = accounts_to_follow(after.is_some(), '$');
    let after = after.map_or(Cell::text(""), Cell::written);
    Query::one(sql, vec![part, branch, after, Cell::int(limit)])
}

/// Work that was raised again meanwhile has another version, and stays.
pub(super) fn delete_work<'a>(work: &CalendarWork) -> Query<'a> {
    let sql = "delete from calendar_work where part = $1 and branch_key = $2 and catalog_version = $3";
    let [part, branch] = work_cells(work);
    Query::one(sql, vec![part, branch, Cell::int(work.catalog_version)])
}
