//! Many payments in one request: each by itself, in their order, and none of them twice.

use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::book::{Book, on_both, record, text, transaction_id};
use crate::subset::assert_shows;

const PATH: &str = "/loam/v1/loan-payments";

fn pay(caller: &Caller, payments: &Value) -> Vec<Value> {
    let results = caller.post(PATH, payments).expect(200).json();
    results.as_array().expect("one result for each payment").clone()
}

fn statuses(results: &[Value]) -> Vec<i64> {
    results.iter().map(|result| result["status"].as_i64().expect("every result has a status")).collect()
}

/// The comments of a loan's repayments, oldest first.
fn paid(book: &Book, loan: &str) -> Vec<String> {
    let transactions = book.transactions(loan).into_iter().rev();
    transactions.filter(|row| row["type"] == "REPAYMENT").map(|row| text(&row["comment"])).collect()
}

#[track_caller]
fn assert_refused(answer: &Answer, expected: (u16, &str)) {
    assert_eq!((answer.status, text(&answer.json()["error"]["code"]).as_str()), expected, "{}", answer.text);
}

#[test]
fn payments_are_answered_in_their_order_with_what_they_paid() {
    on_both(|book| {
        let (first, second) = (book.lend("L1"), book.lend("L2"));
        let results = pay(
            &book.admin,
            &json!([
                {"loan": "L2", "amount": "100.00", "notes": "b"},
                {"loan": first["encodedKey"], "amount": 10.5, "valueDate": null, "externalId": "X-1",
                 "transactionChannel": "CASH", "command": "repay"},
                {"loan": "L2", "amount": "50"},
            ]),
        );
        assert_eq!(statuses(&results), [200, 200, 200]);
        let ids: Vec<&Value> = results.iter().map(|result| &result["id"]).collect();
        assert_eq!(ids, ["L2", "L1", "L2"]);
        assert_shows(&results[0], &json!({"encodedKey": second["encodedKey"], "accountState": "ACTIVE"}));
        let repaid =
            results[1]["transactions"].as_array().expect("transactions").last().expect("the payment");
        assert_shows(repaid, &json!({"type": "REPAYMENT", "amount": "10.5", "interestPaid": "10.5"}));
        for (result, loan) in results.iter().zip(["L2", "L1", "L2"]) {
            let told = result["transactions"].as_array().expect("transactions").last().expect("the payment");
            let listed = book.transactions(loan);
            let kept = listed.iter().find(|row| row["encodedKey"] == told["encodedKey"]);
            let kept = kept.expect("what was answered is in the book under its key");
            assert_eq!(transaction_id(kept), told["transactionId"].as_i64().expect("a number"));
        }
        let after = book.read("/loam/v1/loans/L2");
        for balance in ["principalBalance", "interestBalance", "feesBalance", "penaltyBalance"] {
            assert_eq!(results[2][balance], after[balance], "{balance}");
        }
        let external = book.transactions("L1");
        assert_shows(
            &external[0],
            &json!({"externalId": "X-1", "details": {"transactionChannel": {"id": "CASH"}}}),
        );
    });
}

#[test]
fn payments_on_one_loan_are_taken_in_their_order() {
    on_both(|book| {
        for loan in ["L1", "L2", "L3"] {
            book.lend(loan);
        }
        let loans = ["L1", "L2", "L3"];
        let payment =
            |number: usize| json!({"loan": loans[number % 3], "amount": "1", "notes": number.to_string()});
        // More than are read at once, and than one batch of the desk holds.
        let payments: Vec<Value> = (0..1_200).map(payment).collect();
        let results = pay(&book.admin, &json!(payments));
        assert_eq!(statuses(&results), vec![200; 1_200]);
        for (first, loan) in loans.iter().enumerate() {
            let in_order: Vec<String> = (first..1_200).step_by(3).map(|number| number.to_string()).collect();
            let page = format!("/api/loans/{loan}/transactions?limit=1000");
            let rows = book.list(&page).into_iter().rev().filter(|row| row["type"] == "REPAYMENT");
            assert_eq!(rows.map(|row| text(&row["comment"])).collect::<Vec<_>>(), in_order, "{loan}");
        }
    });
}

