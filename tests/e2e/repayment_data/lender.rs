//! A book with a business that reports, and what its tests have in common.

use loam_tests::database::{BOTH, Database, Kind};
use loam_tests::http::{Answer, Caller};
use loam_tests::server::{Server, command, run};
use serde_json::{Value, json};

use crate::book::{text, with};

/// The day the book is on: a week into the third of the sample's installments.
pub(super) const TODAY: &str = "2023-04-08";
const LOANS: &str = "/v1/api/clients/loans";

/// A served book with a business. The server goes before the database does.
#[derive(Debug)]
pub(super) struct Lender {
    pub(super) server: Server,
    pub(super) database: Database,
    pub(super) admin: Caller,
    /// The `businessId`.
    pub(super) id: String,
    /// Calls with the secret key.
    pub(super) secret: Caller,
    /// Calls with the public key.
    pub(super) public: Caller,
    /// Call with the keys for tests.
    pub(super) test_secret: Caller,
    pub(super) test_public: Caller,
}

/// How a server is started.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Start {
    /// The clock stands still at this instant.
    pub(super) at: Option<&'static str>,
    /// Whether there is a book for tests.
    pub(super) has_test_book: bool,
}

/// Runs a test on a book of its own on each database, and proves both books afterwards.
pub(super) fn on_both(test: impl Fn(&Lender)) {
    on_both_started(Start::default(), test);
}

/// The same with a server that is started in another way.
pub(super) fn on_both_started(start: Start, test: impl Fn(&Lender)) {
    for kind in BOTH {
        println!("on {kind:?}");
        let lender = lender(kind, start, &json!({}));
        test(&lender);
        lender.assert_proven();
    }
}

/// A book with a business of which more than the name is said.
pub(super) fn lender(kind: Kind, start: Start, members: &Value) -> Lender {
    let database = Database::fresh(kind);
    let server = serve(&database, start);
    let admin = server.admin();
    let body = with(json!({"name": "A lender"}), members);
    let business = admin.post("/loam/v1/businesses", &body).expect(201).json();
    let caller = |pair: &str, key: &str| called(&server, &text(&business[pair][key]));
    Lender {
        id: text(&business["id"]),
        secret: caller("liveKeys", "secretKey"),
        public: caller("liveKeys", "publicKey"),
        test_secret: caller("testKeys", "secretKey"),
        test_public: caller("testKeys", "publicKey"),
        admin,
        server,
        database,
    }
}

fn serve(database: &Database, start: Start) -> Server {
    let mut serving = command(database);
    if let Some(at) = start.at {
        serving.env("LOAM_TEST_MODE", "1").env("LOAM_CLOCK", at);
    }
    if start.has_test_book {
        serving.env("LOAM_TEST_BOOK", "beside");
    }
    serving.args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual"]);
    serving.args(["--business-date", TODAY]);
    Server::spawn(serving)
}

fn called(server: &Server, key: &str) -> Caller {
    Caller::anonymous(&server.base).with_header("x-api-key", key)
}

/// The body of the contract's sample, to which a client belongs.
pub(super) fn report(client: &str) -> Value {
    json!({
        "clientId": client,
        "loanReferenceId": "loan_12345",
        "applicationDate": "2023-01-01",
        "dateLoanWasGranted": "2023-01-15",
        "applicationStatus": "approved",
        "amount": 10000,
        "currency": "NGN",
        "tenure": {"value": 12, "interval": "months"},
        "totalInstallments": 12,
        "installmentRepayments": [paid("2023-02-01", "2023-02-01")],
        "loanRepaymentStatus": "in_progress",
        "dateLastInstallmentIsDue": "2024-01-01",
        "dateLoanIsSettled": null,
    })
}

/// An installment of 833.33, paid in full.
pub(super) fn paid(due: &str, on: &str) -> Value {
    json!({
        "dueDate": due,
        "datePaid": on,
        "amountDue": {"amount": 833.33, "currency": "NGN"},
        "amountPaid": {"amount": 833.33, "currency": "NGN"},
        "status": "fully_paid",
    })
}

