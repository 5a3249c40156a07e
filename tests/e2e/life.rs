//! A loan from creation to closure, step by step over HTTP, days closed through the native door.

use loam_tests::database::BOTH;
use loam_tests::server;
use serde_json::{Value, json};

use crate::book::{Book, book, on_both, text, transaction_id};
use crate::subset::assert_shows;

/// The schedule of 950 at 2.5 every four weeks, flat, from 2012-06-28.
const SCHEDULE: [(&str, &str, &str); 5] = [
    ("2012-07-28", "190", "25.45"),
    ("2012-08-28", "190", "26.29"),
    ("2012-09-28", "190", "26.29"),
    ("2012-10-28", "190", "25.45"),
    ("2012-11-28", "190", "26.29"),
];

#[test]
fn a_loan_lives_from_its_creation_to_its_last_repayment() {
    on_both(|book| {
        is_applied_for_and_approved(book);
        is_paid_out(book);
        falls_due(book);
        goes_into_arrears_and_back(book);
        is_repaid_to_the_last_cent(book);
        shows_its_whole_life(book);
    });
}

fn is_applied_for_and_approved(book: &Book) {
    let created = book.apply("OHNP076");
    assert_shows(
        &created,
        &json!({"id": "OHNP076", "accountState": "PENDING_APPROVAL", "accountSubState": null,
            "loanName": "Agriculture Loan", "loanAmount": "950", "principalBalance": "0",
            "accountHolderKey": book.client, "assignedBranchKey": book.branch,
            "approvedDate": null, "disbursementDate": null, "closedDate": null}),
    );
    assert_eq!(book.transactions("OHNP076"), Vec::<Value>::new());
    let planned: Vec<String> =
        book.repayments("OHNP076").iter().map(|row| text(&row["principalDue"])).collect();
    assert_eq!(planned, ["190"; 5], "the schedule shows before the loan is paid out");

    let approved = book.act("OHNP076", "type=APPROVAL&notes=looks+good");
    assert_shows(&approved, &json!({"id": "OHNP076", "accountState": "APPROVED", "principalBalance": "0"}));
    assert!(approved["approvedDate"].is_string(), "{approved}");
}

fn is_paid_out(book: &Book) {
    let paid_out = book.act("OHNP076", "type=DISBURSEMENT&method=CASH&notes=in+cash");
    assert_shows(
        &paid_out,
        &json!({"type": "DISBURSMENT", "amount": "950", "comment": "in cash", "balance": "950",
            "entryDate": "2012-06-28T00:00:00+0000",
            "details": {"transactionChannel": {"id": "CASH", "name": "Cash"}}}),
    );
    let expected: Vec<Value> = SCHEDULE
        .iter()
        .map(|(due, principal, interest)| {
            json!({"dueDate": format!("{due}T00:00:00+0000"), "principalDue": principal,
                "interestDue": interest, "principalPaid": "0", "interestPaid": "0", "feesDue": "0",
                "penaltyDue": "0", "state": "PENDING", "repaidDate": null})
        })
        .collect();
    assert_shows(&Value::from(book.repayments("OHNP076")), &Value::from(expected));
    assert_shows(
        &book.loan("OHNP076"),
        &json!({"accountState": "ACTIVE", "accountSubState": null, "principalBalance": "950",
            "principalDue": "0", "interestDue": "0", "interestBalance": "0",
            "disbursementDate": "2012-06-28T00:00:00+0000", "daysLate": 0, "daysInArrears": 0,
            "disbursementDetails": {"disbursementDate": "2012-06-28T00:00:00+0000",
                "firstRepaymentDate": "2012-07-28T00:00:00+0000"}}),
    );
    assert_eq!(book.read("/api/clients/8")["state"], "ACTIVE", "a client with an active loan is active");
}

fn falls_due(book: &Book) {
    book.close_days("2012-07-27");
    assert_shows(&book.loan("OHNP076"), &json!({"interestBalance": "0", "principalDue": "0"}));
    let report = book.close_days("2012-07-28");
    assert_shows(&report, &json!({"days": [{"businessDate": "2012-07-28", "advanced": 1, "failed": []}]}));
    assert_shows(
        &book.loan("OHNP076"),
        &json!({"accountState": "ACTIVE", "interestBalance": "25.45", "interestDue": "25.45",
            "principalDue": "190", "lastInterestAppliedDate": "2012-07-28T00:00:00+0000"}),
    );
    assert_shows(
        &book.transactions("OHNP076")[0],
        &json!({"type": "INTEREST_APPLIED", "amount": "25.45", "entryDate": "2012-07-28T00:00:00+0000"}),
    );
    assert_eq!(book.repayments("OHNP076")[0]["state"], "PENDING", "a due installment is not late on its day");
}

