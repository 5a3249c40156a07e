//! `record`.

use deadpool_postgres::{ClientWrapper, Transaction};
use loam_app::changes::{IdName, RecordChange};
use loam_app::error::StoreError;
use loam_book::catalog::Catalog;
use loam_book::loan::refusal::IdKind;

use super::calendar_work::insert_work;
use super::failed;
use super::pipeline::{Query, Writes, read_all, snapshot};
use super::rows::parameters;
use super::state::{read_state_row, select_state, update_catalog_version};
use crate::rows::book::{chart_rows, read_record, record_row};
use crate::store::NewBook;

/// Writes records, each only on the catalog on which it was decided.
pub(super) fn save_records<'a>(writes: &mut Writes<'a>, changes: &'a [RecordChange]) {
    for change in changes {
        update_catalog_version(writes, change.catalog_version);
        if change.is_new {
            insert_record(writes, change);
        } else {
            update_record(writes, change);
        }
        insert_work(writes, change);
    }
}

fn insert_record<'a>(writes: &mut Writes<'a>, change: &'a RecordChange) {
    let sql = "insert into record (kind, record_key, id, version, body)
               select * from unnest(
                 $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
               on conflict do nothing";
    let taken = StoreError::Duplicate(vec![IdName::of_book(IdKind::Record, change.record.id())]);
    writes.all_or(sql, vec![record_row(change)], taken);
}

/// The chart of a new book.
pub(super) async fn insert_chart(tx: &Transaction<'_>, book: &NewBook) -> Result<(), StoreError> {
    let sql = "insert into record (kind, record_key, id, version, body) values ($1, $2, $3, $4, $5)";
    for row in chart_rows(book) {
        let inserted = tx.execute(sql, &parameters(&row)).await.map_err(failed)?;
        assert_eq!(inserted, 1, "an insert of one row inserts it or fails");
    }
    Ok(())
}

fn update_record<'a>(writes: &mut Writes<'a>, change: &'a RecordChange) {
    let sql = "update record as a
                  set id = t.id, version = t.version, body = t.body
                 from unnest(
                      $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
                   as t (kind, record_key, id, version, body)
                where a.kind = t.kind and a.record_key = t.record_key";
    writes.all(sql, vec![record_row(change)]);
}

/// All records at the version of the book's state.
pub(super) async fn select_catalog(client: &ClientWrapper) -> Result<Catalog, StoreError> {
    let records = Query::one("select body from record", vec![]);
    let [state, records] = snapshot(client, [select_state(), records]).await?;
    let version = read_state_row(&state)?.catalog_version;
    Ok(Catalog::new(version, read_all(&records, read_record)?))
}
