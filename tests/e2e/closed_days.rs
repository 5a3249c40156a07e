//! What is told of days that were closed: the report that stays, accounts that failed and are tried again, and what
//! was paid from linked accounts.

use loam_tests::database::BOTH;
use loam_tests::server::{Server, command};
use serde_json::{Value, json};

use crate::book::{Book, agriculture, book, book_of, key, on_both, printed, record, text, with};
use crate::savings::{act, filled, savings, savings_product};
use crate::settlement::{link, linked_product};

/// So far ahead of any clock that an automatic server leaves the business date alone.
const AHEAD: &str = "2099-01-28";

fn last(book: &Book) -> Value {
    book.read("/loam/v1/end-of-day")["last"].clone()
}

fn step<'a>(day: &'a Value, name: &str) -> &'a Value {
    let steps = day["steps"].as_array().expect("steps");
    steps.iter().find(|step| step["step"] == name).unwrap_or_else(|| panic!("no {name}: {day}"))
}

fn failed(day: &Value) -> Vec<String> {
    let failed = day["failed"].as_array().expect("a list");
    failed.iter().map(|failure| text(&failure["account"])).collect()
}

/// The book served again as somebody begins to serve it, so that its server closes days by itself.
fn served_automatically(book: Book) -> Book {
    assert_eq!(book.server.stop(), Some(0));
    let mut automatic = command(&book.database);
    automatic.args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "automatic"]);
    let server = Server::spawn(automatic);
    let admin = server.admin();
    Book { server, admin, ..book }
}

#[test]
fn an_automatic_server_keeps_the_report_of_the_day() {
    for kind in BOTH {
        let book = book_of(kind, AHEAD);
        book.lend("L");
        let book = served_automatically(book);
        let report = book.close_days("2099-02-28");
        let of_the_day = report["days"].as_array().expect("days").last().expect("a day").clone();
        assert_eq!((&of_the_day["businessDate"], &of_the_day["advanced"]), (&json!("2099-02-28"), &json!(1)));
        // As the server does each minute.
        for _ in 0..2 {
            assert_eq!(book.close_days("2099-02-28")["days"], json!([]), "there is nothing left to do");
        }
        let told = last(&book);
        assert_eq!(told.as_array().map(Vec::len), Some(31), "{told}");
        let last_day = told[30].clone();
        assert_eq!((&last_day["businessDate"], &last_day["advanced"]), (&json!("2099-02-28"), &json!(1)));
        assert_eq!(step(&last_day, "loans")["done"], 1);
        book.close_days("2099-03-01");
        let told = last(&book);
        assert_eq!(
            (told.as_array().map(Vec::len), &told[0]["businessDate"]),
            (Some(1), &json!("2099-03-01"))
        );
        book.assert_proven();
    }
}

#[test]
fn only_loans_that_were_paid_something_count_as_settled() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "1000");
        let linked = linked_product(book, &json!({}));
        for loan in ["PAID", "UNPAID"] {
            book.apply_with(loan, &json!({"productTypeKey": linked}));
        }
        filled(book, "S2", &product, "1");
        link(book, "PAID", "S1");
        link(book, "UNPAID", "S2");
        for loan in ["PAID", "UNPAID"] {
            book.act(loan, "type=APPROVAL");
            book.act(loan, "type=DISBURSEMENT");
        }
        let report = book.close_days("2012-07-28");
        let day = report["days"].as_array().expect("days").last().expect("a day").clone();
        assert_eq!(step(&day, "settlement")["done"], 1, "{day}");
        assert_eq!(book.close_days("2012-07-28")["days"], json!([]), "no money, nothing done");
        act(book, "S2", "type=DEPOSIT&amount=1000");
        let again = book.close_days("2012-07-28");
        assert_eq!(step(&again["days"][0], "settlement")["done"], 1, "there is money now: {again}");
        let told = last(book);
        let told = told.as_array().expect("days").last().expect("a day");
        assert_eq!(step(told, "settlement")["done"], 2, "both runs of the day together");
    });
}

