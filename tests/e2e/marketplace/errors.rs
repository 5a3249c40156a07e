//! The contract's error table: every row, in its order, with nothing written.

use serde_json::{Value, json};

use super::{APPLICATIONS, assert_failed, on_both, sample};
use crate::book::{record, with};

const PARSE: &str = "Unable to parse the Request parameters";
const ACCOUNT_NULL: &str = "Account Id is null";
const ACCOUNT_UNKNOWN: &str = "Unable to find the Account";
const PURPOSE: &str = "Loan Purpose is not valid";
const AMOUNT: &str = "Loan amount is not valid";
const TERM: &str = "Term is not valid";

/// Everything is wrong at once; one fault after the other is mended.
#[test]
fn faults_are_named_in_the_order_of_the_table() {
    on_both(|market| {
        let mut body = json!({"borrowerId": null, "purpose": "Yacht", "amount": 0, "term": 0, "dueDay": 32,
            "interestRate": -1, "loanProductId": "NONE", "protectType": "Half", "disbursalDate": "soon"});
        let mut mend = |member: &str, value: Value, expected: (u16, &str, &str)| {
            body[member] = value;
            let (status, code, message) = expected;
            assert_failed(&market.post(&body), status, code, message);
        };
        let row = |message| (400, "INVALID_INPUT", message);
        let exception = |message| (500, "API_EXCEPTION", message);
        mend("term", json!(0), row(PARSE));
        mend("disbursalDate", json!("2014-06-23"), row(ACCOUNT_NULL));
        mend("borrowerId", json!("001G000001KY8bz"), row(ACCOUNT_UNKNOWN));
        mend("borrowerId", json!("001G000001KY8by"), row(PURPOSE));
        mend("purpose", json!("Family"), row(AMOUNT));
        mend("amount", json!(10000), row(TERM));
        mend("term", json!(10), exception("protectType \"Half\""));
        mend("protectType", json!("Partial"), exception("dueDay"));
        mend("dueDay", json!(31), exception("loanProductId"));
        mend("loanProductId", Value::Null, exception("interestRate"));
        mend("interestRate", json!(null), exception("interestRate is missing"));
        body["interestRate"] = json!(9);
        market.post(&body).expect(200);
    });
}

#[test]
fn what_cannot_be_parsed_is_refused_first() {
    on_both(|market| {
        for body in ["", "{", "[]", "null", "5", "\"text\"", "{\"amount\": 1,}", "amount=10000", "\u{feff}{}"]
        {
            let answer = market.caller.send("POST", APPLICATIONS, Some("application/json"), body);
            assert_failed(&answer, 400, "INVALID_INPUT", PARSE);
        }
        for changes in [
            json!({"borrowerId": 5}),
            json!({"amount": "ten"}),
            json!({"amount": {"value": 5}}),
            json!({"term": 1.5}),
            json!({"term": "a"}),
            json!({"dueDay": "31st"}),
            json!({"disbursalDate": "2014-13-01"}),
            json!({"expiryDate": "01/02/2014"}),
            json!({"firstInstallmentDate": true}),
            json!({"maturityDate": "2015-02-29"}),
            json!({"eodFeeAccrual": 1}),
            json!({"interestRate": "nine"}),
            json!({"protectFeePercent": []}),
        ] {
            market.refuses(&changes, 400, "INVALID_INPUT", PARSE);
        }
    });
}

