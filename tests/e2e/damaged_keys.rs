//! Keys that are none where a step of the day finds what it works on: the day goes on for everybody else, says what it
//! could not name, and tries it again with the next run.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, with};
use crate::savings::{act, filled, savings, savings_product};
use crate::settlement::{link, linked_product};

fn last_day(report: &Value) -> Value {
    report["days"].as_array().expect("days").last().expect("a day").clone()
}

fn step<'a>(day: &'a Value, name: &str) -> &'a Value {
    let steps = day["steps"].as_array().expect("steps");
    steps.iter().find(|step| step["step"] == name).unwrap_or_else(|| panic!("no {name}: {day}"))
}

/// What stands in the report, in the order of names.
fn failed(day: &Value) -> Vec<(String, String)> {
    let failed = day["failed"].as_array().expect("a list").iter();
    let mut failed: Vec<(String, String)> =
        failed.map(|failure| (text(&failure["account"]), text(&failure["reason"]))).collect();
    failed.sort();
    failed
}

fn accounts(day: &Value) -> Vec<String> {
    failed(day).into_iter().map(|(account, _)| account).collect()
}

/// Loans that deposit accounts pay for.
const PAID: [(&str, &str); 3] = [("A", "S1"), ("KEYED", "S2"), ("SAVED", "S3")];

/// Tables, where the row is that is damaged, and the column.
const DAMAGES: [(&str, &str, &str); 3] = [
    ("loan_action", "account_no = (select account_no from loan_account where id = 'ACTION')", "loan_key"),
    ("loan_account", "id = 'KEYED'", "loan_key"),
    ("savings_account", "id = 'S3'", "savings_key"),
];

/// A product of deposit accounts with interest on the first of each month, and loans that such accounts pay for.
fn lend_paid(book: &Book, loans: &[(&str, &str)], amount: &str) {
    let rates = json!({"interestRateSettings": {"defaultInterestRate": "3.65"},
        "interestPaymentPoint": "FIRST_DAY_OF_MONTH"});
    let product = savings_product(book, &rates);
    let linked = linked_product(book, &json!({}));
    for (loan, account) in loans {
        filled(book, account, &product, amount);
        book.apply_with(loan, &json!({"productTypeKey": linked}));
        link(book, loan, account);
        for step in ["APPROVAL", "DISBURSEMENT"] {
            book.act(loan, &format!("type={step}"));
        }
    }
}

fn is_paid(book: &Book, loan: &str) -> bool {
    book.repayments(loan)[0]["state"] == "PAID"
}

#[test]
fn the_day_goes_on_without_accounts_whose_keys_are_damaged() {
    on_both(|book| {
        lend_paid(book, &PAID, "1000");
        for loan in ["GOOD", "ACTION"] {
            book.lend(loan);
        }
        let [action, keyed] = ["ACTION", "KEYED"].map(|loan| key(&book.loan(loan)));
        let kept = [&action, &keyed, &key(&savings(book, "S3"))].map(String::clone);
        for (table, place, column) in DAMAGES {
            book.database.execute(&format!("update {table} set {column} = 'damaged {table}' where {place}"));
        }
        let report = book.close_days("2012-07-28");
        assert_eq!(report["businessDate"], "2012-07-28", "{report}");
        assert_eq!(report["days"].as_array().map(Vec::len), Some(30), "each day was closed");
        let day = last_day(&report);
        // The loan whose own row has another key is known by its own in what is kept beside it.
        let mut named = vec!["damaged loan_action", "damaged savings_account", &keyed];
        named.sort_unstable();
        assert_eq!(accounts(&day), named, "{day}");
        for (account, reason) in failed(&day).iter().filter(|(account, _)| account.starts_with("damaged")) {
            let is_no_key = format!("\"{account}\" is not a 32-digit lowercase hexadecimal key");
            assert!(
                reason.contains("cannot be read: account number ") && reason.ends_with(&is_no_key),
                "{day}"
            );
        }
        // A, SAVED and GOOD are advanced, and A alone is paid for.
        let counts = |name| (step(&day, name)["done"].clone(), step(&day, name)["failed"].clone());
        assert_eq!(counts("loans"), (json!(3), json!(2)), "{day}");
        assert_eq!(counts("settlement"), (json!(1), json!(1)), "the same loan as before: {day}");
        assert_eq!(counts("deposits"), (json!(0), json!(1)), "{day}");
        assert_eq!(["A", "SAVED"].map(|loan| is_paid(book, loan)), [true, false]);
        assert_ne!(book.loan("GOOD")["interestDue"], json!("0"));

        let again = book.close_days("2012-07-28");
        assert_eq!(failed(&again["days"][0]), failed(&day), "all are tried again, and told once each");
        let told = book.read("/loam/v1/end-of-day")["last"].clone();
        assert_eq!(failed(told.as_array().expect("days").last().expect("a day")), failed(&day));

        for ((table, place, column), key) in DAMAGES.iter().zip(&kept) {
            book.database.execute(&format!("update {table} set {column} = '{key}' where {place}"));
        }
        let mended = last_day(&book.close_days("2012-07-28"));
        assert_eq!(failed(&mended), [], "{mended}");
        assert_eq!(PAID.map(|(loan, _)| is_paid(book, loan)), [true; 3]);
        assert_eq!(book.loan("ACTION")["interestDue"], book.loan("GOOD")["interestDue"]);
        assert_eq!(savings(book, "S3")["balance"], savings(book, "S1")["balance"]);
        assert_eq!(book.close_days("2012-07-28")["days"], json!([]));
    });
}

