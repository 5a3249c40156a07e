//! Three servers close the same days of one book, and one of them dies in the middle. What they leave is what one
//! server leaves that does it alone.

use loam_tests::database::{Database, Kind};
use loam_tests::http::Caller;
use loam_tests::left::assert_the_same;
use loam_tests::server::{PASSWORD, Server, run};
use serde_json::{Value, json};

use crate::book::assert_sound;

const FIRST_DAY: &str = "2026-03-31";
/// The server dies once the book has come so far.
const DEATH: &str = "2026-04-08";
const THROUGH: &str = "2026-04-18";
const LOANS: &str = "2000";
/// Borrowers whose loans are paid from deposit accounts that bear interest.
const LINKED: usize = 12;

fn close_days(admin: &Caller) -> Option<Value> {
    let body = json!({ "through": THROUGH }).to_string();
    let answer = admin.try_send("POST", "/loam/v1/end-of-day", Some("application/json"), &body).ok()?;
    Some(answer.expect(200).json())
}

fn business_date(admin: &Caller) -> String {
    let answer = admin.get("/loam/v1/business-date").expect(200).json();
    answer["businessDate"].as_str().expect("a date").to_owned()
}

/// A book with a crowd of loans, and some that deposit accounts pay for.
fn filled() -> Database {
    let database = Database::fresh(Kind::Postgres);
    let made = run(&database, &["demo", "--loans", LOANS, "--business-date", FIRST_DAY, "--currency", "USD"]);
    assert!(made.status.success(), "{made:?}");
    let server = Server::start(&database, &[]);
    let admin = Caller::basic(&server.base, "admin", PASSWORD);
    provide(&admin);
    let product = json!({
        "id": "LINK", "productName": "Linked", "loanProductType": "FIXED_TERM_LOAN",
        "interestCalculationMethod": "FLAT", "defaultRepaymentPeriodCount": 1, "repaymentPeriodUnit": "WEEKS",
        "interestRateSettings": {"minInterestRate": "0", "maxInterestRate": "15",
            "interestChargeFrequency": "EVERY_FOUR_WEEKS"},
        "minNumInstallments": 1, "maxNumInstallments": 60, "accountLinkingEnabled": true,
        "arrearsSettings": {"defaultTolerancePeriod": 0},
        "settlementOptions": "PARTIAL_DUE_AMOUNTS"
    });
    let product = made_key(&admin, "loan-products", &product);
    let deposits = json!({"id": "DSAV", "name": "Savings", "productType": "REGULAR_SAVINGS",
        "interestRateSettings": {"defaultInterestRate": "3.65", "minInterestRate": "1", "maxInterestRate": "5"},
        "interestPaymentPoint": "FIRST_DAY_OF_MONTH",
        "accountingMethod": "ACCRUAL", "interestAccruedAccountingMethod": "DAILY"});
    let deposits = made_key(&admin, "savings-products", &deposits);
    for number in 0..LINKED {
        lend_from_deposits(&admin, number, (&product, &deposits));
    }
    assert_eq!(server.stop(), Some(0));
    database
}

/// Something is set aside every evening: a hundredth of what is not late, a fifth of what is.
fn provide(admin: &Caller) {
    let paid = json!({"id": "PAID", "name": "Paid", "toDays": 0, "provisioningPercent": "1"});
    let late = json!({"id": "LATE", "name": "Late", "fromDays": 1, "provisioningPercent": "20"});
    for level in [paid, late] {
        made_key(admin, "risk-levels", &level);
    }
    admin.patch("/loam/v1/settings", &json!({"provisioning": "DAILY"})).expect(200);
}

/// What is set aside for each group, and how often it was posted. The numbers of the groups are drawn by who is first.
const SET_ASIDE: &str =
    "select string_agg(name || ' ' || version || ' ' || (body::json ->> 'allowance'), chr(10)
                                           order by name) from provision_account";

/// What has grown on deposits, in the same way.
const GROWN: &str = "select string_agg(name || ' ' || version || ' ' || (body::json ->> 'payable'), chr(10)
                                       order by name) from deposit_interest_account";

