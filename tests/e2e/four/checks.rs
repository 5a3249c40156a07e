//! The eight cross-checks. Each says what it finds untrue: nothing of a book that is as it should be, and something
//! once a fault is put in: another product, a changed byte or row, an id that is not the one.
//!
//! More about each stands where its door is tested: the sample's figures and bytes in `marketplace::samples`,
//! `loan_performance::samples` and `repayment_data::sample`; rows in `rows`; batches in `loan_performance::batch`; loans
//! that are told twice in `repayment_data::rules`; ids in `marketplace::setup`; due days in `marketplace::dates`; shares
//! in `story` and `marketplace::servicing`.

use loam_tests::server::run;
use serde_json::{Value, json};

use super::{Four, name_of, on_both, rows, story};
use crate::book::{record, text, with};
use crate::marketplace::servicing::{LOANS, cents, content_of};
use crate::marketplace::{self, APPLICATIONS, Market, default_product};

const CUSTOMERS: &str = "/api/v1/loan-performance/customers";

/// A line for each figure that is not the expected one.
fn differing(figures: &[(&str, Value, Value)]) -> Vec<String> {
    let differs = figures.iter().filter(|(_, shown, expected)| shown != expected);
    differs.map(|(name, shown, expected)| format!("{name} is {shown} and not {expected}")).collect()
}

/// The sample's figures, as its answer prints them and its schedule follows from them.
fn wrong_figures(market: &Market, application: &Value) -> Vec<String> {
    let loan = text(&application["peer__Loan__c"]);
    let rows = market.caller.get(&format!("{LOANS}/amzSchedule/{loan}")).expect(200).json();
    let due: Vec<Value> = content_of(&rows).iter().map(|row| row["loan__Due_Amount__c"].clone()).collect();
    let interest: i64 = content_of(&rows).iter().map(|row| cents(&row["loan__Due_Interest__c"])).sum();
    let mut expected = vec![json!(1062.55); 9];
    expected.push(json!(1062.5));
    let shown = |member: &str| application[member].clone();
    differing(&[
        ("the requested amount", shown("peer__Requested_Loan_Amount__c"), json!(10200)),
        ("the monthly payment", shown("peer__Monthly_Payment__c"), json!(1062.55)),
        ("the time left", shown("peer__Time_Left__c"), json!("171 Days -11 Hours -32 Minutes")),
        ("the schedule", json!(due), json!(expected)),
        ("the interest", json!(interest), json!(42_545)),
    ])
}

#[test]
fn first_the_figures_of_the_sample_and_other_terms_are_found() {
    marketplace::on_both(|market| {
        assert_eq!(wrong_figures(market, &market.apply(&json!({}))), [""; 0]);
        let later = market.apply(&json!({"expiryDate": "2014-06-24"}));
        assert_eq!(wrong_figures(market, &later).len(), 1, "the time left");
        let dearer = market.apply(&json!({"interestRate": 9.01}));
        let found = wrong_figures(market, &dearer);
        assert!(found[0].starts_with("the monthly payment") && found.len() == 3, "{found:?}");
        let fee = json!({"marketplace": {"capitalizedFeePercent": "2.01"}});
        market.book.admin.patch("/loam/v1/loan-products/Default", &fee).expect(200);
        let found = wrong_figures(market, &market.apply(&json!({})));
        assert!(found[0].starts_with("the requested amount is 10201"), "{found:?}");
    });
}

/// Each sample with its method and path, and the status that is documented for it.
const SAMPLES: [(&str, &str, &str, u16); 4] = [
    (
        "POST",
        "/api/v1/loan-performance/customers/1/loans",
        include_str!("../../fixtures/loan_performance/upsert_loan/curl.json"),
        201,
    ),
    (
        "PUT",
        "/v1/api/clients/loans",
        include_str!("../../fixtures/repayment_data/add_loan_repayment_data.json"),
        200,
    ),
    ("POST", APPLICATIONS, include_str!("../../fixtures/marketplace/first_request.json"), 200),
    ("POST", APPLICATIONS, include_str!("../../fixtures/marketplace/second_request.json"), 200),
];

/// The samples, changed or not, that do not get the documented status.
fn refused_samples(four: &Four, change: impl Fn(&str) -> String) -> Vec<String> {
    let callers = [&four.own.0, &four.own.1, &four.market.caller, &four.market.caller];
    let send =
        |((method, path, body, status), caller): (&(&str, &str, &str, u16), &&loam_tests::http::Caller)| {
            let answer = caller.send(method, path, Some("application/json"), &change(body));
            (answer.status != *status).then(|| format!("{path}: {}", answer.status))
        };
    SAMPLES.iter().zip(&callers).filter_map(send).collect()
}