/// An installment of 833.33 of which nothing was paid.
pub(super) fn unpaid(due: &str) -> Value {
    json!({"dueDate": due, "amountDue": {"amount": 833.33, "currency": "NGN"}, "status": "not_paid"})
}

/// Sends a report as any of the callers.
pub(super) fn put(caller: &Caller, body: &Value) -> Answer {
    caller.send("PUT", LOANS, Some("application/json"), &body.to_string())
}

/// Creates a client as any of the callers; gives the `clientId`.
pub(super) fn create(caller: &Caller, external_id: &str) -> String {
    let body = json!({ "externalClientId": external_id });
    text(&caller.post("/v1/api/clients", &body).expect(201).json()["data"]["clientId"])
}

/// Panics unless this door said no: status, first message, and the fields at fault in their order.
#[track_caller]
pub(super) fn assert_refused(answer: &Answer, status: u16, message: &str, fields: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let kind = answer.header("content-type");
    assert!(kind.is_some_and(|kind| kind.starts_with("application/json")), "{kind:?}");
    let body = answer.json();
    let members: Vec<&String> = body.as_object().expect("an envelope").keys().collect();
    assert_eq!(members, ["data", "errors", "links", "message", "statusCode", "success"]);
    let errors = body["errors"].as_array().expect("errors are a list");
    let found: Vec<&str> = errors.iter().filter_map(|error| error["field"].as_str()).collect();
    assert_eq!(found, fields, "{body}");
    let expected = json!([false, status, message, null, []]);
    let shown = [&body["success"], &body["statusCode"], &body["message"], &body["data"], &body["links"]];
    assert_eq!(json!(shown), expected);
    if let Some(first) = errors.first() {
        assert_eq!(first["message"], body["message"]);
    }
}

impl Lender {
    /// Creates a client; gives the `clientId`.
    pub(super) fn client(&self, external_id: &str) -> String {
        create(&self.secret, external_id)
    }

    /// Reports a loan, which must be accepted; gives the client as it is then.
    #[track_caller]
    pub(super) fn reports(&self, body: &Value) -> Value {
        put(&self.secret, body).expect(200).json()["data"].clone()
    }

    /// What is told under a path.
    #[track_caller]
    pub(super) fn read(&self, path: &str) -> Value {
        let answer = self.secret.get(path).expect(200).json();
        assert_eq!(json!([answer["success"], answer["statusCode"], answer["links"]]), json!([true, 200, []]));
        answer["data"].clone()
    }

    /// Everything that the business sees, and how many rows stand behind it.
    pub(super) fn snapshot(&self) -> Vec<String> {
        let tables = ["subject", "reported_loan", "loan_report", "id_registry", "outbox", "audit"];
        let rows = tables.map(|table| {
            format!("{table}: {}", self.database.number(&format!("select count(*) from {table}")))
        });
        let mut seen = vec![self.secret.get("/v1/api/clients?limit=100").expect(200).text];
        seen.extend(rows);
        seen
    }

    /// Panics unless a report is refused with these fields and nothing changed.
    #[track_caller]
    pub(super) fn refuses(&self, body: &Value, message: &str, fields: &[&str]) {
        let before = self.snapshot();
        assert_refused(&put(&self.secret, body), 400, message, fields);
        assert_eq!(self.snapshot(), before, "a refusal changed something");
    }

    /// The same book served again, started in another way.
    pub(super) fn restarted(self, start: Start) -> Lender {
        assert_eq!(self.server.stop(), Some(0), "a server that is asked to end ends well");
        let server = serve(&self.database, start);
        let moved = |caller: Caller| caller.at(&server.base);
        Lender {
            admin: server.admin(),
            secret: moved(self.secret),
            public: moved(self.public),
            test_secret: moved(self.test_secret),
            test_public: moved(self.test_public),
            server,
            ..self
        }
    }

    /// Panics unless `loam check` finds nothing.
    #[track_caller]
    pub(super) fn assert_proven(&self) {
        let check = run(&self.database, &["check"]);
        let said = String::from_utf8_lossy(&check.stdout);
        assert_eq!(check.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&check.stderr));
    }
}
