//! From a funded application to the last payment: the loan account, its money, and what investors get.

use serde_json::{Value, json};

use super::investing::{BOOKINGS, INVESTOR};
use super::{ACCOUNT, Market, assert_failed, content, on_both};
use crate::book::{text, with};
use crate::savings::savings;

pub(crate) const LOANS: &str = "/services/apexrest/peer/v1/loanAccounts";
pub(crate) const ORDERS: &str = "/services/apexrest/peer/v1/investmentOrders";
pub(crate) const STATEMENT: &str = "/services/apexrest/peer/v1/accounts/getLenderStatement";
/// What three investors take of the 10,200.
const PARTS: [(&str, i64); 3] = [(INVESTOR, 6_000), ("001G000001INV02", 3_199), ("001G000001INV03", 1_001)];

impl Market {
    /// An application that three investors have funded, each at the whole rate.
    pub(super) fn funded(&self, changes: &Value) -> Value {
        let application = self.apply(changes);
        for (id, amount) in PARTS {
            self.investor(id, "10000");
            self.books(id, &application, &json!({"investmentAmount": amount}));
        }
        self.application(&application)
    }

    pub(crate) fn act_on(&self, what: &str, loan: &Value, body: &Value) -> Value {
        let answer = self.caller.post(&format!("{LOANS}/{what}/{}", text(loan)), body);
        assert_eq!(answer.status, 200, "{what} {body}: {}", answer.text);
        content(&answer)
    }

    pub(crate) fn disburse(&self, loan: &Value) -> Value {
        self.act_on("disbursement", loan, &json!({"modeOfPayment": "ACH", "reference": "R1"}))
    }

    pub(crate) fn read_loan(&self, what: &str, loan: &Value) -> Value {
        content(&self.caller.get(&format!("{LOANS}/{what}{}", text(loan))))
    }

    /// What the three investors have in cash, in cents.
    pub(super) fn cash(&self) -> Vec<i64> {
        PARTS.iter().map(|(id, _)| cents(&savings(&self.book, id)["balance"])).collect()
    }
}

/// Decimal text or a number as cents.
pub(crate) fn cents(value: &Value) -> i64 {
    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i64 = whole.parse().expect("a number");
    let fraction: i64 = format!("{fraction:0<2}").parse().expect("digits");
    whole * 100 + sign * fraction
}

#[test]
fn each_payment_reaches_the_investors_to_the_cent_and_goes_back_when_it_is_reversed() {
    on_both(|market| {
        let application = market.funded(&json!({}));
        assert_eq!(application["peer__Stage__c"], "Funded");
        let loan = &application["peer__Loan__c"];
        assert_eq!(market.read_loan("", loan)["loan__Loan_Status__c"], "Approved", "it was in the market");
        let paid_out = market.disburse(loan);
        assert_eq!(paid_out["loan__Loan_Status__c"], "Active - Good Standing");
        assert_eq!(
            [&paid_out["loan__Loan_Amount__c"], &paid_out["loan__Disbursed_Amount__c"]],
            [10200, 10000]
        );
        assert_eq!(market.cash(), [4_000_00, 6_801_00, 8_999_00]);
        assert_eq!(market.balances(INVESTOR), ["4000", "0", "4000"], "nothing is reserved any more");
        let seen = market.application(&application);
        let figures = ["peer__Amount_In_Funding__c", "peer__Amount_Funded__c", "peer__Percent_Funded__c"];
        assert_eq!(figures.map(|member| seen[member].clone()), [json!(0), json!(10200), json!(100)]);

        let mut cash = market.cash();
        for (day, paid) in [("2014-02-03", "1062.55"), ("2014-03-03", "500.01"), ("2014-03-05", "562.54")] {
            market.book.close_days(day);
            let payment = market.act_on("payments", loan, &json!({"amount": paid}));
            assert_eq!(payment["loan__Transaction_Amount__c"].to_string(), paid);
            let after = market.cash();
            let got: i64 = after.iter().zip(&cash).map(|(after, before)| after - before).sum();
            assert_eq!(got, cents(&json!(paid)), "all of it is the investors'");
            cash = after;
        }
        let orders = market.caller.get(&format!("{ORDERS}?investorId={INVESTOR}")).expect(200).json();
        assert_eq!(orders["response"], json!([{"systemDate": "2014-03-05"}]));
        let order = &orders["content"][0];
        assert_eq!((&order["loan__Status__c"], &order["loan__Share__c"]), (&json!("Active"), &json!(6000)));
        let got = cents(&order["loan__Tot_Principal_Received__c"])
            + cents(&order["loan__Tot_Interest_Received__c"]);
        assert_eq!(got, cash[0] - 4_000_00);
        assert_eq!(order["loan__Investor_Loan_Account_Txns__r"].as_array().map(Vec::len), Some(4));

        let payments = market.caller.get(&format!("{LOANS}/payments/{}?startDate=2014-03-05", text(loan)));
        let last = content(&payments);
        let id = text(&last["Name"]).trim_start_matches("LPT-").trim_start_matches('0').to_owned();
        let name = text(&market.read_loan("", loan)["Name"]);
        let reversal = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}");
        let answer = market.book.admin.form(&format!("/api/loans/{name}/transactions"), &reversal);
        assert_eq!(answer.status, 201, "{}", answer.text);
        let after = market.cash();
        let taken: i64 = cash.iter().zip(&after).map(|(before, after)| before - after).sum();
        assert_eq!(taken, 562_54, "what was taken back of the borrower is taken back of them");
        let payments = market.caller.get(&format!("{LOANS}/payments/{}", text(loan))).json();
        let reversed: Vec<&Value> = payments["content"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| &row["loan__Reversed__c"])
            .collect();
        assert_eq!(reversed, [false, false, true]);

        let quote = market.read_loan("payoff/", loan);
        let before: i64 = market.cash().iter().sum();
        market.act_on(
            "payments",
            loan,
            &json!({"amount": quote["loan__Payoff_Amount__c"], "paymentMode": "CHECK"}),
        );
        assert_eq!(market.read_loan("", loan)["loan__Loan_Status__c"], "Closed - Obligations met");
        let after: i64 = market.cash().iter().sum();
        assert_eq!(after - before, cents(&quote["loan__Payoff_Amount__c"]));
        let closed = market.caller.get(&format!("{ORDERS}?investorId={INVESTOR}&status=Closed")).json();
        assert_eq!(content_of(&closed)[0]["loan__Outstanding_Principal__c"], 0);
        assert_eq!(market.book.read("/api/savings/001G000001INV01")["accountState"], "ACTIVE");
    });
}

