//! Dates of an application: due days, maturity, first installment, expiry.

use serde_json::json;

use super::on_both;
use crate::book::text;

fn days(rows: &[serde_json::Value]) -> Vec<String> {
    rows.iter().map(|row| text(&row["dueDate"])[..10].to_owned()).collect()
}

#[test]
fn a_due_day_of_31_is_the_last_of_shorter_months_and_31_again_afterwards() {
    on_both(|market| {
        for (disbursal, expected) in [
            ("2014-01-10", ["2014-02-28", "2014-03-31", "2014-04-30"]),
            ("2016-01-10", ["2016-02-29", "2016-03-31", "2016-04-30"]),
        ] {
            let got = market.apply(&json!({"dueDay": 31, "term": 3, "disbursalDate": disbursal}));
            assert_eq!(got["peer__First_Payment_Date__c"], expected[0]);
        }
        // The business date is the day of disbursal of this one, which is paid out.
        let got = market.apply(&json!({"dueDay": 31, "term": 3, "disbursalDate": "2014-01-03"}));
        let loan = text(&got["Name"]).replace("APP-", "LAI-");
        market.book.act(&loan, "type=APPROVAL");
        market.book.act(&loan, "type=DISBURSEMENT");
        assert_eq!(days(&market.book.repayments(&loan)), ["2014-02-28", "2014-03-31", "2014-04-30"]);
    });
}

#[test]
fn a_maturity_date_gives_the_term_or_the_last_due_date() {
    on_both(|market| {
        let alone = market.apply(&json!({"term": null, "maturityDate": "2015-04-23"}));
        assert_eq!(
            (&alone["peer__Term__c"], &alone["peer__Monthly_Payment__c"]),
            (&json!(10), &json!(1062.55))
        );
        let both = market.apply(&json!({"maturityDate": "2014-11-20", "disbursalDate": "2014-01-03"}));
        assert_eq!(both["peer__Term__c"], json!(10));
        let loan = text(&both["Name"]).replace("APP-", "LAI-");
        market.book.act(&loan, "type=APPROVAL");
        market.book.act(&loan, "type=DISBURSEMENT");
        let days = days(&market.book.repayments(&loan));
        assert_eq!((days.len(), days.last().map(String::as_str)), (10, Some("2014-11-20")));
    });
}

#[test]
fn the_first_installment_may_be_named() {
    on_both(|market| {
        let got = market.apply(&json!({"firstInstallmentDate": "2014-08-15"}));
        assert_eq!(got["peer__First_Payment_Date__c"], "2014-08-15");
        assert_eq!(got["peer__Disbursal_Date__c"], "2014-06-23");
    });
}

#[test]
fn an_application_expires_after_its_expiry_date_by_the_business_date() {
    on_both(|market| {
        let got = market.apply(&json!({"expiryDate": "2014-01-04"}));
        assert_eq!(got["peer__Expiry_Date__c"], "2014-01-04T00:00:00.000+0000");
        assert_eq!(got["peer__Time_Left__c"], "1 Days -11 Hours -32 Minutes");
        let listed = || market.listed("borrowerId=001G000001KY8by").remove(0);
        market.book.close_days("2014-01-04");
        assert_eq!(listed()["peer__Is_Expired__c"], false);
        market.book.close_days("2014-01-06");
        let after = listed();
        assert_eq!(after["peer__Is_Expired__c"], true);
        assert_eq!(after["peer__Amount_Time_Left__c"], "$10200 / -2 Days -11 Hours -32 Minutes");
    });
}

#[test]
fn an_application_that_cannot_be_read_fails_alone_and_is_tried_again() {
    on_both(|market| {
        let broken = market.apply(&json!({"expiryDate": "2014-01-04"}));
        let other = market.apply(&json!({"expiryDate": "2014-01-04"}));
        let name = text(&broken["Name"]);
        let of_broken = format!("number = {}", name.trim_start_matches("APP-"));
        let account =
            market.book.database.text(&format!("select application_key from application where {of_broken}"));
        let damage = |body: &str| {
            market.book.database.execute(&format!("update application set body = {body} where {of_broken}"));
        };
        damage("'!' || body");
        let report = market.book.close_days("2014-01-05");
        let day = report["days"].as_array().expect("days").last().expect("a day");
        assert_eq!(day["failed"].as_array().map(Vec::len), Some(1), "{report}");
        assert_eq!(day["failed"][0]["account"], account, "{report}");
        assert!(text(&day["failed"][0]["reason"]).contains("cannot be read"), "{report}");
        // Lists of applications leave none out, so that they fail while one of them is broken.
        let loan = format!("/api/loans/{}", text(&other["Name"]).replace("APP-", "LAI-"));
        assert_eq!(market.book.read(&loan)["accountState"], "CLOSED");
        let steps: Vec<String> =
            day["steps"].as_array().expect("steps").iter().map(|step| text(&step["step"])).collect();
        assert_eq!(steps[4..], ["deposits", "settlement", "crediting"], "the day goes on: {report}");

        damage("substr(body, 2)");
        let report = market.book.close_days("2014-01-05");
        assert_eq!(report["days"][0]["failed"], json!([]), "{report}");
        for application in [&broken, &other] {
            assert_eq!(market.application(application)["peer__Stage__c"], "Expired");
        }
        assert_eq!(market.book.close_days("2014-01-05")["days"], json!([]));
    });
}

#[test]
fn an_application_under_a_damaged_key_keeps_nobody_from_expiring() {
    on_both(|market| {
        let broken = market.apply(&json!({"expiryDate": "2014-01-04"}));
        let other = market.apply(&json!({"expiryDate": "2014-01-04"}));
        let of_broken = format!("number = {}", text(&broken["Name"]).trim_start_matches("APP-"));
        let key =
            market.book.database.text(&format!("select application_key from application where {of_broken}"));
        let set = |key: &str| {
            let sql = format!("update application set application_key = '{key}' where {of_broken}");
            market.book.database.execute(&sql);
        };
        set("damaged");
        let report = market.book.close_days("2014-01-05");
        let day = report["days"].as_array().expect("days").last().expect("a day");
        assert_eq!(day["failed"].as_array().map(Vec::len), Some(1), "{report}");
        assert_eq!(
            (&day["failed"][0]["account"], &report["businessDate"]),
            (&json!("damaged"), &json!("2014-01-05"))
        );
        assert!(text(&day["failed"][0]["reason"]).contains("column 3 of application"), "{report}");
        set(&key);
        let report = market.book.close_days("2014-01-05");
        assert_eq!(report["days"][0]["failed"], json!([]), "{report}");
        for application in [&broken, &other] {
            assert_eq!(market.application(application)["peer__Stage__c"], "Expired");
        }
    });
}

#[test]
fn without_a_schedule_there_is_no_account() {
    on_both(|market| {
        for value in [json!(0), json!(null)] {
            let got = market.apply(&json!({"createSchedule": value}));
            assert_eq!(got["peer__Loan__c"], json!(null));
            assert_eq!(got["peer__Monthly_Payment__c"], json!(1062.55));
        }
        assert_eq!(market.book.rows("loan_account"), 0);
    });
}