/// Whoever changes a loan writes its settlement anew, so that the damage is done after the loans were advanced.
#[test]
fn a_damaged_settlement_keeps_no_other_loan_from_being_paid() {
    on_both(|book| {
        let loans = [("A", "S1"), ("SETTLED", "S2"), ("Z", "S3")];
        lend_paid(book, &loans, "1");
        book.close_days("2012-07-28");
        book.database.execute(
            "update settlement set loan_key = 'damaged'
              where account_no = (select account_no from loan_account where id = 'SETTLED')",
        );
        for (_, account) in loans {
            act(book, account, "type=DEPOSIT&amount=1000");
        }
        let day = last_day(&book.close_days("2012-07-28"));
        assert_eq!(accounts(&day), ["damaged"], "{day}");
        assert!(failed(&day)[0].1.contains("column 3 of settlement"), "{day}");
        let counts = ["done", "failed"].map(|count| step(&day, "settlement")[count].clone());
        assert_eq!(counts, [2, 1], "{day}");
        assert_eq!(loans.map(|(loan, _)| is_paid(book, loan)), [true, false, true]);
        // The next days go on, and heal it: what the loan owes is late then, and the loan is written anew.
        let report = book.close_days("2012-07-30");
        assert_eq!(accounts(&report["days"][0]), ["damaged"], "{report}");
        assert_eq!((&report["businessDate"], failed(&last_day(&report))), (&json!("2012-07-30"), vec![]));
        assert!(is_paid(book, "SETTLED"));
    });
}

#[test]
fn a_day_on_which_every_key_is_damaged_ends() {
    on_both(|book| {
        for loan in ["A", "B", "C"] {
            book.lend(loan);
        }
        book.database.execute("update loan_action set loan_key = 'damaged ' || loan_key");
        let report = book.close_days("2012-07-28");
        let day = last_day(&report);
        assert_eq!((&report["businessDate"], failed(&day).len()), (&json!("2012-07-28"), 3), "{day}");
        book.database.execute("update loan_action set loan_key = substr(loan_key, 9)");
        let mended = last_day(&book.close_days("2012-07-28"));
        assert_eq!((failed(&mended), &mended["advanced"]), (vec![], &json!(3)));
    });
}

/// Sets 1 % of each loan aside, each evening.
fn provide_daily(book: &Book) {
    let level = json!({"id": "GOOD", "name": "Good", "fromDays": 0, "toDays": 0, "provisioningPercent": "1"});
    record(&book.admin, "risk-levels", &level);
    book.admin.patch("/loam/v1/settings", &json!({"provisioning": "DAILY"})).expect(200);
}

/// One that cannot be read is missed in the evening and in the sweep.
#[test]
fn a_loan_that_fails_in_the_evening_and_later_is_told_once() {
    on_both(|book| {
        provide_daily(book);
        for loan in ["A", "BROKEN"] {
            book.lend(loan);
        }
        let broken = key(&book.loan("BROKEN"));
        book.close_days("2012-07-27");
        let set = |terms: &str| {
            book.database.execute(&format!("update loan_account set terms = {terms} where id = 'BROKEN'"));
        };
        set("'!' || terms");
        let day = last_day(&book.close_days("2012-07-28"));
        assert_eq!(accounts(&day), std::slice::from_ref(&broken), "{day}");
        let counts = ["evening", "loans"].map(|name| step(&day, name)["failed"].clone());
        assert_eq!(counts, [1, 1], "both steps count it");
        set("substr(terms, 2)");
        assert_eq!(failed(&last_day(&book.close_days("2012-07-28"))), []);
    });
}

