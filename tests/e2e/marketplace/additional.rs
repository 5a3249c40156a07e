//! Members of a loan account that are shown only where they are asked for.

use serde_json::{Value, json};

use super::servicing::LOANS;
use super::{Market, assert_failed, content, on_both};
use crate::book::text;
use crate::custom_fields::{field, set};

impl Market {
    /// The loan account as it is read with these parameters.
    fn read_with(&self, what: &str, loan: &Value, query: &str) -> Value {
        content(&self.caller.get(&format!("{LOANS}/{what}{}?{query}", text(loan))))
    }
}

#[test]
fn custom_fields_and_members_of_ours_are_shown_where_they_are_asked_for() {
    on_both(|market| {
        let admin = &market.book.admin;
        let set = set(&market.book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        for (id, data_type) in [("Score", "NUMBER"), ("Color", "STRING")] {
            field(&market.book, &set, id, &json!({"dataType": data_type}));
        }
        let application = market.funded(&json!({}));
        let loan = &application["peer__Loan__c"];
        market.disburse(loan);
        market.book.close_days("2014-02-03");
        market.act_on("payments", loan, &json!({"amount": "1062.55"}));
        let name = text(&market.read_loan("", loan)["Name"]);
        let values = json!({"customInformation": [{"customFieldID": "Score", "value": "7.5"}]});
        admin.patch(&format!("/api/loans/{name}/custominformation"), &values).expect(200);

        let plain = market.read_loan("", loan);
        assert!(plain.get("Score__c").is_none() && plain.get("loan__Penalties_Paid__c").is_none());
        let query = "additionalLoanFields=Score__c,%20Color,loan__Penalties_Paid__c,loan__Loan_Amount__c&additionalPaymentFields=loan__Penalties__c,loan__Receipt_Date__c";
        let shown = market.read_with("", loan, query);
        assert_eq!(
            (&shown["Score__c"], &shown["Color"], &shown["loan__Penalties_Paid__c"]),
            (&json!(7.5), &Value::Null, &json!(0))
        );
        assert_eq!(shown["loan__Loan_Amount__c"], 10200, "it is shown by itself");
        let payment = &shown["loan__Loan_Payment_Transactions__r"][0];
        assert_eq!(
            (&payment["loan__Penalties__c"], &payment["loan__Receipt_Date__c"]),
            (&json!(0), &json!("2014-02-03"))
        );
        let list =
            market.caller.get(&format!("{LOANS}?borrowerId={}&{query}", super::ACCOUNT)).expect(200).json();
        assert_eq!(list["content"][0]["Score__c"], 7.5);

        let query = "additionalPmtSchdSummaryFields=loan__Total_Principal__c&additionalAmzSchdFields=loan__Due_Penalties__c&additionalOtherTxnFields=loan__Receipt_Date__c";
        let details = market.read_with("getDetails/", loan, query);
        assert_eq!(details["loan__Repayment_Schedule_Summary__r"][0]["loan__Total_Principal__c"], 10200);
        assert_eq!(details["loan__Repayment_Schedule__r"][9]["loan__Due_Penalties__c"], 0);
        let others = details["loan__Other_Loan_Transactions__r"].as_array().expect("a list");
        assert!(others.iter().all(|row| row["loan__Receipt_Date__c"].is_string()) && !others.is_empty());

        for (parameter, named) in [
            ("additionalLoanFields", "Shoe__c"),
            ("additionalPaymentFields", "Score"),
            ("additionalChargeFields", "loan__Penalties__c"),
        ] {
            let answer = market.caller.get(&format!("{LOANS}/{}?{parameter}={named}", text(loan)));
            let message = format!("{parameter}: there is no field \"{named}\"");
            assert_failed(&answer, 400, "INVALID_INPUT", &message);
        }
    });
}