#[test]
fn what_is_refused_is_refused_as_by_itself_and_touches_no_other() {
    on_both(|book| {
        book.lend("L");
        book.apply("EARLY");
        let bad = [
            ("EARLY", json!({"amount": "1"})),
            ("LOST", json!({"amount": "1"})),
            ("L", json!({})),
            ("L", json!({"amount": "0"})),
            ("L", json!({"amount": "1.001"})),
            ("L", json!({"amount": "one"})),
            ("L", json!({"amount": "1", "valuedate": "2012-07-28"})),
            ("L", json!({"amount": "1", "valueDate": "2999-01-01"})),
            ("L", json!({"amount": "1", "valueDate": "soon"})),
            ("L", json!({"amount": "1", "transactionChannel": "NONE"})),
            ("L", json!({"amount": "1", "receiptNumber": "7"})),
        ];
        let mut payments = Vec::new();
        for (number, (loan, members)) in bad.iter().enumerate() {
            let mut payment = members.clone();
            payment["loan"] = json!(loan);
            payments.push(payment);
            payments.push(json!({"loan": "L", "amount": "1", "notes": number.to_string()}));
        }
        let results = pay(&book.admin, &json!(payments));
        for (number, (loan, members)) in bad.iter().enumerate() {
            let mut alone = members.clone();
            alone["command"] = json!("repay");
            let alone = book.admin.post(&format!("/loam/v1/loans/{loan}/commands"), &alone);
            let (refused, taken) = (&results[2 * number], &results[2 * number + 1]);
            assert!(alone.status >= 400, "{members}: {}", alone.text);
            assert_eq!(refused["status"], alone.status, "{members}: {refused}");
            assert_eq!(refused["error"], alone.json()["error"], "{members}");
            assert_eq!(taken["status"], 200, "{taken}");
        }
        let all: Vec<String> = (0..bad.len()).map(|number| number.to_string()).collect();
        assert_eq!(paid(book, "L"), all);
    });
}

#[test]
fn what_is_no_payment_is_refused_in_its_place() {
    on_both(|book| {
        book.lend("L");
        let results = pay(
            &book.admin,
            &json!([7, {"amount": "1"}, {"loan": "L", "amount": "1", "command": "lock"}, ["L"], {"loan": "L", "amount": "2"}]),
        );
        assert_eq!(statuses(&results), [400, 400, 400, 400, 200]);
        let fields: Vec<&Value> = results.iter().map(|result| &result["error"]["field"]).collect();
        assert_eq!(fields[..4], ["payment", "loan", "command", "payment"]);
        assert_eq!(results[2]["error"]["code"], "not_supported");
    });
}

#[test]
fn what_is_no_list_of_payments_is_refused_as_a_whole() {
    on_both(|book| {
        book.lend("L");
        let one = json!({"loan": "L", "amount": "1"});
        assert_refused(&book.admin.post(PATH, &one), (400, "malformed_json"));
        assert_refused(&book.admin.post(PATH, &json!("L")), (400, "malformed_json"));
        assert_refused(&book.admin.send("POST", PATH, None, "[{}"), (400, "malformed_json"));
        assert_refused(&book.admin.send("POST", PATH, None, ""), (400, "malformed_json"));
        let too_many = book.admin.post(PATH, &json!(vec![one; 10_001]));
        assert_refused(&too_many, (400, "too_many"));
        let message = text(&too_many.json()["error"]["message"]);
        assert!(message.contains("10001") && message.contains("10000"), "{message}");
        assert_eq!(paid(book, "L"), Vec::<String>::new());
        assert_eq!(pay(&book.admin, &json!([])), Vec::<Value>::new());
    });
}