#[test]
fn a_loan_that_cannot_be_read_fails_alone_and_is_tried_again() {
    on_both(|book| {
        book.lend("GOOD");
        let broken = key(&book.lend("BROKEN"));
        let set = |from: &str, to: &str| {
            let state = format!("replace(state, '{from}', '{to}')");
            book.database.execute(&format!("update loan_account set state = {state} where id = 'BROKEN'"));
        };
        set("active", "unheard_of");
        let report = book.close_days("2012-07-28");
        let day = report["days"].as_array().expect("days").last().expect("a day").clone();
        assert_eq!((day["advanced"].clone(), failed(&day)), (json!(1), vec![broken.clone()]), "{day}");
        assert_eq!(step(&day, "loans")["failed"], 1);
        let again = book.close_days("2012-07-28");
        assert_eq!(failed(&again["days"][0]), std::slice::from_ref(&broken), "it still fails");
        let told = last(book);
        let told = told.as_array().expect("days").last().expect("a day");
        assert_eq!((failed(told), &told["advanced"]), (vec![broken], &json!(1)), "the day is still told");
        set("unheard_of", "active");
        let again = book.close_days("2012-07-28");
        assert_eq!(
            (failed(&again["days"][0]), &again["days"][0]["advanced"]),
            (vec![], &json!(1)),
            "{again}"
        );
        let told = last(book);
        let told = told.as_array().expect("days").last().expect("a day");
        assert_eq!(
            (failed(told), &told["advanced"]),
            (vec![], &json!(2)),
            "what was done later belongs to it"
        );
        assert_eq!(book.loan("BROKEN")["interestDue"], book.loan("GOOD")["interestDue"]);
    });
}

/// A loan that carries its installments is read without their rows.
const READ_FROM_ROWS: &str = "update loan_account set packed_installments = null where id = 'BROKEN'";

#[test]
fn a_loan_that_was_set_aside_is_advanced_when_it_is_mended_and_taken_back() {
    for kind in BOTH {
        let book = book(kind);
        book.lend("GOOD");
        let broken = key(&book.lend("BROKEN"));
        book.database.execute(READ_FROM_ROWS);
        let renumber = |change: &str| {
            let of_loan = "(select account_no from loan_account where id = 'BROKEN')";
            let sql = format!("update installment set number = number {change} where account_no = {of_loan}");
            book.database.execute(&sql);
        };
        renumber("+ 10");
        let day = book.close_days("2012-07-28")["days"].as_array().expect("days").last().unwrap().clone();
        assert_eq!((day["advanced"].clone(), failed(&day)), (json!(1), vec![broken.clone()]), "{day}");
        assert_eq!(book.rows("quarantine"), 1, "what broke was set aside");
        renumber("- 10");
        let again = book.close_days("2012-07-28");
        assert_eq!(failed(&again["days"][0]), std::slice::from_ref(&broken), "nobody took it back");
        let book = book.restarted(|database| {
            let said = printed(database, &["check", "--lift-quarantine"]);
            assert!(said.contains(&format!("account {broken} is taken back")), "{said}");
            command(database)
        });
        let again = book.close_days("2012-07-28");
        assert_eq!(
            (failed(&again["days"][0]), &again["days"][0]["advanced"]),
            (vec![], &json!(1)),
            "{again}"
        );
        book.assert_proven();
    }
}

/// A product that posts what grows each evening, in a book that sets 1 % of the principal aside each evening.
fn posting_daily(book: &Book) -> String {
    let level = json!({"id": "GOOD", "name": "Good", "fromDays": 0, "toDays": 0, "provisioningPercent": "1"});
    record(&book.admin, "risk-levels", &level);
    book.admin.patch("/loam/v1/settings", &json!({"provisioning": "DAILY"})).expect(200);
    let daily = json!({"id": "DAILY", "interestAccruedAccountingMethod": "DAILY",
        "interestCalculationMethod": "DECLINING_BALANCE"});
    record(&book.admin, "loan-products", &with(agriculture(), &daily))
}

/// Accrued interest, and what is set aside.
fn posted(book: &Book) -> (String, String) {
    let balance = |account: &str| text(&book.read(&format!("/api/glaccounts/{account}"))["balance"]);
    (balance("1240"), balance("1190"))
}

/// Damage of one loan's rows: what is damaged, from what, to what.
const DAMAGES: [(&str, &str, &str); 3] = [
    ("loan_account set state = replace(state, '{from}', '{to}') where id = 'BROKEN'", "active", "unheard_of"),
    ("loan_account set terms = replace(terms, '{from}', '{to}') where id = 'BROKEN'", "{\"", "{!"),
    (
        "installment set last_paid_on = {to} where number = 2
            and account_no = (select account_no from loan_account where id = 'BROKEN')",
        "null",
        "99999999999",
    ),
];

