//! How the door says no to what it does not serve, and what every answer carries.

use loam_tests::http::Caller;
use serde_json::json;

use super::lender::{CUSTOMERS, loan, on_both};

#[test]
fn paths_that_are_not_served_are_not_found() {
    on_both(|lender| {
        for path in [
            "/api/v1/loan-performance",
            "/api/v1/loan-performance/customers/1/collections",
            "/api/v1/loan-performance/returns",
            "/api/v1/lead-processing",
            "/api/v1/lead-processing/lead-post",
            "/api/v1/lead-data",
            "/api/v1/lead-data/leads",
            "/oauth/clients",
        ] {
            for caller in [&lender.caller, &Caller::anonymous(&lender.server.base)] {
                let answer = caller.get(path);
                assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})), "{path}");
            }
        }
    });
}

#[test]
fn other_methods_are_not_allowed() {
    on_both(|lender| {
        lender.open();
        for (method, path, allowed) in [
            ("GET", CUSTOMERS.to_owned(), "POST"),
            ("DELETE", format!("{CUSTOMERS}/1"), "GET"),
            ("GET", format!("{CUSTOMERS}/batch"), "POST"),
            ("PUT", format!("{CUSTOMERS}/1/loans"), "POST"),
            ("PATCH", format!("{CUSTOMERS}/1/loans/A"), "GET"),
            ("DELETE", format!("{CUSTOMERS}/1/payments"), "POST"),
            ("GET", "/api/v1/lead-processing/dry-run".to_owned(), "POST"),
            ("POST", "/api/v1/lead-data/lead-ids".to_owned(), "GET"),
            ("GET", "/oauth/token".to_owned(), "POST"),
        ] {
            let answer = lender.caller.send(method, &path, None, "");
            assert_eq!(answer.status, 405, "{method} {path}");
            assert!(
                answer.json()["message"].as_str().is_some_and(|message| message.contains("not supported"))
            );
            assert!(
                answer.header("allow").is_some_and(|methods| methods.contains(allowed)),
                "{method} {path}"
            );
        }
    });
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    on_both(|lender| {
        let body = format!("{{\"loan_id\": \"{}\"}}", "x".repeat(10_000_000));
        for path in [format!("{CUSTOMERS}/1/loans"), format!("{CUSTOMERS}/batch"), "/oauth/token".to_owned()]
        {
            let answer = lender.caller.send("POST", &path, Some("application/json"), &body);
            assert_eq!(answer.status, 413, "{path}");
            assert!(answer.json()["message"].is_string(), "{path}");
        }
    });
}

/// Whoever is refused before the body was read still gets the answer, and keeps the connection.
#[test]
fn a_body_that_nobody_wants_is_taken_in() {
    on_both(|lender| {
        let body = format!("{{\"loan_id\": \"{}\"}}", "x".repeat(1_000_000));
        let anonymous = Caller::anonymous(&lender.server.base);
        for _ in 0..5 {
            for (caller, path, status) in [
                (&anonymous, format!("{CUSTOMERS}/1/loans"), 401),
                (&lender.caller, format!("{CUSTOMERS}/1/collections"), 404),
                (&lender.caller, format!("{CUSTOMERS}/1"), 405),
                (&anonymous, "/oauth/clients".to_owned(), 404),
            ] {
                assert_eq!(
                    caller.send("POST", &path, Some("application/json"), &body).status,
                    status,
                    "{path}"
                );
            }
        }
    });
}

#[test]
fn every_answer_is_json_with_a_request_id() {
    on_both(|lender| {
        lender.open();
        let traced = lender.caller.clone().with_header("x-request-id", "trace-1");
        for answer in [
            traced.post(&format!("{CUSTOMERS}/1/loans"), &loan("B")),
            traced.post(&format!("{CUSTOMERS}/1/loans"), &json!({})),
            traced.get(&format!("{CUSTOMERS}/1/")),
            traced.get(&format!("{CUSTOMERS}/2")),
        ] {
            assert_eq!(answer.header("content-type"), Some("application/json"), "{}", answer.text);
            assert_eq!(answer.header("x-request-id"), Some("trace-1"));
        }
        let reports =
            "select count(*) from loan_report where request_id = 'trace-1' and door = 'loan_performance'";
        assert_eq!(lender.database.number(reports), 1);
    });
}

#[test]
fn requests_and_reports_are_counted_by_door() {
    on_both(|lender| {
        lender.open();
        lender.invalid(
            "/1/loans",
            &json!({"lead_id": 1, "loan_amount": 1, "loan_id": "B"}),
            &json!({"applied_at": ["The applied at field is required."]}),
        );
        let metrics = Caller::anonymous(&lender.server.base).get("/metrics").expect(200).text;
        for line in [
            "loam_requests_total{door=\"loan_performance\",status=\"422\"} 1",
            "loam_commands_total{command=\"report customer\",outcome=\"done\"} 1",
        ] {
            assert!(metrics.contains(line), "{line} is not in {metrics}");
        }
    });
}
