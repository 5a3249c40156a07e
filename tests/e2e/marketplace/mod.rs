//! The marketplace door: applications with a token, as the contract's samples send them.

use std::process::Command;

use loam_tests::database::{BOTH, Database, Kind};
use loam_tests::http::{Answer, Caller};
use loam_tests::server::{Server, command};
use serde_json::{Value, json};

use crate::book::{Book, record, text, with};

mod accounts;
mod additional;
mod dates;
mod ends;
mod errors;
pub(crate) mod investing;
mod lists;
mod payments;
mod platform;
mod portfolios;
mod protect;
mod refinancing;
mod samples;
mod selling;
pub(crate) mod servicing;
mod setup;
mod sharing;
mod sobjects;

/// The system date of the contract's sample, and its clock.
pub(crate) const BUSINESS_DATE: &str = "2014-01-03";
const CLOCK: &str = "2014-09-23T11:32:01Z";
/// The borrower of the first sample.
pub(crate) const ACCOUNT: &str = "001G000001KY8by";
pub(crate) const APPLICATIONS: &str = "/services/apexrest/peer/v1/loanApplications";

/// A book with the product, the purposes and the borrowers of the samples, and a client of the token
/// endpoint that may use the marketplace.
pub(crate) struct Market {
    pub(crate) book: Book,
    pub(crate) caller: Caller,
}

/// Runs a test on a market of its own on each database, and proves both books afterwards.
pub(crate) fn on_both(test: impl Fn(&Market)) {
    for kind in BOTH {
        println!("on {kind:?}");
        let market = market(kind);
        test(&market);
        market.book.assert_proven();
    }
}

fn market(kind: Kind) -> Market {
    let database = Database::fresh(kind);
    let server = Server::spawn(serving(&database));
    set_up(database, server)
}

/// Makes what a market needs in a new book.
pub(crate) fn set_up(database: Database, server: Server) -> Market {
    let admin = server.admin();
    let product = record(&admin, "loan-products", &default_product());
    for (id, name) in [("a1hG0000000JR1t", "Family"), ("a1h6g000000abcd", "Personal")] {
        record(&admin, "loan-purposes", &json!({"id": id, "name": name}));
    }
    let client = json!({"client": {"id": "8", "firstName": "Ana", "lastName": "Lima"}});
    let client = crate::book::key(&admin.post("/api/clients", &client).expect(201).json()["client"]);
    let account = json!({"client": "8", "id": ACCOUNT});
    admin.post("/loam/v1/borrower-accounts", &account).expect(201);
    let caller = caller_with(&server.base, &admin, &["marketplace"]);
    let nothing = String::new;
    let book = Book {
        server,
        database,
        admin,
        branch: nothing(),
        centre: nothing(),
        officer: nothing(),
        product,
        client,
    };
    Market { book, caller }
}

/// Serves a book at the sample's time.
fn serving(database: &Database) -> Command {
    let mut command = command(database);
    command.env("LOAM_TEST_MODE", "1").env("LOAM_CLOCK", CLOCK);
    command.args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual"]);
    command.args(["--business-date", BUSINESS_DATE]);
    command
}

/// A client of the token endpoint with a token.
pub(crate) fn caller_with(base: &str, admin: &Caller, scopes: &[&str]) -> Caller {
    let client = json!({"name": "market", "scopes": scopes});
    let client = admin.post("/loam/v1/api-clients", &client).expect(201).json();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        text(&client["clientId"]),
        text(&client["clientSecret"])
    );
    let token = Caller::anonymous(base).form("/oauth/token", &form).expect(200).json();
    Caller::anonymous(base).with_header("authorization", &format!("Bearer {}", text(&token["access_token"])))
}

/// The contract's default product: 2 % on top, equal installments, 30/360.
pub(crate) fn default_product() -> Value {
    json!({
        "id": "Default",
        "productName": "Default",
        "interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED",
        "daysInYear": "E30_360",
        "scheduleInterestDaysCountMethod": "USING_REPAYMENT_PERIODICITY",
        "interestRateSettings": {"maxInterestRate": "50"},
        "maxLoanAmount": "1000000",
        "maxNumInstallments": 120,
        "defaultRepaymentPeriodCount": 1,
        "repaymentPeriodUnit": "MONTHS",
        "arrearsSettings": {"defaultTolerancePeriod": 0},
        "marketplace": {"capitalizedFeePercent": "2"}
    })
}

/// The first sample, with the day of disbursal that its answer shows.
pub(crate) fn sample() -> Value {
    json!({"borrowerId": ACCOUNT, "purpose": "Family", "amount": 10000, "term": 10, "interestRate": 9,
        "createSchedule": 1, "disbursalDate": "2014-06-23"})
}

impl Market {
    pub(crate) fn post(&self, body: &Value) -> Answer {
        self.caller.post(APPLICATIONS, body)
    }

    /// Applies with other members than the sample's, and gives the application.
    #[track_caller]
    pub(crate) fn apply(&self, changes: &Value) -> Value {
        let body = with(sample(), changes);
        let answer = self.post(&body);
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
        content(&answer)
    }

    /// Panics unless the sample with these changes is refused so, and nothing was written.
    #[track_caller]
    pub(crate) fn refuses(&self, changes: &Value, status: u16, code: &str, message: &str) {
        let before = self.rows();
        let body = with(sample(), changes);
        assert_failed(&self.post(&body), status, code, message);
        assert_eq!(self.rows(), before, "{body} left something behind");
    }

    fn rows(&self) -> [i64; 4] {
        ["application", "loan_account", "loan_log", "audit"].map(|table| self.book.rows(table))
    }
}

/// The one element of a success.
#[track_caller]
pub(crate) fn content(answer: &Answer) -> Value {
    let body = answer.json();
    let envelope = json!({"status": "SUCCESS", "response": [], "errorMessage": null,
        "errorCode": "NO_ERROR", "content": body["content"]});
    assert_eq!(body, envelope);
    assert_eq!(body["content"].as_array().map(Vec::len), Some(1), "{body}");
    body["content"][0].clone()
}

/// Panics unless this is the contract's failure. The message may go on after `message`.
#[track_caller]
pub(crate) fn assert_failed(answer: &Answer, status: u16, code: &str, message: &str) {
    let body = answer.json();
    let said = body["errorMessage"].as_str().unwrap_or_default();
    let envelope =
        json!({"status": "ERROR", "response": [], "errorMessage": said, "errorCode": code, "content": []});
    assert_eq!((answer.status, &body), (status, &envelope));
    let is_row = code == "INVALID_INPUT";
    assert!(if is_row { said == message } else { said.contains(message) }, "\"{said}\" is not \"{message}\"");
}
