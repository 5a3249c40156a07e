//! Two versions of the program on one PostgreSQL book at the same time: this one, and `loam-later`, which has migrations
//! besides. While servers are replaced one after the other nobody notices, and those that the book is not for any more end
//! without losing what they answered.

use std::fs::File;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use jiff::ToSpan;
use jiff::civil::Date;
use loam_tests::database::{Database, Kind};
use loam_tests::http::Caller;
use loam_tests::left::assert_the_same;
use loam_tests::server::{Server, binary, command, run};
use loam_tests::wait::until;
use serde_json::{Value, json};

use crate::book::printed;

const FIRST_DAY: &str = "2026-03-31";
const THROUGH: &str = "2026-04-06";
/// What every repayment here pays, so that they can be told from others.
const AMOUNT: &str = "1.37";

/// A book with a crowd of loans.
fn lent(loans: &str) -> Database {
    let database = Database::fresh(Kind::Postgres);
    printed(&database, &["demo", "--loans", loans, "--business-date", FIRST_DAY, "--currency", "USD"]);
    database
}

/// A command of a later release; see `tests/later`.
fn later(database: &Database, release: &str) -> Command {
    let program = binary().with_file_name("loam-later");
    assert!(program.is_file(), "build it: cargo build -p loam -p loam-later");
    let same = command(database);
    let mut command = Command::new(program);
    command.env_clear().arg(release).args(same.get_args());
    command.envs(same.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

const SERVE: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual"];

fn later_server(database: &Database, release: &str) -> Server {
    let mut serving = later(database, release);
    serving.args(SERVE);
    Server::spawn(serving)
}

/// A server of this version, and the file in which it complains.
fn complaining_server(database: &Database, name: &str) -> (Server, impl Fn() -> String) {
    let file = database.folder().join(name);
    let mut serving = command(database);
    serving.args(SERVE).stderr(File::create(&file).expect("the folder takes a file"));
    (Server::spawn(serving), move || std::fs::read_to_string(&file).expect("it wrote into it"))
}

/// The later program checks the book.
fn prove_later(database: &Database, release: &str) {
    let proven = later(database, release).arg("check").output().expect("the program runs");
    assert!(String::from_utf8_lossy(&proven.stdout).contains("everything holds"), "{proven:?}");
}

/// A command of this version that goes on for a while.
fn run_aside(database: &Database, arguments: &[&str]) -> Child {
    let mut command = command(database);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
}

fn version(database: &Database) -> i64 {
    database.number("select version from schema_version")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Loans that take more repayments than any test makes.
fn payable(database: &Database) -> Vec<String> {
    let ids = database.text(
        "select string_agg(id, ' ' order by id) from loan_account
          where id like 'L0%' and status like 'active%' and principal_outstanding_minor > 100000",
    );
    ids.split(' ').map(str::to_owned).collect()
}

/// How many repayments there are of those that are made here.
fn written(database: &Database) -> i64 {
    database.number("select count(*) from loan_transaction where amount_minor = 137")
}

/// Somebody who pays back loan after loan until he is told to stop, or nobody answers him.
struct Payer {
    name: &'static str,
    stop: Arc<AtomicBool>,
    /// How many repayments were acknowledged.
    count: Arc<AtomicUsize>,
    paying: JoinHandle<Paid>,
}

/// What became of repayments, by their idempotency keys.
#[derive(Default)]
struct Paid {
    acknowledged: Vec<String>,
    refused: Vec<String>,
    /// Nobody answered: there or not there.
    unanswered: Option<String>,
}

impl Payer {
    fn start(server: &Server, name: &'static str, loans: &[String]) -> Payer {
        let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (admin, loans) = (server.admin(), loans.to_vec());
        let (told, counted) = (Arc::clone(&stop), Arc::clone(&count));
        let paying = std::thread::spawn(move || {
            let mut paid = Paid::default();
            for (number, loan) in loans.iter().cycle().enumerate() {
                if told.load(Ordering::Relaxed) {
                    break;
                }
                let key = format!("{name}-{number}");
                match repay(&admin, loan, &key) {
                    Some((201, _)) => {
                        paid.acknowledged.push(key);
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                    Some((status, text)) => paid.refused.push(format!("{key}: {status} {text}")),
                    None => {
                        paid.unanswered = Some(key);
                        break;
                    }
                }
            }
            paid
        });
        Payer { name, stop, count, paying }
    }

    /// Waits until so many more are acknowledged.
    fn goes_on(&self, more: usize) {
        let before = self.count.load(Ordering::Relaxed);
        until("repayments are taken", || {
            let now = self.count.load(Ordering::Relaxed);
            if now >= before + more { Ok(()) } else { Err(format!("{}: {now} after {before}", self.name)) }
        });
    }

    /// Tells him to stop.
    fn stopped(self) -> Paid {
        self.stop.store(true, Ordering::Relaxed);
        self.ended()
    }

    /// Waits until nobody answers him.
    fn ended(self) -> Paid {
        self.paying.join().expect("a payer does not panic")
    }
}

/// Status and text of the answer, if there is one.
fn repay(admin: &Caller, loan: &str, key: &str) -> Option<(u16, String)> {
    let admin = admin.clone().with_header("idempotency-key", key);
    let form = format!("type=REPAYMENT&amount={AMOUNT}");
    let content_type = Some("application/x-www-form-urlencoded");
    let answer =
        admin.try_send("POST", &format!("/api/loans/{loan}/transactions"), content_type, &form).ok()?;
    Some((answer.status, answer.text))
}

fn close_days(admin: &Caller, through: &str) -> Value {
    admin.post("/loam/v1/end-of-day", &json!({ "through": through })).expect(200).json()
}

#[test]
fn servers_are_replaced_one_after_the_other_while_callers_are_served() {
    let book = lent("100");
    let (known, loans) = (version(&book), payable(&book));
    let [first, second] = [Server::start(&book, &[]), Server::start(&book, &[])];
    let mut payers = vec![Payer::start(&first, "first", &loans), Payer::start(&second, "second", &loans)];
    payers.iter().for_each(|payer| payer.goes_on(20));
    // The book is migrated under their hands.
    let third = later_server(&book, "expanded");
    assert_eq!(version(&book), known + 1);
    payers.push(Payer::start(&third, "third", &loans));
    payers.iter().for_each(|payer| payer.goes_on(40));
    // Who is started now and knows nothing of it serves like the others.
    let fourth = Server::start(&book, &[]);
    payers.push(Payer::start(&fourth, "fourth", &loans));
    payers.iter().for_each(|payer| payer.goes_on(20));
    let paid: Vec<Paid> = payers.into_iter().map(Payer::stopped).collect();
    // What one version has done the other answers again.
    for (key, server) in [("first-0", &third), ("third-0", &fourth)] {
        let answers = [server, &first].map(|server| repay(&server.admin(), &loans[0], key));
        assert_eq!(answers[0].as_ref().map(|(status, _)| *status), Some(201), "{answers:?}");
        assert_eq!(answers[0], answers[1]);
    }
    let refused: Vec<&String> = paid.iter().flat_map(|paid| &paid.refused).collect();
    assert!(refused.is_empty(), "{refused:?}");
    let acknowledged: usize = paid.iter().map(|paid| paid.acknowledged.len()).sum();
    assert_eq!(written(&book), i64::try_from(acknowledged).expect("few"));
    drop((first, second, third, fourth));
    assert!(printed(&book, &["check"]).contains("everything holds"));
    prove_later(&book, "expanded");
}

#[test]
fn a_day_that_two_versions_close_is_as_one_closes_it() {
    let alone = lent("300");
    // Served once, so that there is a key.
    drop(later_server(&alone, "expanded"));
    let shared = alone.copied();
    close_days(&Server::start(&alone, &[]).admin(), THROUGH);
    let (today, tomorrow) = (Server::start(&shared, &[]), later_server(&shared, "expanded"));
    std::thread::scope(|scope| {
        let closing =
            [today.admin(), tomorrow.admin()].map(|admin| scope.spawn(move || close_days(&admin, THROUGH)));
        for closing in closing {
            let closed = closing.join().expect("it ends");
            assert_eq!(closed["businessDate"], THROUGH);
            let days = closed["days"].as_array().expect("days").iter();
            assert!(days.clone().all(|day| day["failed"] == json!([])), "{closed}");
        }
    });
    let workers = "select count(distinct request_id) from loan_log where event = 'interest_applied'
                    and booking_date > (select min(booking_date) from audit where door = 'end_of_day')";
    assert!(shared.number(workers) >= 2, "the work was shared");
    drop((today, tomorrow));
    assert_the_same(&alone, &shared);
    assert!(printed(&shared, &["check"]).contains("everything holds"));
}

#[test]
fn a_server_that_the_book_is_not_for_any_more_ends_and_loses_nothing() {
    let book = lent("100");
    let (known, loans) = (version(&book), payable(&book));
    drop(later_server(&book, "expanded"));
    let (server, complaints) = complaining_server(&book, "complaints");
    let payer = Payer::start(&server, "payer", &loans);
    payer.goes_on(20);
    let third = later_server(&book, "contracted");
    assert_eq!(version(&book), known + 2);
    let paid = payer.ended();
    assert_eq!(server.ended(), Some(1), "the book is not for this program any more");
    let sentence = format!("the book has schema version {}, this binary knows up to {known}", known + 2);
    let complained = complaints();
    assert!(complained.contains(&sentence) && complained.contains("this server ends"), "{complained}");
    // Everything that it acknowledged is there, and what it did not answer is there once when it is asked again.
    assert!(paid.refused.is_empty(), "{:?}", paid.refused);
    let acknowledged = i64::try_from(paid.acknowledged.len()).expect("few");
    assert!((acknowledged..=acknowledged + 1).contains(&written(&book)));
    let unanswered = paid.unanswered.expect("it stopped in the end");
    let number: usize = unanswered.trim_start_matches("payer-").parse().expect("a number");
    for _ in 0..2 {
        let (status, text) =
            repay(&third.admin(), &loans[number % loans.len()], &unanswered).expect("it serves");
        assert_eq!(status, 201, "{text}");
        assert_eq!(written(&book), acknowledged + 1);
    }
    for arguments in [&SERVE[..], &["check"], &["end-of-day", "--through", THROUGH], &["user", "list"]] {
        let refused = run(&book, arguments);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        assert!(said(&refused).contains(&sentence), "{}", said(&refused));
    }
    drop(third);
    prove_later(&book, "contracted");
    // Whoever knows all that was made and taken away copies it.
    let copy = book.folder().join("copy.db");
    let copied = later(&book, "contracted").arg("backup").arg(&copy).output().expect("the program runs");
    assert!(copied.status.success() && copy.is_file(), "{copied:?}");
}

#[test]
fn days_that_a_server_closes_are_broken_off_when_the_book_is_not_for_it_and_another_goes_on() {
    let book = lent("60");
    // What is taken away later nobody works with.
    drop(later_server(&book, "expanded"));
    let (server, complaints) = complaining_server(&book, "complaints");
    let admin = server.admin();
    // Ten years: nobody waits for that.
    let closing = std::thread::spawn(move || {
        let body = json!({"through": "2036-03-29"}).to_string();
        admin.try_send("POST", "/loam/v1/end-of-day", Some("application/json"), &body)
    });
    let alone = run_aside(&book, &["end-of-day", "--through", "2036-03-29"]);
    let business_date = || book.number("select business_date from book_state");
    let first = business_date();
    until("days are closed", || if business_date() > first { Ok(()) } else { Err(String::new()) });
    let tomorrow = later_server(&book, "contracted");
    assert_eq!(server.ended(), Some(1));
    assert!(complaints().contains("what was in flight is broken off"), "{}", complaints());
    assert!(closing.join().expect("it ends").is_err(), "nobody says that the days are closed");
    let alone = alone.wait_with_output().expect("it ends");
    assert_eq!(alone.status.code(), Some(1));
    assert!(said(&alone).contains("left to that one"), "{}", said(&alone));
    let admin = tomorrow.admin();
    // What they had sent last may have been written after their end.
    let reached = admin.get("/loam/v1/business-date").expect(200).json()["businessDate"].clone();
    let reached: Date = reached.as_str().expect("a date").parse().expect("a date");
    let through = reached.saturating_add(3.days()).to_string();
    assert_eq!(close_days(&admin, &through)["businessDate"], through);
    drop(tomorrow);
    prove_later(&book, "contracted");
}

#[test]
fn what_cannot_be_written_any_more_is_not_acknowledged() {
    let book = lent("60");
    let (known, loans) = (version(&book), payable(&book));
    let (server, _complaints) = complaining_server(&book, "complaints");
    let payer = Payer::start(&server, "payer", &loans);
    payer.goes_on(20);
    // It migrates the book, and can do no more with it.
    later(&book, "renamed").args(SERVE).output().expect("the program runs");
    assert_eq!(version(&book), known + 2);
    let paid = payer.ended();
    assert_eq!(server.ended(), Some(1));
    assert!(!paid.refused.is_empty(), "it was asked when it could not write");
    assert!(paid.refused.iter().all(|refused| refused.contains(": 500 ")), "{:?}", paid.refused);
    assert_eq!(written(&book), i64::try_from(paid.acknowledged.len()).expect("few"));
}
