//! Loan accounts that are made by themselves, and what is shown of an account: its schedule, charges and other
//! transactions.

use serde_json::{Value, json};

use super::servicing::{LOANS, cents, content_of};
use super::{ACCOUNT, Market, assert_failed, content, default_product, on_both};
use crate::book::{record, text, with};

/// A loan of 10,000 in ten months.
fn asked() -> Value {
    json!({"borrowerId": ACCOUNT, "loanProductId": "Default", "loanAmount": 10000, "term": 10, "interestRate": 9,
        "firstInstallmentDate": "2014-02-03", "expectedDisbursalDate": "2014-01-03"})
}

impl Market {
    /// Makes a loan account by itself.
    pub(super) fn opens(&self, changes: &Value) -> Value {
        let answer = self.caller.post(LOANS, &with(asked(), changes));
        assert_eq!(answer.status, 200, "{changes}: {}", answer.text);
        content(&answer)
    }

    fn schedule(&self, loan: &Value) -> Vec<Value> {
        let body = self.caller.get(&format!("{LOANS}/amzSchedule/{}", text(&loan["Id"]))).expect(200).json();
        content_of(&body).clone()
    }

    fn product(&self, changes: &Value) {
        record(&self.book.admin, "loan-products", &with(default_product(), changes));
    }
}

/// Whether something says what it is, by an id that nothing else of these has.
fn assert_named(rows: &[Value], kind: &str) {
    let mut ids: Vec<String> = rows.iter().map(|row| text(&row["Id"])).collect();
    for (row, id) in rows.iter().zip(&ids) {
        assert_eq!(id.len(), 18, "{row}");
        let url = format!("/services/data/v30.0/sobjects/{kind}/{id}");
        assert_eq!(row["attributes"], json!({"type": kind, "url": url}));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), rows.len(), "{kind}");
}

#[test]
fn an_account_has_a_name_of_the_contract_that_no_application_gets() {
    on_both(|market| {
        let first = market.opens(&json!({}));
        let applied = market.apply(&json!({}));
        let second = market.opens(&json!({}));
        assert_eq!([&first["Name"], &second["Name"]], ["LAI-00000001", "LAI-00000003"]);
        assert_eq!(applied["Name"], "APP-00000002");
        assert_eq!(market.read_loan("", &json!("LAI-00000003"))["Id"], second["Id"]);
        let taken = json!({"loanAccount": {"id": "LAI-00000004", "accountHolderKey": market.book.client,
            "accountHolderType": "CLIENT", "productTypeKey": market.book.product, "loanAmount": "10",
            "interestRate": "9", "repaymentInstallments": 3}});
        market.book.admin.post("/api/loans", &taken).expect(201);
        assert_eq!(market.opens(&json!({}))["Name"], "LAI-00000005", "another door gave the name before it");
        let keyed = market.caller.clone().with_header("idempotency-key", "once");
        let again = || content(&keyed.post(LOANS, &asked()))["Name"].clone();
        assert_eq!([again(), again()], ["LAI-00000006", "LAI-00000006"]);
    });
}