pub(crate) fn content_of(body: &Value) -> &Vec<Value> {
    body["content"].as_array().expect("a list")
}

#[test]
fn a_disbursement_that_is_taken_back_gives_the_investors_their_bookings_again() {
    on_both(|market| {
        let application = market.funded(&json!({}));
        let loan = &application["peer__Loan__c"];
        let paid_out = market.disburse(loan);
        let path = format!("{LOANS}/disbursement/reversal");
        let nothing = market.caller.post(&path, &json!({"loanDisbursementTxnIds": []}));
        assert_failed(&nothing, 400, "LOAN_DISBURSEMENT_IDS_NULL", "");
        let ids = json!({"loanDisbursementTxnIds": [paid_out["loan__Loan_Disbursal_Transaction__c"]]});
        let back = content(&market.caller.post(&path, &ids));
        assert_eq!(back["loan__Loan_Status__c"], "Approved");
        assert_eq!(market.cash(), [10_000_00, 10_000_00, 10_000_00]);
        assert_eq!(market.balances(INVESTOR), ["10000", "6000", "4000"]);
        let seen = market.application(&application);
        assert_eq!(
            (&seen["peer__Stage__c"], &seen["peer__Amount_In_Funding__c"]),
            (&json!("Funded"), &json!(10200))
        );
        market.disburse(loan);
        assert_eq!(market.cash(), [4_000_00, 6_801_00, 8_999_00]);
    });
}

#[test]
fn a_loan_is_not_paid_out_before_it_is_funded_and_a_better_rate_leaves_the_rest_to_the_lender() {
    on_both(|market| {
        let application = market.apply(&json!({}));
        market.investor(INVESTOR, "20000");
        market.books(
            INVESTOR,
            &application,
            &json!({"investmentAmount": 200, "certificateRate": 6, "serviceRate": 3}),
        );
        let loan = &application["peer__Loan__c"];
        let body = json!({"modeOfPayment": "ACH", "reference": "R"});
        let early = market.caller.post(&format!("{LOANS}/disbursement/{}", text(loan)), &body);
        assert_failed(&early, 500, "API_EXCEPTION", "in_funding");
        let by_the_other_door = market.book.admin.form(
            &format!("/api/loans/{}/transactions", text(&market.read_loan("", loan)["Name"])),
            "type=DISBURSEMENT",
        );
        assert_ne!(by_the_other_door.status, 201);
        market.books(INVESTOR, &application, &json!({"certificateRate": 6, "serviceRate": 3}));
        market.disburse(loan);
        assert_eq!(cents(&savings(&market.book, INVESTOR)["balance"]), 9_800_00);
        market.book.close_days("2014-02-03");
        let paid = market.act_on("payments", loan, &json!({"amount": "1062.55"}));
        let interest = cents(&paid["loan__Interest__c"]);
        let got = cents(&savings(&market.book, INVESTOR)["balance"]) - 9_800_00;
        assert_eq!(got, 1_062_55 - interest + interest * 2 / 3, "six of nine percent, rounded down");
    });
}

