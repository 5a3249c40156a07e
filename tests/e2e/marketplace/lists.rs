//! Lists of applications, and their rejection.

use serde_json::{Value, json};

use super::{ACCOUNT, APPLICATIONS, Market, assert_failed, content, on_both};
use crate::book::text;

impl Market {
    /// The applications of a list.
    #[track_caller]
    pub(crate) fn listed(&self, query: &str) -> Vec<Value> {
        let body = self.caller.get(&format!("{APPLICATIONS}?{query}")).expect(200).json();
        assert_eq!((&body["status"], &body["errorCode"]), (&json!("SUCCESS"), &json!("NO_ERROR")));
        body["content"].as_array().expect("a list").clone()
    }
}

fn names(applications: &[Value]) -> Vec<String> {
    applications.iter().map(|application| text(&application["Name"])).collect()
}

#[test]
fn applications_are_listed_with_their_borrower_by_stage() {
    on_both(|market| {
        let first = market.apply(&json!({}));
        let second = market.apply(&json!({"createSchedule": 0}));
        market.caller.post(&format!("{APPLICATIONS}/reject/{}", text(&first["Id"])), &json!({})).expect(200);
        let account = format!("borrowerId={ACCOUNT}");
        let all = market.listed(&account);
        assert_eq!(names(&all), [text(&first["Name"]), text(&second["Name"])]);
        assert_eq!([&all[0]["peer__Stage__c"], &all[1]["peer__Stage__c"]], ["Rejected", "New"]);
        let borrower = json!({"attributes": {"type": "Account",
            "url": "/services/data/v30.0/sobjects/Account/001G000001KY8byIAD"},
            "Id": "001G000001KY8byIAD", "Name": "Ana Lima"});
        assert_eq!(all[1]["peer__Borrower__r"], borrower);
        // 171 days, less 11 hours, 32 minutes and a second; the answer to a new one is the contract's sample.
        assert_eq!(all[1]["timeLeftSeconds"], 171 * 86_400 - 41_521);
        assert_eq!(second.get("timeLeftSeconds"), None);
        for (status, expected) in [
            ("New,%20In%20Funding", vec![text(&second["Name"])]),
            ("New,+In+Funding", vec![text(&second["Name"])]),
            ("Rejected", vec![text(&first["Name"])]),
            ("Funded", vec![]),
        ] {
            assert_eq!(names(&market.listed(&format!("{account}&status={status}"))), expected, "{status}");
        }
        assert_eq!(market.listed("borrowerId=001G000001KY8byIAD").len(), 2, "18 characters name it too");
    });
}

#[test]
fn a_list_of_nobody_is_refused() {
    on_both(|market| {
        for (query, message) in [
            ("", "Account Id is null"),
            ("?borrowerId=", "Account Id is null"),
            ("?status=New", "Account Id is null"),
            ("?borrowerId=001G000001KY8bz", "Unable to find the Account"),
            ("?borrowerId=001G000001KY8byIAE", "Unable to find the Account"),
            ("?borrowerId=001G000001KY8by&status=Old", "Unable to parse the Request parameters"),
        ] {
            let answer = market.caller.get(&format!("{APPLICATIONS}{query}"));
            assert_failed(&answer, 400, "INVALID_INPUT", message);
        }
    });
}

#[test]
fn an_application_is_rejected_by_any_of_its_names_and_its_loan_with_it() {
    on_both(|market| {
        for (method, name) in [
            ("POST", (|application: &Value| text(&application["Id"])) as fn(&Value) -> String),
            ("PUT", |application| text(&application["Id"])[..15].to_owned()),
            ("POST", |application| text(&application["Name"])),
        ] {
            let application = market.apply(&json!({}));
            let path = format!("{APPLICATIONS}/reject/{}", name(&application));
            let answer = market.caller.send(method, &path, None, "").expect(200);
            assert_eq!(content(&answer), Value::Null);
            let loan = text(&application["Name"]).replace("APP-", "LAI-");
            assert_eq!(market.book.loan(&loan)["accountState"], "CLOSED_REJECTED");
            let again = market.caller.send(method, &path, None, "");
            assert_failed(&again, 500, "UNKNOWN_EXCEPTION", "rejected");
        }
    });
}

#[test]
fn a_rejection_of_nothing_is_refused() {
    on_both(|market| {
        let application = market.apply(&json!({}));
        let id = text(&application["Id"]);
        let another = if id.ends_with("AAA") { "BAA" } else { "AAA" };
        let wrong_checksum = format!("{}{another}", &id[..15]);
        for name in ["", "/", "/APP-99999999", "/x", &format!("/{wrong_checksum}"), "/a1W000000000001"] {
            let path = format!("{APPLICATIONS}/reject{name}");
            for method in ["POST", "PUT"] {
                let answer = market.caller.send(method, &path, None, "");
                assert_failed(&answer, 400, "INVALID_INPUT", "Loan Application is null.");
            }
        }
        assert_eq!(market.listed(&format!("borrowerId={ACCOUNT}"))[0]["peer__Stage__c"], "New");
    });
}

#[test]
fn an_application_whose_money_was_paid_out_is_not_rejected() {
    on_both(|market| {
        let application = market.apply(&json!({"disbursalDate": null}));
        let loan = text(&application["Name"]).replace("APP-", "LAI-");
        market.book.act(&loan, "type=APPROVAL");
        market.book.act(&loan, "type=DISBURSEMENT");
        let path = format!("{APPLICATIONS}/reject/{}", text(&application["Id"]));
        assert_failed(&market.caller.send("POST", &path, None, ""), 500, "UNKNOWN_EXCEPTION", "funded");
        assert_eq!(market.book.loan(&loan)["accountState"], "ACTIVE");
    });
}
