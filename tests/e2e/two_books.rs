//! Two servers: one services loans, the other is told of them through its doors. Both tell the same
//! story, also after either was killed.

use std::collections::BTreeSet;
use std::net::TcpListener;

use loam_tests::database::{BOTH, Database, Kind};
use loam_tests::http::Caller;
use loam_tests::listener::{Heard, Listener};
use loam_tests::server::{Server, command};
use loam_tests::wait::until;
use serde_json::{Value, json};

use crate::book::{Book, FIRST_DAY, book, text};

/// Members that the receiver knows and the servicer does not, or the other way round.
const OF_THE_FEED: [&str; 5] = ["lead_id", "management_system_id", "anomalies", "created_at", "updated_at"];

/// The second server, on a port that stays the same when it is started again.
pub(crate) struct Receiver {
    server: Option<Server>,
    database: Database,
    port: u16,
    pub(crate) secret_key: String,
    pub(crate) bearer: (String, String),
}

fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("it is bound").port()
}

fn served(database: &Database, port: u16) -> Server {
    let mut serving = command(database);
    serving.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--end-of-day", "manual"]);
    serving.args(["--business-date", FIRST_DAY]);
    Server::spawn(serving)
}

impl Receiver {
    pub(crate) fn start(kind: Kind) -> Receiver {
        let (database, port) = (Database::fresh(kind), free_port());
        let server = served(&database, port);
        let bearer = api_client(&server.admin());
        let business = server.admin().post("/loam/v1/businesses", &json!({"name": "Score"})).expect(201);
        let secret_key = text(&business.json()["liveKeys"]["secretKey"]);
        Receiver { server: Some(server), database, port, secret_key, bearer }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn kill(&mut self) {
        self.server.take().expect("it runs").kill();
    }

    fn start_again(&mut self) {
        self.server = Some(served(&self.database, self.port));
    }
}

/// A client of the token endpoint that may do everything: its id and secret.
fn api_client(admin: &Caller) -> (String, String) {
    let client = admin
        .post("/loam/v1/api-clients", &json!({"name": "feed", "scopes": ["loan-performance", "book"]}))
        .expect(201)
        .json();
    (text(&client["clientId"]), text(&client["clientSecret"]))
}

pub(crate) fn with_token(base: &str, (id, secret): &(String, String)) -> Caller {
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let token = Caller::anonymous(base).form("/oauth/token", &form).expect(200).json();
    let bearer = format!("Bearer {}", text(&token["access_token"]));
    Caller::anonymous(base).with_header("authorization", &bearer)
}

/// Makes the receiver the servicer's two targets.
pub(crate) fn enroll(servicer: &Book, receiver: &Receiver) {
    let performance = json!({"id": "performance", "url": receiver.base(), "contract": "LOAN_PERFORMANCE",
        "clientId": receiver.bearer.0, "secret": receiver.bearer.1, "managementSystemId": 7});
    let repayment = json!({"id": "repayment", "url": receiver.base(), "contract": "REPAYMENT_DATA",
        "secret": receiver.secret_key});
    for target in [performance, repayment] {
        servicer.admin.post("/loam/v1/targets", &target).expect(201);
    }
}

/// Waits until the servicer has nothing left to tell.
pub(crate) fn until_told(servicer: &Book) {
    until("everything is told", || {
        let deliveries = servicer.admin.get("/loam/v1/deliveries").expect(200).json();
        let left = [&deliveries["waiting"], &deliveries["unread"], &deliveries["dead"]];
        if left.iter().all(|count| **count == json!(0)) { Ok(()) } else { Err(deliveries.to_string()) }
    });
}

/// A loan in the words of the loan performance contract.
pub(crate) fn performance(caller: &Caller, customer: &str, loan: &str) -> Value {
    let path = format!("/api/v1/loan-performance/customers/{customer}/loans/{loan}");
    let mut told = caller.get(&path).expect(200).json()["data"].clone();
    let members = told.as_object_mut().expect("a loan");
    members.retain(|name, _| !OF_THE_FEED.contains(&name.as_str()));
    let payments = caller.get(&format!("{path}/payments")).expect(200).json()["data"].clone();
    json!({ "loan": told, "payments": without_feed(payments) })
}

fn without_feed(mut list: Value) -> Value {
    for element in list.as_array_mut().expect("a list") {
        let members = element.as_object_mut().expect("members");
        members.retain(|name, _| !OF_THE_FEED.contains(&name.as_str()));
    }
    list
}

/// The loans of a client in the words of the repayment data contract.
pub(crate) fn repayment_data(caller: &Caller, client: &str) -> Vec<Value> {
    let shown = caller.get(&format!("/v1/api/clients/{client}")).expect(200).json();
    let loans = shown["data"]["loans"].as_array().expect("a list").iter();
    let mut told: Vec<Value> = loans.map(story).collect();
    told.sort_by_key(|loan| loan["loanReferenceId"].to_string());
    told
}

/// What both sides must agree on; ids of documents are their own.
fn story(loan: &Value) -> Value {
    let installments = loan["installmentRepayments"].as_array().expect("a list").iter();
    let installments = installments.map(|row| {
        json!([
            row["dueDate"],
            row["datePaid"],
            row["amountDue"]["amount"],
            row["amountPaid"]["amount"],
            row["status"]
        ])
    });
    let members = [
        "loanReferenceId",
        "applicationDate",
        "dateLoanWasGranted",
        "applicationStatus",
        "amount",
        "currency",
        "tenure",
        "totalInstallments",
        "loanRepaymentStatus",
        "dateLastInstallmentIsDue",
        "dateLoanIsSettled",
    ];
    let mut told: serde_json::Map<String, Value> =
        members.iter().map(|name| ((*name).to_owned(), loan[*name].clone())).collect();
    told.insert("installments".to_owned(), installments.collect());
    Value::Object(told)
}

/// Both servers tell the same of every loan of client "8".
fn assert_same_story(servicer: &Book, own: &(Caller, Caller), receiver: &Receiver, loans: &[&str]) {
    let told = with_token(&receiver.base(), &receiver.bearer);
    let business = Caller::anonymous(&receiver.base()).with_header("x-api-key", &receiver.secret_key);
    for loan in loans {
        assert_eq!(performance(&told, "8", loan), performance(&own.0, "8", loan), "{loan}");
    }
    assert_eq!(repayment_data(&business, "8"), repayment_data(&own.1, "8"));
    servicer.assert_proven();
}

/// The servicer's own view of itself through its own doors.
pub(crate) fn own_view(servicer: &Book) -> (Caller, Caller) {
    let base = &servicer.server.base;
    let bearer = with_token(base, &api_client(&servicer.admin));
    let business = json!({"name": "self", "readsBook": true});
    let business = servicer.admin.post("/loam/v1/businesses", &business).expect(201).json();
    let key = text(&business["liveKeys"]["secretKey"]);
    (bearer, Caller::anonymous(base).with_header("x-api-key", &key))
}

#[test]
fn two_books_tell_the_same_story() {
    for kind in BOTH {
        println!("on {kind:?}");
        let servicer = book(kind);
        let mut receiver = Receiver::start(kind);
        servicer.lend("BEFORE");
        enroll(&servicer, &receiver);
        servicer.admin.post("/loam/v1/targets/performance/enroll", &json!({})).expect(200);
        servicer.admin.post("/loam/v1/targets/repayment/enroll", &json!({})).expect(200);
        let loans = ["BEFORE", "A", "B", "WAITING"];
        servicer.lend("A");
        servicer.lend("B");
        servicer.apply("WAITING");
        until_told(&servicer);
        let own = own_view(&servicer);
        assert_same_story(&servicer, &own, &receiver, &loans);

        // The receiver is away while the book goes on.
        receiver.kill();
        servicer.close_days("2012-07-28");
        servicer.act("A", "type=REPAYMENT&amount=215.45");
        let wrong = servicer.act("B", "type=REPAYMENT&amount=100");
        let id = wrong["transactionId"].as_i64().expect("an id");
        servicer.act("B", &format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}"));
        servicer.close_days("2012-08-05");
        receiver.start_again();
        until_told(&servicer);
        assert_same_story(&servicer, &own, &receiver, &loans);

        // The servicer is killed in the middle of telling.
        servicer.act("A", "type=REPAYMENT&amount=50");
        servicer.act("B", "type=REPAYMENT&amount=215.45");
        servicer.act("WAITING", "type=REJECT");
        let Book { server, database, branch, centre, officer, product, client, .. } = servicer;
        server.kill();
        let server = Server::start(&database, &[]);
        let admin = server.admin();
        let servicer = Book { server, database, admin, branch, centre, officer, product, client };
        until_told(&servicer);
        let own = own_view(&servicer);
        assert_same_story(&servicer, &own, &receiver, &loans);
    }
}

/// A target of the repayment data contract that is told by `servicer`.
fn listen(servicer: &Book, id: &str, listener: &Listener) {
    let target = json!({"id": id, "url": listener.base, "contract": "REPAYMENT_DATA", "secret": "s"});
    servicer.admin.post("/loam/v1/targets", &target).expect(201);
}

/// Loans that a listener heard of, each once, in order.
fn loans_of(heard: &[Heard]) -> Vec<String> {
    let told = heard.iter().filter(|heard| heard.path == "/v1/api/clients/loans");
    let body = told.map(|heard| serde_json::from_str::<Value>(&heard.body).expect("JSON"));
    let loans: BTreeSet<String> = body.map(|body| text(&body["loanReferenceId"])).collect();
    loans.into_iter().collect()
}

fn deliveries(servicer: &Book, query: &str) -> Value {
    servicer.admin.get(&format!("/loam/v1/deliveries{query}")).expect(200).json()
}

#[test]
fn a_target_that_was_paused_hears_of_everything_when_it_is_back() {
    for kind in BOTH {
        println!("on {kind:?}");
        let (servicer, listener, other) = (book(kind), Listener::start(), Listener::start());
        listen(&servicer, "paused", &listener);
        listen(&servicer, "awake", &other);
        let active = |is_active: bool| {
            let change = json!({ "isActive": is_active });
            servicer.admin.patch("/loam/v1/targets/paused", &change).expect(200);
        };
        servicer.apply("FIRST");
        until_told(&servicer);
        active(false);
        servicer.act("FIRST", "type=APPROVAL");
        // Whoever takes a later change from the outbox has seen the pause.
        until("the outbox is read", || {
            let left = deliveries(&servicer, "");
            if left["unread"] == 0 { Ok(()) } else { Err(left.to_string()) }
        });
        servicer.apply("SECOND");
        until("the other has heard of both", || {
            let heard = loans_of(&other.heard());
            if heard == ["FIRST", "SECOND"] { Ok(()) } else { Err(format!("{heard:?}")) }
        });
        assert_eq!(loans_of(&listener.heard()), ["FIRST"]);
        assert_eq!(deliveries(&servicer, "")["dead"], 0);
        let attempts = deliveries(&servicer, "?target=paused");
        let attempts = attempts["deliveries"].as_array().expect("a list");
        assert_eq!(attempts.len(), 2, "{attempts:?}");
        assert!(attempts.iter().all(|delivery| delivery["attempts"] == 0), "{attempts:?}");
        active(true);
        until_told(&servicer);
        assert_eq!(loans_of(&listener.heard()), ["FIRST", "SECOND"]);
    }
}

#[test]
fn a_target_that_never_answers_holds_up_no_other() {
    for kind in BOTH {
        println!("on {kind:?}");
        let (servicer, hole, other) = (book(kind), Listener::start(), Listener::start());
        hole.fall_silent();
        listen(&servicer, "hole", &hole);
        listen(&servicer, "other", &other);
        let loans: Vec<String> = (10..30).map(|n| format!("L{n}")).collect();
        loans.iter().for_each(|loan| drop(servicer.apply(loan)));
        until("the other has heard of all", || {
            let heard = loans_of(&other.heard());
            if heard == loans { Ok(()) } else { Err(format!("{heard:?}")) }
        });
        // Stopping does not wait for what was not begun.
        let Book { server, .. } = servicer;
        server.stop();
    }
}

#[test]
fn what_was_given_up_is_listed_and_told_when_it_is_replayed() {
    for kind in BOTH {
        println!("on {kind:?}");
        let (servicer, listener) = (book(kind), Listener::start());
        // No request can carry this key, so trying again would not help.
        let target = json!({"id": "bureau", "url": listener.base, "contract": "REPAYMENT_DATA",
            "secret": "two\nlines"});
        servicer.admin.post("/loam/v1/targets", &target).expect(201);
        let loan = text(&servicer.apply("GIVENUP")["encodedKey"]);
        until("it is given up", || {
            let left = deliveries(&servicer, "");
            if left["dead"] == 1 { Ok(()) } else { Err(left.to_string()) }
        });
        let dead = deliveries(&servicer, "?target=bureau&dead=true")["deliveries"].clone();
        let shown = json!([dead[0]["account"], dead[0]["isDead"], dead[0]["toldThrough"], dead[1]]);
        assert_eq!(shown, json!([loan, true, 0, null]), "{dead}");
        assert!(dead[0]["lastError"].is_string(), "{dead}");
        assert_eq!(listener.heard().len(), 0);

        let replay = |what: &Value| {
            servicer.admin.post("/loam/v1/deliveries/replay", what).expect(200).json()["accounts"].clone()
        };
        servicer.admin.patch("/loam/v1/targets/bureau", &json!({"secret": "one-line"})).expect(200);
        assert_eq!(replay(&json!({"target": "bureau", "dead": true})), 1);
        until_told(&servicer);
        assert_eq!(loans_of(&listener.heard()), ["GIVENUP"]);
        assert_eq!(replay(&json!({"target": "bureau", "dead": true})), 0, "nothing is dead any more");
    }
}
