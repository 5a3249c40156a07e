//! Repayments that say themselves what they pay, through both doors.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, transaction_id, with};
use crate::subset::assert_shows;

/// A loan of 950 with a late fee of 3, in arrears with its first installment.
fn late_loan(book: &Book) {
    let fees = json!([{"name": "Late", "trigger": "LATE_REPAYMENT", "amount": "3"}]);
    let changes = json!({"id": "CUSTOM", "loanFees": fees, "allowCustomRepaymentAllocation": true,
        "taxesOnFeesEnabled": true, "taxCalculationMethod": "INCLUSIVE", "taxRate": "25"});
    let product = record(&book.admin, "loan-products", &with(agriculture(), &changes));
    assert_shows(&book.read("/api/loanproducts/CUSTOM"), &json!({"allowCustomRepaymentAllocation": true}));
    book.lend_with("L", &json!({"productTypeKey": product}));
    book.close_days("2012-07-29");
}

fn part(kind: &str, amount: &str) -> Value {
    json!({"customPaymentAmountType": kind, "amount": amount})
}

fn repayment(amount: &str, parts: &[Value]) -> Value {
    json!({"type": "REPAYMENT", "amount": amount, "customPaymentAmounts": parts})
}

#[test]
fn a_repayment_says_what_it_pays_and_is_shown_with_it() {
    on_both(|book| {
        late_loan(book);
        let body = repayment(
            "104",
            &[part("PRINCIPAL", "100"), part("LATE_REPAYMENT_FEE", "2.5"), part("INTEREST", "1.5")],
        );
        let paid = book.admin.post("/api/loans/L/transactions", &body).expect(201).json();
        let shown = json!({"type": "REPAYMENT", "amount": "104", "principalPaid": "100", "interestPaid": "1.5",
            "feesPaid": "2.5", "customPaymentAmounts": [
                {"customPaymentAmountType": "PRINCIPAL", "amount": "100", "taxOnAmount": "0"},
                {"customPaymentAmountType": "INTEREST", "amount": "1.5", "taxOnAmount": "0"},
                {"customPaymentAmountType": "LATE_REPAYMENT_FEE", "amount": "2.5", "taxOnAmount": "0.5"}]});
        assert_shows(&paid, &shown);
        assert_shows(&book.read("/api/loans/L/transactions")[0], &shown);
        assert_shows(&book.loan("L"), &json!({"feesBalance": "0.5", "principalBalance": "850"}));

        let id = transaction_id(&paid);
        let back = book.act("L", &format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}"));
        assert_shows(
            &back["customPaymentAmounts"][2],
            &json!({"customPaymentAmountType": "LATE_REPAYMENT_FEE", "amount": "-2.5", "taxOnAmount": "-0.5"}),
        );
        assert_shows(&book.loan("L"), &json!({"feesBalance": "3", "principalBalance": "950"}));

        let parts = &body["customPaymentAmounts"];
        let command = json!({"command": "repay", "amount": "104", "customPaymentAmounts": parts});
        let preview = book.admin.post("/loam/v1/loans/L/preview", &command).expect(200).json();
        assert_shows(
            &preview["transactions"][0]["customPaymentAmounts"][0],
            &json!({"customPaymentAmountType": "PRINCIPAL", "amount": "100", "taxOnAmount": "0"}),
        );
    });
}

#[test]
fn what_a_repayment_may_not_say_it_pays() {
    on_both(|book| {
        late_loan(book);
        book.lend("PLAIN");
        for (loan, body, code, name) in [
            (
                "PLAIN",
                repayment("5", &[part("PRINCIPAL", "5")]),
                267,
                "CUSTOM_PAYMENT_NOT_ALLOWED_BY_PRODUCT",
            ),
            (
                "L",
                repayment("5", &[part("PRINCIPAL", "3"), part("PRINCIPAL", "2")]),
                268,
                "SAME_CUSTOM_PAYMENT_AMOUNT_TYPE_USED_MULTIPLE_TIMES",
            ),
            (
                "L",
                repayment("5", &[part("PRINCIPAL", "3"), part("INTEREST", "1")]),
                269,
                "CUSTOM_PAYMENT_AMOUNT_DIFFERENT_THAN_TOTAL_PAYMENT_AMOUNT",
            ),
            ("L", repayment("5", &[part("PRINCIPAL", "5"), part("INTEREST", "0")]), 101, "INVALID_AMOUNT"),
            ("L", repayment("4", &[part("LATE_REPAYMENT_FEE", "4")]), 110, "EXCESS_REPAYMENT_ERROR"),
            ("L", repayment("3", &[part("MANUAL_FEE", "3")]), 110, "EXCESS_REPAYMENT_ERROR"),
            ("L", repayment("3", &[part("TIP", "3")]), 4, "INVALID_PARAMETERS"),
        ] {
            println!("{body}");
            let path = format!("/api/loans/{loan}/transactions");
            book.refuses(|caller| caller.post(&path, &body), (400, code, name));
        }
        // Nothing named is nothing said.
        book.admin.post("/api/loans/PLAIN/transactions", &repayment("5", &[])).expect(201);
    });
}
