//! The command line: exit codes, one clear sentence for each failure, and what the commands leave
//! in the book.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use loam_tests::database::{BOTH, Database, Kind};
use loam_tests::http::Caller;
use loam_tests::server::{self, PASSWORD, Server, command, run};
use serde_json::json;

use crate::book::{Book, book, printed, transaction_id};

/// Runs a command to its end; one that begins to serve is stopped.
#[track_caller]
fn attempt(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut said = String::new();
    while output.read_line(&mut said).expect("its output can be read") > 0 {
        if said.contains("/api") {
            child.kill().expect("it runs");
            panic!("it serves: {said}");
        }
    }
    child.stdout = None;
    let ended = child.wait_with_output().expect("it ends");
    Output { stdout: said.into_bytes(), ..ended }
}

/// Runs a command that may try to serve.
#[track_caller]
fn tried(database: &Database, arguments: &[&str]) -> Output {
    let mut command = command(database);
    command.args(arguments);
    attempt(command)
}

/// What a command that failed said: one sentence on standard error, and nothing of our insides.
#[track_caller]
fn complaint(output: &Output, code: i32) -> String {
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert_eq!(output.status.code(), Some(code), "{said}{}", String::from_utf8_lossy(&output.stdout));
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    if code == 1 {
        assert!(said.starts_with("loam: ") && said.lines().count() == 1, "not one sentence: {said}");
    }
    said
}

#[test]
fn a_wrong_flag_ends_with_two_and_says_which() {
    let database = Database::fresh(Kind::Sqlite);
    for arguments in [
        vec!["serve", "--nonsense"],
        vec!["dance"],
        vec!["serve", "--listen", "everywhere"],
        vec!["serve", "--business-date", "2012-02-30"],
        vec!["serve", "--end-of-day", "sometimes"],
        vec!["end-of-day", "--through", "tomorrow"],
        vec!["backup"],
        vec![],
    ] {
        let said = complaint(&run(&database, &arguments), 2);
        let named = arguments.last().copied().unwrap_or("Usage");
        assert!(said.contains(named) || said.contains("Usage"), "{arguments:?}: {said}");
    }
    complaint(&run(&database, &["check"]), 1);
}

#[test]
fn help_shows_examples_and_the_environment() {
    let database = Database::fresh(Kind::Sqlite);
    let help = printed(&database, &["--help"]);
    for part in ["serve", "init", "end-of-day", "check", "user", "backup", "restore", "Examples:"] {
        assert!(help.contains(part), "{part} is not in {help}");
    }
    let help = printed(&database, &["serve", "--help"]);
    for part in
        ["LOAM_LISTEN", "LOAM_DATABASE", "LOAM_DEMO", "LOAM_END_OF_DAY", "LOAM_BUSINESS_DATE", "Example"]
    {
        assert!(help.contains(part), "{part} is not in {help}");
    }
    assert!(printed(&database, &["--version"]).starts_with("loam "));
}

#[test]
fn a_database_that_cannot_be_had_is_named_in_one_sentence() {
    let database = Database::fresh(Kind::Sqlite);
    let free =
        TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("it has an address");
    let file = database.folder().join("not-a-book.db");
    std::fs::write(&file, "this is a letter, not a book, and it is long enough to be read as one")
        .expect("written");
    let unreachable = [
        format!("postgres://loam:hidden-secret@{free}/none"),
        format!("sqlite:{}", file.display()),
        format!("sqlite:{}/loam.db", file.display()),
        "mysql://somewhere/else".to_owned(),
    ];
    for url in unreachable {
        for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["check"], &["end-of-day"], &["init"]] {
            let mut command = Command::new(server::binary());
            command.env_clear().env("LOAM_LOG", "warn").args(["--database", &url]).args(arguments);
            let said = complaint(&attempt(command), 1);
            assert!(!said.contains("hidden-secret"), "the password is shown: {said}");
        }
    }
}