fn goes_into_arrears_and_back(book: &Book) {
    book.close_days("2012-07-29");
    let in_arrears = json!({"accountState": "ACTIVE_IN_ARREARS", "daysLate": 1, "daysInArrears": 1,
        "lastSetToArrearsDate": "2012-07-29T00:00:00+0000"});
    assert_shows(&book.loan("OHNP076"), &in_arrears);
    assert_eq!(book.repayments("OHNP076")[0]["state"], "LATE");
    let listed = book.list("/api/loans?accountState=ACTIVE_IN_ARREARS");
    assert_eq!(listed.len(), 1);

    let part = book.act("OHNP076", "type=REPAYMENT&amount=100");
    assert_shows(
        &part,
        &json!({"type": "REPAYMENT", "amount": "100", "interestPaid": "25.45", "principalPaid": "74.55",
            "feesPaid": "0", "penaltyPaid": "0", "balance": "875.45",
            "entryDate": "2012-07-29T00:00:00+0000"}),
    );
    assert_shows(
        &book.loan("OHNP076"),
        &json!({"accountState": "ACTIVE_IN_ARREARS", "principalDue": "115.45", "principalPaid": "74.55",
            "interestDue": "0", "interestPaid": "25.45", "interestBalance": "0"}),
    );

    book.act("OHNP076", "type=REPAYMENT&amount=115.45");
    assert_shows(
        &book.loan("OHNP076"),
        &json!({"accountState": "ACTIVE", "principalDue": "0", "principalBalance": "760", "daysLate": 0,
            "daysInArrears": 0, "lastSetToArrearsDate": "2012-07-29T00:00:00+0000"}),
    );
    assert_shows(
        &book.repayments("OHNP076")[0],
        &json!({"state": "PAID", "principalDue": "190", "principalPaid": "190",
            "repaidDate": "2012-07-29T00:00:00+0000", "lastPaidDate": "2012-07-29T00:00:00+0000"}),
    );
    assert_eq!(book.list("/api/loans?accountState=ACTIVE_IN_ARREARS").len(), 0);
}

fn is_repaid_to_the_last_cent(book: &Book) {
    for (due, amount) in [("2012-08-28", "216.29"), ("2012-09-28", "216.29"), ("2012-10-28", "215.45")] {
        book.close_days(due);
        book.act("OHNP076", &format!("type=REPAYMENT&amount={amount}"));
        assert_shows(&book.loan("OHNP076"), &json!({"accountState": "ACTIVE", "principalDue": "0"}));
    }
    book.close_days("2012-11-28");
    let too_much = book.try_act("OHNP076", "type=REPAYMENT&amount=216.30");
    too_much.expect_refusal(400, 110, "EXCESS_REPAYMENT_ERROR");
    book.act("OHNP076", "type=REPAYMENT&amount=216.29");
    assert_shows(
        &book.loan("OHNP076"),
        &json!({"accountState": "CLOSED", "accountSubState": null, "principalBalance": "0",
            "principalPaid": "950", "principalDue": "0", "interestBalance": "0", "interestPaid": "129.77"}),
    );
    assert!(book.loan("OHNP076")["closedDate"].is_string());
    let again = book.try_act("OHNP076", "type=REPAYMENT&amount=1");
    again.expect_refusal(400, 128, "INVALID_ACCOUNT_STATE_FOR_REPAYMENTS");
    assert_eq!(
        book.read("/api/clients/8")["state"],
        "INACTIVE",
        "a client without an active loan is inactive"
    );
}

fn shows_its_whole_life(book: &Book) {
    let transactions = book.transactions("OHNP076");
    let kinds: Vec<String> =
        transactions.iter().rev().map(|transaction| text(&transaction["type"])).collect();
    let mut expected = vec!["DISBURSMENT", "INTEREST_APPLIED", "REPAYMENT", "REPAYMENT"];
    for _ in 0..4 {
        expected.extend(["INTEREST_APPLIED", "REPAYMENT"]);
    }
    assert_eq!(kinds, expected, "oldest first");
    let ids: Vec<i64> = transactions.iter().map(transaction_id).collect();
    assert!(ids.windows(2).all(|pair| pair[0] > pair[1]), "newest first: {ids:?}");
    let states: Vec<String> = book.repayments("OHNP076").iter().map(|row| text(&row["state"])).collect();
    assert_eq!(states, ["PAID"; 5]);
    book.close_days("2012-12-31");
    assert_eq!(book.transactions("OHNP076").len(), transactions.len(), "nothing happens to a closed loan");
}

#[test]
fn the_tolerance_of_a_loan_delays_its_arrears() {
    on_both(|book| {
        book.lend_with("TOLERANT", &json!({"arrearsTolerancePeriod": 3}));
        book.close_days("2012-07-31");
        assert_shows(
            &book.loan("TOLERANT"),
            &json!({"accountState": "ACTIVE", "daysLate": 3, "daysInArrears": 0, "lastSetToArrearsDate": null}),
        );
        book.close_days("2012-08-01");
        assert_shows(
            &book.loan("TOLERANT"),
            &json!({"accountState": "ACTIVE_IN_ARREARS", "daysLate": 4, "daysInArrears": 1}),
        );
    });
}

#[test]
fn a_book_is_the_same_after_its_server_was_stopped_and_started() {
    for kind in BOTH {
        println!("on {kind:?}");
        let book = book(kind);
        book.lend("OUTLIVES");
        book.close_days("2012-07-29");
        book.act("OUTLIVES", "type=REPAYMENT&amount=100");
        let before = book.snapshot();
        let book = book.restarted(server::command);
        assert_eq!(book.snapshot(), before);
        assert_eq!(book.read("/loam/v1/business-date")["businessDate"], "2012-07-29");
        book.act("OUTLIVES", "type=REPAYMENT&amount=115.45");
        assert_eq!(book.loan("OUTLIVES")["accountState"], "ACTIVE");
        book.assert_proven();
    }
}
