//! Loans that are paid out to a deposit account: both sides in one, or none.

use serde_json::{Value, json};

use crate::book::{Book, key, on_both, text, with};
use crate::savings::{act, filled, open_with, refuses, savings, savings_product};
use crate::subset::assert_shows;

fn to(target: &str) -> Value {
    json!({"transactionDetails": {"internalTransfer": true, "targetSavingsAccountKey": target}})
}

fn apply(book: &Book, id: &str, disbursement: &Value) -> loam_tests::http::Answer {
    let account = with(book.application(id), &json!({"disbursementDetails": disbursement}));
    book.admin.post("/api/loans", &json!({"loanAccount": account}))
}

#[test]
fn the_money_reaches_the_deposit_account_and_goes_back_the_same_way() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let account = filled(book, "S1", &product, "10");
        let made = apply(book, "L1", &to(&key(&account))).expect(201).json();
        assert_shows(
            &made["loanAccount"]["disbursementDetails"]["transactionDetails"],
            &json!({"internalTransfer": true, "targetSavingsAccountKey": key(&account)}),
        );
        book.act("L1", "type=APPROVAL");
        let paid = book.act("L1", "type=DISBURSEMENT&notes=here");
        assert_shows(
            &paid,
            &json!({"type": "DISBURSMENT", "amount": "950",
            "details": {"internalTransfer": true, "targetSavingsAccountKey": key(&account)}}),
        );
        let received = book.list("/api/savings/S1/transactions")[0].clone();
        assert_shows(
            &received,
            &json!({"type": "TRANSFER", "amount": "950", "balance": "960", "comment": "here"}),
        );
        assert_eq!(received["linkedLoanTransactionKey"], paid["encodedKey"]);
        assert_eq!(paid["linkedSavingsTransactionKey"], received["encodedKey"]);
        let id = received["transactionId"].to_string();
        let other = format!("type=TRANSFER_ADJUSTMENT&originalTransactionId={id}");
        refuses(book, "S1", &other, (400, 218, "TRANSACTION_MADE_FROM_A_TRANSFER"));

        act(book, "S1", "type=WITHDRAWAL&amount=20");
        let undo = "type=DISBURSMENT_ADJUSTMENT";
        book.refuses(|_| book.try_act("L1", undo), (400, 401, "BALANCE_BELOW_ZERO"));
        act(book, "S1", "type=DEPOSIT&amount=15");
        book.act("L1", undo);
        assert_eq!(savings(book, "S1")["balance"], "5");
        assert_eq!(text(&book.loan("L1")["accountState"]), "APPROVED");
        book.act("L1", "type=DISBURSEMENT");
        assert_eq!(savings(book, "S1")["balance"], "955");
    });
}

#[test]
fn the_first_money_of_an_account_may_be_that_of_a_loan() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let account = open_with(book, "S1", &product, &json!({}));
        apply(book, "L1", &to(&key(&account))).expect(201);
        book.act("L1", "type=APPROVAL");
        let rows = [book.rows("loan_log"), book.rows("savings_log")];
        let closed = (400, 407, "INVALID_DEPOSIT_ACCOUNT_STATE");
        book.refuses(|_| book.try_act("L1", "type=DISBURSEMENT"), closed);
        assert_eq!([book.rows("loan_log"), book.rows("savings_log")], rows);
        act(book, "S1", "type=APPROVAL");
        book.act("L1", "type=DISBURSEMENT");
        assert_shows(&savings(book, "S1"), &json!({"accountState": "ACTIVE", "balance": "950"}));
        act(book, "S1", "type=LOCK");
    });
}

#[test]
fn an_account_that_cannot_take_the_money_is_refused_at_once() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let euro = savings_product(book, &json!({"id": "EURO", "currencyCode": "EUR"}));
        let friend = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
        book.admin.post("/api/clients", &friend).expect(201);
        let others = open_with(book, "S9", &product, &json!({"accountHolderKey": "9"}));
        let foreign = open_with(book, "S3", &euro, &json!({}));
        let refused = |target: &str, code: i64, name: &str| {
            apply(book, "L1", &to(target)).expect_refusal(400, code, name);
        };
        refused("S1", 156, "INVALID_SAVINGS_ACCOUNT_KEY");
        refused(&book.client, 156, "INVALID_SAVINGS_ACCOUNT_KEY");
        refused(&key(&others), 2418, "INVALID_SAVINGS_ACCOUNT_HOLDER");
        refused(&key(&foreign), 509, "UNDEFINED_EXCHANGE_RATE_FOR_CURRENCY");
        let nowhere = json!({"transactionDetails": {"internalTransfer": "true"}});
        apply(book, "L1", &nowhere).expect_refusal(400, 31, "MISSING_REQUIRED_PARAMETER");
        assert_eq!(book.rows("loan_account"), 0);
    });
}

#[test]
fn a_loan_keeps_to_its_line_of_credit_wherever_it_is_paid_out_to() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let account = filled(book, "S1", &product, "10");
        let line = json!({"id": "L", "clientKey": book.client, "startDate": "2012-06-01", "expireDate": "2012-12-31",
            "amount": "1000", "state": "APPROVED"});
        book.admin.post("/api/linesofcredit", &json!({"lineOfCredit": line})).expect(201);
        let on_line = json!({"disbursementDetails": to(&key(&account)), "lineOfCreditKey": "L"});
        let loan = with(book.application("L1"), &on_line);
        book.admin.post("/api/loans", &json!({"loanAccount": loan})).expect(201);
        book.act("L1", "type=APPROVAL");
        let available = || text(&book.read("/api/linesofcredit/L")["availableCreditAmount"]);
        let too_long = (400, 1402, "MATURITY_DATE_AFTER_LINE_OF_CREDIT_END_DATE");
        let late = "type=DISBURSEMENT&firstRepaymentDate=2012-09-28";
        book.refuses(|_| book.try_act("L1", late), too_long);
        book.act("L1", "type=DISBURSEMENT");
        assert_eq!((text(&savings(book, "S1")["balance"]).as_str(), available().as_str()), ("960", "50"));
        book.act("L1", "type=DISBURSMENT_ADJUSTMENT");
        assert_eq!((text(&savings(book, "S1")["balance"]).as_str(), available().as_str()), ("10", "50"));
    });
}

/// What follows from a disbursement goes back with it, and hides the side of the account from nobody.
#[test]
fn the_money_goes_back_also_when_interest_was_applied_meanwhile() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let account = filled(book, "S1", &product, "10");
        apply(book, "L1", &to(&key(&account))).expect(201);
        book.act("L1", "type=APPROVAL");
        book.act("L1", "type=DISBURSEMENT");
        book.close_days("2012-07-30");
        let applied = book.list("/api/loans/L1/transactions");
        assert!(applied.iter().any(|row| row["type"] == "INTEREST_APPLIED"), "{applied:?}");
        book.act("L1", "type=DISBURSMENT_ADJUSTMENT");
        assert_eq!(
            (text(&savings(book, "S1")["balance"]), text(&book.loan("L1")["accountState"])),
            ("10".into(), "APPROVED".into())
        );
        book.act("L1", "type=DISBURSEMENT");
        assert_eq!(savings(book, "S1")["balance"], "960");
        book.assert_proven();
    });
}
