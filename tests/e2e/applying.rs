//! `loam apply`: configuration as code over the native door.

use std::path::PathBuf;
use std::process::Output;

use loam_tests::database::{BOTH, Database};
use loam_tests::server::{PASSWORD, Server, command};
use serde_json::json;

const BANK: &str = "
settings:
  nonWorkingDays: [SUNDAY]
branches:
  - {id: NORTH, name: North, phoneNumber: '555'}
centres:
  - {id: MARKET, name: Market Square, assignedBranchKey: NORTH}
transaction-channels:
  - {id: MOBILE, name: Mobile money}
users:
  - {username: tom, firstName: Tom, password: 'a long secret', permissions: [VIEW_LOAN_ACCOUNT_DETAILS]}
loan-products:
  - id: FARM
    productName: Farm Loan
    loanProductType: FIXED_TERM_LOAN
    defaultRepaymentPeriodCount: 1
    repaymentPeriodUnit: MONTHS
    minLoanAmount: 100
    maxLoanAmount: 5000.50
    interestRateSettings: {defaultInterestRate: 2.5}
";

struct Bank {
    database: Database,
    server: Server,
    file: PathBuf,
}

impl Bank {
    fn new(database: Database) -> Bank {
        let server = Server::start(&database, &[]);
        let file = database.folder().join("bank.yaml");
        Bank { database, server, file }
    }

    fn apply(&self, text: &str, flags: &[&str]) -> Output {
        std::fs::write(&self.file, text).expect("the file can be written");
        let mut command = command(&self.database);
        command.arg("apply").arg(&self.file).args(flags);
        command.env("LOAM_SERVER", &self.server.base).env("LOAM_PASSWORD", PASSWORD);
        command.output().expect("the binary runs")
    }
}

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_file_is_planned_applied_and_then_changes_nothing() {
    for kind in BOTH {
        let bank = Bank::new(Database::fresh(kind));
        let admin = bank.server.admin();
        let plan = said(&bank.apply(BANK, &["--plan"]));
        assert!(
            plan.contains("create branches NORTH") && plan.contains("5 to create, 1 to change"),
            "{plan}"
        );
        assert!(!plan.contains("a long secret"), "{plan}");
        assert_eq!(admin.get("/loam/v1/branches/NORTH").status, 404, "a plan changes nothing");

        let applied = said(&bank.apply(BANK, &["--yes"]));
        assert!(applied.contains("done: create loan-products FARM"), "{applied}");
        let centre = admin.get("/api/centres/MARKET").expect(200).json();
        let branch = admin.get("/api/branches/NORTH").expect(200).json();
        assert_eq!(centre["assignedBranchKey"], branch["encodedKey"]);

        let again = said(&bank.apply(BANK, &["--yes"]));
        assert_eq!(again, "0 to create, 0 to change, 6 as they should be\n", "{kind:?}");
    }
}

#[test]
fn only_what_differs_is_changed() {
    for kind in BOTH {
        let bank = Bank::new(Database::fresh(kind));
        said(&bank.apply(BANK, &["--yes"]));
        let changed = BANK.replace("name: North", "name: Far North").replace("5000.50", "6000");
        let plan = said(&bank.apply(&changed, &["--yes"]));
        assert!(plan.contains("name: \"North\" becomes \"Far North\""), "{plan}");
        assert!(plan.contains("maxLoanAmount: \"5000.5\" becomes \"6000\""), "{plan}");
        assert!(plan.contains("0 to create, 2 to change, 4 as they should be"), "{plan}");
        let branch = bank.server.admin().get("/loam/v1/branches/NORTH").expect(200).json();
        assert_eq!((&branch["name"], &branch["phoneNumber"]), (&"Far North".into(), &"555".into()));
    }
}

/// What is written otherwise than it is shown: references to what the file does not list, lists that are
/// sets, members of a product on the product itself, null for a default, ids that the book draws.
#[test]
fn what_means_the_same_is_no_change() {
    for kind in BOTH {
        let bank = Bank::new(Database::fresh(kind));
        said(&bank.apply(BANK, &["--yes"]));
        let text = "
centres:
  - {id: MARKET, name: Market Square, assignedBranchKey: NORTH, notes: null}
settings:
  failuresUntilLocked: null
users:
  - {username: tom, firstName: Tom, accessRights: [MAMBU, APIS], permissions: [VIEW_CLIENT_DETAILS, VIEW_LOAN_ACCOUNT_DETAILS]}
loan-products:
  - id: FARM
    defaultInterestRate: 2.50
    loanFees: [{name: Entry, amount: 5}]
api-clients:
  - {name: Lender, scopes: [dry-run, loan-performance]}
";
        let first = said(&bank.apply(text, &["--yes"]));
        assert!(first.contains("1 to create, 2 to change, 2 as they should be"), "{first}");
        assert!(first.contains("clientSecret: "), "a secret is shown when it is made: {first}");
        let again = said(&bank.apply(text, &["--yes"]));
        assert_eq!(again, "0 to create, 0 to change, 5 as they should be\n", "{kind:?}");
    }
}

