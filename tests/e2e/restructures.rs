//! Loans that take the place of others (§2.7).

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, key, on_both, text, with};
use crate::subset::assert_shows;

/// A loan of 500 of which 13.39 of interest and 34.69 of fees are owed besides.
fn owing(book: &Book) -> Value {
    book.lend_with("OLD", &json!({"loanAmount": "500"}));
    book.act("OLD", "type=FEE&amount=34.69&repayment=1");
    book.close_days("2012-07-28");
    book.loan("OLD")
}

fn action(book: &Book, kind: &str, changes: &Value, details: Value) -> Value {
    let account = json!({"id": "NEW", "productTypeKey": book.product, "interestRate": "2",
        "repaymentInstallments": 4});
    json!({"action": kind, "loanAccount": with(account, changes), "restructureDetails": details,
        "customInformation": []})
}

#[test]
fn a_refinanced_loan_is_closed_by_the_new_one() {
    on_both(|book| {
        let old = owing(book);
        assert_shows(
            &old,
            &json!({"principalBalance": "500", "interestBalance": "13.39", "feesBalance": "34.69"}),
        );
        let details = json!({"topUpAmount": "50", "interestWriteOff": "10", "feesWriteOff": "10"});
        let asked = action(book, "REFINANCE", &json!({"loanAmount": "578.08"}), details);
        let answer = book.admin.post("/api/loans/OLD/action", &asked).expect(201);
        assert_eq!(answer.header("location"), Some("NEW"));
        let new = answer.json();
        assert_shows(
            &new,
            &json!({"id": "NEW", "accountState": "ACTIVE", "loanAmount": "578.08", "principalBalance": "578.08",
                "accountHolderKey": book.client, "originalAccountKey": key(&old)}),
        );
        assert_shows(
            &book.loan("OLD"),
            &json!({"accountState": "CLOSED", "accountSubState": "REFINANCED", "principalBalance": "0",
                "interestBalance": "0", "feesBalance": "0", "rescheduledAccountKey": key(&new)}),
        );
        assert_eq!(book.repayments("NEW").len(), 4);
        book.act("NEW", "type=REPAYMENT&amount=100");
    });
}

#[test]
fn a_rescheduled_loan_carries_over_what_is_not_given_up() {
    on_both(|book| {
        owing(book);
        let asked = action(book, "reschedule", &json!({}), Value::Null);
        let new = book.admin.post("/api/loans/OLD/action", &asked).expect(201).json();
        assert_shows(&new, &json!({"loanAmount": "548.08", "principalBalance": "548.08"}));
        assert_shows(&book.loan("OLD"), &json!({"accountState": "CLOSED", "accountSubState": "RESCHEDULED"}));
        let closed = book.list("/api/loans?accountState=CLOSED_RESCHEDULED");
        assert_eq!(closed.iter().map(|loan| text(&loan["id"])).collect::<Vec<_>>(), ["OLD"]);
        assert!(book.list("/api/loans?accountState=CLOSED").is_empty());
    });
}

#[test]
fn what_does_not_add_up_is_refused_and_both_loans_stay() {
    on_both(|book| {
        owing(book);
        let send = |body: Value| move |caller: &Caller| caller.post("/api/loans/OLD/action", &body);
        let none = json!({});
        for (body, code, name) in [
            (action(book, "REFINANCE", &none, Value::Null), 2211, "RESTRUCTURE_DETAILS_ARE_MANDATORY"),
            (action(book, "REFINANCE", &none, json!({})), 2210, "TOP_UP_AMOUNT_IS_MANDATORY"),
            (action(book, "REFINANCE", &none, json!({"topUpAmount": "-1"})), 2212, "NEGATIVE_TOP_UP_AMOUNT"),
            (
                action(book, "RESCHEDULE", &none, json!({"principalWriteOff": "501"})),
                2213,
                "WRITE_OFF_AMOUNT_MORE_THAN_BALANCE_AMOUNT",
            ),
            (
                action(book, "RESCHEDULE", &none, json!({"feesWriteOff": "-1"})),
                2208,
                "NEGATIVE_WRITE_OFF_AMOUNT",
            ),
            (
                action(book, "RESCHEDULE", &json!({"loanAmount": "548"}), Value::Null),
                2207,
                "INVALID_NEW_TOTAL_LOAN_AMOUNT",
            ),
            (
                action(book, "RESCHEDULE", &json!({"id": "OLD"}), Value::Null),
                411,
                "ACCOUNT_ID_ALREADY_IN_USE",
            ),
            (action(book, "SELL", &none, Value::Null), 4, "INVALID_PARAMETERS"),
            (json!({"action": "REFINANCE"}), 30, "MISSING_ENTITY_JSON"),
        ] {
            book.refuses(send(body), (400, code, name));
        }
        let asked = action(book, "RESCHEDULE", &none, Value::Null);
        book.admin.post("/api/loans/OLD/action", &asked).expect(201);
        let again = action(book, "RESCHEDULE", &json!({"id": "THIRD"}), Value::Null);
        book.refuses(send(again), (400, 146, "RESCHEDULED_LOAN"));
    });
}
