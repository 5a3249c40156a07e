//! Money of loan accounts: how a disbursement is asked for, and payments and payoffs of other days.

use serde_json::{Value, json};

use super::servicing::{LOANS, cents, content_of};
use super::{ACCOUNT, Market, assert_failed, content, default_product, on_both};
use crate::book::{record, text, with};

impl Market {
    fn disburses(&self, loan: &Value, body: &Value) -> loam_tests::http::Answer {
        self.caller.post(&format!("{LOANS}/disbursement/{}", text(loan)), body)
    }

    /// Notes and outside id of the disbursement, as the loan accounts door shows them.
    fn disbursement_of(&self, name: &str) -> [Value; 2] {
        let rows = self.book.transactions(name);
        let row = rows.iter().find(|row| row["type"] == "DISBURSMENT").expect("it is paid out");
        [row["comment"].clone(), row["details"]["transactionChannel"]["id"].clone()]
    }
}

#[test]
fn a_disbursement_needs_a_mode_of_its_own_or_of_the_loan_and_a_reference() {
    on_both(|market| {
        let loan = market.opens(&json!({}))["Id"].clone();
        let body = json!({"modeOfPayment": "WIRE", "reference": "R7"});
        for (changes, status, code, message) in [
            (json!({"modeOfPayment": null}), 500, "API_EXCEPTION", "modeOfPayment is null"),
            (json!({"reference": ""}), 500, "API_EXCEPTION", "reference is null"),
            (json!({"isReversed": true}), 500, "API_EXCEPTION", "isReversed is not possible"),
            (json!({"isRejected": "true"}), 500, "API_EXCEPTION", "isRejected is not possible"),
            (json!({"isCleared": "soon"}), 400, "INVALID_INPUT", "Unable to parse the Request parameters"),
            (json!({"disbursedAmount": 5000}), 500, "API_EXCEPTION", "disbursedAmount"),
        ] {
            println!("{changes}");
            assert_failed(&market.disburses(&loan, &with(body.clone(), &changes)), status, code, message);
        }
        assert_eq!(market.read_loan("", &loan)["loan__Disbursal_Date__c"], Value::Null);
        let flags = json!({"isCleared": false, "isReversed": false, "isRejected": "false"});
        content(&market.disburses(&loan, &with(body.clone(), &flags)));
        assert_eq!(market.disbursement_of("LAI-00000001"), [json!("WIRE"), Value::Null]);

        record(&market.book.admin, "transaction-channels", &json!({"id": "CASH", "name": "Cash"}));
        let planned = json!({"loanAccount": {"id": "PLANNED", "accountHolderKey": market.book.client,
            "accountHolderType": "CLIENT", "productTypeKey": market.book.product, "loanAmount": "900",
            "interestRate": "9", "repaymentInstallments": 3,
            "disbursementDetails": {"transactionDetails": {"transactionChannel": {"id": "CASH"}}}}});
        market.book.admin.post("/api/loans", &planned).expect(201);
        content(&market.disburses(&json!("PLANNED"), &json!({"reference": "R8"})));
        assert_eq!(market.disbursement_of("PLANNED"), [json!("Cash"), json!("CASH")]);
    });
}

#[test]
fn a_tranche_is_paid_out_by_its_amount() {
    on_both(|market| {
        let product = json!({"id": "Parts", "productName": "Parts", "loanProductType": "TRANCHED_LOAN",
            "maxNumberOfDisbursementTranches": 3, "accrueLateInterest": true});
        let product = record(&market.book.admin, "loan-products", &with(default_product(), &product));
        let loan = json!({"loanAccount": {"id": "PARTS", "accountHolderKey": market.book.client,
            "accountHolderType": "CLIENT", "productTypeKey": product, "loanAmount": "1000", "interestRate": "9",
            "repaymentInstallments": 6, "tranches": [{"amount": "700"}, {"amount": "300"}]}});
        let made = market.book.admin.post("/api/loans", &loan);
        assert_eq!(made.status, 201, "{}", made.text);
        let tranche = |amount: i64| {
            market.disburses(
                &json!("PARTS"),
                &json!({"modeOfPayment": "ACH", "reference": "R", "disbursedAmount": amount}),
            )
        };
        assert_failed(&tranche(300), 500, "API_EXCEPTION", "disbursedAmount");
        let first = content(&tranche(700));
        assert_eq!(first["loan__Principal_Remaining__c"], 700);
        let second = content(&tranche(300));
        assert_eq!(second["loan__Principal_Remaining__c"], 1000);
    });
}

