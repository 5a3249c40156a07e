//! A fresh database for each test, on SQLite or on the throw-away PostgreSQL.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The databases on which every test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Both databases.
pub const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

/// A database of its own, gone when it is dropped.
#[derive(Debug)]
pub struct Database {
    pub kind: Kind,
    pub url: String,
    folder: PathBuf,
    name: String,
}

const ALL_TABLES: &str = "select string_agg(format('%I.%I', schemaname, tablename), ' ') from pg_tables
                           where schemaname not in ('pg_catalog', 'information_schema')";

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// A database without a book.
    pub fn fresh(kind: Kind) -> Database {
        let database = Database::named(kind);
        if kind == Kind::Postgres {
            execute(&administration(), &format!("create database {}", database.name));
        }
        database
    }

    /// A name for a database, and a folder.
    fn named(kind: Kind) -> Database {
        let name = format!("loam_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).expect("the temporary folder takes a new one");
        let url = match kind {
            Kind::Sqlite => format!("sqlite:{}", folder.join("loam.db").display()),
            Kind::Postgres => with_name(&administration(), &name),
        };
        Database { kind, url, folder, name }
    }

    /// A database of a cluster that the test has to itself.
    pub fn at(url: String) -> Database {
        let name = format!("loam_own_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("the temporary folder takes a new one");
        Database { kind: Kind::Postgres, url, folder, name: String::new() }
    }

    /// Another database with the same book, which nobody may be serving; on PostgreSQL.
    pub fn copied(&self) -> Database {
        self.until_alone();
        let copy = Database::named(Kind::Postgres);
        execute(&administration(), &format!("create database {} template {}", copy.name, self.name));
        // Both are sealed with one key.
        let key = "loam.key";
        std::fs::copy(self.folder.join(key), copy.folder.join(key)).expect("the book was served once");
        copy
    }

    /// A folder that goes with the database.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a statement past the server: to look at, or to harm, what is stored.
    pub fn execute(&self, sql: &str) {
        match self.kind {
            Kind::Sqlite => {
                let connection =
                    rusqlite::Connection::open(self.folder.join("loam.db")).expect("the file opens");
                connection.execute_batch(sql).expect("the statement runs");
            }
            Kind::Postgres => execute(&self.url, sql),
        }
    }

    /// Waits until PostgreSQL serves nobody else: backends report their counters when they end.
    pub fn until_alone(&self) {
        let others = "select count(*) from pg_stat_activity
                       where backend_type = 'client backend' and datname = current_database()
                         and pid <> pg_backend_pid()";
        let alone = (0..5_000).any(|_| self.number(others) == 0);
        assert!(alone, "somebody stays connected to {}", self.url);
    }

    /// The one number that a query gives.
    pub fn number(&self, sql: &str) -> i64 {
        match self.kind {
            Kind::Sqlite => {
                let connection =
                    rusqlite::Connection::open(self.folder.join("loam.db")).expect("the file opens");
                connection.query_row(sql, [], |row| row.get(0)).expect("the query gives a number")
            }
            Kind::Postgres => on_postgres(&self.url, async |client| {
                client.query_one(sql, &[]).await.expect("the query gives a row").get(0)
            }),
        }
    }

    /// The one text that a query gives.
    pub fn text(&self, sql: &str) -> String {
        match self.kind {
            Kind::Sqlite => {
                let connection =
                    rusqlite::Connection::open(self.folder.join("loam.db")).expect("the file opens");
                connection.query_row(sql, [], |row| row.get(0)).expect("the query gives a text")
            }
            Kind::Postgres => on_postgres(&self.url, async |client| {
                client.query_one(sql, &[]).await.expect("the query gives a row").get(0)
            }),
        }
    }

    /// The names of all tables, as a statement takes them.
    pub fn tables(&self) -> Vec<String> {
        let sql = match self.kind {
            Kind::Sqlite => {
                "select group_concat(name, ' ') from sqlite_master where type = 'table' and name not like 'sqlite%'"
            }
            Kind::Postgres => ALL_TABLES,
        };
        self.text(sql).split(' ').map(str::to_owned).collect()
    }

    /// Everything that a PostgreSQL holds, as text.
    pub fn dump(&self) -> String {
        let tables = self.text(ALL_TABLES);
        let of_table = |table: &str| {
            self.text(&format!("select coalesce(string_agg(row::text, ' '), '') from {table} row"))
        };
        tables.split(' ').map(of_table).collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.kind == Kind::Postgres && !self.name.is_empty() {
            execute(&administration(), &format!("drop database if exists {} with (force)", self.name));
        }
        // What is left in the temporary folder harms nobody.
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}

#[expect(clippy::disallowed_methods, reason = "the test command says where PostgreSQL is")]
fn administration() -> String {
    std::env::var("LOAM_TEST_POSTGRES").expect("run `cargo xtask test`: it starts PostgreSQL for the tests")
}

fn with_name(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("a URL names its database last");
    format!("{server}/{name}")
}

fn execute(url: &str, sql: &str) {
    on_postgres(url, async |client| client.batch_execute(sql).await.expect("the statement runs"));
}

fn on_postgres<T>(url: &str, work: impl AsyncFnOnce(&tokio_postgres::Client) -> T) -> T {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("the test PostgreSQL answers");
        let driving = tokio::spawn(connection);
        let result = work(&client).await;
        drop(client);
        driving.await.expect("the connection ends").expect("without an error");
        result
    })
}
