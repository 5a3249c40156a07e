//! Fees of the product, penalties, taxes, capping and locks.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, transaction_id, with};
use crate::subset::assert_shows;

/// The usual product with other members.
fn offered(book: &Book, id: &str, changes: &Value) -> String {
    record(&book.admin, "loan-products", &with(with(agriculture(), &json!({"id": id})), changes))
}

/// The key of a fee of a product, by its name.
fn fee(book: &Book, product: &str, name: &str) -> String {
    let shown = book.read(&format!("/api/loanproducts/{product}"));
    let fees = shown["loanFees"].as_array().expect("a list").clone();
    key(fees.iter().find(|fee| fee["name"] == name).expect("it has this fee"))
}

fn post(book: &Book, loan: &str, body: &Value) -> Value {
    book.admin.post(&format!("/api/loans/{loan}/transactions"), body).expect(201).json()
}

#[test]
fn a_fee_is_kept_from_the_payout_and_another_one_added_to_the_principal() {
    on_both(|book| {
        let fees = json!([
            {"name": "Paper", "trigger": "DISBURSEMENT", "amount": "12.5"},
            {"name": "Insurance", "trigger": "CAPITALIZED_DISBURSEMENT",
             "amountCalculationMethod": "LOAN_AMOUNT_PERCENTAGE", "percentageAmount": "2"},
        ]);
        let product = offered(book, "FEES", &json!({"loanFees": fees}));
        let shown = book.read("/api/loanproducts/FEES");
        assert_shows(
            &shown["loanFees"][0],
            &json!({"name": "Paper", "trigger": "DISBURSEMENT", "amount": "12.5", "active": true,
                "amountCalculationMethod": "FLAT", "feeApplication": "REQUIRED", "amortizationProfile": "NONE"}),
        );
        book.apply_with("L", &json!({"productTypeKey": product, "loanAmount": "1000"}));
        book.act("L", "type=APPROVAL");
        let paid_out = post(book, "L", &json!({"type": "DISBURSEMENT"}));
        let amounts = paid_out["loanPredefinedFeeAmounts"].as_array().expect("it carries fees").clone();
        let names: Vec<String> = amounts.iter().map(|part| text(&part["fee"]["name"])).collect();
        assert_eq!(names, ["Paper", "Insurance"]);
        assert_eq!((&amounts[0]["amount"], &amounts[1]["amount"]), (&json!("12.5"), &json!("20")));
        assert_shows(&book.loan("L"), &json!({"loanAmount": "1000", "principalBalance": "1020"}));
    });
}

#[test]
fn a_fee_of_the_product_is_charged_by_its_key() {
    on_both(|book| {
        let fees = json!([
            {"name": "Visit", "trigger": "MANUAL", "amount": "7", "feeApplication": "OPTIONAL"},
            {"name": "Letter", "trigger": "MANUAL", "feeApplication": "OPTIONAL"},
            {"name": "Old", "trigger": "MANUAL", "amount": "1", "active": false, "feeApplication": "OPTIONAL"},
            {"name": "Late", "trigger": "LATE_REPAYMENT", "amount": "3"},
        ]);
        let product = offered(book, "FEES", &json!({"loanFees": fees, "allowArbitraryFees": false}));
        book.lend_with("L", &json!({"productTypeKey": product}));
        let named = |name: &str, amount: Value| {
            json!({"type": "FEE", "repayment": 1,
            "fees": [{"encodedKey": fee(book, "FEES", name), "amount": amount}]})
        };
        let charged = post(book, "L", &named("Visit", Value::Null));
        assert_shows(
            &charged,
            &json!({"type": "FEE", "amount": "7", "loanPredefinedFeeAmounts": [{"amount": "7"}]}),
        );
        let letter = post(book, "L", &named("Letter", json!("2.5")));
        assert_shows(&letter, &json!({"amount": "2.5"}));
        assert_shows(&book.loan("L"), &json!({"feesBalance": "9.5"}));
        let id = transaction_id(&letter);
        book.act("L", &format!("type=FEE_ADJUSTMENT&originalTransactionId={id}"));
        assert_shows(&book.loan("L"), &json!({"feesBalance": "7"}));

        let other = json!({"type": "FEE", "repayment": 1, "fees": [{"encodedKey": book.product}]});
        for (body, code, name) in [
            (named("Visit", json!("8")), 252, "INCONSISTENT_FEE_AMOUNT_WITH_PRODUCT_FEE"),
            (named("Letter", Value::Null), 231, "CUSTOM_AMOUNT_IS_MANDATORY"),
            (named("Letter", json!("0")), 253, "FEE_AMOUNT_MUST_BE_STRICTLY_POSITIVE"),
            (named("Old", Value::Null), 255, "FEE_NOT_ACTIVE"),
            (named("Late", Value::Null), 256, "FEE_NOT_ALLOWED"),
            (other, 251, "INVALID_FEE_KEY"),
            (json!({"type": "FEE", "repayment": 1, "fees": [{"amount": "1"}]}), 250, "MISSING_FEE_KEY"),
            (json!({"type": "FEE", "repayment": 1, "amount": "5"}), 174, "ARBITRARY_FEE_NOT_ALLOWED"),
        ] {
            println!("{body}");
            book.refuses(|caller| caller.post("/api/loans/L/transactions", &body), (400, code, name));
        }
        // The first installment is due on 28 July; being late costs three.
        book.close_days("2012-07-29");
        assert_shows(&book.loan("L"), &json!({"feesBalance": "10", "accountState": "ACTIVE_IN_ARREARS"}));
    });
}