#[test]
fn a_port_in_use_is_named_and_leaves_no_book_behind() {
    for kind in BOTH {
        println!("on {kind:?}");
        let database = Database::fresh(kind);
        let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = taken.local_addr().expect("it has an address").to_string();
        let said = complaint(&tried(&database, &["serve", "--listen", &address]), 1);
        assert!(said.contains(&address), "{said}");
        complaint(&run(&database, &["check"]), 1);
    }
}

#[test]
fn a_book_of_a_newer_version_is_left_alone() {
    for kind in BOTH {
        println!("on {kind:?}");
        let database = Database::fresh(kind);
        printed(&database, &["init"]);
        database.execute(
            "update schema_version set version = 99;
             update book_property set value = '99' where name = 'schema_floor';",
        );
        for arguments in
            [&["serve", "--listen", "127.0.0.1:0"][..], &["check"], &["end-of-day"], &["user", "list"]]
        {
            let said = complaint(&tried(&database, arguments), 1);
            assert!(said.contains("99"), "{arguments:?} does not name the version: {said}");
        }
    }
}

#[test]
fn a_second_process_on_the_same_file_is_refused_and_the_first_goes_on() {
    let book = book(Kind::Sqlite);
    book.lend("L");
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["end-of-day", "--through", "2012-07-28"],
        &["user", "add", "tom"],
    ] {
        let said = complaint(&tried(&book.database, arguments), 1);
        assert!(said.contains("in use"), "{arguments:?}: {said}");
    }
    book.act("L", "type=REPAYMENT&amount=1");
    assert_eq!(book.read("/loam/v1/business-date")["businessDate"], "2012-06-28");
    book.assert_proven();
}

#[test]
fn two_servers_serve_one_book_on_postgresql() {
    let book = book(Kind::Postgres);
    book.lend("L");
    let second = Server::start(&book.database, &[]);
    let other = second.admin();
    for _ in 0..5 {
        book.act("L", "type=REPAYMENT&amount=1");
        other.form("/api/loans/L/transactions", "type=REPAYMENT&amount=2").expect(201);
    }
    assert_eq!(other.get("/api/loans/L/transactions").text, book.admin.get("/api/loans/L/transactions").text);
    let transactions = book.transactions("L");
    let repaid = transactions.iter().filter(|transaction| transaction["type"] == "REPAYMENT");
    let repaid: Vec<&str> = repaid.filter_map(|repayment| repayment["amount"].as_str()).collect();
    assert_eq!(repaid, ["2", "1", "2", "1", "2", "1", "2", "1", "2", "1"], "newest first, whoever took it");
    let ids: BTreeSet<i64> = transactions.iter().map(transaction_id).collect();
    assert_eq!(ids.len(), transactions.len());
    book.admin.post("/loam/v1/branches", &json!({"id": "N", "name": "North"})).expect(201);
    // The doors of another server see a new record within 100 ms; the desk sees it at once.
    let sees = (0..5_000).any(|_| other.get("/api/branches/N").status == 200);
    assert!(sees, "the second server never sees the branch");
    book.assert_proven();
}

#[test]
fn a_book_is_made_once() {
    for kind in BOTH {
        println!("on {kind:?}");
        let database = Database::fresh(kind);
        let mut unnamed = command(&database);
        let output = unnamed.env_remove("LOAM_ADMIN_PASSWORD").args(["init", "--currency", "EUR"]).output();
        let said = String::from_utf8(output.expect("the binary runs").stdout).expect("text");
        let password =
            said.split_whitespace().next_back().expect("the one-time password is shown").to_owned();
        complaint(&run(&database, &["init"]), 1);
        let server = Server::start(&database, &[]);
        assert!(!server.greeting.contains(&password), "a password is shown once: {}", server.greeting);
        let admin = Caller::basic(&server.base, "admin", &password);
        let currency = admin.get("/api/currencies").expect(200).json();
        assert_eq!(currency[0]["code"], "EUR");
        server.admin().get("/api/currencies").expect_refusal(401, 2, "INVALID_CREDENTIALS");
    }
    let database = Database::fresh(Kind::Sqlite);
    complaint(&run(&database, &["init", "--currency", "ABC"]), 1);
    complaint(&run(&database, &["init", "--time-zone", "Moon/Sea"]), 1);
    complaint(&run(&database, &["check"]), 1);
}

