//! Figures for dashboards.

use loam_tests::database::BOTH;
use serde_json::{Value, json};

use super::lender::{Lender, Start, assert_refused, lender, on_both, paid, report};
use crate::book::with;

const JUNE: Start = Start { at: Some("2023-06-10T12:00:00Z"), has_test_book: false };
const JULY: Start = Start { at: Some("2023-07-20T12:00:00Z"), has_test_book: false };

fn settle(lender: &Lender, client: &str, (reference, on): (&str, &str)) {
    let settled = json!({"loanReferenceId": reference, "totalInstallments": 1,
        "installmentRepayments": [paid("2023-02-01", on)], "loanRepaymentStatus": "settled",
        "dateLastInstallmentIsDue": "2023-02-01", "dateLoanIsSettled": on});
    lender.reports(&with(report(client), &settled));
}

#[test]
fn figures_are_compared_with_thirty_days_ago() {
    for kind in BOTH {
        println!("on {kind:?}");
        let lender = lender(kind, JUNE, &json!({}));
        let nothing = lender.read("/v1/api/analytics/stats");
        let unchanged = json!({"change": 0, "direction": "none"});
        for figure in
            ["totalClients", "totalPhoneData", "totalLoanData", "averageCreditScore", "highestCreditScore"]
        {
            assert_eq!(nothing[figure], 0, "{figure}");
            assert_eq!(nothing["percentageChange"][figure], unchanged, "{figure}");
        }
        let old = lender.client("old");
        let score =
            |client: &Value| client["latestDigitalCreditInfo"]["creditScore"].as_i64().expect("a score");
        let old = score(&lender.reports(&report(&old)));

        let lender = lender.restarted(JULY);
        let new = lender.client("new");
        let late = json!({"installmentRepayments": [paid("2023-02-01", "2023-03-01")]});
        let new = score(&lender.reports(&with(report(&new), &late)));
        lender.client("without");
        let stats = lender.read("/v1/analytics/stats");
        let shown = json!([stats["totalClients"], stats["totalLoanData"], stats["highestCreditScore"]]);
        assert_eq!(shown, json!([3, 2, old.max(new)]));
        assert_eq!(stats["averageCreditScore"], json!((old + new + 1) / 2));
        let changes = &stats["percentageChange"];
        assert_eq!(changes["totalClients"], json!({"change": 200, "direction": "increase"}));
        assert_eq!(changes["totalLoanData"], json!({"change": 100, "direction": "increase"}));
        assert_eq!(changes["averageCreditScore"]["direction"], "decrease");
        assert_eq!(changes["highestCreditScore"], unchanged);
    }
}

#[test]
fn new_clients_are_counted_with_and_without_loans() {
    for kind in BOTH {
        println!("on {kind:?}");
        let lender = lender(kind, JUNE, &json!({}));
        let client = lender.client("A");
        lender.reports(&report(&client));
        lender.client("B");
        let lender = lender.restarted(JULY);
        lender.client("C");
        let stats = |query: &str| lender.read(&format!("/v1/api/analytics/loan-stats{query}"));
        let year = stats("");
        assert_eq!(year["timeFormat"], "month");
        let months = year["stats"].as_array().expect("a list");
        assert_eq!((months.len(), &months[0]["timeUnit"]), (12, &json!("2022-08")));
        let june = json!({"timeUnit": "2023-06", "clientsWithLoans": 1, "clientsWithoutLoans": 1});
        let july = json!({"timeUnit": "2023-07", "clientsWithLoans": 0, "clientsWithoutLoans": 1});
        assert_eq!(months[10..], [june, july]);
        let days = stats("?startDate=2023-06-09&endDate=2023-06-10");
        let expected = json!({"timeFormat": "day", "stats": [
            {"timeUnit": "2023-06-09", "clientsWithLoans": 0, "clientsWithoutLoans": 0},
            {"timeUnit": "2023-06-10", "clientsWithLoans": 1, "clientsWithoutLoans": 1},
        ]});
        assert_eq!(days, expected);
        let weeks = stats("?startDate=2023-06-01");
        assert_eq!(
            (&weeks["timeFormat"], &weeks["stats"][1]["timeUnit"]),
            (&json!("week"), &json!("2023-W23"))
        );
        assert_eq!(weeks["stats"][1]["clientsWithLoans"], 1);
        let years = stats("?startDate=2013-01-01&endDate=2023-12-31");
        assert_eq!(
            (&years["timeFormat"], &years["stats"][10]["clientsWithoutLoans"]),
            (&json!("year"), &json!(2))
        );
    }
}

#[test]
fn settled_loans_are_counted_by_how_late_they_were() {
    for kind in BOTH {
        println!("on {kind:?}");
        let lender = lender(kind, JULY, &json!({}));
        let client = lender.client("A");
        for (reference, on) in [
            ("early", "2023-01-31"),
            ("on the day", "2023-02-01"),
            ("1 day", "2023-02-02"),
            ("30 days", "2023-03-03"),
            ("31 days", "2023-03-04"),
            ("60 days", "2023-04-02"),
            ("61 days", "2023-04-03"),
            ("90 days", "2023-05-02"),
            ("91 days", "2023-05-03"),
        ] {
            settle(&lender, &client, (reference, on));
        }
        // A loan that runs is settled nowhere.
        lender.reports(&report(&client));
        let stats = |query: &str| {
            let stats = lender.read(&format!("/v1/api/analytics/loan-settlement-stats{query}"));
            let sums = |unit: &Value| {
                json!([
                    unit["timeUnit"],
                    unit["settledOnTime"],
                    unit["settledLessThan30DaysLate"],
                    unit["settledMoreThan30DaysLate"],
                    unit["settledMoreThan60DaysLate"],
                    unit["settledMoreThan90DaysLate"]
                ])
            };
            stats["stats"].as_array().expect("a list").iter().map(sums).collect::<Vec<_>>()
        };
        let expected = [
            json!(["2023-01", 1, 0, 0, 0, 0]),
            json!(["2023-02", 1, 1, 0, 0, 0]),
            json!(["2023-03", 0, 1, 1, 0, 0]),
            json!(["2023-04", 0, 0, 1, 1, 0]),
            json!(["2023-05", 0, 0, 0, 1, 1]),
        ];
        assert_eq!(stats("")[5..10], expected);
        assert_eq!(stats("?startDate=2023-02-01&endDate=2023-02-02").len(), 2);
    }
}

#[test]
fn days_must_be_in_order() {
    on_both(|lender| {
        for path in ["loan-stats", "loan-settlement-stats"] {
            let ask = |query: &str| lender.secret.get(&format!("/v1/api/analytics/{path}?{query}"));
            let backwards = ask("startDate=2024-02-02&endDate=2024-02-01");
            assert_refused(&backwards, 400, "endDate must not be before startDate", &["endDate"]);
            let soon = "startDate must be a date in the form YYYY-MM-DD";
            assert_refused(&ask("startDate=soon"), 400, soon, &["startDate"]);
            ask("startDate=0001-01-01&endDate=9999-12-31").expect(200);
        }
    });
}
