//! Random kills. The seed is fixed: a failure comes again.

use loam_tests::database::{Database, Kind};
use loam_tests::postgres::Postgres;
use loam_tests::server::Server;

use crate::book::{Sent, assert_sound, fill, start};

/// How often each database sees its server die.
const KILLS: usize = 50;

/// Random numbers from a fixed seed (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit).expect("small numbers")
    }
}

/// What dies, and is started again.
enum Victim<'a> {
    Server,
    Database(&'a mut Postgres),
}

fn kill(server: &Server) {
    // Not `Server::kill`: the callers still use the server while it dies.
    let killed = std::process::Command::new("kill").args(["-KILL", &server.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
}

/// One round: repayments, a kill at a random moment, a restart, and the proof.
fn survive(database: &Database, server: Server, round: (&str, usize), victim: Victim<'_>) -> Server {
    let (name, acknowledge) = round;
    let book = crate::book::Book { loans: loans_of(&server) };
    let sent: Sent = match victim {
        Victim::Server => book.stream(&server.admin(), name, acknowledge, || kill(&server)),
        // The callers that wait for a commit are answered only when the database is back.
        Victim::Database(postgres) => book.stream(&server.admin(), name, acknowledge, || {
            postgres.kill();
            postgres.start_again();
        }),
    };
    drop(server);
    let server = start(database);
    book.assert_kept(&server, &sent);
    assert_sound(database);
    server
}

fn loans_of(server: &Server) -> Vec<String> {
    let loans = server.admin().get("/api/loans?accountState=ACTIVE&limit=1000").expect(200).json();
    let ids = loans.as_array().expect("a list").iter();
    ids.map(|loan| loan["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn fifty_kills_of_a_server_on_sqlite_lose_nothing() {
    let database = Database::fresh(Kind::Sqlite);
    let mut server = start(&database);
    fill(&server);
    let mut dice = Dice(11);
    for round in 0..KILLS {
        let name = format!("round{round}");
        server = survive(&database, server, (&name, 1 + dice.below(40)), Victim::Server);
    }
}

#[test]
fn fifty_kills_of_a_server_and_of_postgresql_lose_nothing() {
    let mut postgres = Postgres::start("kills");
    let database = Database::at(postgres.url());
    let mut server = start(&database);
    fill(&server);
    let mut dice = Dice(12);
    for round in 0..KILLS {
        let name = format!("round{round}");
        let victim = if round % 5 == 4 { Victim::Database(&mut postgres) } else { Victim::Server };
        server = survive(&database, server, (&name, 1 + dice.below(40)), victim);
    }
}