#[test]
fn what_cannot_be_applied_is_named() {
    let bank = Bank::new(Database::fresh(loam_tests::database::Kind::Sqlite));
    for (text, flags, complaint) in [
        ("branches: [", vec!["--yes"], "cannot be applied"),
        ("villages:\n  - {id: A}\n", vec!["--yes"], "villages is no kind of record; there are "),
        ("branches:\n  - {name: Nameless}\n", vec!["--yes"], "a record of branches has no id"),
        ("branches:\n  - {id: A}\n", vec!["--yes"], "create branches A"),
        ("branches:\n  - {id: A, name: B}\n", vec![], "--yes applies the plan without asking"),
        ("branches:\n  - {id: A, name: B}\n", vec!["--yes", "--api-key", "wrong"], "401"),
    ] {
        let output = bank.apply(text, &flags);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}: {error}");
        assert!(error.contains(complaint), "{text}: {error}");
    }
    assert_eq!(bank.server.admin().get("/loam/v1/branches").expect(200).json(), serde_json::json!([]));
}

/// A change can be tried first: the answer is the record as it would be, and nothing is kept of it.
#[test]
fn a_change_is_tried_without_being_made() {
    for kind in BOTH {
        let bank = Bank::new(Database::fresh(kind));
        said(&bank.apply(BANK, &["--yes"]));
        let admin = bank.server.admin();
        let before = admin.get("/loam/v1/branches/NORTH").expect(200).json();
        let would_be =
            admin.patch("/loam/v1/branches/NORTH?dryRun=true", &json!({"name": "South"})).expect(200).json();
        assert_eq!(would_be["name"], "South");
        assert_eq!(admin.get("/loam/v1/branches/NORTH").expect(200).json(), before);
        let asset = json!({"glCode": "1999", "name": "Cash box", "type": "ASSET", "usage": "DETAIL"});
        admin.post("/loam/v1/gl-accounts", &asset).expect(201);
        let turned = json!({"type": "LIABILITY"});
        for path in ["/loam/v1/gl-accounts/1999?dryRun=true", "/loam/v1/gl-accounts/1999"] {
            assert!((400..500).contains(&admin.patch(path, &turned).status), "{path}");
        }
        admin.post("/loam/v1/branches?dryRun=true", &json!({"id": "X", "name": "X"})).expect(400);
        assert_eq!(admin.get("/loam/v1/branches/X").status, 404);
        let shop = json!({"id": "0123456789abcdef01234567", "name": "Shop"});
        let shop = admin.post("/loam/v1/businesses", &shop).expect(201).json();
        let path = format!("/loam/v1/businesses/{}?dryRun=true", shop["id"].as_str().expect("an id"));
        let told = admin.patch(&path, &json!({"webhookUrl": "https://example.com/told"})).expect(200).json();
        assert!(told.get("webhookSecret").is_none(), "nobody will ever sign with it: {told}");
    }
}

/// What the server says against a change is in the plan, and nothing else is made up about the record.
#[test]
fn a_plan_tells_what_the_server_refuses() {
    let bank = Bank::new(Database::fresh(BOTH[0]));
    said(&bank.apply(BANK, &["--yes"]));
    let wrong = "branches: [{id: NORTH, name: Far North, emailAddress: 5}]";
    let plan = said(&bank.apply(wrong, &["--plan"]));
    assert!(plan.contains("the server would refuse it now: "), "{plan}");
    assert!(!plan.contains("becomes null"), "{plan}");
    let misspelt = bank.apply("branches: [{id: NORTH, nmae: Far North}]", &["--plan"]);
    let complaint = String::from_utf8_lossy(&misspelt.stderr).into_owned();
    assert!(
        !misspelt.status.success()
            && complaint.contains("nmae is no member")
            && complaint.contains("did you mean name?"),
        "{complaint}"
    );
    let stranger = command(&bank.database)
        .arg("apply")
        .arg(&bank.file)
        .arg("--plan")
        .env("LOAM_SERVER", &bank.server.base)
        .env("LOAM_PASSWORD", "not the password")
        .output()
        .expect("the binary runs");
    assert!(!stranger.status.success());
}
