//! Writing a new book that nobody uses yet. Nothing is synced and no index is kept until everything
//! is in: sorting once is cheaper than a million insertions, and a book that fails is thrown away.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

use super::rows::select;
use super::write::SqliteLane;
use super::{SqliteStore, connect, failed, finish_new_file, name_of};
use crate::cells::Cursor;
use crate::error::OpenError;

/// KiB of page cache while filling: the tables grow in many places at once.
const CACHE: i64 = 200_000;
/// Threads that help sorting the keys of an index.
const SORTERS: i64 = 2;

/// A file being filled under its provisional name.
#[derive(Debug)]
pub(crate) struct SqliteFilling {
    store: Arc<SqliteStore>,
    /// The statements that make the indexes again.
    indexes: Vec<String>,
}

impl SqliteFilling {
    /// The writer, and what is left to do after it.
    pub(crate) fn begin(store: Arc<SqliteStore>) -> Result<(SqliteLane, SqliteFilling), OpenError> {
        let connection = connect(store.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        set_up(&connection).map_err(failed)?;
        let indexes = drop_indexes(&connection)?;
        Ok((SqliteLane::on(connection, &store), SqliteFilling { store, indexes }))
    }

    /// Makes the indexes, brings everything to the disk, and gives the file its name.
    pub(crate) fn finish(self) -> Result<(), OpenError> {
        let provisional = self.store.path().to_owned();
        let connection = connect(&provisional, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        set_up(&connection).map_err(failed)?;
        for statement in &self.indexes {
            connection.execute_batch(statement).map_err(failed)?;
        }
        finish_new_file(connection, &provisional, &name_of(&provisional))?;
        // The lock goes with the store; its file stood beside a name that is gone.
        drop(self.store);
        let mut lock = provisional.into_os_string();
        lock.push(".lock");
        let _not_there = std::fs::remove_file(PathBuf::from(lock));
        Ok(())
    }
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "locking_mode", "exclusive", |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_mode", "off", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "off")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "threads", SORTERS)?;
    connection.pragma_update(None, "cache_size", -CACHE)
}

/// Drops every index that a statement made; gives those statements.
fn drop_indexes(connection: &Connection) -> Result<Vec<String>, OpenError> {
    let sql = "select name, sql from sqlite_master where type = 'index' and sql is not null order by rowid";
    let indexes = select(connection, sql, vec![], |row| {
        let mut cursor = Cursor::new("name, sql", row);
        Ok((cursor.text()?.to_owned(), cursor.text()?.to_owned()))
    })?;
    for (name, _) in &indexes {
        connection.execute_batch(&format!("drop index {name}")).map_err(failed)?;
    }
    Ok(indexes.into_iter().map(|(_, statement)| statement).collect())
}