#[test]
fn users_are_added_and_their_passwords_changed() {
    for kind in BOTH {
        println!("on {kind:?}");
        let database = Database::fresh(kind);
        printed(&database, &["init"]);
        printed(&database, &["user", "add", "tom", "--administrator", "--password", "first secret"]);
        let drawn = printed(&database, &["user", "add", "ann"]);
        let drawn =
            drawn.lines().find_map(|line| line.strip_prefix("one-time password: ")).expect("one is drawn");
        complaint(&run(&database, &["user", "add", "tom"]), 1);
        complaint(&run(&database, &["user", "password", "nobody"]), 1);
        printed(&database, &["user", "password", "tom", "--password", "second secret"]);
        let listed = printed(&database, &["user", "list"]);
        assert_eq!(listed.lines().count(), 3, "{listed}");
        assert!(listed.contains("tom") && listed.contains("ann") && listed.contains("admin"), "{listed}");
        let server = Server::start(&database, &[]);
        let status = |user: &str, password: &str| {
            Caller::basic(&server.base, user, password).get("/loam/v1/business-date").status
        };
        assert_eq!(status("tom", "second secret"), 200);
        assert_eq!(status("tom", "first secret"), 401);
        assert_eq!(status("ann", drawn.trim()), 403, "she is no administrator");
        assert_eq!(status("admin", PASSWORD), 200);
    }
}

/// A book in which much has happened.
fn lived_in(kind: Kind) -> Book {
    let book = book(kind);
    for id in ["A", "B", "C"] {
        book.lend(id);
    }
    book.apply("D");
    let keyed = book.admin.clone().with_header("idempotency-key", "kept");
    book.close_days("2012-07-29");
    keyed.form("/api/loans/A/transactions", "type=REPAYMENT&amount=215.45").expect(201);
    book.act("B", "type=REPAYMENT&amount=50&date=2012-07-01");
    book.act("C", "type=WRITE_OFF");
    book
}

#[test]
fn a_backup_is_restored_into_either_database() {
    for (from, into) in [(Kind::Sqlite, Kind::Postgres), (Kind::Postgres, Kind::Sqlite)] {
        println!("from {from:?} into {into:?}");
        let book = lived_in(from);
        let before = book.snapshot();
        let file = book.database.folder().join("copy.db").display().to_string();
        printed(&book.database, &["backup", &file]);
        complaint(&run(&book.database, &["backup", &file]), 1);
        complaint(&run(&book.database, &["restore", &file]), 1);
        book.act("A", "type=REPAYMENT&amount=1");

        let database = Database::fresh(into);
        complaint(&run(&database, &["restore", "no-such-file.db"]), 1);
        printed(&database, &["restore", &file]);
        let checked = printed(&database, &["check"]);
        assert!(checked.contains("everything holds"), "{checked}");
        // Without the key of the book, what it has sealed could not be read: it is not served.
        let refused = complaint(&run(&database, &["serve", "--listen", "127.0.0.1:0"]), 1);
        assert!(refused.contains("loam.key") && refused.contains("--key-file"), "{refused}");
        std::fs::copy(book.database.folder().join("loam.key"), database.folder().join("loam.key"))
            .expect("the key is a file like any other");
        let server = Server::start(&database, &[]);
        let restored = Book { admin: server.admin(), server, database, ..book };
        assert_eq!(restored.snapshot(), before, "the copy is the book as it was when it was copied");
        let keyed = restored.admin.clone().with_header("idempotency-key", "kept");
        keyed.form("/api/loans/A/transactions", "type=REPAYMENT&amount=215.45").expect(201);
        assert_eq!(restored.snapshot(), before, "answers of retries were copied too");
        restored.lend("E");
        restored.close_days("2012-08-28");
        restored.assert_proven();
    }
}

