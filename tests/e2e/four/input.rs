//! What callers of the marketplace may get wrong or send in two ways: a test for each row of the contract's table of
//! ambiguities that is about input. The rows about its own misprints have none; those of the two feeds are in
//! `loan_performance::{validation, loans, samples, batch}` and `repayment_data::{rules, sample}`.

use serde_json::{Value, json};

use crate::book::text;
use crate::marketplace::{ACCOUNT, APPLICATIONS, Market, assert_failed, content, on_both};

const FIRST: &str = include_str!("../../fixtures/marketplace/first_request.json");
const SECOND: &str = include_str!("../../fixtures/marketplace/second_request.json");

fn send(market: &Market, body: &str) -> loam_tests::http::Answer {
    market.caller.send("POST", APPLICATIONS, Some("application/json"), body)
}

#[test]
fn an_application_is_posted_and_sent_in_no_other_way() {
    on_both(|market| {
        for method in ["PUT", "PATCH", "DELETE"] {
            let answer = market.caller.send(method, APPLICATIONS, Some("application/json"), FIRST);
            assert_eq!((answer.status, &answer.json()[0]["errorCode"]), (405, &json!("METHOD_NOT_ALLOWED")));
        }
        assert_eq!(market.book.rows("application"), 0);
        send(market, FIRST).expect(200);
    });
}

#[test]
fn either_a_term_or_a_maturity_date_is_enough_and_neither_is_refused() {
    on_both(|market| {
        market.apply(&json!({"maturityDate": null}));
        let by_date = market.apply(&json!({"term": null, "maturityDate": "2015-04-23"}));
        assert_eq!(by_date["peer__Term__c"], 10);
        market.refuses(&json!({"term": null}), 400, "INVALID_INPUT", "Term is not valid");
    });
}

#[test]
fn without_loans_to_refinance_there_is_no_application_without_an_amount() {
    on_both(|market| {
        for nothing in [json!([]), json!(""), Value::Null] {
            let changes = json!({"amount": null, "loansToBeRefinanced": nothing});
            market.refuses(&changes, 400, "INVALID_INPUT", "Loan amount is not valid");
        }
    });
}

#[test]
fn without_a_rate_the_products_own_counts_or_the_parameter_is_named() {
    on_both(|market| {
        market.refuses(&json!({"interestRate": null}), 500, "API_EXCEPTION", "interestRate is missing");
        let rate = json!({"interestRateSettings": {"defaultInterestRate": "9", "maxInterestRate": "50"}});
        market.book.admin.patch("/loam/v1/loan-products/Default", &rate).expect(200);
        let got = market.apply(&json!({"interestRate": null}));
        assert_eq!(
            (&got["peer__Interest_Rate__c"], &got["peer__Monthly_Payment__c"]),
            (&json!(9), &json!(1062.55))
        );
    });
}

#[test]
fn two_bodies_in_a_row_are_not_one() {
    on_both(|market| {
        let answer = send(market, &format!("{FIRST}\n{SECOND}"));
        assert_failed(&answer, 400, "INVALID_INPUT", "Unable to parse the Request parameters");
        assert_eq!(market.book.rows("application"), 0);
    });
}

#[test]
fn what_is_asked_for_is_what_is_requested_with_the_fee_on_top() {
    on_both(|market| {
        for (amount, requested) in
            [(json!(10000), json!(10200)), (json!(15000), json!(15300)), (json!(0.01), json!(0.01))]
        {
            let got = market.apply(&json!({"amount": amount, "term": 1}));
            assert_eq!(got["peer__Requested_Loan_Amount__c"], requested, "of {amount}");
        }
    });
}

#[test]
fn an_id_of_either_length_is_taken_and_18_characters_are_shown() {
    on_both(|market| {
        for id in [ACCOUNT, "001G000001KY8byIAD"] {
            assert_eq!(market.apply(&json!({"borrowerId": id}))["peer__Borrower__c"], "001G000001KY8byIAD");
        }
        for wrong in ["001G000001KY8byIAE", "001G000001KY8byiad", "001G000001KY8byIA", " 001G000001KY8byIADX"]
        {
            market.refuses(&json!({"borrowerId": wrong}), 400, "INVALID_INPUT", "Unable to find the Account");
        }
    });
}

#[test]
fn a_purpose_is_looked_up_by_its_name() {
    on_both(|market| {
        for name in ["Business", "Debt Consolidation"] {
            let made = market.book.admin.post("/loam/v1/loan-purposes", &json!({ "name": name })).expect(201);
            let got = market.apply(&json!({ "purpose": name }));
            assert_eq!(got["peer__Loan_Purpose_1__c"], made.json()["id"]);
        }
        for wrong in ["family", "Family ", "Fam"] {
            market.refuses(&json!({ "purpose": wrong }), 400, "INVALID_INPUT", "Loan Purpose is not valid");
        }
    });
}

#[test]
fn days_are_sent_and_shown_plain_and_instants_with_milliseconds_and_no_colon() {
    on_both(|market| {
        let got = market.apply(&json!({}));
        for member in ["peer__Application_Date__c", "peer__Disbursal_Date__c", "peer__First_Payment_Date__c"]
        {
            assert_eq!(text(&got[member]).len(), "2014-06-23".len(), "{member}");
        }
        for member in ["CreatedDate", "LastModifiedDate", "SystemModstamp"] {
            assert_eq!(got[member], "2014-09-23T11:32:01.000+0000", "{member}");
        }
        assert_eq!(got["peer__Expiry_Date__c"], "2014-06-23T00:00:00.000+0000");
        for wrong in ["2014-06-23T00:00:00.000+0000", "23.06.2014", "2014-6-23", "2014-02-30", "2014-06-23 "]
        {
            let sentence = "Unable to parse the Request parameters";
            market.refuses(&json!({ "disbursalDate": wrong }), 400, "INVALID_INPUT", sentence);
        }
    });
}

#[test]
fn members_may_stand_in_any_order() {
    on_both(|market| {
        let body: Value = serde_json::from_str(FIRST).expect("the sample is JSON");
        let members = body.as_object().expect("an object").iter().rev();
        let turned: Vec<String> = members.map(|(name, value)| format!("{}:{value}", json!(name))).collect();
        let got = content(&send(market, &format!("{{{}}}", turned.join(","))).expect(200));
        assert_eq!(got["peer__Monthly_Payment__c"], 1062.55);
    });
}

#[test]
fn a_wrong_value_is_the_callers_fault_and_a_broken_rule_is_an_exception() {
    on_both(|market| {
        market.refuses(&json!({"amount": -1}), 400, "INVALID_INPUT", "Loan amount is not valid");
        market.refuses(&json!({"dueDay": 32}), 500, "API_EXCEPTION", "dueDay");
        let ends_later = json!({"maturityDate": "2015-04-22"});
        market.refuses(&ends_later, 500, "API_EXCEPTION", "maturityDate");
    });
}

#[test]
fn a_repeated_post_is_another_application_unless_it_carries_its_key() {
    on_both(|market| {
        let name = |answer: loam_tests::http::Answer| text(&content(&answer.expect(200))["Name"]);
        assert_ne!(name(send(market, FIRST)), name(send(market, FIRST)));
        let keyed = market.caller.clone().with_header("idempotency-key", "once");
        let post = || name(keyed.send("POST", APPLICATIONS, Some("application/json"), FIRST));
        assert_eq!(post(), post());
        assert_eq!(market.book.rows("application"), 3);
    });
}
