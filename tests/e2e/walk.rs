//! Walks every operation of the program with every kind of caller, and holds the answers against
//! `docs/permissions.md`.

use std::collections::BTreeSet;

use loam_tests::database::{BOTH, Kind};
use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::book::{Book, book, key, record};

const PAGE: &str = include_str!("../../docs/permissions.md");
const METHODS: [&str; 5] = ["GET", "POST", "PATCH", "PUT", "DELETE"];
const SECRET: &str = "a long enough secret";

/// A row of the page.
#[derive(Debug, Clone)]
struct Row {
    method: String,
    path: String,
    with: String,
    needs: Vec<String>,
    branch: String,
}

/// What an answer says about the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    NoCredentials,
    Denied,
    /// Whatever else was wrong.
    Allowed,
    /// The server is at fault, whoever asks.
    Fault,
}

fn rows() -> Vec<Row> {
    let cells = PAGE.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let plain = |cell: &str| cell.trim_matches('`').to_owned();
    cells
        .filter(|cells| cells.len() == 7 && METHODS.contains(&cells[1]))
        .map(|cells| Row {
            method: cells[1].to_owned(),
            path: plain(cells[2]),
            with: plain(cells[3]),
            needs: cells[4].split(", ").map(plain).filter(|need| need != "nothing").collect(),
            branch: cells[5].to_owned(),
        })
        .collect()
}

fn verdict(answer: &Answer) -> Verdict {
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let is_denied = body["returnCode"] == 15 || body["error"]["code"] == "not_permitted";
    match answer.status {
        401 => Verdict::NoCredentials,
        403 if is_denied => Verdict::Denied,
        500.. => Verdict::Fault,
        _ => Verdict::Allowed,
    }
}

/// The book to walk through, with one of everything.
struct Walk {
    book: Book,
    /// All permissions that the page names.
    all: BTreeSet<String>,
    /// Name, permissions and the caller.
    callers: Vec<(String, BTreeSet<String>, Caller)>,
    /// Has all permissions but the one that is taken away.
    all_but: Caller,
    elsewhere: Caller,
    /// A loan and a group that nothing is done to but by the row at hand.
    loan: String,
    repayment: String,
    group: String,
    savings: String,
    line: String,
    transaction: String,
}

/// Roles as a lender may have them.
const ROLES: [(&str, &[&str]); 6] = [
    ("NOBODY", &[]),
    (
        "TELLER",
        &["VIEW_LOAN_ACCOUNT_DETAILS", "VIEW_CLIENT_DETAILS", "ENTER_REPAYMENT", "VIEW_BRANCH_DETAILS"],
    ),
    (
        "OFFICER",
        &[
            "VIEW_LOAN_ACCOUNT_DETAILS",
            "VIEW_CLIENT_DETAILS",
            "VIEW_LOAN_PRODUCT_DETAILS",
            "CREATE_CLIENT",
            "EDIT_CLIENT",
            "VIEW_GROUP_DETAILS",
            "CREATE_GROUP",
            "CREATE_LOAN_ACCOUNT",
            "EDIT_LOAN_ACCOUNT",
            "REQUEST_LOAN_APPROVAL",
            "WITHDRAW_LOAN_ACCOUNTS",
            "SET_DISBURSEMENT_CONDITIONS",
        ],
    ),
    (
        "MANAGER",
        &[
            "VIEW_LOAN_ACCOUNT_DETAILS",
            "VIEW_CLIENT_DETAILS",
            "VIEW_CENTRE_DETAILS",
            "APPROVE_LOANS",
            "REJECT_LOANS",
            "UNDO_REJECT_LOANS",
            "DIBURSE_LOANS",
            "CLOSE_LOAN_ACCOUNTS",
            "WRITE_OFF_LOAN_ACCOUNTS",
            "LOCK_LOAN_ACCOUNTS",
            "REFINANCE_LOAN_ACCOUNT",
            "RESCHEDULE_LOAN_ACCOUNT",
        ],
    ),
    (
        "BACKOFFICE",
        &[
            "EDIT_REPAYMENT_SCHEDULE",
            "APPLY_LOAN_FEES",
            "APPLY_LOAN_ADJUSTMENTS",
            "APPLY_ACCRUED_LOAN_INTEREST",
            "EDIT_INTEREST_RATE",
            "EDIT_LOAN_TRANCHES",
            "PERFORM_REPAYMENTS_WITH_CUSTOM_AMOUNTS_ALLOCATION",
        ],
    ),
    ("ACCESS", &["VIEW_USER_DETAILS", "CREATE_USER", "EDIT_USER"]),
];

