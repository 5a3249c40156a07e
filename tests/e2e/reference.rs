//! The API reference, and what operators ask: no credentials are needed for any of it.

use std::collections::BTreeSet;

use loam_tests::http::Caller;
use serde_json::Value;

use crate::book::on_both;
use crate::savings::{filled, savings_product};

/// What every operation needs; a test of its own holds it beside the routes that are mounted.
const PERMISSIONS: &str = include_str!("../../docs/permissions.md");

/// What is served and stands in no reference: the reference itself, what operators ask, reading without `/api` in
/// the path, and a rejection that names no application.
const UNDESCRIBED: [&str; 16] = [
    "GET /docs",
    "GET /docs/docs.css",
    "GET /docs/docs.js",
    "GET /healthz",
    "GET /metrics",
    "GET /openapi.json",
    "GET /readyz",
    "GET /v1/analytics/loan-settlement-stats",
    "GET /v1/analytics/loan-stats",
    "GET /v1/analytics/stats",
    "GET /v1/clients",
    "GET /v1/clients/phones",
    "GET /v1/clients/{}",
    "GET /v1/clients/{}/phones/{}",
    "POST /services/apexrest/peer/v1/loanApplications/reject",
    "PUT /services/apexrest/peer/v1/loanApplications/reject",
];

/// The operations of a document, with `{}` for each parameter.
fn described(document: &Value) -> BTreeSet<String> {
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("a document has paths") {
        let path = plain(path);
        for method in item.as_object().expect("a path has operations").keys() {
            operations.insert(format!("{} {path}", method.to_ascii_uppercase()));
        }
    }
    operations
}

/// The operations that `docs/permissions.md` lists.
fn listed() -> BTreeSet<String> {
    let rows = PERMISSIONS.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let operations = rows.filter(|cells| cells.len() == 7 && cells[2].starts_with("`/"));
    operations.map(|cells| format!("{} {}", cells[1], plain(cells[2].trim_matches('`')))).collect()
}

/// A path without the names of what stands in it.
fn plain(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[test]
fn the_reference_lists_exactly_the_routes_that_are_served() {
    on_both(|book| {
        let anonymous = Caller::anonymous(&book.server.base);
        let answer = anonymous.get("/openapi.json").expect(200);
        assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")));
        let document = answer.json();
        assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
        let described = described(&document);
        let unlisted: Vec<_> = described.difference(&listed()).cloned().collect();
        assert!(unlisted.is_empty(), "described, and not in docs/permissions.md: {unlisted:?}");
        let undescribed: Vec<_> = listed().difference(&described).cloned().collect();
        assert_eq!(undescribed, UNDESCRIBED, "served, and not described");
        for operation in &described {
            let (method, path) = operation.split_once(' ').expect("METHOD PATH");
            let answer = book.admin.send(
                method,
                &path.replace("documents/{}", "documents/SIGNATURE").replace("{}", "X"),
                None,
                "",
            );
            let body = answer.json();
            let code = &body["returnCode"];
            assert!(*code != 3 && *code != 5 && *code != 19, "{operation} is listed and not served: {body}");
            assert!(answer.status != 405 && answer.status != 500, "{operation}: {body}");
        }
    });
}

#[test]
fn the_reference_page_works_without_a_network() {
    on_both(|book| {
        let anonymous = Caller::anonymous(&book.server.base);
        let page = anonymous.get("/docs").expect(200);
        assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
        assert!(page.text.to_ascii_lowercase().contains("<html"), "{}", page.text);
        let mut files = 0;
        for attribute in page
            .text
            .split(['"', '\''])
            .filter(|text| text.starts_with("/docs/") || text.starts_with("docs/"))
        {
            let file = anonymous.get(&format!("/{}", attribute.trim_start_matches('/'))).expect(200);
            assert_names_nothing_foreign(&file.text);
            files += 1;
        }
        assert!(files > 0, "the page has a script: {}", page.text);
        assert_names_nothing_foreign(&page.text);
        let policy = page.header("content-security-policy").expect("the page has a policy");
        assert!(policy.contains("default-src 'none'") || policy.contains("default-src 'self'"), "{policy}");
    });
}

/// Panics where a text loads something from another origin.
#[track_caller]
fn assert_names_nothing_foreign(text: &str) {
    for foreign in
        ["src=\"http", "href=\"http", "src=\"//", "href=\"//", "url(http", "import \"http", "fetch(\"http"]
    {
        assert!(!text.contains(foreign), "{foreign} in {text}");
    }
}

#[test]
fn operators_see_life_readiness_and_figures() {
    on_both(|book| {
        book.lend("L");
        book.try_act("L", "type=REPAYMENT&amount=-1").expect_refusal(400, 101, "INVALID_AMOUNT");
        let anonymous = Caller::anonymous(&book.server.base);
        anonymous.get("/healthz").expect(200);
        anonymous.get("/readyz").expect(200);
        let figures = anonymous.get("/metrics").expect(200).text;
        let value = |wanted: &[&str]| -> i64 {
            let lines = figures.lines().filter(|line| wanted.iter().all(|part| line.contains(part)));
            lines.filter_map(|line| line.rsplit(' ').next()?.parse::<i64>().ok()).sum()
        };
        assert!(value(&["loam_requests_total", "loan_accounts", "\"201\""]) >= 4, "{figures}");
        assert!(value(&["loam_requests_total", "loan_accounts", "\"400\""]) >= 1, "{figures}");
        assert!(value(&["loam_commands_total", "\"done\""]) >= 10, "{figures}");
        assert!(value(&["loam_commands_total", "\"refused\""]) >= 1, "{figures}");
        assert!(value(&["loam_request_duration_seconds_count"]) >= 10, "{figures}");
        assert!(!figures.contains("Lima"), "no names among the figures");
    });
}

#[test]
fn every_answer_carries_a_request_id() {
    on_both(|book| {
        let own = book.admin.get("/api/loans");
        assert!(own.header("x-request-id").is_some_and(|id| id.len() >= 8), "{:?}", own.headers);
        let given = book.admin.clone().with_header("x-request-id", "abc-123").get("/api/nothing");
        assert_eq!(given.header("x-request-id"), Some("abc-123"));
    });
}

#[test]
fn every_type_that_the_reference_names_moves_an_account() {
    on_both(|book| {
        book.apply("L");
        let product = savings_product(book, &serde_json::json!({}));
        filled(book, "S", &product, "35");
        let reference = book.read("/openapi.json");
        for (path, account) in
            [("/api/loans/{loan}/transactions", "L"), ("/api/savings/{savings}/transactions", "S")]
        {
            let body = &reference["paths"][path]["post"]["requestBody"]["content"]["application/json"];
            let types = body["schema"]["properties"]["type"]["enum"].as_array().expect("types are listed");
            let path = path.replace("{loan}", account).replace("{savings}", account);
            for kind in types {
                let answer = book.admin.form(&path, &format!("type={}", kind.as_str().expect("a text")));
                let code = answer.json()["returnCode"].as_i64();
                assert!(code != Some(165) && code != Some(19), "{path} {kind}: {}", answer.text);
            }
        }
    });
}
