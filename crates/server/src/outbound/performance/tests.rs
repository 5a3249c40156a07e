//! What is told to a target that answers in unusual ways.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use loam_app::ports::Clock;
use loam_book::ids::Part;
use loam_book::partner::TargetContract;
use loam_book::reporting::performance::LoanStatus;
use tokio::sync::watch;

use super::super::post::{Outlook, Poster};
use super::*;

const TOKEN: &str = r#"{"access_token": "t", "expires_in": 3600}"#;
const TAKEN: &str = r#"{"processed": 1, "skipped": []}"#;

/// A clock that stands.
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

/// A target that answers each path with a status and a body, and what it was asked, in order.
struct Bureau {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Bureau {
    fn start(answers: &'static [(&'static str, u16, &'static str)]) -> Bureau {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", socket.local_addr().expect("it is bound"));
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let inside = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                answer(stream, answers, &inside);
            }
        });
        Bureau { url, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("nobody panics with it").clone()
    }

    fn target(&self) -> Target {
        Target {
            key: Key::entity(Part::new(0), 1, 1),
            id: "bureau".to_owned(),
            name: "A bureau".to_owned(),
            url: self.url.clone(),
            contract: TargetContract::RepaymentData { secret_key: sealed("s") },
            is_active: true,
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
        }
    }
}

/// One request for each connection. A body that ends with `…` promises more than comes.
fn answer(mut stream: TcpStream, answers: &[(&str, u16, &str)], heard: &Mutex<Vec<String>>) {
    let mut reading = BufReader::new(stream.try_clone().expect("a second handle"));
    let (mut first, mut length) = (String::new(), 0);
    reading.read_line(&mut first).expect("a request");
    loop {
        let mut line = String::new();
        reading.read_line(&mut line).expect("a header");
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().expect("a length");
        }
    }
    reading.read_exact(&mut vec![0; length]).expect("a body");
    let path = first.split(' ').nth(1).expect("a path").trim_start_matches("/api/v1/loan-performance");
    heard.lock().expect("nobody panics with it").push(path.to_owned());
    let known = answers.iter().find(|(known, ..)| *known == path);
    let (_, status, body) = known.unwrap_or(&("", 500, ""));
    let promised = if body.ends_with('…') { body.len() + 10 } else { body.len() };
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {promised}\r\n\r\n");
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("it listens");
}

fn sealed(text: &str) -> SealedText {
    SealedText { sealed: text.to_owned(), masked: "*".to_owned() }
}

fn errand(until: i64, stops: bool) -> Errand {
    let until = Timestamp::from_second(until).expect("an instant");
    let (_, stopping) = watch::channel(stops);
    Errand { poster: Poster::new(), clock: Arc::new(Standing), until, stopping }
}

fn loan() -> PerformanceLoan {
    let payment = |id: &str| PerformancePayment {
        payment_id: id.to_owned(),
        amount: Some(100),
        payment_type: None,
        payment_mode: None,
        payment_status: None,
        principal: None,
        interest: None,
        fees: None,
        bank_routing_number: None,
        bank_account_number: None,
        return_code: None,
        returned_at: None,
        fail_code: None,
        failed_at: None,
        payment_at: None,
    };
    PerformanceLoan {
        lead_id: None,
        management_system_id: Some(7),
        application_type: None,
        loan_type: None,
        status: LoanStatus::Originated,
        status_said: true,
        loan_amount: 1_000,
        funded_amount: None,
        first_payment_date: None,
        applied_at: Timestamp::UNIX_EPOCH,
        esigned_at: None,
        withdrawn_at: None,
        originated_at: None,
        is_lead_loan: false,
        payments: vec![payment("1"), payment("2")],
        anomalies: Vec::new(),
    }
}

/// Tells the second payment of a loan that the target was told before, or all of it.
async fn told(bureau: &Bureau, errand: &Errand, is_known: bool) -> Result<(), Failure> {
    let (target, tokens, secret) = (bureau.target(), Tokens::default(), sealed("x"));
    let contact = Contact {
        errand,
        tokens: &tokens,
        target: &target,
        client_id: "me",
        secrets: (&secret, "secret"),
        management_system_id: 7,
    };
    let loan = loan();
    if is_known {
        contact.update(("c", "L"), &loan, &[&loan.payments[1]]).await
    } else {
        contact.introduce("c", "L", &loan).await
    }
}