#[test]
fn an_application_without_an_account_is_converted_when_it_is_funded() {
    on_both(|market| {
        let application = market.funded(&json!({"createSchedule": 0}));
        let made = content(&market.caller.post(LOANS, &json!({"loanApplication": application["Id"]})));
        assert_eq!(made["loan__Loan_Status__c"], "Approved", "it is funded");
        assert_eq!(market.read_loan("", &made["Id"])["loan__Loan_Status__c"], "Approved");
        assert_eq!(made["loan__Payment_Amount__c"], 1062.55);
        let again = market.caller.post(LOANS, &json!({"loanApplication": application["Id"]}));
        assert_failed(&again, 500, "API_EXCEPTION", "has a loan account already");
        assert_eq!(market.read_loan("getLoanApp/", &made["Id"])["Name"], application["Name"]);
        market.disburse(&made["Name"]);
        assert_eq!(market.cash(), [4_000_00, 6_801_00, 8_999_00]);
        let details =
            market.caller.get(&format!("{LOANS}/getInvestmentDetails/{}", text(&made["Id"]))).json();
        assert_eq!(details["content"], json!([]));
        assert_eq!(details["response"], json!([{"noOfInvestors": 3, "avgBidSize": 3400}]));
    });
}

#[test]
fn a_loan_account_is_made_by_itself_and_read_with_its_schedule() {
    on_both(|market| {
        let body = json!({"borrowerId": ACCOUNT, "loanProductId": "Default", "loanAmount": 10000, "term": 10,
            "interestRate": 9, "firstInstallmentDate": "2014-02-03", "expectedDisbursalDate": "2014-01-03",
            "purpose": "Family", "frequencyOfPayment": "Monthly"});
        for (changes, status, code, message) in [
            (json!({"borrowerId": null}), 400, "INVALID_INPUT", "Account Id is null"),
            (json!({"borrowerId": "001G000001KY8bz"}), 400, "INVALID_INPUT", "Unable to find the Account"),
            (json!({"loanProductId": null}), 400, "INVALID_INPUT", "Loan Product Id is null."),
            (json!({"loanProductId": "None"}), 500, "API_EXCEPTION", "loanProductId"),
            (json!({"purpose": "Yacht"}), 400, "INVALID_INPUT", "Loan Purpose is not valid"),
            (json!({"loanAmount": null}), 400, "INVALID_INPUT", "Loan amount is not valid"),
            (json!({"loanAmount": -5}), 400, "INVALID_INPUT", "Loan amount is not valid"),
            (json!({"term": 0}), 400, "INVALID_INPUT", "Term is not valid"),
            (json!({"term": null}), 400, "INVALID_INPUT", "Term is not valid"),
            (json!({"firstInstallmentDate": null}), 500, "API_EXCEPTION", "firstInstallmentDate"),
            (json!({"frequencyOfPayment": "Hourly"}), 500, "API_EXCEPTION", "frequencyOfPayment"),
        ] {
            assert_failed(&market.caller.post(LOANS, &with(body.clone(), &changes)), status, code, message);
        }
        let made = content(&market.caller.post(LOANS, &body));
        assert_eq!(
            (&made["loan__Payment_Amount__c"], &made["loan__Loan_Status__c"]),
            (&json!(1041.71), &json!("Pending Approval"))
        );
        let listed = market.caller.get(&format!("{LOANS}?borrowerId={ACCOUNT}")).expect(200).json();
        assert_eq!(content_of(&listed)[0]["Id"], made["Id"]);
        for shown in [&made, &content_of(&listed)[0], &market.read_loan("", &made["Id"])] {
            assert!(text(&shown["loan__Account__c"]).starts_with(ACCOUNT), "who borrows: {shown}");
        }
        let rows =
            market.caller.get(&format!("{LOANS}/amzSchedule/{}", text(&made["Id"]))).expect(200).json();
        assert_eq!(content_of(&rows).len(), 10);
        assert_eq!(content_of(&rows)[0]["loan__Due_Date__c"], "2014-02-03");
        market.disburse(&made["Id"]);
        market.book.close_days("2014-02-04");
        market.act_on("payments", &made["Id"], &json!({"amount": 100}));
        let details = market.read_loan("getDetails/", &made["Id"]);
        assert_eq!(details["loan__Loan_Status__c"], "Active - Bad Standing");
        assert_eq!(details["loan__Repayment_Schedule__r"][0]["loan__Is_Partially_Paid__c"], true);
        assert_eq!(details["loan__Loan_Payment_Transactions__r"][0]["loan__Payment_Mode_Name__c"], "ACH");
        let unknown = market.caller.get(&format!("{LOANS}/LAI-99999999"));
        assert_failed(&unknown, 400, "LOAN_ACCOUNT_NOT_FOUND", "");
        let empty =
            market.caller.send("POST", &format!("{LOANS}/disbursement/{}", text(&made["Id"])), None, "");
        assert_failed(&empty, 400, "INVALID_JSON_BODY_IN_POST_REQUEST", "");
        let quote = market.caller.get(&format!("{LOANS}/payoff/{}?payOffDate=2014-01-01", text(&made["Id"])));
        assert_failed(&quote, 500, "PAYOFF_QUOTE_NOT_GENERATED", "");
    });
}

