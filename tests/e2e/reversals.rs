//! Reversals and back-dated repayments: what may be taken back, by whom, and what becomes of the
//! transactions that came after.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, key, on_both, text, transaction_id};
use crate::subset::assert_shows;

/// A teller: repays, back-dates and takes back, but does not correct in bulk.
const TELLER: [&str; 4] =
    ["VIEW_LOAN_ACCOUNT_DETAILS", "ENTER_REPAYMENT", "BACKDATE_LOAN_TRANSACTIONS", "APPLY_LOAN_ADJUSTMENTS"];

const LATER_ONE: (u16, i64, &str) = (400, 166, "UNREVERSED_TRANSACTION_LOGGED_AFTER_CURRENT_ONE");

fn reverses(caller: &Caller, loan: &str, original: i64) -> loam_tests::http::Answer {
    let form = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={original}&notes=n");
    caller.form(&format!("/api/loans/{loan}/transactions"), &form)
}

fn repays(caller: &Caller, loan: &str, form: &str) -> Value {
    caller
        .form(&format!("/api/loans/{loan}/transactions"), &format!("type=REPAYMENT&{form}"))
        .expect(201)
        .json()
}

/// The transaction with this id, as it is served now.
#[track_caller]
fn served(book: &Book, loan: &str, id: i64) -> Value {
    let listed = book.transactions(loan);
    listed
        .iter()
        .find(|t| t["transactionId"] == id)
        .unwrap_or_else(|| panic!("{id} is gone: {listed:#?}"))
        .clone()
}

/// Panics unless a served transaction shows every figure that it showed before.
#[track_caller]
fn assert_keeps_its_figures(before: &Value, after: &Value) {
    let mut after = after.clone();
    let members = after.as_object_mut().expect("a transaction is an object");
    members.remove("reversalTransactionKey");
    assert_eq!(&after, before);
}

#[test]
fn the_last_repayment_is_reversed_once() {
    on_both(|book| {
        book.lend("L");
        let teller = book.user_with("teller", &TELLER);
        let repayment = repays(&teller, "L", "amount=100");
        let id = transaction_id(&repayment);
        let reversal = reverses(&teller, "L", id).expect(201).json();
        assert_shows(
            &reversal,
            &json!({"type": "REPAYMENT_ADJUSTMENT", "amount": "-100", "entryDate": "2012-06-28T00:00:00+0000"}),
        );
        let original = served(book, "L", id);
        assert_eq!(original["reversalTransactionKey"], reversal["encodedKey"]);
        assert_keeps_its_figures(&repayment, &original);
        let again = |caller: &Caller| reverses(caller, "L", id);
        book.refuses(again, (400, 211, "TRANSACTION_ALREADY_REVERSED"));
        let of_a_reversal = transaction_id(&reversal);
        assert_eq!(reverses(&book.admin, "L", of_a_reversal).status, 400, "a reversal is not reversed");
    });
}

#[test]
fn an_older_repayment_is_reversed_only_by_who_may_correct_in_bulk() {
    on_both(|book| {
        book.lend("L");
        let teller = book.user_with("teller", &TELLER);
        book.close_days("2012-07-28");
        let first = repays(&teller, "L", "amount=25.45");
        book.close_days("2012-08-28");
        let second = repays(&teller, "L", "amount=190");
        assert_shows(&second, &json!({"principalPaid": "190", "interestPaid": "0"}));
        let (first_id, second_id) = (transaction_id(&first), transaction_id(&second));

        let before = book.snapshot();
        let (status, code, name) = LATER_ONE;
        reverses(&teller, "L", first_id).expect_refusal(status, code, name);
        assert_eq!(book.snapshot(), before, "a refusal changes nothing");

        let mut corrector = TELLER.to_vec();
        corrector.push("BULK_LOAN_CORRECTIONS");
        let corrector = book.user_with("corrector", &corrector);
        let reversal = reverses(&corrector, "L", first_id).expect(201).json();
        assert_shows(&reversal, &json!({"type": "REPAYMENT_ADJUSTMENT", "amount": "-25.45"}));

        let (was_first, was_second) = (served(book, "L", first_id), served(book, "L", second_id));
        assert_keeps_its_figures(&first, &was_first);
        assert_keeps_its_figures(&second, &was_second);
        assert_eq!(was_first["reversalTransactionKey"], reversal["encodedKey"]);
        let reversed_second = text(&was_second["reversalTransactionKey"]);
        let listed = book.transactions("L");
        let its_reversal = listed.iter().find(|t| key(t) == reversed_second).expect("the reversal is listed");
        assert_shows(
            its_reversal,
            &json!({"type": "REPAYMENT_ADJUSTMENT", "amount": "-190", "principalPaid": "-190"}),
        );

        let counts = |t: &&Value| t["type"] == "REPAYMENT" && t.get("reversalTransactionKey").is_none();
        let posted_again: Vec<&Value> = listed.iter().filter(counts).collect();
        assert_eq!(posted_again.len(), 1, "{listed:#?}");
        assert_shows(
            posted_again[0],
            &json!({"amount": "190", "interestPaid": "25.45", "principalPaid": "164.55",
                "entryDate": "2012-08-28T00:00:00+0000"}),
        );
        assert!(transaction_id(posted_again[0]) > second_id);
        assert_shows(&book.loan("L"), &json!({"principalPaid": "164.55", "interestPaid": "25.45"}));
    });
}

