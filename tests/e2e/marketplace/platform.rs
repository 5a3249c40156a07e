//! What is answered before an operation is reached: the platform's array.

use loam_tests::http::{Answer, Caller};
use loam_tests::server::PASSWORD;
use serde_json::json;

use super::{APPLICATIONS, caller_with, on_both, sample};

#[track_caller]
fn assert_platform(answer: &Answer, status: u16, code: &str) {
    let body = answer.json();
    assert_eq!((answer.status, body[0]["errorCode"].as_str()), (status, Some(code)), "{body}");
    let members = body[0].as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        (members.as_slice(), body.as_array().map(Vec::len)),
        (["errorCode", "message"].map(String::from).as_slice(), Some(1))
    );
}

#[test]
fn without_a_valid_token_nothing_is_said() {
    on_both(|market| {
        let base = &market.book.server.base;
        let token = |value: &str| Caller::anonymous(base).with_header("authorization", value);
        for stranger in [
            Caller::anonymous(base),
            token("Bearer nonsense"),
            token(&format!("Bearer {}", "0".repeat(96))),
            Caller::basic(base, "admin", PASSWORD),
        ] {
            for answer in [
                stranger.post(APPLICATIONS, &sample()),
                stranger.get(&format!("{APPLICATIONS}?borrowerId=001G000001KY8by")),
                stranger.send("PUT", &format!("{APPLICATIONS}/reject/APP-00000001"), None, ""),
                stranger.get("/services/apexrest/peer/v1/investmentOrders"),
                stranger.delete(APPLICATIONS),
            ] {
                let expected =
                    json!([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]);
                assert_eq!((answer.status, answer.json()), (401, expected));
            }
        }
        assert_eq!(market.book.rows("application"), 0);
    });
}

#[test]
fn a_client_needs_the_scope() {
    on_both(|market| {
        let with_scopes = |scopes: &[&str]| caller_with(&market.book.server.base, &market.book.admin, scopes);
        // Without scopes a client may do everything of another contract.
        for scopes in [&["lead-data"][..], &["book", "loan-performance"], &[]] {
            let answer = with_scopes(scopes).post(APPLICATIONS, &sample());
            assert_platform(&answer, 403, "FORBIDDEN");
        }
        with_scopes(&["book", "marketplace"]).post(APPLICATIONS, &sample()).expect(200);
    });
}

#[test]
fn sibling_operations_that_are_not_served_are_not_found() {
    on_both(|market| {
        for path in [
            "bookingOrders",
            "investmentOrders/a1JG00000050a2J/sell",
            "accounts/getLenderStatement",
            "loanApplications/a2qG00000009OoJ",
            "",
        ] {
            let path = format!("/services/apexrest/peer/v1/{path}");
            assert_platform(&market.caller.get(&path), 404, "NOT_FOUND");
            assert_platform(&market.caller.post(&path, &json!({})), 404, "NOT_FOUND");
        }
        for path in ["/services", "/services/data/v30.0/sobjects/Contact", "/services/apexrest/other"] {
            assert_platform(&market.caller.get(path), 404, "NOT_FOUND");
        }
    });
}

#[test]
fn another_method_is_not_allowed() {
    on_both(|market| {
        for (method, path) in [
            ("DELETE", APPLICATIONS.to_owned()),
            ("PATCH", APPLICATIONS.to_owned()),
            ("PUT", APPLICATIONS.to_owned()),
            ("GET", format!("{APPLICATIONS}/reject/APP-00000001")),
            ("GET", format!("{APPLICATIONS}/reject")),
        ] {
            assert_platform(&market.caller.send(method, &path, None, ""), 405, "METHOD_NOT_ALLOWED");
        }
    });
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    on_both(|market| {
        let body = format!("{{\"purpose\":\"{}\"}}", "x".repeat(10_000_000));
        let answer = market.caller.send("POST", APPLICATIONS, Some("application/json"), &body);
        assert_platform(&answer, 413, "REQUEST_TOO_LARGE");
    });
}

#[test]
fn a_client_with_a_limit_is_told_when_it_is_exceeded() {
    on_both(|market| {
        let admin = &market.book.admin;
        let id = admin.get("/loam/v1/api-clients").expect(200).json()[0]["clientId"].clone();
        let path = format!("/loam/v1/api-clients/{}", crate::book::text(&id));
        admin.patch(&path, &json!({"requestsPerMinute": 1})).expect(200);
        market.apply(&json!({}));
        assert_platform(&market.post(&sample()), 403, "REQUEST_LIMIT_EXCEEDED");
    });
}
