//! Accounts, purposes and products as objects of the platform: a market that is set up over its own door.

use loam_tests::http::Answer;
use serde_json::{Value, json};

use super::investing::{BOOKINGS, FUNDS};
use super::{Market, content, on_both};
use crate::book::{text, with};
use crate::savings::savings_product;

const SOBJECTS: &str = "/services/data/v30.0/sobjects";

impl Market {
    fn makes(&self, object: &str, body: &Value) -> String {
        let made = self.caller.post(&format!("{SOBJECTS}/{object}"), body).expect(201).json();
        assert_eq!(made, json!({"id": made["id"], "success": true, "errors": []}));
        let id = text(&made["id"]);
        assert_eq!(id.len(), 18);
        id
    }

    /// The object by both forms of its id.
    fn object(&self, object: &str, id: &str) -> Value {
        let long = self.caller.get(&format!("{SOBJECTS}/{object}/{id}")).expect(200).json();
        let short = self.caller.get(&format!("{SOBJECTS}/{object}/{}", &id[..15])).expect(200).json();
        assert_eq!(long, short);
        assert_eq!((&long["Id"], &long["IsDeleted"]), (&json!(id), &json!(false)));
        let url = format!("{SOBJECTS}/{object}/{id}");
        assert_eq!(long["attributes"], json!({"type": object, "url": url}));
        long
    }
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str, fields: &[&str]) {
    let body = answer.json();
    let message = body[0]["message"].as_str().unwrap_or_default();
    assert!(!message.is_empty(), "{body}");
    let fault = json!([{"message": message, "errorCode": code, "fields": fields}]);
    assert_eq!((answer.status, &body), (status, &fault));
}

#[test]
fn a_market_is_set_up_over_its_own_door_and_a_loan_is_funded_in_it() {
    on_both(|market| {
        savings_product(&market.book, &json!({"id": "INV", "productType": "INVESTOR_ACCOUNT"}));
        let person = json!({"Name": "Mia Rosa Lund", "PersonEmail": "mia@example.org", "Phone": "555",
            "PersonBirthdate": "1980-02-29"});
        let borrower = market.makes("Account", &person);
        let shown = market.object("Account", &borrower);
        let figures = ["Name", "FirstName", "LastName", "PersonEmail", "Phone", "PersonBirthdate"];
        let expected = ["Mia Rosa Lund", "Mia Rosa", "Lund", "mia@example.org", "555", "1980-02-29"];
        assert_eq!(figures.map(|name| text(&shown[name])), expected);
        let roles =
            |shown: &Value| (shown["peer__Is_Borrower__c"] == true, shown["peer__Is_Investor__c"] == true);
        assert_eq!(roles(&shown), (true, false));
        let body = json!({"FirstName": "Bo", "LastName": "Berg", "peer__Is_Borrower__c": false, "peer__Is_Investor__c": true});
        let caller = market.caller.clone().with_header("idempotency-key", "bo");
        let path = format!("{SOBJECTS}/Account");
        let investor = text(&caller.post(&path, &body).expect(201).json()["id"]);
        assert_eq!(text(&caller.post(&path, &body).expect(201).json()["id"]), investor, "once");
        assert_eq!(roles(&market.object("Account", &investor)), (false, true));
        let both = market.makes("Account", &json!({"Name": "Al Both", "peer__Is_Investor__c": true}));
        assert_eq!(roles(&market.object("Account", &both)), (true, true));

        let purpose = market.makes("peer__Loan_Purpose__c", &json!({"Name": "Bicycle"}));
        assert_eq!(market.object("peer__Loan_Purpose__c", &purpose)["Name"], "Bicycle");
        let product = json!({"Name": "Plain", "loan__Default_Interest_Rate__c": 9, "loan__Max_Interest_Rate__c": "20",
            "loan__Max_Loan_Amount__c": 20000, "loan__Max_Number_of_Installments__c": 60, "peer__Capitalized_Fee_Percent__c": 2,
            "peer__Denomination__c": 25});
        let product = market.makes("loan__Loan_Product__c", &product);
        let shown = market.object("loan__Loan_Product__c", &product);
        assert_eq!(
            [
                &shown["loan__Default_Interest_Rate__c"],
                &shown["loan__Max_Interest_Rate__c"],
                &shown["peer__Capitalized_Fee_Percent__c"]
            ],
            [9, 20, 2]
        );
        assert_eq!((&shown["peer__Denomination__c"], &shown["CurrencyIsoCode"]), (&json!(25), &json!("USD")));

        let application = market.apply(&json!({"borrowerId": borrower, "purpose": "Bicycle", "loanProductId": product, "interestRate": null}));
        assert_eq!(application["peer__Monthly_Payment__c"], 1062.55, "the sample's figures");
        assert_eq!(application["peer__Loan_Purpose_1__c"], json!(purpose));
        let money = json!({"investorId": investor, "amount": 12000, "transactionDate": "2014-01-03", "isCleared": true});
        content(&market.caller.post(FUNDS, &money));
        let booking = json!({"investorId": investor, "loanApplication": application["Id"]});
        assert_eq!(content(&market.caller.post(BOOKINGS, &booking))["peer__Status__c"], "Winning");
        let paid_out = market.disburse(&application["peer__Loan__c"]);
        assert_eq!(paid_out["loan__Loan_Status__c"], "Active - Good Standing");
    });
}

