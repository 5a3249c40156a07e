//! The list of clients: filters, sorting, pages.

use loam_tests::database::BOTH;
use serde_json::{Value, json};

use super::lender::{Lender, Start, assert_refused, lender, on_both, paid, report, unpaid};
use crate::book::with;

/// The external ids of a list, in its order.
#[track_caller]
fn listed(lender: &Lender, query: &str) -> Vec<String> {
    let page = lender.read(&format!("/v1/api/clients{query}"));
    let docs = page["docs"].as_array().expect("a list").iter();
    docs.map(|client| client["externalReferenceId"].as_str().expect("a text").to_owned()).collect()
}

/// Four clients: without a loan, good, bad, and better than before.
fn fill(lender: &Lender) -> [String; 4] {
    let ids = ["none", "good", "bad", "better"].map(|id| lender.client(id));
    let rows = |rows: Value| json!({ "installmentRepayments": rows });
    lender.reports(&with(report(&ids[1]), &rows(json!([paid("2023-02-01", "2023-02-01")]))));
    lender.reports(&with(report(&ids[2]), &rows(json!([unpaid("2023-02-01"), unpaid("2023-03-01")]))));
    lender.reports(&with(report(&ids[3]), &rows(json!([unpaid("2023-02-01")]))));
    lender.reports(&with(report(&ids[3]), &rows(json!([paid("2023-02-01", "2023-03-01")]))));
    ids
}

#[test]
fn clients_are_filtered() {
    on_both(|lender| {
        let ids = fill(lender);
        assert_eq!(listed(lender, ""), ["none", "good", "bad", "better"]);
        assert_eq!(listed(lender, "?externalClientId=bad"), ["bad"]);
        assert_eq!(listed(lender, &format!("?clientId={}", ids[1])), ["good"]);
        assert_eq!(listed(lender, "?clientId=nobody"), [""; 0]);
        assert_eq!(listed(lender, "?digitalCreditScoreEvolution=improving"), ["better"]);
        assert_eq!(listed(lender, "?digitalCreditScoreEvolution=stable"), ["good", "bad"]);
        let score = |id: &str| {
            let client = lender.read(&format!("/v1/api/clients/{id}"));
            client["latestDigitalCreditInfo"]["creditScore"].as_i64().expect("a score")
        };
        let (good, bad, better) = (score("good"), score("bad"), score("better"));
        assert!(bad < better && better < good, "{bad} {better} {good}");
        assert_eq!(listed(lender, &format!("?dcsFrom={better}")), ["good", "better"]);
        assert_eq!(listed(lender, &format!("?dcsTo={better}")), ["bad", "better"]);
        assert_eq!(listed(lender, &format!("?dcsFrom={bad}&dcsTo={bad}")), ["bad"]);
        assert_eq!(listed(lender, &format!("?businessId={}&externalClientId=good", lender.id)), ["good"]);
        assert_eq!(listed(lender, "?businessId=60d21b4667d0d8992e610c85"), [""; 0]);
        assert_eq!(listed(lender, "?phoneDataCountFrom=0&phoneDataCountTo=9&externalClientId=bad"), ["bad"]);
        assert_eq!(listed(lender, "?phoneDataCountFrom=1"), [""; 0]);
        // A loan is shown with each client, as it is when the client is read.
        let page = lender.read("/v1/api/clients?externalClientId=good");
        assert_eq!(page["docs"][0]["loans"][0]["loanReferenceId"], "loan_12345");
    });
}

#[test]
fn clients_are_sorted() {
    on_both(|lender| {
        fill(lender);
        let sorted = |item: &str, order: i64| {
            listed(lender, &format!("?sort=%7B%22item%22:%22{item}%22,%22order%22:{order}%7D"))
        };
        assert_eq!(sorted("createdAt", 1), ["none", "good", "bad", "better"]);
        assert_eq!(sorted("createdAt", -1), ["better", "bad", "good", "none"]);
        // Those without a score stand last in either direction.
        assert_eq!(sorted("dcs", 1), ["bad", "better", "good", "none"]);
        assert_eq!(sorted("dcs", -1), ["good", "better", "bad", "none"]);
    });
}

#[test]
fn pages_say_where_they_stand() {
    on_both(|lender| {
        fill(lender);
        let page = |query: &str| lender.read(&format!("/v1/clients{query}"))["pagination"].clone();
        let expected = json!({"totalDocs": 4, "perPage": 20, "totalPages": 1, "currentPage": 1, "serialNo": 1,
            "hasPrevPage": false, "hasNextPage": false, "prevPage": null, "nextPage": null});
        assert_eq!(page(""), expected);
        let expected = json!({"totalDocs": 4, "perPage": 3, "totalPages": 2, "currentPage": 1, "serialNo": 1,
            "hasPrevPage": false, "hasNextPage": true, "prevPage": null, "nextPage": 2});
        assert_eq!(page("?limit=3"), expected);
        let expected = json!({"totalDocs": 4, "perPage": 3, "totalPages": 2, "currentPage": 2, "serialNo": 4,
            "hasPrevPage": true, "hasNextPage": false, "prevPage": 1, "nextPage": null});
        assert_eq!(page("?limit=3&page=2"), expected);
        assert_eq!(listed(lender, "?limit=3"), ["none", "good", "bad"]);
        assert_eq!(listed(lender, "?limit=3&page=2"), ["better"]);
        assert_eq!(listed(lender, "?limit=3&page=3"), [""; 0]);
        assert_eq!(page("?externalClientId=bad")["totalDocs"], 1);
    });
}

#[test]
fn parameters_that_cannot_be_are_all_told() {
    on_both(|lender| {
        let wrong = "?page=0&limit=1000&digitalCreditScoreEvolution=up&startDate=2024-02-30&dcsFrom=9&dcsTo=8\
                     &phoneDataCountTo=few&sort=dcs";
        let fields = [
            "page",
            "limit",
            "digitalCreditScoreEvolution",
            "startDate",
            "dcsTo",
            "phoneDataCountTo",
            "sort",
        ];
        let answer = lender.secret.get(&format!("/v1/api/clients{wrong}"));
        assert_refused(&answer, 400, "page must be a whole number from 1 to 92233720368547758", &fields);
        let backwards = lender.secret.get("/v1/api/clients?startDate=2024-02-02&endDate=2024-02-01");
        assert_refused(&backwards, 400, "endDate must not be before startDate", &["endDate"]);
    });
}

#[test]
fn days_are_those_of_the_business() {
    for kind in BOTH {
        println!("on {kind:?}");
        let evening = Start { at: Some("2024-07-19T23:30:00Z"), has_test_book: false };
        let lender = lender(kind, evening, &json!({"timeZone": "Africa/Lagos"}));
        lender.client("A");
        // Half an hour after midnight in Lagos.
        assert_eq!(listed(&lender, "?startDate=2024-07-20&endDate=2024-07-20"), ["A"]);
        assert_eq!(listed(&lender, "?endDate=2024-07-19"), [""; 0]);
        assert_eq!(listed(&lender, "?startDate=2024-07-21"), [""; 0]);
    }
}
