//! Names from outside: links, people, and reports about loans that this book services.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, on_both, text};

const ORGANIZATION: &str = "acme";

/// A caller who reports for the organization.
fn reporter(book: &Book) -> Caller {
    let client = json!({"name": "feed", "organization": ORGANIZATION});
    let made = book.admin.post("/loam/v1/api-clients", &client).expect(201).json();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        text(&made["clientId"]),
        text(&made["clientSecret"])
    );
    let token = Caller::anonymous(&book.server.base).form("/oauth/token", &form).expect(200).json();
    let bearer = format!("Bearer {}", text(&token["access_token"]));
    Caller::anonymous(&book.server.base).with_header("authorization", &bearer)
}

fn report(reporter: &Caller, customer: &str, loan: &Value) {
    let path = format!("/api/v1/loan-performance/customers/{customer}/loans");
    let answer = reporter.post(&path, loan);
    assert!([200, 201].contains(&answer.status), "{}", answer.text);
}

fn told(loan_id: &str, status: &str, amount: i64) -> Value {
    json!({"loan_id": loan_id, "management_system_id": 1, "loan_status": status, "loan_amount": amount,
        "applied_at": "2012-06-28T00:00:00Z"})
}

fn name(id: &str) -> Value {
    json!({"scheme": "performance_customer", "organization": ORGANIZATION, "id": id})
}

fn link(book: &Book, of: &Value, to: &Value) -> loam_tests::http::Answer {
    book.admin.post("/loam/v1/links", &crate::book::with(of.clone(), to))
}

fn subject(book: &Book, id: &str) -> Value {
    book.read(&format!("/loam/v1/subjects?scheme=performance_customer&organization={ORGANIZATION}&id={id}"))
}

#[test]
fn a_person_is_found_by_every_name_that_somebody_linked_and_by_no_other() {
    on_both(|book| {
        let reporter = reporter(book);
        book.lend("OWN");
        link(book, &name("1"), &json!({"client": "8"})).expect(200);
        report(&reporter, "1", &told("L-1", "Current", 75_000));
        // A name that happens to be a client's id is not that client.
        link(book, &name("8"), &json!({"client": null})).expect(200);
        let business = json!({"scheme": "repayment_client", "organization": "667d38938450ddf0f7ea2468",
            "id": "60d21b4667d0d8992e610c85", "client": book.client});
        book.admin.post("/loam/v1/links", &business).expect(200);

        let person = book.read("/loam/v1/people/8");
        assert_eq!(person["client"], book.client);
        let mut names: Vec<&str> = person["names"]
            .as_array()
            .expect("names")
            .iter()
            .filter_map(|name| name["id"].as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["1", "60d21b4667d0d8992e610c85"]);
        let named = person["names"].as_array().expect("names").iter().find(|name| name["id"] == "1");
        let loans = &named.expect("the customer")["loans"];
        assert_eq!((&loans[0]["loanId"], &loans[0]["origin"]), (&json!("L-1"), &json!("reported")));
        assert_eq!(
            (&person["loans"][0]["id"], &person["loans"][0]["origin"]),
            (&json!("OWN"), &json!("serviced"))
        );
        let words = &person["loans"][0]["words"];
        assert_eq!(words["accountState"], "ACTIVE");
        assert_eq!(words["loanStatus"], "Originated");
        assert_eq!(words["contractStatus"], "Active - Good Standing");

        link(book, &name("1"), &json!({"client": null})).expect(200);
        assert_eq!(book.read("/loam/v1/people/8")["names"].as_array().map(Vec::len), Some(1));
        assert_eq!(subject(book, "1").get("client"), None);
    });
}