#[test]
fn a_repeated_request_takes_nothing_twice() {
    on_both(|book| {
        book.lend("L1");
        book.lend("L2");
        let payments = json!([
            {"loan": "L1", "amount": "1", "notes": "a"},
            {"loan": "L1", "amount": "1.001"},
            {"loan": "L2", "amount": "2", "notes": "b"},
            {"loan": "L1", "amount": "1", "notes": "c"},
        ]);
        let retrying = book.admin.clone().with_header("idempotency-key", "file-1");
        let first = retrying.post(PATH, &payments).expect(200).json();
        book.act("L1", "type=REPAYMENT&amount=5&notes=other");
        assert_eq!(retrying.post(PATH, &payments).expect(200).json(), first);
        assert_eq!(paid(book, "L1"), ["a", "c", "other"]);
        assert_eq!(paid(book, "L2"), ["b"]);

        let others = json!([{"loan": "L1", "amount": "1", "notes": "d"}, {"loan": "L2", "amount": "2"}]);
        assert_refused(&retrying.post(PATH, &others), (409, "idempotency_key_reused"));
        assert_eq!((paid(book, "L1").len(), paid(book, "L2").len()), (3, 1));

        // Without the key, and under another, the same payments are other payments.
        pay(&book.admin, &payments);
        pay(&book.admin.clone().with_header("idempotency-key", "file-2"), &payments);
        assert_eq!((paid(book, "L1").len(), paid(book, "L2").len()), (7, 3));
    });
}

#[test]
fn a_request_that_comes_several_times_at_once_is_taken_once() {
    on_both(|book| {
        book.lend("L1");
        book.lend("L2");
        let loans = ["L1", "L2"];
        let payment =
            |number: usize| json!({"loan": loans[number % 2], "amount": "1", "notes": number.to_string()});
        let payments = json!((0..300).map(payment).collect::<Vec<_>>());
        let answers: Vec<Value> = std::thread::scope(|scope| {
            let send = || {
                let caller = book.admin.clone().with_header("idempotency-key", "at once");
                caller.post(PATH, &payments).expect(200).json()
            };
            let sending: Vec<_> = (0..4).map(|_| scope.spawn(send)).collect();
            sending.into_iter().map(|sent| sent.join().expect("it is answered")).collect()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        for (first, loan) in loans.iter().enumerate() {
            let rows = book.list(&format!("/api/loans/{loan}/transactions?limit=1000")).into_iter().rev();
            let kept: Vec<String> =
                rows.filter(|row| row["type"] == "REPAYMENT").map(|row| text(&row["comment"])).collect();
            let sent: Vec<String> = (first..300).step_by(2).map(|number| number.to_string()).collect();
            assert_eq!(kept, sent, "{loan}");
        }
    });
}

#[test]
fn each_payment_keeps_to_the_limits_of_who_asks() {
    on_both(|book| {
        book.lend("L");
        let teller = json!({"username": "teller", "password": "a long enough secret", "lastName": "Teller",
            "permissions": ["ADMINISTRATION"], "isAdministrator": true,
            "transactionLimits": {"MAKE_REPAYMENT": "10"}});
        record(&book.admin, "users", &teller);
        let teller = Caller::basic(&book.server.base, "teller", "a long enough secret");
        let results = pay(&teller, &json!([{"loan": "L", "amount": "10.01"}, {"loan": "L", "amount": "10"}]));
        assert_eq!(statuses(&results), [403, 200], "{results:?}");
        let alone = json!({"command": "repay", "amount": "10.01"});
        let alone = teller.post("/loam/v1/loans/L/commands", &alone);
        assert_eq!(results[0]["error"], alone.json()["error"]);

        let nobody = book.user_with("nobody", &["ENTER_REPAYMENT"]);
        assert_refused(&nobody.post(PATH, &json!([])), (403, "not_permitted"));
    });
}

#[test]
fn each_payment_keeps_to_the_branches_of_who_asks() {
    on_both(|book| {
        book.lend("L");
        record(&book.admin, "branches", &json!({"id": "9", "name": "Elsewhere"}));
        let bound = json!({"username": "bound", "password": "a long enough secret", "lastName": "Bound",
            "permissions": ["ADMINISTRATION", "ENTER_REPAYMENT"], "isAdministrator": false,
            "assignedBranchKey": "9", "canManageAllBranches": false});
        record(&book.admin, "users", &bound);
        let bound = Caller::basic(&book.server.base, "bound", "a long enough secret");
        let alone = bound.post("/loam/v1/loans/L/commands", &json!({"command": "repay", "amount": "1"}));
        let results = pay(&bound, &json!([{"loan": "L", "amount": "1"}]));
        assert_eq!(results[0]["status"], alone.status, "{results:?} {}", alone.text);
        assert_eq!((alone.status, &results[0]["error"]), (403, &alone.json()["error"]));
        assert_eq!(paid(book, "L"), Vec::<String>::new());
    });
}