/// The kinds of custom fields, and the paths of what has them.
const FIELDS: [(&str, &str); 10] = [
    ("TRANSACTION_CHANNEL_INFO", "/api/savings/{savings}/transactions/"),
    ("SAVINGS_ACCOUNT_INFO", "/api/savings/"),
    ("TRANSACTION_CHANNEL_INFO", "/api/loans/{loan}/transactions/"),
    ("LOAN_ACCOUNT_INFO", "/api/loans/"),
    ("CLIENT_INFO", "/api/clients/"),
    ("GROUP_INFO", "/api/groups/"),
    ("BRANCH_INFO", "/api/branches/"),
    ("CENTRE_INFO", "/api/centres/"),
    ("USER_INFO", "/api/users/"),
    ("LINE_OF_CREDIT", "/api/linesofcredit/"),
];

/// A field of what has this path.
fn field_of(path: &str) -> &'static str {
    let found = FIELDS.iter().find(|(_, prefix)| path.starts_with(prefix));
    found.map_or("LOAN_ACCOUNT_INFO", |(kind, _)| kind)
}

impl Walk {
    fn new(kind: Kind) -> Walk {
        let book = book(kind);
        let outside = ["token", "key", "everybody"];
        let named = rows().into_iter().flat_map(|row| row.needs);
        let all: BTreeSet<String> = named.filter(|need| !outside.contains(&need.as_str())).collect();
        record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        record(&book.admin, "index-rate-sources", &json!({"id": "PRIME", "name": "Prime"}));
        let user = |name: &str, members: Value| {
            let whole = crate::book::with(json!({"username": name, "password": SECRET}), &members);
            record(&book.admin, "users", &whole);
            Caller::basic(&book.server.base, name, SECRET)
        };
        for kind in FIELDS.map(|(kind, _)| kind).into_iter().collect::<BTreeSet<_>>() {
            let set = crate::custom_fields::set(&book, kind, kind, "SINGLE");
            crate::custom_fields::field(&book, &set, kind, &json!({}));
        }
        crate::savings::savings_product(&book, &json!({}));
        book.admin.form("/api/tasks", "title=Visit&dueDate=2012-07-01&clientid=8").expect(201);
        book.admin.form("/api/tasks", "title=Count&dueDate=2012-07-01").expect(201);
        let mut callers = Vec::new();
        for (role, permissions) in ROLES {
            record(&book.admin, "roles", &json!({"id": role, "name": role, "permissions": permissions}));
            let named = permissions.iter().map(|name| (*name).to_owned()).collect();
            callers.push((role.to_owned(), named, user(&role.to_lowercase(), json!({"role": role}))));
        }
        record(&book.admin, "roles", &json!({"id": "ADMIN", "name": "ADMIN", "isAdministrator": true}));
        callers.push(("ADMIN".to_owned(), all.clone(), user("administrator", json!({"role": "ADMIN"}))));
        let all_but = user("all-but", json!({"permissions": all}));
        let elsewhere = user("elsewhere", json!({"permissions": all, "assignedBranchKey": "3"}));
        let [loan, repayment, group, transaction, savings, line] = [const { String::new() }; 6];
        Walk { book, all, callers, all_but, elsewhere, loan, repayment, group, transaction, savings, line }
    }