#[test]
fn a_repayment_is_back_dated_before_another_only_by_who_may_correct_in_bulk() {
    on_both(|book| {
        book.lend("L");
        let teller = book.user_with("teller", &TELLER);
        book.close_days("2012-08-10");
        let later = repays(&teller, "L", "amount=100");
        assert_shows(&later, &json!({"interestPaid": "25.45", "principalPaid": "74.55"}));

        let before = book.snapshot();
        let earlier = "type=REPAYMENT&amount=50&date=2012-07-30";
        let refused = teller.form("/api/loans/L/transactions", earlier);
        refused.expect_refusal(400, 131, "ENTRY_DATE_BEFORE_OTHER_TRANSACTION");
        assert_eq!(book.snapshot(), before, "a refusal changes nothing");

        let posted = book.act("L", earlier);
        assert_shows(
            &posted,
            &json!({"type": "REPAYMENT", "amount": "50", "interestPaid": "25.45", "principalPaid": "24.55",
                "entryDate": "2012-07-30T00:00:00+0000"}),
        );
        let was_later = served(book, "L", transaction_id(&later));
        assert_keeps_its_figures(&later, &was_later);
        assert!(was_later["reversalTransactionKey"].is_string(), "{was_later}");
        let counts = |t: &&Value| t["type"] == "REPAYMENT" && t.get("reversalTransactionKey").is_none();
        let listed = book.transactions("L");
        let again: Vec<&Value> = listed.iter().filter(counts).filter(|t| t["amount"] == "100").collect();
        assert_eq!(again.len(), 1);
        assert_shows(
            again[0],
            &json!({"interestPaid": "0", "principalPaid": "100", "entryDate": "2012-08-10T00:00:00+0000"}),
        );
        assert_shows(&book.loan("L"), &json!({"principalPaid": "124.55", "interestPaid": "25.45"}));
    });
}

#[test]
fn back_dating_needs_its_permission_and_takes_arrears_away_that_never_were() {
    on_both(|book| {
        book.lend("L");
        let plain = book.user_with("plain", &["VIEW_LOAN_ACCOUNT_DETAILS", "ENTER_REPAYMENT"]);
        let teller = book.user_with("teller", &TELLER);
        book.close_days("2012-08-05");
        assert_eq!(book.loan("L")["accountState"], "ACTIVE_IN_ARREARS");
        let form = "type=REPAYMENT&amount=215.45&date=2012-07-28";
        let refused = plain.form("/api/loans/L/transactions", form);
        refused.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        teller.form("/api/loans/L/transactions", form).expect(201);
        assert_shows(
            &book.loan("L"),
            &json!({"accountState": "ACTIVE", "daysLate": 0, "lastSetToArrearsDate": null}),
        );
        assert_eq!(book.repayments("L")[0]["repaidDate"], "2012-07-28T00:00:00+0000");
    });
}

#[test]
fn reversing_the_repayment_that_closed_a_loan_opens_it() {
    on_both(|book| {
        book.lend("L");
        let last = transaction_id(&book.act("L", "type=REPAYMENT&amount=1079.77"));
        assert_eq!(book.loan("L")["accountState"], "CLOSED");
        reverses(&book.admin, "L", last).expect(201);
        assert_shows(
            &book.loan("L"),
            &json!({"accountState": "ACTIVE", "principalBalance": "950", "interestBalance": "0", "closedDate": null}),
        );
    });
}