#[test]
fn what_a_new_account_cannot_be_is_refused_behind_what_is_missing() {
    on_both(|market| {
        let parse = "Unable to parse the Request parameters";
        for (changes, status, code, message) in [
            (json!({"eodFeeAccrual": "maybe"}), 400, "INVALID_INPUT", parse),
            (json!({"interestOnlyPeriod": "some"}), 400, "INVALID_INPUT", parse),
            (json!({"eodAccrualType": 5}), 400, "INVALID_INPUT", parse),
            (
                json!({"balloonPayment": 5, "loanProductId": null}),
                400,
                "INVALID_INPUT",
                "Loan Product Id is null.",
            ),
            (json!({"balloonPayment": 5, "term": null}), 400, "INVALID_INPUT", "Term is not valid"),
            (json!({"balloonPayment": 5}), 500, "API_EXCEPTION", "balloonPayment"),
            (json!({"eodAccrualType": "Later"}), 500, "API_EXCEPTION", "eodAccrualType \"Later\""),
            (json!({"interestOnlyPeriod": -1}), 500, "API_EXCEPTION", "interestOnlyPeriod -1"),
            (json!({"interestOnlyPeriod": 2}), 500, "API_EXCEPTION", "interestOnlyPeriod: "),
            (json!({"expectedDisbursalDate": null}), 500, "API_EXCEPTION", "expectedDisbursalDate is null"),
            (json!({"interestRate": 51}), 500, "API_EXCEPTION", "interestRate"),
            (json!({"loanAmount": 1_000_001}), 500, "API_EXCEPTION", "1000001.00"),
            (json!({"firstInstallmentDate": "2014-01-01"}), 500, "API_EXCEPTION", "firstInstallmentDate"),
            (json!({"loanApplication": "APP-00000009"}), 400, "INVALID_INPUT", "Loan Application is null."),
        ] {
            let answer = market.caller.post(LOANS, &with(asked(), &changes));
            println!("{changes}");
            assert_failed(&answer, status, code, message);
        }
        assert_eq!(market.book.rows("loan_account"), 0);
        let nothing = json!({"balloonPayment": 0, "interestOnlyPeriod": 0, "eodFeeAccrual": true,
            "eodAccrualType": "Accrual To Date", "ach": "yes", "bankId": 7});
        assert_eq!(market.opens(&nothing)["loan__Payment_Amount__c"], 1041.71);
    });
}

#[test]
fn installments_of_interest_only_come_first_where_the_product_has_them() {
    on_both(|market| {
        for (id, kind) in [("Grace", "PAY_INTEREST_ONLY"), ("Free", "INTEREST_FORGIVENESS")] {
            let changes = json!({"id": id, "productName": id, "gracePeriodType": kind, "maxGracePeriod": 4});
            market.product(&changes);
        }
        let changes = json!({"interestOnlyPeriod": 3, "loanProductId": "Grace"});
        let rows = market.schedule(&market.opens(&changes));
        assert_eq!(rows.len(), 10);
        let principal: Vec<i64> = rows.iter().map(|row| cents(&row["loan__Due_Principal__c"])).collect();
        assert_eq!(principal[..3], [0, 0, 0]);
        assert_eq!(principal.iter().sum::<i64>(), 10_000_00);
        assert!(rows[..3].iter().all(|row| row["loan__Due_Amount__c"] == 75), "a month of 9 percent a year");
        for (changes, message) in [
            (json!({"interestOnlyPeriod": 5}), "interestOnlyPeriod: "),
            (json!({"loanProductId": "Free"}), "interestOnlyPeriod of a product without interest"),
        ] {
            let changes = with(json!({"interestOnlyPeriod": 3, "loanProductId": "Grace"}), &changes);
            let answer = market.caller.post(LOANS, &with(asked(), &changes));
            assert_failed(&answer, 500, "API_EXCEPTION", message);
        }
    });
}

#[test]
fn a_borrower_wins_over_the_path_and_a_loan_of_its_own_has_no_application() {
    on_both(|market| {
        let (first, second) = (market.opens(&json!({})), market.opens(&json!({"loanAmount": 500})));
        for path in [text(&second["Id"]), "LAI-99999999".to_owned()] {
            let body = market.caller.get(&format!("{LOANS}/{path}?borrowerId={ACCOUNT}")).expect(200).json();
            let ids: Vec<&Value> = content_of(&body).iter().map(|loan| &loan["Id"]).collect();
            assert_eq!(ids, [&first["Id"], &second["Id"]]);
        }
        let nobody = market.caller.get(&format!("{LOANS}/{}?borrowerId=001G000001KY8bz", text(&first["Id"])));
        assert_failed(&nobody, 400, "INVALID_INPUT", "Unable to find the Account");
        let none = market.caller.get(&format!("{LOANS}/getLoanApp/{}", text(&first["Id"])));
        assert_failed(&none, 400, "INVALID_INPUT", "Loan Application is null.");
    });
}