fn made_key(admin: &Caller, kind: &str, body: &Value) -> String {
    let made = admin.post(&format!("/loam/v1/{kind}"), body).expect(201).json();
    made["encodedKey"].as_str().expect("a key").to_owned()
}

/// A loan that falls due weekly, and a deposit account that pays for it as long as it can.
fn lend_from_deposits(admin: &Caller, number: usize, (product, deposits): (&str, &str)) {
    let client = json!({"client": {"firstName": "Ana", "lastName": number.to_string()}});
    let client = admin.post("/api/clients", &client).expect(201).json()["client"]["encodedKey"].clone();
    let (account, loan) = (format!("S{number}"), format!("LINKED{number}"));
    let opened = json!({"savingsAccount": {"id": account, "accountHolderKey": client,
        "accountHolderType": "CLIENT", "productTypeKey": deposits}});
    admin.post("/api/savings", &opened).expect(201);
    let transactions = format!("/api/savings/{account}/transactions");
    admin.form(&transactions, "type=APPROVAL").expect(201);
    // From not enough for the first installment to enough for all.
    admin.form(&transactions, &format!("type=DEPOSIT&amount={}", 90 * (number + 1))).expect(201);
    let lent = json!({"loanAccount": {"id": loan, "accountHolderKey": client, "accountHolderType": "CLIENT",
        "productTypeKey": product, "loanAmount": "950", "interestRate": "2.5", "repaymentInstallments": 5}});
    admin.post("/api/loans", &lent).expect(201);
    admin.form(&format!("/api/loans/{loan}/settlementAccounts/{account}"), "").expect(200);
    for step in ["APPROVAL", "DISBURSEMENT"] {
        admin.form(&format!("/api/loans/{loan}/transactions"), &format!("type={step}")).expect(201);
    }
}

#[test]
fn days_that_three_servers_share_are_as_one_server_closes_them() {
    let alone = filled();
    let shared = alone.copied();
    let server = Server::start(&alone, &[]);
    close_days(&server.admin()).expect("nobody stops it");
    drop(server);

    let servers: Vec<Server> = (0..3).map(|_| Server::start(&shared, &[])).collect();
    std::thread::scope(|scope| {
        let closing: Vec<_> = servers
            .iter()
            .map(|server| {
                let admin = server.admin();
                scope.spawn(move || close_days(&admin))
            })
            .collect();
        let admin = servers[0].admin();
        while business_date(&admin).as_str() < DEATH {}
        let killed =
            std::process::Command::new("kill").args(["-KILL", &servers[2].id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
        let mut answers = closing.into_iter().map(|closing| closing.join().expect("it ends"));
        for survivor in 0..2 {
            let answer = answers.next().flatten().expect("a survivor answers");
            assert_eq!(answer["businessDate"], THROUGH, "server {survivor}");
            let days = answer["days"].as_array().expect("days").iter();
            assert!(days.clone().all(|day| day["failed"] == json!([])), "{answer}");
        }
        assert!(answers.next().expect("three were asked").is_none(), "the third one is dead");
    });
    let again = close_days(&servers[1].admin()).expect("it serves");
    assert_eq!(again["days"], json!([]), "nothing is left to do");
    assert_the_same(&alone, &shared);
    assert_eq!(alone.text(SET_ASIDE), shared.text(SET_ASIDE));
    assert_eq!(alone.text(GROWN), shared.text(GROWN));
    for table in ["provision_account", "deposit_interest_account"] {
        let version = alone.number(&format!("select max(version) from {table}"));
        assert!(version > 2, "{table}: it was posted again and again");
    }
    let workers = "select count(distinct request_id) from loan_log where event = 'interest_applied'
                    and booking_date > (select min(booking_date) from audit where door = 'end_of_day')";
    assert!(shared.number(workers) >= 2, "the work was shared");
    assert_eq!(alone.number(workers), 1);
    drop(servers);
    assert_sound(&shared);
}