#[test]
fn a_book_that_was_not_made_for_tests_is_never_taken_for_one() {
    for kind in BOTH {
        println!("on {kind:?}");
        let (live, other) = (Database::fresh(kind), Database::fresh(kind));
        for database in [&live, &other] {
            drop(Server::start(database, &[]));
        }
        for test_book in [&live.url, &other.url] {
            let said =
                complaint(&run(&live, &["serve", "--listen", "127.0.0.1:0", "--test-book", test_book]), 1);
            let is_owned = kind == Kind::Sqlite && *test_book == live.url;
            assert!(said.contains("not made for tests") || is_owned, "{said}");
        }
        let made = Database::fresh(kind);
        drop(Server::start(&live, &["--test-book", &made.url]));
        drop(Server::start(&live, &["--test-book", &made.url]));
        let said = complaint(&run(&made, &["serve", "--listen", "127.0.0.1:0"]), 1);
        assert!(said.contains("book for tests"), "{said}");
    }
}

#[test]
fn a_book_is_served_with_its_own_key_only() {
    for kind in BOTH {
        println!("on {kind:?}");
        let (book, other) = (Database::fresh(kind), Database::fresh(kind));
        for database in [&book, &other] {
            drop(Server::start(database, &[]));
        }
        let foreign = other.folder().join("loam.key").display().to_string();
        let serve = ["serve", "--listen", "127.0.0.1:0", "--key-file"];
        let said = complaint(&run(&book, &[&serve[..], &[&foreign]].concat()), 1);
        assert!(said.contains("another key"), "{said}");
        let own = book.folder().join("loam.key");
        std::fs::write(&own, "no key").expect("the file can be written");
        let own = own.display().to_string();
        let said = complaint(&run(&book, &[&serve[..], &[&own]].concat()), 1);
        assert!(said.contains("64 hexadecimal digits"), "{said}");
    }
}

#[test]
fn a_demo_starts_by_itself_and_holds() {
    for kind in BOTH {
        println!("on {kind:?}");
        let database = Database::fresh(kind);
        let server = Server::start(&database, &["--demo"]);
        for place in ["/api", "/docs", "/metrics"] {
            assert!(server.greeting.contains(place) || place != "/api", "{}", server.greeting);
        }
        let admin = server.admin();
        admin.get("/api/loans/DEMO001").expect(200);
        let loans = admin.get("/api/loans").expect(200).json();
        let states: BTreeSet<&str> = loans
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|loan| loan["accountState"].as_str())
            .collect();
        let expected = [
            "ACTIVE",
            "ACTIVE_IN_ARREARS",
            "APPROVED",
            "CLOSED",
            "CLOSED_REJECTED",
            "CLOSED_WRITTEN_OFF",
            "PENDING_APPROVAL",
        ];
        assert_eq!(states.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(admin.get("/api/savings/DEPOSIT001").expect(200).json()["balance"], "220");
        for around in ["groups/GROUP001", "linesofcredit/LINE001", "customfields/PURPOSE"] {
            admin.get(&format!("/api/{around}")).expect(200);
        }
        let checked = printed(&database, &["check"]);
        assert!(checked.contains("21 accounts checked, everything holds"), "{checked}");
        assert_eq!(server.stop(), Some(0));
        let again = Server::start(&database, &["--demo"]);
        let loans = again.admin().get("/api/loans?limit=1000").expect(200).json();
        assert_eq!(loans.as_array().map(Vec::len), Some(20), "demo data comes once");
    }
}

#[test]
fn a_check_finds_what_was_changed_by_hand() {
    let faults = [
        (
            "loan_account",
            "update loan_account set principal_outstanding_minor = principal_outstanding_minor + 1 where id = 'A'",
        ),
        (
            "loan_account",
            "update loan_account set interest_paid_minor = interest_paid_minor - 5 where id = 'A'",
        ),
        (
            "installment",
            "update installment set principal_paid_minor = principal_paid_minor - 7 where number = 1",
        ),
        (
            "journal_transfer",
            "update journal_transfer set amount_minor = amount_minor + 100 where amount_minor = 95000",
        ),
        (
            "loan_transaction",
            "update loan_transaction set amount_minor = amount_minor + 1 where kind like '%epay%'",
        ),
        ("loan_log", "delete from loan_log where seq = 4"),
    ];
    for kind in BOTH {
        println!("on {kind:?}");
        let book = lived_in(kind);
        book.assert_proven();
        let Book { server, database, .. } = book;
        assert_eq!(server.stop(), Some(0));
        let good = database.folder().join("good.db").display().to_string();
        printed(&database, &["backup", &good]);
        for (table, fault) in faults {
            println!("{fault}");
            let harmed = Database::fresh(kind);
            printed(&harmed, &["restore", &good]);
            let rows = |database: &Database| database.number(&format!("select count(*) from {table}"));
            assert!(rows(&harmed) > 0);
            harmed.execute(fault);
            let output = run(&harmed, &["check"]);
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(1), "not found: {said}");
            assert!(said.lines().count() >= 2 && !said.contains("everything holds"), "{said}");
            assert!(said.lines().last().is_some_and(|last| last.contains("finding")), "{said}");
        }
    }
}

