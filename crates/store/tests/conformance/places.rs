//! Where a test's book is kept: a file or a database of its own, gone when the test is over.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::civil::date;
use loam_app::ports::{ReadStore, WriteStore};
use loam_book::party::Client;
use loam_calc::currency::Currency;
use loam_store::schema::Dialect;
use loam_store::{DatabaseUrl, NewBook, Store};
use tokio::sync::OnceCell;
use tokio_postgres::SimpleQueryMessage;

use crate::samples::{instant, new_client};
use crate::statements;
use crate::swapping::Swapping;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The database with a book whose tables are spread, of which every test gets a copy.
static SPREAD_BOOK: OnceCell<String> = OnceCell::const_new();

pub(crate) enum Place {
    Sqlite { folder: PathBuf },
    Postgres { folder: PathBuf, url: String, is_spread: bool },
}

/// Spreads the tables over partitions, as Citus would over machines.
const SPREAD: &str = include_str!("../../../../tests/fixtures/spread.sql");

/// A book that is open for writing and reading.
pub(crate) struct Open {
    pub(crate) store: Store,
    pub(crate) lane: Box<dyn WriteStore>,
    pub(crate) reader: std::sync::Arc<dyn ReadStore>,
}

impl Place {
    #[expect(clippy::unused_async, reason = "its twin waits for PostgreSQL")]
    pub(crate) async fn sqlite() -> Place {
        Place::Sqlite { folder: folder() }
    }

    pub(crate) async fn postgres() -> Place {
        Place::Postgres { folder: folder(), url: database("template1").await, is_spread: false }
    }

    /// A database of PostgreSQL with a new book whose tables are spread by part.
    pub(crate) async fn spread() -> Place {
        statements::collect();
        let made = async {
            let place = Place::postgres().await;
            let Place::Postgres { url, .. } = &place else { unreachable!("it was made on PostgreSQL") };
            Store::create(&place.url(), &new_book()).await.unwrap();
            // One partition is enough to be written to part by part, and makes no more files than a table.
            execute(url, &format!("set spread.partitions = 1; {SPREAD}")).await;
            url.rsplit_once('/').unwrap().1.to_owned()
        };
        let template = SPREAD_BOOK.get_or_init(|| made).await;
        Place::Postgres { folder: folder(), url: database(template).await, is_spread: true }
    }

    /// A place of the other kind, or of the same.
    pub(crate) async fn another(&self, is_sqlite: bool) -> Place {
        if is_sqlite { Place::sqlite().await } else { Place::postgres().await }
    }

    pub(crate) fn folder(&self) -> &Path {
        match self {
            Place::Sqlite { folder } | Place::Postgres { folder, .. } => folder,
        }
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        let text = match self {
            Place::Sqlite { folder } => format!("sqlite:{}", folder.join("loam.db").display()),
            Place::Postgres { url, .. } => url.clone(),
        };
        DatabaseUrl::parse(&text).unwrap()
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Place::Sqlite { .. } => Dialect::Sqlite,
            Place::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// A new book in this place.
    pub(crate) async fn book(&self) -> Open {
        // Where tables are spread, the book is there from the beginning.
        if !matches!(self, Place::Postgres { is_spread: true, .. }) {
            Store::create(&self.url(), &new_book()).await.unwrap();
        }
        self.open().await
    }

    /// A new book in which these clients are known.
    pub(crate) async fn book_of(&self, clients: &[Client]) -> Open {
        let mut open = self.book().await;
        for client in clients {
            open.lane.save(&new_client(client)).await.unwrap();
        }
        open
    }

    pub(crate) async fn open(&self) -> Open {
        let store = Store::open(&self.url(), 2).await.unwrap();
        let mut lanes = store.lanes().unwrap();
        let lane = match self {
            // Each test of a spread book has two connections, and another chance.
            Place::Postgres { url, is_spread: true, .. } => {
                let seed = url.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte));
                let second = lanes.remove(1);
                Box::new(Swapping::new([lanes.remove(0), second], seed))
            }
            Place::Postgres { .. } | Place::Sqlite { .. } => lanes.remove(0),
        };
        let reader = store.reader();
        Open { store, lane, reader }
    }

    /// Changes the book behind the store's back.
    pub(crate) async fn tamper(&self, sql: &str) {
        match self {
            Place::Sqlite { folder } => {
                let connection = rusqlite::Connection::open(folder.join("loam.db")).unwrap();
                connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Place::Postgres { url, .. } => execute(url, sql).await,
        }
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let sql = format!("select count(*) from {table}");
        match self {
            Place::Sqlite { folder } => {
                let connection = rusqlite::Connection::open(folder.join("loam.db")).unwrap();
                connection.query_row(&sql, [], |row| row.get(0)).unwrap()
            }
            // Not prepared: it is not what the store says, see `statements`.
            Place::Postgres { url, .. } => {
                let rows = client(url).await.simple_query(&sql).await.unwrap();
                let row = rows.into_iter().find_map(|message| {
                    if let SimpleQueryMessage::Row(row) = message { Some(row) } else { None }
                });
                row.unwrap().get(0).unwrap().parse().unwrap()
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The databases go with the throw-away cluster.
        let _already_gone = std::fs::remove_dir_all(self.folder());
    }
}

pub(crate) fn new_book() -> NewBook {
    NewBook {
        business_date: date(2026, 1, 31),
        currency: Currency::EUR,
        time_zone: "Europe/Rome".to_owned(),
        created_at: instant(0),
    }
}

/// The address of a new database like another one.
async fn database(template: &str) -> String {
    let server = server();
    let name = format!("store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    execute(&server, &format!("create database {name} template {template}")).await;
    let (base, _) = server.rsplit_once('/').expect("the address names a database");
    format!("{base}/{name}")
}

fn folder() -> PathBuf {
    let name = format!("store-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[expect(clippy::disallowed_methods, reason = "the address of the throw-away cluster comes from outside")]
fn server() -> String {
    std::env::var("LOAM_TEST_POSTGRES").expect("run `cargo xtask test`, it starts PostgreSQL")
}

pub(crate) async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

pub(crate) async fn execute(url: &str, sql: &str) {
    client(url).await.batch_execute(sql).await.unwrap();
}
