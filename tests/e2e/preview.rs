//! Any command on a loan, tried and given through the native door.

use serde_json::{Value, json};

use crate::book::{Book, on_both, transaction_id};
use crate::subset::assert_shows;

fn try_out(book: &Book, body: &Value) -> Value {
    let before = (book.snapshot(), book.rows("audit"), book.rows("answer"));
    let answer = book.admin.post("/loam/v1/loans/L/preview", body);
    assert_eq!((book.snapshot(), book.rows("audit"), book.rows("answer")), before, "{body} wrote something");
    answer.expect(200).json()
}

fn give(book: &Book, body: &Value) -> Value {
    book.admin.post("/loam/v1/loans/L/commands", body).expect(200).json()
}

#[test]
fn a_repayment_is_tried_and_then_given() {
    on_both(|book| {
        book.lend("L");
        book.close_days("2012-07-28");
        let repayment = json!({"command": "repay", "amount": "300.00", "notes": "by hand"});
        let preview = try_out(book, &repayment);
        assert_shows(
            &preview,
            &json!({"command": "repay", "id": "L", "businessDate": "2012-07-28",
                "before": {"principalBalance": "950", "interestBalance": "25.45", "principalPaid": "0"},
                "after": {"principalBalance": "701.74", "interestBalance": "0", "principalPaid": "248.26"}}),
        );
        let rows = preview["repayments"].as_array().expect("a list");
        assert_eq!(rows.len(), 2, "{preview}");
        assert_shows(
            &rows[0],
            &json!({"index": 1, "before": {"state": "PENDING"}, "after": {"state": "PAID"}}),
        );
        assert_shows(
            &rows[1],
            &json!({"index": 2, "after": {"principalPaid": "58.26", "interestPaid": "26.29"}}),
        );
        let kinds: Vec<&str> = preview["transactions"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|t| t["type"].as_str())
            .collect();
        assert_eq!(kinds, ["INTEREST_APPLIED", "REPAYMENT"]);
        assert!(preview["transactions"][1].get("transactionId").is_none(), "{preview}");
        assert_eq!(
            preview["transfers"][0],
            json!({"debit": "interest_receivable", "credit": "interest_income", "amount": "26.29",
                "valueDate": "2012-07-28", "bookingDate": "2012-07-28"})
        );

        let given = give(book, &repayment);
        assert_eq!(given["after"], preview["after"]);
        assert_eq!(given["transactions"].as_array().map(Vec::len), Some(2));
        assert_eq!(book.read("/loam/v1/loans/L")["principalBalance"], "701.74");
        let newest = &book.transactions("L")[0];
        assert_shows(newest, &json!({"type": "REPAYMENT", "amount": "300", "comment": "by hand"}));
        assert_eq!(
            transaction_id(newest),
            given["transactions"][1]["transactionId"].as_i64().expect("a number")
        );
    });
}

#[test]
fn a_reversal_and_a_back_dated_fact_are_tried_with_all_that_follows() {
    on_both(|book| {
        book.lend("L");
        book.close_days("2012-08-10");
        book.act("L", "type=REPAYMENT&amount=100");
        let late = transaction_id(&book.transactions("L")[0]);
        let preview = try_out(book, &json!({"command": "repay", "amount": "50", "valueDate": "2012-07-20"}));
        assert_eq!(preview["after"]["principalBalance"], "825.45");
        let reversed =
            preview["transactions"].as_array().expect("a list").iter().find(|t| t["reverses"] == late);
        assert_shows(reversed.expect("the later one is posted again"), &json!({"amount": "-100"}));
        let reverse = json!({"command": "reverse", "type": "REPAYMENT", "originalTransactionId": late});
        assert_eq!(try_out(book, &reverse)["after"]["principalBalance"], "950");
        assert_eq!(give(book, &reverse)["after"]["principalBalance"], "950");
    });
}

