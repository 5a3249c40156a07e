//! The contract's samples, byte for byte, and what their answers show.

use serde_json::{Value, json};

use super::{APPLICATIONS, Market, content, default_product, on_both, sample};
use crate::book::{record, text, with};

const FIRST_REQUEST: &str = include_str!("../../fixtures/marketplace/first_request.json");
const FIRST_RESPONSE: &str = include_str!("../../fixtures/marketplace/first_response.json");
const SECOND_REQUEST: &str = include_str!("../../fixtures/marketplace/second_request.json");

/// Members whose values this book makes itself, with the beginnings of their ids.
const OWN_IDS: [(&str, &str); 4] =
    [("Id", "a2q"), ("peer__Loan__c", "a1W"), ("CreatedById", "005"), ("LastModifiedById", "005")];

fn send(market: &Market, body: &str) -> Value {
    let answer = market.caller.send("POST", APPLICATIONS, Some("application/json"), body).expect(200);
    let kind = answer.header("content-type").map(|kind| kind.starts_with("application/json"));
    assert_eq!(kind, Some(true));
    for (member, number) in
        [("peer__Requested_Loan_Amount__c", "10200,"), ("peer__Monthly_Payment__c", "1062.55,")]
    {
        assert!(answer.text.contains(&format!("\"{member}\":{number}")), "{member} in {}", answer.text);
    }
    content(&answer)
}

/// Panics unless the application shows what the contract's answer does, ids of its own aside.
#[track_caller]
fn assert_is_the_sample(got: &Value, but: &[&str]) {
    let expected: Value = serde_json::from_str(FIRST_RESPONSE).expect("the sample is JSON");
    let expected = expected["content"][0].as_object().expect("the sample has one application");
    let got = got.as_object().expect("an application is an object");
    let names = |of: &serde_json::Map<String, Value>| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(got), names(expected));
    for (member, value) in expected.iter().filter(|(member, _)| !but.contains(&member.as_str())) {
        let own = OWN_IDS.iter().find(|(name, _)| name == member);
        let shown = &got[member];
        match (member.as_str(), own) {
            (_, Some((_, prefix))) => assert_foreign_id(shown, prefix),
            ("Name", None) => assert!(is_name(&text(shown)), "{shown}"),
            ("attributes", None) => {
                let url =
                    format!("/services/data/v30.0/sobjects/peer__Loan_Application__c/{}", text(&got["Id"]));
                assert_eq!(*shown, json!({"type": value["type"], "url": url}));
            }
            (_, None) => assert_eq!(shown, value, "{member}"),
        }
    }
}

fn is_name(name: &str) -> bool {
    name.strip_prefix("APP-").is_some_and(|n| n.len() == 8 && n.bytes().all(|b| b.is_ascii_digit()))
}

#[track_caller]
fn assert_foreign_id(id: &Value, prefix: &str) {
    let id = text(id);
    assert!(id.len() == 18 && id.starts_with(prefix) && id.is_ascii(), "{id} does not begin with {prefix}");
}

/// The sample request names no day of disbursal, and its answer shows one that follows from nothing
/// in it: the rest is the same, and the dates count from the business date.
#[test]
fn the_first_sample_is_answered_as_printed_but_for_the_dates_it_does_not_send() {
    on_both(|market| {
        let dates = [
            "peer__Disbursal_Date__c",
            "peer__First_Payment_Date__c",
            "peer__Expiry_Date__c",
            "peer__Time_Left__c",
            "peer__Amount_Time_Left__c",
        ];
        let got = send(market, FIRST_REQUEST);
        assert_is_the_sample(&got, &dates);
        let shown = dates.map(|member| text(&got[member]));
        let expected = [
            "2014-01-03",
            "2014-02-03",
            "2014-01-03T00:00:00.000+0000",
            "0 Days -11 Hours -32 Minutes",
            "$10200 / 0 Days -11 Hours -32 Minutes",
        ];
        assert_eq!(shown, expected);
    });
}

#[test]
fn with_the_day_of_disbursal_every_member_is_the_one_that_is_printed() {
    on_both(|market| {
        let request = FIRST_REQUEST
            .replace("\"createSchedule\":1", "\"createSchedule\":1,\"disbursalDate\":\"2014-06-23\"");
        assert_is_the_sample(&send(market, &request), &[]);
    });
}