#[tokio::test]
async fn what_is_new_of_a_known_loan_is_told() {
    let bureau = Bureau::start(&[
        ("/oauth/token", 200, TOKEN),
        ("/customers/c/loans", 200, "null"),
        ("/customers/c/payments", 201, "null"),
    ]);
    assert!(told(&bureau, &errand(60, false), true).await.is_ok());
    assert_eq!(bureau.heard(), ["/oauth/token", "/customers/c/loans", "/customers/c/payments"]);
}

#[tokio::test]
async fn a_target_that_lost_the_loan_and_knows_the_customer_is_told_everything() {
    let bureau = Bureau::start(&[
        ("/oauth/token", 200, TOKEN),
        ("/customers/c/loans", 201, "null"),
        ("/customers/batch", 200, TAKEN),
    ]);
    assert!(told(&bureau, &errand(60, false), true).await.is_ok());
    assert_eq!(bureau.heard(), ["/oauth/token", "/customers/c/loans", "/customers/batch"]);
}

#[tokio::test]
async fn an_answer_that_does_not_come_whole_is_no_success() {
    for cut in [r#"{"processed": 1, "skipped": [{"index": 0…"#, "…"] {
        let answers = vec![("/oauth/token", 200, TOKEN), ("/customers/batch", 200, cut)];
        let bureau = Bureau::start(answers.leak());
        let failure = told(&bureau, &errand(60, false), false).await.expect_err("it was cut");
        assert_eq!(failure.outlook, Outlook::MayPass, "{}", failure.reason);
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_of_what_was_left_out_is_confirmed() {
    for (status, is_told) in [(200, true), (204, true), (201, false), (404, false), (409, false)] {
        let batch = if status == 204 { "<html>" } else { "null" };
        let answers = vec![
            ("/oauth/token", 200, TOKEN),
            ("/customers/batch", 201, batch),
            ("/customers/c/loans", status, ""),
        ];
        let bureau = Bureau::start(answers.leak());
        assert_eq!(told(&bureau, &errand(60, false), false).await.is_ok(), is_told, "{status}");
        assert_eq!(bureau.heard(), ["/oauth/token", "/customers/batch", "/customers/c/loans"]);
    }
}

#[tokio::test]
async fn a_loan_that_is_known_under_another_customer_is_named_so() {
    let skipped = r#"{"processed": 0, "skipped": [{"index": 0, "errors": {}}]}"#;
    let answers = vec![
        ("/oauth/token", 200, TOKEN),
        ("/customers/batch", 200, skipped),
        ("/customers/c/loans", 409, ""),
    ];
    let bureau = Bureau::start(answers.leak());
    for is_known in [true, false] {
        let failure = told(&bureau, &errand(60, false), is_known).await.expect_err("it is taken");
        assert!(failure.reason.contains("under another customer"), "{}", failure.reason);
    }
}

#[tokio::test]
async fn nothing_is_sent_that_may_outlast_the_lease_or_when_the_server_stops() {
    let bureau = Bureau::start(&[]);
    let failure = told(&bureau, &errand(7, false), true).await.expect_err("seven seconds are left");
    assert_eq!(failure.outlook, Outlook::MayPass);
    let failure = told(&bureau, &errand(60, true), true).await.expect_err("the server stops");
    assert_eq!(failure.outlook, Outlook::Interrupted);
    assert_eq!(bureau.heard(), [""; 0]);
}

#[test]
fn a_token_is_shown_only_where_it_was_got() {
    let origin = |url: &str, client: &str, secret: &str| Origin {
        url: url.to_owned(),
        client_id: client.to_owned(),
        sealed_secret: secret.to_owned(),
    };
    let (tokens, target, now) = (Tokens::default(), Key::entity(Part::new(0), 1, 1), Timestamp::UNIX_EPOCH);
    let until = now.checked_add(SignedDuration::from_hours(1)).expect("an hour later");
    tokens.keep(target, Kept { origin: origin("a", "b", "c"), token: "t".to_owned(), until });
    let recalled = |origin: Origin| tokens.recall(target, &origin, now);
    assert_eq!(recalled(origin("a", "b", "c")).as_deref(), Some("t"));
    for other in [origin("x", "b", "c"), origin("a", "x", "c"), origin("a", "b", "x")] {
        assert_eq!(recalled(other), None);
    }
    assert_eq!(tokens.recall(target, &origin("a", "b", "c"), until), None, "it has run out");
}