/// Whom and what the samples name.
fn known_to_samples(four: &Four) {
    let lead =
        json!({"loan_id": "lead", "lead_id": 7, "loan_amount": 75000, "applied_at": "2021-09-25T04:01:57Z"});
    four.own.0.post(CUSTOMERS, &json!({"customer_id": "1", "lead_loan": lead})).expect(201);
    let client = json!({"clientId": "60d21b4667d0d8992e610c85", "externalClientId": "1234567890"});
    four.own.1.post("/v1/api/clients", &client).expect(201);
    let admin = &four.market.book.admin;
    let product = json!({"id": "a8B6g000000gKyS", "productName": "Sample",
        "marketplace": {"dailyAccrual": "END_OF_DAY"}});
    record(admin, "loan-products", &with(default_product(), &product));
    admin.post("/loam/v1/borrower-accounts", &json!({"client": "8", "id": "0016g000007sR4d"})).expect(201);
}

#[test]
fn second_each_sample_gets_its_documented_status_and_a_changed_byte_is_found() {
    on_both(|four| {
        known_to_samples(four);
        assert_eq!(refused_samples(four, str::to_owned), [""; 0]);
        let spoilt = refused_samples(four, |body| body.replacen('"', "'", 1));
        assert_eq!(spoilt.len(), 4, "{spoilt:?}");
    });
}

#[test]
fn third_a_repaid_loan_matches_a_row_and_a_changed_row_is_found() {
    on_both(|four| {
        let loan = four.lend(&json!({}));
        four.pays_off(&loan);
        let row = || rows::row_of(&four.words(&loan));
        assert_eq!(row(), Some("13b"));
        let change = |from: &str, to: &str| {
            let sql = format!(
                "update loan_account set state = replace(state, '{from}', '{to}') where id = '{loan}'"
            );
            four.market.book.database.execute(&sql);
        };
        change("repaid", "refinanced");
        assert_eq!(row(), None, "{:?}", four.words(&loan));
        change("refinanced", "repaid");
        assert_eq!(row(), Some("13b"));
    });
}

fn customers(count: usize, bad: &[usize]) -> Value {
    let customer = |n: usize| {
        let amount = if bad.contains(&n) { json!("750.5") } else { json!(75000) };
        let loan = json!({"loan_id": format!("L{n}"), "lead_id": 7, "loan_amount": amount, "is_lead_loan": true,
            "applied_at": "2021-09-25T04:01:57Z"});
        json!({"customer_id": format!("C{n}"), "loans": [loan]})
    };
    json!({"customers": (0..count).map(customer).collect::<Vec<_>>()})
}

/// What is not as of a batch of a thousand with three bad ones.
fn wrong_batch(four: &Four, customers: &Value) -> Vec<String> {
    let before = four.market.book.rows("reported_loan");
    let caller = four.own.0.clone().with_header("prefer", "return=representation");
    let answer = caller.post(&format!("{CUSTOMERS}/batch"), customers);
    let body = answer.json();
    let stored = four.market.book.rows("reported_loan") - before;
    differing(&[
        ("the status", json!(answer.status), json!(200)),
        ("what was taken", body["processed"].clone(), json!(997)),
        ("what was left out", json!(body["skipped"].as_array().map(Vec::len)), json!(3)),
        ("what was stored", json!(stored), json!(997)),
    ])
}

#[test]
fn fourth_997_of_a_thousand_are_stored_and_a_fourth_bad_one_is_found() {
    on_both(|four| {
        let fourth = wrong_batch(four, &customers(1000, &[3, 500, 700, 999]));
        assert_eq!(fourth.len(), 3, "{fourth:?}");
        let too_many = wrong_batch(four, &customers(1001, &[3, 500, 999]));
        assert!(
            too_many[0].starts_with("the status is 422") && too_many[3].contains("is 0 "),
            "{too_many:?}"
        );
    });
    on_both(|four| assert_eq!(wrong_batch(four, &customers(1000, &[3, 500, 999])), [""; 0]));
}

/// What is not as of one loan that was told twice, by the two answers.
fn wrong_repetition(first: &Value, second: &Value) -> Vec<String> {
    let loans = |answer: &Value| answer["data"]["loans"].as_array().expect("a list").clone();
    let (before, after) = (loans(first), loans(second));
    let newest = after.last().expect("a loan");
    let is_newer = text(&newest["lastModifiedAt"]) > text(&before[0]["lastModifiedAt"]);
    differing(&[
        ("how many there are", json!(after.len()), json!(1)),
        ("the id", newest["_id"].clone(), before[0]["_id"].clone()),
        ("whether it is newer", json!(is_newer), json!(true)),
    ])
}