#[test]
fn a_penalty_grows_by_the_day_and_is_applied_after_the_tolerance() {
    on_both(|book| {
        let penalties = json!({"loanPenaltyCalculationMethod": "OVERDUE_BALANCE", "defaultPenaltyRate": "0.1",
            "maxPenaltyRate": "1", "loanPenaltyGracePeriod": 3});
        let product = offered(book, "PENAL", &penalties);
        assert_shows(&book.read("/api/loanproducts/PENAL"), &penalties);
        let loan = book.lend_with("L", &json!({"productTypeKey": product, "penaltyRate": "0.5"}));
        assert_shows(
            &loan,
            &json!({"penaltyRate": "0.5", "loanPenaltyCalculationMethod": "OVERDUE_BALANCE"}),
        );
        // Two days late: 190 × 0.5 % × 2.
        book.close_days("2012-07-30");
        assert_shows(&book.loan("L"), &json!({"accruedPenalty": "1.9", "penaltyBalance": "0"}));
        book.close_days("2012-08-01");
        let applied = book.loan("L");
        assert_ne!(applied["penaltyBalance"], "0", "{applied:#}");
        let before = crate::terms::to_cents(&text(&applied["penaltyBalance"]));
        let own = book.act("L", "type=PENALTY_APPLIED&amount=5&notes=n");
        assert_shows(&own, &json!({"type": "PENALTY_APPLIED", "amount": "5", "penaltyPaid": "5"}));
        let balance = || crate::terms::to_cents(&text(&book.loan("L")["penaltyBalance"]));
        assert_eq!(balance(), before + 500);
        let id = transaction_id(&own);
        let back = book.act("L", &format!("type=PENALTY_ADJUSTMENT&originalTransactionId={id}"));
        assert_shows(&back, &json!({"type": "PENALTY_ADJUSTMENT", "amount": "-5"}));
        assert_eq!(balance(), before);

        book.admin.patch("/api/loans/L", &json!({"loanAccount": {"penaltyRate": "0.2"}})).expect(200);
        assert_shows(&book.loan("L"), &json!({"penaltyRate": "0.2"}));
        let apply = |changes: Value| {
            let body = json!({"loanAccount": with(book.application("X"), &changes)});
            move |caller: &Caller| caller.post("/api/loans", &body)
        };
        let dear = json!({"productTypeKey": product, "penaltyRate": "2"});
        book.refuses(apply(dear), (400, 195, "INVALID_PENALTY_RATE"));
        book.refuses(apply(json!({"penaltyRate": "1"})), (400, 276, "PENALTY_METHOD_NOT_ALLOWED_BY_PRODUCT"));
    });
}

#[test]
fn taxes_are_shown_in_installments_and_transactions() {
    on_both(|book| {
        let taxes = json!({"taxesOnInterestEnabled": true, "taxesOnFeesEnabled": true,
            "taxCalculationMethod": "INCLUSIVE", "taxRate": "25"});
        let product = offered(book, "TAXED", &taxes);
        assert_shows(&book.read("/api/loanproducts/TAXED"), &taxes);
        book.lend_with("L", &json!({"productTypeKey": product}));
        // A fifth of what includes a quarter on top.
        assert_shows(
            &book.repayments("L")[0],
            &json!({"interestDue": "25.45", "taxInterestDue": "5.09", "taxInterestPaid": "0", "taxFeesDue": "0"}),
        );
        let charged = book.act("L", "type=FEE&amount=10&repayment=1");
        assert_shows(&charged, &json!({"taxOnFeesAmount": "2"}));
        book.close_days("2012-07-28");
        let paid = book.act("L", "type=REPAYMENT&amount=225.45");
        assert_shows(&paid, &json!({"taxOnInterestPaid": "5.09", "taxOnFeesAmount": "2"}));
    });
}

#[test]
fn a_loan_is_locked_after_so_many_days_in_arrears() {
    on_both(|book| {
        let product = offered(book, "LOCKED", &json!({"lockPeriodDays": 5}));
        book.lend_with("L", &json!({"productTypeKey": product}));
        book.close_days("2012-08-10");
        assert_shows(
            &book.loan("L"),
            &json!({"accountState": "ACTIVE_IN_ARREARS", "accountSubState": "LOCKED",
                "lockedOperations": ["APPLY_INTEREST", "APPLY_FEES", "APPLY_PENALTIES"]}),
        );
    });
}
