//! A book that callers lead at random over HTTP for two months, across accounts: loans of several kinds, deposit accounts that
//! pay for them, movements of earlier days, corrections, write-offs and restructurings. Much of it is refused. Whatever comes, no
//! answer is a fault, no day fails, sub-ledgers and ledger agree, and the book holds.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, text, with};
use crate::reports::{closing, hundredths, report, sum};
use crate::savings::{filled, savings_product};

/// The same for everybody who runs the test: xorshift with a fixed seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }
}

struct Life<'a> {
    book: &'a Book,
    dice: Dice,
    today: Date,
    products: Vec<String>,
    loans: usize,
    /// How many commands were accepted, and how many refused.
    answered: [usize; 2],
}

const DEPOSITS: [&str; 3] = ["S0", "S1", "S2"];
const AMOUNTS: [&str; 6] = ["0.01", "10", "77.77", "200", "333.33", "1000"];
/// How a loan is led, the frequent steps several times.
const STEPS: [&str; 18] = [
    "REPAYMENT",
    "REPAYMENT",
    "REPAYMENT",
    "REPAYMENT",
    "REPAYMENT",
    "ADJUST",
    "ADJUST",
    "ADJUST",
    "FEE",
    "PENALTY_APPLIED",
    "INTEREST_APPLIED",
    "WRITE_OFF",
    "WRITE_OFF_ADJUSTMENT",
    "DISBURSMENT_ADJUSTMENT",
    "TRANSFER",
    "DEPOSIT",
    "RESTRUCTURE",
    "BRANCH",
];

/// Linked with deposits, late with a fee and a penalty; booked by each method, and while interest grows.
fn products(book: &Book) -> Vec<String> {
    let all = json!({"accountLinkingEnabled": true, "settlementOptions": "PARTIAL_DUE_AMOUNTS",
        "loanPenaltyCalculationMethod": "OVERDUE_BALANCE", "defaultPenaltyRate": "0.1", "maxPenaltyRate": "1",
        "loanFees": [{"name": "Late", "trigger": "LATE_REPAYMENT", "amount": "7.77"}]});
    let kinds = [
        json!({"id": "FLAT", "interestAccruedAccountingMethod": "DAILY"}),
        json!({"id": "CASH", "accountingMethod": "CASH", "interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED"}),
        json!({"id": "DYNAMIC", "loanProductType": "DYNAMIC_TERM_LOAN", "accrueLateInterest": true,
            "interestCalculationMethod": "DECLINING_BALANCE", "interestAccruedAccountingMethod": "END_OF_MONTH",
            "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED", "maxInterestRate": "50"}}),
        json!({"id": "EARLY", "interestApplicationMethod": "ON_DISBURSEMENT",
            "interestCalculationMethod": "DECLINING_BALANCE"}),
    ];
    let product = |kind: &Value| {
        let body = with(with(agriculture(), &all), kind);
        let answer = book.admin.post("/loam/v1/loan-products", &body);
        assert_eq!(answer.status, 201, "{}", answer.text);
        text(&answer.json()["encodedKey"])
    };
    kinds.iter().map(product).collect()
}