#[test]
fn what_came_after_a_disbursement_holds_it() {
    on_both(|book| {
        book.lend("L");
        let repayment = transaction_id(&book.act("L", "type=REPAYMENT&amount=10"));
        let undo = |caller: &Caller| caller.form("/api/loans/L/transactions", "type=DISBURSMENT_ADJUSTMENT");
        book.refuses(undo, LATER_ONE);
        reverses(&book.admin, "L", repayment).expect(201);
        book.act("L", "type=DISBURSMENT_ADJUSTMENT");
        assert_eq!(book.loan("L")["accountState"], "APPROVED");
    });
}

#[test]
fn a_transaction_of_another_account_of_the_same_client_is_not_reversed() {
    on_both(|book| {
        book.lend("L");
        book.lend("M");
        let on_l = book.act("L", "type=REPAYMENT&amount=10");
        book.act("M", "type=REPAYMENT&amount=10");
        // A key names its account; a bare number is looked up in the account of the path.
        let refusals = [
            (text(&on_l["encodedKey"]), (400, 213, "TRANSACTION_ID_AND_ACCOUNT_MISMATCH")),
            (transaction_id(&on_l).to_string(), (400, 212, "INVALID_TRANSACTION_ID")),
        ];
        for (original, refusal) in refusals {
            let form = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={original}");
            let send = |caller: &Caller| caller.form("/api/loans/M/transactions", &form);
            book.refuses(send, refusal);
        }
    });
}

#[test]
fn interest_that_the_book_applied_is_not_taken_back_by_hand() {
    on_both(|book| {
        book.lend("L");
        book.close_days("2012-07-28");
        let interest = transaction_id(&book.transactions("L")[0]);
        let form = format!("type=INTEREST_APPLIED_ADJUSTMENT&originalTransactionId={interest}");
        let send = |caller: &Caller| caller.form("/api/loans/L/transactions", &form);
        book.refuses(send, (400, 2320, "TRANSACTION_TYPE_IS_IRREVERSIBLE"));
    });
}

/// What is taken back is what was named, and nothing else in its place.
#[test]
fn a_disbursement_or_a_write_off_that_is_named_is_the_one_that_is_taken_back() {
    on_both(|book| {
        book.lend("L");
        book.lend("M");
        let disbursement = transaction_id(&book.transactions("L")[0]);
        let another = key(&book.transactions("M")[0]);
        let repayment = transaction_id(&book.act("L", "type=REPAYMENT&amount=50"));
        let refused = |kind: &str, original: &str, no: (u16, i64, &str)| {
            let form = format!("type={kind}&originalTransactionId={original}");
            book.refuses(|caller| caller.form("/api/loans/L/transactions", &form), no);
        };
        let wrong_kind = (400, 165, "INVALID_TRANSACTION_TYPE");
        let unknown = (400, 212, "INVALID_TRANSACTION_ID");
        let other_account = (400, 213, "TRANSACTION_ID_AND_ACCOUNT_MISMATCH");
        for kind in ["DISBURSMENT_ADJUSTMENT", "UNDO_DISBURSEMENT"] {
            refused(kind, &repayment.to_string(), wrong_kind);
            refused(kind, "999999", unknown);
            refused(kind, "abc", unknown);
            refused(kind, &another, other_account);
        }
        reverses(&book.admin, "L", repayment).expect(201);
        refused("DISBURSMENT_ADJUSTMENT", &repayment.to_string(), (400, 211, "TRANSACTION_ALREADY_REVERSED"));
        book.act("L", "type=WRITE_OFF");
        let written_off = key(&book.transactions("L")[0]);
        refused("WRITE_OFF_ADJUSTMENT", &disbursement.to_string(), wrong_kind);
        refused("WRITE_OFF_ADJUSTMENT", "999999", unknown);
        refused("WRITE_OFF_ADJUSTMENT", &another, other_account);
        book.act("L", &format!("type=WRITE_OFF_ADJUSTMENT&originalTransactionId={written_off}"));
        assert_eq!(book.loan("L")["accountState"], "ACTIVE");
        book.act("L", &format!("type=DISBURSMENT_ADJUSTMENT&originalTransactionId={disbursement}"));
        assert_eq!(book.loan("L")["accountState"], "APPROVED");
    });
}