#[test]
fn a_report_about_a_serviced_loan_never_moves_it_and_the_difference_is_shown() {
    on_both(|book| {
        let reporter = reporter(book);
        book.lend("OWN");
        link(book, &name("1"), &json!({"client": "8"})).expect(200);
        report(&reporter, "1", &told("L-1", "Paid In Full", 100_000));
        let before = book.loan("OWN");
        let nothing = json!({"compared": 0, "loans": []});
        assert_eq!(book.read("/loam/v1/reconciliation"), nothing, "nobody said that they are one loan");

        let linked = crate::book::with(name("1"), &json!({"loanId": "L-1"}));
        link(book, &linked, &json!({"loan": "OWN"})).expect(200);
        assert_eq!(subject(book, "1")["loans"][0]["origin"], "serviced");
        let found = book.read("/loam/v1/reconciliation");
        assert_eq!((&found["compared"], &found["loans"][0]["loan"]), (&json!(1), &json!("OWN")));
        assert_eq!(found["loans"][0]["loanId"], "L-1");
        let difference = |field: &str| {
            let all = found["loans"][0]["differences"].as_array().expect("differences");
            all.iter().find(|difference| difference["field"] == field).cloned()
        };
        assert_eq!(
            difference("loan_status"),
            Some(json!({"field": "loan_status", "reported": "Paid In Full", "book": "Originated"}))
        );
        assert_eq!(
            difference("loan_amount"),
            Some(json!({"field": "loan_amount", "reported": "100000", "book": "95000"}))
        );
        assert_eq!(difference("funded_amount"), None, "what a report leaves out is no difference");
        assert_eq!(book.loan("OWN"), before, "the book was not moved");

        report(&reporter, "1", &told("L-1", "Originated", 95_000));
        assert_eq!(book.read("/loam/v1/reconciliation"), json!({"compared": 1, "loans": []}));
        assert_eq!(book.read("/loam/v1/reconciliation?organization=other"), nothing);
        link(book, &linked, &json!({"loan": null})).expect(200);
        assert_eq!(book.read("/loam/v1/reconciliation"), nothing);
    });
}

#[test]
fn a_link_that_leads_nowhere_is_refused_and_changes_nothing() {
    on_both(|book| {
        let reporter = reporter(book);
        link(book, &name("1"), &json!({"client": "8"})).expect(200);
        report(&reporter, "1", &told("L-1", "Current", 1));
        let before = subject(book, "1");
        let loan = crate::book::with(name("1"), &json!({"loanId": "L-1"}));
        for (of, to, status) in [
            (name("1"), json!({"client": "nobody"}), 404),
            (name("1"), json!({}), 400),
            (loan.clone(), json!({"loan": "none"}), 404),
            (loan.clone(), json!({"reportedLoan": "none"}), 404),
            (loan.clone(), json!({}), 400),
            (crate::book::with(name("1"), &json!({"loanId": "unheard"})), json!({"loan": null}), 404),
            (crate::book::with(name("unheard"), &json!({"loanId": "L-1"})), json!({"loan": null}), 404),
            (crate::book::with(name("1"), &json!({"scheme": "passport"})), json!({"client": "8"}), 400),
            (json!({"scheme": "performance_customer", "id": "1"}), json!({"client": "8"}), 400),
        ] {
            let answer = link(book, &of, &to);
            assert_eq!(answer.status, status, "{of} {to}: {}", answer.text);
            assert!(answer.json()["error"]["message"].is_string(), "{}", answer.text);
        }
        let itself = json!({"reportedLoan": before["loans"][0]["encodedKey"]});
        link(book, &loan, &itself).expect(400);
        assert_eq!(subject(book, "1"), before);
        let clerk = book.user_with("clerk", &["VIEW_CLIENT_DETAILS"]);
        for path in
            ["/loam/v1/people/8", "/loam/v1/reconciliation", "/loam/v1/targets", "/loam/v1/deliveries"]
        {
            assert_eq!(clerk.get(path).status, 403, "{path}");
        }
        assert_eq!(clerk.post("/loam/v1/links", &name("1")).status, 403);
        assert_eq!(reporter.get("/loam/v1/people/8").status, 401);
        assert_eq!(book.admin.get("/loam/v1/people/nobody").status, 404);
        assert_eq!(book.admin.get("/loam/v1/reconciliation?limit=0").status, 400);
    });
}
