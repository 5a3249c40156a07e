//! Many payments in one request, and a server that dies in the middle of them.

use loam_tests::database::{BOTH, Database};
use loam_tests::server::Server;
use serde_json::{Value, json};

use crate::book::{assert_sound, fill, start};

/// How many payments the request brings: more than are under way at once.
const PAYMENTS: usize = 3_000;
/// How many of them are seen before the server dies.
const SEEN: usize = 300;
const PATH: &str = "/loam/v1/loan-payments";

/// What each payment on each loan says, oldest first.
fn kept(server: &Server, loans: &[String]) -> Vec<Vec<String>> {
    let of_loan = |loan: &String| {
        let path = format!("/api/loans/{loan}/transactions?limit=1000");
        let rows = server.admin().get(&path).expect(200).json();
        let rows = rows.as_array().expect("a list").iter().rev().filter(|row| row["type"] == "REPAYMENT");
        rows.map(|row| row["comment"].as_str().expect("every payment says something").to_owned()).collect()
    };
    loans.iter().map(of_loan).collect()
}

fn die_in_the_middle(database: &Database) {
    let server = start(database);
    let loans = fill(&server).loans;
    let payment = |number: usize| {
        let loan = &loans[number % loans.len()];
        json!({"loan": loan, "amount": "1.00", "notes": number.to_string()})
    };
    let payments = json!((0..PAYMENTS).map(payment).collect::<Vec<Value>>());
    let body = payments.to_string();
    std::thread::scope(|scope| {
        let caller = server.admin().with_header("idempotency-key", "many");
        let sending = scope.spawn(move || caller.try_send("POST", PATH, Some("application/json"), &body));
        while kept(&server, &loans).iter().map(Vec::len).sum::<usize>() < SEEN {}
        server.kill();
        let _answered_or_not = sending.join().expect("the caller does not panic");
    });
    let server = start(database);
    let left = kept(&server, &loans).iter().map(Vec::len).sum::<usize>();
    println!("{left} of {PAYMENTS} were taken when the server died");
    assert!(left >= SEEN, "what was seen is kept");

    let retrying = server.admin().with_header("idempotency-key", "many");
    let first = retrying.post(PATH, &payments).expect(200).json();
    let results = first.as_array().expect("one result for each payment");
    assert_eq!(results.len(), PAYMENTS);
    assert!(results.iter().all(|result| result["status"] == 200), "{results:?}");
    for (place, kept) in kept(&server, &loans).into_iter().enumerate() {
        let sent: Vec<String> = (place..PAYMENTS).step_by(loans.len()).map(|n| n.to_string()).collect();
        assert_eq!(kept, sent, "each payment on {} once, and in the order of the request", loans[place]);
    }
    assert_eq!(retrying.post(PATH, &payments).expect(200).json(), first);
    let others = json!([payments[0].clone()]);
    assert_eq!(
        retrying.post(PATH, &others).status,
        409,
        "the key is the first request's, whatever became of it"
    );
    drop(server);
    assert_sound(database);
}

#[test]
fn a_request_that_died_in_the_middle_is_finished_by_its_repetition() {
    for kind in BOTH {
        println!("on {kind:?}");
        die_in_the_middle(&Database::fresh(kind));
    }
}
