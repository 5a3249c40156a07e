//! A book with a branch, a centre, an officer, channels, products and a client, made through the
//! native door and the loan accounts door. Every test has one of its own on each database.

use std::process::Command;

use loam_tests::database::{BOTH, Database, Kind};
use loam_tests::http::{Answer, Caller};
use loam_tests::server::{Server, run};
use serde_json::{Value, json};

/// The first business date of every test book.
pub(crate) const FIRST_DAY: &str = "2012-06-28";

/// Tables that change without a command: numbers taken ahead, leases, what workers have told whom, who
/// signed in and failed to.
const VOLATILE: [&str; 6] =
    ["id_block", "part_lease", "delivery", "access_token", "sign_in_failure", "sign_in"];

/// A served book. The server goes before the database does.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) server: Server,
    pub(crate) database: Database,
    pub(crate) admin: Caller,
    /// encodedKey of branch "2".
    pub(crate) branch: String,
    /// encodedKey of centre "CD", which belongs to branch "2".
    pub(crate) centre: String,
    /// encodedKey of the user "creditofficer".
    pub(crate) officer: String,
    /// encodedKey of the product "AGRL": flat, 2.5 every four weeks, monthly.
    pub(crate) product: String,
    /// encodedKey of the client "8".
    pub(crate) client: String,
}

/// Runs a test on a book of its own on each database, and proves both books afterwards.
pub(crate) fn on_both(test: impl Fn(&Book)) {
    for kind in BOTH {
        println!("on {kind:?}");
        let book = book(kind);
        test(&book);
        book.assert_proven();
    }
}

/// A book on which the tests of this crate begin.
pub(crate) fn book(kind: Kind) -> Book {
    book_of(kind, FIRST_DAY)
}

/// The same with another first business date.
pub(crate) fn book_of(kind: Kind, first_day: &str) -> Book {
    book_in(Database::fresh(kind), first_day)
}

/// The same in a database that has no book yet.
pub(crate) fn book_in(database: Database, first_day: &str) -> Book {
    let server = Server::start(&database, &["--business-date", first_day]);
    let admin = server.admin();
    let branch = record(&admin, "branches", &json!({"id": "2", "name": "Riverside"}));
    let centre =
        record(&admin, "centres", &json!({"id": "CD", "name": "Cedar", "assignedBranchKey": branch}));
    let officer = json!({"username": "creditofficer", "firstName": "Tom", "lastName": "Reed",
        "isCreditOfficer": true, "assignedBranchKey": branch});
    let officer = record(&admin, "users", &officer);
    record(&admin, "transaction-channels", &json!({"id": "CASH", "name": "Cash"}));
    let receipt = json!({"id": "RECEIPT", "name": "Receipt", "fields": ["RECEPIT_NUMBER", "BANK_NUMBER"]});
    record(&admin, "transaction-channels", &receipt);
    let product = record(&admin, "loan-products", &agriculture());
    let client = json!({"client": {"id": "8", "firstName": "Ana", "lastName": "Lima",
        "assignedBranchKey": branch, "assignedCentreKey": centre, "assignedUserKey": officer}});
    let client = key(&admin.post("/api/clients", &client).expect(201).json()["client"]);
    Book { server, database, admin, branch, centre, officer, product, client }
}

/// The product of the sample account: flat, 2.5 every four weeks, paid back monthly.
pub(crate) fn agriculture() -> Value {
    json!({
        "id": "AGRL",
        "productName": "Agriculture Loan",
        "loanProductType": "FIXED_TERM_LOAN",
        "minLoanAmount": "100",
        "maxLoanAmount": "50000",
        "interestCalculationMethod": "FLAT",
        "interestRateSettings": {
            "minInterestRate": "0",
            "maxInterestRate": "15",
            "interestChargeFrequency": "EVERY_FOUR_WEEKS"
        },
        "defaultRepaymentPeriodCount": 1,
        "repaymentPeriodUnit": "MONTHS",
        "minNumInstallments": 1,
        "maxNumInstallments": 60,
        "arrearsSettings": {"defaultTolerancePeriod": 0, "minTolerancePeriod": 0, "maxTolerancePeriod": 30},
        "allowArbitraryFees": true
    })
}