impl<'a> Life<'a> {
    fn begin(book: &'a Book, seed: u64) -> Life<'a> {
        let rates = |most: &str| json!({"defaultInterestRate": most, "minInterestRate": "0", "maxInterestRate": most});
        let deposits = savings_product(
            book,
            &json!({"accountingMethod": "ACCRUAL", "interestAccruedAccountingMethod": "DAILY",
                "interestRateSettings": rates("4"), "interestPaymentPoint": "EVERY_WEEK", "allowOverdraft": true,
                "maxOverdraftLimit": "500", "overdraftInterestSettings": {"defaultInterestRate": "17"}}),
        );
        for account in DEPOSITS {
            filled(book, account, &deposits, "900");
        }
        let level = json!({"id": "LATE", "name": "Late", "fromDays": 1, "provisioningPercent": "20"});
        record(&book.admin, "risk-levels", &level);
        book.admin.patch("/loam/v1/settings", &json!({"provisioning": "DAILY"})).expect(200);
        let today = crate::book::FIRST_DAY.parse().expect("a date");
        Life { book, dice: Dice(seed), today, products: products(book), loans: 0, answered: [0, 0] }
    }

    /// Anything but a fault.
    fn form(&mut self, path: &str, form: &str) {
        let answer = self.book.admin.form(path, form);
        assert!(answer.status < 500, "{path} {form}: {}", answer.text);
        self.answered[usize::from(answer.status >= 400)] += 1;
    }

    fn post(&mut self, path: &str, body: &Value) -> bool {
        let answer = self.book.admin.post(path, body);
        assert!(answer.status < 500, "{path} {body}: {}", answer.text);
        self.answered[usize::from(answer.status >= 400)] += 1;
        answer.status < 400
    }

    /// Today, or some days ago.
    fn day(&mut self) -> Date {
        let days = self.dice.pick(&[0_i64, 0, 0, 1, 5, 20]);
        self.today.saturating_sub(days.days())
    }

    fn lend(&mut self) {
        let id = format!("L{}", self.loans);
        let product = self.products[self.dice.below(self.products.len())].clone();
        let terms = json!({"id": id, "productTypeKey": product, "loanAmount": self.dice.pick(&["500", "950.5", "4000"]),
            "interestRate": self.dice.pick(&["0", "2.5", "7"]), "repaymentInstallments": self.dice.pick(&[1, 3, 6])});
        let loan = with(self.book.application(&id), &terms);
        if !self.post("/api/loans", &json!({"loanAccount": loan})) {
            return;
        }
        self.loans += 1;
        let day = self.day();
        let transactions = format!("/api/loans/{id}/transactions");
        self.form(&transactions, "type=APPROVAL");
        self.form(&transactions, &format!("type=DISBURSEMENT&date={day}"));
        if self.dice.below(2) == 0 {
            let account = self.dice.pick(&DEPOSITS);
            self.form(&format!("/api/loans/{id}/settlementAccounts/{account}"), "");
        }
    }

    fn step(&mut self) {
        if self.loans == 0 || self.loans < 25 && self.dice.below(5) == 0 {
            return self.lend();
        }
        let loan = format!("L{}", self.dice.below(self.loans));
        let (step, amount, day) = (self.dice.pick(&STEPS), self.dice.pick(&AMOUNTS), self.day());
        let transactions = format!("/api/loans/{loan}/transactions");
        let account = format!("/api/savings/{}", self.dice.pick(&DEPOSITS));
        match step {
            "ADJUST" => self.take_back(&loan),
            "TRANSFER" => {
                self.form(
                    &format!("{account}/transactions"),
                    &format!("type=TRANSFER&amount=20&toLoanAccount={loan}"),
                );
            }
            "DEPOSIT" => {
                let kind = self.dice.pick(&["DEPOSIT", "WITHDRAWAL"]);
                self.form(
                    &format!("{account}/transactions"),
                    &format!("type={kind}&amount={amount}&date={day}"),
                );
            }
            "RESTRUCTURE" => self.restructure(&loan),
            "BRANCH" => {
                let body = json!({"loanAccount": {"assignedBranchKey": self.book.branch}});
                let answer = self.book.admin.patch(&format!("/api/loans/{loan}"), &body);
                assert!(answer.status < 500, "{}", answer.text);
            }
            "REPAYMENT" | "FEE" => {
                self.form(&transactions, &format!("type={step}&amount={amount}&date={day}"))
            }
            "PENALTY_APPLIED" => self.form(&transactions, "type=PENALTY_APPLIED&amount=2.22"),
            other => self.form(&transactions, &format!("type={other}")),
        }
    }

    fn take_back(&mut self, loan: &str) {
        let kinds = ["REPAYMENT", "FEE", "INTEREST_APPLIED"];
        let stands = |row: &&Value| {
            row["reversalTransactionKey"].is_null() && kinds.iter().any(|kind| row["type"] == *kind)
        };
        let rows = self.book.transactions(loan);
        let rows: Vec<&Value> = rows.iter().filter(stands).take(5).collect();
        if rows.is_empty() {
            return;
        }
        let row = self.dice.pick(&rows);
        let (kind, id) = (text(&row["type"]), &row["transactionId"]);
        let form = format!("type={kind}_ADJUSTMENT&originalTransactionId={id}");
        self.form(&format!("/api/loans/{loan}/transactions"), &form);
    }

    fn restructure(&mut self, loan: &str) {
        let product = self.products[self.dice.below(self.products.len())].clone();
        let terms = json!({"productTypeKey": product, "repaymentInstallments": 4, "interestRate": "5"});
        let (action, details) = self.dice.pick(&[("RESCHEDULE", "0"), ("REFINANCE", "100")]);
        let details = if action == "REFINANCE" { json!({"topUpAmount": details}) } else { json!({}) };
        let body = json!({"action": action, "loanAccount": terms, "restructureDetails": details});
        self.post(&format!("/api/loans/{loan}/action"), &body);
    }

    fn close_day(&mut self) {
        self.today = self.today.tomorrow().expect("a near date");
        let report = self.book.close_days(&self.today.to_string());
        for day in report["days"].as_array().expect("days") {
            assert_eq!(day["failed"], json!([]), "{day}");
        }
    }

    /// By the day of booking and of value, for today and some days ago.
    fn assert_reports_agree(&self) {
        let days = [self.today, self.today.saturating_sub(6.days())];
        for (day, by) in days.into_iter().flat_map(|day| [(day, "bookingDate"), (day, "valueDate")]) {
            let of = |name: &str| report(self.book, &format!("{name}?to={day}&by={by}"));
            let (ledger, loans, deposits) = (of("trial-balance"), of("sub-ledger"), of("deposit-sub-ledger"));
            assert_eq!(sum(&ledger, "closing"), 0, "{day} by {by}");
            let stands = |code: &str| sum(&[json!({"closing": closing(&ledger, code)})], "closing");
            let told = |rows: &[Value], column: &str, methods: &[&str]| -> i64 {
                let is_told = |row: &&Value| methods.iter().any(|method| row["accountingMethod"] == *method);
                rows.iter().filter(is_told).map(|row| hundredths(&row[column])).sum()
            };
            let both = ["ACCRUAL", "CASH"];
            for (rows, column, methods, code, sign) in [
                (&loans, "principal", &both[..], "1100", 1),
                (&loans, "interest", &both[..1], "1210", 1),
                (&loans, "fees", &both[..1], "1220", 1),
                (&loans, "penalties", &both[..1], "1230", 1),
                (&loans, "overpaid", &both[..], "2200", -1),
                (&deposits, "savings", &both[..], "2100", -1),
                (&deposits, "overdraft", &both[..], "1300", 1),
            ] {
                assert_eq!(told(rows, column, methods) * sign, stands(code), "{column} on {day} by {by}");
            }
        }
    }
}

#[test]
fn whatever_callers_do_no_answer_is_a_fault_and_the_reports_agree() {
    on_both(|book| {
        let mut life = Life::begin(book, 20_120_628);
        for day in 0..60 {
            for _ in 0..life.dice.below(10) {
                life.step();
            }
            life.close_day();
            if day % 12 == 11 {
                life.assert_reports_agree();
            }
        }
        let [accepted, refused] = life.answered;
        assert!(accepted > 100 && refused > 30, "{accepted} accepted, {refused} refused");
        book.assert_proven();
    });
}
