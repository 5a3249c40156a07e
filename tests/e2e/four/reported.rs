//! The way back: a loan that others report stands somewhere too, and is said in all four vocabularies.

use serde_json::{Value, json};

use super::{Four, on_both};
use crate::book::{text, with};

/// The words of a loan of a person who is known by a name from outside.
fn words(four: &Four, query: &str, loan: &str) -> Value {
    let subject = four.market.book.read(&format!("/loam/v1/subjects?{query}"));
    let loans = subject["loans"].as_array().expect("a list");
    let found = loans.iter().find(|told| told["loanId"] == loan).expect("it was reported");
    let words = &found["words"];
    json!([
        words["accountState"],
        words["contractStatus"],
        words["loanStatus"],
        words["applicationStatus"],
        words["loanRepaymentStatus"]
    ])
}

#[test]
fn each_word_of_the_performance_feed_is_said_in_the_others() {
    on_both(|four| {
        let client = json!({"name": "feed", "organization": "acme", "scopes": ["loan-performance"]});
        let client = four.market.book.admin.post("/loam/v1/api-clients", &client).expect(201).json();
        let credentials = (text(&client["clientId"]), text(&client["clientSecret"]));
        let feed = crate::two_books::with_token(&four.market.book.server.base, &credentials);
        let loan = json!({"loan_id": "LEAD", "lead_id": 7, "loan_amount": 75000, "applied_at": "2013-09-25T04:01:57Z"});
        feed.post("/api/v1/loan-performance/customers", &json!({"customer_id": "1", "lead_loan": loan}))
            .expect(201);
        for (word, expected) in [
            ("Pending", ["PENDING_APPROVAL", "Pending Approval", "in_review", "not_settled"]),
            ("Approved", ["APPROVED", "Approved", "approved", "not_settled"]),
            ("Originated", ["ACTIVE", "Active - Good Standing", "approved", "in_progress"]),
            ("Current", ["ACTIVE", "Active - Good Standing", "approved", "in_progress"]),
            ("Past Due", ["ACTIVE_IN_ARREARS", "Active - Bad Standing", "approved", "in_progress"]),
            ("Paid In Full", ["CLOSED", "Closed - Obligations met", "approved", "settled"]),
            ("Written Off", ["CLOSED_WRITTEN_OFF", "Closed- Written Off", "approved", "not_settled"]),
            ("Expired", ["CLOSED", "Canceled", "rejected", "not_settled"]),
            ("Withdrawn", ["CLOSED", "Canceled", "rejected", "not_settled"]),
            ("Denied", ["CLOSED_REJECTED", "Canceled", "rejected", "not_settled"]),
            ("Reversed", ["APPROVED", "Approved", "approved", "not_settled"]),
        ] {
            let told = with(loan.clone(), &json!({"loan_id": word, "loan_status": word}));
            feed.post("/api/v1/loan-performance/customers/1/loans", &told).expect(201);
            let query = "scheme=performance_customer&organization=acme&id=1";
            let [account, contract, application, repayment] = expected;
            assert_eq!(words(four, query, word), json!([account, contract, word, application, repayment]));
        }
    });
}

fn installment(due: &str, status: &str) -> Value {
    let money = json!({"amount": 100, "currency": "NGN"});
    match status {
        "not_paid" => json!({"dueDate": due, "amountDue": money, "status": status}),
        _ => {
            json!({"dueDate": due, "datePaid": due, "amountDue": money, "amountPaid": money, "status": status})
        }
    }
}

/// The business date is 2014-01-03.
#[test]
fn the_words_of_the_repayment_feed_are_said_in_the_others() {
    on_both(|four| {
        let client = four.own.1.post("/v1/api/clients", &json!({"externalClientId": "A"})).expect(201).json();
        let data = &client["data"];
        let query = format!(
            "scheme=repayment_client&organization={}&id={}",
            text(&data["businessId"]),
            text(&data["clientId"])
        );
        let base = json!({"externalClientId": "A", "applicationDate": "2013-11-01", "amount": 300,
            "currency": "NGN", "tenure": {"value": 3, "interval": "months"}, "totalInstallments": 3,
            "dateLastInstallmentIsDue": "2014-03-02"});
        let (granted, nobody) = (json!("2013-11-02"), Value::Null);
        let missed = json!([installment("2014-01-02", "not_paid")]);
        let in_part = json!([installment("2014-01-02", "incomplete_payment")]);
        let today = json!([installment("2014-01-03", "not_paid")]);
        let ahead = json!([installment("2014-01-04", "not_paid")]);
        let paid = json!([installment("2014-01-02", "fully_paid"), installment("2014-02-02", "not_paid")]);
        for (place, (application, repayment, granted, rows, expected)) in [
            ("pending", "not_settled", &nobody, &json!([]), ["PARTIAL_APPLICATION", "Pending"]),
            ("in_review", "not_settled", &nobody, &json!([]), ["PENDING_APPROVAL", "Pending"]),
            ("rejected", "not_settled", &nobody, &json!([]), ["CLOSED_REJECTED", "Denied"]),
            ("approved", "not_settled", &nobody, &json!([]), ["APPROVED", "Approved"]),
            ("approved", "in_progress", &granted, &ahead, ["ACTIVE", "Originated"]),
            ("approved", "in_progress", &granted, &today, ["ACTIVE", "Current"]),
            ("approved", "in_progress", &granted, &paid, ["ACTIVE", "Current"]),
            ("approved", "in_progress", &granted, &missed, ["ACTIVE_IN_ARREARS", "Past Due"]),
            ("approved", "in_progress", &granted, &in_part, ["ACTIVE_IN_ARREARS", "Past Due"]),
            ("approved", "settled_early", &granted, &paid, ["CLOSED", "Paid In Full"]),
            ("approved", "settled", &granted, &paid, ["CLOSED", "Paid In Full"]),
            ("approved", "settled_late", &granted, &paid, ["CLOSED", "Paid In Full"]),
            ("approved", "not_settled", &granted, &missed, ["ACTIVE_IN_ARREARS", "Past Due"]),
        ]
        .iter()
        .enumerate()
        {
            let reference = format!("R{place}");
            let told = json!({"loanReferenceId": reference, "applicationStatus": application,
                "loanRepaymentStatus": repayment, "dateLoanWasGranted": granted, "installmentRepayments": rows});
            four.own.1.put("/v1/api/clients/loans", &with(base.clone(), &told)).expect(200);
            let words = words(four, &query, &reference);
            let said = [&words[0], &words[2], &words[3], &words[4]].map(text);
            assert_eq!(said, [expected[0], expected[1], application, repayment], "{reference}");
        }
    });
}