    /// A loan that nobody has touched, for operations that may end it.
    fn renew(&mut self, row: &Row) {
        let account = json!({"loanAccount": {"accountHolderKey": self.book.client, "accountHolderType": "CLIENT",
            "productTypeKey": self.book.product, "loanAmount": "950", "interestRate": "2.5",
            "repaymentInstallments": 5}});
        let made = self.book.admin.post("/api/loans", &account).expect(201).json();
        self.loan = made["loanAccount"]["id"].as_str().expect("an id").to_owned();
        let group = json!({"group": {"groupName": "Cedar", "assignedBranchKey": "2"}});
        let group = self.book.admin.post("/api/groups", &group).expect(201);
        self.group = group.header("location").expect("an id").to_owned();
        let account = json!({"savingsAccount": {"accountHolderKey": "8", "accountHolderType": "CLIENT",
            "productTypeKey": "DSAV"}});
        let account = self.book.admin.post("/api/savings", &account).expect(201);
        self.savings = account.header("location").expect("an id").to_owned();
        if row.path.contains("{line}") {
            let line = json!({"lineOfCredit": {"clientKey": "8", "startDate": "2012-01-01",
                "expireDate": "2030-01-01", "amount": "1000"}});
            let line = self.book.admin.post("/api/linesofcredit", &line).expect(201);
            self.line = line.header("location").expect("an id").to_owned();
        }
        if !row.path.contains("{repayment}") && !row.path.contains("{transaction}") {
            return;
        }
        if row.path.starts_with("/api/savings/{savings}/transactions/") {
            self.transaction = self.deposit();
            return;
        }
        // Installments are there only once the loan is paid out.
        for movement in ["type=APPROVAL", "type=DISBURSEMENT"] {
            self.book.admin.form(&format!("/api/loans/{}/transactions", self.loan), movement).expect(201);
        }
        let installments = self.book.read(&format!("/api/loans/{}/repayments", self.loan));
        self.repayment = key(&installments[0]);
        let transactions = self.book.read(&format!("/api/loans/{}/transactions", self.loan));
        self.transaction = transactions[0]["transactionId"].to_string();
    }

    /// The id of the first money on the deposit account.
    fn deposit(&self) -> String {
        let path = format!("/api/savings/{}/transactions", self.savings);
        self.book.admin.form(&path, "type=APPROVAL").expect(201);
        let made = self.book.admin.form(&path, "type=DEPOSIT&amount=5&method=CASH").expect(201).json();
        made["transactionId"].to_string()
    }

    fn filled(&self, text: &str) -> String {
        let places = [
            ("{loan}", self.loan.as_str()),
            ("{repayment}", &self.repayment),
            ("{group}", &self.group),
            ("{savings}", &self.savings),
            ("{line}", &self.line),
            ("{transaction}", &self.transaction),
            ("{field}", field_of(text)),
            ("{index}", "0"),
            ("{client}", "8"),
            ("{product}", "AGRL"),
            ("{source}", "PRIME"),
            ("{branch}", "2"),
            ("{centre}", "CD"),
            ("{user}", "admin"),
            ("{role}", "TELLER"),
            ("{channel}", "CASH"),
            ("{currency}", "USD"),
            // A number, else there is no such path.
            ("{leadId}", "1"),
            ("{version}", "v30.0"),
        ];
        let filled = places.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value));
        // Where a place is none of these, nothing is there: who may call is told before.
        filled
            .split('/')
            .map(|part| if part.starts_with('{') { "NONE" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    }

    fn send(&self, caller: &Caller, row: &Row) -> Answer {
        let path = self.filled(&row.path);
        let with = row.with.replace("{field}", field_of(&row.path)).replace("{loan}", &self.loan);
        let with = with.replace("{savings}", &self.savings);
        let writes = row.method != "GET" && row.method != "DELETE";
        match row.with.chars().next() {
            Some('?') => caller.send(&row.method, &format!("{path}{with}"), None, ""),
            Some('{') => caller.send(&row.method, &path, Some("application/json"), &with),
            Some(_) => caller.form(&path, &with),
            None if writes => caller.send(&row.method, &path, Some("application/json"), "{}"),
            None => caller.send(&row.method, &path, None, ""),
        }
    }
}