#[test]
fn a_statement_agrees_with_the_account() {
    on_both(|market| {
        let application = market.funded(&json!({}));
        market.disburse(&application["peer__Loan__c"]);
        market.book.close_days("2014-02-03");
        market.act_on("payments", &application["peer__Loan__c"], &json!({"amount": "1062.55"}));
        let lines = |query: &str| {
            let path = format!("{STATEMENT}/001G000001INV01IAH?{query}");
            let body = market.caller.get(&path).expect(200).json();
            assert_eq!((&body["status"], &body["rowNumber"]), (&json!("SUCCESS"), &json!(-1)));
            let response = body["response"].as_array().expect("a list").clone();
            response.iter().map(|row| row["txnObj"].clone()).collect::<Vec<_>>()
        };
        let all = lines("startDate=2014-01-01");
        let types: Vec<String> = all.iter().map(|line| text(&line["txnType"])).collect();
        assert_eq!(types, ["Deposit", "Investment", "Booking", "Payment"]);
        let cash: i64 =
            all.iter().filter(|line| line["txnType"] != "Booking").map(|line| cents(&line["amount"])).sum();
        assert_eq!(cash, market.cash()[0]);
        assert_eq!(lines("startDate=2014-01-01&endDate=2014-01-31&skipInvestmentBooking=true").len(), 2);
        let missing = market.caller.get(&format!("{STATEMENT}/001G000001INV01"));
        assert_failed(&missing, 500, "EXCEPTION_WHILE_PROCESSING", "");
        let unknown = market.caller.get(&format!("{STATEMENT}/001G000001INV09?startDate=2014-01-01"));
        assert_failed(&unknown, 404, "ACCOUNT_NOT_FOUND", "");
        assert_eq!(market.caller.post(BOOKINGS, &json!({})).status, 400);
    });
}

/// Of several disbursements all or none are taken back, as far as it can be told before the first.
#[test]
fn a_disbursement_that_cannot_be_taken_back_is_named_and_keeps_the_others() {
    on_both(|market| {
        let made = |date: &str| {
            let body = json!({"borrowerId": ACCOUNT, "loanProductId": "Default", "loanAmount": 1000, "term": 10,
                "interestRate": 9, "firstInstallmentDate": date, "expectedDisbursalDate": "2014-01-03"});
            let loan = content(&market.caller.post(LOANS, &body));
            text(&market.disburse(&loan["Id"])["loan__Loan_Disbursal_Transaction__c"])
        };
        let (first, second) = (made("2014-02-03"), made("2014-02-04"));
        let paid = made("2014-02-05");
        let loan = market.caller.get(&format!("{LOANS}/{paid}")).expect(200).json();
        market.act_on("payments", &content_of(&loan)[0]["Id"], &json!({"amount": 10}));
        let path = format!("{LOANS}/disbursement/reversal");
        let reversed = |ids: &[&String]| market.caller.post(&path, &json!({"loanDisbursementTxnIds": ids}));
        let before = market.book.snapshot();
        let refused = reversed(&[&first, &paid]);
        assert_failed(&refused, 500, "API_EXCEPTION", &format!("{paid}: "));
        assert!(refused.text.contains("nothing was taken back"), "{}", refused.text);
        assert_eq!(market.book.snapshot(), before);
        let answer = reversed(&[&first, &first, &second]).expect(200).json();
        let statuses: Vec<&Value> =
            content_of(&answer).iter().map(|loan| &loan["loan__Loan_Status__c"]).collect();
        assert_eq!(statuses, ["Approved", "Approved"], "named twice counts once");
        assert_failed(&reversed(&[&first]), 500, "API_EXCEPTION", "nothing was taken back");
    });
}