#[test]
fn a_schedule_its_charges_and_other_transactions_are_shown_member_by_member() {
    on_both(|market| {
        market.product(&json!({"id": "Fees", "productName": "Fees", "allowArbitraryFees": true}));
        let loan = market.opens(&json!({"loanProductId": "Fees"}));
        market.disburse(&loan["Id"]);
        market.book.act(&text(&loan["Name"]), "type=FEE&amount=7.50&repayment=1");
        market.book.close_days("2014-02-03");
        market.act_on("payments", &loan["Id"], &json!({"amount": 82.5}));

        let rows = market.schedule(&loan);
        assert_named(&rows, "loan__Repayment_Schedule__c");
        let first = with(
            json!({"loan__Id__c": 1, "loan__Due_Date__c": "2014-02-03", "loan__Due_Amount__c": 1049.21,
            "loan__Due_Principal__c": 966.71, "loan__Due_Interest__c": 75, "loan__Due_Fees__c": 7.5,
            "loan__Total_Paid_Principal__c": 0, "loan__Total_Paid_Interest__c": 75, "loan__Total_Paid_Fees__c": 7.5,
            "loan__Unpaid_Interest__c": 0, "loan__Interest_Accrued_Not_Due__c": 0, "loan__Is_Paid__c": false,
            "loan__Is_Partially_Paid__c": true}),
            &json!({"attributes": rows[0]["attributes"], "Id": rows[0]["Id"]}),
        );
        assert_eq!(rows[0], first);
        let interest = &rows[1]["loan__Due_Interest__c"];
        assert_eq!(
            [&rows[1]["loan__Unpaid_Interest__c"], &rows[1]["loan__Interest_Accrued_Not_Due__c"]],
            [interest; 2]
        );
        assert_eq!(market.schedule(&loan), rows, "the same thing has the same id");

        let details = market.read_loan("getDetails/", &loan["Id"]);
        assert_eq!(details["loan__Repayment_Schedule__r"], json!(rows));
        let charges = details["loan__Charges__r"].as_array().expect("a list");
        assert_named(charges, "loan__Charge__c");
        let charge = json!({"attributes": charges[0]["attributes"], "Id": charges[0]["Id"],
            "loan__Charge_Type__c": "Fee", "loan__Original_Amount__c": 7.5, "loan__Date__c": "2014-01-03",
            "loan__Waive__c": false});
        assert_eq!(charges, &[charge]);
        let others = details["loan__Other_Loan_Transactions__r"].as_array().expect("a list");
        assert_named(others, "loan__Other_Loan_Transaction__c");
        assert!(others.iter().any(|row| row["loan__Transaction_Type__c"] == "disbursement"), "{others:?}");
        let summary = details["loan__Repayment_Schedule_Summary__r"].as_array().expect("a list");
        assert_named(summary, "loan__Repayment_Schedule_Summary__c");
        let due: i64 = rows.iter().map(|row| cents(&row["loan__Due_Amount__c"])).sum();
        assert_eq!(cents(&summary[0]["loan__Total_Due_Amount__c"]), due);
        let figures = ["loan__Total_Paid_Amount__c", "loan__Number_of_Installments__c"];
        assert_eq!(figures.map(|name| summary[0][name].clone()), [json!(82.5), json!(10)]);
        let days = ["loan__First_Installment_Date__c", "loan__Last_Installment_Date__c"];
        assert_eq!(days.map(|name| text(&summary[0][name])), ["2014-02-03", "2014-11-03"]);
        assert!(market.read_loan("", &loan["Id"]).get("loan__Repayment_Schedule_Summary__r").is_none());
    });
}

/// Six of 628.57 and one of 628.58 come to 4,400.
#[test]
fn the_mean_of_bids_is_not_rounded() {
    on_both(|market| {
        let application = market.apply(&json!({}));
        for n in 1..=7 {
            let id = format!("001G000001INV0{n}");
            market.investor(&id, "1000");
            let amount = if n == 7 { "628.58" } else { "628.57" };
            market.books(&id, &application, &json!({ "investmentAmount": amount }));
        }
        let path = format!("{LOANS}/getInvestmentDetails/{}", text(&application["peer__Loan__c"]));
        let answer = market.caller.get(&path).expect(200);
        let shown = r#""response":[{"noOfInvestors":7,"avgBidSize":628.57142857142857}]"#;
        assert!(answer.text.contains(shown), "{}", answer.text);
    });
}