/// The same with members replaced or added.
pub(crate) fn with(mut base: Value, changes: &Value) -> Value {
    let members = base.as_object_mut().expect("the base is an object");
    for (name, value) in changes.as_object().expect("changes are an object") {
        members.insert(name.clone(), value.clone());
    }
    base
}

/// Makes a record through the native door and gives its key.
pub(crate) fn record(admin: &Caller, kind: &str, body: &Value) -> String {
    key(&admin.post(&format!("/loam/v1/{kind}"), body).expect(201).json())
}

/// The encodedKey of an entity.
#[track_caller]
pub(crate) fn key(entity: &Value) -> String {
    text(&entity["encodedKey"])
}

#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A transaction id, as requests name it.
#[track_caller]
pub(crate) fn transaction_id(transaction: &Value) -> i64 {
    transaction["transactionId"].as_i64().unwrap_or_else(|| panic!("no transaction: {transaction}"))
}

impl Book {
    /// The same book served again: stopped as Ctrl-C does, and started with another command, which
    /// may carry an environment of its own.
    pub(crate) fn restarted(self, command: impl FnOnce(&Database) -> Command) -> Book {
        assert_eq!(self.server.stop(), Some(0), "a server that is asked to end ends well");
        let mut command = command(&self.database);
        command.args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual"]);
        let server = Server::spawn(command);
        let admin = server.admin();
        Book { server, admin, ..self }
    }

    /// What a caller sends to lend 950 to client "8" over 5 months.
    pub(crate) fn application(&self, id: &str) -> Value {
        json!({
            "id": id,
            "accountHolderKey": self.client,
            "accountHolderType": "CLIENT",
            "productTypeKey": self.product,
            "loanAmount": "950",
            "interestRate": "2.5",
            "repaymentInstallments": 5
        })
    }

    /// Creates a loan that waits for approval.
    pub(crate) fn apply(&self, id: &str) -> Value {
        self.apply_with(id, &json!({}))
    }

    /// Creates a loan with other members than usual.
    pub(crate) fn apply_with(&self, id: &str, changes: &Value) -> Value {
        let body = json!({"loanAccount": with(self.application(id), changes)});
        self.admin.post("/api/loans", &body).expect(201).json()["loanAccount"].clone()
    }

    /// Creates, approves and pays out a loan.
    pub(crate) fn lend(&self, id: &str) -> Value {
        self.lend_with(id, &json!({}))
    }

    pub(crate) fn lend_with(&self, id: &str, changes: &Value) -> Value {
        self.apply_with(id, changes);
        self.act(id, "type=APPROVAL");
        self.act(id, "type=DISBURSEMENT");
        self.loan(id)
    }

    /// Creates a group of these clients, in the care of branch "2"; gives what the door answers.
    pub(crate) fn group(&self, id: &str, clients: &[&str]) -> Value {
        let members: Vec<Value> = clients.iter().map(|client| json!({"clientKey": client})).collect();
        let body = json!({"group": {"id": id, "groupName": format!("Group {id}"),
            "assignedBranchKey": self.branch}, "groupMembers": members});
        self.admin.post("/api/groups", &body).expect(201).json()
    }

    /// Posts a transaction as a form, which must be accepted.
    #[track_caller]
    pub(crate) fn act(&self, loan: &str, form: &str) -> Value {
        let answer = self.try_act(loan, form);
        assert_eq!(answer.status, 201, "{form}: {}", answer.text);
        answer.json()
    }

    /// Posts a transaction as a form.
    pub(crate) fn try_act(&self, loan: &str, form: &str) -> Answer {
        self.admin.form(&format!("/api/loans/{loan}/transactions"), form)
    }

    pub(crate) fn loan(&self, id: &str) -> Value {
        self.read(&format!("/api/loans/{id}?fullDetails=true"))
    }

    /// The transactions of a loan, newest first.
    pub(crate) fn transactions(&self, loan: &str) -> Vec<Value> {
        self.list(&format!("/api/loans/{loan}/transactions"))
    }

