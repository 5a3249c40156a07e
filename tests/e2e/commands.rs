//! Every type of transaction that this version has, and its undo: which state it leads to and what
//! comes back (LoanAccount, LoanTransaction or a list).

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, text, transaction_id, with};
use crate::subset::assert_shows;

/// Posts a type that is answered with the account, and checks state and sub-state.
#[track_caller]
fn account(book: &Book, loan: &str, form: &str, state: (&str, Option<&str>)) {
    let answer = book.act(loan, form);
    assert_eq!(answer["id"], loan, "{form} gives the account: {answer}");
    assert!(answer.get("transactionId").is_none() && answer.get("loanAccount").is_none(), "{answer}");
    let (state, sub_state) = state;
    assert_shows(&answer, &json!({"accountState": state, "accountSubState": sub_state}));
    assert_shows(&book.loan(loan), &json!({"accountState": state, "accountSubState": sub_state}));
}

/// Posts a type that is answered with one transaction.
#[track_caller]
fn transaction(book: &Book, loan: &str, form: &str, expected: &Value) -> i64 {
    let answer = book.act(loan, form);
    let id = transaction_id(&answer);
    assert_shows(&answer, expected);
    assert_eq!(answer["parentAccountKey"], book.loan(loan)["encodedKey"]);
    let listed = book.transactions(loan);
    assert!(listed.contains(&answer), "what was answered is listed: {answer}\n{listed:#?}");
    id
}

#[test]
fn an_application_moves_between_its_states() {
    on_both(|book| {
        let partial = json!({"id": "PART", "accountInitialState": "PARTIAL_APPLICATION"});
        record(&book.admin, "loan-products", &with(agriculture(), &partial));
        let created = book.apply_with("MOVES", &json!({"productTypeKey": "PART"}));
        assert_eq!(created["accountState"], "PARTIAL_APPLICATION");

        for (before, request) in [
            ("PARTIAL_APPLICATION", "type=PENDING_APPROVAL&notes=complete"),
            ("PENDING_APPROVAL", "type=APPROVAL&notes=n"),
        ] {
            account(book, "MOVES", "type=REJECT&notes=n", ("CLOSED_REJECTED", None));
            account(book, "MOVES", "type=UNDO_REJECT&notes=n", (before, None));
            account(book, "MOVES", "type=WITHDRAW&notes=n", ("CLOSED", Some("WITHDRAWN")));
            account(book, "MOVES", "type=UNDO_WITHDRAWN&notes=n", (before, None));
            let after = if before == "PENDING_APPROVAL" { "APPROVED" } else { "PENDING_APPROVAL" };
            account(book, "MOVES", request, (after, None));
        }
        account(book, "MOVES", "type=UNDO_APPROVAL&notes=n", ("PENDING_APPROVAL", None));
        account(book, "MOVES", "type=approval", ("APPROVED", None));
        assert_eq!(book.transactions("MOVES"), Vec::<Value>::new(), "no money has moved");
    });
}

#[test]
fn a_disbursement_is_made_in_both_spellings_and_undone() {
    on_both(|book| {
        book.apply("SPELT");
        book.act("SPELT", "type=APPROVAL");
        for (form, undo) in [
            ("type=DISBURSEMENT&notes=n", "type=DISBURSMENT_ADJUSTMENT&notes=n"),
            ("type=DISBURSMENT&notes=n", "type=UNDO_DISBURSEMENT&notes=n"),
        ] {
            let expected =
                json!({"type": "DISBURSMENT", "amount": "950", "principalBalance": "950", "comment": "n"});
            transaction(book, "SPELT", form, &expected);
            assert_eq!(book.loan("SPELT")["accountState"], "ACTIVE");
            let expected =
                json!({"type": "DISBURSMENT_ADJUSTMENT", "amount": "-950", "principalBalance": "0"});
            transaction(book, "SPELT", undo, &expected);
            assert_shows(
                &book.loan("SPELT"),
                &json!({"accountState": "APPROVED", "principalBalance": "0", "disbursementDate": null}),
            );
        }
        let java = json!({"notes": "n", "type": "DISBURSMENT"});
        let answer = book.admin.post("/api/loans/SPELT/transactions", &java).expect(201).json();
        assert_eq!(answer["type"], "DISBURSMENT");
    });
}

#[test]
fn a_disbursement_takes_its_first_repayment_date() {
    on_both(|book| {
        book.apply("FIRST");
        book.act("FIRST", "type=APPROVAL");
        book.act("FIRST", "type=DISBURSEMENT&firstRepaymentDate=2012-07-15");
        let due: Vec<String> = book.repayments("FIRST").iter().map(|row| text(&row["dueDate"])).collect();
        assert_eq!(due[..2], ["2012-07-15T00:00:00+0000", "2012-08-15T00:00:00+0000"]);
    });
}

