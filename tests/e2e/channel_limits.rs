//! Limits of transaction channels: set over the native door, held to by the loan accounts door.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, text, with};
use crate::savings::{act, open_with, savings_product, try_act};

const OUTSIDE: (u16, i64, &str) = (400, 1101, "TRANSACTION_IS_NOT_WITHIN_CHANNEL_CONSTRAINTS");

/// Lets over CASH only what the constraints say.
fn limit(book: &Book, of: &str, constraints: &Value) {
    let body = json!({format!("{of}ConstraintsUsage"): "LIMITED_USAGE",
        format!("{of}Constraints"): {"constraints": constraints}});
    book.admin.patch("/loam/v1/transaction-channels/CASH", &body).expect(200);
}

#[test]
fn loans_move_over_a_channel_only_as_it_says() {
    on_both(|book| {
        record(&book.admin, "loan-products", &with(agriculture(), &json!({"id": "OTHER"})));
        let amount = json!({"criteria": "AMOUNT", "operator": "LESS_THAN", "value": "1000"});
        limit(book, "loan", &json!([amount, {"criteria": "PRODUCT", "operator": "IN", "values": ["AGRL"]}]));
        let shown = book.read("/api/transactionchannels/CASH");
        assert_eq!(shown["loanConstraintsUsage"], "LIMITED_USAGE");
        assert_eq!(shown["loanConstraints"]["constraints"][0], amount);
        assert_eq!(shown["savingsConstraintsUsage"], "UNCONSTRAINED_USAGE");

        for (id, changes) in [
            ("A", json!({})),
            ("LARGE", json!({"loanAmount": "1000"})),
            ("O", json!({"productTypeKey": "OTHER"})),
        ] {
            book.apply_with(id, &changes);
            book.act(id, "type=APPROVAL");
        }
        for id in ["LARGE", "O"] {
            let path = format!("/api/loans/{id}/transactions");
            book.refuses(|admin| admin.form(&path, "type=DISBURSEMENT&method=CASH"), OUTSIDE);
            book.act(id, "type=DISBURSEMENT&method=RECEIPT&receiptNumber=1&bankNumber=2");
        }
        book.act("A", "type=DISBURSEMENT&method=CASH");
        limit(book, "loan", &json!([{"criteria": "TYPE", "operator": "IN", "values": ["DISBURSEMENT"]}]));
        book.refuses(
            |admin| admin.form("/api/loans/A/transactions", "type=REPAYMENT&amount=5&method=CASH"),
            OUTSIDE,
        );
        assert_eq!(text(&book.act("A", "type=REPAYMENT&amount=5")["amount"]), "5", "over no channel");
        // What was planned with the loan counts where the disbursement names nothing else.
        limit(book, "loan", &json!([{"criteria": "TYPE", "operator": "IN", "values": ["REPAYMENT"]}]));
        let planned =
            json!({"disbursementDetails": {"transactionDetails": {"transactionChannel": {"id": "CASH"}}}});
        book.apply_with("P", &planned);
        book.act("P", "type=APPROVAL");
        book.try_act("P", "type=DISBURSEMENT").expect_refusal(OUTSIDE.0, OUTSIDE.1, OUTSIDE.2);
        let unlimited = json!({"loanConstraintsUsage": "UNCONSTRAINED_USAGE", "loanConstraints": null});
        book.admin.patch("/loam/v1/transaction-channels/CASH", &unlimited).expect(200);
        book.act("P", "type=DISBURSEMENT");
    });
}

#[test]
fn deposit_accounts_have_limits_of_their_own() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        open_with(book, "S", &product, &json!({}));
        act(book, "S", "type=APPROVAL");
        limit(
            book,
            "savings",
            &json!([
            {"criteria": "AMOUNT", "operator": "BETWEEN", "value": "10", "secondValue": 20},
            {"criteria": "TYPE", "operator": "IN", "values": ["DEPOSIT"]}]),
        );
        for form in ["type=DEPOSIT&amount=9.99&method=CASH", "type=DEPOSIT&amount=20.01&method=CASH"] {
            try_act(book, "S", form).expect_refusal(OUTSIDE.0, OUTSIDE.1, OUTSIDE.2);
        }
        act(book, "S", "type=DEPOSIT&amount=20&method=CASH");
        try_act(book, "S", "type=WITHDRAWAL&amount=15&method=CASH")
            .expect_refusal(OUTSIDE.0, OUTSIDE.1, OUTSIDE.2);
        act(book, "S", "type=WITHDRAWAL&amount=15");
        // Loans do not mind.
        book.apply("A");
        book.act("A", "type=APPROVAL");
        book.act("A", "type=DISBURSEMENT&method=CASH");
    });
}

/// What is lent on top leaves the house as any disbursement does.
#[test]
fn a_refinance_keeps_to_the_channel_that_was_planned() {
    on_both(|book| {
        book.lend("OLD");
        let less = json!({"criteria": "AMOUNT", "operator": "LESS_THAN", "value": "100"});
        limit(book, "loan", &json!([less]));
        let refinance = |top_up: &str| {
            let account = json!({"id": "NEW", "productTypeKey": "AGRL", "interestRate": "2.5",
                "repaymentInstallments": 5,
                "disbursementDetails": {"transactionDetails": {"transactionChannel": {"id": "CASH"}}}});
            json!({"action": "REFINANCE", "restructureDetails": {"topUpAmount": top_up}, "loanAccount": account})
        };
        book.refuses(|admin| admin.post("/api/loans/OLD/action", &refinance("100")), OUTSIDE);
        book.admin.post("/api/loans/OLD/action", &refinance("99.99")).expect(201);
    });
}

/// Transfers know no limits of channels, but a channel that is closed takes nothing.
#[test]
fn a_transfer_over_a_closed_channel_is_refused() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        crate::savings::filled(book, "S1", &product, "10");
        crate::savings::filled(book, "S2", &product, "10");
        book.admin.patch("/loam/v1/transaction-channels/CASH", &json!({"activated": false})).expect(200);
        for form in
            ["type=DEPOSIT&amount=5&method=CASH", "type=TRANSFER&toSavingsAccount=S2&amount=5&method=CASH"]
        {
            try_act(book, "S1", form).expect_refusal(400, 109, "INACTIVE_TRANSACTION_TYPE");
        }
    });
}