    pub(crate) fn repayments(&self, loan: &str) -> Vec<Value> {
        self.list(&format!("/api/loans/{loan}/repayments"))
    }

    pub(crate) fn read(&self, path: &str) -> Value {
        self.admin.get(path).expect(200).json()
    }

    #[track_caller]
    pub(crate) fn list(&self, path: &str) -> Vec<Value> {
        let answer = self.read(path);
        answer.as_array().unwrap_or_else(|| panic!("{path} gives no list: {answer}")).clone()
    }

    /// Closes days until this is the business date.
    pub(crate) fn close_days(&self, through: &str) -> Value {
        let report = self.admin.post("/loam/v1/end-of-day", &json!({"through": through})).expect(200).json();
        assert_eq!(report["businessDate"], through, "{report}");
        report
    }

    /// A user of the loan accounts door who may do only what is named.
    pub(crate) fn user_with(&self, username: &str, permissions: &[&str]) -> Caller {
        let user = json!({"username": username, "password": "a long enough secret", "lastName": username,
            "permissions": permissions});
        record(&self.admin, "users", &user);
        Caller::basic(&self.server.base, username, "a long enough secret")
    }

    /// Everything that callers see of the loans and clients, and how many rows stand behind it.
    pub(crate) fn snapshot(&self) -> Vec<String> {
        let mut seen = Vec::new();
        for loan in self.list("/api/loans?limit=1000") {
            let id = text(&loan["encodedKey"]);
            for path in ["?fullDetails=true", "/transactions?limit=1000", "/repayments?limit=1000"] {
                seen.push(self.admin.get(&format!("/api/loans/{id}{path}")).expect(200).text);
            }
        }
        for list in ["clients", "groups"] {
            seen.push(self.admin.get(&format!("/api/{list}?fullDetails=true&limit=1000")).expect(200).text);
        }
        for mut user in self.list("/api/users?fullDetails=true&limit=1000") {
            // Whoever looks has signed in.
            user.as_object_mut().and_then(|members| members.remove("lastLoggedInDate"));
            seen.push(user.to_string());
        }
        for list in ["loanproducts", "branches", "centres", "transactionchannels"] {
            seen.push(self.admin.get(&format!("/api/{list}?fullDetails=true&limit=1000")).expect(200).text);
        }
        let tables = self.database.tables();
        // Under names that are the same in both databases, in one order.
        let bare = |table: &str| table.rsplit('.').next().expect("a name has a last part").to_owned();
        let mut kept: Vec<&String> =
            tables.iter().filter(|table| !VOLATILE.contains(&bare(table).as_str())).collect();
        kept.sort_by_key(|table| bare(table));
        let counts: Vec<String> = kept
            .iter()
            .map(|table| format!("'{} ' || (select count(*) from {table})", bare(table)))
            .collect();
        assert!(counts.len() > 25, "the catalogue is read: {tables:?}");
        let counted = self.database.text(&format!("select {}", counts.join(" || ', ' || ")));
        seen.extend(counted.split(", ").map(str::to_owned));
        seen
    }

    pub(crate) fn rows(&self, table: &str) -> i64 {
        self.database.number(&format!("select count(*) from {table}"))
    }

    /// Panics unless the request is refused in the contract's way and nothing changed in the book.
    #[track_caller]
    pub(crate) fn refuses(&self, send: impl FnOnce(&Caller) -> Answer, expected: (u16, i64, &str)) {
        let before = self.snapshot();
        let answer = send(&self.admin);
        let (status, code, name) = expected;
        answer.expect_refusal(status, code, name);
        assert_eq!(
            answer.header("content-type").map(|kind| kind.starts_with("application/json")),
            Some(true)
        );
        let after = self.snapshot();
        let change = before.iter().zip(&after).find(|(was, is)| was != is);
        assert!(change.is_none() && before.len() == after.len(), "a refusal changed the book: {change:?}");
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

/// What a command of the binary prints; it must succeed.
#[track_caller]
pub(crate) fn printed(database: &Database, arguments: &[&str]) -> String {
    let output = run(database, arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).expect("the binary prints text")
}
