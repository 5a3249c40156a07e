//! Books that other versions of the program made: one of an earlier version is brought up to date, and one that a later
//! version migrated is served as long as that version said that it may be.

use std::io::Read;

use loam_tests::database::{BOTH, Database, Kind};
use loam_tests::http::Caller;
use loam_tests::server::{PASSWORD, Server, command, run};
use loam_tests::wait::until;

use crate::book::printed;

/// A book that the program made when its schema had so many migrations, of an earlier day, and how its accounts stood then.
struct Made {
    kind: Kind,
    version: i64,
    archive: &'static [u8],
    stood: &'static str,
    accounts: &'static str,
    /// A loan that is paid back, with a day before which nothing of it is paid, and a day to go on to.
    loan: &'static str,
    earlier: &'static str,
    through: &'static str,
}

const BOOKS: [Made; 3] = [
    Made {
        kind: Kind::Sqlite,
        version: 15,
        archive: include_bytes!("../fixtures/books/schema-0015.zip"),
        stood: include_str!("../fixtures/books/schema-0015.txt"),
        accounts: "51 accounts checked, everything holds",
        loan: "L00000018",
        earlier: "2026-04-15",
        through: "2026-06-30",
    },
    // Its products post interest day by day.
    Made {
        kind: Kind::Sqlite,
        version: 22,
        archive: include_bytes!("../fixtures/books/schema-0022.zip"),
        stood: include_str!("../fixtures/books/schema-0022.txt"),
        accounts: "61 accounts checked, everything holds",
        loan: "L00000018",
        earlier: "2026-04-02",
        through: "2026-05-31",
    },
    // `make_postgres.sh` beside it says how it came about.
    Made {
        kind: Kind::Postgres,
        version: 22,
        archive: include_bytes!("../fixtures/books/schema-0022.postgres.zip"),
        stood: include_str!("../fixtures/books/schema-0022.postgres.txt"),
        accounts: "51 accounts checked, everything holds",
        loan: "L00000018",
        earlier: "2026-04-01",
        through: "2026-05-31",
    },
];

