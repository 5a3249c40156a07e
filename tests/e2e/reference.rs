//! The API reference, and what operators ask: no credentials are needed for any of it.

use std::collections::BTreeSet;

use loam_tests::http::Caller;
use serde_json::Value;

use crate::book::on_both;

/// Every operation that this version serves, on all doors.
const SERVED: &[&str] = &[
    "GET /api/loans",
    "POST /api/loans",
    "POST /api/loans/search",
    "POST /api/loans/transactions/search",
    "POST /api/clients/search",
    "GET /api/repayments",
    "GET /api/search",
    "GET /api/loans/{}",
    "PATCH /api/loans/{}",
    "DELETE /api/loans/{}",
    "GET /api/loans/{}/transactions",
    "POST /api/loans/{}/transactions",
    "GET /api/loans/{}/templates/{}",
    "GET /api/loans/{}/transactions/{}/templates/{}",
    "GET /api/loans/{}/repayments",
    "PATCH /api/loans/{}/repayments",
    "DELETE /api/loans/{}/repayments/{}",
    "POST /api/loans/{}/action",
    "POST /api/loans/{}/tranches",
    "POST /api/loans/{}/guarantees",
    "POST /api/loans/{}/funds",
    "POST /api/indexratesources/{}/indexrates",
    "GET /api/settings/general",
    "GET /api/clients",
    "POST /api/clients",
    "GET /api/clients/{}",
    "PATCH /api/clients/{}",
    "GET /api/clients/{}/loans",
    "POST /api/clients/{}/loans",
    "GET /api/clients/{}/loans/{}",
    "GET /api/loanproducts",
    "GET /api/loanproducts/{}",
    "GET /api/loanproducts/{}/schedule",
    "GET /api/groups/{}/comments",
    "POST /api/groups/{}/comments",
    "GET /api/groups/{}/documents",
    "GET /api/clients/{}/comments",
    "POST /api/clients/{}/comments",
    "GET /api/clients/{}/documents",
    "GET /api/loans/{}/comments",
    "POST /api/loans/{}/comments",
    "GET /api/loans/{}/documents",
    "GET /api/loanproducts/{}/comments",
    "POST /api/loanproducts/{}/comments",
    "GET /api/loanproducts/{}/documents",
    "GET /api/branches/{}/comments",
    "POST /api/branches/{}/comments",
    "GET /api/branches/{}/documents",
    "GET /api/centres/{}/comments",
    "POST /api/centres/{}/comments",
    "GET /api/centres/{}/documents",
    "GET /api/users/{}/comments",
    "POST /api/users/{}/comments",
    "GET /api/users/{}/documents",
    "POST /api/clients/{}/documents",
    "GET /api/clients/{}/documents/{}",
    "POST /api/clients/{}/documents/{}",
    "DELETE /api/clients/{}/documents/{}",
    "POST /api/documents",
    "GET /api/documents/{}",
    "DELETE /api/documents/{}",
    "GET /api/images/{}",
    "GET /api/activities",
    "GET /api/tasks",
    "POST /api/tasks",
    "POST /api/tasks/{}",
    "DELETE /api/tasks/{}",
    "GET /api/branches",
    "GET /api/branches/{}",
    "GET /api/centres",
    "GET /api/centres/{}",
    "GET /api/users",
    "GET /api/users/{}",
    "GET /api/currencies",
    "GET /api/currencies/{}",
    "GET /api/currencies/{}/rates",
    "POST /api/currencies/{}/rates",
    "GET /api/settings/branding/icon",
    "GET /api/settings/branding/logo",
    "GET /api/transactionchannels",
    "GET /api/transactionchannels/{}",
    "GET /loam/v1/business-date",
    "GET /loam/v1/settings",
    "PATCH /loam/v1/settings",
    "GET /loam/v1/document-templates",
    "POST /loam/v1/document-templates",
    "GET /loam/v1/document-templates/{}",
    "PATCH /loam/v1/document-templates/{}",
    "GET /loam/v1/risk-levels",
    "POST /loam/v1/risk-levels",
    "GET /loam/v1/risk-levels/{}",
    "PATCH /loam/v1/risk-levels/{}",
    "GET /loam/v1/index-rate-sources",
    "POST /loam/v1/index-rate-sources",
    "GET /loam/v1/index-rate-sources/{}",
    "PATCH /loam/v1/index-rate-sources/{}",
    "POST /loam/v1/end-of-day",
    "GET /loam/v1/loans/{}",
    "GET /loam/v1/loans/{}/explain",
    "GET /loam/v1/loans/{}/quote",
    "GET /loam/v1/loans/{}/apr",
    "POST /loam/v1/loans/{}/commands",
    "POST /loam/v1/loans/{}/preview",
    "GET /loam/v1/loan-products",
    "POST /loam/v1/loan-products",
    "GET /loam/v1/loan-products/{}",
    "PATCH /loam/v1/loan-products/{}",
    "GET /loam/v1/branches",
    "POST /loam/v1/branches",
    "GET /loam/v1/branches/{}",
    "PATCH /loam/v1/branches/{}",
    "GET /loam/v1/centres",
    "POST /loam/v1/centres",
    "GET /loam/v1/centres/{}",
    "PATCH /loam/v1/centres/{}",
    "GET /loam/v1/users",
    "POST /loam/v1/users",
    "GET /loam/v1/users/{}",
    "PATCH /loam/v1/users/{}",
    "GET /loam/v1/transaction-channels",
    "POST /loam/v1/transaction-channels",
    "GET /loam/v1/transaction-channels/{}",
    "PATCH /loam/v1/transaction-channels/{}",
    "POST /loam/v1/links",
    "GET /loam/v1/subjects",
    "GET /loam/v1/people/{}",
    "GET /loam/v1/reconciliation",
    "GET /loam/v1/targets",
    "POST /loam/v1/targets",
    "GET /loam/v1/targets/{}",
    "PATCH /loam/v1/targets/{}",
    "POST /loam/v1/targets/{}/enroll",
    "GET /loam/v1/deliveries",
    "POST /loam/v1/deliveries/replay",
    "GET /loam/v1/api-clients",
    "POST /loam/v1/api-clients",
    "GET /loam/v1/api-clients/{}",
    "PATCH /loam/v1/api-clients/{}",
    "DELETE /loam/v1/api-clients/{}",
    "POST /loam/v1/api-clients/{}/rotate-secret",
    "POST /loam/v1/leads",
    "GET /loam/v1/leads/{}/{}",
    "POST /oauth/token",
    "POST /api/v1/loan-performance/customers",
    "POST /api/v1/loan-performance/customers/batch",
    "GET /api/v1/loan-performance/customers/{}",
    "GET /api/v1/loan-performance/customers/{}/loans",
    "POST /api/v1/loan-performance/customers/{}/loans",
    "GET /api/v1/loan-performance/customers/{}/loans/{}",
    "GET /api/v1/loan-performance/customers/{}/payments",
    "POST /api/v1/loan-performance/customers/{}/payments",
    "GET /api/v1/loan-performance/customers/{}/loans/{}/payments",
    "POST /api/v1/loan-performance/customers/{}/loans/{}/payments",
    "POST /api/v1/lead-processing/dry-run",
    "GET /api/v1/lead-data/lead-ids",
    "GET /api/v1/lead-data/leads/{}",
    "GET /loam/v1/loan-purposes",
    "POST /loam/v1/loan-purposes",
    "GET /loam/v1/loan-purposes/{}",
    "PATCH /loam/v1/loan-purposes/{}",
    "POST /loam/v1/borrower-accounts",
    "GET /loam/v1/borrower-accounts/{}",
    "GET /services/apexrest/peer/v1/loanApplications",
    "POST /services/apexrest/peer/v1/loanApplications",
    "POST /services/apexrest/peer/v1/loanApplications/reject/{}",
    "PUT /services/apexrest/peer/v1/loanApplications/reject/{}",
    "GET /loam/v1/businesses",
    "POST /loam/v1/businesses",
    "GET /loam/v1/businesses/{}",
    "PATCH /loam/v1/businesses/{}",
    "POST /loam/v1/businesses/{}/rotate-keys",
    "POST /loam/v1/businesses/{}/rotate-webhook-secret",
    "PUT /v1/api/clients/loans",
    "GET /v1/api/clients",
    "POST /v1/api/clients",
    "GET /v1/api/clients/{}",
    "GET /v1/api/clients/phones",
    "GET /v1/api/clients/{}/phones/{}",
    "GET /v1/api/analytics/stats",
    "GET /v1/api/analytics/loan-stats",
    "GET /v1/api/analytics/loan-settlement-stats",
];

/// The operations of a document, with `{}` for each parameter.
fn described(document: &Value) -> BTreeSet<String> {
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("a document has paths") {
        let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
        let path = segments.collect::<Vec<_>>().join("/");
        for method in item.as_object().expect("a path has operations").keys() {
            operations.insert(format!("{} {path}", method.to_ascii_uppercase()));
        }
    }
    operations
}

#[test]
fn the_reference_lists_exactly_the_routes_that_are_served() {
    on_both(|book| {
        let anonymous = Caller::anonymous(&book.server.base);
        let answer = anonymous.get("/openapi.json").expect(200);
        assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")));
        let document = answer.json();
        assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
        let served: BTreeSet<String> = SERVED.iter().map(|&operation| operation.to_owned()).collect();
        assert_eq!(described(&document), served);
        for operation in &served {
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