#[test]
fn days_are_closed_while_nothing_serves() {
    for kind in BOTH {
        println!("on {kind:?}");
        let book = book(kind);
        book.lend("L");
        let book = book.restarted(|database| {
            let said = printed(database, &["end-of-day", "--through", "2012-07-29"]);
            assert!(said.contains("2012-07-28: 1 accounts advanced, 0 failed"), "{said}");
            assert!(said.contains("business date: 2012-07-29"), "{said}");
            complaint(&run(database, &["end-of-day", "--through", "2012-07-01"]), 1);
            server::command(database)
        });
        assert_eq!(book.loan("L")["accountState"], "ACTIVE_IN_ARREARS");
        assert_eq!(book.read("/loam/v1/business-date")["businessDate"], "2012-07-29");
        book.assert_proven();
    }
}

#[test]
fn a_server_closes_the_days_that_it_missed() {
    for kind in BOTH {
        println!("on {kind:?}");
        let book = book(kind);
        book.lend("L");
        let Book { server, database, .. } = book;
        assert_eq!(server.stop(), Some(0));
        let (log, written) = std::io::pipe().expect("a pipe");
        let mut automatic = command(&database);
        automatic
            .env("LOAM_TEST_MODE", "1")
            .env("LOAM_CLOCK", "2012-07-29T12:00:00Z")
            .env("LOAM_LOG", "info");
        automatic.args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "automatic"]).stderr(written);
        let server = Server::spawn(automatic);
        let mut lines = BufReader::new(log).lines();
        let closed = lines.by_ref().map(|line| line.expect("the log is text"));
        let last = closed.into_iter().find(|line| line.contains("day closed") && line.contains("2012-07-29"));
        assert!(last.is_some(), "the server ended before it closed the day");
        // The rest is drained, so that the server never waits for a reader.
        std::thread::spawn(move || lines.count());
        let admin = server.admin();
        let date = admin.get("/loam/v1/business-date").expect(200).json();
        assert_eq!(date["businessDate"], "2012-07-29");
        assert_eq!(admin.get("/api/loans/L").expect(200).json()["accountState"], "ACTIVE_IN_ARREARS");
        assert_eq!(server.stop(), Some(0));
    }
}

#[test]
fn today_is_the_day_in_the_time_zone_of_the_book() {
    for (zone, today) in
        [("Asia/Tokyo", "2012-07-29"), ("UTC", "2012-07-28"), ("America/New_York", "2012-07-28")]
    {
        let database = Database::fresh(Kind::Sqlite);
        let at = |arguments: &[&str]| {
            let mut command = command(&database);
            command.env("LOAM_TEST_MODE", "1").env("LOAM_CLOCK", "2012-07-28T20:00:00Z").args(arguments);
            let output = attempt(command);
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).expect("text")
        };
        at(&["init", "--time-zone", zone, "--business-date", "2012-07-01"]);
        let said = at(&["end-of-day"]);
        assert!(said.contains(&format!("business date: {today}")), "{zone}: {said}");
    }
}

#[test]
fn a_fixed_clock_is_for_tests_only() {
    let database = Database::fresh(Kind::Sqlite);
    let output = command(&database).env("LOAM_CLOCK", "2012-06-28T00:00:00Z").arg("init").output();
    let said = complaint(&output.expect("the binary runs"), 1);
    assert!(said.contains("LOAM_TEST_MODE"), "{said}");
}
