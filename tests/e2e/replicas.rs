//! A streaming replica of PostgreSQL answers what only reads, and whoever wrote reads what it wrote: also when the
//! replica stands still, is far behind or is gone.

use loam_tests::database::Database;
use loam_tests::http::Caller;
use loam_tests::postgres::Postgres;
use loam_tests::server::{PASSWORD, Server, command, run};
use loam_tests::wait::until;
use serde_json::json;

use crate::book::{FIRST_DAY, book_in, printed};

/// A book with a replica, and two who use it.
struct Replicated {
    // Servers go before what they serve.
    server: Server,
    database: Database,
    replica: Postgres,
    _primary: Postgres,
}

impl Replicated {
    fn start(name: &str, lag: &str) -> Replicated {
        let primary = Postgres::start(name);
        let database = Database::at(primary.url());
        printed(&database, &["init", "--business-date", "2026-03-31"]);
        printed(&database, &["user", "add", "tom", "--administrator", "--password", PASSWORD]);
        let replica = primary.replica(&format!("{name}_replica"));
        let server = Server::start(&database, &["--read-database", &replica.url(), "--read-lag", lag]);
        Replicated { server, database, replica, _primary: primary }
    }

    /// Who writes.
    fn admin(&self) -> Caller {
        self.server.admin()
    }

    /// Who only reads.
    fn tom(&self) -> Caller {
        Caller::basic(&self.server.base, "tom", PASSWORD)
    }

    fn on_replica(&self, sql: &str) {
        Database::at(self.replica.url()).execute(sql);
    }

    fn pause(&self) {
        self.on_replica("select pg_wal_replay_pause()");
    }

    fn resume(&self) {
        self.on_replica("select pg_wal_replay_resume()");
    }

    fn write(&self, id: &str) {
        let client = json!({"client": {"id": id, "firstName": "Ana", "lastName": "Lima"}});
        self.admin().post("/api/clients", &client).expect(201);
    }
}

/// Whether somebody sees a client, looked for by id and in a list.
fn sees(caller: &Caller, id: &str) -> bool {
    let found = caller.get(&format!("/api/clients/{id}")).status;
    assert!(found == 200 || found == 404 || found == 400, "{found}");
    let listed = caller.get("/api/clients?limit=1000").expect(200).json();
    let listed = listed.as_array().expect("a list").iter().any(|client| client["id"] == id);
    found == 200 && listed
}

/// Writes while the replica stands still: the writer sees it at once, somebody else not as long as the replica answers.
fn assert_the_replica_answers(book: &Replicated, id: &str) {
    book.pause();
    book.write(id);
    until("the replica answers who did not write", || {
        assert!(sees(&book.admin(), id), "the writer reads what it wrote");
        if sees(&book.tom(), id) { Err("the book answered".to_owned()) } else { Ok(()) }
    });
    assert!(sees(&book.admin(), id));
    book.resume();
    until("the replica catches up", || sees(&book.tom(), id).then_some(()).ok_or(String::new()));
}

#[test]
fn a_replica_answers_those_who_did_not_write_what_it_lacks() {
    let mut book = Replicated::start("replicated", "600");
    assert_the_replica_answers(&book, "FIRST");
    for number in 0..50 {
        let id = format!("N{number}");
        book.write(&id);
        assert!(sees(&book.admin(), &id), "{id}: written and not read");
    }
    // The day is closed and the book proven on the book itself, whatever the replica knows.
    book.pause();
    let closed =
        book.admin().post("/loam/v1/end-of-day", &json!({"through": "2026-04-03"})).expect(200).json();
    assert_eq!(closed["businessDate"], "2026-04-03");
    let date = book.tom().get("/loam/v1/business-date").expect(200).json();
    assert_eq!(date["businessDate"], "2026-04-03", "the state of the book is the book's own");
    assert!(printed(&book.database, &["check"]).contains("everything holds"));
    book.resume();

    // Gone, everybody is served by the book; back, it answers again.
    book.replica.kill();
    book.write("ALONE");
    for caller in [book.admin(), book.tom()] {
        assert!(sees(&caller, "ALONE"));
    }
    book.replica.start_again();
    assert_the_replica_answers(&book, "AGAIN");
}

#[test]
fn a_replica_that_is_far_behind_is_not_read_from() {
    let book = Replicated::start("behind", "1");
    until("the replica answers", || {
        let scans =
            "select coalesce(sum(coalesce(idx_scan, 0) + seq_scan), 0)::bigint from pg_stat_user_tables";
        let replica = Database::at(book.replica.url());
        let before = replica.number(scans);
        sees(&book.tom(), "NOBODY");
        (replica.number(scans) > before).then_some(()).ok_or("nobody asked it".to_owned())
    });
    book.pause();
    book.write("LATE");
    until("the book answers instead", || sees(&book.tom(), "LATE").then_some(()).ok_or(String::new()));
    assert!(sees(&book.tom(), "LATE"), "and goes on to");
}

/// Reports of which rows go out as they are read, when the request itself is over.
const SENT_IN_PAGES: [&str; 6] = [
    "sub-ledger",
    "deposit-sub-ledger",
    "transactions",
    "schedules",
    "collections-due?to=2013-01-31",
    "gl-statement?account=1100",
];

#[test]
fn a_report_is_read_from_the_replica_to_its_last_page() {
    let primary = Postgres::start("reported");
    let book = book_in(Database::at(primary.url()), FIRST_DAY);
    printed(&book.database, &["user", "add", "tom", "--administrator", "--password", PASSWORD]);
    let replica = primary.replica("reported_replica");
    let book = book.restarted(|database| {
        let mut command = command(database);
        command.env("LOAM_READ_DATABASE", replica.url()).env("LOAM_READ_LAG", "600");
        command
    });
    let tom = Caller::basic(&book.server.base, "tom", PASSWORD);
    let deposits = crate::savings::savings_product(&book, &json!({}));
    let tells = |caller: &Caller, name: &str| {
        caller.get(&format!("/loam/v1/reports/{name}")).expect(200).text.contains("\"NEW\"")
    };
    let on_replica = Database::at(replica.url());
    on_replica.execute("select pg_wal_replay_pause()");
    book.lend("NEW");
    crate::savings::filled(&book, "NEW", &deposits, "5");
    for name in SENT_IN_PAGES {
        until("the replica answers who did not write", || {
            assert!(tells(&book.admin, name), "{name}: the writer reads what it wrote");
            if tells(&tom, name) { Err(format!("{name}: the book answered")) } else { Ok(()) }
        });
    }
    on_replica.execute("select pg_wal_replay_resume()");
    for name in SENT_IN_PAGES {
        until("the replica catches up", || tells(&tom, name).then_some(()).ok_or(String::new()));
    }
}

#[test]
fn something_else_is_not_taken_for_a_replica_and_one_that_is_away_stops_nobody() {
    let primary = Postgres::start("unreplicated");
    let database = Database::at(primary.url());
    printed(&database, &["init", "--business-date", "2026-03-31"]);
    let serve = |replica: &str| {
        run(
            &database,
            &["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual", "--read-database", replica],
        )
    };
    let refused = serve(&primary.url());
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is no replica of the book"), "{refused:?}");
    let refused = serve("sqlite:copy.db");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("of which there are no replicas"),
        "{refused:?}"
    );
    let away = "postgres://loam@127.0.0.1:1/postgres";
    let server = Server::start(&database, &["--read-database", away]);
    assert!(!sees(&server.admin(), "NOBODY"));
}
