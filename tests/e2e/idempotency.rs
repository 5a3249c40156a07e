//! `Idempotency-Key`: a retry gets the answer of the first request and does nothing twice; the same
//! key with other content is refused. On both doors.

use serde_json::{Value, json};

use crate::book::{Book, key, on_both, text};

/// The amounts of a loan's repayments, newest first.
fn repaid(book: &Book, loan: &str) -> Vec<String> {
    let transactions = book.transactions(loan);
    let repayments = transactions.iter().filter(|transaction| transaction["type"] == "REPAYMENT");
    repayments.map(|repayment| text(&repayment["amount"])).collect()
}

#[test]
fn a_repeated_repayment_is_taken_once() {
    on_both(|book| {
        book.lend("L");
        let retrying = book.admin.clone().with_header("idempotency-key", "repayment-1");
        let first = retrying.form("/api/loans/L/transactions", "type=REPAYMENT&amount=10").expect(201);
        book.act("L", "type=REPAYMENT&amount=20");
        let second = retrying.form("/api/loans/L/transactions", "type=REPAYMENT&amount=10").expect(201);
        assert_eq!(first.json(), second.json());
        assert_eq!(repaid(book, "L"), ["20", "10"]);

        for (path, form) in [
            ("/api/loans/L/transactions", "type=REPAYMENT&amount=11"),
            ("/api/loans/L/transactions?notes=n", "type=REPAYMENT&amount=10"),
        ] {
            let other = retrying.form(path, form);
            other.expect_refusal(409, 4, "INVALID_PARAMETERS");
            assert_eq!(other.json()["errorSource"], "Idempotency-Key");
        }
        assert_eq!(repaid(book, "L"), ["20", "10"]);
    });
}

#[test]
fn a_key_belongs_to_its_user_and_a_refusal_is_not_kept() {
    on_both(|book| {
        book.apply("L");
        let retrying = book.admin.clone().with_header("idempotency-key", "k");
        let early = retrying.form("/api/loans/L/transactions", "type=DISBURSEMENT");
        early.expect_refusal(400, 105, "INVALID_ACCOUNT_STATE");
        book.act("L", "type=APPROVAL");
        retrying.form("/api/loans/L/transactions", "type=DISBURSEMENT").expect(201);

        let teller = book.user_with("teller", &["ENTER_REPAYMENT"]).with_header("idempotency-key", "k");
        teller.form("/api/loans/L/transactions", "type=REPAYMENT&amount=1").expect(201);
        assert_eq!(repaid(book, "L"), ["1"]);
    });
}

#[test]
fn a_repeated_creation_makes_one_loan_and_one_client() {
    on_both(|book| {
        let retrying = book.admin.clone().with_header("idempotency-key", "client-1");
        let client = json!({"client": {"firstName": "Bo", "lastName": "Berg"}});
        let first = retrying.post("/api/clients", &client).expect(201).json();
        assert_eq!(retrying.post("/api/clients", &client).expect(201).json(), first);
        assert_eq!(book.list("/api/clients?lastName=Berg").len(), 1);
        let other = json!({"client": {"firstName": "Bo", "lastName": "Borg"}});
        retrying.post("/api/clients", &other).expect_refusal(409, 4, "INVALID_PARAMETERS");
        assert_eq!(book.list("/api/clients?lastName=Borg"), Vec::<Value>::new());

        let mut account = book.application("unused");
        account["id"] = Value::Null;
        let body = json!({"loanAccount": account});
        let retrying = book.admin.clone().with_header("idempotency-key", "loan-1");
        let first = retrying.post("/api/loans", &body).expect(201);
        let second = retrying.post("/api/loans", &body).expect(201);
        assert_eq!(first.json(), second.json());
        assert_eq!(first.header("location"), second.header("location"));
        assert_eq!(book.list("/api/clients/8/loans").len(), 1);
    });
}

#[test]
fn every_kind_of_change_may_be_repeated() {
    on_both(|book| {
        book.lend("L");
        book.apply("M");
        let once = |name: &str| book.admin.clone().with_header("idempotency-key", name);
        for (name, form) in [
            ("lock", "type=LOCK"),
            ("unlock", "type=UNLOCK"),
            ("fee", "type=FEE&amount=1&repayment=1"),
            ("off", "type=WRITE_OFF"),
            ("on", "type=WRITE_OFF_ADJUSTMENT"),
        ] {
            let first = once(name).form("/api/loans/L/transactions", form).expect(201).json();
            let second = once(name).form("/api/loans/L/transactions", form).expect(201).json();
            assert_eq!(first, second, "{form}");
        }
        let approve =
            || once("approve").form("/api/loans/M/transactions", "type=APPROVAL").expect(201).json();
        assert_eq!(approve()["accountState"], "APPROVED");
        assert_eq!(approve()["accountState"], "APPROVED");
        let rename = json!({"loanAccount": {"notes": "n"}});
        for _ in 0..2 {
            once("patch").patch("/api/loans/M", &rename).expect(200);
            once("exit").patch("/api/clients/8", &json!({"client": {"homePhone": "1"}})).expect(200);
        }
    });
}

#[test]
fn what_takes_its_own_id_away_may_be_repeated_by_key() {
    on_both(|book| {
        let once = |name: &str| book.admin.clone().with_header("idempotency-key", name);
        let loan = key(&book.apply("M"));
        let client = key(&book.admin.get("/api/clients/8").expect(200).json());
        let rename = json!({"client": {"id": "88"}});
        let ask = || {
            [
                ("a deletion by key", once("by key").delete(&format!("/api/loans/{loan}")).status),
                ("a new id", once("rename").patch(&format!("/api/clients/{client}"), &rename).status),
            ]
        };
        let first = ask();
        assert!(first.iter().all(|(_, status)| *status == 200), "{first:?}");
        assert_eq!(ask(), first, "the second time");
        assert_eq!(book.list("/api/loans"), Vec::<Value>::new());
    });
}

#[test]
fn the_native_door_gives_the_first_answer_again_too() {
    on_both(|book| {
        let retrying = book.admin.clone().with_header("idempotency-key", "branch-1");
        let branch = json!({"id": "7", "name": "Seven"});
        let first = retrying.post("/loam/v1/branches", &branch).expect(201).json();
        let second = retrying.post("/loam/v1/branches", &branch).expect(201).json();
        assert_eq!(key(&first), key(&second));
        let other = retrying.post("/loam/v1/branches", &json!({"id": "8", "name": "Eight"}));
        assert_eq!(other.expect(409).json()["error"]["code"], "idempotency_key_reused");
        assert_eq!(book.list("/api/branches").len(), 2);
        book.admin.post("/loam/v1/branches", &branch).expect(409);
    });
}
