//! A small book with some active loans, and a stream of repayments on them.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use loam_tests::database::Database;
use loam_tests::http::Caller;
use loam_tests::server::{Server, run};
use serde_json::{Value, json};

/// How many loans the repayments fall on, and how many callers send them.
const LOANS: usize = 6;
const CALLERS: usize = 4;

/// A book with active loans.
pub(crate) struct Book {
    pub(crate) loans: Vec<String>,
}

/// What became of the repayments of one stream: token → whether it was acknowledged.
pub(crate) type Sent = HashMap<String, bool>;

pub(crate) fn start(database: &Database) -> Server {
    Server::start(database, &["--business-date", "2024-01-31", "--currency", "USD"])
}

/// Creates a product, a client and loans, and pays the loans out.
pub(crate) fn fill(server: &Server) -> Book {
    let loans = approve(server, LOANS);
    for loan in &loans {
        server.admin().form(&format!("/api/loans/{loan}/transactions"), "type=DISBURSEMENT").expect(201);
    }
    Book { loans }
}

/// Creates a product, a client and so many loans that wait to be paid out.
pub(crate) fn approve(server: &Server, loans: usize) -> Vec<String> {
    let admin = server.admin();
    let product = json!({
        "id": "CRASH", "productName": "Crash", "loanProductType": "FIXED_TERM_LOAN", "activated": true,
        "forIndividuals": true, "interestCalculationMethod": "FLAT", "daysInYear": "ACTUAL_365_FIXED",
        "scheduleInterestDaysCountMethod": "USING_ACTUAL_DAYS_COUNT",
        "interestRateSettings": {"defaultInterestRate": "12", "interestChargeFrequency": "ANNUALIZED"},
        "repaymentPeriodUnit": "MONTHS", "defaultRepaymentPeriodCount": 1, "defaultNumInstallments": 12,
        "defaultLoanAmount": "100000", "arrearsSettings": {"defaultTolerancePeriod": 0}
    });
    let product = admin.post("/loam/v1/loan-products", &product).expect(201).json();
    let client = json!({"client": {"firstName": "Ana", "lastName": "Lima"}});
    let client = admin.post("/api/clients", &client).expect(201).json();
    let loan = json!({"loanAccount": {
        "accountHolderKey": client["client"]["encodedKey"], "accountHolderType": "CLIENT",
        "productTypeKey": product["encodedKey"], "loanAmount": "100000", "interestRate": "12",
        "repaymentInstallments": 12
    }});
    let open = |_| {
        let id = admin.post("/api/loans", &loan).expect(201).json()["loanAccount"]["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        admin.form(&format!("/api/loans/{id}/transactions"), "type=APPROVAL").expect(201);
        id
    };
    (0..loans).map(open).collect()
}

impl Book {
    /// Sends repayments from several callers until so many are acknowledged, then calls `kill`
    /// while the others are on their way; each caller waits for its last answer. Tokens of the
    /// stream start with `name`.
    pub(crate) fn stream(
        &self,
        admin: &Caller,
        name: &str,
        acknowledge: usize,
        kill: impl FnOnce() + Send,
    ) -> Sent {
        let sent = Mutex::new(Sent::new());
        let acknowledged = AtomicUsize::new(0);
        let kill = Mutex::new(Some(kill));
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for caller in 0..CALLERS {
                let (sent, acknowledged, kill, is_over) = (&sent, &acknowledged, &kill, &is_over);
                scope.spawn(move || {
                    for number in 0.. {
                        let token = format!("{name}-{caller}-{number}");
                        let loan = &self.loans[(caller + number) % self.loans.len()];
                        sent.lock().expect("no caller panics").insert(token.clone(), false);
                        if is_over.load(Ordering::Relaxed) || !repay(admin, loan, &token) {
                            return;
                        }
                        sent.lock().expect("no caller panics").insert(token, true);
                        if acknowledged.fetch_add(1, Ordering::Relaxed) + 1 >= acknowledge
                            && let Some(kill) = kill.lock().expect("no caller panics").take()
                        {
                            is_over.store(true, Ordering::Relaxed);
                            kill();
                        }
                    }
                });
            }
        });
        sent.into_inner().expect("no caller panicked")
    }

    /// Every acknowledged repayment is there once, every other at most once.
    pub(crate) fn assert_kept(&self, server: &Server, sent: &Sent) {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for loan in &self.loans {
            for (offset, limit) in (0..).map(|page| (page * 1_000, 1_000)) {
                let path = format!("/api/loans/{loan}/transactions?offset={offset}&limit={limit}");
                let page = server.admin().get(&path).expect(200).json();
                let page = page.as_array().expect("a list").clone();
                for transaction in page.iter().filter(|transaction| transaction["type"] == "REPAYMENT") {
                    let token = transaction["comment"].as_str().expect("every repayment has a token");
                    *seen.entry(token.to_owned()).or_default() += 1;
                }
                if page.len() < limit {
                    break;
                }
            }
        }
        for (token, acknowledged) in sent {
            let times = seen.get(token).copied().unwrap_or(0);
            assert!(times <= 1, "{token} is there {times} times");
            assert!(!acknowledged || times == 1, "{token} was acknowledged and is lost");
        }
    }
}

/// Whether the repayment was acknowledged; not when the server is gone.
pub(crate) fn repay(admin: &Caller, loan: &str, token: &str) -> bool {
    act(admin, loan, &json!({"type": "REPAYMENT", "amount": "1.00", "notes": token}))
}

/// Whether a transaction was acknowledged; not when the server is gone.
pub(crate) fn act(admin: &Caller, loan: &str, transaction: &Value) -> bool {
    let body = transaction.to_string();
    let path = format!("/api/loans/{loan}/transactions");
    match admin.try_send("POST", &path, Some("application/json"), &body) {
        Ok(answer) if answer.status == 201 => true,
        Ok(answer) => {
            let is_outage = answer.status == 409 || answer.status >= 500;
            assert!(is_outage, "{}", answer.text);
            false
        }
        Err(_gone) => false,
    }
}

/// The book proves itself.
pub(crate) fn assert_sound(database: &Database) {
    let check = run(database, &["check"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}