/// One operation with every caller; those who are refused come first, so that nothing has happened yet.
fn walk(walk: &mut Walk, row: &Row, wrong: &mut Vec<String>) {
    walk.renew(row);
    let mut check = |walk: &Walk, who: &str, caller: &Caller, expected: Verdict| {
        let answer = walk.send(caller, row);
        if verdict(&answer) != expected {
            let Row { method, path, with, .. } = row;
            wrong.push(format!(
                "{who}: {method} {path} {with}: {expected:?} by the page, but {} {}",
                answer.status, answer.text
            ));
        }
        answer
    };
    let anonymous = Caller::anonymous(&walk.book.server.base);
    if row.needs == ["everybody"] {
        check(walk, "nobody known", &anonymous, Verdict::Allowed);
        return;
    }
    check(walk, "nobody known", &anonymous, Verdict::NoCredentials);
    if row.needs == ["token"] || row.needs == ["key"] {
        for (role, _, caller) in &walk.callers {
            check(walk, role, caller, Verdict::NoCredentials);
        }
        return;
    }
    for missing in &row.needs {
        let rest: Vec<&String> = walk.all.iter().filter(|permission| *permission != missing).collect();
        // Who may do everything else of the native door may enter users too.
        let rest = if missing == "CREATE_USER" || missing == "EDIT_USER" {
            without_administration(&rest)
        } else {
            rest
        };
        walk.book.admin.patch("/loam/v1/users/all-but", &json!({"permissions": rest})).expect(200);
        check(walk, &format!("everything but {missing}"), &walk.all_but, Verdict::Denied);
    }
    match row.branch.as_str() {
        "loan" | "client" => {
            check(walk, "another branch", &walk.elsewhere, Verdict::Denied);
        }
        "list" => {
            let answer = check(walk, "another branch", &walk.elsewhere, Verdict::Allowed);
            assert_eq!(answer.json(), json!([]), "{} {} shows another branch", row.method, row.path);
        }
        _ => {}
    }
    let may = |permissions: &BTreeSet<String>| row.needs.iter().all(|need| permissions.contains(need));
    let (allowed, denied): (Vec<_>, Vec<_>) =
        walk.callers.iter().partition(|(_, permissions, _)| may(permissions));
    for (role, _, caller) in denied {
        check(walk, role, caller, Verdict::Denied);
    }
    for (role, _, caller) in allowed {
        check(walk, role, caller, Verdict::Allowed);
    }
}

fn without_administration<'a>(permissions: &[&'a String]) -> Vec<&'a String> {
    permissions.iter().copied().filter(|permission| *permission != "ADMINISTRATION").collect()
}

#[test]
fn every_operation_lets_in_whom_the_page_says_and_nobody_else() {
    let mut wrong = Vec::new();
    let rows = rows();
    assert!(rows.len() > 150, "the page is read: {} rows", rows.len());
    for kind in BOTH {
        println!("on {kind:?}");
        let mut book = Walk::new(kind);
        for row in &rows {
            walk(&mut book, row, &mut wrong);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} answers are not as docs/permissions.md has them:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_page_has_a_row_for_everything_that_the_reference_describes() {
    let book = book(Kind::Sqlite);
    let reference = Caller::anonymous(&book.server.base).get("/openapi.json").expect(200).json();
    let described: BTreeSet<(String, String)> = reference["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("methods").keys().map(|method| method.to_uppercase());
            let methods = methods.filter(|method| METHODS.contains(&method.as_str()));
            methods.map(|method| (method, path.clone())).collect::<Vec<_>>()
        })
        .collect();
    let rows: BTreeSet<(String, String)> = rows().into_iter().map(|row| (row.method, row.path)).collect();
    let missing: Vec<String> = described
        .difference(&rows)
        .map(|(method, path)| format!("| {method} | `{path}` | | ? | |"))
        .collect();
    assert!(missing.is_empty(), "docs/permissions.md needs rows for these:\n{}", missing.join("\n"));
}