#[test]
fn the_second_sample_is_taken_as_it_is_sent() {
    on_both(|market| {
        let product = json!({"id": "a8B6g000000gKyS", "productName": "Sample",
            "marketplace": {"dailyAccrual": "END_OF_DAY"}});
        record(&market.book.admin, "loan-products", &with(default_product(), &product));
        let account = json!({"client": "8", "id": "0016g000007sR4d"});
        market.book.admin.post("/loam/v1/borrower-accounts", &account).expect(201);
        let answer =
            market.caller.send("POST", APPLICATIONS, Some("application/json"), SECOND_REQUEST).expect(200);
        let got = content(&answer);
        assert!(text(&got["peer__Borrower__c"]).starts_with("0016g000007sR4d"));
        assert!(text(&got["peer__Loan_Purpose_1__c"]).starts_with("a1h6g000000abcd"));
        for (member, value) in [
            ("peer__Requested_Loan_Amount__c", json!(10000)),
            ("peer__Interest_Rate__c", json!(10)),
            ("peer__Term__c", json!(10)),
            ("peer__Disbursal_Date__c", json!("2017-08-01")),
            ("peer__First_Payment_Date__c", json!("2017-09-01")),
            ("peer__Loan__c", Value::Null),
        ] {
            assert_eq!(got[member], value, "{member}");
        }
        let to_date = with(
            serde_json::from_str(SECOND_REQUEST).expect("the sample is JSON"),
            &json!({"eodAccrualType": "Accrual To Date"}),
        );
        let to_date = content(&market.post(&to_date).expect(200));
        assert_eq!(to_date["peer__Monthly_Payment__c"], json!(1046.4), "one day of interest less");
        assert_ne!(got["peer__Monthly_Payment__c"], to_date["peer__Monthly_Payment__c"]);
    });
}

/// Nine times 1062.55 and 1062.50 at last: interest of 425.45 on 10200, of which the borrower gets 10000.
#[test]
fn the_account_of_an_application_is_serviced_like_any_other() {
    on_both(|market| {
        let application = market.apply(&json!({"disbursalDate": null}));
        let loan = text(&application["Name"]).replace("APP-", "LAI-");
        let book = &market.book;
        assert_eq!(book.loan(&loan)["accountState"], "PENDING_APPROVAL");
        assert_eq!(book.loan(&loan)["loanAmount"], "10200");
        book.act(&loan, "type=APPROVAL");
        book.act(&loan, "type=DISBURSEMENT");
        let rows = book.repayments(&loan);
        let figure = |row: &Value, member: &str| -> i64 {
            let shown = text(&row[member]);
            let (whole, cents) = shown.split_once('.').unwrap_or((&shown, "0"));
            let cents = format!("{cents:0<2}");
            whole.parse::<i64>().expect("digits") * 100 + cents.parse::<i64>().expect("digits")
        };
        let totals: Vec<i64> =
            rows.iter().map(|row| figure(row, "principalDue") + figure(row, "interestDue")).collect();
        assert_eq!(totals, [[1_062_55; 9].as_slice(), &[1_062_50]].concat());
        assert_eq!(rows.iter().map(|row| figure(row, "interestDue")).sum::<i64>(), 425_45);
        assert!(text(&rows[0]["dueDate"]).starts_with("2014-02-03"), "{}", rows[0]);
        let paid_out = "select cast(sum(case when credit = 'fund_source' then amount_minor else -amount_minor end) as bigint)
                          from journal_transfer where credit = 'fund_source' or debit = 'fund_source'";
        assert_eq!(book.database.number(paid_out), 10_000_00);
    });
}

#[test]
fn a_repeated_application_with_its_key_leaves_one() {
    on_both(|market| {
        let retrying = market.caller.clone().with_header("idempotency-key", "application-1");
        let first = retrying.post(APPLICATIONS, &sample()).expect(200);
        let second = retrying.post(APPLICATIONS, &sample()).expect(200);
        assert_eq!(first.text, second.text);
        assert_eq!(market.book.rows("application"), 1);
        assert_eq!(market.book.rows("loan_account"), 1);
        let other = retrying.post(APPLICATIONS, &with(sample(), &json!({"amount": 5000})));
        super::assert_failed(&other, 409, "INVALID_INPUT", "the idempotency key was used with other content");
        market.post(&sample()).expect(200);
        assert_eq!(market.book.rows("application"), 2, "without a key it is another application");
    });
}

#[test]
fn many_repetitions_at_once_leave_one_too() {
    on_both(|market| {
        let send = || {
            let retrying = market.caller.clone().with_header("idempotency-key", "at once");
            retrying.post(APPLICATIONS, &sample()).expect(200).text
        };
        let answers: Vec<String> = std::thread::scope(|scope| {
            let sent: Vec<_> = (0..20).map(|_| scope.spawn(send)).collect();
            sent.into_iter().map(|answer| answer.join().expect("each is answered")).collect()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!([market.book.rows("application"), market.book.rows("loan_account")], [1, 1]);
    });
}

#[test]
fn figures_may_be_numbers_or_texts() {
    on_both(|market| {
        for changes in [
            json!({"amount": "10000", "term": "10", "interestRate": "9", "createSchedule": "1"}),
            json!({"amount": 10000.00, "interestRate": 9.0}),
        ] {
            let got = market.apply(&changes);
            assert_eq!(got["peer__Monthly_Payment__c"], json!(1062.55), "{changes}");
        }
        let request = FIRST_REQUEST.replace("10000", "1e4");
        assert_eq!(send(market, &request)["peer__Requested_Loan_Amount__c"], json!(10200));
    });
}

#[test]
fn fees_of_protection_are_requested_too() {
    on_both(|market| {
        let got = market.apply(&json!({"protectType": "Full", "protectFeePercent": 1.5,
            "protectWaiverType": "Principal and Interest"}));
        assert_eq!(got["peer__Requested_Loan_Amount__c"], json!(10350));
        let loan = text(&got["Name"]).replace("APP-", "LAI-");
        assert_eq!(market.book.loan(&loan)["loanAmount"], "10350");
    });
}