#[test]
fn a_preview_is_refused_as_the_command_is() {
    on_both(|book| {
        book.lend("L");
        book.apply("P");
        let snapshot = book.snapshot();
        for (loan, body, status, code) in [
            ("L", json!({"command": "repay", "amount": "5000"}), 400, "refused"),
            ("L", json!({"command": "repay", "amount": "1", "valueDate": "2012-06-29"}), 400, "refused"),
            ("L", json!({"command": "approve"}), 400, "refused"),
            ("P", json!({"command": "disburse"}), 400, "refused"),
            ("P", json!({"command": "edit", "loanAmount": "1"}), 400, "refused"),
            ("L", json!({"command": "repay", "amount": "1", "date": "2012-06-28"}), 400, "unknown_member"),
            ("L", json!({"command": "repay"}), 400, "missing_member"),
            ("L", json!({"command": "create"}), 400, "not_supported"),
            ("L", json!({}), 400, "missing_member"),
            ("NOBODY", json!({"command": "approve"}), 404, "not_found"),
        ] {
            let tried = book.admin.post(&format!("/loam/v1/loans/{loan}/preview"), &body);
            let given = book.admin.post(&format!("/loam/v1/loans/{loan}/commands"), &body);
            assert_eq!(tried.text, given.text, "{body}");
            assert_eq!((tried.status, given.status), (status, status), "{body}: {}", tried.text);
            assert_eq!(tried.json()["error"]["code"], code, "{body}");
        }
        assert_eq!(book.snapshot(), snapshot);
        let teller = book.user_with("teller", &["ENTER_REPAYMENT"]);
        let body = json!({"command": "repay", "amount": "1"});
        assert_eq!(teller.post("/loam/v1/loans/L/preview", &body).status, 403);
        assert_eq!(teller.post("/loam/v1/loans/L/commands", &body).status, 403);
    });
}

#[test]
fn a_loan_lives_its_whole_life_through_commands() {
    on_both(|book| {
        book.apply("L");
        for (body, state) in [
            (json!({"command": "edit", "loanAmount": "900", "notes": "less"}), "PENDING_APPROVAL"),
            (json!({"command": "approve"}), "APPROVED"),
            (json!({"command": "undoApproval"}), "PENDING_APPROVAL"),
            (json!({"command": "reject"}), "CLOSED_REJECTED"),
            (json!({"command": "undoReject"}), "PENDING_APPROVAL"),
            (json!({"command": "withdraw"}), "CLOSED"),
            (json!({"command": "undoWithdraw"}), "PENDING_APPROVAL"),
            (json!({"command": "approve"}), "APPROVED"),
            (json!({"command": "disburse", "transactionChannel": "CASH"}), "ACTIVE"),
            (json!({"command": "undoDisbursement"}), "APPROVED"),
            (json!({"command": "disburse", "firstRepaymentDate": "2012-08-28"}), "ACTIVE"),
            (json!({"command": "chargeFee", "amount": "5", "installment": 2}), "ACTIVE"),
            (json!({"command": "lock"}), "ACTIVE"),
            (json!({"command": "unlock"}), "ACTIVE"),
            (json!({"command": "writeOff"}), "CLOSED_WRITTEN_OFF"),
            (json!({"command": "undoWriteOff"}), "ACTIVE"),
        ] {
            let tried = try_out(book, &body);
            let given = give(book, &body);
            assert_eq!(given["after"]["accountState"], state, "{body}");
            assert_eq!(tried["after"], given["after"], "{body}");
        }
        let loan = book.read("/loam/v1/loans/L");
        assert_shows(&loan, &json!({"loanAmount": "900", "principalBalance": "900", "feesBalance": "5"}));
        assert_eq!(loan["repayments"][0]["dueDate"], "2012-08-28");
    });
}

#[test]
fn a_command_given_twice_under_one_key_is_done_once() {
    on_both(|book| {
        book.lend("L");
        let caller = book.admin.clone().with_header("idempotency-key", "one");
        let body = json!({"command": "repay", "amount": "10"});
        let first = caller.post("/loam/v1/loans/L/commands", &body).expect(200);
        let rows = book.rows("loan_log");
        assert_eq!(caller.post("/loam/v1/loans/L/commands", &body).expect(200).text, first.text);
        assert_eq!(book.rows("loan_log"), rows);
        let other = json!({"command": "repay", "amount": "11"});
        assert_eq!(caller.post("/loam/v1/loans/L/commands", &other).status, 409);
        // The key of a preview names nothing: it is no request that could be repeated.
        let tried = caller.post("/loam/v1/loans/L/preview", &other).expect(200).json();
        assert_eq!(tried["after"]["principalPaid"], "0", "interest comes first: {tried}");
    });
}