#[test]
fn each_row_has_its_causes() {
    on_both(|market| {
        for id in [Value::Null, json!(""), json!("  ")] {
            market.refuses(&json!({"borrowerId": id}), 400, "INVALID_INPUT", ACCOUNT_NULL);
        }
        for id in ["x", "001G000001KY8byIAE", "001g000001ky8by", "001G000001KY8b", "a2qG00000009OoJIAU"] {
            market.refuses(&json!({"borrowerId": id}), 400, "INVALID_INPUT", ACCOUNT_UNKNOWN);
        }
        for purpose in [Value::Null, json!(""), json!("Yacht")] {
            market.refuses(&json!({"purpose": purpose}), 400, "INVALID_INPUT", PURPOSE);
        }
        for amount in
            [Value::Null, json!(""), json!(0), json!(-1), json!("-0.01"), json!("10000.001"), json!("1e40")]
        {
            market.refuses(&json!({"amount": amount}), 400, "INVALID_INPUT", AMOUNT);
        }
        for term in [Value::Null, json!(0), json!(-10), json!("0"), json!(99_999_999_999_i64)] {
            market.refuses(&json!({"term": term}), 400, "INVALID_INPUT", TERM);
        }
    });
}

#[test]
fn what_the_table_has_no_row_for_is_an_exception_that_names_the_parameter() {
    on_both(|market| {
        for (changes, named) in [
            (json!({"dueDay": 0}), "dueDay"),
            (json!({"dueDay": -1}), "dueDay"),
            (json!({"dueDay": 32}), "dueDay"),
            (json!({"interestRate": null}), "interestRate"),
            (json!({"interestRate": -9}), "interestRate"),
            (json!({"interestRate": 51}), "interestRate"),
            (json!({"term": 121}), "term"),
            (json!({"amount": 2_000_000}), "amount"),
            (json!({"loanProductId": "NONE"}), "loanProductId"),
            (json!({"firstInstallmentDate": "2014-06-23"}), "firstInstallmentDate"),
            (json!({"maturityDate": "2015-04-22"}), "maturityDate"),
            (json!({"term": null, "maturityDate": "2014-07-01"}), "maturityDate"),
            (json!({"protectFeePercent": -1}), "protectFeePercent"),
            (json!({"protectFeePercent": 101}), "protectFeePercent"),
            (json!({"protectType": "Half"}), "protectType"),
            (json!({"protectWaiverType": "All"}), "protectWaiverType"),
            (json!({"eodAccrualType": "Later"}), "eodAccrualType"),
            (json!({"createSchedule": 2}), "createSchedule"),
            (json!({"additionalLoanAmount": 500}), "loansToBeRefinanced"),
            (json!({"amount": null, "additionalLoanAmount": 500}), "loansToBeRefinanced"),
            (json!({"loansToBeRefinanced": ["a4y41000000LFb6", "a3y43200000KDb6"]}), "loansToBeRefinanced"),
            (json!({"loansToBeRefinanced": "a4y41000000LFb6"}), "loansToBeRefinanced"),
        ] {
            market.refuses(&changes, 500, "API_EXCEPTION", named);
        }
    });
}

#[test]
fn a_book_with_several_products_and_no_default_wants_one_named() {
    on_both(|market| {
        let other = with(super::default_product(), &json!({"id": "Other", "productName": "Other"}));
        record(&market.book.admin, "loan-products", &other);
        assert_eq!(market.apply(&json!({}))["peer__Requested_Loan_Amount__c"], 10200);
        let inactive = json!({"activated": false});
        market.book.admin.patch("/loam/v1/loan-products/Default", &inactive).expect(200);
        market.refuses(&json!({}), 500, "API_EXCEPTION", "loanProductId");
        assert_eq!(market.apply(&json!({"loanProductId": "Other"}))["peer__Requested_Loan_Amount__c"], 10200);
    });
}

#[test]
fn a_refused_application_may_be_sent_again_mended_with_the_same_key() {
    on_both(|market| {
        let retrying = market.caller.clone().with_header("idempotency-key", "k");
        let wrong = with(sample(), &json!({"term": 0}));
        assert_failed(&retrying.post(APPLICATIONS, &wrong), 400, "INVALID_INPUT", TERM);
        retrying.post(APPLICATIONS, &sample()).expect(200);
    });
}

#[test]
fn members_that_nobody_knows_are_ignored() {
    on_both(|market| {
        market.apply(&json!({"colour": "blue", "Amount": -1, "nested": {"deep": [1, 2]}}));
    });
}
