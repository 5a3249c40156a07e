//! The contract's own sample request, byte for byte as each of the clients that it is printed for
//! sends it.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use super::lender::{CUSTOMERS, Lender, on_both, token, with};

const CURL: &str = include_str!("../../fixtures/loan_performance/upsert_loan/curl.json");
/// As `JSON.stringify` and `json_encode` write it.
const COMPACT: &str = include_str!("../../fixtures/loan_performance/upsert_loan/compact.json");
const REQUESTS: &str = include_str!("../../fixtures/loan_performance/upsert_loan/requests.json");

type Headers = [(&'static str, &'static str)];

/// Name, body, and the headers that the client adds to those of the sample.
const CLIENTS: [(&str, &str, &Headers); 4] = [
    ("curl", CURL, &[("user-agent", "curl/8.14.1")]),
    (
        "fetch",
        COMPACT,
        &[
            ("user-agent", "node"),
            ("accept-language", "*"),
            ("sec-fetch-mode", "cors"),
            ("accept-encoding", "gzip, deflate"),
        ],
    ),
    ("guzzle", COMPACT, &[("user-agent", "GuzzleHttp/7")]),
    (
        "requests",
        REQUESTS,
        &[
            ("user-agent", "python-requests/2.32.3"),
            ("accept-encoding", "gzip, deflate"),
            ("connection", "keep-alive"),
        ],
    ),
];

fn send(lender: &Lender, headers: &[(&str, &str)], body: &str) -> loam_tests::http::Answer {
    let bearer = format!("Bearer {}", token(&lender.server, &lender.client));
    let sample = [("authorization", bearer.as_str()), ("accept", "application/json")];
    let caller = Caller::anonymous(&lender.server.base);
    let caller =
        sample.iter().chain(headers).fold(caller, |caller, (name, value)| caller.with_header(name, value));
    caller.send("POST", &format!("{CUSTOMERS}/1/loans"), Some("application/json"), body)
}

#[test]
fn the_sample_is_taken_from_each_client() {
    on_both(|lender| {
        lender.report("", &super::lender::customer("1", "lead"), 201);
        for (name, body, headers) in CLIENTS {
            println!("{name}");
            let body = body.trim_end().replace("{LOAN_ID}", &format!("LMS-{name}"));
            let first = send(lender, headers, &body);
            assert_eq!((first.status, first.text.as_str()), (201, "null"));
            assert_eq!(first.header("content-type"), Some("application/json"));
            let second = send(lender, headers, &body);
            assert_eq!((second.status, second.text.as_str()), (200, "null"));
            let shown = lender.shown(&format!("/1/loans/LMS-{name}"));
            for (member, sent) in
                serde_json::from_str::<Value>(&body).expect("JSON").as_object().expect("an object")
            {
                assert_eq!(shown[member], *sent, "{member}");
            }
        }
        assert_eq!(lender.shown("/1")["loan_count"], 5);
    });
}

/// A placeholder that nobody replaced is an id like any other.
#[test]
fn the_sample_is_taken_as_it_is_printed_and_its_contradictions_are_noted() {
    on_both(|lender| {
        lender.report("", &super::lender::customer("1", "lead"), 201);
        assert_eq!(send(lender, &[], CURL.trim_end()).status, 201);
        let shown = lender.shown("/1/loans/%7BLOAN_ID%7D");
        assert_eq!(shown["loan_id"], "{LOAN_ID}");
        assert_eq!(shown["origination"], "Not Originated", "it was withdrawn");
        let kinds: Vec<&Value> =
            shown["anomalies"].as_array().expect("a list").iter().map(|anomaly| &anomaly["kind"]).collect();
        assert_eq!(kinds, ["date_anomaly", "date_anomaly"]);
    });
}

#[test]
fn a_customer_must_be_known_before_the_sample_is_sent() {
    on_both(|lender| {
        let unknown = send(lender, &[], CURL.trim_end());
        assert_eq!((unknown.status, unknown.json()), (404, json!({"message": "Not Found"})));
        assert_eq!(lender.count("reported_loan"), 0);
    });
}

/// What the pages of the other upserts list, with a value for every member.
#[test]
fn every_member_that_the_contract_lists_is_taken_and_shown() {
    on_both(|lender| {
        let lead_loan = json!({"loan_id": "A", "lead_id": 1, "application_type": "Returning", "loan_type": "Line Of Credit",
            "loan_status": "Past Due", "loan_amount": 75000, "funded_amount": 35000,
            "first_payment_date": "2021-09-25", "applied_at": "2021-09-25T04:01:57Z"});
        lender.report("", &json!({"customer_id": "1", "lead_loan": lead_loan}), 201);
        let payment = json!({"payment_id": "P", "payment_amount": 5000, "payment_type": "Makeup Payment",
            "payment_mode": "ACH Collection", "payment_status": "Returned", "principal": 4000, "interest": 900,
            "fees": 100, "bank_routing_number": "021000021", "return_code": "R01",
            "returned_at": "2021-10-25T04:01:57Z", "fail_code": "51", "failed_at": "2021-10-26T04:01:57Z",
            "payment_at": "2021-10-24T04:01:57Z"});
        let sent = with(
            payment.clone(),
            json!({"loan_id": "A", "lead_id": 1, "management_system_id": 1,
            "bank_account_number": "000123456789"}),
        );
        lender.report("/1/payments", &sent, 201);
        let loan = lender.shown("/1/loans/A");
        let paid = lender.shown("/1/payments")[0].clone();
        for (shown, sent) in [(&loan, &lead_loan), (&paid, &payment)] {
            for (member, value) in sent.as_object().expect("an object") {
                assert_eq!(shown[member], *value, "{member}");
            }
        }
        assert_eq!(paid["bank_account_number"], "********6789");
    });
}