#[test]
fn objects_are_refused_as_the_platform_refuses() {
    on_both(|market| {
        let post = |object: &str, body: &Value| market.caller.post(&format!("{SOBJECTS}/{object}"), body);
        assert_refused(&post("Account", &json!({})), 400, "REQUIRED_FIELD_MISSING", &["Name"]);
        assert_refused(
            &post("Account", &json!({"FirstName": "Bo"})),
            400,
            "REQUIRED_FIELD_MISSING",
            &["LastName"],
        );
        assert_refused(&post("Account", &json!({"Name": "Bo"})), 400, "FIELD_INTEGRITY_EXCEPTION", &["Name"]);
        assert_refused(
            &post("Account", &json!({"Name": "Bo Berg", "Shoe": 44})),
            400,
            "INVALID_FIELD",
            &["Shoe"],
        );
        assert_refused(&post("Account", &json!({"Name": 5})), 400, "JSON_PARSER_ERROR", &[]);
        assert_refused(&post("Account", &json!([])), 400, "JSON_PARSER_ERROR", &[]);
        let no_product = post("Account", &json!({"Name": "Bo Berg", "peer__Is_Investor__c": true}));
        assert_refused(&no_product, 400, "FIELD_INTEGRITY_EXCEPTION", &["peer__Is_Investor__c"]);
        assert_refused(
            &post("peer__Loan_Purpose__c", &json!({"Name": ""})),
            400,
            "REQUIRED_FIELD_MISSING",
            &["Name"],
        );
        assert_refused(
            &post("loan__Loan_Product__c", &json!({"Name": null})),
            400,
            "REQUIRED_FIELD_MISSING",
            &["Name"],
        );
        let field = "loan__Default_Interest_Rate__c";
        let wrong = post("loan__Loan_Product__c", &json!({"Name": "P", field: -1}));
        assert_refused(&wrong, 400, "FIELD_INTEGRITY_EXCEPTION", &[field]);
        for (field, value) in [
            ("peer__Denomination__c", json!(0)),
            ("peer__Denomination__c", json!(-5)),
            ("loan__Max_Number_of_Installments__c", json!(-3)),
        ] {
            let wrong = post("loan__Loan_Product__c", &json!({"Name": "P", field: value}));
            assert_refused(&wrong, 400, "FIELD_INTEGRITY_EXCEPTION", &[field]);
        }
        let below_nothing = json!({"Name": "P", "loan__Min_Loan_Amount__c": -5});
        assert!((400..600).contains(&post("loan__Loan_Product__c", &below_nothing).status));
        let wrong = post("loan__Loan_Product__c", &json!({"Name": "P", "CurrencyIsoCode": "ZZZ"}));
        assert_refused(&wrong, 400, "FIELD_INTEGRITY_EXCEPTION", &["CurrencyIsoCode"]);
        for id in ["001G000001KY9zz", "001G000001KY8byIAE", "x", "a1hG0000000JR9t"] {
            for object in ["Account", "peer__Loan_Purpose__c", "loan__Loan_Product__c"] {
                let answer = market.caller.get(&format!("{SOBJECTS}/{object}/{id}"));
                assert_refused(&answer, 404, "NOT_FOUND", &[]);
            }
        }
        let given = market.object("Account", "001G000001KY8byIAD");
        assert_eq!(given["Name"], "Ana Lima", "registered over the native door");
    });
}

#[test]
fn other_versions_objects_and_methods_are_the_platforms_no() {
    on_both(|market| {
        let post = |object: &str, body: &Value| market.caller.post(&format!("{SOBJECTS}/{object}"), body);
        let plain = |answer: &Answer, status: u16, code: &str| {
            assert_eq!(
                (answer.status, &answer.json()[0]["errorCode"]),
                (status, &json!(code)),
                "{}",
                answer.text
            );
        };
        let body = json!({"Name": "Family"});
        for version in ["v19.0", "30.0", "v30", "v30.1", "latest"] {
            let path = format!("/services/data/{version}/sobjects/peer__Loan_Purpose__c");
            plain(&market.caller.post(&path, &body), 404, "NOT_FOUND");
        }
        market.caller.post("/services/data/v65.0/sobjects/peer__Loan_Purpose__c", &body).expect(201);
        plain(&post("Contact", &body), 404, "NOT_FOUND");
        plain(&market.caller.get("/services/data/v30.0/query?q=select"), 404, "NOT_FOUND");
        plain(&market.caller.put(&format!("{SOBJECTS}/Account"), &body), 405, "METHOD_NOT_ALLOWED");
        let stranger = loam_tests::http::Caller::anonymous(&market.book.server.base);
        plain(
            &stranger.post(&format!("{SOBJECTS}/Account"), &with(body.clone(), &json!({}))),
            401,
            "INVALID_SESSION_ID",
        );
        let key = market.caller.clone().with_header("idempotency-key", "p");
        key.post(&format!("{SOBJECTS}/peer__Loan_Purpose__c"), &body).expect(201);
        let other = key.post(&format!("{SOBJECTS}/peer__Loan_Purpose__c"), &json!({"Name": "Other"}));
        assert_refused(&other, 409, "DUPLICATE_VALUE", &[]);
    });
}