/// 840.00 × 2.5 % / 28 are 0.75 a day.
#[test]
fn an_evening_that_posts_goes_on_without_a_loan_that_cannot_be_read() {
    for (damage, from, to) in DAMAGES {
        println!("{damage}");
        let update = |book: &Book, from: &str, to: &str| {
            book.database.execute(&format!("update {}", damage.replace("{from}", from).replace("{to}", to)));
        };
        on_both(|book| {
            let product = posting_daily(book);
            for loan in ["A", "BROKEN", "Z"] {
                book.lend_with(loan, &json!({"productTypeKey": product, "loanAmount": "840"}));
            }
            book.lend("OTHER");
            let broken = key(&book.loan("BROKEN"));
            book.close_days("2012-06-30");
            // One day of three loans; 8.40 for each of them, and 9.50 for the one of another product.
            assert_eq!(posted(book), ("2.25".to_owned(), "-34.7".to_owned()));

            book.database.execute(READ_FROM_ROWS);
            update(book, from, to);
            for loan in ["Z", "OTHER"] {
                book.act(loan, "type=WRITE_OFF");
            }
            let report = book.close_days("2012-07-01");
            let day = report["days"][0].clone();
            assert_eq!(failed(&day), std::slice::from_ref(&broken), "{day}");
            assert!(text(&day["failed"][0]["reason"]).contains("cannot be read"), "{day}");
            let evening = step(&day, "evening");
            assert_eq!((&evening["done"], &evening["failed"]), (&json!(2), &json!(1)), "{day}");
            // Two days of A. What may be the broken one's own is not released, that of the other product is.
            assert_eq!(posted(book), ("1.5".to_owned(), "-25.2".to_owned()));
            let again = book.close_days("2012-07-01");
            assert_eq!(again["days"], json!([]), "the evening of a day that is over is not tried again");

            update(book, to, from);
            let report = book.close_days("2012-07-02");
            assert_eq!(failed(&report["days"][0]), [""; 0], "{report}");
            assert_eq!(posted(book), ("4.5".to_owned(), "-16.8".to_owned()), "three days of two loans");
        });
    }
}

/// What is linked pays on the 28th; deposit accounts get their interest on the first, of 1,000 at 3.65 % a year.
#[test]
fn a_deposit_account_that_cannot_be_read_fails_alone_and_gets_what_it_missed() {
    on_both(|book| {
        let rates = json!({"interestRateSettings": {"defaultInterestRate": "3.65"},
            "interestPaymentPoint": "FIRST_DAY_OF_MONTH"});
        let product = savings_product(book, &rates);
        let linked = linked_product(book, &json!({}));
        for (loan, account) in [("GOOD", "S1"), ("BROKEN", "S2")] {
            filled(book, account, &product, "1000");
            book.apply_with(loan, &json!({"productTypeKey": linked}));
            link(book, loan, account);
            for step in ["APPROVAL", "DISBURSEMENT"] {
                book.act(loan, &format!("type={step}"));
            }
        }
        let (loan, account) = (key(&book.loan("BROKEN")), key(&savings(book, "S2")));
        let set = |body: &str| {
            book.database.execute(&format!("update savings_account set body = {body} where id = 'S2'"));
        };
        let last_day =
            |report: &Value| report["days"].as_array().expect("days").last().expect("a day").clone();
        let paid = |loan: &str| book.repayments(loan)[0]["state"] == "PAID";
        set("'!' || body");
        // Three nights of 1,000.00.
        let day = last_day(&book.close_days("2012-07-01"));
        assert_eq!(failed(&day), std::slice::from_ref(&account), "{day}");
        assert_eq!(
            (&step(&day, "deposits")["done"], &step(&day, "deposits")["failed"]),
            (&json!(1), &json!(1))
        );
        assert_eq!(savings(book, "S1")["balance"], "1000.3");
        // The loan that is to be paid from it is named as well, and everybody else's is paid.
        let day = last_day(&book.close_days("2012-07-28"));
        let named = failed(&day);
        assert!(named.len() == 2 && named.contains(&account) && named.contains(&loan), "{day}");
        assert_eq!(step(&day, "settlement")["done"], 1, "{day}");
        assert_eq!((paid("GOOD"), paid("BROKEN")), (true, false));

        set("substr(body, 2)");
        let day = last_day(&book.close_days("2012-07-28"));
        assert_eq!(failed(&day), [""; 0], "{day}");
        assert_eq!((paid("GOOD"), paid("BROKEN")), (true, true));
        assert_eq!(savings(book, "S2")["balance"], savings(book, "S1")["balance"], "interest came as well");
        assert_eq!(book.close_days("2012-07-28")["days"], json!([]));
    });
}