#[test]
fn a_payment_has_a_day_and_a_mode_and_is_listed_between_days() {
    on_both(|market| {
        let loan = market.opens(&json!({}))["Id"].clone();
        market.disburse(&loan);
        market.book.close_days("2014-02-10");
        let body = json!({"amount": "1041.71", "date": "2014-02-03", "paymentMode": "CHECK", "accountId": "x",
            "sms_Token": "t", "sms_Unique_Id": "u"});
        let dated = market.act_on("payments", &loan, &body);
        assert_eq!(
            [&dated["loan__Transaction_Date__c"], &dated["loan__Payment_Mode_Name__c"]],
            ["2014-02-03", "CHECK"]
        );
        let today = market.act_on("payments", &loan, &json!({"amount": 10}));
        assert_eq!(
            [&today["loan__Transaction_Date__c"], &today["loan__Payment_Mode_Name__c"]],
            ["2014-02-10", "ACH"]
        );
        for (query, count) in [
            ("", 2),
            ("?endDate=2014-02-09", 1),
            ("?startDate=2014-02-04&endDate=2014-02-09", 0),
            ("?startDate=2014-02-03&endDate=2014-02-10", 2),
            ("?startDate=2014-02-04", 1),
        ] {
            let body =
                market.caller.get(&format!("{LOANS}/payments/{}{query}", text(&loan))).expect(200).json();
            assert_eq!(content_of(&body).len(), count, "{query}");
        }
        let parse = "Unable to parse the Request parameters";
        for (changes, status, code, message) in [
            (json!({"amount": null}), 500, "API_EXCEPTION", "amount is null"),
            (json!({"date": "3.2.2014"}), 400, "INVALID_INPUT", parse),
            (json!({"date": "2014-02-11"}), 500, "API_EXCEPTION", "2014-02-11"),
            (json!({"amount": 0}), 500, "API_EXCEPTION", "amount"),
        ] {
            let path = format!("{LOANS}/payments/{}", text(&loan));
            let body = with(json!({"amount": 5}), &changes);
            assert_failed(&market.caller.post(&path, &body), status, code, message);
        }
        let backwards = market.caller.get(&format!("{LOANS}/payments/{}?endDate=soon", text(&loan)));
        assert_failed(&backwards, 400, "INVALID_INPUT", parse);
    });
}

/// Interest that falls due by the day is owed; what falls due later is not, where it is paid off early.
#[test]
fn a_payoff_is_quoted_for_a_day_to_come_under_a_name() {
    on_both(|market| {
        let loan = market.opens(&json!({}))["Id"].clone();
        let path = format!("{LOANS}/payoff/{}", text(&loan));
        let quote = |query: &str| market.caller.get(&format!("{path}?{query}"));
        assert_failed(&quote(""), 500, "PAYOFF_QUOTE_NOT_GENERATED", "");
        market.disburse(&loan);
        let now = content(&quote("applyFuturePayments=true&generateQuoteForEntireFacility=false"));
        assert_eq!([&now["loan__Transaction_Date__c"], &now["loan__Payoff_Date__c"]], ["2014-01-03"; 2]);
        assert_eq!(now["loan__Payoff_Quote_Name__c"], Value::Null);
        let named = content(&quote("transactionDate=2014-01-10&payoffQuoteName=January"));
        assert_eq!([&named["loan__Transaction_Date__c"], &named["loan__Payoff_Date__c"]], ["2014-01-10"; 2]);
        assert_eq!(named["loan__Payoff_Quote_Name__c"], "January");
        let later = content(&quote("transactionDate=2014-01-04&payOffDate=2014-01-12"));
        assert_eq!(
            [&later["loan__Transaction_Date__c"], &later["loan__Payoff_Date__c"]],
            ["2014-01-04", "2014-01-12"]
        );
        let parts = ["loan__Principal__c", "loan__Interest__c", "loan__Fees__c"];
        for quote in [&now, &named, &later] {
            let sum: i64 = parts.iter().map(|part| cents(&quote[*part])).sum();
            assert_eq!(cents(&quote["loan__Payoff_Amount__c"]), sum);
        }
        let facility = quote("generateQuoteForEntireFacility=true");
        assert_failed(&facility, 500, "API_EXCEPTION", "generateQuoteForEntireFacility");
        assert_failed(&quote("payOffDate=2014-01-02"), 500, "PAYOFF_QUOTE_NOT_GENERATED", "");
        let wrong = quote("payOffDate=tomorrow");
        assert_failed(&wrong, 400, "INVALID_INPUT", "Unable to parse the Request parameters");
        market.book.close_days("2014-01-12");
        market.act_on("payments", &loan, &json!({"amount": later["loan__Payoff_Amount__c"]}));
        assert_eq!(market.read_loan("", &loan)["loan__Loan_Status__c"], "Closed - Obligations met");
        let listed = market.caller.get(&format!("{LOANS}?borrowerId={ACCOUNT}")).expect(200).json();
        assert_eq!(content_of(&listed)[0]["loan__Principal_Remaining__c"], 0);
    });
}
