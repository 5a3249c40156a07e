//! A lender whose system reports: a served book with a client of the token endpoint.

use std::process::Command;

use loam_tests::database::{BOTH, Database, Kind};
use loam_tests::http::{Answer, Caller};
use loam_tests::server::{Server, command, run};
use serde_json::{Value, json};

/// Where customers are reported.
pub(crate) const CUSTOMERS: &str = "/api/v1/loan-performance/customers";
/// The organization of the usual client.
pub(crate) const ORGANIZATION: &str = "Acme & Sons";

/// A served book, and a caller with a token of a client that may do everything.
#[derive(Debug)]
pub(crate) struct Lender {
    pub(crate) server: Server,
    pub(crate) database: Database,
    pub(crate) admin: Caller,
    pub(crate) client: Credentials,
    pub(crate) caller: Caller,
}

/// A client of the token endpoint, as it was made.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// Runs a test on a book of its own on each database, and proves both books afterwards.
pub(crate) fn on_both(test: impl Fn(&Lender)) {
    for kind in BOTH {
        println!("on {kind:?}");
        let lender = lender(kind);
        test(&lender);
        lender.assert_proven();
    }
}

pub(crate) fn lender(kind: Kind) -> Lender {
    served(Database::fresh(kind), |_| {})
}

/// The same, served with other settings.
pub(crate) fn served(database: Database, settings: impl FnOnce(&mut Command)) -> Lender {
    let server = serve(&database, settings);
    let admin = server.admin();
    let client = new_client(&admin, &json!({"name": "LMS", "organization": ORGANIZATION}));
    let caller = caller(&server, &client);
    Lender { server, database, admin, client, caller }
}

pub(crate) fn serve(database: &Database, settings: impl FnOnce(&mut Command)) -> Server {
    let mut command = command(database);
    settings(&mut command);
    command.args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual"]);
    Server::spawn(command)
}

pub(crate) fn new_client(admin: &Caller, body: &Value) -> Credentials {
    let made = admin.post("/loam/v1/api-clients", body).expect(201).json();
    let text = |name: &str| made[name].as_str().unwrap_or_else(|| panic!("no {name}: {made}")).to_owned();
    Credentials { id: text("clientId"), secret: text("clientSecret") }
}

/// A caller with a new token.
pub(crate) fn caller(server: &Server, client: &Credentials) -> Caller {
    with_token(server, &token(server, client))
}

pub(crate) fn with_token(server: &Server, token: &str) -> Caller {
    Caller::anonymous(&server.base).with_header("authorization", &format!("Bearer {token}"))
}

pub(crate) fn token(server: &Server, client: &Credentials) -> String {
    let answer = ask_token(server, client).expect(200).json();
    answer["access_token"].as_str().expect("a token is a text").to_owned()
}

pub(crate) fn ask_token(server: &Server, client: &Credentials) -> Answer {
    let form =
        format!("grant_type=client_credentials&client_id={}&client_secret={}", client.id, client.secret);
    Caller::anonymous(&server.base).form("/oauth/token", &form)
}

/// A loan with what must be said, of lead 7.
pub(crate) fn loan(id: &str) -> Value {
    json!({"loan_id": id, "lead_id": 7, "loan_amount": 75000, "applied_at": "2021-09-25T04:01:57Z"})
}

pub(crate) fn customer(id: &str, loan_id: &str) -> Value {
    json!({"customer_id": id, "lead_loan": loan(loan_id)})
}

/// A payment with what must be said.
pub(crate) fn payment(id: &str, loan_id: &str) -> Value {
    json!({"payment_id": id, "loan_id": loan_id, "lead_id": 7})
}

/// The same with members replaced or added.
pub(crate) fn with(mut base: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    base.as_object_mut().expect("the base is an object").extend(changes);
    base
}

impl Lender {
    /// Customer "1" with loan "A" of lead 7.
    pub(crate) fn open(&self) {
        self.report("", &customer("1", "A"), 201);
    }

    /// Sends a report below `customers`, which must be answered with this status and `null`.
    #[track_caller]
    pub(crate) fn report(&self, path: &str, body: &Value, status: u16) {
        let answer = self.send(path, body);
        assert_eq!((answer.status, answer.text.as_str()), (status, "null"), "{path} {body}");
    }

    pub(crate) fn send(&self, path: &str, body: &Value) -> Answer {
        self.caller.post(&format!("{CUSTOMERS}{path}"), body)
    }

    /// What the door shows below `customers`.
    #[track_caller]
    pub(crate) fn shown(&self, path: &str) -> Value {
        self.caller.get(&format!("{CUSTOMERS}{path}")).expect(200).json()["data"].clone()
    }

    /// Panics unless the request is refused with exactly this body, and nothing was written.
    #[track_caller]
    pub(crate) fn refuses(&self, path: &str, body: &Value, (status, expected): (u16, &Value)) {
        let before = self.rows();
        let answer = self.send(path, body);
        assert_eq!((answer.status, &answer.json()), (status, expected), "{path} {body}");
        assert_eq!(self.rows(), before, "{path} {body} was refused and changed the book");
    }

    /// Panics unless exactly these sentences are said, and nothing was written.
    #[track_caller]
    pub(crate) fn invalid(&self, path: &str, body: &Value, errors: &Value) {
        let expected = json!({"message": "The given data was invalid.", "errors": errors});
        self.refuses(path, body, (422, &expected));
    }

    /// How many rows stand in the tables that a report writes to. Nothing takes any away, so the sum
    /// stays the same only where nothing was written.
    pub(crate) fn rows(&self) -> i64 {
        let tables = ["subject", "reported_loan", "loan_report", "lead", "outbox", "audit", "id_registry"];
        let counts = tables.map(|table| format!("(select count(*) from {table})"));
        self.database.number(&format!("select {}", counts.join(" + ")))
    }

    pub(crate) fn count(&self, table: &str) -> i64 {
        self.database.number(&format!("select count(*) from {table}"))
    }

    /// Panics unless `loam check` finds nothing.
    #[track_caller]
    pub(crate) fn assert_proven(&self) {
        let check = run(&self.database, &["check"]);
        let said = String::from_utf8_lossy(&check.stdout);
        assert_eq!(check.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&check.stderr));
        assert!(said.contains("everything holds"), "{said}");
    }
}