#[test]
fn fifth_a_loan_that_is_told_twice_is_one_and_another_one_is_found() {
    on_both(|four| {
        known_to_samples(four);
        let sample = SAMPLES[1].2;
        let put = |body: &str| {
            // Somebody else's change comes between, so that the clock has moved.
            let other = json!({"externalClientId": format!("between-{}", body.len())});
            let _known_or_new = four.own.1.post("/v1/api/clients", &other);
            four.own.1.send("PUT", SAMPLES[1].1, Some("application/json"), body).expect(200).json()
        };
        let (first, second) = (put(sample), put(sample));
        assert_eq!(wrong_repetition(&first, &second), [""; 0]);
        assert_eq!(wrong_repetition(&second, &second).len(), 1, "it is not newer than itself");
        let renamed = put(&sample.replace("loan_12345", "loan_54321"));
        assert_eq!(wrong_repetition(&second, &renamed).len(), 2, "another loan");
    });
}

/// Why two ids are not of one loan account; none when they are.
fn other_record(four: &Four, id: &str, other: &str) -> Option<String> {
    let read = |id: &str| four.market.caller.get(&format!("{LOANS}/{id}")).json()["content"][0]["Id"].clone();
    let (one, another) = (read(id), read(other));
    (one.is_null() || one != another).then(|| format!("{id} is {one}, and {other} is {another}"))
}

#[test]
fn sixth_both_lengths_of_an_id_name_one_record_and_a_wrong_checksum_is_found() {
    on_both(|four| {
        let long = text(&four.apply(&json!({}))["peer__Loan__c"]);
        assert_eq!(other_record(four, &long[..15], &long), None);
        let wrong = if long.ends_with('A') { "B" } else { "A" };
        let wrong = format!("{}{wrong}", &long[..17]);
        assert!(other_record(four, &long[..15], &wrong).is_some_and(|why| why.ends_with("is null")));
        let next = text(&four.apply(&json!({}))["peer__Loan__c"]);
        assert!(other_record(four, &long[..15], &next).is_some(), "another loan");
    });
}

/// From a loan of three months on each of these days: what falls due in February and around it.
const DUE_DAYS: [(&str, [&str; 3]); 3] = [
    ("2014-01-10", ["2014-02-28", "2014-03-31", "2014-04-30"]),
    ("2015-12-31", ["2016-01-31", "2016-02-29", "2016-03-31"]),
    ("2099-12-31", ["2100-01-31", "2100-02-28", "2100-03-31"]),
];

fn wrong_due_days(four: &Four, due_day: i64) -> Vec<String> {
    let shown = |disbursal: &str| {
        let asked = json!({"dueDay": due_day, "disbursalDate": disbursal});
        let loan = name_of(&four.market.apply(&with(json!({"term": 3}), &asked)));
        let rows = four.market.caller.get(&format!("{LOANS}/amzSchedule/{loan}")).expect(200).json();
        content_of(&rows).iter().map(|row| row["loan__Due_Date__c"].clone()).collect::<Value>()
    };
    differing(&DUE_DAYS.map(|(disbursal, expected)| (disbursal, shown(disbursal), json!(expected))))
}

#[test]
fn seventh_a_due_day_of_31_is_kept_over_february_and_another_day_is_found() {
    on_both(|four| {
        assert_eq!(wrong_due_days(four, 31), [""; 0]);
        assert_eq!(wrong_due_days(four, 30).len(), 3);
    });
}

#[test]
fn eighth_shares_add_up_to_the_payment_and_a_cent_too_much_is_found() {
    on_both(|four| {
        let loan = story::paid_out(four);
        let paid = || {
            let (before, _) = story::look(four, &loan);
            let payment = cents(&four.pays(&loan, "100.01")["loan__Transaction_Amount__c"]);
            let (after, mut found) = story::look(four, &loan);
            found.extend(differing(&[("what the investors got", json!(after - before), json!(payment))]));
            found
        };
        assert_eq!(paid(), [""; 0]);
        // All is credited then.
        four.market.book.close_days("2014-01-04");
        let (investor, _) = story::PARTS[0];
        let balance = cents(&json!(four.market.balances(investor)[0]));
        let change = |from: i64, to: i64| {
            let sql = format!(
                "update savings_account set body = replace(body, '\"balance\":{from},', '\"balance\":{to},')
                  where id = '{investor}'"
            );
            four.market.book.database.execute(&sql);
        };
        change(balance, balance + 1);
        let (_, found) = story::look(four, &loan);
        assert!(found[0].contains(investor) && found.len() == 3, "statement, order and journal: {found:?}");
        assert_eq!(run(&four.market.book.database, &["check"]).status.code(), Some(1), "check finds it too");
        change(balance + 1, balance);
        assert_eq!(paid(), [""; 0]);
    });
}