#[test]
fn a_repayment_is_posted_and_reversed() {
    on_both(|book| {
        book.lend("REPAY");
        book.close_days("2012-07-28");
        let before = book.loan("REPAY");
        let repayment = transaction(
            book,
            "REPAY",
            "type=REPAYMENT&amount=215.45&date=2012-07-28&method=RECEIPT&receiptNumber=R1&bankNumber=B1&notes=n",
            &json!({"type": "REPAYMENT", "amount": "215.45", "principalPaid": "190", "interestPaid": "25.45",
                "principalBalance": "760", "comment": "n",
                "details": {"transactionChannel": {"id": "RECEIPT"}, "receiptNumber": "R1", "bankNumber": "B1"}}),
        );
        let undone =
            format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={repayment}&notes=wrong+account");
        let expected = json!({"type": "REPAYMENT_ADJUSTMENT", "amount": "-215.45", "principalPaid": "-190",
            "interestPaid": "-25.45", "comment": "wrong account"});
        transaction(book, "REPAY", &undone, &expected);
        let after = book.loan("REPAY");
        for balance in ["principalBalance", "principalDue", "interestBalance", "interestDue", "principalPaid"]
        {
            assert_eq!(after[balance], before[balance], "{balance}");
        }
    });
}

#[test]
fn a_fee_is_charged_paid_first_and_reversed() {
    on_both(|book| {
        book.lend("FEE");
        let fee = transaction(
            book,
            "FEE",
            "type=FEE&amount=12.5&repayment=1&notes=n",
            &json!({"type": "FEE", "amount": "12.5", "feesPaid": "12.5", "comment": "n"}),
        );
        assert_shows(&book.loan("FEE"), &json!({"feesBalance": "12.5", "feesDue": "0"}));
        assert_shows(&book.repayments("FEE")[0], &json!({"feesDue": "12.5", "feesPaid": "0"}));
        let adjustment = format!("type=FEE_ADJUSTMENT&originalTransactionId={fee}&notes=n");
        transaction(book, "FEE", &adjustment, &json!({"type": "FEE_ADJUSTMENT", "amount": "-12.5"}));
        assert_shows(&book.loan("FEE"), &json!({"feesBalance": "0"}));

        book.act("FEE", "type=FEE&amount=7&repayment=2");
        book.close_days("2012-08-28");
        assert_shows(&book.loan("FEE"), &json!({"feesBalance": "7", "feesDue": "7"}));
        book.act("FEE", "type=REPAYMENT&amount=220");
        let last = &book.transactions("FEE")[0];
        assert_shows(last, &json!({"interestPaid": "25.45", "principalPaid": "190", "feesPaid": "4.55"}));
        assert_shows(&book.loan("FEE"), &json!({"feesBalance": "2.45", "feesPaid": "4.55"}));
    });
}

#[test]
fn accrued_interest_is_applied_by_hand_and_reversed() {
    on_both(|book| {
        let declining = json!({"id": "DECL", "interestCalculationMethod": "DECLINING_BALANCE"});
        record(&book.admin, "loan-products", &with(agriculture(), &declining));
        book.lend_with("ACCRUES", &json!({"productTypeKey": "DECL"}));
        book.close_days("2012-07-13");
        // Fifteen of thirty days: half of 25.45, rounded down.
        assert_eq!(book.loan("ACCRUES")["accruedInterest"], "12.725");
        let applied = transaction(
            book,
            "ACCRUES",
            "type=INTEREST_APPLIED&date=2012-07-13&notes=n",
            &json!({"type": "INTEREST_APPLIED", "amount": "12.72", "comment": "n",
                "entryDate": "2012-07-13T00:00:00+0000"}),
        );
        assert_shows(&book.loan("ACCRUES"), &json!({"interestBalance": "12.72", "accruedInterest": "0.005"}));
        let adjustment = format!("type=INTEREST_APPLIED_ADJUSTMENT&originalTransactionId={applied}&notes=n");
        let expected = json!({"type": "INTEREST_APPLIED_ADJUSTMENT", "amount": "-12.72"});
        transaction(book, "ACCRUES", &adjustment, &expected);
        assert_shows(&book.loan("ACCRUES"), &json!({"interestBalance": "0", "accruedInterest": "12.725"}));
        let flat = book.lend("FLAT");
        assert_eq!(flat["accountState"], "ACTIVE");
        let nothing = book.try_act("FLAT", "type=INTEREST_APPLIED&date=2012-07-13&notes=n");
        nothing.expect_refusal(400, 133, "ACCOUNT_HAS_NO_ACCRUED_INTEREST");
    });
}

