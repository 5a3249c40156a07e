//! One loan in four vocabularies: what the loan accounts door, the marketplace, the loan performance door and the
//! repayment data door say of it.
//!
//! - `rows`: every row of the mapping, reached by a loan and read through every door.
//! - `reported`: the way back, for loans that others report.
//! - `payments`: what moved a loan, in the words of each door.
//! - `story`: seven investors and one loan from the application to the payoff; every cent of every payment.
//! - `delivered`: the same story told to a second book.
//! - `checks`: the eight cross-checks, each shown to fail by a fault that was put in. Where a check has tests of its own
//!   elsewhere, it says so.
//! - `input`: what callers of the marketplace may get wrong, row by row.

use loam_tests::database::{BOTH, Database, Kind};
use loam_tests::http::Caller;
use loam_tests::server::Server;
use serde_json::{Value, json};

use crate::book::text;
use crate::marketplace::servicing::LOANS;
use crate::marketplace::{BUSINESS_DATE, Market, set_up};
use crate::two_books::own_view;

mod checks;
mod delivered;
mod input;
mod payments;
mod reported;
mod rows;
mod story;

/// A market, and callers of the two feeds who see the loans of the book.
pub(crate) struct Four {
    pub(crate) market: Market,
    /// With a token for loan performance, and with a key for repayment data.
    pub(crate) own: (Caller, Caller),
}

/// Runs a test on a book of its own on each database, and proves both books afterwards.
fn on_both(test: impl Fn(&Four)) {
    for kind in BOTH {
        println!("on {kind:?}");
        let four = four(kind);
        test(&four);
        four.market.book.assert_proven();
    }
}

/// The clock is the machine's: others are told by it.
fn four(kind: Kind) -> Four {
    let database = Database::fresh(kind);
    let server = Server::start(&database, &["--business-date", BUSINESS_DATE]);
    let market = set_up(database, server);
    let own = own_view(&market.book);
    Four { market, own }
}

/// What the four doors say of a loan: account state with its sub-state, stage, contract status, loan status with the
/// dates that stand beside it, application status, repayment status.
type Words = [String; 6];

impl Four {
    /// Applies for a loan of 10,200 in three months, to be paid out today; gives the application.
    fn apply(&self, changes: &Value) -> Value {
        let three = json!({"term": 3, "disbursalDate": self.today()});
        self.market.apply(&crate::book::with(three, changes))
    }

    fn today(&self) -> String {
        text(&self.market.book.read("/loam/v1/business-date")["businessDate"])
    }

    /// Pays out a loan that nobody booked; gives its name.
    fn lend(&self, changes: &Value) -> String {
        let application = self.apply(changes);
        self.market.disburse(&application["peer__Loan__c"]);
        name_of(&application)
    }

    fn act(&self, loan: &str, form: &str) -> Value {
        self.market.book.act(loan, form)
    }

    fn pays(&self, loan: &str, amount: &str) -> Value {
        self.market.act_on("payments", &json!(loan), &json!({ "amount": amount }))
    }

    /// Pays all that the marketplace says is owed today.
    fn pays_off(&self, loan: &str) -> Value {
        let quote = self.market.read_loan("payoff/", &json!(loan));
        self.pays(loan, &quote["loan__Payoff_Amount__c"].to_string())
    }

    /// The loan in the words of the loan performance contract.
    fn performance(&self, loan: &str) -> Value {
        let path = format!("/api/v1/loan-performance/customers/8/loans/{loan}");
        self.own.0.get(&path).expect(200).json()["data"].clone()
    }

    fn performance_payments(&self, loan: &str) -> Vec<Value> {
        let path = format!("/api/v1/loan-performance/customers/8/loans/{loan}/payments");
        let told = self.own.0.get(&path).expect(200).json();
        told["data"].as_array().expect("a list").clone()
    }

    /// The loan in the words of the repayment data contract.
    fn repayment_data(&self, loan: &str) -> Value {
        let client = self.own.1.get("/v1/api/clients/8").expect(200).json();
        let loans = client["data"]["loans"].as_array().expect("a list");
        let found = loans.iter().find(|told| told["loanReferenceId"] == loan);
        found.unwrap_or_else(|| panic!("{loan} is not told")).clone()
    }

    /// What every door says of where the loan stands.
    fn words(&self, loan: &str) -> Words {
        let account = self.market.book.read(&format!("/api/loans/{loan}"));
        let sub_state =
            account["accountSubState"].as_str().map_or(String::new(), |state| format!(" {state}"));
        let application = self.market.caller.get(&format!("{LOANS}/getLoanApp/{loan}")).json();
        let stage = application["content"][0]["peer__Stage__c"].as_str().unwrap_or("-").to_owned();
        let contract = self.market.read_loan("", &json!(loan));
        let told = self.performance(loan);
        let dates = ["esigned_at", "withdrawn_at", "originated_at"];
        let dates = dates.iter().filter(|date| told[**date].is_string()).map(|date| format!(" {date}"));
        let repayment = self.repayment_data(loan);
        [
            text(&account["accountState"]) + &sub_state,
            stage,
            text(&contract["loan__Loan_Status__c"]),
            text(&told["loan_status"]) + &dates.collect::<String>(),
            text(&repayment["applicationStatus"]),
            text(&repayment["loanRepaymentStatus"]),
        ]
    }

    /// Panics unless the native door, which shows the words of all contracts beside each other, has the same; there the
    /// loan status has no dates.
    fn assert_same_side_by_side(&self, loan: &str, words: &Words) {
        let person = self.market.book.read("/loam/v1/people/8");
        let loans = person["loans"].as_array().expect("a list");
        let shown =
            &loans.iter().find(|shown| shown["id"] == loan).expect("the loan is the client's")["words"];
        let word = |name: &str| shown[name].as_str().map(str::to_owned);
        let sub_state = word("accountSubState").map_or(String::new(), |state| format!(" {state}"));
        assert_eq!(word("accountState").map(|state| state + &sub_state).as_ref(), Some(&words[0]), "{loan}");
        assert_eq!(word("stage").unwrap_or_else(|| "-".to_owned()), words[1], "{loan}");
        assert_eq!(word("contractStatus").as_ref(), Some(&words[2]), "{loan}");
        assert!(words[3].starts_with(&word("loanStatus").expect("a word")), "{loan}: {shown}");
        assert_eq!(word("applicationStatus").as_ref(), Some(&words[4]), "{loan}");
        assert_eq!(word("loanRepaymentStatus").as_ref(), Some(&words[5]), "{loan}");
    }
}

/// Some words as they are compared.
fn words_of<const N: usize>(words: [&str; N]) -> [String; N] {
    words.map(str::to_owned)
}

/// The name of the account that was made for an application.
fn name_of(application: &Value) -> String {
    text(&application["Name"]).replace("APP-", "LAI-")
}