/// Where the key of the loan's own row is damaged, the evening meets it under that text, and leaves it out.
#[test]
fn an_evening_goes_on_without_a_loan_whose_key_is_damaged_and_with_damaged_days_off() {
    on_both(|book| {
        let daily = json!({"id": "DAILY", "interestAccruedAccountingMethod": "DAILY",
            "interestCalculationMethod": "DECLINING_BALANCE"});
        let daily = record(&book.admin, "loan-products", &with(agriculture(), &daily));
        let next = json!({"id": "NEXT", "repaymentReschedulingMethod": "NEXT_WORKING_DAY"});
        let next = record(&book.admin, "loan-products", &with(agriculture(), &next));
        for loan in ["A", "BROKEN", "Z"] {
            book.lend_with(loan, &json!({"productTypeKey": daily, "loanAmount": "840"}));
        }
        for loan in ["N1", "N2"] {
            book.lend_with(loan, &json!({"productTypeKey": next}));
        }
        let broken = key(&book.loan("BROKEN"));
        let accrued = || text(&book.read("/api/glaccounts/1240")["balance"]);
        book.close_days("2012-06-30");
        assert_eq!(accrued(), "2.25", "one day of three loans");
        let set = |key: &str| {
            book.database.execute(&format!("update loan_account set loan_key = '{key}' where id = 'BROKEN'"));
        };
        set("damaged");
        book.admin.patch("/loam/v1/settings", &json!({"nonWorkingDays": ["SATURDAY", "SUNDAY"]})).expect(200);
        book.database.execute(
            "insert into calendar_work (part, branch_key, catalog_version)
             select max(part), 'damaged too', 1 from loan_account",
        );
        let report = book.close_days("2012-07-01");
        assert_eq!(
            (accrued().as_str(), &report["businessDate"]),
            ("3", &json!("2012-07-01")),
            "two days of two"
        );
        let failures: Vec<(String, String)> =
            report["days"].as_array().expect("days").iter().flat_map(failed).collect();
        let of = |account: &str, what: &str| {
            failures.iter().any(|(named, reason)| named == account && reason.contains(what))
        };
        assert!(of("damaged", "column 3 of loan_account"), "the evening: {report}");
        assert!(of("damaged", "column 2 of loan_account"), "days off: {report}");
        assert!(of("damaged too", "column 2 of calendar_work"), "{report}");
        let due = |loan: &str| text(&book.repayments(loan)[0]["dueDate"])[..10].to_owned();
        assert_eq!(["N1", "N2"].map(due), ["2012-07-30", "2012-07-30"], "the others followed");

        set(&broken);
        book.database.execute("delete from calendar_work where branch_key = 'damaged too'");
        let report = book.close_days("2012-07-02");
        assert_eq!(failed(&last_day(&report)), [], "{report}");
        assert_eq!(accrued(), "6.75", "three days of three loans");
        assert_eq!(book.rows("calendar_work"), 0);
    });
}

#[test]
fn an_evening_posts_nothing_of_what_it_cannot_read_and_makes_up_for_it() {
    on_both(|book| {
        let daily = json!({"id": "DAILY", "interestAccruedAccountingMethod": "DAILY",
            "interestCalculationMethod": "DECLINING_BALANCE"});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &daily));
        book.lend_with("A", &json!({"productTypeKey": product, "loanAmount": "840"}));
        book.close_days("2012-06-30");
        let accrued = || text(&book.read("/api/glaccounts/1240")["balance"]);
        book.database.execute("update income_account set body = '!' || body");
        let report = book.close_days("2012-07-01");
        let day = last_day(&report);
        assert_eq!(
            (accrued().as_str(), accounts(&day)),
            ("0.75", vec!["income_account".to_owned()]),
            "{day}"
        );
        book.database.execute("update income_account set body = substr(body, 2)");
        assert_eq!(failed(&last_day(&book.close_days("2012-07-02"))), []);
        assert_eq!(accrued(), "2.25", "three days of one loan");
    });
}

/// Of a loan whose product cannot be read nobody knows which allowance is its own.
#[test]
fn no_allowance_is_released_while_the_product_of_a_loan_is_damaged() {
    on_both(|book| {
        provide_daily(book);
        for loan in ["A", "BROKEN"] {
            book.lend(loan);
        }
        let set_aside = || text(&book.read("/api/glaccounts/1190")["balance"]);
        book.close_days("2012-06-30");
        assert_eq!(set_aside(), "-19", "1 % of 950 each");
        let product = book.database.text("select product_key from loan_account where id = 'BROKEN'");
        let set = |key: &str| {
            let sql = format!("update loan_account set product_key = '{key}' where id = 'BROKEN'");
            book.database.execute(&sql);
        };
        set("damaged");
        book.act("A", "type=WRITE_OFF");
        let report = book.close_days("2012-07-01");
        assert_eq!((set_aside().as_str(), failed(&last_day(&report)).len()), ("-19", 1), "{report}");
        set(&product);
        book.close_days("2012-07-02");
        assert_eq!(set_aside(), "-9.5");
    });
}