/// How the accounts of a book stand, as `STOOD` says it.
fn standing(database: &Database) -> Vec<String> {
    let concatenated = |kind: Kind, row: &str| match kind {
        Kind::Sqlite => format!("group_concat({row}, char(10))"),
        Kind::Postgres => format!("string_agg({row}, chr(10))"),
    };
    let lines = |row: &str, from: &str| {
        let sql = format!("select {} from ({from}) as ordered", concatenated(database.kind, row));
        database.text(&sql).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let loans = lines(
        "id || ' ' || status || ' ' || principal_outstanding_minor || ' ' || interest_outstanding_minor || ' '
            || fees_outstanding_minor || ' ' || penalties_outstanding_minor || ' ' || principal_paid_minor || ' '
            || interest_paid_minor || ' ' || fees_paid_minor || ' ' || penalties_paid_minor",
        "select * from loan_account order by id",
    );
    let deposits =
        lines("id || ' ' || status || ' ' || balance_minor", "select * from savings_account order by id");
    let sums = lines(
        "account || ' ' || debits || ' ' || credits",
        "select account, cast(sum(debits_minor) as bigint) as debits, cast(sum(credits_minor) as bigint) as credits
           from ledger_day group by account order by account",
    );
    [loans, deposits, sums].concat()
}

#[test]
fn a_book_of_an_earlier_version_is_brought_up_to_date_and_stands_as_it_stood() {
    for made in &BOOKS {
        let database = unpacked(made);
        let expected: Vec<&str> = made.stood.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(standing(&database), expected, "the figures belong to the book");
        let latest = latest_version();
        if made.version < latest {
            let refused = run(&database, &["check"]);
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert!(said.contains("open it once with this binary"), "{said}");
        }
        let server = Server::start(&database, &[]);
        assert_eq!(database.number("select version from schema_version"), latest);
        assert_eq!(standing(&database), expected);
        // The logs are folded to the same accounts, and what is new goes on from there.
        let proven = printed(&database, &["check"]);
        assert!(proven.contains(made.accounts), "{proven}");
        let admin = Caller::basic(&server.base, "admin", PASSWORD);
        let loan = format!("/api/loans/{}", made.loan);
        let paid = || {
            let read = admin.get(&loan).expect(200).json();
            [read["principalPaid"].clone(), read["interestPaid"].clone()]
        };
        let before = paid();
        let pay = |form: &str| admin.form(&format!("{loan}/transactions"), form).expect(201);
        pay("type=REPAYMENT&amount=75");
        assert_ne!(paid(), before);
        pay(&format!("type=REPAYMENT&amount=5&date={}", made.earlier));
        let through = serde_json::json!({"through": made.through});
        let closed = admin.post("/loam/v1/end-of-day", &through).expect(200).json();
        assert_eq!(closed["businessDate"], made.through);
        drop(server);
        assert!(printed(&database, &["check"]).contains("everything holds"));
    }
}

/// The book with the key that it was sealed with: a file, or the statements that make it.
fn unpacked(made: &Made) -> Database {
    let database = Database::fresh(made.kind);
    let mut archive =
        zip::ZipArchive::new(std::io::Cursor::new(made.archive)).expect("the fixture is an archive");
    let mut content = |name: &str| {
        let mut content = Vec::new();
        archive.by_name(name).expect("it is there").read_to_end(&mut content).expect("it can be read");
        content
    };
    let write = |name: &str, content: Vec<u8>| {
        std::fs::write(database.folder().join(name), content).expect("the folder takes a file");
    };
    write("loam.key", content("loam.key"));
    match made.kind {
        Kind::Sqlite => write("loam.db", content("loam.db")),
        Kind::Postgres => {
            database.execute(&String::from_utf8(content("book.sql")).expect("a text"));
        }
    }
    assert_eq!(database.number("select version from schema_version"), made.version);
    database
}

/// The schema of a new book.
fn latest_version() -> i64 {
    let database = Database::fresh(Kind::Sqlite);
    printed(&database, &["init"]);
    database.number("select version from schema_version")
}

/// Does to a book what a later version of the program would: one more migration.
fn migrate_later(database: &Database, floor: i64) -> i64 {
    let known = database.number("select version from schema_version");
    database.execute("alter table loan_account add column of_tomorrow text");
    set_version(database, known + 1, floor);
    known
}

fn set_version(database: &Database, version: i64, floor: i64) {
    database.execute(&format!(
        "update schema_version set version = {version};
         update book_property set value = '{floor}' where name = 'schema_floor';"
    ));
}

#[test]
fn a_book_that_a_later_version_migrated_is_opened_if_it_says_so() {
    for kind in BOTH {
        let database = Database::fresh(kind);
        printed(&database, &["init", "--business-date", "2026-03-31"]);
        let known = database.number("select version from schema_version");
        // The last migration that programs of before do not go on with.
        assert_eq!(database.text("select value from book_property where name = 'schema_floor'"), "26");
        migrate_later(&database, known);
        let server = Server::start(&database, &[]);
        let client = serde_json::json!({"client": {"firstName": "Ana", "lastName": "Lima"}});
        Caller::basic(&server.base, "admin", PASSWORD).post("/api/clients", &client).expect(201);
        drop(server);
        assert!(printed(&database, &["check"]).contains("everything holds"));
        // Who copies must know all there is.
        if kind == Kind::Postgres {
            let copy = database.folder().join("copy.db").display().to_string();
            let refused = run(&database, &["backup", &copy]);
            assert!(String::from_utf8_lossy(&refused.stderr).contains("has schema version"), "{refused:?}");
        }
        set_version(&database, known + 1, known + 1);
        let sentence = format!("the book has schema version {}, this binary knows up to {known}", known + 1);
        for arguments in [&["check"][..], &["serve", "--listen", "127.0.0.1:0"]] {
            let refused = run(&database, arguments);
            assert_eq!(refused.status.code(), Some(1));
            assert!(String::from_utf8_lossy(&refused.stderr).contains(&sentence), "{refused:?}");
        }
    }
}

#[test]
fn a_running_server_goes_on_beside_a_later_version_and_ends_when_the_book_is_not_for_it() {
    let database = Database::fresh(Kind::Postgres);
    printed(&database, &["init", "--business-date", "2026-03-31"]);
    let known = database.number("select version from schema_version");
    let mut serving = command(&database);
    serving.args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual"]);
    let server = Server::spawn(serving);
    let admin = Caller::basic(&server.base, "admin", PASSWORD);
    let loans = || admin.try_send("GET", "/api/loans", None, "").map(|answer| answer.status);
    migrate_later(&database, known);
    // It has looked since when it asks a second time.
    for _ in 0..2 {
        let before = looks(&database);
        until("the server looks at the schema", || {
            (looks(&database) > before).then_some(()).ok_or(String::new())
        });
    }
    assert_eq!(loans().expect("it serves"), 200);
    set_version(&database, known + 1, known + 1);
    assert_eq!(server.ended(), Some(1), "the book is not for this program any more");
}

/// How often anybody read the version of the schema, as PostgreSQL counts.
fn looks(database: &Database) -> i64 {
    database.number(
        "select seq_scan + coalesce(idx_scan, 0) from pg_stat_user_tables where relname = 'schema_version'",
    )
}
