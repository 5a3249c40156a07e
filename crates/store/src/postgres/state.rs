//! `book_state` and `id_block`.

use deadpool_postgres::{ClientWrapper, Transaction};
use loam_app::changes::BusinessDateChange;
use loam_app::error::StoreError;
use loam_app::ports::BookState;

use super::failed;
use super::pipeline::{Query, Rows, Writes, select};
use super::rows::parameters;
use crate::cells::{Cell, Cursor};
use crate::rows::book::{read_state, state_columns};
use crate::store::NewBook;

pub(super) async fn insert_state(tx: &Transaction<'_>, book: &NewBook) -> Result<(), StoreError> {
    let sql = "insert into book_state (id, business_date, currency, time_zone, catalog_version, created_at)
               values (1, $1, $2, $3, 0, $4)";
    let row = book.row();
    let inserted = tx.execute(sql, &parameters(&row)).await.map_err(failed)?;
    assert_eq!(inserted, 1, "an insert of one row inserts it or fails");
    Ok(())
}

pub(super) fn select_state<'a>() -> Query<'a> {
    let sql = concat!("select ", state_columns!(), " from book_state where id = 1");
    Query::one(sql, vec![])
}

pub(super) fn read_state_row(rows: &Rows) -> Result<BookState, StoreError> {
    rows.first().map_or_else(|| Err(StoreError::Unreadable("book_state has no row".to_owned())), read_state)
}

/// Moves the business date if nobody else did.
pub(super) fn update_business_date(writes: &mut Writes<'_>, change: &BusinessDateChange) {
    let sql = "update book_state set business_date = t.later
                 from unnest($1::bigint[], $2::bigint[]) as t (earlier, later)
                where id = 1 and business_date = t.earlier";
    writes.all(sql, vec![vec![Cell::date(change.from), Cell::date(change.to)]]);
}

/// One up, if the catalog is the one on which a record was decided.
pub(super) fn update_catalog_version(writes: &mut Writes<'_>, version: i64) {
    let sql = "update book_state set catalog_version = catalog_version + 1
                 from unnest($1::bigint[]) as t (version)
                where id = 1 and catalog_version = t.version";
    writes.all(sql, vec![vec![Cell::int(version)]]);
}

/// Takes `count` numbers; gives the first. One statement is its own transaction.
pub(super) async fn take_block(client: &ClientWrapper, name: &str, count: i64) -> Result<i64, StoreError> {
    let sql = "insert into id_block (name, next_value) values ($1, 1 + $2::bigint)
               on conflict (name) do update set next_value = id_block.next_value + $2::bigint
               returning next_value - $2::bigint";
    let rows = select(client, Query::one(sql, vec![Cell::text(name), Cell::int(count)])).await?;
    let row = rows.first().expect("an upsert returns its row");
    Cursor::new("id_block", row).int()
}
