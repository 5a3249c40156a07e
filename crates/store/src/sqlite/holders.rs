//! Clients and groups whom something names. There is one writer, which looks them up before it names them; here they are
//! looked for afterwards.

use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::ids::Key;
use loam_book::loan::{Holder, HolderKind};
use rusqlite::Connection;

use super::rows::select_one;
use crate::cells::Cell;
use crate::rows::book::{foreign_name_row, read_address};

/// Those of these holders who are there.
pub(super) fn select_there(connection: &Connection, holders: &[Holder]) -> Result<Vec<Key>, StoreError> {
    let mut there = Vec::new();
    for holder in holders {
        let Some(Address { part, key }) = place_of(connection, *holder)? else { continue };
        let sql = match holder.kind {
            HolderKind::Client => "select part, client_key from client where part = ?1 and client_key = ?2",
            HolderKind::Group => {
                "select part, group_key from client_group where part = ?1 and group_key = ?2"
            }
        };
        let row = vec![Cell::part(part), Cell::key(key)];
        there.extend(select_one(connection, sql, row, |row| read_address(row))?.map(|found| found.key));
    }
    Ok(there)
}

/// Where a holder would be kept; a key without Loam's mark is found by its name.
fn place_of(connection: &Connection, holder: Holder) -> Result<Option<Address>, StoreError> {
    if let Some(part) = holder.key.part() {
        return Ok(Some(Address { part, key: holder.key }));
    }
    let sql = "select part, entity_key from id_registry where scope = ?1 and kind = ?2 and id = ?3";
    select_one(connection, sql, foreign_name_row(holder), |row| read_address(row))
}
