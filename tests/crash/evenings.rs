//! The server is killed while loans are paid out, repayments come in and days are closed, all at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use loam_tests::database::{BOTH, Database};
use loam_tests::http::Caller;
use loam_tests::server::Server;
use serde_json::{Value, json};

use crate::book::{Book, Sent, act, approve, assert_sound, repay, start};
use crate::days::{business_date, close_through};

/// How many loans are paid out before the first evening, and in each round.
const LOANS: usize = 30;
const ROUND: usize = 20;
/// How many callers send repayments, and how many of these are acknowledged before the server dies.
const CALLERS: usize = 3;
const ACKNOWLEDGED: usize = 40;
/// When the server dies at the earliest, and how far days are closed until then.
const ROUNDS: [(&str, &str); 4] = [
    ("2024-02-29", "2024-04-15"),
    ("2024-05-01", "2024-06-30"),
    ("2024-08-31", "2024-10-10"),
    ("2024-12-01", "2025-01-15"),
];
/// The last installment of the first loans is due on the last of January.
const THROUGH: &str = "2025-02-03";

/// What became of one round.
#[derive(Default)]
struct Round {
    repayments: Mutex<Sent>,
    acknowledged: AtomicUsize,
    /// Loans that were to be paid out, and whether that was acknowledged.
    disbursements: Mutex<Vec<(String, bool)>>,
    is_over: AtomicBool,
}

impl Round {
    fn send_repayments(&self, admin: &Caller, book: &Book, name: &str) {
        for number in 0.. {
            let token = format!("{name}-{number}");
            let loan = &book.loans[number % book.loans.len()];
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            self.repayments.lock().expect("no caller panics").insert(token.clone(), false);
            if repay(admin, loan, &token) {
                self.repayments.lock().expect("no caller panics").insert(token, true);
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn pay_out(&self, admin: &Caller, loans: &[String]) {
        for loan in loans {
            let is_acknowledged = act(admin, loan, &json!({"type": "DISBURSEMENT"}));
            self.disbursements.lock().expect("no caller panics").push((loan.clone(), is_acknowledged));
            if !is_acknowledged {
                return;
            }
        }
    }

    /// All of it at once, until the day has come and enough is acknowledged: then the server dies.
    fn run(
        &self,
        server: Server,
        book: &Book,
        (name, loans): (&str, &[String]),
        (day, through): (&str, &str),
    ) {
        std::thread::scope(|scope| {
            for caller in 0..CALLERS {
                let (admin, name) = (server.admin(), format!("{name}-{caller}"));
                scope.spawn(move || self.send_repayments(&admin, book, &name));
            }
            let (paying, closing) = (server.admin(), server.admin());
            scope.spawn(move || self.pay_out(&paying, loans));
            scope.spawn(move || close_through(&closing, through));
            let admin = server.admin();
            while business_date(&admin).as_str() < day
                || self.acknowledged.load(Ordering::Relaxed) < ACKNOWLEDGED
            {}
            server.kill();
            self.is_over.store(true, Ordering::Relaxed);
        });
    }

    /// What was acknowledged is there once, what was not at most once.
    fn assert_kept(&self, server: &Server, book: &Book) {
        book.assert_kept(server, &self.repayments.lock().expect("no caller panicked"));
        for (loan, is_acknowledged) in &*self.disbursements.lock().expect("no caller panicked") {
            let times = count(&transactions(server, loan), "DISBURSMENT");
            assert!(times <= 1, "{loan} was paid out {times} times");
            assert!(!is_acknowledged || times == 1, "{loan} was paid out, and that is lost");
        }
    }
}

fn transactions(server: &Server, loan: &str) -> Vec<Value> {
    let path = format!("/api/loans/{loan}/transactions?limit=1000");
    server.admin().get(&path).expect(200).json().as_array().expect("a list").clone()
}

fn count(transactions: &[Value], kind: &str) -> usize {
    transactions.iter().filter(|transaction| transaction["type"] == kind).count()
}

/// Cents of an amount as the door writes it.
fn cents(amount: &Value) -> i64 {
    let text = amount.as_str().expect("an amount is a text");
    let (units, rest) = text.split_once('.').unwrap_or((text, ""));
    format!("{units}{rest:0<2}").parse().expect("digits")
}

/// All interest of a loan whose last due date is over has been applied, and once.
fn assert_interest_is_applied_once(server: &Server, loan: &str) {
    let rows = server.admin().get(&format!("/api/loans/{loan}/repayments?limit=100")).expect(200).json();
    let rows = rows.as_array().expect("a list").iter();
    let expected: i64 = rows.map(|row| cents(&row["interestDue"])).sum();
    let applied = transactions(server, loan);
    let applied = applied.iter().filter(|transaction| transaction["type"] == "INTEREST_APPLIED");
    assert_eq!(applied.map(|transaction| cents(&transaction["amount"])).sum::<i64>(), expected, "{loan}");
}

fn survive(database: &Database) {
    let server = start(database);
    let all = approve(&server, LOANS + ROUNDS.len() * ROUND);
    let (first, later) = all.split_at(LOANS);
    for loan in first {
        assert!(act(&server.admin(), loan, &json!({"type": "DISBURSEMENT"})));
    }
    let book = Book { loans: first.to_vec() };
    drop(server);
    for (number, (days, loans)) in ROUNDS.into_iter().zip(later.chunks(ROUND)).enumerate() {
        let round = Round::default();
        round.run(start(database), &book, (&format!("round{number}"), loans), days);
        assert_sound(database);
        let server = start(database);
        assert!(business_date(&server.admin()).as_str() >= days.0, "a day that has come has come");
        round.assert_kept(&server, &book);
    }
    let server = start(database);
    assert!(close_through(&server.admin(), THROUGH), "days are closed to their end");
    let again = server.admin().post("/loam/v1/end-of-day", &json!({ "through": THROUGH })).expect(200).json();
    assert_eq!(again["days"], json!([]), "run twice, it changes nothing");
    for loan in first {
        assert_interest_is_applied_once(&server, loan);
    }
    assert_sound(database);
}

#[test]
fn loans_payments_and_evenings_survive_the_death_of_the_server_together() {
    for kind in BOTH {
        println!("on {kind:?}");
        survive(&Database::fresh(kind));
    }
}