#[test]
fn a_loan_is_locked_and_unlocked_with_a_list_for_an_answer() {
    on_both(|book| {
        book.lend("LOCKED");
        let kinds = |answer: &Value| -> Vec<String> {
            answer.as_array().expect("a list").iter().map(|transaction| text(&transaction["type"])).collect()
        };
        let locked = book.act("LOCKED", "type=LOCK&notes=n");
        assert_eq!(kinds(&locked), ["INTEREST_LOCKED", "FEE_LOCKED", "PENALTY_LOCKED"]);
        assert_shows(
            &book.loan("LOCKED"),
            &json!({"accountState": "ACTIVE", "accountSubState": "LOCKED",
                "lockedOperations": ["APPLY_INTEREST", "APPLY_FEES", "APPLY_PENALTIES"],
                "lastLockedDate": "2012-06-28T00:00:00+0000"}),
        );
        book.try_act("LOCKED", "type=LOCK&notes=n").expect_refusal(400, 2330, "ACCOUNT_ALREADY_LOCKED");
        book.close_days("2012-07-30");
        assert_shows(
            &book.loan("LOCKED"),
            &json!({"interestBalance": "0", "accountState": "ACTIVE_IN_ARREARS"}),
        );
        let unlocked = book.act("LOCKED", "type=UNLOCK&notes=n");
        assert_eq!(kinds(&unlocked), ["INTEREST_UNLOCKED", "FEE_UNLOCKED", "PENALTY_UNLOCKED"]);
        assert_shows(&book.loan("LOCKED"), &json!({"accountSubState": null, "interestBalance": "25.45"}));
        book.try_act("LOCKED", "type=UNLOCK&notes=n").expect_refusal(400, 144, "ACCOUNT_ALREADY_UNLOCKED");
    });
}

#[test]
fn a_loan_is_written_off_and_brought_back() {
    on_both(|book| {
        book.lend("OFF");
        book.close_days("2012-07-28");
        book.act("OFF", "type=FEE&amount=5&repayment=2");
        let expected = json!({"type": "WRITE_OFF", "amount": "980.45", "principalPaid": "950",
            "interestPaid": "25.45", "feesPaid": "5", "penaltyPaid": "0", "principalBalance": "0", "comment": "n"});
        let written_off = transaction(book, "OFF", "type=WRITE_OFF&notes=n", &expected);
        assert_shows(
            &book.loan("OFF"),
            &json!({"accountState": "CLOSED_WRITTEN_OFF", "principalBalance": "0", "interestBalance": "0",
                "feesBalance": "0"}),
        );
        let undo = format!("type=WRITE_OFF_ADJUSTMENT&originalTransactionId={written_off}&notes=n");
        let expected =
            json!({"type": "WRITE_OFF_ADJUSTMENT", "amount": "-980.45", "principalBalance": "950"});
        transaction(book, "OFF", &undo, &expected);
        assert_shows(
            &book.loan("OFF"),
            &json!({"accountState": "ACTIVE", "principalBalance": "950", "interestBalance": "25.45",
                "feesBalance": "5", "closedDate": null}),
        );
    });
}

#[test]
fn a_repaid_loan_is_opened_and_closed_by_hand() {
    on_both(|book| {
        book.lend("CLOSES");
        book.try_act("CLOSES", "type=CLOSE").expect_refusal(400, 513, "ACCOUNT_HAS_REMAINING_BALANCE");
        book.act("CLOSES", "type=REPAYMENT&amount=1079.77");
        assert_eq!(book.loan("CLOSES")["accountState"], "CLOSED");
        account(book, "CLOSES", "type=UNDO_CLOSE&notes=n", ("ACTIVE", None));
        assert_shows(&book.loan("CLOSES"), &json!({"closedDate": null, "principalBalance": "0"}));
        account(book, "CLOSES", "type=CLOSE&notes=n", ("CLOSED", None));
    });
}

#[test]
fn types_that_this_version_has_not_are_disabled_and_others_are_not_of_the_product_or_unknown() {
    on_both(|book| {
        book.lend("OTHER");
        for form in [
            "type=TRANSFER&amount=1&toSavingsAccount=S",
            "type=REDRAW_TRANSFER&amount=1",
            "type=DEFERRED_INTEREST_APPLIED&date=2012-06-28",
        ] {
            let send = |caller: &Caller| caller.form("/api/loans/OTHER/transactions", form);
            book.refuses(send, (403, 19, "FEATURE_DISABLED"));
        }
        for (form, refusal) in [
            ("type=PAYMENT_MADE&amount=1", (400, 244, "REDRAW_DISABLED")),
            (
                "type=INTEREST_RATE_CHANGED&rate=3&date=2012-06-28",
                (400, 2401, "INTEREST_RATE_CHANGED_TRANSACTION_NOT_ALLOWED_FOR_LOAN_PRODUCT_TYPE"),
            ),
        ] {
            let send = |caller: &Caller| caller.form("/api/loans/OTHER/transactions", form);
            book.refuses(send, refusal);
        }
        let send = |caller: &Caller| caller.form("/api/loans/OTHER/transactions", "type=DANCE");
        book.refuses(send, (400, 165, "INVALID_TRANSACTION_TYPE"));
    });
}
