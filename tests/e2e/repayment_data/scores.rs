//! The repayment-behavior score, as `docs/repayment-score.md` has it.

use serde_json::{Value, json};

use super::lender::{Lender, on_both, paid, report, unpaid};
use crate::book::with;

/// The points of a score's reasons, by code.
#[track_caller]
fn points(info: &Value) -> Vec<(String, i64)> {
    let reasons = info["reasons"].as_array().unwrap_or_else(|| panic!("no reasons: {info}")).iter();
    reasons.map(|reason| (reason["code"].to_string(), reason["points"].as_i64().expect("points"))).collect()
}

/// Panics unless the points of every score add up to it.
#[track_caller]
fn assert_adds_up(client: &Value) {
    let history = client["digitalCreditInfoHistory"].as_array().expect("a list");
    for info in history {
        let sum: i64 = points(info).iter().map(|(_, points)| points).sum();
        assert_eq!(json!(sum), info["creditScore"], "{info}");
        assert!((100..=1_000).contains(&sum), "{info}");
    }
    if !client["latestDigitalCreditInfo"].is_null() {
        assert_eq!(history.last(), Some(&client["latestDigitalCreditInfo"]));
    }
}

fn with_rows(lender: &Lender, client: &str, rows: &Value) -> Value {
    let shown = lender.reports(&with(report(client), &json!({ "installmentRepayments": rows })));
    assert_adds_up(&shown);
    shown
}

#[test]
fn the_example_of_the_documentation_comes_out_over_http() {
    on_both(|lender| {
        let client = lender.client("A");
        // Seven of twelve fell due: five on time, one 7 and one 14 days late.
        let rows = json!([
            paid("2022-10-01", "2022-10-01"),
            paid("2022-11-01", "2022-11-08"),
            paid("2022-12-01", "2022-12-01"),
            paid("2023-01-01", "2023-01-15"),
            paid("2023-02-01", "2023-01-30"),
            paid("2023-03-01", "2023-03-01"),
            paid("2023-04-01", "2023-04-01"),
            unpaid("2023-05-01"),
        ]);
        let running = json!({"applicationDate": "2022-08-01", "dateLoanWasGranted": "2022-09-01",
            "dateLastInstallmentIsDue": "2023-09-01", "installmentRepayments": rows});
        lender.reports(&with(report(&client), &running));
        let months = ["2022-01-01", "2022-02-01", "2022-03-01", "2022-04-01", "2022-05-01", "2022-06-01"];
        let rows: Vec<Value> = months.iter().map(|month| paid(month, month)).collect();
        let settled = json!({"loanReferenceId": "loan_0", "applicationDate": "2021-12-01",
            "dateLoanWasGranted": "2021-12-02", "totalInstallments": 6, "installmentRepayments": rows,
            "loanRepaymentStatus": "settled", "dateLastInstallmentIsDue": "2022-06-01",
            "dateLoanIsSettled": "2022-06-01"});
        let shown = lender.reports(&with(report(&client), &settled));
        assert_adds_up(&shown);
        let info = &shown["latestDigitalCreditInfo"];
        assert_eq!(
            json!([info["creditScore"], info["creditScoreRating"], info["recommendation"]]),
            json!([857, "excellent", "accept"])
        );
        assert_eq!(
            info["reasons"][1],
            json!({"code": "punctuality", "points": 253,
                "figures": "11 of 13 installments were paid in full by their due date"})
        );
        assert_eq!(info["createdAt"], shown["lastModifiedAt"]);
    });
}

#[test]
fn a_client_to_whom_nothing_was_granted_has_no_score() {
    on_both(|lender| {
        let client = lender.client("A");
        for status in ["pending", "in_review", "rejected"] {
            let application = json!({"applicationStatus": status, "dateLoanWasGranted": null,
                "installmentRepayments": [], "loanRepaymentStatus": "not_settled"});
            let shown = lender.reports(&with(report(&client), &application));
            assert_eq!(shown["latestDigitalCreditInfo"], Value::Null);
            assert_eq!(shown["digitalCreditInfoHistory"], json!([]));
            assert_eq!(shown["digitalCreditScoreEvolution"], Value::Null);
        }
    });
}

#[test]
fn scores_have_a_history_that_says_where_they_go() {
    on_both(|lender| {
        let client = lender.client("A");
        let first = with_rows(lender, &client, &json!([unpaid("2023-02-01")]));
        assert_eq!(first["digitalCreditScoreEvolution"], "stable");
        let again = with_rows(lender, &client, &json!([unpaid("2023-02-01")]));
        assert_eq!(again["digitalCreditInfoHistory"], first["digitalCreditInfoHistory"], "nothing new");

        let better = with_rows(lender, &client, &json!([paid("2023-02-01", "2023-02-01")]));
        assert_eq!(better["digitalCreditScoreEvolution"], "improving");
        let rows = json!([paid("2023-02-01", "2023-02-01"), unpaid("2023-03-01")]);
        let worse = with_rows(lender, &client, &rows);
        assert_eq!(worse["digitalCreditScoreEvolution"], "declining");
        let scores: Vec<&Value> = worse["digitalCreditInfoHistory"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|info| &info["creditScore"])
            .collect();
        // Base, punctuality, lateness (66 days of one, none, 38 of two), experience, utilization, defaults.
        let expected = [100 + 53 + 10 + 100, 100 + 300 + 200 + 10 + 8 + 100, 100 + 150 + 157 + 20 + 8 + 100];
        assert_eq!(scores, expected);
        let ids: std::collections::BTreeSet<String> = worse["digitalCreditInfoHistory"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|info| info["_id"].to_string())
            .collect();
        assert_eq!(ids.len(), 3);
        assert_eq!(
            lender.read("/v1/api/clients/A")["digitalCreditInfoHistory"],
            worse["digitalCreditInfoHistory"]
        );
    });
}

#[test]
fn a_default_costs_and_the_history_has_an_end() {
    on_both(|lender| {
        let client = lender.client("A");
        let given_up = json!({"loanRepaymentStatus": "not_settled"});
        let shown = lender.reports(&with(report(&client), &given_up));
        assert_adds_up(&shown);
        let defaults = points(&shown["latestDigitalCreditInfo"]);
        assert!(defaults.contains(&("\"defaults\"".to_owned(), -100)), "{defaults:?}");
        for turn in 0..30 {
            let rows = if turn % 2 == 0 { json!([unpaid("2023-02-01")]) } else { json!([]) };
            with_rows(lender, &client, &rows);
        }
        let shown = lender.read("/v1/api/clients/A");
        assert_eq!(shown["digitalCreditInfoHistory"].as_array().map(Vec::len), Some(24));
    });
}
